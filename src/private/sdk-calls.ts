import { Stack } from 'aws-cdk-lib';
import { AwsCustomResource } from 'aws-cdk-lib/custom-resources';
import { accept } from './nag';

/** Says to cdk-nag why the one function behind all calls of a stack is as it is. To be called after the first call. */
export function acceptCallFunction(stack: Stack): void {
  const id = AwsCustomResource.PROVIDER_FUNCTION_UUID.replace(/-/g, '');
  accept(stack.node.children.find(child => child.node.id.endsWith(id))!,
    { rule: 'AwsSolutions-IAM4', reason: 'the function of AwsCustomResource writes its own log by this policy, nothing else' },
    { rule: 'AwsSolutions-L1', reason: 'aws-cdk-lib chooses the runtime of AwsCustomResource' },
  );
}
