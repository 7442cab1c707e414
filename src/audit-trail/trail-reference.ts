import { Aws, Token } from 'aws-cdk-lib';
import { trailNameProblem } from './trail-name';
import { idProblem } from '../organization/rules';
import { refuse } from '../support/options';
import { accountIdProblem, NO_ACCOUNT, regionProblem } from '../support/rules';

/** Properties of a `TrailReference`. */
export interface TrailReferenceProps {
  /** ID of the account that owns the trail. */
  readonly accountId: string;

  /** Home region of the trail. */
  readonly region: string;

  /**
   * Name of the trail: 3 to 128 letters, digits, periods, underscores and hyphens, with a letter or digit at both ends
   * and none of the others side by side.
   */
  readonly trailName: string;
}

/** Properties of a `TrailReference` to an organization trail. */
export interface OrganizationTrailReferenceProps extends TrailReferenceProps {
  /**
   * ID of the organization, such as `o-a1b2c3d4e5`.
   *
   * @default - any: the trail is identified by its account and name, and an account is in one organization
   */
  readonly organizationId?: string;
}

/** Trail by its name, for the policies of the bucket that it writes to. */
export class TrailReference {
  /**
   * Trail of one account. It writes below `AWSLogs/<account id>/`.
   *
   * @throws if the account ID, the region or the name is invalid
   */
  public static ofAccount(props: TrailReferenceProps): TrailReference {
    return new TrailReference(props, [props.accountId]);
  }

  /**
   * Trail of all accounts of an organization. It writes below `AWSLogs/<organization id>/<account id>/`. On creation,
   * AWS checks that it may also write below `AWSLogs/<management account id>/`.
   *
   * @throws if an ID, the region or the name is invalid
   */
  public static ofOrganization(props: OrganizationTrailReferenceProps): TrailReference {
    const { organizationId } = props;
    const known = organizationId === undefined || Token.isUnresolved(organizationId);
    refuse(known ? [] : idProblem('organizationId', organizationId, /^o-[a-z0-9]{10,32}$/, 'o-a1b2c3d4e5'));
    return new TrailReference(props, [props.accountId, organizationId ?? 'o-*']);
  }

  /** ARN of the trail. */
  public readonly trailArn: string;

  /** ARN of the trail with a wildcard for the region, as the encryption context has it for events from any region. */
  public readonly anyRegionArn: string;

  /** Folders below `AWSLogs/` that the trail writes to. */
  public readonly folders: string[];

  private constructor(props: TrailReferenceProps, folders: string[]) {
    refuse([
      ...trailNameProblem('trailName', props.trailName),
      ...Token.isUnresolved(props.accountId) || props.accountId === NO_ACCOUNT ? [] : accountIdProblem('accountId', props.accountId),
      ...Token.isUnresolved(props.region) ? [] : regionProblem('region', props.region),
    ]);
    const arn = (region: string) => `arn:${Aws.PARTITION}:cloudtrail:${region}:${props.accountId}:trail/${props.trailName}`;
    this.trailArn = arn(props.region);
    this.anyRegionArn = arn('*');
    this.folders = folders;
  }
}
