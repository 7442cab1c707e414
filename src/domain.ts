import { CfnOutput, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct, IConstruct } from 'constructs';
import { accept } from './private/nag';
import { StageDns } from './services/stage-dns';
import { StageAccount } from './stage-account';

/** What may be said of a domain of an organization. */
export interface DomainOptions {
  /** The stages that get a part of the domain: `<stage>.<domain>`, in a zone of their own account. */
  readonly stages: StageAccount[];

  /**
   * The public zone of the domain, if root has one already: a domain that was registered in Route 53 has. It is used as
   * it is.
   *
   * @default - a new one, whose name servers are an output of the stack `dns` of root
   */
  readonly hostedZoneId?: string;
}

/** Where the parts of a domain come from. */
export interface DomainProps extends DomainOptions {
  readonly root: StageAccount;
  readonly domainName: string;
  /** The account of a stage, as a stack of root writes it. */
  readonly accountOf: (stage: StageAccount) => string;
}

/**
 * A domain of an organization: its zone in root, and a zone of `<stage>.<domain>` in the account of each named stage.
 *
 * Each stage may delegate its own name to itself, and no other. It comes from `MultiAccountOrg.addDomain`.
 */
export interface IDomain extends IConstruct {
  /** The domain. */
  readonly domainName: string;

  /** The zone in root. */
  readonly zone: route53.IHostedZone;

  /**
   * The zone of a stage, `<stage>.<domain>`, for the stacks of that stage.
   *
   * @param stage one that was named in `addDomain`; otherwise it throws
   */
  zoneOf(stage: StageAccount): route53.IHostedZone;
}

/** What `addDomain` defines. */
export class Domain extends Construct implements IDomain {
  public readonly domainName: string;
  public readonly zone: route53.IHostedZone;
  private readonly parts = new Map<StageAccount, StageDns>();

  constructor(scope: Stack, props: DomainProps) {
    super(scope, props.domainName);
    this.domainName = props.domainName;
    this.zone = props.hostedZoneId === undefined ? this.createZone()
      : route53.PublicHostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: props.hostedZoneId, zoneName: props.domainName,
      });
    for (const stage of props.stages) {
      const name = `${stage.node.id}.${props.domainName}`;
      const role = delegationRole(scope, stage, props.accountOf(stage));
      this.mayDelegate(role, name, props.hostedZoneId === undefined);
      const stack = dnsStack(stage);
      const account = props.root.accountId;
      const part = new StageDns(stack, name, {
        domainName: name,
        delegationRoleArn: stack.formatArn({ service: 'iam', region: '', account, resource: 'role', resourceName: roleName(stage) }),
        // there may be others of that name beside one that exists
        ...props.hostedZoneId === undefined
          ? { parentDomainName: props.domainName } : { parentHostedZoneId: props.hostedZoneId },
      });
      if (stack === scope) {
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

  private createZone(): route53.IHostedZone {
    const zone = new route53.PublicHostedZone(this, 'Zone', { zoneName: this.domainName });
    // another zone has other name servers, and the domain is dead until its registrar knows them; one whose creation
    // failed nobody knows yet, and beside the next one of that name no stage would find the right one
    zone.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    new CfnOutput(this, 'NameServers', {
      description: `What the registrar of ${this.domainName} has to know`,
      value: Fn.join(' ', zone.hostedZoneNameServers!),
    });
    return zone;
  }

  private mayDelegate(role: iam.Role, name: string, byName: boolean): void {
    if (byName) {
      role.addToPolicy(new iam.PolicyStatement({ actions: ['route53:ListHostedZonesByName'], resources: ['*'] }));
      accept(role, { rule: 'AwsSolutions-IAM5', reason: 'ListHostedZonesByName knows no resources; it finds the zone by its name' });
    }
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['route53:ChangeResourceRecordSets'],
      resources: [this.zone.hostedZoneArn],
      conditions: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
          'route53:ChangeResourceRecordSetsRecordTypes': ['NS'],
          'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
        },
      },
    }));
  }
}

function dnsStack(stage: StageAccount): Stack {
  return stage.node.tryFindChild('dns') as Stack | undefined
    ?? new Stack(stage, 'dns', { description: `The domains of ${stage.node.id}` });
}

function roleName(stage: StageAccount): string {
  return stage.conventionalName('dns-delegation');
}

/** The role of root by which a stage enters its own name servers, for all domains. */
function delegationRole(scope: Stack, stage: StageAccount, accountId: string): iam.Role {
  const id = `delegation-${stage.node.id}`;
  return scope.node.tryFindChild(id) as iam.Role | undefined ?? new iam.Role(scope, id, {
    roleName: roleName(stage),
    description: `Lets ${stage.node.id} enter the name servers of its own domains`,
    assumedBy: new iam.AccountPrincipal(accountId),
  });
}
