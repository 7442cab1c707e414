// holds what would be released against the last release: its API by jsii-diff, and the logical ids of an organization that
// has everything, as the last release wrote it; another logical id is another account, another bucket, another database
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const NAME = 'cdk-multi-account-org';
const APP = 'test/release/every-construct.ts';
const ACCEPTED_API = '.compatignore';
const ACCEPTED_IDS = '.logical-ids-ignore';
// where both find the same aws-cdk-lib
const SCRATCH = resolve('node_modules', '.cache', 'release-check');

function output(command, ...words) {
  return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

function lastRelease() {
  const { status, stdout } = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The package as it was published, which only its registry has. */
function published(version) {
  output('npm', 'pack', '--silent', '--pack-destination', SCRATCH, `${NAME}@${version}`);
  const folder = join(SCRATCH, 'last', 'node_modules', NAME);
  mkdirSync(folder, { recursive: true });
  output('tar', '-xzf', join(SCRATCH, `${NAME}-${version}.tgz`), '--strip-components=1', '-C', folder);
  return folder;
}

function logicalIds(name, app) {
  const folder = join(SCRATCH, name);
  const assembly = join(folder, 'cdk.out');
  mkdirSync(assembly, { recursive: true });
  writeFileSync(join(folder, 'app.ts'), app);
  const { status, stderr } = spawnSync('npx', ['tsx', join(folder, 'app.ts')], {
    encoding: 'utf8', env: { ...process.env, CDK_OUTDIR: assembly, CDK_VALIDATION: 'false' },
  });
  if (status !== 0) {
    throw new Error(`the organization of the last release cannot be synthesized by the package of ${name}:\n${stderr}`);
  }
  const templates = readdirSync(assembly, { recursive: true }).filter(file => file.endsWith('.template.json')).sort();
  return new Set(templates.flatMap(file => {
    const stack = file.split('/').pop().replace('.template.json', '');
    return Object.entries(JSON.parse(readFileSync(join(assembly, file), 'utf8')).Resources ?? {}).map(([id, { Type }]) => `${stack} ${id} ${Type}`);
  }));
}

/** One `<stack> <logical id> <type>` a line, and behind a hash why that may go. */
function acceptedIds() {
  const lines = existsSync(ACCEPTED_IDS) ? readFileSync(ACCEPTED_IDS, 'utf8').split('\n').filter(line => /^[^#\s]/.test(line)) : [];
  const unreasoned = lines.filter(line => !/\S\s+#\s*\S/.test(line));
  if (unreasoned.length > 0) {
    throw new Error(`${ACCEPTED_IDS} has '${unreasoned[0]}' without a reason: write '# why' behind it`);
  }
  return new Set(lines.map(line => line.split('#')[0].trim()));
}

/** Says so when what the library knows of AWS is old: it refuses what AWS has added since, unless a context key has it. */
function tellAge() {
  const [, taken] = /TAKEN = '(.*)'/.exec(readFileSync('src/support/aws-tables.ts', 'utf8'));
  const days = Math.floor((Date.now() - Date.parse(taken)) / (24 * 3600 * 1000));
  if (days > 90) {
    console.log(`release check: AWS's data of ${taken} are ${days} days old: raise cfn-lint in rehearsal/requirements-dev.in, and run \`npm run aws-data\``);
  }
}

tellAge();
const tag = lastRelease();
if (!tag) {
  console.log('release check: there is no release yet, so there is nothing to compare with');
  process.exit(0);
}
rmSync(SCRATCH, { recursive: true, force: true });
mkdirSync(SCRATCH, { recursive: true });
const last = published(tag.slice(1));

const { status } = spawnSync('npx', ['jsii-diff', last, '.', '--keys', '--ignore-file', ACCEPTED_API], { stdio: 'inherit' });
if (status !== 0) {
  console.error(`fails: the API breaks what ${tag} has. If that is meant, add the keys in brackets to ${ACCEPTED_API}: see docs/releases.md`);
}

const app = output('git', 'show', `${tag}:${APP}`);
const before = logicalIds('last', app);
const after = logicalIds('now', app);
const gone = [...before].filter(id => !after.has(id));
const accepted = acceptedIds();
const broken = gone.filter(id => !accepted.has(id));
const stale = [...accepted].filter(id => !gone.includes(id));
broken.forEach(id => console.error(`fails: ${tag} has the resource '${id}', which would be replaced or deleted`));
if (broken.length > 0) {
  console.error(`If that is meant, add the lines between quotes to ${ACCEPTED_IDS}, each with a reason: see docs/releases.md`);
}
stale.forEach(id => console.error(`fails: ${ACCEPTED_IDS} accepts '${id}', which is not needed since ${tag}: take it out`));
console.log(`release check: ${before.size} logical ids of ${tag}, ${broken.length} broken, ${gone.length - broken.length} accepted`);
rmSync(SCRATCH, { recursive: true, force: true });
process.exit(status === 0 && broken.length === 0 && stale.length === 0 ? 0 : 1);
