import { Aws, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AuditTrailBucket, AuditTrailBucketOptions } from './audit-trail-bucket';
import { AuditAccountSeal } from './organization/audit-account-seal';
import { AccountTrail, OrganizationTrail, TrailOptions } from './organization-trail';
import { deployAfter } from './private/dependencies';
import { trailBucketName, trailKeyAlias, trailName } from './private/names';
import { StageAccount } from './stage-account';
import { StageProfile } from './stage-profile';
import { TrailReference } from './trail-reference';

/** Where the trail of all accounts is kept, and what it records. */
export interface AuditTrailOptions extends AuditTrailBucketOptions, TrailOptions {
  /** The stage whose account keeps the trail, in a bucket that no other account administers. */
  readonly storedIn: StageAccount;

  /**
   * Who may change what keeps the trail, inside that account.
   *
   * @default AuditAccountSeal.ROOT_DEPLOYS_ONLY with the management account; without it, there are no policies of the
   * organization
   */
  readonly auditAccountSeal?: AuditAccountSeal;
}

/** Of whom the trail is. */
export interface AuditTrailProps extends AuditTrailOptions {
  readonly root: StageAccount;
  /** The organization whose accounts one trail records. Without it each account has a trail of its own. */
  readonly organization?: { readonly id?: string };
}

/**
 * The bucket in one account and the trail in another: a `Stage` of their own, because the trail can be created only
 * after the bucket's policy, and only within a `Stage` one account waits for another.
 */
export class AuditTrail extends Stage {
  /** The bucket that keeps the trail. */
  public readonly bucket: AuditTrailBucket;

  /** What keeps the trail. */
  public readonly storedIn: StageAccount;

  private readonly bucketStack: Stack;

  constructor(scope: Construct, id: string, private readonly props: AuditTrailProps) {
    super(scope, id, { stageName: `${props.root.namespace}-${id}` });
    StageProfile.AUDIT.applyTo(this);
    this.storedIn = props.storedIn;
    this.bucketStack = new Stack(this, 'bucket', {
      env: { account: props.storedIn.account, region: props.storedIn.region },
      description: 'Keeps the trail of every account',
    });
    this.bucket = new AuditTrailBucket(this.bucketStack, 'trails', {
      ...props,
      bucketName: this.bucketName,
      keyAlias: trailKeyAlias(props.root.namespace),
      trails: [],
    });
    this.record(props.root, 'trail');
  }

  /** Gives an account its own trail, unless that of the organization records it. */
  public cover(stage: StageAccount): void {
    if (!this.props.organization && stage.account !== this.props.root.account) {
      this.record(stage, `trail-${stage.node.id}`);
    }
  }

  private record(stage: StageAccount, id: string): void {
    const { organization, root, storedIn } = this.props;
    const name = trailName(root.namespace);
    const identity = { accountId: stage.account!, region: stage.region!, trailName: name };
    this.bucket.addTrail(organization
      ? TrailReference.ofOrganization({ ...identity, organizationId: organization.id })
      : TrailReference.ofAccount(identity));

    const stack = new Stack(this, id, {
      env: { account: stage.account, region: stage.region },
      description: organization ? 'Records every account of the organization' : `Records the account of ${stage.node.id}`,
    });
    deployAfter(stack, this.bucketStack);
    new (organization ? OrganizationTrail : AccountTrail)(stack, 'trail', {
      ...this.props,
      trailName: name,
      bucketName: this.bucketName,
      keyArn: `arn:${Aws.PARTITION}:kms:${storedIn.region}:${storedIn.account}:${trailKeyAlias(root.namespace)}`,
    });
  }

  private get bucketName(): string {
    return trailBucketName(this.props.root.namespace, this.storedIn.accountId);
  }
}
