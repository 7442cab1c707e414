import { ArnFormat, Aws, Duration, IResource, RemovalPolicy, Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Audience, keyStatements, lengthOf, protection, trailStatements } from './audit-policy';
import { checkRecord, encryption, lockOf, objectLock, record } from './record-bucket';
import { TrailReference } from './trail-reference';
import { accessLogStatement } from '../support/access-logs';
import { createAfter } from '../support/dependencies';
import { deploymentProblems, deploymentRoleArn } from '../support/deploying-roles';
import { accept } from '../support/nag';
import { checkProps, refuse } from '../support/options';
import { grantByPolicy, knownAs, readable, roleOrUser, servicesThatAssume } from '../support/principals';
import { accountIdProblem, NO_ACCOUNT, regionProblem } from '../support/rules';

/** Options of a bucket for trails: retention and readers. */
export interface AuditTrailBucketOptions {
  /**
   * Principals that may read the trails: individual roles and users of any account, whose own policies must allow
   * reading from S3. All others are denied, including administrators of the account. Roles of functions, tasks and
   * instances in the account of the bucket are rejected: whoever may change their code could read.
   *
   * @default - nobody
   */
  readonly readers?: iam.IGrantable[];

  /**
   * Retention of objects, in whole days. Noncurrent versions are kept as long after they were replaced or deleted.
   *
   * @default Duration.days(2557), seven years
   */
  readonly expiration?: Duration;

  /**
   * Time until objects move to S3 Standard-IA, 30 days or more. Small objects are billed as 128 KB there.
   *
   * @default - never
   */
  readonly infrequentAccessAfter?: Duration;

  /**
   * Time until objects move to S3 Glacier Flexible Retrieval. Moving many small objects can cost more than it saves.
   *
   * @default - never
   */
  readonly glacierAfter?: Duration;

  /**
   * Lock of the records by S3 Object Lock, so that nobody deletes a version before its time is over. It can be enabled
   * for an existing bucket, which keeps its objects, but never disabled again: AWS does not allow it. The bucket of the
   * access logs is not locked, because S3 does not deliver them to a locked bucket.
   *
   * @default true
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
   */
  readonly objectLockEnabled?: boolean;

  /**
   * Default Object Lock retention of new objects, in whole days. In governance mode, a special permission is needed to
   * bypass it, which the bucket policy denies; in compliance mode, nobody can, not even the root user.
   *
   * @default - governance mode for 365 days, or for as long as objects are kept if that is shorter
   */
  readonly objectLockDefaultRetention?: s3.ObjectLockRetention;
}

/** Properties of an `AuditTrailBucket`. */
export interface AuditTrailBucketProps extends AuditTrailBucketOptions {
  /**
   * Name of the bucket, which the accounts of the trails refer to: 3 to 56 characters. The bucket for access logs has
   * the suffix `-access`.
   */
  readonly bucketName: string;

  /** Alias of the KMS key with prefix `alias/`, which the accounts of the trails refer to. */
  readonly keyAlias: string;

  /** Trails that may write to the bucket. Nothing else may. `addTrail` adds more. */
  readonly trails: TrailReference[];

  /**
   * Roles and users that may change the bucket, its policy and its key, in addition to deployments. An
   * `AuditAccountSeal` still denies them changes to the bucket.
   *
   * @default - only the role with which CloudFormation deploys stacks of the CDK in the account
   */
  readonly administrators?: iam.IGrantable[];
}

/**
 * Bucket that keeps trails, of this app or of another. It is not for implementing: `AuditTrailBucket` is one, and
 * `fromAuditTrailBucketAttributes` has others.
 */
export interface IAuditTrailBucket extends IResource {
  /** Name of the bucket, for any account to write. */
  readonly bucketName: string;

  /** ARN of the alias of the key, for any account to write: it is made of names. */
  readonly keyAliasArn: string;

  /**
   * Lets one more principal read the trails. Of a bucket that exists elsewhere, it is only the policy of the role or
   * user that says so: the bucket has to name the same one in its `readers`, where it is defined. It throws if the
   * grantee is a whole account, a service or everybody, or has no such policy.
   *
   * @param grantee a role or user, exactly
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;
}

/** Bucket that exists elsewhere, by what its app gave it. */
export interface AuditTrailBucketAttributes {
  /** Account of the bucket: 12 digits, no token. */
  readonly accountId: string;

  /** Region of the bucket and of its key. */
  readonly region: string;

  /** Name of the bucket: with an `AuditTrail`, `<namespace>-audit-trail-<account id>`. */
  readonly bucketName: string;

  /** Alias of the key, with `alias/`: with an `AuditTrail`, `alias/<namespace>-audit-trail`. */
  readonly keyAlias: string;
}

/**
 * Defines the bucket that stores the trails of all accounts, and the KMS key that encrypts them.
 *
 * Objects are versioned, encrypted, and accessible over TLS only. Each named trail writes to folders of its own. Only
 * the named readers can read. Nobody can delete objects or their versions, which are locked. Only the administrators
 * can change the
 * bucket, its policy and its key. Access is logged to a second bucket with the same rules. Everything is retained when
 * removed from the code.
 *
 * No bucket policy can prevent two things: whoever may change the trust policy of an administrator's role can become
 * one, and the account's root user can restore its access to a bucket policy. Do not use the account's admin role for
 * daily work.
 *
 * @example
 * const trail = acme.addAuditTrail({ storedIn: audit });
 * trail.grantRead(audit.readOnly);
 */
export class AuditTrailBucket extends Resource implements IAuditTrailBucket {
  /**
   * Bucket that another app defines, by its names: for the trails of this app, and for roles that read it. Its policy
   * is the other app's, which has to name each of them in `trails` and `readers` first.
   *
   * @throws if the account, the region or a name is not one
   *
   * @example
   * new AccountTrail(stack, 'trail', {
   *   trailName: 'acme-trail',
   *   bucket: AuditTrailBucket.fromAuditTrailBucketAttributes(stack, 'trails', {
   *     accountId: '222222222222',
   *     region: 'eu-west-1',
   *     bucketName: 'acme-audit-trail-222222222222',
   *     keyAlias: 'alias/acme-audit-trail',
   *   }),
   * });
   */
  public static fromAuditTrailBucketAttributes(
    scope: Construct, id: string, attributes: AuditTrailBucketAttributes,
  ): IAuditTrailBucket {
    checkAttributes(attributes);
    return AuditTrailBucket._named(scope, id, attributes);
  }

  /** @internal */
  public static _named(scope: Construct, id: string, attributes: AuditTrailBucketAttributes): IAuditTrailBucket {
    class Import extends Resource implements IAuditTrailBucket {
      public readonly bucketName = attributes.bucketName;
      public readonly keyAliasArn = aliasArn(this, attributes.keyAlias);

      public grantRead(grantee: iam.IGrantable): iam.Grant {
        roleOrUser('grantRead', grantee);
        return grantByPolicy(this, 'grantRead', grantee, () => letRead(this, attributes.keyAlias, grantee));
      }
    }
    return new Import(scope, id, {
      account: attributes.accountId, region: attributes.region, physicalName: attributes.bucketName,
    });
  }

  /** Bucket of the trails. */
  public readonly bucket: s3.IBucket;

  /** Bucket of the access logs. */
  public readonly accessLogs: s3.IBucket;

  /** KMS key that encrypts the trails. */
  public readonly key: kms.IKey;

  public readonly bucketName: string;
  public readonly keyAliasArn: string;

  private readonly keyAlias: string;
  private readonly trails: TrailReference[] = [];
  /** @internal */ public readonly _readers: string[] = [];
  private readonly readers: string[] = [];

  /**
   * Synthesis fails if the synthesizer of the stack names no role with which CloudFormation deploys, as a
   * `DefaultStackSynthesizer` does.
   *
   * @throws if a name, duration, reader or administrator is invalid, or if the durations contradict each other
   */
  constructor(scope: Construct, id: string, props: AuditTrailBucketProps) {
    super(scope, id, { physicalName: props.bucketName });
    checkProps(this, 'AuditTrailBucketProps', props);
    checkRecord(props);
    this.bucketName = props.bucketName;
    this.keyAlias = props.keyAlias;
    this.keyAliasArn = aliasArn(this, props.keyAlias);
    const deployer = deploymentRoleArn(this.stack);
    const audience: Audience = {
      accountId: this.stack.account,
      administrators: [
        ...deployer === undefined ? [] : [deployer],
        ...props.administrators?.map(grantee => roleOrUser('administrators', grantee)) ?? [],
      ],
      readers: this.readers,
      trails: this.trails,
    };
    props.trails.forEach(trail => this.addTrail(trail));
    props.readers?.forEach(reader => this.addReader('readers', reader));

    const keyPolicy = lazyPolicy(() => keyStatements(audience));
    this.key = new kms.Key(this, 'Key', {
      alias: props.keyAlias,
      description: `Encrypts the trails in ${props.bucketName}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      // if the creation is rolled back, the empty buckets are deleted, or their names would be taken for the next
      // attempt
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      // lazily, so that trails and readers can still be added
      policy: keyPolicy,
    });

    const logs = new s3.CfnBucket(this, 'AccessLogs', {
      ...record(props),
      bucketName: `${props.bucketName}-access`,
      bucketEncryption: encryption({ sseAlgorithm: 'AES256' }), // S3 delivers access logs to no other
    });
    const bucket = new s3.CfnBucket(this, 'Resource', {
      ...record(props),
      bucketName: props.bucketName,
      bucketEncryption: encryption({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.keyArn }),
      loggingConfiguration: { destinationBucketName: logs.ref },
      ...objectLock(lockOf(props)),
    });
    accept(logs, { rule: 'AwsSolutions-S1', reason: 'this bucket holds the access logs, and does not log itself' });

    const logsPolicy = new s3.CfnBucketPolicy(this, 'AccessLogsPolicy', {
      bucket: logs.ref,
      policyDocument: lazyPolicy(() => [
        accessLogStatement(logs.attrArn, this.arnOf(props.bucketName), audience.accountId),
        ...protection(logs.attrArn, audience),
      ]),
    });
    createAfter(bucket, logsPolicy);
    const bucketPolicy = lazyPolicy(() => [
      ...trailStatements(bucket.attrArn, audience),
      ...protection(bucket.attrArn, audience),
    ]);
    const policy = new s3.CfnBucketPolicy(this, 'Policy', {
      bucket: bucket.ref,
      policyDocument: bucketPolicy,
    });
    const alias = this.key.node.findChild('Alias').node.defaultChild as kms.CfnAlias;
    [bucket, logs, policy, logsPolicy, alias].forEach(resource =>
      resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE));

    this.accessLogs = s3.Bucket.fromBucketName(this, 'AccessLogsBucket', logs.ref);
    this.bucket = s3.Bucket.fromBucketAttributes(this, 'Bucket', { bucketArn: bucket.attrArn, encryptionKey: this.key });
    this.node.addValidation({
      validate: () => [
        ...this.problems(),
        ...this.sizeProblem('bucket policy', bucketPolicy, 20480),
        ...this.sizeProblem('key policy', keyPolicy, 32768),
      ],
    });
  }

  /** Allows another trail to write to the bucket. */
  public addTrail(trail: TrailReference): void {
    this.trails.push(trail);
  }

  /**
   * Allows another principal to read the trails: by the policies of the bucket and its key, and by a policy of its own
   * if it is a role or user defined in the app, in any account. A role of another account needs a physical name.
   *
   * @param grantee a single role or user
   * @throws if the grantee is a whole account, a service or everybody, or a role of this account that a service assumes
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    this.addReader('grantRead', grantee);
    return letRead(this, this.keyAlias, grantee, Object.create(this, {
      addToResourcePolicy: { value: () => ({ statementAdded: true, policyDependable: this }) },
    }));
  }

  private addReader(property: string, reader: iam.IGrantable): void {
    this.readers.push(roleOrUser(property, reader));
    const [service] = servicesThatAssume(reader);
    if (service !== undefined && reader.grantPrincipal.principalAccount === this.stack.account) {
      throw new Error(`${property} holds ${readable(reader)}, which '${this.stack.resolve(service)}' assumes: whoever changes what runs there in account `
        + `'${this.stack.account}' would read the trails, so give a role that people or another account assume`);
    }
    this._readers.push(knownAs(reader));
  }

  private problems(): string[] {
    return [
      ...this.trails.length > 0 ? [] : ['trails is empty: name at least one that may write, or nothing can'],
      ...deploymentProblems(this.stack),
    ];
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
  private sizeProblem(name: string, policy: iam.PolicyDocument, limit: number): string[] {
    const length = lengthOf(this.stack, policy, `arn:aws:s3:::${this.bucketName}`);
    return length <= limit ? [] : [`trails holds ${this.trails.length} and readers ${this.readers.length}, `
      + `so that the ${name} has ${length} characters: AWS takes ${limit}, so name fewer, `
      + 'or use one trail of the organization, which needs the management account'];
  }

  private arnOf(bucketName: string): string {
    return this.stack.formatArn({
      service: 's3', region: '', account: '', resource: bucketName, arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }
}

/** By names, because the role may be in another account. */
function letRead(
  bucket: IAuditTrailBucket, keyAlias: string, grantee: iam.IGrantable, resource?: iam.IResourceWithPolicy,
): iam.Grant {
  const { account, region } = bucket.env;
  iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:Decrypt'],
    resourceArns: [`arn:${Aws.PARTITION}:kms:${region}:${account}:key/*`],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [keyAlias] } },
  });
  const arn = `arn:${Aws.PARTITION}:s3:::${bucket.bucketName}`;
  const read = { grantee, actions: READ, resourceArns: [arn, `${arn}/*`] };
  return resource ? iam.Grant.addToPrincipalAndResource({ ...read, resource }) : iam.Grant.addToPrincipal(read);
}

function aliasArn({ env }: IResource, keyAlias: string): string {
  return `arn:${Aws.PARTITION}:kms:${env.region}:${env.account}:${keyAlias}`;
}

function checkAttributes(attributes: AuditTrailBucketAttributes): void {
  const problems = [
    ...attributes.accountId === NO_ACCOUNT ? [] : accountIdProblem('accountId', attributes.accountId),
    ...regionProblem('region', attributes.region),
  ];
  refuse(problems);
  checkRecord(attributes);
}

const READ = ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'];

function lazyPolicy(statements: () => iam.PolicyStatement[]): iam.PolicyDocument {
  class LazyPolicy extends iam.PolicyDocument {
    public resolve(context: never): unknown {
      return new iam.PolicyDocument({ statements: statements() }).resolve(context);
    }
  }
  return new LazyPolicy();
}
