import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acceptLogin } from './ecr-login';
import { StageSize } from '../../stage-profile';
import { accept } from '../../support/nag';

/** Options of the tasks of a service: what they run, on how much processor and memory. */
export interface ContainerTaskOptions {
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
}

const CPU: Record<StageSize, number> = {
  [StageSize.SMALL]: 256,
  [StageSize.MEDIUM]: 512,
  [StageSize.LARGE]: 1024,
};

/** Adds a task definition of one container. */
export function addTask(
  scope: Construct, size: StageSize, logGroup: ILogGroup, options: ContainerTaskOptions,
): ecs.FargateTaskDefinition {
  const { port, environment, cpu = CPU[size] } = options;
  const task = new ecs.FargateTaskDefinition(scope, 'Task', {
    cpu,
    memoryLimitMiB: options.memoryLimitMiB ?? cpu * 2,
    runtimePlatform: {
      cpuArchitecture: options.cpuArchitecture ?? ecs.CpuArchitecture.X86_64,
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    },
  });
  task.addContainer('app', {
    image: options.image,
    command: options.command,
    environment,
    secrets: options.secrets,
    healthCheck: options.healthCheck,
    portMappings: port === undefined ? [] : [{ containerPort: port }],
    logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'service' }),
  });
  acceptLogin(task.obtainExecutionRole());
  if (environment) {
    accept(task, { rule: 'AwsSolutions-ECS2', reason: 'environment is what is not secret, secrets are in `secrets`' });
  }
  return task;
}
