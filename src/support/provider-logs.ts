import { CfnResource, CustomResourceProviderBase, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { createAfter } from './dependencies';
import { keepOrDestroy } from './removal';

/** Retention and removal of the logs of functions. */
export interface LogPolicy {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

const ID = 'custom-resource-logs';

/**
 * Gives the functions behind the CDK's custom resources, such as the one that empties buckets, a log group of the
 * stack. Otherwise Lambda creates one that nobody deletes.
 *
 * Call it after what needs such a function was defined. Calling it again does no harm.
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

/** Log group of the stack for such functions, with the policy of the first caller. */
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
