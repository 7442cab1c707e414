import { Duration, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkStrategy } from './capacity-providers';
import type { ContainerCluster } from './container-cluster';
import { executeCommandPolicy } from './execute-command';
import { checkRoute, isRouted } from './listener-route';
import { StageProfile, StageSize } from '../../stage-profile';
import { createAfter } from '../../support/dependencies';
import { accept } from '../../support/nag';
import { AlarmSpec, addAlarms } from '../support/alarms';
import { checkWhole } from '../support/numbers';
import { workloadSubnets } from '../support/subnets';

/** What a service in containers runs, and how it is reached. */
export interface ContainerServiceOptions {
  /** The image that it runs. */
  readonly image: ecs.ContainerImage;

  /**
   * The port that the container listens on, for HTTP if the load balancer is in front of it. Needed with `hostNames`
   * and `pathPatterns`.
   *
   * @default - none: nobody calls it
   */
  readonly port?: number;

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
   * The command by which the container itself says whether it is well.
   *
   * @default - what the load balancer finds, or nothing but whether it runs
   */
  readonly healthCheck?: ecs.HealthCheck;

  /**
   * What the container is told in its environment. Nothing secret: it is in the template.
   *
   * @default - nothing
   */
  readonly environment?: { [name: string]: string };

  /**
   * What the container is told in its environment out of Secrets Manager or Systems Manager.
   *
   * @default - nothing
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * The command that the container runs.
   *
   * @default - that of the image
   */
  readonly command?: string[];

  /**
   * What the image was built for.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The processor of a task, in units of 1,024 for each: 256, 512, 1024, 2048, 4096, 8192 or 16384.
   *
   * @default - by the size of the profile: 256 if small, 512 if medium, 1024 if large
   */
  readonly cpu?: number;

  /**
   * The memory of a task in MiB. What fits to which `cpu`, AWS says.
   *
   * @default - two MiB for each unit of `cpu`
   */
  readonly memoryLimitMiB?: number;

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
}

/** What a service in containers runs, and where. */
export interface ContainerServiceProps extends ContainerServiceOptions {
  /** The cluster that it runs in. */
  readonly cluster: ContainerCluster;
}

interface Scale {
  readonly cpu: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
}

const SCALE: Record<StageSize, Scale> = {
  [StageSize.SMALL]: { cpu: 256, minCapacity: 1, maxCapacity: 2 },
  [StageSize.MEDIUM]: { cpu: 512, minCapacity: 2, maxCapacity: 4 },
  [StageSize.LARGE]: { cpu: 1024, minCapacity: 3, maxCapacity: 12 },
};

/**
 * Defines a service of a `ContainerCluster`: tasks on Fargate, more or fewer of them by load, with a deployment that is
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

  /**
   * @throws if it is to be reached and cannot be, or a number is not one, or two services have the same priority
   */
  constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    checkRoute(this.node.path, props);
    checkListener(this.node.path, props);
    const { cluster, port, environment } = props;
    const scale = scaleOf(StageProfile.of(this).size, props);
    const strategies = props.capacityProviderStrategies ?? cluster._strategy;
    checkStrategy('capacityProviderStrategies', strategies);

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: cluster._logPolicy.logRetention,
      removalPolicy: cluster._logPolicy.removalPolicy,
      encryptionKey: cluster._encryptionKey,
    });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: scale.cpu,
      memoryLimitMiB: props.memoryLimitMiB ?? scale.cpu * 2,
      runtimePlatform: {
        cpuArchitecture: props.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    taskDefinition.addContainer('app', {
      image: props.image,
      command: props.command,
      environment,
      secrets: props.secrets,
      healthCheck: props.healthCheck,
      portMappings: port === undefined ? [] : [{ containerPort: port }],
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'service' }),
    });
    if (environment) {
      accept(taskDefinition, { rule: 'AwsSolutions-ECS2', reason: 'environment is what is not secret, secrets are in `secrets`' });
    }
    const service = new ecs.FargateService(this, 'Service', {
      cluster: cluster.cluster,
      taskDefinition,
      capacityProviderStrategies: strategies,
      // otherwise each deployment would take back what the load has made of it
      desiredCount: scale.minCapacity === scale.maxCapacity ? scale.minCapacity : undefined,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      assignPublicIp: props.assignPublicIp ?? false,
      vpcSubnets: props.vpcSubnets ?? (props.assignPublicIp
        ? { subnetType: ec2.SubnetType.PUBLIC } : workloadSubnets(cluster.cluster.vpc)),
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    const resource = service.node.defaultChild as ecs.CfnService;
    // a provider in use cannot be taken away from the cluster, so that the service has to go first
    createAfter(resource, cluster._capacityProviders);

    this.service = service;
    this.taskRole = taskDefinition.taskRole;
    this.grantPrincipal = this.taskRole;
    this.connections = new ec2.Connections({
      securityGroups: service.connections.securityGroups,
      defaultPort: port === undefined ? undefined : ec2.Port.tcp(port),
    });
    if (props.enableExecuteCommand ?? true) {
      const policy = executeCommandPolicy(this, this.taskRole, cluster.executeCommandLogs, cluster._encryptionKey);
      resource.enableExecuteCommand = true;
      createAfter(resource, policy.node.defaultChild as iam.CfnPolicy);
    }
    if (isRouted(props)) {
      cluster._claimPriority(props.priority!, this.node.path);
      this.targetGroup = this.route(service, props);
    }
    this.scale(service, scale);
    this.addAlarms(service, cluster);
  }

  private route(service: ecs.FargateService, props: ContainerServiceProps): elbv2.IApplicationTargetGroup {
    const { cluster, hostNames, pathPatterns } = props;
    const targetGroup = new elbv2.ApplicationTargetGroup(this, 'Targets', {
      vpc: cluster.cluster.vpc,
      port: props.port,
      protocol: elbv2.ApplicationProtocol.HTTP,
      targets: [service],
      deregistrationDelay: Duration.seconds(30),
      healthCheck: { path: props.healthCheckPath ?? '/' },
    });
    new elbv2.ApplicationListenerRule(this, 'Rule', {
      listener: cluster.listener!,
      priority: props.priority!,
      conditions: [
        ...hostNames ? [elbv2.ListenerCondition.hostHeaders(hostNames)] : [],
        ...pathPatterns ? [elbv2.ListenerCondition.pathPatterns(pathPatterns)] : [],
      ],
      targetGroups: [targetGroup],
    });
    return targetGroup;
  }

  private scale(service: ecs.FargateService, { minCapacity, maxCapacity }: Scale): void {
    if (minCapacity === maxCapacity) {
      return;
    }
    const tasks = service.autoScaleTaskCount({ minCapacity, maxCapacity });
    tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    tasks.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 60 });
  }

  private addAlarms(service: ecs.FargateService, { _alarmTopic }: ContainerCluster): void {
    const { path } = this.node;
    const unhealthy: Record<string, AlarmSpec> = this.targetGroup ? {
      UnhealthyTasks: {
        description: `Tasks of '${path}' are not well`,
        metric: this.targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum' }),
        threshold: 0,
      },
    } : {};
    addAlarms(this, _alarmTopic, {
      ...unhealthy,
      Cpu: {
        description: `The processors of '${path}' are busy (percent)`, metric: service.metricCpuUtilization(), threshold: 85,
      },
      Memory: {
        description: `The memory of '${path}' is used up (percent)`, metric: service.metricMemoryUtilization(), threshold: 85,
      },
    });
  }
}

function scaleOf(size: StageSize, props: ContainerServiceOptions): Scale {
  const known = (value?: number) => Token.isUnresolved(value) ? undefined : value;
  const { cpu, minCapacity, maxCapacity } = SCALE[size];
  checkWhole('minCapacity', props.minCapacity ?? minCapacity, 1);
  checkWhole('maxCapacity', props.maxCapacity ?? maxCapacity, 1);
  const scale = {
    cpu: props.cpu ?? cpu,
    minCapacity: props.minCapacity ?? Math.min(minCapacity, known(props.maxCapacity) ?? Infinity),
    maxCapacity: props.maxCapacity ?? Math.max(maxCapacity, known(props.minCapacity) ?? 0),
  };
  if ((known(scale.minCapacity) ?? 0) > (known(scale.maxCapacity) ?? Infinity)) {
    throw new Error(`minCapacity ${scale.minCapacity} is more than maxCapacity ${scale.maxCapacity}: give one that is not`);
  }
  return scale;
}

function checkListener(path: string, { cluster, ...route }: ContainerServiceProps): void {
  if (isRouted(route) && !cluster.listener) {
    throw new Error(`hostNames and pathPatterns of service '${path}' have no effect, because cluster '${cluster.node.path}' `
      + 'has no load balancer: give the cluster a certificate');
  }
}
