import { Stack, Token } from 'aws-cdk-lib';
import { IOrganization } from './organization';
import { collisions } from './rules';
import { NO_ACCOUNT } from '../support/rules';

/** Problems of the stacks of an organization, including those of a Stage within a stage. */
export function stackProblems({ root, stages }: IOrganization): string[] {
  const all = [root, ...stages].flatMap(stage =>
    stage.node.findAll().filter(Stack.isStack).filter(({ nestedStackParent }) => !nestedStackParent)
      .map(stack => ({ stage, stack })));
  const elsewhere = all.filter(({ stage, stack }) => stack.account !== stage.account);
  return [
    ...elsewhere.map(({ stage, stack }) => {
      const account = Token.isUnresolved(stack.account) ? 'whatever account the caller is in' : `account '${stack.account}'`;
      return `stack '${stack.node.path}' goes to ${account}, and stage '${stage.node.id}' is account '${stage.accountId}': `
        + 'leave out the account of its env, or define it outside of the stage';
    }),
    ...collisions('stack name', all.map(({ stage, stack }) => {
      // all accounts that do not exist yet share one placeholder, but will differ
      const account = stack.account === NO_ACCOUNT ? stage.node.id : stack.account;
      return { owner: stack.node.path, value: `${stack.stackName}' in '${account}' and '${stack.region}` };
    }),
    'each deployment would replace the other, so give one of them another id'),
  ];
}
