import { Annotations as Notes, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { StageAccount, StageProfile } from '../../../src';
import { ContainerRegistry, ContainerRegistryProps } from '../../../src/services/containers/container-registry';
import { acme, DEV, problems, PROD, Resource, ROOT, synthesize, testApp } from '../../orgs';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';

const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1';
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

function registry(profile: StageProfile, props: Partial<ContainerRegistryProps> = {}): Template {
  return templateIn(profile, (stack, id) => new ContainerRegistry(stack, id, { repositoryNames: ['acme/api'], ...props }));
}

function repository(template: Template): Resource {
  const [found, ...more] = Object.values(template.findResources('AWS::ECR::Repository'));
  expect(more).toEqual([]);
  return found as Resource;
}

describe('a registry', () => behavesLikeAService((stack, id) => {
  new ContainerRegistry(stack, id, { repositoryNames: [`${id}/api`, `${id}/web`] });
}));

describe('a registry with all of it', () => behavesLikeAService((stack, id) => {
  const it = new ContainerRegistry(stack, id, {
    repositoryNames: [id],
    pullAccounts: [PROD, DEV],
    encryptionKey: kms.Key.fromKeyArn(stack, `${id}-key`, KEY),
    maxImageCount: 1,
    imageTagMutability: ecr.TagMutability.MUTABLE,
  });
  Notes.of(it).acknowledgeWarning('cdk-multi-account-org:imagesOfOthers', 'the images are gone on purpose');
}));

describe('a repository', () => {
  test.each([
    ['production', 'RetainExceptOnCreate', 500], ['staging', 'RetainExceptOnCreate', 100], ['development', 'Delete', 30],
    ['testing', 'Delete', 30], ['audit', 'RetainExceptOnCreate', 30], ['root', 'RetainExceptOnCreate', 30],
  ])('of %s: %s when it is removed, %d images', (name, policy, count) => {
    const { DeletionPolicy, Properties } = repository(registry(PROFILES[name]));
    expect(DeletionPolicy).toBe(policy);
    expect(Properties.EmptyOnDelete).toBe(policy === 'Delete');
    expect(JSON.parse(Properties.LifecyclePolicy.LifecyclePolicyText).rules).toEqual([
      {
        rulePriority: 1,
        description: expect.any(String),
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 1, countUnit: 'days' },
        action: { type: 'expire' },
      },
      {
        rulePriority: 2,
        description: expect.any(String),
        selection: { tagStatus: 'tagged', tagPatternList: ['*'], countType: 'imageCountMoreThan', countNumber: count },
        action: { type: 'expire' },
      },
    ]);
  });

  test.each(Object.keys(PROFILES))('of %s: tags do not move, and images are scanned', name => {
    const { Properties } = repository(registry(PROFILES[name]));
    expect(Properties).toMatchObject({
      RepositoryName: 'acme/api', ImageTagMutability: 'IMMUTABLE', ImageScanningConfiguration: { ScanOnPush: true },
    });
    // without a configuration it is AES256
    expect(Properties.EncryptionConfiguration?.EncryptionType ?? 'AES256').toBe('AES256');
  });

  test('is as its props say before the profile', () => {
    const { DeletionPolicy, Properties } = repository(registry(StageProfile.PRODUCTION, {
      removalPolicy: RemovalPolicy.DESTROY, maxImageCount: 7, imageTagMutability: ecr.TagMutability.MUTABLE,
    }));
    expect(DeletionPolicy).toBe('Delete');
    expect(Properties).toMatchObject({ EmptyOnDelete: true, ImageTagMutability: 'MUTABLE' });
    expect(Properties.LifecyclePolicy.LifecyclePolicyText).toContain('"countNumber":7');
    const kept = repository(registry(StageProfile.TESTING, { removalPolicy: RemovalPolicy.RETAIN }));
    expect([kept.DeletionPolicy, kept.Properties.EmptyOnDelete]).toEqual(['RetainExceptOnCreate', false]);
  });

  test('is kept by a profile that wants snapshots, for there are none of images', () => {
    expect(repository(registry(StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT }))).DeletionPolicy)
      .toBe('RetainExceptOnCreate');
  });

  test('is encrypted by a key that exists, which nobody else needs', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const encryptionKey = new kms.Key(stack, 'Key');
      const registryWithKey = new ContainerRegistry(stack, id, { repositoryNames: ['api'], encryptionKey, pullAccounts: [PROD] });
      registryWithKey.grantPull(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    });
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    expect(repository(template).Properties.EncryptionConfiguration).toEqual({
      EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': [key, 'Arn'] },
    });
    expect(JSON.stringify(template.findResources('AWS::KMS::Key'))).not.toContain(PROD);
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('kms:');
  });

  test('has a logical id by its name alone', () => {
    const ids = (repositoryNames: string[]) => Object.keys(registry(StageProfile.PRODUCTION, { repositoryNames })
      .findResources('AWS::ECR::Repository'));
    expect(ids(['web', 'acme/api', 'acme-api'])).toEqual(expect.arrayContaining(ids(['acme/api'])));
    expect(new Set(ids(['web', 'acme/api', 'acme-api'])).size).toBe(3);
  });

  test('is found by its name', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = new ContainerRegistry(stack, 'it', { repositoryNames: ['api', 'web'] });
    const [[id]] = Object.entries(Template.fromStack(stack).findResources('AWS::ECR::Repository', { Properties: { RepositoryName: 'web' } }));
    expect(stack.resolve(it.repository('web').repositoryName)).toEqual({ Ref: id });
    expect(() => it.repository('job')).toThrow(new Error(
      "there is no repository 'job' in 'in-production/services/it': it has 'api', 'web', so add it to repositoryNames"));
  });
});

describe('other accounts', () => {
  test('may not pull, unless they are named', () => {
    expect(repository(registry(StageProfile.PRODUCTION)).Properties).not.toHaveProperty('RepositoryPolicyText');
  });

  test('may pull from every repository when they are named, and nothing else', () => {
    const template = registry(StageProfile.PRODUCTION, { repositoryNames: ['api', 'web'], pullAccounts: [PROD, DEV, PROD] });
    const principal = (accountId: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${accountId}:root`]] });
    const functions = (accountId: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:lambda:eu-west-1:${accountId}:function:*`]] });
    template.resourcePropertiesCountIs('AWS::ECR::Repository', {
      RepositoryPolicyText: {
        Version: '2012-10-17',
        Statement: [
          { Sid: 'Pull', Effect: 'Allow', Action: PULL, Principal: { AWS: [PROD, DEV].map(principal) } },
          {
            Sid: 'PullForFunctions',
            Effect: 'Allow',
            Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
            Principal: { Service: 'lambda.amazonaws.com' },
            Condition: { ArnLike: { 'aws:SourceArn': [PROD, DEV].map(functions) } },
          },
        ],
      },
    }, 2);
  });

  test.each<[string, Partial<ContainerRegistryProps>, boolean]>([
    ['testing', { pullAccounts: [DEV] }, true], ['development', { pullAccounts: [PROD, DEV] }, true],
    ['testing', { pullAccounts: [DEV], removalPolicy: RemovalPolicy.RETAIN }, false], ['testing', { pullAccounts: [PROD] }, false],
    ['testing', {}, false], ['production', { pullAccounts: [DEV] }, false],
  ])('that need images which go with the stack are told: %s, %j', (name, props, warns) => {
    const app = testApp();
    const stage = new StageAccount(app, 'prod', {
      accountId: PROD, managementAccountId: ROOT, region: 'eu-west-1', namespace: 'acme', profile: PROFILES[name],
    });
    new ContainerRegistry(new Stack(stage, 'images'), 'it', { repositoryNames: ['api'], ...props });
    const warnings = synthesize(app).stack('prod/images').messages.map(({ entry }) => String(entry.data));
    expect(warnings).toEqual(warns ? [expect.stringContaining(`pullAccounts may run images that profile '${name}' deletes with this stack: `
      + 'keep what others need in a stage that retains it, or give removalPolicy RETAIN')] : []);
  });

  test('that do not exist yet keep the stack from being deployed, and out of the policy', () => {
    const { app, prod, dev } = acme();
    new ContainerRegistry(new Stack(prod, 'services'), 'it', { repositoryNames: ['api'], pullAccounts: [dev.accountId, DEV] });
    const synthesized = synthesize(app);
    expect(synthesized.errors('acme/prod/services')).toContain(
      'pullAccounts has an account that does not exist yet: deploy what creates it first');
    const policy = JSON.stringify(synthesized.one('AWS::ECR::Repository').Properties.RepositoryPolicyText);
    expect(policy).toContain(DEV);
    expect(policy).not.toContain('000000000000');
  });

  test('that do not exist yet are no reason for an open or empty policy', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    new ContainerRegistry(stack, 'it', { repositoryNames: ['api'], pullAccounts: ['000000000000'] });
    expect(repository(Template.fromStack(stack)).Properties).not.toHaveProperty('RepositoryPolicyText');
    Annotations.fromStack(stack).hasError('*', Match.stringLikeRegexp('does not exist yet'));
  });
});

describe('a grant', () => {
  interface Statement {
    readonly Action: string | string[];
    readonly Resource: unknown;
  }
  function granted(grant: (it: ContainerRegistry, role: iam.Role) => iam.Grant): Statement[] {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = new ContainerRegistry(stack, 'it', { repositoryNames: ['api', 'web'] });
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    expect(grant(it, role).success).toBe(true);
    return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .flatMap(policy => policy.Properties.PolicyDocument.Statement);
  }
  const resources = (statements: Statement[], action: string) =>
    statements.filter(({ Action }) => Action.includes(action)).map(found => JSON.stringify(found.Resource)).join();

  test('to pull is for every repository, and not to push', () => {
    const statements = granted((it, role) => it.grantPull(role));
    expect(resources(statements, 'ecr:BatchGetImage')).toMatch(/itapi.*itweb/);
    expect(resources(statements, 'ecr:GetAuthorizationToken')).toBe('"*"');
    expect(JSON.stringify(statements)).not.toMatch(/Put|Upload(?!\w*Url)|Delete/);
  });

  test('to push is for every repository, and not to delete', () => {
    const statements = granted((it, role) => it.grantPush(role));
    expect(resources(statements, 'ecr:PutImage')).toMatch(/itapi.*itweb/);
    expect(resources(statements, 'ecr:GetAuthorizationToken')).toBe('"*"');
    expect(JSON.stringify(statements)).not.toMatch(/Delete|Policy/);
  });

  test('lets in to Amazon ECR once, by a policy that is nothing else', () => {
    const statements = granted((it, role) => {
      const other = new ContainerRegistry(Stack.of(it), 'other', { repositoryNames: ['job'] });
      [it, other].forEach(each => each.grantPush(role));
      return other.grantPull(role);
    });
    expect(statements.filter(({ Action }) => Action === 'ecr:GetAuthorizationToken')).toHaveLength(1);
    expect(resources(statements, 'ecr:BatchGetImage')).toMatch(/otherjob/);
  });

  test('to a role of another account is in the policy of each repository', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    new ContainerRegistry(stack, 'it', { repositoryNames: ['api'] })
      .grantPull(iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${DEV}:role/ci`)).assertSuccess();
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(JSON.stringify(repository(template).Properties.RepositoryPolicyText)).toContain(`arn:aws:iam::${DEV}:role/ci`);
  });
});

describe('an error', () => {
  const BAD = "cannot be the name of a repository: give one like 'acme/api', of 2 to 256 lower-case letters and digits, "
    + 'a letter first, with single dots, hyphens, underscores or slashes in between';

  test.each<[string, Partial<ContainerRegistryProps>]>([
    ['repositoryNames is empty: name one repository for each image', { repositoryNames: [] }],
    [`repositoryNames 'Api' ${BAD}`, { repositoryNames: ['Api'] }],
    [`repositoryNames 'a' ${BAD}`, { repositoryNames: ['a'] }],
    [`repositoryNames 'acme//api' ${BAD}`, { repositoryNames: ['acme//api'] }],
    [`repositoryNames '/api' ${BAD}`, { repositoryNames: ['/api'] }],
    [`repositoryNames '1/api' ${BAD}`, { repositoryNames: ['1/api'] }],
    ["repositoryNames names 'api' twice: name it once", { repositoryNames: ['api', 'web', 'api'] }],
    ["pullAccounts '42' is not an account id: give its 12 digits as a string", { pullAccounts: [PROD, '42'] }],
    ['pullAccounts has a token: give 12 digits, such as accountId of a stage', { pullAccounts: [Token.asString({ Ref: 'Account' })] }],
    ['maxImageCount is 0: give a whole number, 1 or more', { maxImageCount: 0 }],
    ['maxImageCount is 1.5: give a whole number, 1 or more', { maxImageCount: 1.5 }],
    ['removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY', { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ["pullAccounts '42' is not an account id: give its 12 digits as a string; maxImageCount is 0: give a whole number, 1 or more",
      { pullAccounts: ['42'], maxImageCount: 0 }],
  ])('%s', (message, props) => {
    expect(() => registry(StageProfile.TESTING, props)).toThrow(new Error(message));
  });

  test('tells of one name in two registries of an account and region', () => {
    const app = testApp();
    const stack = stackIn(StageProfile.TESTING, app);
    new ContainerRegistry(stack, 'first', { repositoryNames: ['api', 'web'] });
    new ContainerRegistry(new Stack(stack, 'nested-in-tree', { env: stack }), 'second', { repositoryNames: ['job', 'api'] });
    new ContainerRegistry(new Stack(stack, 'elsewhere', { env: { account: stack.account, region: 'eu-north-1' } }), 'it', { repositoryNames: ['api'] });
    new ContainerRegistry(stackIn(StageProfile.PRODUCTION, app), 'it', { repositoryNames: ['api'] });
    expect(problems(app)).toEqual(["repositoryName 'api' is claimed by 'in-testing/services/first' and 'in-testing/services/nested-in-tree/second', "
      + 'and AWS takes it once in an account and region: choose another name in repositoryNames']);
  });

  test('is none for one name in stages whose accounts do not exist yet', () => {
    const { app, prod, dev } = acme();
    [prod, dev].forEach(stage => new ContainerRegistry(new Stack(stage, 'services'), 'it', { repositoryNames: ['api'] }));
    expect(problems(app)).toEqual([]);
  });
});
