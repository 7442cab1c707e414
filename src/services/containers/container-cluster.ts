import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { logAccess } from './access-logs';
import { CAPACITY_PROVIDERS, checkStrategy } from './capacity-providers';
import { ContainerService, ContainerServiceOptions } from './container-service';
import { aliasName } from './listener-route';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { letLogsUse } from './log-encryption';
import { StageProfile, StageSize } from '../../stage-profile';
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { LogPolicy } from '../../support/provider-logs';
import { keepOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { inTwoZones, workloadSubnets } from '../support/subnets';
import { zoneFor } from '../support/zones';

/** What a cluster for containers is made of. */
export interface ContainerClusterProps {
  /** The network that the cluster and its load balancer are in. */
  readonly vpc: ec2.IVpc;

  /**
   * The certificate of the load balancer, of the same region. More can be added to `listener`.
   *
   * @default - no load balancer
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether the load balancer has public addresses.
   *
   * @default - public addresses, if the network has public subnets
   */
  readonly loadBalancerScheme?: LoadBalancerScheme;

  /**
   * The subnets of the load balancer, in two availability zones or more.
   *
   * @default - all public subnets if it is internet-facing, otherwise the private ones, or the isolated ones in a
   * network that has no private ones
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * Who may connect to the load balancer. More can be let in by `connections`.
   *
   * @default - everybody if it is internet-facing, otherwise everything in the network
   */
  readonly allowedPeers?: ec2.IPeer[];

  /**
   * The zone that gets a name for the load balancer.
   *
   * @default - no name but that which AWS gives it
   */
  readonly zone?: route53.IHostedZone;

  /**
   * The name for the load balancer in the zone, such as `shop.prod.acme.example`, or `*.prod.acme.example` for a name
   * for each service. The certificate has to cover it.
   *
   * @default - the name of the zone itself
   */
  readonly domainName?: string;

  /**
   * How closely CloudWatch watches tasks and containers. It makes a log group for that, which stays without the
   * cluster.
   *
   * @default - `DISABLED` where logs are destroyed with their stack, `ENHANCED` if the size of the profile is large,
   * otherwise `ENABLED`
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * Where services run that do not say it: on `FARGATE`, on `FARGATE_SPOT`, which is cheaper and may be interrupted, or
   * on both.
   *
   * @default - by the size of the profile: on `FARGATE_SPOT` if small, otherwise on `FARGATE`
   */
  readonly defaultCapacityProviderStrategy?: ecs.CapacityProviderStrategy[];

  /**
   * A key that encrypts sessions of ECS Exec and all logs in CloudWatch. Its policy gets a statement for them, if the
   * key is of this app; otherwise it has to have one.
   *
   * @default - sessions are encrypted by TLS, logs by a key of CloudWatch
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Who is told of alarms, of the load balancer and of all services.
   *
   * @default - nobody: the alarms are there to be looked at
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * Whether the load balancer refuses to be deleted.
   *
   * @default - what the profile of the stage says
   */
  readonly deletionProtection?: boolean;

  /**
   * How long logs are kept: those of sessions, of services, and of access to the load balancer.
   *
   * @default - as long as the profile of the stage says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of logs when they are removed from the code.
   *
   * @default - what the profile of the stage says
   */
  readonly removalPolicy?: RemovalPolicy;
}

const STRATEGY: Record<StageSize, ecs.CapacityProviderStrategy[]> = {
  [StageSize.SMALL]: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  [StageSize.MEDIUM]: [{ capacityProvider: 'FARGATE', weight: 1 }],
  [StageSize.LARGE]: [{ capacityProvider: 'FARGATE', weight: 1 }],
};

const OF_LOAD_BALANCER = [
  'loadBalancerScheme', 'loadBalancerSubnets', 'allowedPeers', 'zone', 'domainName', 'deletionProtection',
] as const;

/**
 * Defines an ECS cluster on Fargate, and a load balancer in front of it that speaks TLS 1.2 and 1.3 only.
 *
 * The load balancer sends HTTP on to HTTPS, logs each access into a bucket, and answers 404 to what no service wants.
 * Services come by `addService`. What happens in a session of ECS Exec is logged; `grantExecuteCommand` says who may
 * have one. Without a certificate there is no load balancer, only the cluster.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export class ContainerCluster extends Construct implements ec2.IConnectable {
  /** The cluster. */
  public readonly cluster: ecs.ICluster;

  /** The load balancer; none without a certificate. */
  public readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /** Where the load balancer listens for HTTPS; nothing without a certificate. */
  public readonly listener?: elbv2.IApplicationListener;

  /** What is logged of sessions of ECS Exec. */
  public readonly executeCommandLogs: logs.ILogGroup;

  /** @internal */ public readonly _encryptionKey?: kms.IKey;
  /** @internal */ public readonly _alarmTopic?: sns.ITopic;
  /** @internal */ public readonly _strategy: ecs.CapacityProviderStrategy[];
  /** @internal */ public readonly _capacityProviders: ecs.CfnClusterCapacityProviderAssociations;
  /** @internal */ public readonly _logPolicy: LogPolicy;

  private readonly priorities = new Map<number, string>();

  /**
   * @throws if something is said of a load balancer and there is none, the network lacks the subnets, the domain name
   * is not in the zone, or a strategy names another capacity provider
   */
  constructor(scope: Construct, id: string, props: ContainerClusterProps) {
    super(scope, id);
    checkProps(props);
    const profile = StageProfile.of(this);
    this._logPolicy = {
      logRetention: props.logRetention ?? profile.logRetention,
      removalPolicy: keepOrDestroy(props.removalPolicy, profile.removalPolicy),
    };
    this._encryptionKey = props.encryptionKey;
    this._alarmTopic = props.alarmTopic;
    this._strategy = props.defaultCapacityProviderStrategy ?? STRATEGY[profile.size];
    checkStrategy('defaultCapacityProviderStrategy', this._strategy);
    if (props.encryptionKey) {
      letLogsUse(props.encryptionKey, this);
    }

    this.executeCommandLogs = new logs.LogGroup(this, 'ExecuteCommandLogs', {
      retention: this._logPolicy.logRetention,
      removalPolicy: this._logPolicy.removalPolicy,
      encryptionKey: props.encryptionKey,
    });
    const insights = ecs.ContainerInsights[profile.size === StageSize.LARGE ? 'ENHANCED' : 'ENABLED'];
    const unwatched = props.containerInsights === undefined && this._logPolicy.removalPolicy === RemovalPolicy.DESTROY;
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: props.vpc,
      containerInsightsV2: unwatched ? ecs.ContainerInsights.DISABLED : props.containerInsights ?? insights,
      executeCommandConfiguration: {
        kmsKey: props.encryptionKey,
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: {
          cloudWatchLogGroup: this.executeCommandLogs,
          cloudWatchEncryptionEnabled: props.encryptionKey && true,
        },
      },
    });
    if (unwatched) {
      accept(this.cluster, { rule: 'AwsSolutions-ECS4', reason: 'its log group would stay where everything else is destroyed' });
    }
    // not by the cluster itself: in a new account its creation comes before the role that ECS needs for them
    this._capacityProviders = new ecs.CfnClusterCapacityProviderAssociations(this, 'CapacityProviders', {
      cluster: this.cluster.clusterName,
      capacityProviders: CAPACITY_PROVIDERS,
      defaultCapacityProviderStrategy: this._strategy,
    });
    if (props.certificate) {
      const loadBalancer = this.addLoadBalancer(props, props.deletionProtection ?? profile.deletionProtection);
      this.loadBalancer = loadBalancer;
      this.listener = this.addListeners(loadBalancer, props.certificate);
      this.addLoadBalancerAlarms(loadBalancer);
      if (props.zone) {
        const recordName = `${aliasName(props.zone, props.domainName)}.`;
        const target = route53.RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer));
        new route53.ARecord(this, 'Alias', { zone: zoneFor(this, props.zone, this._logPolicy), recordName, target });
      }
    }
  }

  /** The network of the load balancer. Each service has one of its own. */
  public get connections(): ec2.Connections {
    if (!this.loadBalancer) {
      throw new Error(`connections of '${this.node.path}' are those of its load balancer, and it has none: `
        + 'give a certificate, or take the connections of a service');
    }
    return this.loadBalancer.connections;
  }

  /**
   * Defines a service that runs in this cluster, with the load balancer in front of it if it has `hostNames` or
   * `pathPatterns`.
   *
   * @param id what the service is called within the cluster
   * @param options what it runs, and how it is reached
   */
  public addService(id: string, options: ContainerServiceOptions): ContainerService {
    return new ContainerService(this, id, { ...options, cluster: this });
  }

  /**
   * Allows somebody to open a shell in a container, or run a command there, by ECS Exec. What happens there is logged.
   *
   * @param grantee who may
   */
  public grantExecuteCommand(grantee: iam.IGrantable): iam.Grant {
    const resourceName = `${this.cluster.clusterName}/*`;
    const tasks = Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName });
    const granted = grantHere(this, 'grantExecuteCommand', grantee, () => iam.Grant.addToPrincipal({
      grantee,
      actions: ['ecs:ExecuteCommand', 'ecs:DescribeTasks'],
      resourceArns: [this.cluster.clusterArn, tasks],
    }));
    this._encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
    return granted;
  }

  /** @internal */
  public _claimPriority(priority: number, claimant: string): void {
    const other = this.priorities.get(priority);
    if (other !== undefined) {
      throw new Error(`priority ${priority} of service '${claimant}' is that of '${other}' already: give one of its own to each`);
    }
    this.priorities.set(priority, claimant);
  }

  private addLoadBalancer(props: ContainerClusterProps, deletionProtection: boolean): elbv2.ApplicationLoadBalancer {
    const { vpc } = props;
    const internetFacing = isInternetFacing(props);
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      vpcSubnets: inTwoZones(vpc, 'loadBalancerSubnets', props.loadBalancerSubnets
        ?? (internetFacing ? { subnetType: ec2.SubnetType.PUBLIC } : workloadSubnets(vpc))),
      deletionProtection,
      dropInvalidHeaderFields: true,
    });
    const peers = props.allowedPeers ?? [internetFacing ? ec2.Peer.anyIpv4() : ec2.Peer.ipv4(vpc.vpcCidrBlock)];
    for (const peer of peers) {
      loadBalancer.connections.allowFrom(peer, ec2.Port.tcp(443), 'HTTPS');
      loadBalancer.connections.allowFrom(peer, ec2.Port.tcp(80), 'HTTP, to be sent on to HTTPS');
    }
    if (peers.some(({ uniqueId }) => uniqueId === ec2.Peer.anyIpv4().uniqueId)) {
      accept(loadBalancer, { rule: 'AwsSolutions-EC23', reason: 'it is meant for everybody who speaks HTTPS' });
    }
    logAccess(this, loadBalancer, this._logPolicy);
    return loadBalancer;
  }

  private addListeners(loadBalancer: elbv2.ApplicationLoadBalancer, certificate: acm.ICertificate) {
    loadBalancer.addRedirect({ open: false });
    return loadBalancer.addListener('Https', {
      port: 443,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.TLS13_RES,
      open: false,
      defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'not found' }),
    });
  }

  private addLoadBalancerAlarms(loadBalancer: elbv2.ApplicationLoadBalancer): void {
    addAlarms(this, this._alarmTopic, {
      ServerErrors: {
        description: `Services behind '${this.node.path}' answer with errors (5xx)`,
        metric: loadBalancer.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT),
        threshold: 10,
      },
      LoadBalancerErrors: {
        description: `The load balancer of '${this.node.path}' answers with errors of its own (5xx)`,
        metric: loadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT),
        threshold: 10,
      },
    });
  }
}

function isInternetFacing({ vpc, loadBalancerScheme: scheme }: ContainerClusterProps): boolean {
  const hasPublicSubnets = vpc.publicSubnets.length > 0;
  if (scheme === LoadBalancerScheme.INTERNET_FACING && !hasPublicSubnets) {
    throw new Error(`loadBalancerScheme is INTERNET_FACING, and vpc '${vpc.node.path}' has no public subnets: `
      + 'give INTERNAL, or a vpc that has');
  }
  return scheme === undefined ? hasPublicSubnets : scheme === LoadBalancerScheme.INTERNET_FACING;
}

function checkProps(props: ContainerClusterProps): void {
  const { certificate, zone, domainName } = props;
  const vain = OF_LOAD_BALANCER.find(property => props[property] !== undefined);
  if (vain && !certificate) {
    throw new Error(`${vain} has no effect without a load balancer, and there is none without TLS: give a certificate`);
  }
  if (domainName !== undefined && !zone) {
    throw new Error(`domainName '${domainName}' has no effect without a zone to be in: give one, or leave out domainName`);
  }
}
