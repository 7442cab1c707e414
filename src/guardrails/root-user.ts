import { DeedCaller } from './deed';
import { GuardrailConfig } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals } from './statements';

const EXAMPLE = 'https://github.com/aws-samples/service-control-policy-examples';

/**
 * The root user of an account does nothing. Sessions that root opens for a single task are spared: a condition on the
 * ARN alone would stop these, too.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-assumedroot
 */
export function denyRootUser(): GuardrailConfig {
  const unlock = deed('delete the policy of a bucket that nobody can read', 's3:DeleteBucketPolicy', 'arn:aws:s3:::acme-prod-locked');
  return ofPrincipals([
    deny('DenyRootUser', {
      actions: ['*'],
      conditions: { ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::*:root' }, Null: { 'aws:AssumedRoot': 'true' } },
    }),
  ], {
    stops: [
      by(DeedCaller.ROOT_USER, deed('create a key of the root user', 'iam:CreateAccessKey', 'arn:aws:iam::333333333333:user/root', { source: EXAMPLES.general })),
      by(DeedCaller.ROOT_USER, deed('run an instance', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:333333333333:instance/i-0a1b2c3d4e5f60718', {
        source: EXAMPLES.general, context: { 'ec2:MetadataHttpTokens': 'required', 'ec2:InstanceType': 't3.micro' },
      })),
      by(DeedCaller.ROOT_USER, deed('list buckets', 's3:ListAllMyBuckets')),
      by(DeedCaller.ROOT_USER, unlock),
    ],
    letsPass: [
      { ...by(DeedCaller.PRIVILEGED_ROOT_SESSION, unlock), source: EXAMPLE },
      by(DeedCaller.PRIVILEGED_ROOT_SESSION, deed('delete the key of the root user', 'iam:DeleteAccessKey', 'arn:aws:iam::333333333333:user/root')),
      deed('list buckets', 's3:ListAllMyBuckets'),
      by(DeedCaller.DEPLOYMENT, deed('create a bucket', 's3:CreateBucket', 'arn:aws:s3:::acme-prod-data')),
    ],
  });
}
