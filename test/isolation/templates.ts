import { readFileSync } from 'fs';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { discovered } from '../orgs';

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Record<string, { readonly Type?: string; readonly Default?: unknown }>;
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

/** The templates of an organization when every account exists, and of the bootstrap of each account. */
export function deployed(organization: (app: App) => void): Deployed[] {
  const ids = Object.fromEntries(MEMBERS.map(stage => [`aws+${stage}@acme.example`, ACCOUNTS[stage]]));
  const { app } = discovered(defined => {
    organization(defined);
    return { app: defined };
  }, ids);
  return [...deployedOf(app), rootBootstrap()];
}

/** The templates of an app as it is, without the bootstrap. */
export function deployedOf(app: App): Deployed[] {
  return app.synth().stacksRecursively.map(stack => ({
    stack: stack.hierarchicalId,
    account: stack.environment.account,
    region: stack.environment.region,
    parameters: {},
    template: stack.template as Template,
  }));
}

/** The stages of which there are stacks. */
export function stagesOf(stacks: Deployed[]): string[] {
  return STAGES.filter(stage => stacks.some(({ account }) => account === ACCOUNTS[stage]));
}

/** The CDK CLI bootstraps root by hand: it trusts nobody else. */
function rootBootstrap(): Deployed {
  return {
    stack: 'bootstrap of root',
    account: ACCOUNTS.root,
    region: REGION,
    parameters: { TrustedAccounts: '', TrustedAccountsForLookup: '', FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY' },
    template: JSON.parse(readFileSync(join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json'), 'utf8')),
  };
}
