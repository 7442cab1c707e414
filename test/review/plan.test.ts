import { spawnSync } from 'child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { join } from 'path';
import Ajv from 'ajv';
import { Terminal } from '../../review/terminal';
import { acme, newOutdir, testApp } from '../orgs';
import { REPOSITORY } from '../packages';

beforeAll(() => run('node', [join(REPOSITORY, 'projenrc', 'bundle-review.js')]));

const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true })
  .compile(JSON.parse(readFileSync(join(REPOSITORY, 'docs', 'plan.schema.json'), 'utf8')));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, words: string[], cwd = REPOSITORY): Ended {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function plan(words: string[], cwd?: string): Ended {
  return run('node', [join(REPOSITORY, 'cli', 'main.js'), 'plan', ...words], cwd);
}

function planned(words: string[], cwd?: string) {
  const { status, stdout, stderr } = plan([...words, '--json'], cwd);
  expect(stderr).toBe('');
  const written = JSON.parse(stdout);
  validate(written);
  expect(validate.errors ?? []).toEqual([]);
  return { status, written };
}

/** Of an organization none of whose accounts exists. */
const folder = (() => {
  let made: string | undefined;
  return () => made ??= acme(testApp()).app.synth().directory;
})();

test('a first deployment is told in its order, what cannot be undone before all', () => {
  const { status, stdout, stderr } = plan(['--assembly', folder()]);
  expect([status, stderr]).toEqual([2, '']);
  const lines = stdout.split('\n');
  expect(lines.filter(line => /^\S/.test(line))).toEqual([
    'Cannot be undone:',
    'npx cdk deploy acme/root/organization',
    "npx cdk deploy 'acme/bootstrap/*'",
    "npx cdk deploy '**'",
    'Who may do what:',
    expect.stringMatching(/^The app has not looked up \d+ things in AWS yet, such as the IDs of accounts/),
    'plan is what it makes without.',
    expect.stringMatching(/^(\d+) stacks: \1 new\. 4 steps cannot be undone\.$/),
  ]);
  const prod = lines.indexOf('  new      acme/bootstrap/prod');
  expect(lines.slice(prod + 1, prod + 3)).toEqual([
    '           CDKToolkit in prod, whose account is not there yet, eu-west-1', '           as OrganizationAccountAccessRole',
  ]);
  expect(lines.filter(line => line.length > 100)).toEqual([]);
  expect(stdout).not.toContain('\u001b');
});

test('what cannot be undone is accepted by who says so', () => {
  expect(plan(['--assembly', folder(), '--accept']).status).toBe(0);
  const { status, stdout } = plan(['--assembly', folder(), '--against', folder()]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^npx cdk deploy acme\/root\/organization\n {2}\d+ untouched\n/);
  expect(stdout).toMatch(/All of it can be undone\.\n$/);
});

test('JSON has the same, by its schema', () => {
  const { status, written } = planned(['--assembly', folder()]);
  expect(status).toBe(2);
  expect(written.irreversible.map(({ subject }: { subject: string }) => subject.split(' ')[0])).toContain('AWS::Organizations::Account');
  const [first] = written.steps[0].stacks;
  expect(first).toMatchObject({ what: 'new', account: '111111111111', stage: 'root', after: [] });
});

const SHOP = `
const { App, Stack } = require('aws-cdk-lib');
const { CfnRole } = require('aws-cdk-lib/aws-iam');
const { CfnTable } = require('aws-cdk-lib/aws-dynamodb');
const app = new App();
const shop = new Stack(app, 'shop', { env: { account: '333333333333', region: 'eu-west-1' } });
const trust = Principal => ({ Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
`;
const BEFORE = `${SHOP}
new CfnRole(shop, 'reader', { assumeRolePolicyDocument: trust({ Service: 'ec2.amazonaws.com' }) });
new CfnTable(shop, 'orders', { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] });
new Stack(app, 'old', { env: { account: '333333333333', region: 'eu-west-1' } });
`;
const AFTER = `${SHOP}
new CfnRole(shop, 'reader', { assumeRolePolicyDocument: trust({ AWS: '444444444444' }) });
new Stack(app, 'fresh');
`;

/** An app in a folder of a git repository: its commit, and what is in the folder now. */
function repository(): string {
  const top = newOutdir('repository');
  const app = join(top, 'app');
  mkdirSync(app);
  symlinkSync(join(REPOSITORY, 'node_modules'), join(app, 'node_modules'));
  writeFileSync(join(top, '.gitignore'), 'node_modules\n');
  writeFileSync(join(app, 'cdk.json'), JSON.stringify({ app: 'node app.js' }));
  writeFileSync(join(app, 'app.js'), BEFORE);
  const git = (...words: string[]) => expect(run('git', ['-c', 'user.name=acme', '-c', 'user.email=aws@acme.example', ...words], top).status).toBe(0);
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'before');
  writeFileSync(join(app, 'app.js'), AFTER);
  writeFileSync(join(app, 'package-lock.json'), '{}');
  return app;
}

test('an app is compared with what a git ref has of it', () => {
  const app = repository();
  const { status, written } = planned(['--against', 'main'], app);
  expect(status).toBe(2);
  expect(written.irreversible).toEqual([
    { stack: 'shop', subject: 'AWS::DynamoDB::Table shop/orders', why: 'it is deleted with its items, which no deployment brings back' },
  ]);
  expect(written.steps).toMatchObject([{
    command: "npx cdk deploy '**'", stacks: [{ path: 'shop', what: 'changed' }, { path: 'fresh', what: 'new' }],
  }]);
  expect(written.policies).toEqual([{
    stack: 'shop',
    subject: 'AWS::IAM::Role shop/reader',
    what: 'changed',
    where: 'AssumeRolePolicyDocument',
    kind: 'trust',
    added: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '444444444444' } }],
    removed: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
  }]);
  expect(written.notes).toEqual([expect.stringMatching(/^'app\/package-lock\.json' is not as at 'main', which is /)]);
  expect(written.left).toMatchObject([{ path: 'old', account: '333333333333', resources: 0 }]);

  const { stdout } = plan(['--against', 'main'], app);
  expect(stdout).toMatch(/^'app\/package-lock\.json' is not as at 'main', [^]+ synthesized at 'main'\.$/m);
  expect(stdout).toContain('AWS still has these, and the code no longer names them. Deploying deletes nothing of them:\n  old\n');
  expect(stdout).toContain('    - {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}\n');
  expect(run('git', ['worktree', 'list'], app).stdout.trim().split('\n')).toHaveLength(1);
}, 60_000);

test.each([
  ['no such place', 1, ['--assembly', 'ASSEMBLY', '--against', 'nowhere'], /^cdk-multi-account-org: 'nowhere' is neither a folder nor a git ref: give one that is, such as HEAD or origin\/main\n$/],
  ['no such option', 64, ['--assembly', 'ASSEMBLY', '--agianst', 'main'],
    /^cdk-multi-account-org: unknown option '--agianst': see .* plan --help\n$/],
  ['what a rehearsal begins with', 1,
    ['--assembly', 'ASSEMBLY', '--against', join(REPOSITORY, 'rehearsal', 'world.schema.json')],
    /^cdk-multi-account-org: '.*world\.schema\.json' does not say which stacks are deployed: write it by /],
  ['packages of nothing', 64, ['--assembly', 'ASSEMBLY', '--install', 'npm ci'],
    /^cdk-multi-account-org: --install 'npm ci' is for a git ref: name it by --against, or leave the option out\n$/],
  ['no app', 1, [], /cdk\.json' has no app/],
])('%s is an error, and nothing that cannot be undone', (_, exitCode, words, message) => {
  const { status, stdout, stderr } = plan(words.map(word => word === 'ASSEMBLY' ? folder() : word));
  expect([status, stdout]).toEqual([exitCode, '']);
  expect(stderr).toMatch(message);
});

test('only a terminal has colours, unless it is asked for none', () => {
  const stream = (isTTY: boolean) => ({ isTTY, columns: 60 }) as NodeJS.WriteStream;
  const coloured = (isTTY: boolean, environment: Record<string, string> = {}) =>
    new Terminal(stream(isTTY), environment).colour('red', 'x') !== 'x';
  expect([coloured(true), coloured(false), coloured(true, { NO_COLOR: '1' }), coloured(true, { TERM: 'dumb' })])
    .toEqual([true, false, false, false]);
  expect(new Terminal(stream(true), {}).wrap(`${'word '.repeat(20)}end`, 4).map(line => line.length)).toEqual([58, 52]);
});

test('a reader that wants no more is no error', () => {
  const words = `node '${join(REPOSITORY, 'cli', 'main.js')}' plan --assembly '${folder()}' --json`;
  const { stdout, stderr } = spawnSync('bash', ['-c', `${words} | true; echo "\${PIPESTATUS[0]}"`], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['141\n', '']);
});
