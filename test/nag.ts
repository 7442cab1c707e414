import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { App, Aspects, Stack, Stage } from 'aws-cdk-lib';
import { version as VERSION } from 'aws-cdk-lib/package.json';
import recommendedFlags from 'aws-cdk-lib-newest/recommended-feature-flags.json';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Synthesized, synthesize } from './orgs';

export type Context = Record<string, unknown>;

/** The CDK's own validation of templates came with this version. */
export const VALIDATES_SINCE = 262;
export const validates = Number(VERSION.split('.')[1]) >= VALIDATES_SINCE;

// what `cdk init` of the newest CLI writes; a CLI looks at the stacks that it deploys, where `synth` alone fails at any
export const FLAGS: Context = {
  ...recommendedFlags,
  '@aws-cdk/core:failSynthOnValidationErrors': false,
};

interface Report {
  readonly pluginReports: Array<{
    readonly violations: Array<{ readonly ruleName: string; readonly severity: string; readonly description: string }>;
  }>;
}

// what waits for its account, and a flag of `cdk init` that newer versions recommend to whoever lacks it and refers to
// another stack: with the flags nothing is said
const NO_FINDING = /does not exist yet|ack: @aws-cdk\/core:crossStackReferencesDefaultStrong\]/;

/** An app, and what is said of it. */
export interface Look {
  readonly synthesized: Synthesized;
  /** What cdk-nag says, and what the CDK warns of. */
  readonly findings: string[];
  /** What the CDK's own validation of templates says, where the app asks for it. */
  readonly violations: string[];
}

/** Synthesizes an app once, with cdk-nag, and with the CDK's own validation if the app has its flag. */
export function look(app: App): Look {
  // an aspect of the app does not reach into its stages
  for (const scope of [...app.node.findAll().filter(Stage.isStage), ...app.node.children.filter(Stack.isStack)]) {
    if (scope !== app) {
      Aspects.of(scope).add(new AwsSolutionsChecks({ verbose: true }));
    }
  }
  const setting = process.env.CDK_VALIDATION;
  if (app.node.tryGetContext('@aws-cdk/core:validateAgainstDefaultRules')) {
    delete process.env.CDK_VALIDATION;
  }
  const synthesized = synthesize(app);
  process.env.CDK_VALIDATION = setting;
  return { synthesized, findings: findings(synthesized), violations: violations(app) };
}

function findings(synthesized: Synthesized): string[] {
  return [...synthesized.stacks].flatMap(([path, { messages }]) => messages
    .filter(({ level, entry }) => level !== 'info' && !NO_FINDING.test(String(entry.data)))
    .map(({ id, entry }) => `${path} ${id} ${String(entry.data)}`));
}

function violations(app: App): string[] {
  const file = join(app.outdir, 'validation-report.json');
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Report : { pluginReports: [] };
  return report.pluginReports.flatMap(plugin => plugin.violations)
    .map(({ severity, ruleName, description }) => `${severity} ${ruleName} ${description}`);
}

/** The rules of cdk-nag that are set aside, with the reason. */
export function acceptances(synthesized: Synthesized): Array<{ readonly id: string; readonly reason: string }> {
  return [...synthesized.stacks.keys()].flatMap(path => Object.values(synthesized.resources(path)))
    .flatMap(({ Metadata }) => Metadata?.cdk_nag?.rules_to_suppress ?? []);
}
