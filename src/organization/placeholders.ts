import { Annotations, Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IOrganization } from './organization';
import { NO_ACCOUNT } from '../support/rules';

/**
 * Keeps from being deployed what is in an account that does not exist yet, or names one: each stack by an error of its
 * own, so that all others still can be. Is called when the app is synthesized, before anything outside root is.
 */
export function holdBack(organization: IOrganization, waiting: Set<IConstruct>): void {
  if (waiting.size === 0) {
    return;
  }
  const wayOut = `deploy '${organization.root.node.path}/organization' first`;
  const names = [...waiting].map(({ node }) => `'${node.id}'`).join(', ');
  const reason = (stack: Stack) => {
    const stage = stack.node.scopes.find(scope => waiting.has(scope));
    if (stage) {
      return `account '${stage.node.id}' does not exist yet: ${wayOut}`;
    }
    return mentions(stack) ? `it names an account that does not exist yet, of ${names}: ${wayOut}` : undefined;
  };
  const check = (stage: Stage) => stacksOf(stage).forEach(stack => {
    const told = reason(stack);
    if (told !== undefined && !stack.node.metadata.some(({ data }) => data === told)) {
      Annotations.of(stack).addError(told);
    }
  });
  check(organization.root);
  organization.node.root.node.findAll().filter(Stage.isStage)
    .filter(stage => !stage.node.scopes.includes(organization.root))
    // each once it is whole: aspects may change it still
    .forEach(stage => stage.node.addValidation({ validate: () => { check(stage); return []; } }));
}

function stacksOf(stage: Stage): Stack[] {
  return stage.node.findAll().filter(Stack.isStack)
    .filter(stack => !stack.nestedStackParent && Stage.of(stack) === stage);
}

function mentions(stack: Stack): boolean {
  return stack.node.findAll().filter(Stack.isStack).some(part => {
    const template = part as unknown as { _toCloudFormation(): object };
    return JSON.stringify(part.resolve(template._toCloudFormation())).includes(NO_ACCOUNT);
  });
}
