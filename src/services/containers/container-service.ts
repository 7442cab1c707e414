import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkStrategy } from './capacity-providers';
import { IContainerCluster } from './container-cluster-interface';
import { addTask, ContainerTaskOptions } from './container-task';
import { executeCommandPolicy } from './execute-command';
import { addRoute, checkRoute, isRouted } from './listener-route';
import { StageProfile, StageSize } from '../../stage-profile';
import { createAfter } from '../../support/dependencies';
import { AlarmSpec, addAlarms, percent } from '../support/alarms';
import { checkWhole } from '../support/numbers';
import { workloadSubnets } from '../support/subnets';

/** What a service in containers runs, and how it is reached. */
export interface ContainerServiceOptions extends ContainerTaskOptions {
  /**
   * The names whose requests the load balancer sends here, such as `shop.prod.acme.example`. `*` stands for anything.
   *
   * @default - any name, if there are `pathPatterns`; otherwise the load balancer sends nothing here
   */
  readonly hostNames?: string[];

  /**
   * The paths whose requests the load balancer sends here, such as `/api/*`.
   *
   * @default - any path, if there are `hostNames`; otherwise the load balancer sends nothing here
   */
  readonly pathPatterns?: string[];

  /**
   * Which service gets a request that several want: that with the lowest number, from 1 to 50,000. Each service of a
   * load balancer has one of its own; needed with `hostNames` and `pathPatterns`. It is not counted up for you, because
   * a service put in between would renumber the others, which fails when it is deployed.
   *
   * @default - none: the load balancer sends nothing here
   */
  readonly priority?: number;

  /**
   * The path that the load balancer asks to see whether a task is well: it has to answer 200.
   *
   * @default '/'
   */
  readonly healthCheckPath?: string;

  /**
   * How many tasks run at least, 1 or more.
   *
   * @default - by the size of the profile: 1 if small, 2 if medium, 3 if large, but not more than `maxCapacity`
   */
  readonly minCapacity?: number;

  /**
   * How many tasks run at most, when processor or memory are used by more than 60 percent.
   *
   * @default - by the size of the profile: 2 if small, 4 if medium, 12 if large, but not less than `minCapacity`
   */
  readonly maxCapacity?: number;

  /**
   * Whether tasks run on `FARGATE`, on `FARGATE_SPOT`, or on both.
   *
   * @default - as the cluster says
   */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];

  /**
   * The subnets of the tasks. Isolated ones need interface endpoints in the network: at least for the image, the logs,
   * the secrets, and ECS Exec (`ssmmessages`).
   *
   * @default - the private ones, or the isolated ones in a network that has no private ones; the public ones with
   * `assignPublicIp`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Whether tasks have public addresses, in public subnets: how they reach the internet in a network without NAT
   * gateways. Who may connect to them is still a matter of `connections`.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Whether ECS Exec can open a shell in a container, for whom `grantExecuteCommand` of the cluster allows to.
   *
   * @default true
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Actions of every alarm when it goes off, and when it is over.
   *
   * @default - those of the cluster
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Number of tasks that fail the health check of the load balancer above which an alarm goes off.
   *
   * @default 0
   */
  readonly unhealthyTaskAlarmThreshold?: number;

  /**
   * CPU utilization of all tasks, in percent, above which an alarm goes off.
   *
   * @default 85
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Memory utilization of all tasks, in percent, above which an alarm goes off.
   *
   * @default 85
   */
  readonly memoryAlarmThreshold?: number;
}

/** What a service in containers runs, and where. */
export interface ContainerServiceProps extends ContainerServiceOptions {
  /** The cluster that it runs in. */
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
 * Defines a service of a container cluster: tasks on Fargate, more or fewer of them by load, with a deployment that is
 * rolled back if it fails.
 *
 * Grants go to the service itself, as in `bucket.grantRead(service)`: what its containers may do. Networks do as well,
 * as in `database.connections.allowDefaultPortFrom(service)`.
 */
export class ContainerService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** The service. */
  public readonly service: ecs.IFargateService;

  /** The role of its containers. */
  public readonly taskRole: iam.IRole;

  /** Its network: the port is the default. */
  public readonly connections: ec2.Connections;

  /** What the load balancer sends to; none without `hostNames` and `pathPatterns`. */
  public readonly targetGroup?: elbv2.IApplicationTargetGroup;

  /** What its containers print. */
  public readonly logGroup: logs.ILogGroup;

  /** Whom grants are for: the role of its containers. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Alarms: on unhealthy tasks, if the load balancer sends requests here, then on CPU and memory. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly fargate: ecs.FargateService;

  /**
   * @throws if it is to be reached and cannot be, a number is not one, something is given that has no effect, or two
   * services have the same priority
   */
  constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    checkRoute(this.node.path, props);
    checkListener(this.node.path, props);
    const { cluster, port } = props;
    const { size } = StageProfile.of(this);
    const capacity = capacityOf(size, props);
    const strategies = props.capacityProviderStrategies ?? cluster.defaultCapacityProviderStrategy;
    checkStrategy('capacityProviderStrategies', strategies);

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: cluster.logRetention,
      removalPolicy: cluster.removalPolicy,
      encryptionKey: cluster.encryptionKey,
    });
    const taskDefinition = addTask(this, size, this.logGroup, props);
    this.fargate = new ecs.FargateService(this, 'Service', {
      cluster: cluster.cluster,
      taskDefinition,
      capacityProviderStrategies: strategies,
      // otherwise each deployment would take back what the load has made of it
      desiredCount: capacity.minCapacity === capacity.maxCapacity ? capacity.minCapacity : undefined,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      assignPublicIp: props.assignPublicIp ?? false,
      vpcSubnets: props.vpcSubnets ?? (props.assignPublicIp
        ? { subnetType: ec2.SubnetType.PUBLIC } : workloadSubnets(cluster.cluster.vpc)),
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    const resource = this.fargate.node.defaultChild as ecs.CfnService;
    // a provider in use cannot be taken away from the cluster, so that the service has to go first
    resource.node.addDependency(cluster.capacityProviders);

    this.service = this.fargate;
    this.taskRole = taskDefinition.taskRole;
    this.grantPrincipal = this.taskRole;
    this.connections = new ec2.Connections({
      securityGroups: this.fargate.connections.securityGroups,
      defaultPort: port === undefined ? undefined : ec2.Port.tcp(port),
    });
    if (props.enableExecuteCommand ?? true) {
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

  /** Metric of the service by its name. */
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
      + 'has no load balancer: give the cluster a certificate');
  }
}
