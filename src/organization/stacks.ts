import { CfnParameter, Stack, Stage, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IOrganization } from './organization';
import { collisions, optInProblem } from './rules';
import { StageAccount } from '../stage-account';
import { NO_ACCOUNT, partitionProblem, regionProblem } from '../support/rules';

/** Name of the stack of a bootstrap. */
export const TOOLKIT = 'CDKToolkit';

/** A stack, and where it goes. */
export interface PlacedStack {
  readonly stack: Stack;
  /** The stage that it is in, of whatever organization. */
  readonly stage?: StageAccount;
}

/** All stacks of an app, with those of Stages within stages. */
export function placedStacks(constructs: IConstruct[]): PlacedStack[] {
  return constructs.filter(Stack.isStack).filter(({ nestedStackParent }) => !nestedStackParent)
    .map(stack => ({ stack, stage: stack.node.scopes.reverse().find(StageAccount.isStageAccount) }));
}

/** Problems of where the stacks of an organization go, and of those that are elsewhere and go to its accounts. */
export function stackProblems(
  { root, stages }: IOrganization, homeRegion: string | undefined, placed: PlacedStack[],
): string[] {
  const known = new Map([root, ...stages].map(stage => [stage.accountId, stage]));
  known.delete(NO_ACCOUNT);
  const ours = new Set([root, ...stages]);
  return [...new Set(placed.flatMap(({ stack, stage }) => {
    const goesTo = stage ?? known.get(stack.account);
    if (goesTo === undefined || !ours.has(goesTo)) {
      return [];
    }
    const { account, region } = stack;
    return [
      ...stage === undefined || account === stage.account ? [] : elsewhereProblem(stack, stage),
      ...region === goesTo.region || Token.isUnresolved(region) ? []
        : [regionProblem, partitionProblem].flatMap(rule => rule(`region of ${namedAs(stack, 'region')}`, region, homeRegion ?? '')),
      ...stack.stackName !== TOOLKIT || stage === undefined ? []
        : [`stack '${stack.node.path}' has the name '${TOOLKIT}' of the stack that the CDK deploys by: give it another`],
      ...parameterProblem(stack),
    ];
  }))];
}

function elsewhereProblem(stack: Stack, stage: StageAccount): string[] {
  const account = Token.isUnresolved(stack.account) ? 'whatever account the caller is in' : `account '${stack.account}'`;
  const own = stage.accountId === NO_ACCOUNT ? 'to one of its own' : `to '${stage.accountId}'`;
  return [`${namedAs(stack, 'account')} goes to ${account}, and stage '${stage.node.id}' ${own}: `
    + 'leave out the account of its env, or define it outside of the stage'];
}

/** Name of the construct that sets where a stack goes: the stack, or a Stage that it is in. */
function namedAs(stack: Stack, property: 'account' | 'region'): string {
  const stage = Stage.of(stack);
  return stage && !StageAccount.isStageAccount(stage) && stage[property] === stack[property]
    ? `nested Stage '${stage.node.path}'` : `stack '${stack.node.path}'`;
}

/** Problems of names that two stacks would have. */
export function nameProblems({ node }: IOrganization, placed: PlacedStack[]): string[] {
  const names = placed.flatMap(({ stack, stage }) => {
    const { account, region } = stack;
    // accounts that do not exist yet share one placeholder, but will differ; others may be known to the caller only
    const place = account === NO_ACCOUNT ? stage?.node.path : account;
    return place === undefined || [account, region].some(value => Token.isUnresolved(value)) ? []
      : [{ owner: stack.node.path, value: `${stack.stackName}' in '${place}' and '${region}` }];
  });
  return collisions('stack name', names, 'each deployment would replace the other, so give one of them another id',
    path => path.startsWith(`${node.path}/`));
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
export function stackRegionProblems(
  { node }: IOrganization, created: StageAccount[], placed: PlacedStack[],
): string[] {
  return placed.filter(({ stack }) => stack.node.path.startsWith(`${node.path}/`)).flatMap(({ stack }) => {
    const [problem] = optInProblem(`region of stack '${stack.node.path}'`, stack.region);
    const stages = problem === undefined ? [] : created.filter(({ account }) => account === stack.account);
    return stages.length === 0 || stages.some(({ region }) => region === stack.region) ? [] : [problem];
  });
}
