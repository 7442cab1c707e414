import { Aws, CfnOutput, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct, IConstruct } from 'constructs';
import { DomainZone, zoneProblems } from './zone-problems';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { parameterName, parameterValue } from '../organization/parameters';
import { StageDns } from '../services/dns/stage-dns';
import { StageAccount } from '../stage-account';
import { deployAfter } from '../support/dependencies';
import { bareZoneId, domainNameProblem, zoneIdProblem } from '../support/domain-names';
import { accept } from '../support/nag';
import { checkProps, readOptions, refuse } from '../support/options';
import { plain, readable } from '../support/principals';
import { recordChanges } from '../support/record-changes';

/** Options of a domain of an organization. */
export interface DomainOptions {
  /** Stages that get a subdomain, `<stage>.<domain>`, in a hosted zone in their own account. */
  readonly stages: StageAccount[];

  /**
   * ID of the domain's existing public hosted zone in root, which is used as it is. Domains registered with Route 53
   * have one.
   *
   * @default - a new hosted zone, whose name servers are an output of the stack `dns` of root
   */
  readonly hostedZoneId?: string;
}

/** Properties of a `Domain`. */
export interface DomainProps extends DomainOptions {
  /** Domain name in lower case, such as `acme.example`. */
  readonly domainName: string;
}

/**
 * Domain of an organization: a hosted zone in root, and one of `<stage>.<domain>` in the account of each named stage.
 *
 * Each stage can delegate only its own subdomain to itself. Returned by `MultiAccountOrg.addDomain`.
 */
export interface IDomain extends IConstruct {
  /** Domain name. */
  readonly domainName: string;

  /** Hosted zone in root. */
  readonly zone: route53.IHostedZone;

  /**
   * Returns the hosted zone of a stage, `<stage>.<domain>`, for the stacks of that stage.
   *
   * @param stage one that was passed to `addDomain`. Throws for others
   */
  zoneOf(stage: StageAccount): route53.IHostedZone;
}

/**
 * Defines a domain of an organization: a hosted zone in root that delegates `<stage>.<domain>` to a hosted zone in
 * each named stage.
 *
 * Root is deployed first: `<org>/root/organization` deploys its zone, and the roles with which stages register their
 * name servers there. Without the management account, deploy `<org>/root/*` before the stages.
 */
export class Domain extends Construct implements IDomain {
  public readonly domainName: string;
  public readonly zone: route53.IHostedZone;
  private readonly parts = new Map<StageAccount, StageDns>();
  private readonly place: Construct;

  /**
   * @throws if the name is not a domain name or is already added, if a stage belongs to another organization or is
   * named twice, or if root or a stage has a stack `dns` of your own
   */
  constructor(scope: Construct, id: string, props: DomainProps) {
    super(scope, checked(scope, id, props));
    checkProps(this, 'DomainProps', props);
    const organization = Organization.of(this);
    const others = DOMAINS.get(organization) ?? [];
    DOMAINS.set(organization, [...others, this]);
    if (others.length === 0) {
      organization.addValidation({ validate: () => this.problems() });
    }
    organization.addFacts({ facts: () => this.facts(organization.root) });
    this.domainName = props.domainName;
    const dns = others.length > 0 ? others[0].stack : addRootStack(organization, 'dns', 'The domains');
    this.place = new Construct(dns, props.domainName);
    this.zone = props.hostedZoneId === undefined ? this.createZone()
      : route53.PublicHostedZone.fromHostedZoneAttributes(this.place, 'Zone', {
        hostedZoneId: bareZoneId(props.hostedZoneId), zoneName: props.domainName,
      });
    for (const stage of props.stages) {
      const name = `${stage.node.id}.${props.domainName}`;
      const role = delegationRole(organization, dns, stage);
      this.mayDelegate(role, name, props.hostedZoneId === undefined);
      const stack = stage === organization.root ? dns
        : others.map(domain => domain.stackIn(stage)).find(Boolean) ?? stageStack(stage);
      const part = new StageDns(stack, name, {
        domainName: name,
        delegationRoleArn: stack.formatArn({
          service: 'iam', region: '', account: organization.root.accountId, resource: 'role', resourceName: roleName(stage),
        }),
        // an existing zone may not be the only one of its name
        ...props.hostedZoneId === undefined
          ? { parentDomainName: props.domainName } : { parentHostedZoneId: props.hostedZoneId },
      });
      // a stack that left the code still imports it, and CloudFormation would refuse to remove it
      stack.exportValue(part.zone.hostedZoneId);
      if (stack === dns) {
        part.node.addDependency(role, this.zone);
      }
      this.parts.set(stage, part);
    }
  }

  public zoneOf(stage: StageAccount): route53.IHostedZone {
    const part = this.parts.get(stage);
    if (!part) {
      throw new Error(`stage '${stage.node.id}' has no part of '${this.domainName}': name it in the stages of addDomain`);
    }
    return part.zone;
  }

  private facts(root: StageAccount): Fact[] {
    const zones: Array<[StageAccount, string]> = [
      [root, this.domainName], ...[...this.parts.keys()].map((stage): [StageAccount, string] => [stage, `${stage.node.id}.${this.domainName}`]),
    ];
    return zones.map(([stage, name]) =>
      ({ kind: 'domain', subject: stage.node.id, name, value: name === this.domainName ? '' : this.domainName, source: this.node.path }));
  }

  /** Problems of all zones of the app, of whatever organization. */
  private problems(): string[] {
    const app = this.node.root.node.findAll();
    const domains = app.flatMap(construct => DOMAINS.get(construct as IOrganization) ?? []);
    return zoneProblems(app, domains.flatMap(domain => domain.zones()));
  }

  private zones(): DomainZone[] {
    const domain = `domain '${this.domainName}' of '${Organization.of(this).node.path}'`;
    const pathOf = (zone: route53.IHostedZone) => zone.node.defaultChild ? zone.node.path : plain(zone.hostedZoneId);
    const isDelegated = this.zone.node.defaultChild === undefined;
    return [
      { name: this.domainName, whose: domain, domain, zone: pathOf(this.zone), isDelegated },
      ...[...this.parts].map(([{ node: { id } }, { zone }]) => {
        const whose = `the zone of stage '${id}' in ${domain}`;
        return { name: `${id}.${this.domainName}`, whose, domain, zone: pathOf(zone), isDelegated: true };
      }),
    ];
  }

  private get stack(): Stack {
    return Stack.of(this.place);
  }

  private stackIn(stage: StageAccount): Stack | undefined {
    const part = this.parts.get(stage);
    return part && Stack.of(part);
  }

  private createZone(): route53.IHostedZone {
    const zone = new route53.PublicHostedZone(this.place, 'Zone', { zoneName: this.domainName });
    // a replacement has other name servers, and the domain does not resolve until its registrar knows them. a zone
    // whose creation failed is deleted: beside the next one of its name, stages would not find the right one
    zone.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnOutput(this.place, 'NameServers', {
      description: `What the registrar of ${this.domainName} has to know`,
      value: Fn.join(' ', zone.hostedZoneNameServers!),
    });
    return zone;
  }

  /** ID of the zone, in the stack of a role that may delegate. */
  private zoneIdIn(role: iam.Role): string {
    const { zone: { hostedZoneId }, place } = this;
    if (!Token.isUnresolved(hostedZoneId) || role.stack === this.stack) {
      return hostedZoneId;
    }
    const name = parameterName(Organization.of(this).namespace, 'zone', this.domainName);
    if (!place.node.tryFindChild('ZoneId')) {
      new CfnParameter(place, 'ZoneId', { name, type: 'String', value: hostedZoneId });
    }
    return parameterValue(name);
  }

  private mayDelegate(role: iam.Role, name: string, byName: boolean): void {
    if (byName) {
      role.addToPolicy(new iam.PolicyStatement({ actions: ['route53:ListHostedZonesByName'], resources: ['*'] }));
      accept(role, { rule: 'AwsSolutions-IAM5', reason: 'ListHostedZonesByName knows no resources; it finds the zone by its name' });
    }
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [`arn:${Aws.PARTITION}:route53:::hostedzone/${this.zoneIdIn(role)}`],
      conditions: recordChanges({ NormalizedRecordNames: [name], RecordTypes: ['NS'], Actions: ['UPSERT', 'DELETE'] }),
    }));
  }
}

function checked(scope: Construct, id: string, props: DomainProps): string {
  refuse(readOptions('DomainProps', props, id ? ` of domain '${id}'` : '').problems);
  const { domainName, stages, hostedZoneId } = props;
  const organization = Organization.of(scope);
  const others = DOMAINS.get(organization) ?? [];
  const all = [organization.root, ...organization.stages];
  const strangers = stages.filter((stage, index) => !all.includes(stage) || stages.indexOf(stage) < index);
  const problems = [
    ...domainNameProblem('domainName', domainName),
    ...hostedZoneId === undefined ? [] : zoneIdProblem('hostedZoneId', hostedZoneId),
    ...strangers.map(stage =>
      `stage ${readable(stage)} is named twice, or is none of '${organization.node.path}': name each of its stages once`),
    ...others.some(other => other.domainName === domainName)
      ? [`domain '${domainName}' is already added: name all its stages in one addDomain`] : [],
  ];
  refuse(problems);
  return id;
}

function addRootStack({ management, root }: IOrganization, id: string, description: string): Stack {
  refuseTaken(root, id);
  return management?.addStack(id, description) ?? root.addStack(id, { description });
}

function stageStack(stage: StageAccount): Stack {
  refuseTaken(stage, 'dns');
  return stage.addStack('dns', { description: `The domains of ${stage.node.id}` });
}

/** A stack of the app is not taken over. */
function refuseTaken(stage: StageAccount, id: string): void {
  const other = stage.node.tryFindChild(id);
  if (other) {
    throw new Error(`'${other.node.path}' has the id of the stack that addDomain adds to stage '${stage.node.id}': give yours another id`);
  }
}

const DOMAINS = new WeakMap<IOrganization, Domain[]>();

function roleName(stage: StageAccount): string {
  return stage.conventionalName('dns-delegation');
}

/**
 * Role in root with which a stage registers its own name servers, for all domains: in a stack of its own, so that it is
 * there as long as the stage is, and no template grows with the stages.
 */
function delegationRole(organization: IOrganization, dns: Stack, stage: StageAccount): iam.Role {
  const { management, root } = organization;
  const id = `dns-${stage.node.id}`;
  const known = (stage === root ? dns : root.node.tryFindChild(id))?.node.tryFindChild('delegation');
  if (known) {
    return known as iam.Role;
  }
  const stack = stage === root ? dns : addRootStack(organization, id, `Lets ${stage.node.id} delegate its domains to itself`);
  if (stack !== dns) {
    deployAfter(stack, dns);
  }
  return new iam.Role(stack, 'delegation', {
    roleName: roleName(stage),
    description: `Lets ${stage.node.id} enter the name servers of its own domains`,
    assumedBy: new iam.AccountPrincipal(management?.accountIdOf(stage, stack) ?? stage.accountId),
  });
}
