import { Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acceptLogin } from './ecr-login';
import { StageSize } from '../../stage-profile';
import { FARGATE } from '../../support/aws-tables';
import { accept } from '../../support/nag';

/** Options of the tasks of a service: image, environment, CPU and memory. */
export interface ContainerTaskOptions {
  /** Container image. */
  readonly image: ecs.ContainerImage;

  /**
   * Port that the container listens on, with HTTP if it is behind the load balancer. Required with `hostNames` and
   * `pathPatterns`.
   *
   * @default - no port mapping
   */
  readonly port?: number;

  /**
   * Health check command that runs in the container.
   *
   * @default - the health check of the load balancer, or only whether the container runs
   */
  readonly healthCheck?: ecs.HealthCheck;

  /**
   * Environment variables of the container. Not for secrets: they are visible in the template.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables of the container with values from Secrets Manager or Systems Manager.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * Command that the container runs.
   *
   * @default - the command of the image
   */
  readonly command?: string[];

  /**
   * Makes the root file system of the container read-only. Images that write to it need a volume for that, or `false`.
   *
   * @default - true, unless ECS Exec is enabled, which has to write to it
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   */
  readonly readonlyRootFilesystem?: boolean;

  /**
   * CPU architecture that the image is built for.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * CPU units of a task, 1,024 for each vCPU: 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768.
   *
   * @default - depends on the profile's size: 256 if small, 512 if medium, 1024 if large
   */
  readonly cpu?: number;

  /**
   * Memory of a task, in MiB. AWS supports certain combinations with `cpu` only.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
   * @default - two MiB for each unit of `cpu`, or the closest that AWS supports
   */
  readonly memoryLimitMiB?: number;
}

const CPU: Record<StageSize, number> = {
  [StageSize.SMALL]: 256,
  [StageSize.MEDIUM]: 512,
  [StageSize.LARGE]: 1024,
};

/** Adds a task definition with one container. */
export function addTask(
  scope: Construct, size: StageSize, logGroup: ILogGroup, options: ContainerTaskOptions,
): ecs.FargateTaskDefinition {
  const { port, environment } = options;
  const task = new ecs.FargateTaskDefinition(scope, 'Task', {
    ...capacityOf(options.cpu ?? CPU[size], options.memoryLimitMiB),
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
    readonlyRootFilesystem: options.readonlyRootFilesystem,
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

interface Capacity {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
}

/** CPU and memory, if Fargate has this combination. */
function capacityOf(cpu: number, given?: number): Capacity {
  const sizes = FARGATE[cpu];
  if (Token.isUnresolved(cpu)) {
    return { cpu, memoryLimitMiB: given ?? cpu * 2 };
  }
  if (!sizes) {
    throw new Error(`cpu is ${cpu}, which is no size of Fargate: give one of ${Object.keys(FARGATE).join(', ')}`);
  }
  const memoryLimitMiB = given ?? closest(sizes, cpu * 2);
  if (!Token.isUnresolved(memoryLimitMiB) && !sizes.includes(memoryLimitMiB)) {
    throw new Error(`memoryLimitMiB is ${memoryLimitMiB}, which Fargate does not have with cpu ${cpu}: give ${described(sizes)}`);
  }
  return { cpu, memoryLimitMiB };
}

function closest(sizes: number[], wanted: number): number {
  return [...sizes].sort((one, other) => Math.abs(one - wanted) - Math.abs(other - wanted))[0];
}

function described(sizes: number[]): string {
  return sizes.length <= 4 ? `one of ${sizes.join(', ')}` : `${sizes[0]} to ${sizes[sizes.length - 1]} in steps of ${sizes[1] - sizes[0]}`;
}
