import { createHash } from 'crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, AppProps, Stage } from 'aws-cdk-lib';
import { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { MultiAccountOrg, MultiAccountOrgProps, OrganizationSource, StageAccount, StageProfile } from '../src';

export const ROOT = '111111111111';
export const AUDIT = '222222222222';
export const PROD = '333333333333';
export const DEV = '444444444444';

// kept, they are linted afterwards; of random organizations and of weakened ones, nothing new would be; of apps
// that are wrong, stages may be written before the app fails
const kept = /properties|isolation|limits|mistakes|public-values|review/.test(expect.getState().testPath ?? '') ? undefined : process.env.KEEP_TEMPLATES;
const outdir = mkdtempSync(join(kept ?? tmpdir(), 'orgs-'));
afterAll(() => kept ?? rmSync(outdir, { recursive: true, force: true }));

export function newOutdir(name = 'cdk.out'): string {
  return mkdtempSync(join(outdir, `${name}-`));
}

/** An app that leaves nothing behind and says nothing. */
export function testApp(context: Record<string, unknown> = {}, props: AppProps = {}): App {
  return new App({
    analyticsReporting: false,
    treeMetadata: false,
    outdir: newOutdir(),
    // in jest, which translates every trace back to TypeScript, an eighth of the time
    context: { 'aws:cdk:disable-creation-stack-traces': true, ...context },
    ...props,
  });
}

export function orgProps(props: Partial<MultiAccountOrgProps> = {}): MultiAccountOrgProps {
  return { managementAccountId: ROOT, homeRegion: 'eu-west-1', email: 'aws@acme.example', ...props };
}

export interface Acme {
  readonly app: App;
  readonly org: MultiAccountOrg;
  readonly audit: StageAccount;
  readonly prod: StageAccount;
  readonly dev: StageAccount;
}

/** Three stages and a trail, none of whose accounts exists yet. */
export function acme(app = testApp(), props: Partial<MultiAccountOrgProps> = {}): Acme {
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
  const prod = org.addStage('prod', { organizationalUnit: 'workloads/production' });
  const dev = org.addStage('dev', { profile: StageProfile.DEVELOPMENT, organizationalUnit: 'workloads' });
  return { app, org, audit, prod, dev };
}

/** The same three stages in accounts that exist. */
export function acmeOfKnownAccounts(source = OrganizationSource.memberAccounts(), app = testApp()): Acme {
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: source, email: undefined }));
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, accountId: AUDIT });
  const prod = org.addStage('prod', { accountId: PROD });
  const dev = org.addStage('dev', { profile: StageProfile.DEVELOPMENT, accountId: DEV });
  return { app, org, audit, prod, dev };
}

/** And with one account for all of them. */
export function acmeOfOneAccount(app = testApp()): Acme {
  const organization = OrganizationSource.singleAccount();
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization, email: undefined }));
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT });
  const prod = org.addStage('prod');
  const dev = org.addStage('dev', { profile: StageProfile.DEVELOPMENT });
  return { app, org, audit, prod, dev };
}

export const EXISTING = OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' });

/** What is missing and how a CLI that finds the accounts would answer, by e-mail. */
export interface Lookup {
  readonly key: string;
  readonly provider: string;
  readonly props: {
    readonly account: string;
    readonly region: string;
    readonly propertyMatch?: { readonly Email: string };
  };
}

export function lookups(assembly: CloudAssembly): Lookup[] {
  return (assembly.manifest.missing ?? []) as unknown as Lookup[];
}

/** Both are answered at once: which account has the address, and that its stack has made it. */
export function answers(assembly: CloudAssembly, ids: Record<string, string>): Record<string, unknown> {
  const synthesized = new Synthesized(assembly);
  return Object.fromEntries(lookups(assembly).flatMap(({ key, provider, props }) => {
    const email = props.propertyMatch?.Email ?? '';
    const id = ids[email];
    if (provider !== 'cc-api-provider' || !id) {
      return [];
    }
    const made = synthesized.find('AWS::Organizations::Account').find(({ path, resource }) =>
      resource.Properties.Email === email && synthesized.stack(path).environment.account === props.account);
    return [
      [key, [{ AccountId: id }]],
      ...made ? [[stackLookup(synthesized.one('AWS::SSM::Parameter', made.path).Properties.Name, props), id]] : [],
    ];
  }));
}

/** Key of the question whether the stack of an account has made it. */
export function stackLookup(parameterName: string, { account, region } = { account: ROOT, region: 'eu-west-1' }): string {
  return `ssm:account=${account}:dummyValue=no-stack:ignoreErrorOnMissingContext=true:parameterName=${parameterName}:region=${region}`;
}

export const ACME_IDS = {
  'aws+audit@acme.example': AUDIT,
  'aws+prod@acme.example': PROD,
  'aws+dev@acme.example': DEV,
};

/** Defines and synthesizes as the CLI does: once to ask for the accounts, and again with what it has found. */
export function discovered<T extends { app: App }>(
  define: (app: App) => T, ids: Record<string, string> = ACME_IDS, context: Record<string, unknown> = {},
  props: AppProps = {},
): T {
  const found = answers(define(testApp(context, props)).app.synth(), ids);
  return define(testApp({ ...context, ...found }, props));
}

export interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [property: string]: any };
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: { readonly [key: string]: any };
}

export interface Output {
  readonly Value: unknown;
  readonly Export?: { readonly Name: string };
}

/** All stacks of an app by their paths, whatever stage they are in. */
export class Synthesized {
  public readonly stacks: Map<string, CloudFormationStackArtifact>;

  constructor(public readonly assembly: CloudAssembly) {
    this.stacks = new Map(assembly.stacksRecursively.map(stack => [stack.hierarchicalId, stack]));
  }

  public stack(path: string): CloudFormationStackArtifact {
    const stack = this.stacks.get(path);
    if (!stack) {
      throw new Error(`no stack '${path}' among ${[...this.stacks.keys()].join(', ')}`);
    }
    return stack;
  }

  /** Resources of a stack, with `ssm:<name>` where root reads one of its own parameters. */
  public resources(path: string): Record<string, Resource> {
    const { Resources = {}, Parameters = {} } = this.stack(path).template;
    const names = Object.entries<TemplateParameter>(Parameters).filter(([, { Type }]) => Type === READ)
      .map(([id, { Default }]): [string, string] => [id, `ssm:${Default}`]);
    const read = JSON.parse(JSON.stringify(Resources).replace(/\{\{resolve:ssm:([^}]+)\}\}/g, 'ssm:$1'));
    return named(read, Object.fromEntries(names)) as Record<string, Resource>;
  }

  /** Templates of nested stacks, by their files. */
  public get nested(): Array<[file: string, template: { readonly [section: string]: any }]> {
    const { directory } = this.assembly;
    return readdirSync(directory).filter(file => file.endsWith('.nested.template.json')).sort()
      .map(file => [file, JSON.parse(readFileSync(join(directory, file), 'utf8'))]);
  }

  public outputs(path: string): Record<string, Output> {
    return this.stack(path).template.Outputs ?? {};
  }

  /** The resources of a type, in one stack or all but the bootstraps, which are the CDK CLI's, with their stacks. */
  public find(type: string, path?: string): Array<{ path: string; id: string; resource: Resource }> {
    return [...this.stacks.keys()].filter(candidate => path === undefined ? !candidate.includes('/bootstrap/') : candidate === path).flatMap(candidate =>
      Object.entries(this.resources(candidate)).filter(([, { Type }]) => Type === type)
        .map(([id, resource]) => ({ path: candidate, id, resource })));
  }

  public one(type: string, path?: string): Resource {
    const found = this.find(type, path);
    if (found.length !== 1) {
      throw new Error(`${found.length} resources of type ${type} in ${path ?? 'the app'}`);
    }
    return found[0].resource;
  }

  /** The paths of the stacks that are deployed before a stack, as far as the manifest says it. */
  public dependencies(path: string): string[] {
    return this.stack(path).dependencies.filter(({ manifest }) => manifest.type === 'aws:cloudformation:stack')
      .map(({ hierarchicalId }) => hierarchicalId).sort();
  }

  public errors(path: string): string[] {
    return this.stack(path).messages.filter(({ level }) => level === 'error').map(({ entry }) => String(entry.data));
  }
}

interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string;
}

const READ = 'AWS::SSM::Parameter::Value<String>';

function named(value: unknown, names: Record<string, string>): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const { Ref } = value as { Ref?: string };
  if (Ref !== undefined && names[Ref] !== undefined) {
    return names[Ref];
  }
  return Array.isArray(value) ? value.map(item => named(item, names))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item, names)]));
}

/** Where root keeps the ID of the account that is created for a stage of `acme`, as `Synthesized.resources` has it. */
export function accountRead(stage: string, email = `aws+${stage}@acme.example`): string {
  return `ssm:/acme/account/${stage}-${createHash('sha256').update(email).digest('hex').slice(0, 8)}`;
}

/** What a custom resource calls: `Organizations.enableAWSServiceAccess`. Ids of resources may be in between. */
export function callOf({ Properties }: Resource): string {
  const call = typeof Properties.Create === 'string' ? Properties.Create : strings(Properties.Create).join('');
  const [, service, action] = /"service":"(\w+)","action":"(\w+)"/.exec(call)!;
  return `${service}.${action}`;
}

export function synthesize(app: Stage): Synthesized {
  return new Synthesized(app.synth());
}

/** Everything that synthesis complains about, a line each. */
export function problems(app: App): string[] {
  try {
    app.synth();
    return [];
  } catch (error) {
    const [title, ...lines] = (error as Error).message.split('\n');
    if (!title.startsWith('Validation failed with the following errors:')) {
      throw error;
    }
    return lines.map(line => line.replace(/^\s*\[[^\]]*\] /, ''));
  }
}

/** Everything in a template that is a string, keys included. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [key, ...strings(inner)]) : [];
}
