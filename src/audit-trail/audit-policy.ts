import { Fn, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

interface Trail {
  readonly trailArn: string;
  readonly anyRegionArn: string;
  readonly folders: string[];
}

/** Principals in the policies of a bucket of trails. */
export interface Audience {
  readonly trails: readonly Trail[];
  /** Complete ARNs. */
  readonly readers: string[];
  /** ARNs, possibly with wildcards. */
  readonly administrators: string[];
  readonly accountId: string;
}

type Conditions = Record<string, Record<string, string | string[]>>;

// created on demand: the first principal loads 100 ms of the CDK, which `require` of this package should not
const anybody = () => new iam.AnyPrincipal();
const cloudTrail = () => new iam.ServicePrincipal('cloudtrail.amazonaws.com');

function deny(
  sid: string, actions: string[], resources: string[], conditions?: Conditions,
): iam.PolicyStatement {
  const effect = iam.Effect.DENY;
  return new iam.PolicyStatement({ sid, effect, principals: [anybody()], actions, resources, conditions });
}

function denyAllBut(
  sid: string, notActions: string[], resource: string, conditions: Conditions,
): iam.PolicyStatement {
  const [effect, principals] = [iam.Effect.DENY, [anybody()]];
  return new iam.PolicyStatement({ sid, effect, principals, notActions, resources: [resource], conditions });
}

function accountOf(arn: string): string {
  return Token.isUnresolved(arn) && !arn.startsWith('arn:') ? Fn.select(4, Fn.split(':', arn)) : arn.split(':')[4];
}

function unless(principalArns: string[]): Conditions {
  return {
    ...principalArns.length > 0 && { ArnNotLike: { 'aws:PrincipalArn': principalArns } },
    Bool: { 'aws:PrincipalIsAWSService': 'false' },
  };
}

/**
 * Permissions of CloudTrail to write, for the named trails only: without the source condition, any trail could write.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
export function trailStatements(bucketArn: string, { trails }: Audience): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'TrailsCheckTheBucket',
      principals: [cloudTrail()],
      actions: ['s3:GetBucketAcl'],
      resources: [bucketArn],
      conditions: { StringEquals: { 'aws:SourceArn': trails.map(trail => trail.trailArn) } },
    }),
    ...trails.map((trail, index) => new iam.PolicyStatement({
      sid: `TrailWrites${index + 1}`,
      principals: [cloudTrail()],
      actions: ['s3:PutObject'],
      resources: trail.folders.map(folder => `${bucketArn}/AWSLogs/${folder}/*`),
      conditions: { StringEquals: { 'aws:SourceArn': trail.trailArn, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    })),
  ];
}

/** Denies that protect a bucket of records, whatever other policies allow. */
export function protection(bucketArn: string, audience: Audience): iam.PolicyStatement[] {
  const objects = `${bucketArn}/*`;
  return [
    deny('OverTlsOnly', ['s3:*'], [bucketArn, objects], { Bool: { 'aws:SecureTransport': 'false' } }),
    deny('OverTls12OrNewer', ['s3:*'], [bucketArn, objects], { NumericLessThan: { 's3:TlsVersion': '1.2' } }),
    // by exception, so that actions added by AWS later are denied as well
    denyAllBut('OnlyServicesWrite', READ, objects, unless([])),
    denyAllBut('OnlyAdministratorsChange', READ, bucketArn, unless(audience.administrators)),
    deny('OnlyReadersRead', READ, [objects], unless(audience.readers)),
    deny('OnlyReadersList', ['s3:ListBucket*'], [bucketArn], unless(audience.readers)),
    ...audience.readers.length === 0 ? [] : [new iam.PolicyStatement({
      sid: 'ReadersRead',
      // by account: block public access treats a wildcard principal as public, whatever the condition
      principals: [...new Set(audience.readers.map(accountOf))].map(account => new iam.AccountPrincipal(account)),
      actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'],
      resources: [bucketArn, objects],
      conditions: { ArnEquals: { 'aws:PrincipalArn': audience.readers } },
    })],
  ];
}

/**
 * Key policy, without delegation to IAM, so that an administrator of the account cannot read, disable or delete.
 *
 * Readers are named in conditions, because KMS rejects policies with principals that do not exist yet.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 */
export function keyStatements(audience: Audience): iam.PolicyStatement[] {
  const trailArns = audience.trails.map(trail => trail.trailArn);
  const ofTheAccount = { 'aws:PrincipalAccount': audience.accountId };
  return [
    new iam.PolicyStatement({
      sid: 'TrailsEncrypt',
      principals: [cloudTrail()],
      actions: ['kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceArn': trailArns },
        StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': audience.trails.map(trail => trail.anyRegionArn) },
      },
    }),
    new iam.PolicyStatement({
      sid: 'TrailsDescribe',
      principals: [cloudTrail()],
      actions: ['kms:DescribeKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceArn': trailArns } },
    }),
    new iam.PolicyStatement({
      sid: 'AdministratorsAdminister',
      principals: [anybody()],
      actions: ADMINISTER_KEY,
      resources: ['*'],
      conditions: { ArnLike: { 'aws:PrincipalArn': audience.administrators }, StringEquals: ofTheAccount },
    }),
    new iam.PolicyStatement({
      sid: 'TheAccountSeesTheKey',
      principals: [new iam.AccountPrincipal(audience.accountId)],
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
      resources: ['*'],
    }),
    ...audience.readers.length === 0 ? [] : [new iam.PolicyStatement({
      sid: 'ReadersDecrypt',
      principals: [anybody()],
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: { ArnEquals: { 'aws:PrincipalArn': audience.readers }, StringLike: { 'kms:ViaService': 's3.*' } },
    })],
  ];
}

/** Length of a policy as AWS counts it. A value that is known at deployment only counts as the ARN of the bucket. */
export function lengthOf(stack: Stack, policy: iam.PolicyDocument, bucketArn: string): number {
  return JSON.stringify(stack.resolve(policy))
    .replace(/\{"Fn::GetAtt":\[[^\]]*\]\}/g, `"${bucketArn}"`)
    .replace(/\{"Ref":"AWS::Partition"\}/g, '"aws"')
    .replace(/\{"Fn::Join":\["",\[("[^\]]*")\]\]\}/g, (_, parts: string) => parts.replace(/","/g, '')).length;
}

const READ = ['s3:Get*', 's3:List*'];
const ADMINISTER_KEY = [
  'kms:CancelKeyDeletion', 'kms:CreateAlias', 'kms:DeleteAlias', 'kms:DescribeKey', 'kms:DisableKey', 'kms:EnableKey',
  'kms:EnableKeyRotation', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags', 'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion', 'kms:TagResource', 'kms:UntagResource', 'kms:UpdateAlias', 'kms:UpdateKeyDescription',
];
