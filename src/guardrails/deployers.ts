import { Lazy, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { GuardrailScope } from './guardrail-interface';
import { Conditions } from './statements';
import { IOrganization } from '../organization/organization';
import { deploying, entering, isRoleOutside, namelessProblems } from '../support/deploying-roles';

// stages and stacks may be added after the guardrails, so all of these are known at synthesis

// AWS's own, which deploy what Control Tower and StackSets have in each account
const OF_AWS = ['AWSControlTowerExecution', 'stacksets-exec-*'];

/** Patterns of the roles that deploy in the accounts, and bootstrap them. */
export function deployers(scope: GuardrailScope): string[] {
  return list(() => deployersOf(scope));
}

/** Patterns of the roles by which root, or anybody else, enters the accounts to deploy or to bootstrap. */
export function entrances(scope: GuardrailScope): string[] {
  return list(() => [...stacksOf(scope).flatMap(stack => entering(stack).map(role)), ...bootstrapRoles(scope)]);
}

/** Patterns of the roles that bootstrap the accounts. */
export function bootstrappers(scope: GuardrailScope): string[] {
  return list(() => bootstrapRoles(scope));
}

/** Patterns of the buckets and repositories of assets, and of the parameters with the version of a bootstrap. */
export function assets(scope: GuardrailScope): string[] {
  return list(() => [
    ...stacksOf(scope).flatMap(stack => {
      const { buckets, repositories } = deploying(stack);
      return [
        ...buckets.flatMap(bucket => [`arn:*:s3:::${bucket}`, `arn:*:s3:::${bucket}/*`]),
        ...repositories.map(repository => `arn:*:ecr:*:*:repository/${repository}`),
      ];
    }),
    'arn:*:ssm:*:*:parameter/cdk-bootstrap/*',
  ]);
}

/** Patterns of the stacks that root deploys: of those that have a name of their own, their names. */
export function deployed(scope: GuardrailScope): string[] {
  const { namespace } = scope.organization;
  const named = (stack: Stack) => stack.stackName.startsWith(`${namespace}-`) ? []
    // CloudFormation names nested stacks after the one that they are in
    : [stack.stackName, ...stack.node.findAll().some(isNested) ? [`${stack.stackName}-*`] : []];
  return list(() => ['CDKToolkit', `${namespace}-*`, ...stacksOf(scope).flatMap(named)]
    .map(name => `arn:*:cloudformation:*:*:stack/${name}/*`));
}

/** Problems of names by which guardrails would spare everybody, or protect everything. */
export function deployerProblems(organization: IOrganization): string[] {
  return namelessProblems(stacksOf({ organization }));
}

/** Notes whom a guardrail exempts: who becomes one of these is exempt, too. */
export function exempt(organization: IOrganization, arns: string[]): void {
  EXEMPT.set(organization, [...EXEMPT.get(organization) ?? [], ...arns]);
}

/** Patterns of the roles whose holders are exempt: those that deploy, these others, and those that are spared. */
export function exemptRoles(scope: GuardrailScope, others: string[]): string[] {
  const { organization, management } = scope;
  const spared = () => [...EXEMPT.get(organization) ?? [], ...management.sparedArns];
  return list(() => [
    ...deployersOf(scope), ...others, ...spared().filter(arn => isRoleOutside(arn, organization.root.accountId)),
  ]);
}

const EXEMPT = new WeakMap<IOrganization, string[]>();

/** Deployments go on. */
export function unlessDeploying(scope: GuardrailScope): Conditions {
  return { ArnNotLike: { 'aws:PrincipalArn': deployers(scope) } };
}

function deployersOf(scope: GuardrailScope): string[] {
  const roles = stacksOf(scope).flatMap(stack => deploying(stack).roles);
  return [...roles.map(role), ...OF_AWS.map(role), ...bootstrapRoles(scope)];
}

function bootstrapRoles({ organization }: GuardrailScope): string[] {
  // AWS makes it in each account that it creates
  return ['OrganizationAccountAccessRole', ...organization.stages.flatMap(({ bootstrapRoleName }) => bootstrapRoleName ?? [])].map(role);
}

function role(name: string): string {
  return `arn:*:iam::*:role/${name}`;
}

function stacksOf({ organization }: Pick<GuardrailScope, 'organization'>): Stack[] {
  return organization.stages.flatMap(stage => stage.node.findAll())
    .filter((child): child is Stack => Stack.isStack(child) && !isNested(child));
}

/** Its parent deploys it. */
function isNested(construct: IConstruct): boolean {
  return Stack.isStack(construct) && construct.nestedStackParent !== undefined;
}

function list(produce: () => string[]): string[] {
  // a list that is cached would stay what it was when a policy was packed
  return Lazy.uncachedList({ produce: () => [...new Set(produce())].sort() });
}
