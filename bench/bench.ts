import { deepStrictEqual } from 'assert';
import { execFileSync } from 'child_process';
import { statSync } from 'fs';
import { join } from 'path';
import type { Measurement } from './measure';

// a limit is a ratio within this run, or a size; none is a time of its own
const MAX_RATIO = 1.3;
const MAX_RESOURCES = 400;
const MAX_TEMPLATE = 500_000;
const MAX_LOAD_RATIO = 1.5;
const MAX_TARBALL = 1_000_000;

const failures: string[] = [];

function check(holds: boolean, what: string): void {
  if (!holds) {
    failures.push(what);
  }
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function run(subject: string, count: number): Measurement {
  const script = join(__dirname, 'measure.ts');
  return JSON.parse(execFileSync(process.execPath, ['-r', 'ts-node/register/transpile-only', script, subject, `${count}`], {
    env: { ...process.env, CDK_VALIDATION: 'false', TS_NODE_PROJECT: join(__dirname, '..', 'tsconfig.dev.json') },
    maxBuffer: 200_000_000,
    encoding: 'utf8',
  }));
}

function compare(count: number, rounds: number): number {
  const pairs = Array.from({ length: rounds }, () => ({ ours: run('library', count), floor: run('floor', count) }));
  const { ours, floor } = pairs[0];
  deepStrictEqual(ours.stacks, floor.stacks, 'both sides have to make the same resources');
  // the least disturbed run of each side
  const least = (side: 'ours' | 'floor') => Math.min(...pairs.map(pair => pair[side].milliseconds));
  const time = least('ours') / least('floor');
  const memory = median(pairs.map(pair => pair.ours.megabytes / pair.floor.megabytes));
  const milliseconds = least('ours');
  console.log([
    `${count}`.padStart(6),
    `${Object.keys(ours.stacks).length}`.padStart(7),
    `${milliseconds.toFixed(0)} ms`.padStart(10),
    time.toFixed(2).padStart(6),
    `${ours.megabytes.toFixed(0)} MB`.padStart(8),
    memory.toFixed(2).padStart(6),
    `${ours.dependencies}`.padStart(6),
    (ours.dependencies / floor.dependencies).toFixed(2).padStart(6),
    `${(ours.largestTemplate / 1000).toFixed(0)} kB`.padStart(9),
    `${ours.mostResources}`.padStart(10),
  ].join('  '));
  check(time <= MAX_RATIO, `${count} stages take ${time.toFixed(2)} times the time of the floor: at most ${MAX_RATIO}`);
  check(ours.mostResources <= MAX_RESOURCES, `a template has ${ours.mostResources} resources: at most ${MAX_RESOURCES}`);
  check(ours.largestTemplate <= MAX_TEMPLATE, `a template has ${ours.largestTemplate} bytes: at most ${MAX_TEMPLATE}`);
  check(ours.dependencies <= 3 * count + 3, `${ours.dependencies} dependencies of stacks grow faster than the stages`);
  return milliseconds / count;
}

// what an organization is made of, by whoever writes it by hand: aws-cdk-lib loads a construct when its name is used
const BY_HAND: Record<string, string[]> = {
  'aws-cdk-lib': ['App', 'Stack', 'Stage', 'Aspects'],
  'aws-cdk-lib/aws-iam': ['Role', 'Group', 'User', 'ManagedPolicy'],
  'aws-cdk-lib/aws-s3': ['Bucket'],
  'aws-cdk-lib/aws-kms': ['Key'],
  'aws-cdk-lib/aws-logs': ['LogGroup'],
  'aws-cdk-lib/aws-cloudtrail': ['CfnTrail'],
  'aws-cdk-lib/aws-organizations': ['CfnAccount', 'CfnOrganization'],
  'aws-cdk-lib/aws-secretsmanager': ['Secret'],
  'aws-cdk-lib/aws-ssm': ['CfnParameter'],
  'aws-cdk-lib/custom-resources': ['AwsCustomResource'],
};

function loadTimes(...scripts: string[]): number[] {
  const best = scripts.map(() => Infinity);
  // in turn, and the least disturbed of them
  for (let round = 0; round < 15; round++) {
    scripts.forEach((script, index) => {
      const timed = `const t = process.hrtime.bigint(); ${script};`
        + 'process.stdout.write(String(Number(process.hrtime.bigint() - t) / 1e6))';
      const words = { cwd: join(__dirname, '..'), encoding: 'utf8' } as const;
      best[index] = Math.min(best[index], Number(execFileSync(process.execPath, ['-e', timed], words)));
    });
  }
  return best;
}

console.log('stages   stacks        time   ratio   memory   ratio   edges   ratio   largest   resources');
const cases: Array<[number, number]> = [[10, 5], [50, 5], [200, 5], [1000, 3]];
const perStage = new Map(cases.map(([count, rounds]) => [count, compare(count, rounds)]));
const growth = perStage.get(1000)! / perStage.get(200)!;
console.log(`a stage among 1,000 takes ${growth.toFixed(2)} times the time of one among 200`);
check(growth <= 1.5, `growth is not linear: a stage among 1,000 takes ${growth.toFixed(2)} times that of one among 200`);

const byHand = Object.entries(BY_HAND)
  .map(([module, names]) => `{ const m = require('${module}'); ${names.map(name => `m.${name}`).join('; ')} }`).join(' ');
const [ours, floor] = loadTimes("require('./lib')", byHand);
const load = `loading the library takes ${(ours / floor).toFixed(2)} times the time of the same constructs by hand`;
console.log(`${load}: ${ours.toFixed(0)} ms`);
check(ours / floor <= MAX_LOAD_RATIO, `${load}: at most ${MAX_LOAD_RATIO}`);

const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
  cwd: join(__dirname, '..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 50_000_000,
}));
console.log(`the package has ${(packed.size / 1000).toFixed(0)} kB in ${packed.files.length} files`);
check(packed.size <= MAX_TARBALL, `the package has ${packed.size} bytes: at most ${MAX_TARBALL}`);
check(statSync(join(__dirname, '..', 'bootstrap', 'LICENSE')).size > 0, 'the bootstrap template ships without its licence');

failures.forEach(failure => console.error(`fails: ${failure}`));
process.exit(failures.length === 0 ? 0 : 1);
