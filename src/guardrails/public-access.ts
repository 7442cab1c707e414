import { DeedCaller } from './deed';
import { unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, ofPrincipals } from './statements';

const BUCKET = 'arn:aws:s3:::acme-prod-data';
const SNAPSHOT = 'arn:aws:ec2:eu-west-1::snapshot/snap-0a1b2c3d4e5f60718';
const FUNCTION = 'arn:aws:lambda:eu-west-1:333333333333:function:shop';

/** Blocks of public access to S3 are changed by deployments only; nobody gives a public canned ACL. */
export function denyPublicBuckets(scope: GuardrailScope): GuardrailConfig {
  return ofPrincipals([
    // bootstraps and deployments set it: the request does not say to what
    deny('KeepBlockPublicAccess', {
      actions: ['s3:PutAccountPublicAccessBlock', 's3:PutBucketPublicAccessBlock'], conditions: unlessDeploying(scope),
    }),
    deny('DenyPublicAcls', {
      actions: ['s3:CreateBucket', 's3:PutBucketAcl', 's3:PutObject', 's3:PutObjectAcl', 's3:PutObjectVersionAcl'],
      conditions: { StringEquals: { 's3:x-amz-acl': ['authenticated-read', 'public-read', 'public-read-write'] } },
    }),
  ], {
    stops: [
      deed('switch the block of the account off', 's3:PutAccountPublicAccessBlock', undefined, { source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_s3.html' }),
      deed('switch the block of a bucket off', 's3:PutBucketPublicAccessBlock', BUCKET),
      deed('let everybody read a bucket', 's3:PutBucketAcl', BUCKET, { context: { 's3:x-amz-acl': 'public-read' } }),
      deed('let everybody write an object', 's3:PutObjectAcl', `${BUCKET}/a`, { context: { 's3:x-amz-acl': 'public-read-write' } }),
      by(DeedCaller.DEPLOYMENT, deed('deploy a public bucket', 's3:CreateBucket', BUCKET, { context: { 's3:x-amz-acl': 'public-read' } })),
    ],
    letsPass: [
      by(DeedCaller.BOOTSTRAP, deed('bootstrap', 's3:PutBucketPublicAccessBlock', 'arn:aws:s3:::cdk-hnb659fds-assets-333333333333-eu-west-1')),
      by(DeedCaller.DEPLOYMENT, deed('deploy a bucket', 's3:PutBucketPublicAccessBlock', BUCKET)),
      deed('create a bucket', 's3:CreateBucket', BUCKET),
      deed('create a bucket whose owner owns the objects', 's3:PutBucketOwnershipControls', BUCKET, {
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html',
      }),
      deed('write an object', 's3:PutObject', `${BUCKET}/a`, { context: { 's3:x-amz-acl': 'bucket-owner-full-control' } }),
      deed('see the block', 's3:GetAccountPublicAccessBlock'),
    ],
  });
}

/** Snapshots and images of EC2 are not shared with everybody. */
export function denyPublicSnapshots(): GuardrailConfig {
  return ofPrincipals([
    deny('DenyPublicSnapshots', {
      actions: ['ec2:ModifySnapshotAttribute'], conditions: { StringEquals: { 'ec2:Add/group': 'all' } },
    }),
    deny('KeepBlockPublicSnapshots', { actions: ['ec2:DisableImageBlockPublicAccess', 'ec2:DisableSnapshotBlockPublicAccess'] }),
  ], {
    stops: [
      deed('share a snapshot with everybody', 'ec2:ModifySnapshotAttribute', SNAPSHOT, { context: { 'ec2:Add/group': 'all' } }),
      deed('let images be shared with everybody', 'ec2:DisableImageBlockPublicAccess'),
      deed('let snapshots be shared with everybody', 'ec2:DisableSnapshotBlockPublicAccess'),
    ],
    letsPass: [
      deed('share a snapshot with an account', 'ec2:ModifySnapshotAttribute', SNAPSHOT, { context: { 'ec2:Add/userId': '444444444444' } }),
      deed('create a snapshot', 'ec2:CreateSnapshot', SNAPSHOT),
      deed('block images', 'ec2:EnableImageBlockPublicAccess'),
    ],
  });
}

/** No database is created with a public address. */
export function denyPublicDatabases(): GuardrailConfig {
  const database = 'arn:aws:rds:eu-west-1:333333333333:db:shop';
  return ofPrincipals([
    deny('DenyPublicDatabases', {
      actions: [
        'rds:CreateDBInstance', 'rds:CreateDBInstanceReadReplica', 'rds:CreateDBShardGroup', 'rds:RestoreDBInstanceFromDBSnapshot',
        'rds:RestoreDBInstanceFromS3', 'rds:RestoreDBInstanceToPointInTime',
      ],
      conditions: { Bool: { 'rds:PubliclyAccessible': 'true' } },
    }),
  ], {
    stops: [
      deed('create a database with a public address', 'rds:CreateDBInstance', database, { context: { 'rds:PubliclyAccessible': 'true' } }),
      deed('restore a database with a public address', 'rds:RestoreDBInstanceFromDBSnapshot', database, { context: { 'rds:PubliclyAccessible': 'true' } }),
      by(DeedCaller.DEPLOYMENT, deed('deploy a database with a public address', 'rds:CreateDBInstance', database, { context: { 'rds:PubliclyAccessible': 'true' } })),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a database', 'rds:CreateDBInstance', database, { context: { 'rds:PubliclyAccessible': 'false' } })),
      by(DeedCaller.DEPLOYMENT, deed('deploy an instance of a cluster', 'rds:CreateDBInstance', database)),
    ],
  });
}

/** No function is called by everybody through a URL of its own. */
export function denyPublicFunctions(): GuardrailConfig {
  const open = { context: { 'lambda:FunctionUrlAuthType': 'NONE' } };
  return ofPrincipals([
    deny('DenyPublicFunctions', {
      actions: ['lambda:AddPermission', 'lambda:CreateFunctionUrlConfig', 'lambda:UpdateFunctionUrlConfig'],
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
    }),
  ], {
    stops: [
      deed('give a function a URL for everybody', 'lambda:CreateFunctionUrlConfig', FUNCTION, open),
      deed('open the URL of a function', 'lambda:UpdateFunctionUrlConfig', FUNCTION, open),
      by(DeedCaller.DEPLOYMENT, deed('deploy a function that everybody calls', 'lambda:AddPermission', FUNCTION, open)),
    ],
    letsPass: [
      deed('give a function a URL for principals of IAM', 'lambda:CreateFunctionUrlConfig', FUNCTION, { context: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }),
      deed('let a service call a function', 'lambda:AddPermission', FUNCTION, { context: { 'lambda:Principal': 'events.amazonaws.com' } }),
    ],
  });
}

/** AWS Resource Access Manager shares nothing with accounts outside of the organization. */
export function denyExternalSharing(): GuardrailConfig {
  const share = 'arn:aws:ram:eu-west-1:333333333333:resource-share/1';
  const page = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ram.html';
  return ofPrincipals([
    deny('DenyExternalSharing', {
      actions: ['ram:CreateResourceShare', 'ram:UpdateResourceShare'], conditions: { Bool: { 'ram:RequestedAllowsExternalPrincipals': 'true' } },
    }),
    deny('DenyExternalSharers', {
      actions: ['ram:AssociateResourceShare'], conditions: { Bool: { 'ram:AllowsExternalPrincipals': 'true' } },
    }),
  ], {
    stops: [
      deed('share with an account outside', 'ram:CreateResourceShare', '*', { source: page, context: { 'ram:RequestedAllowsExternalPrincipals': 'true' } }),
      deed('open a share', 'ram:UpdateResourceShare', share, { source: page, context: { 'ram:RequestedAllowsExternalPrincipals': 'true' } }),
      deed('add somebody to an open share', 'ram:AssociateResourceShare', share, { context: { 'ram:AllowsExternalPrincipals': 'true' } }),
    ],
    letsPass: [
      deed('add somebody to a share inside of the organization', 'ram:AssociateResourceShare', share, { context: { 'ram:AllowsExternalPrincipals': 'false' } }),
      deed('share inside of the organization', 'ram:CreateResourceShare', '*', { context: { 'ram:RequestedAllowsExternalPrincipals': 'false' } }),
    ],
  });
}

/** No network gets a way to the internet but by deployments. */
export function denyInternetGateways(scope: GuardrailScope): GuardrailConfig {
  const gateway = 'arn:aws:ec2:eu-west-1:333333333333:internet-gateway/igw-1';
  return ofPrincipals([
    deny('DenyInternetGateways', {
      actions: [
        'ec2:AcceptVpcPeeringConnection', 'ec2:AttachInternetGateway', 'ec2:CreateDefaultVpc', 'ec2:CreateEgressOnlyInternetGateway',
        'ec2:CreateInternetGateway', 'ec2:CreateVpcPeeringConnection',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('create an internet gateway', 'ec2:CreateInternetGateway', gateway, { source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_vpc.html' }),
      deed('attach an internet gateway', 'ec2:AttachInternetGateway', gateway, { source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_vpc.html' }),
      deed('create a default network', 'ec2:CreateDefaultVpc'),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a network', 'ec2:CreateInternetGateway', gateway)),
      deed('create a network', 'ec2:CreateVpc', 'arn:aws:ec2:eu-west-1:333333333333:vpc/vpc-1'),
      deed('detach an internet gateway', 'ec2:DetachInternetGateway', gateway),
    ],
  });
}
