import { DeedCaller } from './deed';
import { GuardrailConfig } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals, ofResources } from './statements';
import { OF_RCPS } from '../organization/policy-statements';

const OBJECT = 'arn:aws:s3:::acme-prod-data/a';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:333333333333:secret:shop-a1b2c3';
const QUEUE = 'arn:aws:sqs:eu-west-1:333333333333:orders';
const ROLE = 'arn:aws:iam::333333333333:role/shop';
const PAGE = 'https://github.com/aws-samples/data-perimeter-policy-examples';

/**
 * Only principals of the organization, and AWS services, reach its data, whatever the policy of a bucket, queue or key
 * says. Sign-in from outside by SAML or OpenID Connect is spared: nobody there is of an organization yet.
 */
export function identityPerimeter(organizationId: string, trustedAccounts: string[]): GuardrailConfig {
  const strange = {
    StringNotEqualsIfExists: {
      'aws:PrincipalOrgID': organizationId,
      ...trustedAccounts.length > 0 && { 'aws:PrincipalAccount': trustedAccounts },
    },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
  };
  return ofResources([deny('IdentityPerimeter', { actions: [...OF_RCPS, 'sts:AssumeRole'], conditions: strange })], {
    stops: [
      by(DeedCaller.STRANGER, deed('read an object', 's3:GetObject', OBJECT, { source: PAGE })),
      by(DeedCaller.STRANGER, deed('read a secret', 'secretsmanager:GetSecretValue', SECRET, { source: PAGE })),
      by(DeedCaller.STRANGER, deed('send a message', 'sqs:SendMessage', QUEUE, { source: EXAMPLES.rcp })),
      by(DeedCaller.STRANGER, deed('assume a role', 'sts:AssumeRole', ROLE, { source: PAGE })),
    ],
    letsPass: [
      deed('read an object', 's3:GetObject', OBJECT, { source: PAGE }),
      by(DeedCaller.MANAGEMENT, deed('assume a role', 'sts:AssumeRole', ROLE)),
      by(DeedCaller.SERVICE, deed('write an object', 's3:PutObject', OBJECT, { source: PAGE })),
      by(DeedCaller.DEPLOYMENT, deed('deploy a secret', 'secretsmanager:PutSecretValue', SECRET)),
      ...trustedAccounts.slice(0, 1).map(account => ({
        ...deed('read an object, from a trusted account', 's3:GetObject', OBJECT, { caller: DeedCaller.STRANGER }), context: { 'aws:PrincipalAccount': account },
      })),
    ],
  });
}

/** AWS services reach data of the organization only on behalf of its own accounts. */
export function confusedDeputyProtection(organizationId: string): GuardrailConfig {
  return ofResources([
    deny('ConfusedDeputyProtection', {
      actions: [...OF_RCPS, 'sts:AssumeRole'],
      conditions: {
        StringNotEqualsIfExists: { 'aws:SourceOrgID': organizationId },
        Null: { 'aws:SourceAccount': 'false' },
        Bool: { 'aws:PrincipalIsAWSService': 'true' },
      },
    }),
  ], {
    stops: [
      by(DeedCaller.SERVICE_OF_STRANGER, deed('write an object', 's3:PutObject', OBJECT, { source: EXAMPLES.rcp })),
      by(DeedCaller.SERVICE_OF_STRANGER, deed('send a message', 'sqs:SendMessage', QUEUE, { source: EXAMPLES.rcp })),
      by(DeedCaller.SERVICE_OF_STRANGER, deed('assume a role', 'sts:AssumeRole', ROLE)),
    ],
    letsPass: [
      by(DeedCaller.SERVICE, deed('write an object', 's3:PutObject', OBJECT, { source: EXAMPLES.rcp })),
      { ...by(DeedCaller.SERVICE, deed('write an object for nobody', 's3:PutObject', OBJECT, { source: EXAMPLES.rcp })), context: { 'aws:SourceAccount': '', 'aws:SourceOrgID': '' } },
      by(DeedCaller.STRANGER, deed('read an object', 's3:GetObject', OBJECT)),
    ],
  });
}

/** Principals of the accounts write only to what is of the organization: no data leaves by somebody else's bucket. */
export function resourcePerimeter(organizationId: string): GuardrailConfig {
  const elsewhere = { 'aws:ResourceAccount': '999999999999' };
  return ofPrincipals([
    deny('ResourcePerimeter', {
      actions: [
        'dynamodb:BatchWriteItem', 'dynamodb:PartiQLInsert', 'dynamodb:PartiQLUpdate', 'dynamodb:PutItem', 'dynamodb:UpdateItem',
        'kinesis:PutRecord', 'kinesis:PutRecords', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptTo', 's3:PutObject', 's3:PutObjectAcl', 's3:ReplicateObject', 'sqs:SendMessage',
      ],
      conditions: { StringNotEqualsIfExists: { 'aws:ResourceOrgID': organizationId }, BoolIfExists: { 'aws:ViaAWSService': 'false' } },
    }),
  ], {
    stops: [
      deed("write to somebody else's bucket", 's3:PutObject', 'arn:aws:s3:::mallory/a', { source: PAGE, context: elsewhere }),
      deed("send to somebody else's queue", 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:999999999999:mallory', { source: PAGE, context: elsewhere }),
      deed("write to somebody else's table by a statement", 'dynamodb:PartiQLInsert', 'arn:aws:dynamodb:eu-west-1:999999999999:table/mallory', { context: elsewhere }),
      deed("encrypt data with somebody else's key", 'kms:GenerateDataKey', 'arn:aws:kms:eu-west-1:999999999999:key/1', { context: elsewhere }),
      deed("encrypt data again with somebody else's key", 'kms:ReEncryptTo', 'arn:aws:kms:eu-west-1:999999999999:key/1', { context: elsewhere }),
    ],
    letsPass: [
      deed('write an object', 's3:PutObject', OBJECT, { source: PAGE }),
      deed('encrypt data', 'kms:GenerateDataKey', 'arn:aws:kms:eu-west-1:333333333333:key/1'),
      deed("decrypt somebody else's data", 'kms:Decrypt', 'arn:aws:kms:eu-west-1:999999999999:key/1', { context: elsewhere }),
      deed("read somebody else's object", 's3:GetObject', 'arn:aws:s3:::amazon-ssm-eu-west-1/a', { source: PAGE, context: elsewhere }),
      deed('have a service write to a bucket of AWS', 's3:PutObject', 'arn:aws:s3:::aws-of-a-service/a', { source: PAGE, context: { ...elsewhere, 'aws:ViaAWSService': 'true' } }),
      by(DeedCaller.DEPLOYMENT, deed('publish an asset', 's3:PutObject', 'arn:aws:s3:::cdk-hnb659fds-assets-333333333333-eu-west-1/a')),
    ],
  });
}
