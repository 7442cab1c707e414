import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { copyOfExample, REPOSITORY, run } from '../packages';

const CDK = join(REPOSITORY, 'node_modules', '.bin', 'cdk');
// what the example of the README is, with the services that are given to its stages
const STACKS = ['acme/root/organization', 'acme/root/people', 'acme/audit-trail/bucket', 'acme/testing/access',
  'acme/prod/backing-services'];
// said to everybody by what is not ours: by jsii of a node that is old, by the CLI at its end, and by an older CDK
// before it looks at what waits for its account
const NOT_OURS = [
  /^$/, /^(b')?!!/, /^Successfully synthesized to /, /^Supply a stack id \(.*\) to display its template\.$/,
  /^Performing Policy Validations$/,
];

// of each stage that waits for its account, whose stacks the CLI leaves alone until then
const NOT_YET = /^(account '\w+'|it names an account that) does not exist.*deploy 'acme\/root\/organization' first$/;

interface Report {
  readonly violations: Array<{ readonly description: string }>;
}

interface Manifest {
  readonly missing?: Array<{ readonly provider: string; readonly key: string; readonly props: { account: string } }>;
}

/** A fresh app of today's `cdk init`, in a folder of its own, by somebody who has no credentials. */
export class Consumer {
  public readonly folder: string;
  /** How many lines were printed that are not of everybody's. */
  public lines = 0;
  private readonly parent = mkdtempSync(join(tmpdir(), 'consumer-'));
  private env: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|JSII_)/.test(name)));

  constructor(language: 'typescript' | 'python') {
    this.folder = join(this.parent, 'acme');
    run(this.parent, 'mkdir', [this.folder]);
    this.env.AWS_EC2_METADATA_DISABLED = 'true';
    this.env.CDK_NOTICES = 'false';
    this.env.AWS_CONFIG_FILE = this.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';
    this.run(CDK, 'init', 'app', '--language', language, '--generate-only');
  }

  public run(command: string, ...words: string[]): string {
    return run(this.folder, command, words, this.env).output;
  }

  public putFirstOnPath(folder: string): void {
    this.env.PATH = `${folder}:${process.env.PATH}`;
  }

  /** Everything that is wrong with what `cdk synth` and `cdk ls` say, and with what they make. */
  public problems(cdk: string[]): string[] {
    const [command, ...words] = cdk;
    const problems = this.said(cdk);
    const listed = this.run(command, ...words, 'ls', '--app', 'cdk.out').split('\n').map(line => line.split(' ')[0]);
    return [...problems, ...STACKS.filter(stack => !listed.includes(stack)).map(stack => `'cdk ls' does not list ${stack}`)];
  }

  /** The same of the example in the repository, whose accounts exist. */
  public exampleProblems(cdk: string[]): string[] {
    const app = `npx tsx ${join(copyOfExample('typescript', this.folder), 'app.ts')}`;
    writeFileSync(join(this.folder, 'cdk.context.json'), JSON.stringify(this.answers(app, this.answers(app))));
    return this.said(cdk, '--app', app);
  }

  /** What the commands of a review say of it, of which no account is there yet. */
  public reviewProblems(): string[] {
    const review = join(REPOSITORY, 'cli', 'main.js');
    const { steps, errors } = JSON.parse(this.run('node', review, 'plan', '--accept', '--json'));
    const page = this.run('node', review, 'report', '--markdown');
    return [
      ...steps.length === 3 ? [] : [`'plan' has ${steps.length} commands`],
      ...errors.length === 0 ? [] : [`'plan' says that the app has ${errors.length} errors`],
      ...page.includes('| prod | read-only<br>') ? [] : [`'report' has no matrix: ${page.slice(0, 1000)}`],
    ];
  }

  private said(cdk: string[], ...options: string[]): string[] {
    const [command, ...words] = cdk;
    const said = this.run(command, ...words, 'synth', ...options).split('\n')
      .filter(line => !NOT_OURS.some(known => known.test(line)));
    this.lines += said.length;
    return [
      ...said.map(line => `'cdk synth' says: ${line}`),
      ...this.findings().filter(finding => !NOT_YET.test(finding)).map(finding => `the CDK's validation finds: ${finding}`),
    ];
  }

  /** What the CLI would find out for an app in accounts that exist. */
  private answers(app: string, known: Record<string, unknown> = {}): Record<string, unknown> {
    const asked = join(this.parent, 'asked');
    const context = { CDK_CONTEXT_JSON: JSON.stringify(known) };
    run(this.folder, 'sh', ['-c', app], { ...this.env, ...context, CDK_OUTDIR: asked, CDK_VALIDATION: 'false' });
    const { missing = [] }: Manifest = JSON.parse(readFileSync(join(asked, 'manifest.json'), 'utf8'));
    const accounts = missing.filter(({ provider }) => provider === 'cc-api-provider')
      .map(({ key }, index) => ({ key, id: String(222222222222 + index) }));
    const zones = missing.filter(({ provider }) => provider === 'availability-zones').flatMap(({ key, props }) =>
      [props.account, ...accounts.map(({ id }) => id)].map(id => [key.replace(props.account, id), ['a', 'b', 'c']]));
    // asked for once an account is found: the parameter in which its stack has written its ID
    const stacks = missing.filter(({ provider }) => provider === 'ssm').map(({ key }) => {
      const [, stage] = /\/account\/(\w+)-/.exec(key)!;
      const [, found] = Object.entries(known).find(([other]) => other.includes(`aws+${stage}@`))!;
      return [key, (found as Array<{ AccountId: string }>)[0].AccountId];
    });
    const ids = accounts.map(({ key, id }) => [key, [{ AccountId: id }]]);
    return { ...known, ...Object.fromEntries([...zones, ...stacks, ...ids]) };
  }

  /** What newer versions of the CDK find in templates, apart from what they say. */
  private findings(): string[] {
    const report = join(this.folder, 'cdk.out', 'validation-report.json');
    return existsSync(report)
      ? JSON.parse(readFileSync(report, 'utf8')).pluginReports
        .flatMap(({ violations }: Report) => violations.map(({ description }) => description))
      : [];
  }

  /** What is wrong with the three commands of the README, on the emulated AWS. */
  public rehearsalProblems(...npx: string[]): string[] {
    const said = this.run('npx', ...npx, 'cdk-multi-account-org', 'rehearse', '--destroy', 'testing');
    return [
      ...said.includes('rehearsal succeeded') ? [] : [`the rehearsal says: ${said.slice(-500)}`],
      // in an account in which nothing is yet
      .../^check: \d+ ✔, 0 ✘, \d+ \?$/m.test(said) ? [] : [`the check before it says: ${said.slice(0, 2000)}`],
    ];
  }

  public leave(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}
