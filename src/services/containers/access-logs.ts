import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ApplicationLoadBalancer, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { createAfter } from '../../support/dependencies';
import { accept } from '../../support/nag';
import { keepProviderLogs, LogPolicy } from '../../support/provider-logs';
import { keptFor } from '../support/log-buckets';

/**
 * Enables access logs to a bucket in the same stack. Without `logAccessLogs`, which requires an explicit region.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function logAccess(scope: Construct, loadBalancer: ApplicationLoadBalancer, policy: LogPolicy): void {
  const { logRetention, removalPolicy } = policy;
  const bucket = new s3.Bucket(scope, 'AccessLogs', {
    encryption: s3.BucketEncryption.S3_MANAGED, // load balancers deliver to no other
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...keptFor(scope, logRetention),
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
  });
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`AWSLogs/${Stack.of(scope).account}/*`)],
  }));
  accept(bucket, { rule: 'AwsSolutions-S1', reason: 'this bucket holds access logs, and does not log itself' });
  keepProviderLogs(scope, policy);
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  createAfter(
    loadBalancer.node.defaultChild as CfnLoadBalancer,
    bucket.policy!.node.defaultChild as s3.CfnBucketPolicy,
  );
}
