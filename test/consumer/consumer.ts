import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { REPOSITORY, run } from '../packages';

const CDK = join(REPOSITORY, 'node_modules', '.bin', 'cdk');
// what the example of the README is, with the services that are given to its stages
const STACKS = ['acme/root/organization', 'acme/root/people', 'acme/audit-trail/bucket', 'acme/testing/access',
  'acme/prod/backing-services'];
// said to everybody by what is not ours: by jsii of a node that is old
const NOT_OURS = /^(b')?!!/;
const COMPLAINT = /warn|deprecat|error|fail/i;

// of each stage that waits for its account, whose stacks the CLI leaves alone until then
const NOT_YET = /^account '\w+' does not exist yet: deploy 'acme\/root\/organization' first$/;

interface Report {
  readonly violations: Array<{ readonly description: string }>;
}

/** A fresh app of today's `cdk init`, in a folder of its own, by somebody who has no credentials. */
export class Consumer {
  public readonly folder: string;
  private readonly parent = mkdtempSync(join(tmpdir(), 'consumer-'));
  private env: NodeJS.ProcessEnv = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|JSII_)/.test(name)));

  constructor(language: 'typescript' | 'python') {
    this.folder = join(this.parent, 'acme');
    run(this.parent, 'mkdir', [this.folder]);
    this.env.AWS_EC2_METADATA_DISABLED = 'true';
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
    const said = this.run(command, ...words, 'synth').split('\n').filter(line => !NOT_OURS.test(line));
    const listed = this.run(command, ...words, 'ls').split('\n').map(line => line.split(' ')[0]);
    return [
      ...said.filter(line => COMPLAINT.test(line)).map(line => `'cdk synth' says: ${line}`),
      ...STACKS.filter(stack => !listed.includes(stack)).map(stack => `'cdk ls' does not list ${stack}`),
      ...this.findings().filter(finding => !NOT_YET.test(finding)).map(finding => `the CDK's validation finds: ${finding}`),
    ];
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
    return said.includes('rehearsal succeeded') ? [] : [`the rehearsal says: ${said.slice(-500)}`];
  }

  public leave(): void {
    rmSync(this.parent, { recursive: true, force: true });
  }
}
