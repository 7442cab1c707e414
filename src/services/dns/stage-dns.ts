import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { StageProfile } from '../../stage-profile';
import { domainNameProblem } from '../../support/domain-names';
import { accept } from '../../support/nag';
import { keepProviderLogs } from '../../support/provider-logs';
import { keepNamedOrDestroy } from '../../support/removal';

/** What the domain of a stage is. */
export interface StageDnsProps {
  /** The domain of the stage, such as `prod.acme.example`, in lower case. */
  readonly domainName: string;

  /**
   * The role that may enter the stage's name servers in the zone above, by its ARN. It may be in another account, and
   * has to trust the stage's.
   *
   * @default - nobody enters them: give `nameServers` to whoever keeps the zone above
   */
  readonly delegationRoleArn?: string;

  /**
   * The domain above, whose public zone is in the account of that role.
   *
   * @default - `domainName` without what is before its first dot
   */
  readonly parentDomainName?: string;

  /**
   * The public zone above by its id, in the place of `parentDomainName`: needed where the account of that role has
   * several zones of one name.
   *
   * @default - the only one of that name
   */
  readonly parentHostedZoneId?: string;

  /**
   * What becomes of the zone and its delegation when they are removed.
   *
   * @default - as the stage's profile says
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines the domain of a stage: a public zone in the stage's account, which the zone above delegates to.
 *
 * With `delegationRoleArn` the name servers are entered when the zone is created, and taken out before it is deleted,
 * so that the name never points to servers that somebody else could get. `MultiAccountOrg.addDomain` defines one in
 * each stage, and the roles.
 */
export class StageDns extends Construct {
  /** The zone, for records, certificates and mail of this stage. */
  public readonly zone: route53.IHostedZone;

  /** The name servers of the zone. */
  public readonly nameServers: string[];

  /**
   * @throws if a name is not one, `parentDomainName` is not above `domainName`, that or `parentHostedZoneId` would be
   * ignored, or the zone is to be kept as a snapshot
   */
  constructor(scope: Construct, id: string, props: StageDnsProps) {
    super(scope, id);
    const parent = props.parentDomainName ?? props.domainName.split('.').slice(1).join('.');
    const problems = [
      ...domainNameProblem('domainName', props.domainName),
      ...domainNameProblem('parentDomainName', parent),
      ...props.domainName.endsWith(`.${parent}`) ? []
        : [`parentDomainName '${parent}' is not above domainName '${props.domainName}': give a domain that ends it`],
      ...props.parentDomainName !== undefined && props.delegationRoleArn === undefined
        ? [`parentDomainName '${parent}' would be ignored without delegationRoleArn: give both or none`] : [],
      ...props.parentHostedZoneId !== undefined && props.delegationRoleArn === undefined
        ? [`parentHostedZoneId '${props.parentHostedZoneId}' would be ignored without delegationRoleArn: give both or none`] : [],
      ...props.parentHostedZoneId !== undefined && props.parentDomainName !== undefined
        ? [`parentDomainName '${parent}' would be ignored, because there is a parentHostedZoneId: leave one out`] : [],
    ];
    if (problems.length > 0) {
      throw new Error(problems.join('; '));
    }
    const profile = StageProfile.of(this);
    const removalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);

    const zone = new route53.PublicHostedZone(this, 'Zone', { zoneName: props.domainName });
    zone.applyRemovalPolicy(removalPolicy);
    this.zone = zone;
    this.nameServers = zone.hostedZoneNameServers!;

    if (props.delegationRoleArn !== undefined) {
      const record = new route53.CrossAccountZoneDelegationRecord(this, 'Delegation', {
        delegatedZone: zone,
        ...props.parentHostedZoneId === undefined
          ? { parentHostedZoneName: parent } : { parentHostedZoneId: props.parentHostedZoneId },
        delegationRole: iam.Role.fromRoleArn(this, 'DelegationRole', props.delegationRoleArn, { mutable: false }),
        ttl: Duration.minutes(5),
        removalPolicy,
      });
      keepProviderLogs(this, profile);
      accept(record, { rule: 'AwsSolutions-IAM5', reason: 'the role of the function assumes one role, by its name' });
    }
  }
}
