import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { Template as CoreTemplate } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Conditions?: Record<string, unknown>;
}

/** A template and where it is deployed. */
export interface Deployed {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly parameters: Record<string, unknown>;
  readonly template: Template;
  /** The stacks whose exports it may import. */
  readonly neighbours?: Deployed[];
}

export const ACCOUNTS: Record<string, string> = {
  root: '111111111111',
  audit: '222222222222',
  prod: '333333333333',
  staging: '444444444444',
  dev: '555555555555',
  testing: '666666666666',
};
export const STAGES = Object.keys(ACCOUNTS);
export const MEMBERS = STAGES.filter(stage => stage !== 'root');
export const OUTSIDE = '999999999999';
export const REGION = 'eu-west-1';

/** The templates of the example when every account exists, and of the bootstrap of each account. */
export function deployedExample(): Deployed[] {
  const { manifest } = synthesizeExample({});
  const answers = (manifest.missing ?? []).map(({ key, props }) => {
    const { Email: email } = (props as unknown as { propertyMatch: { Email: string } }).propertyMatch;
    const stage = /\+(\w+)@/.exec(email)![1];
    return [key, [{ AccountId: ACCOUNTS[stage] }]];
  });
  const stacks = synthesizeExample(Object.fromEntries(answers)).stacksRecursively.map(stack => ({
    stack: stack.hierarchicalId,
    account: stack.environment.account,
    region: stack.environment.region,
    parameters: {},
    template: stack.template as Template,
  }));
  return [...stacks, ...bootstraps(stacks)];
}

/** Runs the example itself: it makes its app when it is loaded, and is synthesized when the process ends. */
function synthesizeExample(context: Record<string, unknown>): CloudAssembly {
  const outdir = mkdtempSync(join(tmpdir(), 'isolation-'));
  const atEnd: Array<() => void> = [];
  const once = jest.spyOn(process, 'once').mockImplementation((event, listener) => {
    if (event === 'beforeExit') {
      atEnd.push(listener as () => void);
    }
    return process;
  });
  const before = { ...process.env };
  try {
    const given = { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' };
    Object.assign(process.env, given);
    jest.isolateModules(() => jest.requireActual('../../examples/reference/app'));
    atEnd.forEach(synthesize => synthesize());
    const assembly = new CloudAssembly(outdir);
    assembly.stacksRecursively.forEach(stack => stack.template); // read while it is there
    return assembly;
  } finally {
    once.mockRestore();
    process.env = before;
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Members are bootstrapped by the stack set, root by hand: the CDK CLI gives the same, but trusts nobody. */
function bootstraps(stacks: Deployed[]): Deployed[] {
  const stack = new Stack();
  const templateFile = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.yaml');
  new CfnInclude(stack, 'bootstrap', { templateFile });
  const bootstrap = CoreTemplate.fromStack(stack).toJSON() as Template;
  const stackSet = stacks.flatMap(({ template: { Resources } }) => Object.values(Resources))
    .find(({ Type }) => Type === 'AWS::CloudFormation::StackSet')!;
  const given = stackSet.Properties!.Parameters as Array<{ ParameterKey: string; ParameterValue: unknown }>;
  const parameters = Object.fromEntries(given.map(each => [each.ParameterKey, each.ParameterValue]));
  const trustingNobody = { ...parameters, TrustedAccounts: '', TrustedAccountsForLookup: '' };
  return STAGES.map(stage => ({
    stack: `bootstrap of ${stage}`,
    account: ACCOUNTS[stage],
    region: REGION,
    parameters: stage === 'root' ? trustingNobody : parameters,
    template: bootstrap,
  }));
}
