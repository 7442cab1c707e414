import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, AwsSdkCall } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { accept } from './nag';
import { LogPolicy, providerLogGroup } from './provider-logs';

export interface SdkCalls {
  /** Made when it is defined, and when the call changes. */
  readonly call: AwsSdkCall;
  readonly onDelete?: AwsSdkCall;
  /** RETAIN skips `onDelete`; by default it is called. */
  readonly removalPolicy?: RemovalPolicy;
  readonly allowed: iam.PolicyStatement[];
  readonly logs: LogPolicy;
}

/** API call without a CloudFormation type. */
export function sdkCall(scope: Construct, id: string, calls: SdkCalls): AwsCustomResource {
  const { call, onDelete, allowed } = calls;
  const stack = Stack.of(scope);
  const resource = new AwsCustomResource(scope, id, {
    resourceType: 'Custom::AWS',
    onCreate: call,
    onUpdate: call,
    onDelete,
    removalPolicy: calls.removalPolicy,
    installLatestAwsSdk: false,
    logGroup: callLog(stack, calls.logs),
    policy: AwsCustomResourcePolicy.fromStatements(allowed),
  });
  acceptCallFunction(stack);
  return resource;
}

/** Suppresses cdk-nag findings of the function behind all calls of a stack. Call it after the first call. */
export function acceptCallFunction(stack: Stack): void {
  const id = AwsCustomResource.PROVIDER_FUNCTION_UUID.replace(/-/g, '');
  accept(stack.node.children.find(child => child.node.id.endsWith(id))!,
    { rule: 'AwsSolutions-IAM4', reason: 'the function of AwsCustomResource writes its own log by this policy, nothing else' },
    { rule: 'AwsSolutions-L1', reason: 'aws-cdk-lib chooses the runtime of AwsCustomResource' },
  );
}

const LOG_ID = 'custom-resource-logs-of-calls';

function callLog(stack: Stack, policy: LogPolicy): logs.ILogGroup {
  return stack.node.tryFindChild(LOG_ID) as logs.ILogGroup | undefined
    ?? logs.LogGroup.fromLogGroupName(stack, LOG_ID, providerLogGroup(stack, policy).ref);
}
