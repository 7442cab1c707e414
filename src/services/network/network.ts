import { Annotations, Arn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { StageAddresses } from '../../stage-addresses';
import { StageProfile, StageSize } from '../../stage-profile';
import { Block, blockAt, formatBlock, parseBlock } from '../../support/cidr';
import { checkProps } from '../../support/options';
import { keepProviderLogs } from '../../support/provider-logs';
import { applyToTypes, keepNamedOrDestroy, keepOrDestroy } from '../../support/removal';
import { logKey } from '../support/log-encryption';
import { shown } from '../support/numbers';

/** Properties of a network. */
export interface NetworkProps {
  /**
   * Addresses of the network, from `/16` to `/24`: those of the stage, as `prod.addresses`, or
   * `StageAddresses.cidr('10.1.0.0/16')`. The block for the region of the stack is used. Changing them replaces the
   * network. Networks that may be connected one day must not overlap. In an organization, a network of a stage that has
   * addresses in the region is in these, and no network is in those of another stage.
   *
   * @default StageAddresses.cidr('10.0.0.0/16')
   */
  readonly addresses?: StageAddresses;

  /**
   * Number of Availability Zones of the subnets, from 1 to 5. Adding or removing zones leaves all other subnets
   * unchanged.
   *
   * @default - from the stage's profile
   */
  readonly availabilityZones?: number;

  /**
   * Number of NAT gateways, through which private subnets reach the internet: from none to one for each Availability
   * Zone. Without any there are no private subnets.
   *
   * @default - depends on the profile's size: none if small, one if medium, one for each Availability Zone if large
   */
  readonly natGateways?: number;

  /**
   * AWS services to reach through interface endpoints in the VPC, for example without NAT gateways. Amazon S3 and
   * DynamoDB always have gateway endpoints. Each endpoint is billed by the hour and Availability Zone.
   *
   * @default - none
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];

  /**
   * KMS key that encrypts the logs. Its policy is extended for CloudWatch Logs; extend that of an imported key
   * yourself.
   *
   * @default - the key of CloudWatch Logs
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Retention of the flow logs.
   *
   * @default - from the stage's profile
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Removal policy of the flow logs.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Network for services, of this app or existing. Not intended to be implemented: use a `Network`, or
 * `Network.fromNetworkAttributes`.
 */
export interface INetwork extends IConstruct {
  /** VPC of the network, for `vpc` of services. */
  readonly vpc: ec2.IVpc;

  /** CIDR block of the network, such as `10.1.0.0/16`. */
  readonly cidr: string;
}

/** Attributes of an existing network. */
export interface NetworkAttributes {
  /** VPC of the network, such as returned by `Vpc.fromLookup`. */
  readonly vpc: ec2.IVpc;

  /**
   * CIDR block of the network, such as `10.1.0.0/16`.
   *
   * @default - the CIDR block of the VPC
   */
  readonly cidr?: string;
}

const NAT_GATEWAYS: Record<StageSize, (availabilityZones: number) => number> = {
  [StageSize.SMALL]: () => 0,
  [StageSize.MEDIUM]: () => 1,
  [StageSize.LARGE]: availabilityZones => availabilityZones,
};

const DEFAULT_ADDRESSES = StageAddresses.cidr('10.0.0.0/16');

// sixteen parts: three types of subnets in five zones, and one spare
const PART_BITS = 4;
const MAX_ZONES = 5;
const KINDS = ['public', 'private', 'isolated'];

/**
 * Defines the network of a stage: a VPC with public, private and isolated subnets in each Availability Zone.
 *
 * Public subnets are for load balancers and NAT gateways, and assign no public addresses by default. Private subnets
 * are for compute, and reach the internet through NAT gateways. Isolated subnets are for data, and reach only the VPC.
 * Without NAT gateways, as in a small stage, there are no private subnets: run compute in public subnets with public
 * addresses, or in isolated ones with `interfaceEndpoints`.
 *
 * The block of addresses is divided into 16 equal parts: five each for public, private and isolated subnets, one for
 * each Availability Zone, and one spare. A subnet always has the same part, so NAT gateways and Availability Zones can
 * be added and removed.
 *
 * Amazon S3 and DynamoDB have gateway endpoints. Flow logs record all traffic. The default security group has no rules.
 *
 * If the profile retains data, the VPC and its isolated subnets are retained too, because retained databases use them.
 * Resources that are billed by the hour are deleted.
 *
 * Availability Zones are looked up by the CDK CLI and stored in `cdk.context.json`. In a stack without an explicit
 * account and region there are two.
 *
 * @example
 * const network = new Network(stack, 'network', { addresses: prod.addresses });
 */
export class Network extends Construct implements INetwork {
  /**
   * Imports an existing network. In an organization, neither a `Network` nor the addresses of another stage may overlap
   * it.
   *
   * @throws if neither `cidr` nor the VPC has its addresses, or `cidr` is not a CIDR block
   *
   * @example
   * const legacy = Network.fromNetworkAttributes(stack, 'legacy', {
   *   vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0a1b2c3d' }),
   * });
   */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    class Import extends Construct implements INetwork {
      public readonly vpc = attributes.vpc;
      public readonly cidr = importedCidr(attributes);
    }
    const network = new Import(scope, id);
    Object.defineProperty(network, IMPORTED_NETWORK, { value: true });
    return network;
  }

  /** Returns whether a construct is a `Network`, including one from another copy of this library. */
  public static isNetwork(construct: IConstruct): construct is Network {
    return NETWORK in construct;
  }

  public readonly vpc: ec2.IVpc;
  public readonly cidr: string;

  /** Log group of the flow logs. */
  public readonly flowLogs: logs.ILogGroup;

  /**
   * @throws if `addresses` are not such a block or have none for the region, there are too many Availability Zones or
   * NAT gateways, an endpoint is given twice, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    checkProps(this, 'NetworkProps', props);
    Object.defineProperty(this, NETWORK, { value: true });
    const profile = StageProfile.of(this);
    const zones = checkedZones(props, profile);
    const natGateways = checkedNatGateways(props, NAT_GATEWAYS[profile.size](zones), zones);
    const logRetention = props.logRetention ?? profile.logRetention;
    const removalPolicy = keepOrDestroy(props.removalPolicy, profile.removalPolicy);
    const addresses = props.addresses ?? DEFAULT_ADDRESSES;
    this.cidr = addresses._cidrIn(Stack.of(this).region);
    const available = this.availableZones(zones, props);

    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: new SixteenParts(checkedBlock(this.cidr)),
      maxAzs: zones,
      natGateways: Math.min(natGateways, available),
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        ...natGateways > 0 ? [{ name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }] : [],
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
      gatewayEndpoints: {
        S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
      },
      restrictDefaultSecurityGroup: true,
    });
    this.vpc = vpc;
    // a retained database, cluster or load balancer keeps these in use, and their deletion would fail
    const kept = keepNamedOrDestroy(undefined, profile.removalPolicy);
    applyToTypes(vpc, /::(VPC|Subnet|InternetGateway|VPCGatewayAttachment)$/, kept);
    keepProviderLogs(this, profile);

    this.flowLogs = new logs.LogGroup(this, 'FlowLogs', {
      retention: logRetention, removalPolicy, encryptionKey: logKey(props.logEncryptionKey, this),
    });
    vpc.addFlowLog('FlowLog', {
      trafficType: ec2.FlowLogTrafficType.ALL,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(this.flowLogs, this.flowLogRole()),
    });
    this.addInterfaceEndpoints(vpc, props.interfaceEndpoints ?? []);
  }

  private availableZones(zones: number, props: NetworkProps): number {
    const available = Stack.of(this).availabilityZones.length;
    if (available < zones) {
      const problem = `availabilityZones is ${zones}, and only ${available} are known here: give the stack an account and a `
        + 'region that has as many, or the network fewer availabilityZones';
      if (props.availabilityZones !== undefined) {
        Annotations.of(this).addError(problem);
      } else {
        Annotations.of(this).addWarningV2('cdk-multi-account-org:fewerAvailabilityZones', problem);
      }
    }
    return Math.min(zones, available);
  }

  /** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
  private flowLogRole(): iam.Role {
    const stack = Stack.of(this);
    return new iam.Role(this, 'FlowLogRole', {
      description: 'Lets VPC write flow logs',
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': Arn.format({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }, stack),
          },
        },
      }),
    });
  }

  private addInterfaceEndpoints(vpc: ec2.Vpc, services: ec2.InterfaceVpcEndpointAwsService[]): void {
    const names = services.map(service => service.shortName);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) {
      throw new Error(`interfaceEndpoints names '${twice}' twice: a VPC has one endpoint of a service, so name it once`);
    }
    if (services.length === 0) {
      return;
    }
    const securityGroup = new ec2.SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc, description: 'Interface endpoints of AWS services', allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(this.cidr), ec2.Port.tcp(443), 'HTTPS from inside the VPC');
    for (const service of services) {
      vpc.addInterfaceEndpoint(service.shortName, {
        service,
        open: false,
        securityGroups: [securityGroup],
        subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      });
    }
  }
}

/** Gives each type of subnet in each zone the same addresses, whatever other subnets there are. */
class SixteenParts implements ec2.IIpAddresses {
  constructor(private readonly block: Block) {}

  public allocateVpcCidr(): ec2.VpcIpamOptions {
    return { cidrBlock: formatBlock(this.block) };
  }

  public allocateSubnetsCidr({ requestedSubnets }: ec2.AllocateCidrRequest): ec2.SubnetIpamOptions {
    return {
      allocatedSubnets: requestedSubnets.map(({ configuration: { name } }, index) => {
        const zone = requestedSubnets.slice(0, index).filter(other => other.configuration.name === name).length;
        const part = KINDS.indexOf(name) * MAX_ZONES + zone;
        return { cidr: formatBlock(blockAt(this.block, this.block.prefixLength + PART_BITS, part)) };
      }),
    };
  }
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
function checkedBlock(cidr: string): Block {
  if (Token.isUnresolved(cidr)) {
    throw new Error('addresses are a token: subnets and overlaps are computed at synth, so give a literal');
  }
  const block = parseBlock(cidr);
  if (!block) {
    throw new Error(`addresses are '${cidr}', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'`);
  }
  if (block.prefixLength < 16 || block.prefixLength > 24) {
    throw new Error(`addresses are '${cidr}', a /${block.prefixLength}: AWS takes no VPC above a /16, and no subnet below a /28, of which there `
      + 'are 16; give a /16 to a /24');
  }
  return block;
}

function checkedZones(props: NetworkProps, profile: StageProfile): number {
  const zones = props.availabilityZones ?? profile.availabilityZones;
  if (!Number.isInteger(zones) || zones < 1 || zones > MAX_ZONES) {
    const whose = props.availabilityZones === undefined ? ` of profile '${profile.name}'` : '';
    throw new Error(`availabilityZones${whose} is ${shown(zones)}: a network has room for 1 to ${MAX_ZONES}, so give it a whole number of those`);
  }
  return zones;
}

function checkedNatGateways(props: NetworkProps, bySize: number, zones: number): number {
  const count = props.natGateways ?? bySize;
  if (!Number.isInteger(count) || count < 0 || count > zones) {
    throw new Error(`natGateways is ${shown(count)} with availabilityZones ${zones}: give a whole number from 0 to ${zones}`);
  }
  return count;
}

function importedCidr({ vpc, cidr }: NetworkAttributes): string {
  if (cidr === undefined) {
    try {
      return vpc.vpcCidrBlock;
    } catch {
      throw new Error(`cidr is missing, and vpc '${vpc.node.path}' does not say its own: give one of both`);
    }
  }
  if (!Token.isUnresolved(cidr) && !parseBlock(cidr)) {
    throw new Error(`cidr '${cidr}' is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'`);
  }
  return cidr;
}

const NETWORK = Symbol.for('cdk-multi-account-org.Network');
const IMPORTED_NETWORK = Symbol.for('cdk-multi-account-org.ImportedNetwork');
