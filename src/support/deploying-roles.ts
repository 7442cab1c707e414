import { Aws, Stack } from 'aws-cdk-lib';
import { qualifierOf, synthesizerNames, synthesizerRoles } from './synthesizer-names';

/** ARN of the role with which CloudFormation deploys a stack. Not set if its synthesizer names none. */
export function deploymentRoleArn(stack: Stack): string | undefined {
  const { account, region } = stack;
  const values: Record<string, string> = { Partition: Aws.PARTITION, AccountId: account, Region: region };
  const { cloudFormationExecutionRole } = stack.synthesizer;
  return cloudFormationExecutionRole?.replace(/\$\{AWS::(\w+)\}/g, (text, name) => values[name] ?? text) || undefined;
}

/** Names of roles that deploy, and of buckets and repositories of assets, as patterns for all accounts and regions. */
export interface Deploying {
  readonly roles: string[];
  readonly buckets: string[];
  readonly repositories: string[];
}

/** Roles that deploy a stack, and buckets and repositories of its assets. */
export function deploying(stack: Stack): Deploying {
  const { roles, buckets, repositories } = named(stack);
  const patterns = (names: Named[]) => [...new Set(names.map(({ pattern }) => pattern))];
  return { roles: patterns(roles), buckets: patterns(buckets), repositories: patterns(repositories) };
}

/** Whether an ARN is that of a role in another account than this one, which somebody there could change. */
export function isRoleOutside(arn: string, accountId: string): boolean {
  return arn.includes(':role/') && !arn.includes(`:${accountId}:`);
}

/** Patterns of the roles by which the CDK enters an account to deploy a stack: CloudFormation's own is none. */
export function entering(stack: Stack): string[] {
  const roles = [...synthesizerRoles(stack)].filter(([property]) => property !== 'cloudFormationExecutionRole');
  return roles.map(([, path]) => anywhere(stack, path.slice(1)));
}

/** Problem of a stack with a policy that names the role which deploys it. */
export function deploymentProblems(stack: Stack): string[] {
  return deploymentRoleArn(stack) !== undefined ? [] : [`cloudFormationExecutionRole ${synthesizerOf(stack)} names no role, so that nobody `
    + 'could change the bucket and its key: give the app a DefaultStackSynthesizer as its defaultStackSynthesizer'];
}

/**
 * Problems of names that a seal has to tell from all others in the account.
 *
 * @param sealed beginning of the names of roles that it is to stop
 */
export function sealProblems(stack: Stack, sealed: string): string[] {
  const { roles, buckets } = named(stack);
  const overlaps = (beginning: string) => beginning.startsWith(sealed) || sealed.startsWith(beginning);
  const wide = [
    ...roles.filter(({ pattern }) => overlaps(beginningOf(pattern))), ...buckets.filter(({ pattern }) => beginningOf(pattern) === ''),
  ];
  return wide.map(({ property, name }) => `${property} ${synthesizerOf(stack)} is '${name}', which the seal cannot tell from others, such as `
    + `'${sealed}admin': give a name that begins with a word of its own, before the account and the region`);
}

/** Problems of names that begin with the account or the region, so that a pattern of them is one of all names. */
export function namelessProblems(stacks: Stack[]): string[] {
  const nameless = stacks.flatMap(stack => Object.values(named(stack)).flat().filter(({ pattern }) => beginningOf(pattern) === ''));
  // stages share a synthesizer, as a rule
  const first = new Map(nameless.reverse().map(({ property, name }) => [property, name]));
  return [...first].map(([property, name]) => `${property} of a synthesizer is '${name}', so guardrails would exempt or protect whatever ends like it: `
    + 'put a word before the account');
}

function beginningOf(pattern: string): string {
  return pattern.split('*')[0];
}

function synthesizerOf({ node, synthesizer: { constructor: { name } } }: Stack): string {
  return `of the ${name} of stack '${node.path}'`;
}

interface Named {
  readonly property: string;
  readonly name: string;
  readonly pattern: string;
}

function named(stack: Stack): Record<keyof Deploying, Named[]> {
  const standard = `cdk-${qualifierOf(stack)}-`;
  const given = (property: string, name?: string) =>
    name === undefined || name.startsWith(standard) ? [] : [{ property, name, pattern: anywhere(stack, name) }];
  return {
    roles: [
      { property: 'qualifier', name: standard, pattern: `${standard}*` },
      ...[...synthesizerRoles(stack)].flatMap(([property, path]) => given(property, path.slice(1))),
    ],
    buckets: [
      { property: 'qualifier', name: standard, pattern: `${standard}assets-*` },
      ...given('fileAssetsBucketName', synthesizerNames(stack).bucketName),
    ],
    repositories: [
      { property: 'qualifier', name: standard, pattern: `${standard}container-assets-*` },
      ...given('imageAssetsRepositoryName', synthesizerNames(stack).repositoryName),
    ],
  };
}

/** The account may not exist yet, and it has stacks in other regions. */
function anywhere({ account, region }: Stack, name: string): string {
  return [account, region, '${AWS::AccountId}', '${AWS::Region}'].reduce((text, part) => text.split(part).join('*'), name);
}
