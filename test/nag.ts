import { readFileSync } from 'fs';
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

/** What the CDK's own validation of templates says. */
export function violations(app: App): string[] {
  const setting = process.env.CDK_VALIDATION;
  delete process.env.CDK_VALIDATION;
  app.synth();
  process.env.CDK_VALIDATION = setting;
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports.flatMap(plugin => plugin.violations)
    .map(({ severity, ruleName, description }) => `${severity} ${ruleName} ${description}`);
}

// what waits for its account, and a flag of `cdk init` that newer versions recommend to whoever lacks it and refers to
// another stack: with the flags nothing is said
const NO_FINDING = /does not exist yet|ack: @aws-cdk\/core:crossStackReferencesDefaultStrong\]/;

/** What cdk-nag says, and what the CDK warns of. */
export function findings(app: App): string[] {
  // an aspect of the app does not reach into its stages
  for (const scope of [...app.node.findAll().filter(Stage.isStage), ...app.node.children.filter(Stack.isStack)]) {
    if (scope !== app) {
      Aspects.of(scope).add(new AwsSolutionsChecks({ verbose: true }));
    }
  }
  return [...synthesize(app).stacks].flatMap(([path, { messages }]) => messages
    .filter(({ level, entry }) => level !== 'info' && !NO_FINDING.test(String(entry.data)))
    .map(({ id, entry }) => `${path} ${id} ${String(entry.data)}`));
}

/** The rules of cdk-nag that are set aside, with the reason. */
export function acceptances(synthesized: Synthesized): Array<{ readonly id: string; readonly reason: string }> {
  return [...synthesized.stacks.keys()].flatMap(path => Object.values(synthesized.resources(path)))
    .flatMap(({ Metadata }) => Metadata?.cdk_nag?.rules_to_suppress ?? []);
}
