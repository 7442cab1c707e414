import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IDependable } from 'constructs';
import { CAPACITY_PROVIDERS, checkStrategy } from './capacity-providers';
import { ContainerClusterAttributes, ContainerClusterOptions, IContainerCluster } from './container-cluster-interface';
import { ContainerService, ContainerServiceOptions } from './container-service';
import {
  addAlias, addListeners, addLoadBalancer, checkLoadBalancer, ContainerLoadBalancerOptions, loadBalancerAlarms,
} from './load-balancer';
import { letLogsUse } from './log-encryption';
import { StageProfile, StageSize } from '../../stage-profile';
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { keepOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';

/** What a cluster for containers is made of. */
export interface ContainerClusterProps extends ContainerClusterOptions, ContainerLoadBalancerOptions {
  /** The network that the cluster and its load balancer are in. */
  readonly vpc: ec2.IVpc;

  /**
   * How closely CloudWatch watches tasks and containers. It makes a log group for that, which stays without the
   * cluster.
   *
   * @default - `DISABLED` where logs are destroyed with their stack, `ENHANCED` if the size of the profile is large,
   * otherwise `ENABLED`
   */
  readonly containerInsights?: ecs.ContainerInsights;
}

const STRATEGY: Record<StageSize, ecs.CapacityProviderStrategy[]> = {
  [StageSize.SMALL]: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  [StageSize.MEDIUM]: [{ capacityProvider: 'FARGATE', weight: 1 }],
  [StageSize.LARGE]: [{ capacityProvider: 'FARGATE', weight: 1 }],
};

/** Base of clusters that are defined here, and of those that exist already. */
abstract class ContainerClusterBase extends Construct implements IContainerCluster {
  public abstract readonly cluster: ecs.ICluster;
  public abstract readonly listener?: elbv2.IApplicationListener;
  public abstract readonly executeCommandLogs?: logs.ILogGroup;
  public abstract readonly capacityProviders: IDependable;
  public readonly defaultCapacityProviderStrategy: ecs.CapacityProviderStrategy[];
  public readonly encryptionKey?: kms.IKey;
  public readonly alarmActions: cloudwatch.IAlarmAction[];
  public readonly logRetention: logs.RetentionDays;
  public readonly removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, options: ContainerClusterOptions) {
    super(scope, id);
    const profile = StageProfile.of(this);
    this.logRetention = options.logRetention ?? profile.logRetention;
    this.removalPolicy = keepOrDestroy(options.removalPolicy, profile.removalPolicy);
    this.alarmActions = options.alarmActions ?? [];
    this.defaultCapacityProviderStrategy = options.defaultCapacityProviderStrategy ?? STRATEGY[profile.size];
    checkStrategy('defaultCapacityProviderStrategy', this.defaultCapacityProviderStrategy);
    this.encryptionKey = options.encryptionKey;
    if (this.encryptionKey) {
      letLogsUse(this.encryptionKey, this);
    }
  }

  public addService(id: string, options: ContainerServiceOptions): ContainerService {
    return new ContainerService(this, id, { ...options, cluster: this });
  }

  public grantExecuteCommand(grantee: iam.IGrantable): iam.Grant {
    const resourceName = `${this.cluster.clusterName}/*`;
    const tasks = Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName });
    const granted = grantHere(this, 'grantExecuteCommand', grantee, () => iam.Grant.addToPrincipal({
      grantee,
      actions: ['ecs:ExecuteCommand', 'ecs:DescribeTasks'],
      resourceArns: [this.cluster.clusterArn, tasks],
    }));
    this.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
    return granted;
  }
}

/**
 * Defines an ECS cluster on Fargate, and a load balancer in front of it that speaks TLS 1.2 and 1.3 only.
 *
 * The load balancer sends HTTP on to HTTPS, logs each access into a bucket, and answers 404 to what no service wants.
 * Services come by `addService`. What happens in a session of ECS Exec is logged; `grantExecuteCommand` says who may
 * have one. Without a certificate there is no load balancer, only the cluster.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export class ContainerCluster extends ContainerClusterBase implements ec2.IConnectable {
  /**
   * Refers to a cluster that exists already, with its network and its load balancer. Neither is changed: services run
   * in the cluster, and get requests from the listener.
   *
   * @param attributes the cluster, and what its services follow
   * @throws if the strategy names another capacity provider
   */
  public static fromContainerClusterAttributes(
    scope: Construct, id: string, attributes: ContainerClusterAttributes,
  ): IContainerCluster {
    class Import extends ContainerClusterBase {
      public readonly cluster = attributes.cluster;
      public readonly listener = attributes.listener;
      public readonly executeCommandLogs = attributes.executeCommandLogs;
      public readonly capacityProviders = attributes.cluster;
    }
    return new Import(scope, id, attributes);
  }

  public readonly cluster: ecs.ICluster;

  /** The load balancer; none without a certificate. */
  public readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  public readonly listener?: elbv2.IApplicationListener;

  public readonly executeCommandLogs?: logs.ILogGroup;

  public readonly capacityProviders: IDependable;

  /** Alarms of the load balancer: on errors of services, then on its own. Empty without a certificate. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if something is said of a load balancer and there is none, the network lacks the subnets, the domain name
   * is not in the zone, a strategy names another capacity provider, or a threshold is not a whole number
   */
  constructor(scope: Construct, id: string, props: ContainerClusterProps) {
    super(scope, id, props);
    checkLoadBalancer(props);
    const profile = StageProfile.of(this);
    const { vpc, certificate, zone, encryptionKey } = props;

    this.executeCommandLogs = new logs.LogGroup(this, 'ExecuteCommandLogs', {
      retention: this.logRetention,
      removalPolicy: this.removalPolicy,
      encryptionKey,
    });
    const insights = ecs.ContainerInsights[profile.size === StageSize.LARGE ? 'ENHANCED' : 'ENABLED'];
    const unwatched = props.containerInsights === undefined && this.removalPolicy === RemovalPolicy.DESTROY;
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc,
      containerInsightsV2: unwatched ? ecs.ContainerInsights.DISABLED : props.containerInsights ?? insights,
      executeCommandConfiguration: {
        kmsKey: encryptionKey,
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: {
          cloudWatchLogGroup: this.executeCommandLogs,
          cloudWatchEncryptionEnabled: encryptionKey && true,
        },
      },
    });
    if (unwatched) {
      accept(this.cluster, { rule: 'AwsSolutions-ECS4', reason: 'its log group would stay where everything else is destroyed' });
    }
    // not by the cluster itself: in a new account its creation comes before the role that ECS needs for them
    this.capacityProviders = new ecs.CfnClusterCapacityProviderAssociations(this, 'CapacityProviders', {
      cluster: this.cluster.clusterName,
      capacityProviders: CAPACITY_PROVIDERS,
      defaultCapacityProviderStrategy: this.defaultCapacityProviderStrategy,
    });
    this.alarms = [];
    if (certificate) {
      const deletionProtection = props.deletionProtection ?? profile.deletionProtection;
      const loadBalancer = addLoadBalancer(this, vpc, deletionProtection, props, this);
      this.loadBalancer = loadBalancer;
      this.listener = addListeners(loadBalancer, certificate);
      this.alarms = addAlarms(this, this.alarmActions, loadBalancerAlarms(loadBalancer, props));
      if (zone) {
        addAlias(this, loadBalancer, zone, this, props.domainName);
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
}
