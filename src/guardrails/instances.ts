import { DeedCaller } from './deed';
import { GuardrailConfig } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals } from './statements';

const INSTANCE = 'arn:aws:ec2:eu-west-1:333333333333:instance/i-0a1b2c3d4e5f60718';

/** Instances answer for their metadata only by IMDSv2, and their credentials come from there. */
export function requireImdsv2(): GuardrailConfig {
  return ofPrincipals([
    deny('RequireImdsv2', {
      actions: ['ec2:RunInstances'], resources: ['arn:*:ec2:*:*:instance/*'], conditions: { StringNotEquals: { 'ec2:MetadataHttpTokens': 'required' } },
    }),
    deny('KeepImdsv2', {
      actions: ['ec2:ModifyInstanceMetadataOptions'], conditions: { StringEquals: { 'ec2:Attribute/HttpTokens': 'optional' } },
    }),
    // credentials that an instance got by IMDSv1
    deny('DenyImdsv1Credentials', { actions: ['*'], conditions: { NumericLessThan: { 'ec2:RoleDelivery': '2.0' } } }),
  ], {
    stops: [
      deed('run an instance with IMDSv1', 'ec2:RunInstances', INSTANCE, { source: EXAMPLES.ec2, context: { 'ec2:MetadataHttpTokens': 'optional' } }),
      by(DeedCaller.DEPLOYMENT, deed('deploy an instance without saying', 'ec2:RunInstances', INSTANCE)),
      deed('let an instance answer by IMDSv1', 'ec2:ModifyInstanceMetadataOptions', INSTANCE, {
        source: EXAMPLES.ec2, context: { 'ec2:Attribute/HttpTokens': 'optional' },
      }),
      deed('list buckets with credentials of IMDSv1', 's3:ListAllMyBuckets', undefined, { source: EXAMPLES.ec2, context: { 'ec2:RoleDelivery': '1.0' } }),
    ],
    letsPass: [
      deed('run an instance with IMDSv2', 'ec2:RunInstances', INSTANCE, { context: { 'ec2:MetadataHttpTokens': 'required' } }),
      deed('require IMDSv2 of an instance', 'ec2:ModifyInstanceMetadataOptions', INSTANCE, { context: { 'ec2:Attribute/HttpTokens': 'required' } }),
      deed('list buckets with credentials of IMDSv2', 's3:ListAllMyBuckets', undefined, { context: { 'ec2:RoleDelivery': '2.0' } }),
      deed('list buckets', 's3:ListAllMyBuckets'),
    ],
  });
}

/** Only instances of these types, such as `t3.*`. */
export function allowedInstanceTypes(types: string[]): GuardrailConfig {
  const small = types[0].replace(/\*/g, 'micro');
  const required = { 'ec2:MetadataHttpTokens': 'required' };
  return ofPrincipals([
    deny('AllowedInstanceTypes', {
      actions: ['ec2:RunInstances'], resources: ['arn:*:ec2:*:*:instance/*'], conditions: { StringNotLike: { 'ec2:InstanceType': types } },
    }),
    deny('AllowedInstanceTypeChanges', {
      actions: ['ec2:ModifyInstanceAttribute'], conditions: { StringNotLike: { 'ec2:Attribute/InstanceType': types }, Null: { 'ec2:Attribute/InstanceType': 'false' } },
    }),
  ], {
    stops: [
      deed('run a large instance', 'ec2:RunInstances', INSTANCE, { source: EXAMPLES.ec2, context: { ...required, 'ec2:InstanceType': 'p5.48xlarge' } }),
      by(DeedCaller.DEPLOYMENT, deed('deploy a large instance', 'ec2:RunInstances', INSTANCE, { context: { ...required, 'ec2:InstanceType': 'p5.48xlarge' } })),
      deed('make an instance large', 'ec2:ModifyInstanceAttribute', INSTANCE, { context: { 'ec2:Attribute/InstanceType': 'p5.48xlarge' } }),
    ],
    letsPass: [
      deed('run a small instance', 'ec2:RunInstances', INSTANCE, { source: EXAMPLES.ec2, context: { ...required, 'ec2:InstanceType': small } }),
      deed('make an instance small', 'ec2:ModifyInstanceAttribute', INSTANCE, { context: { 'ec2:Attribute/InstanceType': small } }),
      deed('change another attribute', 'ec2:ModifyInstanceAttribute', INSTANCE),
    ],
  });
}
