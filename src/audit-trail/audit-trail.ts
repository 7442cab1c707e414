import { Annotations, CfnWaitConditionHandle, Stack, Stage } from 'aws-cdk-lib';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { Fact, IManagement, IOrganization, Organization } from '../organization/organization';
import { importable, parameterName } from '../organization/parameters';
import { StageAccount } from '../stage-account';
import { StageProfile } from '../stage-profile';
import { AuditAccountSeal, keepMembers, sealAuditAccount } from './audit-account-seal';
import { AuditTrailBucket, AuditTrailBucketOptions, IAuditTrailBucket } from './audit-trail-bucket';
import { AccountTrail, OrganizationTrail, TrailOptions } from './organization-trail';
import { TrailProtection } from './trail-protection';
import { TrailReference } from './trail-reference';
import { deployAfter } from '../support/dependencies';
import { sealProblems } from '../support/deploying-roles';
import { checkProps, optionsOf } from '../support/options';

/** Properties of an `AuditTrail`. */
export interface AuditTrailProps extends AuditTrailBucketOptions, TrailOptions {
  /**
   * Stage whose account stores the trail, in a bucket that no other account administers: one of its own, with
   * `StageProfile.AUDIT`. Its seal denies changes of stacks and roles to everybody in the account.
   *
   * Moving the trail to another stage leaves all former records, and their seal, in the account that has them.
   */
  readonly storedIn: StageAccount;

  /**
   * Protection of the trail against changes from inside that account.
   *
   * @default AuditAccountSeal.ROOT_DEPLOYS_ONLY with the management account; without it, there are no organization
   * policies
   */
  readonly auditAccountSeal?: AuditAccountSeal;
}

/** Audit trail of all accounts. Not intended to be implemented: `addAuditTrail` returns it. */
export interface IAuditTrail extends IConstruct {
  /** Bucket that stores the trail. */
  readonly bucket: AuditTrailBucket;

  /** Stage whose account stores the trail. */
  readonly storedIn: StageAccount;

  /** Name of the trail in root's account and, without the management account, in the account of each stage. */
  readonly trailName: string;

  /** Name of the bucket, for use in any account. It contains zeros while the account does not exist. */
  readonly bucketName: string;

  /** Log group of root's trail, for alarms. Not set without `cloudWatchLogsRetention`. */
  readonly logGroup?: ILogGroup;

  /**
   * Allows another principal to read the trails: by the policies of the bucket and its key, and by a policy of its own
   * if it is a role or user defined in the app, in any account. A role of another account needs a physical name. It
   * throws if the grantee is a whole account, a service or everybody.
   *
   * @param grantee a single role or user
   */
  grantRead(grantee: IGrantable): Grant;
}

/**
 * Records the CloudTrail events of all accounts in one bucket in the account of a stage.
 *
 * With the management account, one organization trail records all accounts, and accounts can neither leave the
 * organization nor close themselves: all accounts of a new organization, those of the stages in an existing one.
 * Otherwise each account has its own trail.
 *
 * It is a `Stage` of its own, because the trail can be created only after the bucket policy, and only within a `Stage`
 * can stacks of several accounts depend on each other.
 */
export class AuditTrail extends Stage implements IAuditTrail {
  public readonly bucket: AuditTrailBucket;
  public readonly storedIn: StageAccount;
  public readonly trailName: string;
  public readonly bucketName: string;
  public readonly logGroup?: ILogGroup;

  private readonly organization: IOrganization;
  private readonly bucketStack: Stack;
  private readonly lastStack: Stack;

  /**
   * @throws if the organization already has a trail, if the stage is root, is for testing or belongs to another
   * organization, or if a seal is requested without the management account
   */
  constructor(scope: Construct, id: string, private readonly props: AuditTrailProps) {
    super(scope, checked(scope, id, props), { stageName: `${Organization.of(scope).namespace}-${id}` });
    checkProps(this, 'AuditTrailProps', props);
    StageProfile.AUDIT.applyTo(this);
    this.organization = Organization.of(scope);
    TRAILS.set(this.organization, this);
    this.storedIn = props.storedIn;
    this.trailName = trailName(this.organization.namespace);
    this.bucketName = trailBucketName(this.organization.namespace, this.storedIn.accountId);
    this.bucketStack = this.storedIn.addStack('bucket', { scope: this, description: 'Keeps the trail of every account' });
    this.bucket = new AuditTrailBucket(this.bucketStack, 'trails', {
      ...optionsOf<AuditTrailBucketOptions>('AuditTrailBucketOptions', props),
      bucketName: this.bucketName,
      keyAlias: trailKeyAlias(this.organization.namespace),
      trails: [],
    });
    this.organization.addFacts({ facts: () => this.facts() });
    this.lastStack = this.refuseDestroy();
    this.logGroup = this.record(this.organization.root, 'trail').logGroup;
    const { management } = this.organization;
    if (management) {
      this.holdAgainst(management);
      management.enableServiceAccess('cloudtrail.amazonaws.com');
      this.seal(management);
    } else {
      this.organization.visitStages({ visit: stage => this.recordApart(stage) });
    }
    this.warnOfStage();
  }

  public grantRead(grantee: IGrantable): Grant {
    return this.bucket.grantRead(grantee);
  }

  /**
   * `cdk destroy` begins with the last stack, is refused there, and stops. The others are not protected themselves: if
   * their creation failed, the CLI could not replace them. This one cannot fail, because it creates nothing.
   */
  private refuseDestroy(): Stack {
    const description = 'Stops cdk destroy before it gets to the trail';
    const stack = this.organization.root.addStack('stop-destroy', { scope: this, description });
    stack.terminationProtection = true;
    new CfnWaitConditionHandle(stack, 'nothing');
    return stack;
  }

  /**
   * The ID in the context decides where the bucket is created, which is retained, and locked. So it waits for root: SSM
   * refuses an account that is not the one that root knows.
   */
  private holdAgainst(management: IManagement): void {
    const { root, namespace } = this.organization;
    const { accountId } = this.storedIn;
    const known = management.accountIdOf(this.storedIn, this);
    if (known === accountId) {
      return;
    }
    const stack = root.addStack('account', { scope: this, description: 'Refuses an account other than the one that keeps the trail' });
    deployAfter(this.bucketStack, stack);
    new CfnParameter(stack, 'Id', {
      name: parameterName(namespace, 'audit-trail', 'account'), type: 'String', value: known, allowedPattern: `^${accountId}$`,
    });
  }

  private seal(management: IManagement): void {
    if (this.props.auditAccountSeal !== AuditAccountSeal.NONE) {
      const { root, namespace } = this.organization;
      sealAuditAccount(this.organization, this.storedIn, this.bucketStack);
      this.organization.addValidation({
        validate: () => sealProblems(this.bucketStack, this.storedIn.conventionalName('')),
      });
      // a stack of its own for each account, which keeps it when the trail moves on
      const description = 'Denies what destroys the trail, once it exists';
      const stack = importable(root.addStack(`protection-${this.storedIn.node.id}`, { scope: this, description }));
      deployAfter(stack, this.node.findChild('trail') as Stack);
      deployAfter(this.lastStack, stack);
      new TrailProtection(stack, 'protection', management, this.storedIn, trailKeyAlias(namespace));
    }
    keepMembers(management, this.organization.namespace);
  }

  private warnOfStage(): void {
    const { node, profile } = this.storedIn;
    const { auditAccountSeal } = this.props;
    if (auditAccountSeal === AuditAccountSeal.NONE || profile.name === StageProfile.AUDIT.name) {
      return;
    }
    const [id, why, wayOut] = this.organization.management
      ? ['sealedStage', 'its seal denies every change of stacks and roles there to the admins of that account', ', or auditAccountSeal NONE']
      : ['unsealedStage', 'without the management account nothing seals it, so whoever administers that account can stop the trail and change its bucket', ''];
    Annotations.of(this.bucketStack).addWarningV2(`cdk-multi-account-org:${id}`, `storedIn is '${node.id}' with profile '${profile.name}', `
      + `and ${why}: give a stage of its own, with StageProfile.AUDIT${wayOut}`);
  }

  /** An account whose organization is not ours has a trail of its own. */
  private recordApart(stage: StageAccount): void {
    if (stage.account !== this.organization.root.account) {
      this.record(stage, `trail-${stage.node.id}`);
    }
  }

  private record(stage: StageAccount, id: string): OrganizationTrail | AccountTrail {
    const { management } = this.organization;
    const identity = { accountId: stage.account!, region: stage.region!, trailName: this.trailName };
    this.bucket.addTrail(management
      ? TrailReference.ofOrganization({ ...identity, organizationId: management.existingOrganizationId })
      : TrailReference.ofAccount(identity));

    const description = management ? 'Records every account of the organization' : `Records the account of ${stage.node.id}`;
    const stack = importable(stage.addStack(id, { scope: this, description }));
    deployAfter(this.lastStack, stack);
    return new (management ? OrganizationTrail : AccountTrail)(stack, 'trail', {
      ...optionsOf<TrailOptions>('TrailOptions', this.props),
      trailName: this.trailName,
      bucket: management ? this.asRootKnowsIt(stack, management) : this.bucket,
    });
  }

  /** Bucket by the ID that root has of its account: the ID in the context decides only where the bucket is created. */
  private asRootKnowsIt(stack: Stack, management: IManagement): IAuditTrailBucket {
    const accountId = management.accountIdOf(this.storedIn, stack);
    if (accountId === this.storedIn.accountId) {
      return this.bucket;
    }
    deployAfter(stack, this.bucketStack);
    return AuditTrailBucket._named(stack, 'trails', {
      accountId,
      region: this.bucketStack.region,
      bucketName: trailBucketName(this.organization.namespace, accountId),
      keyAlias: trailKeyAlias(this.organization.namespace),
    });
  }

  private facts(): Fact[] {
    const { root, stages, management } = this.organization;
    const bucket = `s3://${this.bucketName}`;
    const below = management ? `AWSLogs/${management.existingOrganizationId ?? 'o-*'}` : 'AWSLogs';
    const source = this.node.path;
    return [
      ...[root, ...stages].map(({ node, accountId }) =>
        ({ kind: 'records', subject: node.id, name: 'cloudtrail', value: `${bucket}/${below}/${accountId}/`, source })),
      ...this.bucket._readers.map(reader => ({ kind: 'reads', subject: reader, name: `${bucket}/`, value: '', source })),
    ];
  }

}

function checked(scope: Construct, id: string, { storedIn, auditAccountSeal }: AuditTrailProps): string {
  const organization = Organization.of(scope);
  const { path } = organization.node;
  if (!storedIn) {
    throw new Error('storedIn is missing: give a stage of its own, with StageProfile.AUDIT');
  }
  if (auditAccountSeal !== undefined && !(auditAccountSeal in AuditAccountSeal)) {
    throw new Error(`auditAccountSeal '${auditAccountSeal}' is none: give one of ${Object.keys(AuditAccountSeal).join(', ')}`);
  }
  const other = TRAILS.get(organization);
  if (other) {
    throw new Error(`'${path}' has an audit trail already, stored in '${other.storedIn.node.id}': add only one`);
  }
  if (!organization.stages.includes(storedIn)) {
    throw new Error(`storedIn '${storedIn.node.path}' is not a stage added to '${path}': give a stage of its own, with StageProfile.AUDIT`);
  }
  if (storedIn.profile.name === StageProfile.TESTING.name) {
    throw new Error(`storedIn '${storedIn.node.path}' has profile '${storedIn.profile.name}', which keeps nothing: `
      + 'give a stage of its own, with StageProfile.AUDIT');
  }
  if (!organization.management && auditAccountSeal !== undefined) {
    throw new Error(`auditAccountSeal ${auditAccountSeal} has no effect, because without the management account `
      + 'there are no policies of the organization: leave it out');
  }
  return id;
}

const TRAILS = new WeakMap<IOrganization, AuditTrail>();

/** Names with which root refers to bucket, key and trail, because only names are known across accounts. */
function trailName(namespace: string): string {
  return `${namespace}-trail`;
}

/** Bucket names are global, hence the account ID. */
function trailBucketName(namespace: string, accountId: string): string {
  return `${namespace}-audit-trail-${accountId}`;
}

function trailKeyAlias(namespace: string): string {
  return `alias/${namespace}-audit-trail`;
}
