import { rmSync } from 'fs';
import { join } from 'path';
import { Annotations, Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IOrganization } from './organization';
import { NO_ACCOUNT } from '../support/rules';

/**
 * Prevents stacks from being deployed that are in an account that does not exist yet, or refer to one: each by an
 * error of its own, so that all others can be deployed. Called when the organization is defined, for Stages that are
 * synthesized before it, and when root is synthesized, for all others.
 */
export function holdBack(organization: IOrganization, waiting: Set<IConstruct>): void {
  const check = (stage: Stage) => stacksOf(stage).forEach(stack => {
    const told = reason(organization, waiting, stack);
    if (told !== undefined && !stack.node.metadata.some(({ data }) => data === told)) {
      Annotations.of(stack).addError(told);
    }
  });
  organization.node.root.node.findAll().filter(Stage.isStage)
    // each when it is complete: aspects may still change it before
    .forEach(stage => stage.node.addValidation({ validate: () => { check(stage); return []; } }));
}

/**
 * Removes the report of an earlier synthesis. The CLI reads our errors from it, and the CDK does not replace it when
 * validation is switched off: accounts that have been found since would not exist forever.
 */
export function forgetReport(organization: IOrganization): void {
  rmSync(join((organization.node.root as Stage).outdir, 'validation-report.json'), { force: true });
}

function reason(organization: IOrganization, waiting: Set<IConstruct>, stack: Stack): string | undefined {
  if (waiting.size === 0) {
    return undefined;
  }
  const wayOut = `deploy '${organization.node.path}/root/organization' first`;
  const stage = stack.node.scopes.find(scope => waiting.has(scope));
  if (stage) {
    return `account '${stage.node.id}' does not exist yet: ${wayOut}`;
  }
  const names = [...waiting].map(({ node }) => `'${node.id}'`).join(', ');
  return stack.account === NO_ACCOUNT || mentions(stack) ? `it names an account that does not exist yet, of ${names}: ${wayOut}` : undefined;
}

function stacksOf(stage: Stage): Stack[] {
  return stage.node.findAll().filter(Stack.isStack)
    .filter(stack => !stack.nestedStackParent && Stage.of(stack) === stage);
}

/** The placeholder as an account ID, not as the end of an identifier of zeros or of a number. */
const PLACEHOLDER = new RegExp(`(?<![0-9a-z])(?<![0-9a-f]{8}-([0-9a-f]{4}-){3})${NO_ACCOUNT}(?![0-9a-z])`, 'i');

function mentions(stack: Stack): boolean {
  return stack.node.findAll().filter(Stack.isStack).some(part => {
    const template = part as unknown as { _toCloudFormation(): object };
    return JSON.stringify(part.resolve(template._toCloudFormation())).match(PLACEHOLDER) !== null;
  });
}
