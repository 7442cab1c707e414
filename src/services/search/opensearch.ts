import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { LogPolicy } from '../../support/provider-logs';
import { sdkCall } from '../../support/sdk-calls';
import { uniqueName } from '../support/unique-name';

const ID = 'opensearch-service-linked-role';
const SERVICE = 'opensearchservice.amazonaws.com';
const ROLE = 'AWSServiceRoleForAmazonOpenSearchService';

/**
 * Service-linked role with which OpenSearch accesses VPCs, created if it does not exist. The CloudFormation type fails
 * if it exists: in a second stack, in a second deployment, or in an account that was used before.
 */
export function openSearchRole(scope: Construct, policy: LogPolicy): AwsCustomResource {
  const stack = Stack.of(scope);
  const known = stack.node.tryFindChild(ID) as AwsCustomResource | undefined;
  if (known) {
    return known;
  }
  return sdkCall(stack, ID, {
    call: {
      service: 'IAM',
      action: 'createServiceLinkedRole',
      parameters: { AWSServiceName: SERVICE },
      ignoreErrorCodesMatching: 'InvalidInput', // it already exists
      physicalResourceId: PhysicalResourceId.of(ROLE),
    },
    allowed: [new iam.PolicyStatement({
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [stack.formatArn({
        service: 'iam', region: '', resource: 'role', resourceName: `aws-service-role/${SERVICE}/${ROLE}`,
      })],
    })],
    logs: policy,
  });
}

/** Allows OpenSearch to write to log groups. The L2 would use a custom resource. */
export function logPolicy(
  scope: Construct, groups: logs.ILogGroup[], removalPolicy: RemovalPolicy,
): logs.ResourcePolicy {
  const policy = new logs.ResourcePolicy(scope, 'LogPolicy', {
    resourcePolicyName: uniqueName(scope),
    policyStatements: [new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('es.amazonaws.com')],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: groups.map(({ logGroupArn }) => logGroupArn),
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    })],
  });
  policy.applyRemovalPolicy(removalPolicy);
  return policy;
}
