import { spawnSync } from 'child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative, resolve } from 'path';
import { parseArgs } from 'util';

// rehearses organizations of many accounts, and stacks of many resources, with the flags of `cdk init` and the newest
// CDK; with --before also by the cli/main.js of another checkout, in turn

const REPOSITORY = join(__dirname, '..');
const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    accounts: { type: 'string', default: '6,20,50,100' },
    resources: { type: 'string', default: '125,500' },
  },
});
const sides = [...values.before ? [resolve(values.before)] : [], join(REPOSITORY, 'cli', 'main.js')];

const HEAD = `
  const Module = require('node:module');
  const find = Module._resolveFilename;
  Module._resolveFilename = (name, ...more) => find.call(Module, name.replace(/^aws-cdk-lib(?=$|[/])/, 'aws-cdk-lib-newest'), ...more);
  const load = Module.createRequire(${JSON.stringify(join(REPOSITORY, 'package.json'))});
  const cdk = load('aws-cdk-lib');
`;

const organizationOf = (accounts: number) => `${HEAD}
  const { MultiAccountOrg } = load(${JSON.stringify(REPOSITORY)});
  const acme = new MultiAccountOrg(new cdk.App(), 'acme', {
    managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1',
  });
  const stages = Array.from({ length: ${accounts - 1} }, (_, index) => acme.addStage('stage-' + index));
  acme.addAuditTrail({ storedIn: stages[1] });
  acme.addUser('ada', { groups: [acme.addGroup('engineers', { canAssume: stages.slice(0, 4).map(stage => stage.admin) })] });
`;

// no organization: 'root' is an account that acts as the management account
const stackOf = (resources: number) => `${HEAD}
  const stage = id => new cdk.Stage(acme, id, { env: { account: id === 'root' ? '111111111111' : '222222222222', region: 'eu-west-1' } });
  const acme = new (load('constructs').Construct)(new cdk.App(), 'acme');
  new cdk.CfnResource(new cdk.Stack(stage('root'), 'small'), 'topic', { type: 'AWS::SNS::Topic' });
  const stack = new cdk.Stack(stage('stage-0'), 'large');
  let before;
  for (let index = 0; index < ${resources}; index++) {
    // in chains of 100: earlier versions cannot follow a longer one
    const properties = { Type: 'String', Name: '/acme/' + index, Value: index % 100 ? before.ref : 'first' };
    before = new cdk.CfnResource(stack, 'parameter' + index, { type: 'AWS::SSM::Parameter', properties });
  }
`;

interface Summary {
  readonly organizations: Array<{ readonly commands: Array<{ readonly command: string; readonly seconds: number }> }>;
  readonly syntheses?: number;
  readonly costs?: {
    readonly seconds: Record<'startUp' | 'synthesis' | 'commands' | 'comparison', number>;
    readonly peakMebibytes: Record<string, number>;
  };
}

function rehearse(cli: string, source: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const summary = join(folder, 'summary.json');
    const tool = join(folder, 'tool');
    const app = join(folder, 'app');
    // a copy, for an organization whose quota of accounts has been raised
    const checkout = dirname(dirname(cli));
    // earlier versions are rehearsal/cli.js, and have fewer folders
    const parts = ['cli', 'rehearsal'].filter(part => existsSync(join(checkout, part)));
    parts.forEach(part => cpSync(join(checkout, part), join(tool, part), { recursive: true }));
    const quotas = ['engine', '.'].map(part => join(tool, 'rehearsal', 'emulator', part, 'quotas.py')).find(file => existsSync(file))!;
    writeFileSync(quotas, readFileSync(quotas, 'utf8').replace(/(?<=^ACCOUNTS = (Quota\()?)\d+/m, '1000'));
    mkdirSync(app);
    writeFileSync(join(app, 'app.js'), source);
    const flags = join(REPOSITORY, 'node_modules', 'aws-cdk-lib-newest', 'recommended-feature-flags.json');
    writeFileSync(join(app, 'cdk.json'), JSON.stringify({ app: 'node app.js', context: JSON.parse(readFileSync(flags, 'utf8')) }));
    const words = ['rehearse', '--destroy', 'stage-0', '--timeout', '3600', '--json', summary];
    const started = process.hrtime.bigint();
    // the shell knows the CPU seconds of all that it has waited for
    const timed = ['-c', '"$@" >/dev/null; code=$?; times; exit $code', 'sh', process.execPath, join(tool, relative(checkout, cli)), ...words];
    const { status, stdout, stderr } = spawnSync('sh', timed, {
      cwd: app, encoding: 'utf8', env: { ...process.env, NODE_PATH: join(REPOSITORY, 'node_modules') },
    });
    if (status !== 0) {
      throw new Error(`${cli} failed: ${stderr}`);
    }
    const total = Number(process.hrtime.bigint() - started) / 1e9;
    const cpu = [...stdout.trim().split('\n').pop()!.matchAll(/(\d+)m([\d.]+)s/g)]
      .reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
    const { organizations, costs, syntheses }: Summary = JSON.parse(readFileSync(summary, 'utf8'));
    const commands = organizations.flatMap(organization => organization.commands);
    const of = (pattern: RegExp) => commands.filter(({ command }) => pattern.test(command))
      .reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1);
    const known = costs?.seconds;
    return [
      total.toFixed(1), known?.startUp.toFixed(1) ?? '', known ? `${known.synthesis.toFixed(1)} (${syntheses})` : '',
      of(/^cdk bootstrap/), of(/^cdk deploy acme\/root/), of(/^cdk deploy '/), of(/^cdk destroy/),
      known?.comparison.toFixed(1) ?? '', cpu.toFixed(1), costs ? `${Math.max(...Object.values(costs.peakMebibytes))}` : '',
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const numbers = (text?: string) => (text ?? '').split(',').filter(Boolean).map(Number);
const cases: Array<[string, string]> = [
  ...numbers(values.accounts).map((count): [string, string] => [`${count} accounts`, organizationOf(count)]),
  ...numbers(values.resources).map((count): [string, string] => [`${count} resources`, stackOf(count)]),
];
const print = (row: string[]) => console.log(row.map((cell, index) => index < 2 ? cell.padEnd(index ? 7 : 14) : cell.padStart(12)).join(''));
print(['seconds', '', 'all', 'start', 'synthesis', 'bootstrap', 'first deploy', 'second', 'destroy', 'comparison', 'CPU', 'MiB']);
for (const [name, source] of cases) {
  for (const cli of sides) {
    print([name, sides.length > 1 ? cli === sides[0] ? 'before' : 'after' : '', ...rehearse(cli, source)]);
  }
}
