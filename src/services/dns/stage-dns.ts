import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { StageProfile } from '../../stage-profile';
import { bareZoneId, domainNameProblem, zoneIdProblem } from '../../support/domain-names';
import { accept } from '../../support/nag';
import { checkProps, refuse } from '../../support/options';
import { keepProviderLogs } from '../../support/provider-logs';
import { keepNamedOrDestroy } from '../../support/removal';

/** Properties of a `StageDns`. */
export interface StageDnsProps {
  /** Domain of the stage in lower case, such as `prod.acme.example`. */
  readonly domainName: string;

  /**
   * ARN of the role that may register the stage's name servers in the parent hosted zone. It may be in another account,
   * and must trust the stage's account.
   *
   * @default - no delegation: give `nameServers` to the owner of the parent hosted zone
   */
  readonly delegationRoleArn?: string;

  /**
   * Parent domain, whose public hosted zone is in the account of that role.
   *
   * @default - `domainName` without its first label
   */
  readonly parentDomainName?: string;

  /**
   * ID of the parent hosted zone, instead of `parentDomainName`: required if the account of that role has several
   * hosted zones with the same name.
   *
   * @default - the only hosted zone with that name
   */
  readonly parentHostedZoneId?: string;

  /**
   * Removal policy of the hosted zone and its delegation.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines the domain of a stage: a public hosted zone in the stage's account, to which the parent hosted zone
 * delegates.
 *
 * With `delegationRoleArn`, the name servers are registered when the hosted zone is created, and removed before it is
 * deleted, so that the domain never points to name servers that somebody else could obtain. `MultiAccountOrg.addDomain`
 * defines a domain in each stage, and the roles.
 */
export class StageDns extends Construct {
  /** Hosted zone, for records, certificates and mail of this stage. */
  public readonly zone: route53.IHostedZone;

  /** Name servers of the hosted zone. */
  public readonly nameServers: string[];

  /**
   * @throws if a name, ARN or ID is invalid, `parentDomainName` is not a parent of `domainName`, it or
   * `parentHostedZoneId` would have no effect, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: StageDnsProps) {
    super(scope, id);
    checkProps(this, 'StageDnsProps', props);
    const parent = props.parentDomainName ?? String(props.domainName).split('.').slice(1).join('.');
    const problems = problemsOf(props, parent);
    refuse(problems);
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
          ? { parentHostedZoneName: parent } : { parentHostedZoneId: bareZoneId(props.parentHostedZoneId) },
        delegationRole: iam.Role.fromRoleArn(this, 'DelegationRole', props.delegationRoleArn, { mutable: false }),
        ttl: Duration.minutes(5),
        removalPolicy,
      });
      keepProviderLogs(this, profile);
      accept(record, { rule: 'AwsSolutions-IAM5', reason: 'the role of the function assumes one role, by its name' });
    }
  }
}

function problemsOf(props: StageDnsProps, parent: string): string[] {
  const { domainName, delegationRoleArn, parentDomainName, parentHostedZoneId } = props;
  const problems = domainNameProblem('domainName', domainName);
  if (problems.length > 0) {
    return problems;
  }
  if (delegationRoleArn === undefined) {
    return Object.entries({ parentDomainName, parentHostedZoneId }).filter(([, value]) => value !== undefined)
      .map(([property, value]) => `${property} '${value}' has no effect without delegationRoleArn: give both or none`);
  }
  return [
    ...Token.isUnresolved(delegationRoleArn) || /^arn:[^:]+:iam::\d{12}:role\/.+$/.test(delegationRoleArn) ? []
      : [`delegationRoleArn '${delegationRoleArn}' is not the ARN of a role: give one like 'arn:aws:iam::111111111111:role/dns-delegation'`],
    ...parentHostedZoneId === undefined ? parentProblem(domainName, parent) : zoneIdProblem('parentHostedZoneId', parentHostedZoneId),
    ...parentHostedZoneId !== undefined && parentDomainName !== undefined
      ? [`parentDomainName '${parent}' has no effect, because there is a parentHostedZoneId: leave one out`] : [],
  ];
}

function parentProblem(domainName: string, parent: string): string[] {
  const problems = domainNameProblem('parentDomainName', parent);
  return problems.length > 0 || domainName.endsWith(`.${parent}`) ? problems
    : [`parentDomainName '${parent}' is not above domainName '${domainName}': give a domain that ends it`];
}
