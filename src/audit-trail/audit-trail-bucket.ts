import { ArnFormat, Aws, Duration, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Audience, keyStatements, protection, trailStatements } from './audit-policy';
import { checkRecord, encryption, objectLock, record } from './record-bucket';
import { TrailReference } from './trail-reference';
import { accessLogStatement } from '../support/access-logs';
import { createAfter } from '../support/dependencies';
import { accept } from '../support/nag';
import { knownAs, roleOrUser } from '../support/principals';

/** How long trails are kept and who may read them. */
export interface AuditTrailBucketOptions {
  /**
   * Who may read the trails, one by one: roles and users, of any account, whom a policy of their own allows to read in
   * S3. Everybody else is refused, administrators of the account included.
   *
   * @default - nobody
   */
  readonly readers?: iam.IGrantable[];

  /**
   * How long an object is kept. What a deletion or an overwrite leaves is kept as long after that. In whole days.
   *
   * @default Duration.days(2557), seven years
   */
  readonly expiration?: Duration;

  /**
   * After how many days an object moves to infrequent access, 30 or more. Small objects are charged as 128 kB there.
   *
   * @default - never
   */
  readonly infrequentAccessAfter?: Duration;

  /**
   * After how many days an object moves to Glacier. Moving many small objects can cost more than it saves.
   *
   * @default - never
   */
  readonly glacierAfter?: Duration;

  /**
   * Locks every new object for a time: in governance mode against all without a special permission, in compliance mode
   * against everybody, the root user included.
   *
   * @default - no lock
   */
  readonly objectLockDefaultRetention?: s3.ObjectLockRetention;

}

/** Where the trails of several accounts are kept. */
export interface AuditTrailBucketProps extends AuditTrailBucketOptions {
  /**
   * The name of the bucket, which the trails' accounts have to know: 3 to 56 characters, `-access` is added for the
   * logs.
   */
  readonly bucketName: string;

  /** The alias of the key, which the trails' accounts have to know, with `alias/`. */
  readonly keyAlias: string;

  /** The trails that may write. Nothing else may. More can follow by `addTrail`. */
  readonly trails: TrailReference[];

  /**
   * Who may change the bucket, its policy and its key, besides deployments: roles and users. An `AuditAccountSeal`
   * keeps them from the bucket nevertheless.
   *
   * @default - nobody but the role by which CloudFormation deploys stacks of the CDK in the account
   */
  readonly administrators?: iam.IGrantable[];
}

/**
 * Defines the bucket that keeps the trail of every account, and the key that encrypts it.
 *
 * Objects are versioned and encrypted, and come and go over TLS only. The named trails write, each into folders of its
 * own. The named readers read. Nobody deletes an object or a version of it. Only the administrators change the bucket,
 * its policy and its key. Access is logged to a second bucket, under the same rules. All of it is retained when removed
 * from the code.
 *
 * Two things no policy of a bucket prevents: whoever may change the trust of an administrator's role becomes one, and
 * the root user of the account can restore its access to a bucket's policy. Give nobody the account's admin role day by
 * day.
 *
 * @example
 * const trail = acme.addAuditTrail({ storedIn: audit });
 * trail.grantRead(audit.readOnly);
 */
export class AuditTrailBucket extends Resource {
  /** The bucket of the trails. */
  public readonly bucket: s3.IBucket;

  /** The bucket of the access logs. */
  public readonly accessLogs: s3.IBucket;

  /** The key that encrypts the trails. */
  public readonly key: kms.IKey;

  private readonly names: { readonly bucketName: string; readonly keyAlias: string };
  private readonly trails: TrailReference[] = [];
  /** @internal */ public readonly _readers: string[] = [];
  private readonly readers: string[] = [];

  /**
   * @throws if a name, a time, a reader or an administrator is not one, or the times contradict each other
   */
  constructor(scope: Construct, id: string, props: AuditTrailBucketProps) {
    super(scope, id, { physicalName: props.bucketName });
    checkRecord(props);
    this.names = props;
    const audience: Audience = {
      accountId: this.stack.account,
      administrators: [
        this.deploymentRole(),
        ...props.administrators?.map(grantee => roleOrUser('administrators', grantee)) ?? [],
      ],
      readers: this.readers,
      trails: this.trails,
    };
    props.trails.forEach(trail => this.addTrail(trail));
    props.readers?.forEach(reader => this.addReader('readers', reader));

    this.key = new kms.Key(this, 'Key', {
      alias: props.keyAlias,
      description: `Encrypts the trails in ${props.bucketName}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      // a creation that is rolled back takes its empty buckets along, or their names would be taken for the next
      // attempt
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      // lazily, so that trails and readers can still be added
      policy: lazyPolicy(() => keyStatements(audience)),
    });

    const logs = new s3.CfnBucket(this, 'AccessLogs', {
      ...record(props),
      bucketName: `${props.bucketName}-access`,
      bucketEncryption: encryption({ sseAlgorithm: 'AES256' }), // s3 delivers access logs to no other
    });
    const bucket = new s3.CfnBucket(this, 'Resource', {
      ...record(props),
      bucketName: props.bucketName,
      bucketEncryption: encryption({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: this.key.keyArn }),
      loggingConfiguration: { destinationBucketName: logs.ref },
      ...objectLock(props.objectLockDefaultRetention),
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
    const policy = new s3.CfnBucketPolicy(this, 'Policy', {
      bucket: bucket.ref,
      policyDocument: lazyPolicy(() => [
        ...trailStatements(bucket.attrArn, audience),
        ...protection(bucket.attrArn, audience),
      ]),
    });
    [bucket, logs, policy, logsPolicy].forEach(resource =>
      resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE));

    this.accessLogs = s3.Bucket.fromBucketName(this, 'AccessLogsBucket', logs.ref);
    this.bucket = s3.Bucket.fromBucketAttributes(this, 'Bucket', { bucketArn: bucket.attrArn, encryptionKey: this.key });
    this.node.addValidation({ validate: () => this.problems() });
  }

  /** Lets one more trail write. */
  public addTrail(trail: TrailReference): void {
    this.trails.push(trail);
  }

  /**
   * Lets one more principal read the trails: by the policies of the bucket and of its key, and by a policy of its own
   * if it is a role or user that is defined in the app, of whatever account. A role of another account needs a name.
   *
   * @param grantee a role or user, exactly
   * @throws if the grantee is a whole account, a service or everybody
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    this.addReader('grantRead', grantee);
    const [account, region] = [this.stack.account, this.stack.region];
    const arn = `arn:${Aws.PARTITION}:s3:::${this.names.bucketName}`;
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [`arn:${Aws.PARTITION}:kms:${region}:${account}:key/*`],
      conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [this.names.keyAlias] } },
    });
    return iam.Grant.addToPrincipalAndResource({
      grantee,
      actions: READ,
      resourceArns: [arn, `${arn}/*`],
      // by names, because the role may be in another account
      resource: Object.create(this, {
        addToResourcePolicy: { value: () => ({ statementAdded: true, policyDependable: this }) },
      }),
    });
  }

  private addReader(property: string, reader: iam.IGrantable): void {
    this.readers.push(roleOrUser(property, reader));
    this._readers.push(knownAs(reader));
  }

  private problems(): string[] {
    return this.trails.length > 0 ? [] : ['trails is empty: name at least one that may write, or nothing can'];
  }

  private deploymentRole(): string {
    const stack = Stack.of(this);
    const qualifier = stack.synthesizer.bootstrapQualifier ?? 'hnb659fds';
    return stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `cdk-${qualifier}-cfn-exec-role-${stack.account}-${stack.region}`,
    });
  }

  private arnOf(bucketName: string): string {
    return this.stack.formatArn({
      service: 's3', region: '', account: '', resource: bucketName, arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  }
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
