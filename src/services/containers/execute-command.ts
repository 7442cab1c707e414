import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept } from '../../support/nag';

/**
 * Permissions of tasks for ECS Exec, in a separate policy, so that suppressing its cdk-nag finding covers nothing else.
 */
export function executeCommandPolicy(scope: Construct, role: iam.IRole, logGroup?: ILogGroup, key?: IKey): iam.Policy {
  const policy = new iam.Policy(scope, 'ExecuteCommand', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: [
          'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel', 'logs:DescribeLogGroups',
        ],
        resources: ['*'],
      }),
    ],
  });
  if (logGroup) {
    policy.addStatements(new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }));
  }
  if (key) {
    policy.addStatements(new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }));
  }
  accept(policy, { rule: 'AwsSolutions-IAM5', reason: 'none of these actions of ECS Exec can be narrowed to a resource' });
  return policy;
}
