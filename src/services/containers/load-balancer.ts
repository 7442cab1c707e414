import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { logAccess } from './access-logs';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { accept } from '../../support/nag';
import { LogPolicy } from '../../support/provider-logs';
import { applyToTypes } from '../../support/removal';
import { AlarmSpec } from '../support/alarms';
import { certificateRegion } from '../support/certificates';
import { checkWhole } from '../support/numbers';
import { inTwoZones, workloadSubnets } from '../support/subnets';
import { nameInAny, zoneFor } from '../support/zones';

/** Options of the load balancer of a container cluster. */
export interface ContainerLoadBalancerOptions {
  /**
   * Certificate of the HTTPS listener, in the same region. More can be added to `listener`.
   *
   * @default - no load balancer
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Scheme of the load balancer: internet-facing or internal.
   *
   * @default - internet-facing if the network has public subnets, otherwise internal
   */
  readonly loadBalancerScheme?: LoadBalancerScheme;

  /**
   * Subnets of the load balancer, in two Availability Zones or more.
   *
   * @default - all public subnets if it is internet-facing, otherwise the private subnets, or the isolated ones if
   * there are no private ones
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * Peers that may connect to the load balancer. More can be allowed with `connections`.
   *
   * @default - all IPv4 addresses if it is internet-facing, otherwise the addresses of the VPC
   */
  readonly allowedPeers?: ec2.IPeer[];

  /**
   * Hosted zone for an alias record of the load balancer.
   *
   * @default - no record: the load balancer has only its DNS name from AWS
   */
  readonly zone?: route53.IHostedZone;

  /**
   * Name of that record in the hosted zone, such as `shop.prod.acme.example`, or `*.prod.acme.example` for one name per
   * service. The certificate must cover it.
   *
   * @default - the name of the hosted zone
   */
  readonly domainName?: string;

  /**
   * Enables deletion protection of the load balancer, which is then retained when its stack is deleted.
   *
   * @default - from the stage's profile
   */
  readonly deletionProtection?: boolean;

  /**
   * Number of 5xx responses of services in five minutes above which an alarm is raised, after three consecutive
   * periods.
   *
   * @default 10
   */
  readonly serverErrorAlarmThreshold?: number;

  /**
   * Number of 5xx responses of the load balancer itself in five minutes above which an alarm is raised, after three
   * consecutive periods.
   *
   * @default 10
   */
  readonly loadBalancerErrorAlarmThreshold?: number;
}

const VAIN_WITHOUT = [
  'loadBalancerScheme', 'loadBalancerSubnets', 'allowedPeers', 'zone', 'domainName', 'deletionProtection',
  'serverErrorAlarmThreshold', 'loadBalancerErrorAlarmThreshold',
] as const;

export function checkLoadBalancer(here: string, options: ContainerLoadBalancerOptions): void {
  const { certificate, zone, domainName } = options;
  const vain = VAIN_WITHOUT.find(property => options[property] !== undefined);
  if (vain && !certificate) {
    throw new Error(`${vain} has no effect without a load balancer, and there is none without TLS: give a certificate`);
  }
  const there = certificate && certificateRegion(certificate);
  if (there && !Token.isUnresolved(here) && there !== here) {
    throw new Error(`certificate is in ${there}, and its load balancer in ${here}: give a certificate of ${here}`);
  }
  if (domainName !== undefined && !zone) {
    throw new Error(`domainName '${domainName}' has no effect without a zone to be in: give one, or leave out domainName`);
  }
}

/** Adds a load balancer with access logs, open to the given peers only. */
export function addLoadBalancer(
  scope: Construct, vpc: ec2.IVpc, protection: boolean, options: ContainerLoadBalancerOptions, policy: LogPolicy,
): elbv2.ApplicationLoadBalancer {
  const internetFacing = isInternetFacing(vpc, options.loadBalancerScheme);
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing,
    vpcSubnets: inTwoZones(vpc, 'loadBalancerSubnets', options.loadBalancerSubnets
      ?? (internetFacing ? { subnetType: ec2.SubnetType.PUBLIC } : workloadSubnets(vpc))),
    deletionProtection: protection,
    dropInvalidHeaderFields: true,
  });
  const peers = options.allowedPeers ?? [internetFacing ? ec2.Peer.anyIpv4() : ec2.Peer.ipv4(cidrOf(vpc))];
  for (const peer of peers) {
    loadBalancer.connections.allowFrom(peer, ec2.Port.tcp(443), 'HTTPS');
    loadBalancer.connections.allowFrom(peer, ec2.Port.tcp(80), 'HTTP, to be sent on to HTTPS');
  }
  if (peers.some(({ uniqueId }) => uniqueId === ec2.Peer.anyIpv4().uniqueId)) {
    accept(loadBalancer, { rule: 'AwsSolutions-EC23', reason: 'it is meant for everybody who speaks HTTPS' });
  }
  logAccess(scope, loadBalancer, policy);
  if (protection) {
    // it cannot be deleted: after a creation that failed later, its stack could be neither deleted nor created again.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    applyToTypes(loadBalancer, /::(LoadBalancer|SecurityGroup)$/, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
  return loadBalancer;
}

function cidrOf(vpc: ec2.IVpc): string {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    throw new Error(`allowedPeers is missing, and vpc '${vpc.node.path}' does not say its own addresses: give allowedPeers, or import the `
      + 'vpc with its vpcCidrBlock');
  }
}

/** Adds listeners, and returns the HTTPS listener. It responds with 404 to requests that match no service. */
export function addListeners(
  loadBalancer: elbv2.ApplicationLoadBalancer, certificate: acm.ICertificate,
): elbv2.ApplicationListener {
  loadBalancer.addRedirect({ open: false });
  return loadBalancer.addListener('Https', {
    port: 443,
    certificates: [certificate],
    sslPolicy: elbv2.SslPolicy.TLS13_RES,
    open: false,
    defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' }),
  });
}

export function loadBalancerAlarms(
  loadBalancer: elbv2.ApplicationLoadBalancer, options: ContainerLoadBalancerOptions,
): Record<string, AlarmSpec> {
  const { path } = loadBalancer.node.scope!.node;
  const { serverErrorAlarmThreshold = 10, loadBalancerErrorAlarmThreshold = 10 } = options;
  checkWhole('serverErrorAlarmThreshold', serverErrorAlarmThreshold, 0);
  checkWhole('loadBalancerErrorAlarmThreshold', loadBalancerErrorAlarmThreshold, 0);
  return {
    ServerErrors: {
      description: `Services behind '${path}' answer with errors (5xx)`,
      metric: loadBalancer.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT),
      threshold: serverErrorAlarmThreshold,
    },
    LoadBalancerErrors: {
      description: `The load balancer of '${path}' answers with errors of its own (5xx)`,
      metric: loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT),
      threshold: loadBalancerErrorAlarmThreshold,
    },
  };
}

/** Adds an alias record for a load balancer to a public or private hosted zone. */
export function addAlias(
  scope: Construct, loadBalancer: elbv2.IApplicationLoadBalancer, zone: route53.IHostedZone, policy: LogPolicy,
  domainName?: string,
): void {
  new route53.ARecord(scope, 'Alias', {
    recordName: `${nameInAny(zone, 'domainName', domainName)}.`,
    zone: zoneFor(scope, zone, policy),
    target: route53.RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer)),
  });
}

function isInternetFacing(vpc: ec2.IVpc, scheme?: LoadBalancerScheme): boolean {
  const hasPublicSubnets = vpc.publicSubnets.length > 0;
  if (scheme === LoadBalancerScheme.INTERNET_FACING && !hasPublicSubnets) {
    throw new Error(`loadBalancerScheme is INTERNET_FACING, and vpc '${vpc.node.path}' has no public subnets: `
      + 'give INTERNAL, or a vpc that has');
  }
  return scheme === undefined ? hasPublicSubnets : scheme === LoadBalancerScheme.INTERNET_FACING;
}
