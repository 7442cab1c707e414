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
import { StageProfile, StageSize } from '../../stage-profile';
import { accept } from '../../support/nag';
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { keepOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { logKey } from '../support/log-encryption';

/** Properties of a `ContainerCluster`. */
export interface ContainerClusterProps extends ContainerClusterOptions, ContainerLoadBalancerOptions {
  /** VPC of the cluster and its load balancer. */
  readonly vpc: ec2.IVpc;

  /**
   * Container Insights of the cluster. It creates a log group that remains when the cluster is deleted.
   *
   * @default - `DISABLED` where logs are destroyed with their stack, `ENHANCED` for a profile of size large, otherwise
   * `ENABLED`
   */
  readonly containerInsights?: ecs.ContainerInsights;
}

const STRATEGY: Record<StageSize, ecs.CapacityProviderStrategy[]> = {
  [StageSize.SMALL]: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  [StageSize.MEDIUM]: [{ capacityProvider: 'FARGATE', weight: 1 }],
  [StageSize.LARGE]: [{ capacityProvider: 'FARGATE', weight: 1 }],
};

/** Base of new and imported clusters. */
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
    this.encryptionKey = logKey(options.encryptionKey, this);
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
 * Defines an ECS cluster on Fargate, and a load balancer in front of it that accepts TLS 1.2 and 1.3 only.
 *
 * The load balancer redirects HTTP to HTTPS, logs access to a bucket, and responds with 404 to requests that match no
 * service. Services are added with `addService`. `grantExecuteCommand` allows ECS Exec sessions, which are logged.
 * Without a certificate there is no load balancer, only the cluster.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export class ContainerCluster extends ContainerClusterBase implements ec2.IConnectable {
  /**
   * Imports an existing cluster with its VPC and load balancer. Neither is changed: services run in the cluster and
   * receive requests from the listener.
   *
   * @param attributes of the cluster and for its services
   * @throws if the strategy is empty or has another capacity provider
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

  /** Load balancer. Not set without a certificate. */
  public readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  public readonly listener?: elbv2.IApplicationListener;

  public readonly executeCommandLogs?: logs.ILogGroup;

  public readonly capacityProviders: IDependable;

  /** Alarms of the load balancer: on 5xx responses of services, then on its own. Empty without a certificate. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if options of the load balancer are given without a certificate, the network lacks the subnets, the domain
   * name is not in the hosted zone, a strategy has another capacity provider, or a threshold is not a whole number
   */
  constructor(scope: Construct, id: string, props: ContainerClusterProps) {
    super(scope, id, props);
    checkProps(this, 'ContainerClusterProps', props);
    checkLoadBalancer(Stack.of(this).region, props);
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
    // not on the cluster itself: in a new account it is created before the role that ECS needs for them
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

  /** Connections of the load balancer. Each service has its own. */
  public get connections(): ec2.Connections {
    if (!this.loadBalancer) {
      throw new Error(`connections of '${this.node.path}' are those of its load balancer, and it has none: `
        + 'give a certificate, or take the connections of a service');
    }
    return this.loadBalancer.connections;
  }
}
