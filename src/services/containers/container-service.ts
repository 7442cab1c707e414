import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkStrategy } from './capacity-providers';
import { checkContainer } from './container-checks';
import { IContainerCluster } from './container-cluster-interface';
import { addTask, ContainerTaskOptions } from './container-task';
import { executeCommandPolicy } from './execute-command';
import { addRoute, checkRoute, isRouted } from './listener-route';
import { StageProfile, StageSize } from '../../stage-profile';
import { createAfter } from '../../support/dependencies';
import { checkProps } from '../../support/options';
import { AlarmSpec, addAlarms, percent } from '../support/alarms';
import { warnWithoutImages } from '../support/images';
import { checkWhole } from '../support/numbers';
import { inSubnets, workloadSubnets } from '../support/subnets';

/** Options of a container service: tasks, routing and scaling. */
export interface ContainerServiceOptions extends ContainerTaskOptions {
  /**
   * Host names whose requests the load balancer forwards to the service, such as `shop.prod.acme.example`. `*` matches
   * any characters. A rule takes five host names and path patterns together.
   *
   * @default - any name with `pathPatterns`; otherwise the load balancer forwards no requests
   */
  readonly hostNames?: string[];

  /**
   * Path patterns whose requests the load balancer forwards to the service, such as `/api/*`.
   *
   * @default - any path with `hostNames`; otherwise the load balancer forwards no requests
   */
  readonly pathPatterns?: string[];

  /**
   * Priority of the listener rule, from 1 to 50,000. If several rules match, the lowest number wins. It must be unique
   * within a load balancer, and is required with `hostNames` and `pathPatterns`. It is not assigned automatically,
   * because inserting a service would renumber the others, which fails on deployment.
   *
   * @default - none: the load balancer forwards no requests
   */
  readonly priority?: number;

  /**
   * Path for the health check of the load balancer, starting with `/`. It must respond with 200.
   *
   * @default '/'
   */
  readonly healthCheckPath?: string;

  /**
   * Minimum number of tasks, 1 or more.
   *
   * @default - depends on the profile's size: 1 if small, 2 if medium, 3 if large, but not more than `maxCapacity`
   */
  readonly minCapacity?: number;

  /**
   * Maximum number of tasks. Tasks are added when CPU or memory utilization exceeds 60 percent.
   *
   * @default - depends on the profile's size: 2 if small, 4 if medium, 12 if large, but not less than `minCapacity`
   */
  readonly maxCapacity?: number;

  /**
   * Capacity provider strategy of the tasks: `FARGATE`, `FARGATE_SPOT`, or both.
   *
   * @default - the strategy of the cluster
   */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];

  /**
   * Subnets of the tasks. Isolated subnets need interface endpoints in the network: at least for the image, the logs,
   * the secrets, and ECS Exec (`ssmmessages`).
   *
   * @default - the private subnets, or the isolated ones if there are no private ones; the public ones with
   * `assignPublicIp`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Assigns public addresses to tasks in public subnets, to reach the internet in a network without NAT gateways.
   * `connections` still controls who may connect.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Enables ECS Exec in the containers, for principals allowed with `grantExecuteCommand` of the cluster. Containers
   * then write to their root file system.
   *
   * @default - false if the stage's profile is hardened, such as PRODUCTION, true otherwise
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Actions of all alarms in the ALARM and OK states.
   *
   * @default - the actions of the cluster
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Number of tasks failing the load balancer's health check above which an alarm is raised.
   *
   * @default 0
   */
  readonly unhealthyTaskAlarmThreshold?: number;

  /**
   * CPU utilization of all tasks, in percent, above which an alarm is raised.
   *
   * @default 85
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Memory utilization of all tasks, in percent, above which an alarm is raised.
   *
   * @default 85
   */
  readonly memoryAlarmThreshold?: number;
}

/** Properties of a `ContainerService`. */
export interface ContainerServiceProps extends ContainerServiceOptions {
  /** Cluster that the service runs in. */
  readonly cluster: IContainerCluster;
}

interface Capacity {
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

const CAPACITY: Record<StageSize, Capacity> = {
  [StageSize.SMALL]: { minCapacity: 1, maxCapacity: 2 },
  [StageSize.MEDIUM]: { minCapacity: 2, maxCapacity: 4 },
  [StageSize.LARGE]: { minCapacity: 3, maxCapacity: 12 },
};

/**
 * Defines a service in a container cluster: Fargate tasks with auto scaling, and rollback of failed deployments.
 *
 * The service can be a grantee, as in `bucket.grantRead(service)`, which grants to its task role, and a peer of
 * connections, as in `database.connections.allowDefaultPortFrom(service)`.
 */
export class ContainerService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** Underlying service. */
  public readonly service: ecs.IFargateService;

  /** Task role of the containers. */
  public readonly taskRole: iam.IRole;

  /** Connections of the service, on `port` by default. */
  public readonly connections: ec2.Connections;

  /** Target group of the load balancer. Not set without `hostNames` and `pathPatterns`. */
  public readonly targetGroup?: elbv2.IApplicationTargetGroup;

  /** Log group of the containers. */
  public readonly logGroup: logs.ILogGroup;

  /** Principal of grants: the task role. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Alarms: on unhealthy tasks, if the load balancer forwards requests to the service, then on CPU and memory. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly fargate: ecs.FargateService;

  /**
   * @throws if requests cannot be routed to the service, a number, name or path is invalid, the VPC lacks the subnets,
   * a prop would have no effect, or two services have the same priority
   */
  constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    checkProps(this, 'ContainerServiceProps', props);
    checkContainer(this.node.path, props);
    checkRoute(this.node.path, props);
    checkListener(this.node.path, props);
    const { cluster, port } = props;
    const { size, hardened } = StageProfile.of(this);
    const enableExecuteCommand = props.enableExecuteCommand ?? (!hardened && !props.readonlyRootFilesystem);
    checkFileSystem(this.node.path, props);
    const capacity = capacityOf(size, props);
    const strategies = props.capacityProviderStrategies ?? cluster.defaultCapacityProviderStrategy;
    checkStrategy('capacityProviderStrategies', strategies);

    const { vpc } = cluster.cluster;
    const vpcSubnets = inSubnets(vpc, 'vpcSubnets', props.vpcSubnets ?? (props.assignPublicIp
      ? { subnetType: ec2.SubnetType.PUBLIC } : workloadSubnets(vpc)));
    if (!props.assignPublicIp) {
      warnWithoutImages(this, vpc, vpcSubnets);
    }

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: cluster.logRetention,
      removalPolicy: cluster.removalPolicy,
      encryptionKey: cluster.encryptionKey,
    });
    const taskDefinition = addTask(this, size, this.logGroup, {
      ...props, readonlyRootFilesystem: props.readonlyRootFilesystem ?? !enableExecuteCommand,
    });
    this.fargate = new ecs.FargateService(this, 'Service', {
      cluster: cluster.cluster,
      taskDefinition,
      capacityProviderStrategies: strategies,
      // otherwise each deployment would undo the auto scaling
      desiredCount: capacity.minCapacity === capacity.maxCapacity ? capacity.minCapacity : undefined,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      assignPublicIp: props.assignPublicIp ?? false,
      vpcSubnets,
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    const resource = this.fargate.node.defaultChild as ecs.CfnService;
    // a provider in use cannot be removed from the cluster, so the service must be deleted first
    resource.node.addDependency(cluster.capacityProviders);

    this.service = this.fargate;
    this.taskRole = taskDefinition.taskRole;
    this.grantPrincipal = this.taskRole;
    this.connections = new ec2.Connections({
      securityGroups: this.fargate.connections.securityGroups,
      defaultPort: port === undefined ? undefined : ec2.Port.tcp(port),
    });
    if (enableExecuteCommand) {
      const policy = executeCommandPolicy(this, this.taskRole, cluster.executeCommandLogs, cluster.encryptionKey);
      resource.enableExecuteCommand = true;
      createAfter(resource, policy.node.defaultChild as iam.CfnPolicy);
    }
    if (isRouted(props)) {
      this.targetGroup = addRoute(this, this.fargate, cluster.listener!, cluster.cluster.vpc, props);
    }
    scale(this.fargate, capacity);
    this.alarms = addAlarms(this, props.alarmActions ?? cluster.alarmActions, this.alarmsOf(props));
  }

  /** CPU utilization of all tasks, in percent. */
  public metricCpuUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.fargate.metricCpuUtilization(props);
  }

  /** Memory utilization of all tasks, in percent. */
  public metricMemoryUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.fargate.metricMemoryUtilization(props);
  }

  /** Returns a metric of the service by its name. */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.fargate.metric(metricName, props);
  }

  private alarmsOf(options: ContainerServiceOptions): Record<string, AlarmSpec> {
    const { path } = this.node;
    const { unhealthyTaskAlarmThreshold = 0 } = options;
    checkWhole('unhealthyTaskAlarmThreshold', unhealthyTaskAlarmThreshold, 0);
    return {
      ...this.targetGroup && {
        UnhealthyTasks: {
          description: `Tasks of '${path}' are not well`,
          metric: this.targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum' }),
          threshold: unhealthyTaskAlarmThreshold,
        },
      },
      Cpu: {
        description: `The processors of '${path}' are busy (percent)`,
        metric: this.metricCpuUtilization(),
        threshold: percent('cpuAlarmThreshold', options.cpuAlarmThreshold, 85),
      },
      Memory: {
        description: `The memory of '${path}' is used up (percent)`,
        metric: this.metricMemoryUtilization(),
        threshold: percent('memoryAlarmThreshold', options.memoryAlarmThreshold, 85),
      },
    };
  }
}

function scale(service: ecs.FargateService, { minCapacity, maxCapacity }: Capacity): void {
  if (minCapacity === maxCapacity) {
    return;
  }
  const tasks = service.autoScaleTaskCount({ minCapacity, maxCapacity });
  tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  tasks.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 60 });
}

function capacityOf(size: StageSize, props: ContainerServiceOptions): Capacity {
  const known = (value?: number) => Token.isUnresolved(value) ? undefined : value;
  const { minCapacity, maxCapacity } = CAPACITY[size];
  checkWhole('minCapacity', props.minCapacity ?? minCapacity, 1);
  checkWhole('maxCapacity', props.maxCapacity ?? maxCapacity, 1);
  const capacity = {
    minCapacity: props.minCapacity ?? Math.min(minCapacity, known(props.maxCapacity) ?? Infinity),
    maxCapacity: props.maxCapacity ?? Math.max(maxCapacity, known(props.minCapacity) ?? 0),
  };
  if ((known(capacity.minCapacity) ?? 0) > (known(capacity.maxCapacity) ?? Infinity)) {
    throw new Error(`minCapacity ${capacity.minCapacity} is more than maxCapacity ${capacity.maxCapacity}: give one that is not`);
  }
  return capacity;
}

function checkListener(path: string, { cluster, ...route }: ContainerServiceProps): void {
  if (isRouted(route) && !cluster.listener) {
    throw new Error(`hostNames and pathPatterns of service '${path}' have no effect, because cluster '${cluster.node.path}' `
      + 'has no load balancer: give the cluster a certificate, or its listener if it exists already');
  }
}

function checkFileSystem(path: string, { enableExecuteCommand, readonlyRootFilesystem }: ContainerServiceProps): void {
  if (enableExecuteCommand && readonlyRootFilesystem) {
    throw new Error(`readonlyRootFilesystem of '${path}' is true, and so is enableExecuteCommand, which has to write to the file system: `
      + 'give only one');
  }
}
