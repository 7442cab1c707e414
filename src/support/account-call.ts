import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, AwsCustomResourceProps, AwsSdkCall, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { createAfter } from './dependencies';
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
  /** Errors after which the call is made again. */
  readonly again?: string[];
  /** Made again when it changes. */
  readonly physicalId?: string;
  /** Paths of the response that are kept. All of it unless given. */
  readonly outputPaths?: string[];
  /** IAM actions that the call needs. */
  readonly allowed: string[];
  /** ARNs that these actions are limited to. Most actions concern the account, so the default is all. */
  readonly resources?: string[];
}

const MORE_ATTEMPTS = 2;

/**
 * API call without a CloudFormation type, made when it is defined and when it changes. It is never undone. If it is
 * made again, all attempts but the last one ignore the error, and succeed or change nothing.
 */
export class AccountCall extends AwsCustomResource {
  /** First and last attempt, for what is created before and after them. */
  public readonly first: CfnResource;
  public readonly last: CfnResource;

  constructor(scope: Construct, id: string, props: AccountCallProps) {
    const { allowed: actions, resources = ['*'] } = props;
    super(scope, id, {
      ...attempt(scope, props, []),
      policy: AwsCustomResourcePolicy.fromStatements([new iam.PolicyStatement({ actions, resources })]),
    });
    this.last = resourceOf(this);
    const policy = this.node.findChild('CustomResourcePolicy');
    const earlier = Array.from({ length: props.again ? MORE_ATTEMPTS : 0 }, (_, index) => {
      // they share one function, and its role with the policy of the last one
      const role = this.grantPrincipal as iam.IRole;
      const made = new AwsCustomResource(this, `attempt-${index + 1}`, { ...attempt(scope, props, props.again!), role });
      made.node.addDependency(policy);
      return resourceOf(made);
    });
    [...earlier, this.last].slice(1).forEach((resource, index) => createAfter(resource, earlier[index]));
    this.first = earlier[0] ?? this.last;
    accept(this, { rule: 'AwsSolutions-IAM5', reason: `${actions.join(', ')} concern the account or the organization` });
    acceptCallFunction(Stack.of(scope));
  }
}

function attempt(scope: Construct, props: AccountCallProps, again: string[]): AwsCustomResourceProps {
  const ignored = [props.alreadySo ?? [], again].flat();
  const call: AwsSdkCall = {
    service: props.service,
    action: props.action,
    parameters: props.parameters,
    ignoreErrorCodesMatching: ignored.length > 0 ? ignored.join('|') : undefined,
    physicalResourceId: PhysicalResourceId.of(props.physicalId ?? `${props.service}-${props.action}`),
    outputPaths: props.outputPaths,
  };
  return {
    resourceType: 'Custom::AWS',
    onCreate: call,
    onUpdate: call,
    installLatestAwsSdk: false,
    logGroup: callLog(Stack.of(scope)),
  };
}

function resourceOf(call: AwsCustomResource): CfnResource {
  return call.node.findChild('Resource').node.defaultChild as CfnResource;
}

function callLog(stack: Stack): LogGroup {
  return stack.node.tryFindChild('calls') as LogGroup | undefined ?? new LogGroup(stack, 'calls', {
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
