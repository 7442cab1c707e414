import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { accept } from './nag';
import { acceptCallFunction } from './sdk-calls';

export interface AccountCallProps {
  /** Service in the SDK, such as `Organizations`. */
  readonly service: string;
  /** Action in the SDK, such as `enableAWSServiceAccess`. */
  readonly action: string;
  readonly parameters?: { [name: string]: unknown };
  /** Error that means that nothing is left to do. */
  readonly alreadySo?: string;
  /** IAM actions that the call needs. */
  readonly allowed: string[];
}

/** API call without a CloudFormation type, made when it is defined and when it changes. It is never undone. */
export class AccountCall extends AwsCustomResource {
  constructor(scope: Construct, id: string, props: AccountCallProps) {
    const call = {
      service: props.service,
      action: props.action,
      parameters: props.parameters,
      ignoreErrorCodesMatching: props.alreadySo,
      physicalResourceId: PhysicalResourceId.of(`${props.service}-${props.action}`),
    };
    super(scope, id, {
      resourceType: 'Custom::AWS',
      onCreate: call,
      onUpdate: call,
      installLatestAwsSdk: false,
      logGroup: callLog(Stack.of(scope)),
      policy: AwsCustomResourcePolicy.fromStatements([
        new iam.PolicyStatement({ actions: props.allowed, resources: ['*'] }),
      ]),
    });
    accept(this, { rule: 'AwsSolutions-IAM5', reason: `${props.allowed.join(', ')} concern the account, not a resource` });
    acceptCallFunction(Stack.of(scope));
  }
}

function callLog(stack: Stack): LogGroup {
  return stack.node.tryFindChild('calls') as LogGroup | undefined ?? new LogGroup(stack, 'calls', {
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
