import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { IOrganization } from './organization';
import { collisions, optInProblem } from './rules';
import { StageAccount } from '../stage-account';
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
    ...all.flatMap(({ stack }) => parameterProblem(stack)),
  ];
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_PARAMETERS = 200;

function parameterProblem(stack: Stack): string[] {
  const { length } = stack.node.findAll().filter(child => child instanceof CfnParameter && child.stack === stack);
  // and the version of the bootstrap
  return length < MAX_PARAMETERS ? [] : [`stack '${stack.node.path}' has ${length + 1} parameters, and CloudFormation takes ${MAX_PARAMETERS}: `
    + 'each account that is created adds one where its ID is used, so divide the stack, or attach policies to organizational units'];
}

/** Problems of stacks that are in another region than their stage, which has a new account. */
export function stackRegionProblems(organization: IOrganization, created: StageAccount[]): string[] {
  const stacks = organization.node.findAll().filter(Stack.isStack).filter(stack => !stack.nestedStackParent);
  return stacks.flatMap(stack => {
    const [problem] = optInProblem(`region of stack '${stack.node.path}'`, stack.region);
    const stages = problem === undefined ? [] : created.filter(({ account }) => account === stack.account);
    return stages.length === 0 || stages.some(({ region }) => region === stack.region) ? [] : [problem];
  });
}
