import { CfnResource, CustomResourceProviderBase, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { createAfter } from './dependencies';
import { keepOrDestroy } from './removal';

/** For how long logs of functions are kept, and what becomes of them. */
export interface LogPolicy {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

const ID = 'custom-resource-logs';

/**
 * Gives the functions with which the CDK stands in for missing types, such as the one that empties buckets, a log
 * group of the stack. Otherwise Lambda makes one that nobody ever deletes.
 *
 * To be called after what needs such a function was defined. Calling it again does no harm.
 */
export function keepProviderLogs(scope: IConstruct, policy: LogPolicy): void {
  const stack = Stack.of(scope);
  for (const provider of stack.node.children.filter(child => child instanceof CustomResourceProviderBase)) {
    const handler = provider.node.findChild('Handler') as CfnResource;
    const group = providerLogGroup(stack, policy);
    handler.addPropertyOverride('LoggingConfig', { LogGroup: group.ref });
    createAfter(handler, group);
  }
}

/** The log group of the stack for such functions, kept as the first that asks for it says. */
export function providerLogGroup(stack: Stack, policy: LogPolicy): CfnLogGroup {
  const known = stack.node.tryFindChild(ID) as CfnLogGroup | undefined;
  if (known) {
    return known;
  }
  const forEver = policy.logRetention === RetentionDays.INFINITE;
  const group = new CfnLogGroup(stack, ID, { retentionInDays: forEver ? undefined : policy.logRetention });
  group.applyRemovalPolicy(keepOrDestroy(undefined, policy.removalPolicy));
  return group;
}
