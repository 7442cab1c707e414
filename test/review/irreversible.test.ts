import { CfnResource, Duration, NestedStack, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { assemblyOf } from './assemblies';
import { compare } from '../../review/assembly/comparison';
import { irreversible } from '../../review/plan/irreversible';
import { Acme, acme, acmeOfKnownAccounts, PROD } from '../orgs';

type Write = (stack: Stack) => void;

function told(before: Write, after: Write): string[][] {
  const assembly = (write: Write) => assemblyOf(app => write(new Stack(app, 'shop', { env: { account: PROD, region: 'eu-west-1' } })));
  return toldOf(assembly(before), assembly(after));
}

function toldOf(...[before, after]: Parameters<typeof compare>): string[][] {
  return irreversible(compare(before, after)).map(({ subject, why }) => [subject, why]);
}

interface Attributes {
  readonly id?: string;
  readonly keeps?: 'Delete' | 'Retain' | 'Snapshot' | 'RetainExceptOnCreate';
}

/** Writes a resource as its template has it. */
const has = (type: string, properties: Record<string, unknown> = {}, { id = 'it', keeps }: Attributes = {}): Write => stack => {
  const { cfnOptions } = new CfnResource(stack, id, { type, properties });
  cfnOptions.deletionPolicy = keeps as never;
  cfnOptions.updateReplacePolicy = (keeps === 'RetainExceptOnCreate' ? 'Retain' : keeps) as never;
};
const nothing: Write = stack => void new CfnResource(stack, 'other', { type: 'AWS::SNS::Topic' });
const both = (...all: Write[]): Write => stack => all.forEach(write => write(stack));

const USERS_ROLE = 'arn:aws:iam::333333333333:role/shop/reader';
const trusting = has('AWS::IAM::Role', {
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: USERS_ROLE } }] },
}, { id: 'trusting' });
const lock = (retention?: Record<string, unknown>) => has('AWS::S3::Bucket', {
  ObjectLockEnabled: true, ...(retention && { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: retention } } }),
}, { keeps: 'Retain' });
const keyPolicy = (action: string) => has('AWS::KMS::Key', {
  KeyPolicy: { Statement: [{ Effect: 'Allow', Action: action, Principal: { AWS: 'arn:aws:iam::333333333333:root' }, Resource: '*' }] },
}, { keeps: 'Retain' });
const bucketPolicy = (statement: Record<string, unknown>) => has('AWS::S3::BucketPolicy', {
  Bucket: 'shop', PolicyDocument: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', ...statement }] },
});
const expires = (rules: unknown[], versions = 'Suspended') => has('AWS::S3::Bucket', {
  LifecycleConfiguration: { Rules: rules }, VersioningConfiguration: { Status: versions },
}, { keeps: 'Retain' });

const selects = (selection: Record<string, unknown>, type = 'expire') => has('AWS::ECR::Repository', {
  LifecyclePolicy: { LifecyclePolicyText: JSON.stringify({ rules: [{ selection, action: { type } }] }) },
}, { keeps: 'Retain' });

const nested = (keeps: 'Delete' | 'Retain'): Write => stack => {
  const inner = new NestedStack(stack, 'inner', { removalPolicy: keeps === 'Retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY });
  (inner.nestedStackResource as CfnResource).overrideLogicalId('inner');
  has('AWS::DynamoDB::Table', {}, { id: 'orders' })(inner);
  has('AWS::SNS::Topic', {}, { id: 'topic' })(inner);
};

const database = (id: string): Write => both(
  has('AWS::RDS::DBSubnetGroup', { DBSubnetGroupDescription: 'shop', SubnetIds: [] }, { id: `${id}subnets` }),
  has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', DBSubnetGroupName: { Ref: `${id}subnets` } },
    { id: `${id}cluster`, keeps: 'Retain' }),
);

/** Each is told by one sentence, and nothing beside it. */
const PLANTED: Array<[what: string, before: Write, after: Write, subject: string, why: RegExp]> = [
  ['an account is created', nothing, both(nothing, has('AWS::Organizations::Account', { AccountName: 'dev', Email: 'aws+dev@acme.example' })),
    'AWS::Organizations::Account shop/it', /closing it takes 90 days, and its e-mail address 'aws\+dev@acme.example' cannot be that of another/],
  ['an account is closed', both(nothing, has('AWS::Organizations::Account', { AccountName: 'dev', Email: 'aws+dev@acme.example' })), nothing,
    'AWS::Organizations::Account shop/it', /^AWS closes the account: .* deleted after 90 days, and its e-mail address 'aws\+dev@acme.example'/],
  ['an account leaves the code', both(nothing, has('AWS::Organizations::Account', { AccountName: 'dev', Email: 'aws+dev@acme.example' }, { keeps: 'Retain' })), nothing,
    'AWS::Organizations::Account shop/it', /^the account stays in the organization .* 'aws\+dev@acme.example' stays taken/],
  ['an organization is created', nothing, both(nothing, has('AWS::Organizations::Organization')),
    'AWS::Organizations::Organization shop/it', /makes this account the management account/],
  ['an organization is deleted', both(nothing, has('AWS::Organizations::Organization')), nothing,
    'AWS::Organizations::Organization shop/it', /^AWS deletes the organization .* another ID/],
  ['Object Lock is turned on', has('AWS::S3::Bucket', {}, { keeps: 'Retain' }), lock(),
    'AWS::S3::Bucket shop/it', /^Object Lock is turned on, which cannot be turned off/],
  ['Object Lock gets compliance mode', lock({ Mode: 'GOVERNANCE', Days: 30 }), lock({ Mode: 'COMPLIANCE', Days: 30 }),
    'AWS::S3::Bucket shop/it', /kept for 30 days in compliance mode: nobody deletes it earlier/],
  ['compliance mode lasts longer', lock({ Mode: 'COMPLIANCE', Days: 30 }), lock({ Mode: 'COMPLIANCE', Years: 1 }),
    'AWS::S3::Bucket shop/it', /kept for 365 days in compliance mode instead of 30/],
  ['a vault is locked', has('AWS::Backup::BackupVault', { BackupVaultName: 'shop' }),
    has('AWS::Backup::BackupVault', { BackupVaultName: 'shop', LockConfiguration: { MinRetentionDays: 7, ChangeableForDays: 3 } }),
    'AWS::Backup::BackupVault shop/it', /locked in compliance mode: 3 days from then on/],
  ['a vault is air-gapped', nothing, both(nothing, has('AWS::Backup::LogicallyAirGappedBackupVault', { BackupVaultName: 'shop', MinRetentionDays: 7, MaxRetentionDays: 35 })),
    'AWS::Backup::LogicallyAirGappedBackupVault shop/it', /before 7 days are over/],
  ['a retained resource leaves the code', both(nothing, has('AWS::SSM::Parameter', { Name: '/shop/key', Type: 'String', Value: 'a' }, { keeps: 'Retain' })), nothing,
    'AWS::SSM::Parameter shop/it', /^AWS goes on having it, and no stack knows it any more: putting it back into the code fails, as its name '\/shop\/key' stays taken$/],
  ['a table is deleted', both(nothing, has('AWS::DynamoDB::Table', { TableName: 'orders' })), nothing,
    'AWS::DynamoDB::Table shop/it', /^it is deleted with its items, which no deployment brings back$/],
  ['a bucket leaves', both(nothing, has('AWS::S3::Bucket', { BucketName: 'shop' }, { keeps: 'Delete' })), nothing,
    'AWS::S3::Bucket shop/it', /^AWS deletes it if it is empty, .* Any account may take its name then$/],
  ['a bucket that the CDK empties leaves', both(nothing, stack => void new Bucket(stack, 'files', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY })), nothing,
    'AWS::S3::Bucket shop/files6F97A25D', /^it is deleted with its objects/],
  ['a database without a policy leaves', both(nothing, has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql' })), nothing,
    'AWS::RDS::DBCluster shop/it', /^a snapshot is all that stays of its databases/],
  ['a protected database leaves', both(nothing, has('AWS::RDS::DBCluster', { DeletionProtection: true }, { keeps: 'Delete' })), nothing,
    'AWS::RDS::DBCluster shop/it', /^AWS refuses to delete it as it is protected: it stays with its databases/],
  ['a database is replaced', has('AWS::RDS::DBCluster', { StorageEncrypted: false }, { keeps: 'Delete' }), has('AWS::RDS::DBCluster', { StorageEncrypted: true }, { keeps: 'Delete' }),
    'AWS::RDS::DBCluster shop/it', /^an empty one takes its place, as 'StorageEncrypted' changes, and it is deleted with its databases/],
  ['a database is replaced and kept', has('AWS::RDS::DBCluster', { MasterUsername: 'one' }, { keeps: 'Retain' }), has('AWS::RDS::DBCluster', { MasterUsername: 'two' }, { keeps: 'Retain' }),
    'AWS::RDS::DBCluster shop/it', /^an empty one takes its place, as 'MasterUsername' changes: AWS keeps the one before with its databases/],
  ['a named table has another logical ID', has('AWS::DynamoDB::Table', { TableName: 'orders' }), has('AWS::DynamoDB::Table', { TableName: 'orders', BillingMode: 'PAY_PER_REQUEST' }, { id: 'other' }),
    'AWS::DynamoDB::Table shop/it', /^it moves from the logical ID 'it' to 'other', which makes another one: the deployment fails/],
  ['a table without a name has another logical ID', has('AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }), has('AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }, { id: 'other' }),
    'AWS::DynamoDB::Table shop/it', /^it moves from the logical ID 'it' to 'other', which makes another one, and deletes the one before with its items$/],
  ['a database has another logical ID with all that it needs', both(nothing, database('one')), both(nothing, database('two')),
    'AWS::RDS::DBCluster shop/onecluster',
    /^it moves from the logical ID 'onecluster' to 'twocluster', .*: AWS keeps the one before with its databases, /],
  ['a database that is kept leaves', both(nothing, has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql' }, { keeps: 'Retain' })), nothing,
    'AWS::RDS::DBCluster shop/it', /^AWS goes on having it with its databases, and no stack knows it any more: .* makes another one$/],
  ['a key is deleted', both(nothing, has('AWS::KMS::Key', { PendingWindowInDays: 7 })), nothing,
    'AWS::KMS::Key shop/it', /^AWS KMS deletes the key in 7 days/],
  ['a key is locked out', keyPolicy('kms:*'), keyPolicy('kms:Decrypt'),
    'AWS::KMS::Key shop/it', /lets nobody change the policy any more/],
  ['a bucket is locked out', bucketPolicy({ Action: 's3:PutObject' }), bucketPolicy({}),
    'AWS::S3::BucketPolicy shop/it', /only a root user can delete the policy$/],
  ['logs are kept shorter', has('AWS::Logs::LogGroup'), has('AWS::Logs::LogGroup', { RetentionInDays: 30 }),
    'AWS::Logs::LogGroup shop/it', /^log events are kept for 30 days instead of for ever: .* within 72 hours$/],
  ['backups are kept shorter', has('AWS::RDS::DBCluster', { BackupRetentionPeriod: 35 }), has('AWS::RDS::DBCluster', { BackupRetentionPeriod: 7 }),
    'AWS::RDS::DBCluster shop/it', /^automated backups are kept for 7 days instead of 35: older ones are deleted/],
  ['objects expire sooner', expires([{ Status: 'Enabled', ExpirationInDays: 365 }]), expires([{ Status: 'Enabled', ExpirationInDays: 30 }]),
    'AWS::S3::Bucket shop/it', /deleted for good after 30 days instead of 365/],
  ['versions expire', expires([], 'Enabled'), expires([{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 7 } }], 'Enabled'),
    'AWS::S3::Bucket shop/it', /deleted for good after 7 days, /],
  ['points in time are lost', has('AWS::DynamoDB::Table', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }), has('AWS::DynamoDB::Table'),
    'AWS::DynamoDB::Table shop/it', /point-in-time recovery is turned off/],
  ['items expire', has('AWS::DynamoDB::Table'), has('AWS::DynamoDB::Table', { TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } }),
    'AWS::DynamoDB::Table shop/it', /^items whose 'until' is in the past are deleted$/],
  ['an organization gets all features', has('AWS::Organizations::Organization', { FeatureSet: 'CONSOLIDATED_BILLING' }), has('AWS::Organizations::Organization', { FeatureSet: 'ALL' }),
    'AWS::Organizations::Organization shop/it', /never goes back to consolidated billing alone$/],
  ['images expire', has('AWS::ECR::Repository', {}, { keeps: 'Retain' }), selects({ tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 }),
    'AWS::ECR::Repository shop/it', /^images in it are deleted within 24 hours: of untagged ones those that are 14 days old$/],
  ['fewer images are kept', selects({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 }), selects({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 }),
    'AWS::ECR::Repository shop/it', /^images in it are deleted within 24 hours: of all but the last 10$/],
  ['an engine has a minor upgrade', has('AWS::RDS::DBInstance', { Engine: 'mysql', EngineVersion: '8.0.41' }), has('AWS::RDS::DBInstance', { Engine: 'mysql', EngineVersion: '8.0.42' }),
    'AWS::RDS::DBInstance shop/it', /^it is upgraded from 8.0.41 to 8.0.42, and AWS does not go back/],
  ['an engine is upgraded', has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', EngineVersion: '16.9' }), has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', EngineVersion: '17.5' }),
    'AWS::RDS::DBCluster shop/it', /^it is upgraded from 16.9 to 17.5, and AWS does not go back/],
  ['a cluster is upgraded', has('AWS::EKS::Cluster', { Version: '1.33' }), has('AWS::EKS::Cluster', { Version: '1.34' }),
    'AWS::EKS::Cluster shop/it', /^it is upgraded from 1.33 to 1.34/],
  ['a trail is deleted', both(nothing, has('AWS::CloudTrail::Trail', { IsLogging: true })), nothing,
    'AWS::CloudTrail::Trail shop/it', /records nothing from then on/],
  ['a trail stops', has('AWS::CloudTrail::Trail', { IsLogging: true }, { keeps: 'Retain' }), has('AWS::CloudTrail::Trail', { IsLogging: false }, { keeps: 'Retain' }),
    'AWS::CloudTrail::Trail shop/it', /records nothing from then on/],
  ['a zone is replaced', has('AWS::Route53::HostedZone', { Name: 'shop.acme.example' }, { keeps: 'Retain' }), has('AWS::Route53::HostedZone', { Name: 'store.acme.example' }, { keeps: 'Retain' }),
    'AWS::Route53::HostedZone shop/it', /^a zone with other name servers takes its place/],
  ['a zone is deleted', both(nothing, has('AWS::Route53::HostedZone', { Name: 'shop.acme.example' })), nothing,
    'AWS::Route53::HostedZone shop/it', /^the zone is deleted: one that is made later has other name servers/],
  ['a trusted role is deleted', both(trusting, has('AWS::IAM::Role', { RoleName: 'reader', Path: '/shop/' })), trusting,
    'AWS::IAM::Role shop/it', /^'shop\/trusting' trusts it by its unique ID/],
  ['a retained nested stack leaves', both(nothing, nested('Retain')), nothing,
    'AWS::CloudFormation::Stack shop/inner', /^AWS goes on having it/],
  ['a nested stack leaves', both(nothing, nested('Delete')), nothing,
    'AWS::DynamoDB::Table shop/inner/orders', /^it is deleted with its items/],
  ['an address is given back', both(nothing, has('AWS::EC2::EIP')), nothing,
    'AWS::EC2::EIP shop/it', /^the address goes back to AWS/],
];

test.each(PLANTED)('%s', (_, before, after, subject, why) => {
  expect(told(before, after)).toEqual([[subject, expect.stringMatching(why)]]);
});

const func = (code: string, memorySize = 128) => (stack: Stack) =>
  void new Function(stack, 'handler', { code: Code.fromInline(code), handler: 'index.handler', runtime: Runtime.NODEJS_22_X, memorySize });
const table = (scope: Construct, id = 'orders') => new Table(scope, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });

/** Nothing of these is lost. */
const HARMLESS: Array<[what: string, before: Write, after: Write]> = [
  ['a construct with the same logical ID elsewhere', stack => {
    (table(stack).node.defaultChild as CfnResource).overrideLogicalId('orders7A2FA53F');
  }, stack => {
    const { node } = table(new Construct(stack, 'data'), 'moved');
    (node.defaultChild as CfnResource).overrideLogicalId('orders7A2FA53F');
  }],
  ['tags', stack => void table(stack), stack => Tags.of(table(stack)).add('owner', 'shop')],
  ['an alarm', stack => void table(stack), stack => {
    table(stack);
    new Alarm(stack, 'alarm', { metric: new Metric({ namespace: 'shop', metricName: 'orders', period: Duration.minutes(5) }), threshold: 1, evaluationPeriods: 1 });
  }],
  ['other code', func('exports.handler = () => 1'), func('exports.handler = () => 2')],
  ['more memory', func('exports.handler = () => 1'), func('exports.handler = () => 1', 512)],
  ['another role', stack => void new Role(stack, 'one', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    stack => void new Role(stack, 'two', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })],
  ['a policy that is retained from now on', has('AWS::S3::Bucket'), has('AWS::S3::Bucket', {}, { keeps: 'Retain' })],
  ['longer retention', has('AWS::Logs::LogGroup', { RetentionInDays: 30 }), has('AWS::Logs::LogGroup', { RetentionInDays: 365 })],
  ['more images are kept', selects({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 }), selects({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 30 })],
  ['images are archived', has('AWS::ECR::Repository', {}, { keeps: 'Retain' }), selects({ tagStatus: 'any', countType: 'sinceImagePulled', countNumber: 30 }, 'transition')],
  ['a version is given exactly', has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', EngineVersion: '16' }), has('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', EngineVersion: '16.9' })],
  ['a reader less', both(nothing, has('AWS::RDS::DBInstance', { DBClusterIdentifier: 'shop' })), nothing],
  ['governance mode', lock({ Mode: 'GOVERNANCE', Days: 1 }), lock({ Mode: 'GOVERNANCE', Days: 30 })],
  ['a vault that a permission unlocks', has('AWS::Backup::BackupVault', { BackupVaultName: 'shop' }), has('AWS::Backup::BackupVault', { BackupVaultName: 'shop', LockConfiguration: { MinRetentionDays: 7 } })],
  ['current versions that expire', expires([], 'Enabled'), expires([{ Status: 'Enabled', ExpirationInDays: 7 }], 'Enabled')],
  ['a denial under a condition', bucketPolicy({ Action: 's3:PutObject' }), bucketPolicy({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
  ['a custom resource less', both(nothing, has('Custom::AWS', {}, { keeps: 'Retain' })), nothing],
];

test.each(HARMLESS)('nothing is lost by %s', (_, before, after) => {
  expect(told(before, after)).toEqual([]);
});

test('nothing is lost by what is refactored in an organization', () => {
  const write = (more: (org: Acme) => void) => assemblyOf(app => more(acmeOfKnownAccounts(undefined, app)));
  const before = write(({ prod }) => table(prod.addStack('shop')));
  const after = write(({ prod, dev }) => {
    const shop = prod.addStack('shop');
    shop.templateOptions.description = 'orders';
    Tags.of(shop).add('team', 'shop');
    table(shop);
    table(dev.addStack('shop'));
  });
  expect(toldOf(before, after)).toEqual([]);
  // and a stack that the code no longer names is not deleted
  expect(toldOf(before, write(() => {}))).toEqual([]);
});

test('an account that becomes known replaces nothing', () => {
  const assembly = (account: string) => assemblyOf(app => void new CfnResource(new Stack(app, 'shop', { env: { account, region: 'eu-west-1' } }), 'it', {
    type: 'AWS::S3::Bucket', properties: { BucketName: `acme-shop-${account}` },
  }));
  const [unknown, known] = ['000000000000', PROD].map(assembly);
  for (const [before, after] of [[unknown, known], [known, unknown]]) {
    expect(compare(before, after).stacks.map(({ what }) => what)).toEqual(['untouched']);
  }
  const other = assembly('444444444444');
  expect(compare(known, other).stacks.map(({ what }) => what)).toEqual(['new']);
});

test('the first deployment tells the organization and each account', () => {
  const subjects = toldOf(undefined, assemblyOf(app => void acme(app))).map(([subject]) => subject.split(' ')[0]);
  expect(subjects.sort()).toEqual([
    'AWS::Organizations::Account', 'AWS::Organizations::Account', 'AWS::Organizations::Account', 'AWS::Organizations::Organization',
  ]);
});
