import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';

/** KMS key of log groups, which CloudWatch Logs may use. */
export function logKey(key: IKey | undefined, scope: IConstruct): IKey | undefined {
  if (key) {
    letLogsUse(key, scope);
  }
  return key;
}

/** Allows CloudWatch Logs to use a key for log groups of a stack. The policy of an imported key is not changed. */
function letLogsUse(key: IKey, scope: IConstruct): void {
  const { region, partition, account } = Stack.of(scope);
  const groups = `arn:${partition}:logs:${region}:${account}:log-group:*`;
  key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
  }));
}
