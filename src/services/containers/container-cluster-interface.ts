import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { IConstruct, IDependable } from 'constructs';
import type { ContainerService, ContainerServiceOptions } from './container-service';

/** Options of a container cluster, new or existing, that its services follow. */
export interface ContainerClusterOptions {
  /**
   * Capacity provider strategy of services without their own: `FARGATE`, `FARGATE_SPOT`, which is cheaper and can be
   * interrupted, or both.
   *
   * @default - depends on the profile's size: `FARGATE_SPOT` if small, otherwise `FARGATE`
   */
  readonly defaultCapacityProviderStrategy?: ecs.CapacityProviderStrategy[];

  /**
   * KMS key that encrypts ECS Exec sessions and all logs in CloudWatch. If the key is defined in this app, its key
   * policy gets a statement for the logs; an imported key must already have one.
   *
   * @default - sessions are encrypted with TLS, logs with a key of CloudWatch Logs
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Actions of the load balancer's alarms, and of alarms of services without their own actions, in the ALARM and OK
   * states.
   *
   * @default - none: alarms are only visible in CloudWatch
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Retention of the logs of ECS Exec sessions, of services, and of access to the load balancer.
   *
   * @default - from the stage's profile
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Removal policy of the logs.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing container cluster. */
export interface ContainerClusterAttributes extends ContainerClusterOptions {
  /**
   * ECS cluster with its VPC, such as returned by `ecs.Cluster.fromClusterAttributes`. It must have the capacity
   * providers that its services use.
   */
  readonly cluster: ecs.ICluster;

  /**
   * Load balancer listener that forwards requests to services, such as returned by
   * `elbv2.ApplicationListener.fromApplicationListenerAttributes`.
   *
   * @default - no load balancer
   */
  readonly listener?: elbv2.IApplicationListener;

  /**
   * Log group of ECS Exec sessions, if the cluster logs them there.
   *
   * @default - tasks get no permission to log sessions
   */
  readonly executeCommandLogs?: logs.ILogGroup;
}

/**
 * Container cluster that services run in. Not intended to be implemented: use a `ContainerCluster`, or
 * `ContainerCluster.fromContainerClusterAttributes` for an existing one.
 */
export interface IContainerCluster extends IConstruct {
  /** ECS cluster, with its VPC. */
  readonly cluster: ecs.ICluster;

  /** HTTPS listener of the load balancer. Not set without a load balancer. */
  readonly listener?: elbv2.IApplicationListener;

  /** Log group of ECS Exec sessions. Not set if an existing cluster has none. */
  readonly executeCommandLogs?: logs.ILogGroup;

  /** Dependency of all services, because a capacity provider in use cannot be removed from the cluster. */
  readonly capacityProviders: IDependable;

  /** Capacity provider strategy of services without their own. */
  readonly defaultCapacityProviderStrategy: ecs.CapacityProviderStrategy[];

  /** KMS key that encrypts ECS Exec sessions and all logs in CloudWatch. Not set if there is none. */
  readonly encryptionKey?: kms.IKey;

  /** Actions of alarms without actions of their own. */
  readonly alarmActions: cloudwatch.IAlarmAction[];

  /** Retention of the logs. */
  readonly logRetention: logs.RetentionDays;

  /** Removal policy of the logs. */
  readonly removalPolicy: RemovalPolicy;

  /**
   * Defines a service in this cluster. The load balancer forwards requests to it if it has `hostNames` or
   * `pathPatterns`.
   *
   * @param id ID of the service within the cluster
   * @param options task, routing and scaling of the service
   */
  addService(id: string, options: ContainerServiceOptions): ContainerService;

  /**
   * Allows a principal to open a shell or run a command in a container with ECS Exec. Sessions are logged to
   * `executeCommandLogs`, if set.
   *
   * @param grantee principal of the same account
   */
  grantExecuteCommand(grantee: iam.IGrantable): iam.Grant;
}
