import { execFile, execFileSync } from 'child_process';
import { statSync } from 'fs';
import { join } from 'path';
import { promisify } from 'util';
import type { Measurement } from './measure';
import { CDK_VERSION, NEWEST_CDK, REPOSITORY } from '../test/packages';

// a limit is a ratio within this run, or a size; none is a time of its own
const MAX_RATIO = 1.3;
// shorter runs vary by a tenth, because of when V8 optimizes: their ratios are shown, without a limit
const LIMITED_FROM = 1000;
// rounds of the same differ by a tenth at most: one is enough far from the limit, and more are made only near to it, or
// where it seems to be passed
const CLEAR_RATIO = 1.2;
const ROUNDS = 3;
const MAX_ROUNDS = 7;
const MAX_GROWTH = 1.5;
const MAX_RESOURCES = 400;
const MAX_TEMPLATE = 500_000;
const MAX_LOAD_RATIO = 1.5;
const MAX_TARBALL = 1_500_000;

const failures: string[] = [];

function check(holds: boolean, what: string): void {
  if (!holds) {
    failures.push(what);
  }
}

interface Variant {
  readonly version: string;
  /** As `cdk init` has it, or with nothing that can be turned off: neither analytics nor validation. */
  readonly settings: 'cdk init' | 'bare';
}

async function run(subject: string, count: number, { version, settings }: Variant): Promise<Measurement> {
  const words = [
    ...version === NEWEST_CDK ? ['-r', join(__dirname, 'newest.js')] : [],
    // runs it, as it runs what `cdk init` makes
    '--expose-gc', '--import', 'tsx', join(__dirname, 'measure.ts'), subject, `${count}`, settings,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: REPOSITORY,
    env: { ...process.env, CDK_VALIDATION: settings === 'bare' ? 'false' : undefined },
    maxBuffer: 200_000_000,
  });
  return JSON.parse(stdout);
}

type Pair = Record<'ours' | 'floor', Measurement>;

/** Both sides at the same time: what else the machine does disturbs both. */
async function runBoth(count: number, variant: Variant): Promise<Pair> {
  const [ours, floor] = await Promise.all([run('library', count, variant), run('floor', count, variant)]);
  return { ours, floor };
}

function median(values: number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

async function compare(count: number, variant: Variant, rounds = 1): Promise<number> {
  const pairs: Pair[] = [];
  // what disturbs one side of a pair disturbs the other as well: of two sides' best runs, only one may have been lucky
  const ratio = (of: 'milliseconds' | 'megabytes') => median(pairs.map(({ ours, floor }) => ours[of] / floor[of]));
  const isUnclear = () => count >= LIMITED_FROM
    && Math.max(ratio('milliseconds'), ratio('megabytes')) > (pairs.length < ROUNDS ? CLEAR_RATIO : MAX_RATIO);
  while (pairs.length < rounds || pairs.length < MAX_ROUNDS && isUnclear()) {
    pairs.push(await runBoth(count, variant));
  }
  const least = (of: 'milliseconds' | 'megabytes') => Math.min(...pairs.map(pair => pair.ours[of]));
  const { ours, floor } = pairs[0];
  const different = Object.keys({ ...ours.stacks, ...floor.stacks })
    .filter(name => ours.stacks[name] !== floor.stacks[name]);
  check(different.length === 0, `both sides have to make the same templates: those of ${different.slice(0, 3).join(', ')} are not`);
  const [time, memory] = [ratio('milliseconds'), ratio('megabytes')];
  const milliseconds = least('milliseconds');
  console.log([
    variant.version.padEnd(11),
    variant.settings.padEnd(8),
    `${count}`.padStart(6),
    `${Object.keys(ours.stacks).length}`.padStart(7),
    `${milliseconds.toFixed(0)} ms`.padStart(10),
    time.toFixed(2).padStart(6),
    `${least('megabytes').toFixed(0)} MB`.padStart(8),
    memory.toFixed(2).padStart(6),
    `${ours.dependencies}`.padStart(6),
    (ours.dependencies / floor.dependencies).toFixed(2).padStart(6),
    `${(ours.largestTemplate / 1000).toFixed(0)} kB`.padStart(9),
    `${ours.mostResources}`.padStart(10),
  ].join('  '));
  const what = `${count} stages on ${variant.version}, ${variant.settings},`;
  const limit = count >= LIMITED_FROM ? MAX_RATIO : Infinity;
  check(time <= limit, `${what} take ${time.toFixed(2)} times the time of the floor: at most ${limit}`);
  check(memory <= limit, `${what} take ${memory.toFixed(2)} times the memory of the floor: at most ${limit}`);
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
// and of the library, which loads a construct when its name is used, too
const BY_LIBRARY: Record<string, string[]> = { './lib': ['MultiAccountOrg', 'StageProfile', 'MfaRequirement', 'AccountRemoval'] };

function loading(names: Record<string, string[]>): string {
  return Object.entries(names)
    .map(([module, used]) => `{ const m = require('${module}'); ${used.map(name => `m.${name}`).join('; ')} }`).join(' ');
}

function loadTime(script: string): number {
  const timed = `const t = process.hrtime.bigint(); ${script};`
    + 'process.stdout.write(String(Number(process.hrtime.bigint() - t) / 1e6))';
  return Number(execFileSync(process.execPath, ['-e', timed], { cwd: REPOSITORY, encoding: 'utf8' }));
}

async function compareAll(): Promise<void> {
  console.log('aws-cdk-lib  settings  stages   stacks        time   ratio   memory   ratio   edges   ratio   largest   resources');
  for (const version of [CDK_VERSION, NEWEST_CDK]) {
    for (const settings of ['cdk init', 'bare'] as const) {
      const variant = { version, settings };
      await compare(10, variant);
      const growth = async (rounds?: number) => {
        const few = await compare(200, variant, rounds);
        return await compare(1000, variant, rounds) / few;
      };
      const first = await growth();
      const grown = first <= MAX_GROWTH ? first : await growth(ROUNDS);
      check(grown <= MAX_GROWTH, `growth is not linear: a stage among 1,000 takes ${grown.toFixed(2)} times that of one among 200`);
    }
  }
}

/** What is told of a subject, against another that lacks it or is by hand, within the limits of templates. */
async function compareWith(what: string, subject: string, other: string, count: number): Promise<void> {
  const variant = { version: CDK_VERSION, settings: 'cdk init' } as const;
  const ratios: number[] = [];
  let last: Measurement;
  do {
    const [ours, others] = await Promise.all([run(subject, count, variant), run(other, count, variant)]);
    ratios.push(ours.milliseconds / others.milliseconds);
    last = ours;
  } while (ratios.length < ROUNDS && median(ratios) > CLEAR_RATIO);
  const result = `${what} takes ${median(ratios).toFixed(2)} times the time of the same ${other.endsWith('by-hand') ? 'by hand' : 'without'}`;
  console.log(`${result}: the largest template has ${(last.largestTemplate / 1000).toFixed(0)} kB and ${last.mostResources} resources at most`);
  check(median(ratios) <= MAX_RATIO, `${result}: at most ${MAX_RATIO}`);
  check(last.mostResources <= MAX_RESOURCES && last.largestTemplate <= MAX_TEMPLATE, `a template of ${what} is larger than it may be`);
}

function compareLoading(): void {
  // of the least of each side, only one may have been lucky: neighbours in time are compared
  const pairs = Array.from({ length: 15 }, () => [loadTime(loading(BY_LIBRARY)), loadTime(loading(BY_HAND))]);
  const ratio = median(pairs.map(([ours, floor]) => ours / floor));
  const load = `loading the library takes ${ratio.toFixed(2)} times the time of the same constructs by hand`;
  console.log(`${load}: ${median(pairs.map(([ours]) => ours)).toFixed(0)} ms`);
  check(ratio <= MAX_LOAD_RATIO, `${load}: at most ${MAX_LOAD_RATIO}`);
}

function checkPackage(): void {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: REPOSITORY, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 50_000_000,
  }));
  console.log(`the package has ${(packed.size / 1000).toFixed(0)} kB in ${packed.files.length} files`);
  check(packed.size <= MAX_TARBALL, `the package has ${packed.size} bytes: at most ${MAX_TARBALL}`);
  check(statSync(join(REPOSITORY, 'bootstrap', 'LICENSE')).size > 0, 'the bootstrap template ships without its licence');
}

async function main(): Promise<void> {
  await compareAll();
  await compareWith('an organization of 1000 stages in 50 units with guardrails', 'guarded', 'units', 1000);
  await compareWith('access of 30 groups to 200 stages by account access', 'account-access', 'account-access-by-hand', 200);
  await compareWith('access of 30 groups to 200 stages by permission sets', 'permission-sets', 'permission-sets-by-hand', 200);
  compareLoading();
  checkPackage();
  failures.forEach(failure => console.error(`fails: ${failure}`));
  console.log(failures.length === 0 ? 'every bound holds' : `${failures.length} bounds do not hold`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void main();
