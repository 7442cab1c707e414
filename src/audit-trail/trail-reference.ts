import { Aws } from 'aws-cdk-lib';

/** Which trail of which account. */
export interface TrailReferenceProps {
  /** The account that owns the trail. */
  readonly accountId: string;

  /** The region that the trail is defined in. */
  readonly region: string;

  /** The name of the trail. */
  readonly trailName: string;
}

/** Which trail of which organization. */
export interface OrganizationTrailReferenceProps extends TrailReferenceProps {
  /**
   * The id of the organization, such as `o-a1b2c3d4e5`.
   *
   * @default - any: the trail is known by its account and name, and an account is in one organization
   */
  readonly organizationId?: string;
}

/** A trail by its name, for the policies of the bucket that it writes to. */
export class TrailReference {
  /** The trail of one account. It writes below `AWSLogs/<account id>/`. */
  public static ofAccount(props: TrailReferenceProps): TrailReference {
    return new TrailReference(props, [props.accountId]);
  }

  /**
   * The trail of all accounts of an organization. It writes below `AWSLogs/<organization id>/<account id>/`, and AWS
   * checks when creating it that it may write below `AWSLogs/<management account id>/` too.
   */
  public static ofOrganization(props: OrganizationTrailReferenceProps): TrailReference {
    return new TrailReference(props, [props.accountId, props.organizationId ?? 'o-*']);
  }

  /** The ARN of the trail. */
  public readonly trailArn: string;

  /** The ARN of the trail with any region: CloudTrail encrypts by it, wherever a record comes from. */
  public readonly anyRegionArn: string;

  /** The folders below `AWSLogs/` that the trail writes to. */
  public readonly folders: string[];

  private constructor(props: TrailReferenceProps, folders: string[]) {
    const arn = (region: string) => `arn:${Aws.PARTITION}:cloudtrail:${region}:${props.accountId}:trail/${props.trailName}`;
    this.trailArn = arn(props.region);
    this.anyRegionArn = arn('*');
    this.folders = folders;
  }
}
