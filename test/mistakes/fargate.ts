import { App, Stack } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import * as fc from 'fast-check';
import { Mistake, mistake } from './mistake';
import { ContainerCluster, ContainerServiceOptions } from '../../src';
import { FARGATE } from '../../src/support/aws-tables';
import { testVpc } from '../services/networks';

function addService(app: App, options: Partial<ContainerServiceOptions>): void {
  const stack = new Stack(app, 'services', { env: { account: '222222222222', region: 'eu-west-1' } });
  new ContainerCluster(stack, 'it', { vpc: testVpc(stack, 'it') })
    .addService('worker', { image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'), ...options });
}

const cpus = fc.constantFrom(...Object.keys(FARGATE).map(Number));
const memories = fc.constantFrom(...Object.values(FARGATE).flat());

/** Sizes that Fargate does not have. */
const SIZES: Mistake[] = [
  mistake('cpu: no size of Fargate',
    fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.constantFrom(0.25, 300, -256, 512.5)).filter(cpu => !FARGATE[cpu]),
    (app, cpu) => addService(app, { cpu }),
    cpu => [`cpu is ${cpu}`, 'give one of 256, 512, 1024']),
  mistake('memoryLimitMiB: not with this cpu',
    fc.tuple(cpus, fc.integer({ min: 0, max: 260_000 })).filter(([cpu, memory]) => !FARGATE[cpu].includes(memory)),
    (app, [cpu, memoryLimitMiB]) => addService(app, { cpu, memoryLimitMiB }),
    ([cpu, memory]) => [`memoryLimitMiB is ${memory}`, `cpu ${cpu}`, `give ${FARGATE[cpu].length > 4 ? '' : 'one of '}${FARGATE[cpu][0]}`]),
  mistake('memoryLimitMiB: of another cpu',
    fc.tuple(cpus, memories).filter(([cpu, memory]) => !FARGATE[cpu].includes(memory)),
    (app, [cpu, memoryLimitMiB]) => addService(app, { cpu, memoryLimitMiB }),
    ([cpu, memory]) => [`memoryLimitMiB is ${memory}`, `cpu ${cpu}`]),
  mistake('memoryLimitMiB: not with the default cpu', [512, 1000, 777, 16384],
    (app, memoryLimitMiB) => addService(app, { memoryLimitMiB }),
    memory => [`memoryLimitMiB is ${memory}`, 'cpu 1024', 'give 2048 to 8192 in steps of 1024']),
];

export const FARGATE_MISTAKES: Mistake[] = [...SIZES];
