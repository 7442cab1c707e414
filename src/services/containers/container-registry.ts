import { Annotations, ArnFormat, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { allowLogin } from './ecr-login';
import { StageProfile, StageSize } from '../../stage-profile';
import { onCollision, watchNames } from '../../support/name-collisions';
import { checkProps, refuse } from '../../support/options';
import { refuseEverybody } from '../../support/principals';
import { keepNamedOrDestroy } from '../../support/removal';
import { accountIdProblem, NO_ACCOUNT } from '../../support/rules';
import { shown } from '../support/numbers';

/** Properties of a `ContainerRegistry`. */
export interface ContainerRegistryProps {
  /** Names of the repositories, such as `acme/api`: one for each image, unique within an account and region. */
  readonly repositoryNames: string[];

  /**
   * IDs of accounts that may pull, such as `dev.accountId` of a stage: 12 digits each. Lambda may pull for functions of
   * those accounts. The roles in them that pull also need an identity policy that allows it. While an account does
   * not exist, the stack cannot be deployed.
   *
   * @default - only the account of the registry
   */
  readonly pullAccounts?: string[];

  /**
   * Mutability of tags: whether a tag can be pushed again, for another image.
   *
   * @default ecr.TagMutability.IMMUTABLE
   */
  readonly imageTagMutability?: ecr.TagMutability;

  /**
   * Number of tagged images to keep in each repository, the newest ones. Untagged images are kept for a day, or as long
   * as a tagged image references them.
   *
   * @default - depends on the profile's size: 30 if small, 100 if medium, 500 if large
   */
  readonly maxImageCount?: number;

  /**
   * KMS key that encrypts the images. Changing it replaces the repositories. Amazon ECR uses it through its own grants:
   * principals that pull or push, in any account, need no permissions for the key.
   *
   * @default - a key managed by Amazon S3
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Removal policy of the repositories and all images in them. The names of retained repositories remain taken.
   *
   * @default - from the stage's profile, with RETAIN instead of SNAPSHOT, which images do not support
   */
  readonly removalPolicy?: RemovalPolicy;
}

const IMAGES: Record<StageSize, number> = {
  [StageSize.SMALL]: 30,
  [StageSize.MEDIUM]: 100,
  [StageSize.LARGE]: 500,
};

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
const PUSH = [
  'ecr:BatchCheckLayerAvailability', 'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart',
];

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * Defines the repositories for the container images of a stage, for the stage itself and for accounts that pull from
 * it.
 *
 * Tags are immutable by default. Images are scanned on push. Only the newest tagged images are kept, even if an older
 * one is still in use: where images are pushed often and deployed rarely, raise `maxImageCount`. Other accounts can
 * only pull.
 *
 * @example
 * new ContainerRegistry(stack, 'images', { repositoryNames: ['web'], pullAccounts: [dev.accountId] });
 */
export class ContainerRegistry extends Construct {
  private readonly repositories = new Map<string, ecr.Repository>();

  /**
   * @throws if there is no repository, a name is invalid or given twice, an account ID is invalid, `maxImageCount` is
   * not a whole number of 1 or more, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: ContainerRegistryProps) {
    super(scope, id);
    checkProps(this, 'ContainerRegistryProps', props);
    const profile = StageProfile.of(this);
    const maxImageCount = props.maxImageCount ?? IMAGES[profile.size];
    const problems = [
      ...nameProblems(props.repositoryNames),
      ...props.pullAccounts?.flatMap(pullAccountProblem) ?? [],
      ...countProblem(maxImageCount),
    ];
    refuse(problems);
    const removalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);

    for (const repositoryName of props.repositoryNames) {
      this.repositories.set(repositoryName, new ecr.Repository(this, repositoryName, {
        repositoryName,
        imageTagMutability: props.imageTagMutability ?? ecr.TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        encryption: props.encryptionKey ? ecr.RepositoryEncryption.KMS : ecr.RepositoryEncryption.AES_256,
        encryptionKey: props.encryptionKey,
        lifecycleRules: lifecycleRules(maxImageCount),
        removalPolicy,
        emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
      }));
    }
    this.allowPull(props.pullAccounts ?? []);
    const others = props.pullAccounts?.filter(account => account !== Stack.of(this).account) ?? [];
    if (removalPolicy === RemovalPolicy.DESTROY && others.length > 0) {
      Annotations.of(this).addWarningV2('cdk-multi-account-org:imagesOfOthers', `pullAccounts may run images that profile '${profile.name}' deletes `
        + 'with this stack: keep what others need in a stage that retains it, or give removalPolicy RETAIN');
    }
    onCollision(this, 'choose another name in repositoryNames');
    watchNames(this);
  }

  /**
   * Returns the repository with a name.
   *
   * @param repositoryName one of `repositoryNames`
   * @throws if there is no such repository
   */
  public repository(repositoryName: string): ecr.IRepository {
    const repository = this.repositories.get(repositoryName);
    if (!repository) {
      const names = [...this.repositories.keys()].map(name => `'${name}'`).join(', ');
      throw new Error(`there is no repository '${repositoryName}' in '${this.node.path}': it has ${names}, so add it to repositoryNames`);
    }
    return repository;
  }

  /** Allows a principal to pull from all repositories. */
  public grantPull(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantPull', grantee, PULL);
  }

  /** Allows a principal to push to all repositories. To build on existing images, it needs `grantPull` too. */
  public grantPush(grantee: iam.IGrantable): iam.Grant {
    return this.grant('grantPush', grantee, PUSH);
  }

  private grant(method: string, grantee: iam.IGrantable, actions: string[]): iam.Grant {
    refuseEverybody(method, grantee.grantPrincipal);
    allowLogin(grantee);
    return [...this.repositories.values()].map(repository => repository.grant(grantee, ...actions))
      .reduce((all, grant) => all.combine(grant));
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#configuration-images-permissions */
  private functionsOf(account: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: 'lambda', account, resource: 'function', resourceName: '*', arnFormat });
  }

  private allowPull(accountIds: string[]): void {
    // stages may share an account
    const existing = [...new Set(accountIds)].filter(accountId => accountId !== NO_ACCOUNT);
    if (accountIds.includes(NO_ACCOUNT)) {
      Annotations.of(this).addError('pullAccounts has an account that does not exist yet: deploy what creates it first');
    }
    if (existing.length > 0) {
      this.repositories.forEach(repository => repository.addToResourcePolicy(new iam.PolicyStatement({
        sid: 'Pull',
        principals: existing.map(accountId => new iam.AccountPrincipal(accountId)),
        actions: PULL,
      })));
      // functions are not pulled for by a role of their account
      this.repositories.forEach(repository => repository.addToResourcePolicy(new iam.PolicyStatement({
        sid: 'PullForFunctions',
        principals: [new iam.ServicePrincipal('lambda.amazonaws.com')],
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        conditions: { ArnLike: { 'aws:SourceArn': existing.map(account => this.functionsOf(account)) } },
      })));
    }
  }
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html */
function lifecycleRules(maxImageCount: number): ecr.LifecycleRule[] {
  return [
    {
      rulePriority: 1,
      description: 'images that have no tag',
      tagStatus: ecr.TagStatus.UNTAGGED,
      maxImageAge: Duration.days(1),
    },
    {
      rulePriority: 2,
      description: 'all but the newest images',
      tagStatus: ecr.TagStatus.TAGGED,
      tagPatternList: ['*'],
      maxImageCount,
    },
  ];
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
function nameProblems(names: string[]): string[] {
  if (names.length === 0) {
    return ['repositoryNames is empty: name one repository for each image'];
  }
  const bad = names.filter(name => name.length < 2 || name.length > 256
    || !/^[a-z][a-z0-9]*([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(name));
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  return [
    ...bad.map(name => `repositoryNames '${name}' cannot be the name of a repository: give one like 'acme/api', of 2 to 256 `
      + 'lower-case letters and digits, a letter first, with single dots, hyphens, underscores or slashes in between'),
    ...twice.map(name => `repositoryNames names '${name}' twice: name it once`),
  ];
}

function pullAccountProblem(accountId: string): string[] {
  if (Token.isUnresolved(accountId)) {
    return ['pullAccounts has a token: give 12 digits, such as accountId of a stage'];
  }
  return accountId === NO_ACCOUNT ? [] : accountIdProblem('pullAccounts', accountId);
}

function countProblem(count: number): string[] {
  return Number.isInteger(count) && count >= 1 ? [] : [`maxImageCount is ${shown(count)}: give a whole number, 1 or more`];
}
