import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { IConstruct, IDependable } from 'constructs';
import type { ContainerService, ContainerServiceOptions } from './container-service';

/** Settings of a container cluster that its services follow, whether it is defined here or exists already. */
export interface ContainerClusterOptions {
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
   * Actions of every alarm when it goes off, and when it is over: those of the load balancer, and those of services
   * without actions of their own.
   *
   * @default - nothing: the alarms are seen in CloudWatch
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

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

/** Attributes of a container cluster that exists already. */
export interface ContainerClusterAttributes extends ContainerClusterOptions {
  /**
   * The cluster with its network, such as `ecs.Cluster.fromClusterAttributes` returns it. It must have the capacity
   * providers that its services run on.
   */
  readonly cluster: ecs.ICluster;

  /**
   * The listener of its load balancer that sends requests to services, such as
   * `elbv2.ApplicationListener.fromApplicationListenerAttributes` returns it.
   *
   * @default - no load balancer
   */
  readonly listener?: elbv2.IApplicationListener;

  /**
   * The log group of sessions of ECS Exec, if the cluster logs them there.
   *
   * @default - tasks are not allowed to log sessions
   */
  readonly executeCommandLogs?: logs.ILogGroup;
}

/**
 * Container cluster that services run in. It is not for implementing: a `ContainerCluster` is one, and
 * `ContainerCluster.fromContainerClusterAttributes` returns one that exists already.
 */
export interface IContainerCluster extends IConstruct {
  /** The ECS cluster, with its network. */
  readonly cluster: ecs.ICluster;

  /** Listener for HTTPS of the load balancer; undefined without a load balancer. */
  readonly listener?: elbv2.IApplicationListener;

  /** Log group of sessions of ECS Exec; undefined if an existing cluster has none. */
  readonly executeCommandLogs?: logs.ILogGroup;

  /** Dependency of every service: a capacity provider in use cannot be removed from the cluster. */
  readonly capacityProviders: IDependable;

  /** Capacity providers of services without a strategy of their own. */
  readonly defaultCapacityProviderStrategy: ecs.CapacityProviderStrategy[];

  /** Key that encrypts sessions of ECS Exec and all logs in CloudWatch; undefined if there is none. */
  readonly encryptionKey?: kms.IKey;

  /** Actions of alarms without actions of their own. */
  readonly alarmActions: cloudwatch.IAlarmAction[];

  /** Retention of logs. */
  readonly logRetention: logs.RetentionDays;

  /** Removal policy of logs. */
  readonly removalPolicy: RemovalPolicy;

  /**
   * Defines a service that runs in this cluster, with the load balancer in front of it if it has `hostNames` or
   * `pathPatterns`.
   *
   * @param id what the service is called within the cluster
   * @param options what it runs, and how it is reached
   */
  addService(id: string, options: ContainerServiceOptions): ContainerService;

  /**
   * Allows somebody to open a shell in a container, or run a command there, by ECS Exec. What happens there is logged.
   *
   * @param grantee who may
   */
  grantExecuteCommand(grantee: iam.IGrantable): iam.Grant;
}
