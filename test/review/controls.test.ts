import { CfnCondition, CfnParameter, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { assemblyOf } from './assemblies';
import { written } from './written';
import { Assembly } from '../../review/assembly/assembly';
import { CONTROLS } from '../../review/report/control-list';
import { Block, Table, Text } from '../../review/report/document';
import { markdown } from '../../review/report/markdown';
import { pagesOf } from '../../review/report/report';
import { Guardrail, Guardrails } from '../../src';
import { acme, acmeOfKnownAccounts } from '../orgs';

// the evidence for what auditors ask: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html

function blocks(assembly: Assembly): Block[] {
  return pagesOf(assembly).sections.find(({ id }) => id === 'controls')!.blocks;
}

function plain(text: Text): string {
  return typeof text === 'string' ? text : text.map(piece => typeof piece === 'string' ? piece : Object.values(piece)[0]).join('|');
}

/** What the page says beside each control. */
function states(assembly: Assembly): Record<string, string> {
  const { rows } = blocks(assembly).find((block): block is Table => block.kind === 'table')!;
  return Object.fromEntries(rows.map(cells => [plain(cells[0]).split('|')[0], plain(cells[1]).split('|')[0]]));
}

/** Rows of the panel of a control. */
function evidence(assembly: Assembly, control: string, caption: 'Shown by' | 'Missing'): string[][] {
  const panel = blocks(assembly).find((block): block is Extract<Block, { kind: 'panel' }> =>
    block.kind === 'panel' && block.title === `Evidence of ${control}`)!;
  const found = panel.blocks.find((block): block is Table => block.kind === 'table' && block.caption === caption);
  return (found?.rows ?? []).map(cells => cells.map(plain));
}

type Properties = Record<string, unknown>;
type Resources = Array<[type: string, properties: Properties, condition?: 'Never' | 'Maybe' | 'Either']>;

/** A stack of plain resources, r0, r1, and so on, some under conditions. */
function plainStack(resources: Resources): Assembly {
  return assemblyOf(app => plainResources(new Stack(app, 'shop'), resources));
}

function plainResources(stack: Stack, resources: Resources): void {
  const asked = new CfnParameter(stack, 'Asked', { type: 'String' });
  new CfnParameter(stack, 'Days', { type: 'Number', default: 1 });
  new CfnParameter(stack, 'Years', { type: 'Number', default: 400 });
  const maybe = Fn.conditionEquals(asked.valueAsString, 'yes');
  const conditions = {
    Never: new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') }),
    Maybe: new CfnCondition(stack, 'Maybe', { expression: maybe }),
    Either: new CfnCondition(stack, 'Either', { expression: Fn.conditionNot(maybe) }),
  };
  resources.forEach(([type, properties, condition], index) => {
    const resource = new CfnResource(stack, `r${index}`, { type, properties });
    resource.overrideLogicalId(`r${index}`);
    resource.cfnOptions.condition = condition && conditions[condition];
  });
}

const BLOCK = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
const POLICY = (test: string, effect = 'Deny') => ({
  Bucket: { Ref: 'r0' },
  PolicyDocument: { Statement: [{ Effect: effect, Principal: '*', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': test } } }] },
});
const PITR = (enabled: boolean) => ({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled } });
const ALONE = { DBInstanceClass: 'db.t4g.micro', Engine: 'postgres' };
const PART = { ...ALONE, DBClusterIdentifier: 'cluster' };

/** For each control on resources: as it has to be, as it may not be, and what it is not about. */
const RESOURCES: Array<[control: string, good: Resources, bad: Resources, other?: Resources]> = [
  ['CloudWatch.16', [['AWS::Logs::LogGroup', { RetentionInDays: 365 }]], [['AWS::Logs::LogGroup', { RetentionInDays: 180 }]]],
  ['CloudWatch.16', [['AWS::Logs::LogGroup', {}]], [['AWS::Logs::LogGroup', {}], ['AWS::Logs::LogGroup', { RetentionInDays: '30' }]]],
  ['S3.8', [['AWS::S3::Bucket', { PublicAccessBlockConfiguration: BLOCK }]], [['AWS::S3::Bucket', { PublicAccessBlockConfiguration: { ...BLOCK, BlockPublicAcls: false } }]]],
  ['S3.5', [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY('false')]], [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY('true')]]],
  ['S3.5', [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY('false')]], [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY('false', 'Allow')]]],
  ['EC2.3', [['AWS::EC2::Volume', { Encrypted: true }]], [['AWS::EC2::Volume', {}]]],
  ['EC2.8', [['AWS::EC2::LaunchTemplate', { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } }]], [['AWS::EC2::LaunchTemplate', { LaunchTemplateData: {} }]]],
  ['EC2.6', [['AWS::EC2::VPC', {}], ['AWS::EC2::FlowLog', { ResourceId: { Ref: 'r0' }, TrafficType: 'REJECT' }]],
    [['AWS::EC2::VPC', {}], ['AWS::EC2::FlowLog', { ResourceId: { Ref: 'r0' }, TrafficType: 'ACCEPT' }]]],
  ['EC2.6', [['AWS::EC2::VPC', {}], ['AWS::EC2::FlowLog', { ResourceId: { Ref: 'r0' }, TrafficType: 'ALL' }]], [['AWS::EC2::VPC', {}]]],
  ['EC2.2', [['AWS::EC2::VPC', {}], ['Custom::VpcRestrictDefaultSG', { DefaultSecurityGroupId: { 'Fn::GetAtt': ['r0', 'DefaultSecurityGroup'] } }]], [['AWS::EC2::VPC', {}]]],
  ['KMS.4', [['AWS::KMS::Key', { EnableKeyRotation: true }]], [['AWS::KMS::Key', {}]], [['AWS::KMS::Key', { KeySpec: 'ECC_NIST_P256' }]]],
  ['RDS.2', [['AWS::RDS::DBInstance', { ...PART, PubliclyAccessible: false }]], [['AWS::RDS::DBInstance', PART]]],
  ['RDS.3', [['AWS::RDS::DBInstance', { ...ALONE, StorageEncrypted: true }]], [['AWS::RDS::DBInstance', ALONE]], [['AWS::RDS::DBInstance', PART]]],
  ['RDS.27', [['AWS::RDS::DBCluster', { StorageEncrypted: true }]], [['AWS::RDS::DBCluster', {}]]],
  ['RDS.7', [['AWS::RDS::DBCluster', { DeletionProtection: true }]], [['AWS::RDS::DBCluster', { DeletionProtection: false }]]],
  ['RDS.8', [['AWS::RDS::DBInstance', { ...ALONE, DeletionProtection: true }]], [['AWS::RDS::DBInstance', ALONE]], [['AWS::RDS::DBInstance', PART]]],
  ['RDS.11', [['AWS::RDS::DBInstance', { ...ALONE, BackupRetentionPeriod: 7 }]], [['AWS::RDS::DBInstance', ALONE]], [['AWS::RDS::DBInstance', PART]]],
  ['DynamoDB.2', [['AWS::DynamoDB::Table', PITR(true)]], [['AWS::DynamoDB::Table', {}]]],
  ['DynamoDB.2', [['AWS::DynamoDB::GlobalTable', { Replicas: [PITR(true), PITR(true)] }]], [['AWS::DynamoDB::GlobalTable', { Replicas: [PITR(true), PITR(false)] }]]],
];

test.each(RESOURCES)('%s looks at each resource', (control, good, bad, other = []) => {
  expect(states(plainStack(good))[control]).toBe('shown in 1 of 1 stage');
  expect(states(plainStack(bad))[control]).toBe('not shown');
  expect(states(plainStack(other))[control]).toBe('nothing of the kind');
  expect(evidence(plainStack(bad), control, 'Missing')[0][0]).toMatch(/^shop: r\d .+/);
});

const VPC: Resources[number] = ['AWS::EC2::VPC', {}];
const FLOW_LOG = { ResourceId: { Ref: 'r0' }, TrafficType: 'ALL' };
const LOGS = 'AWS::Logs::LogGroup';
const WHEN = (condition: string, yes: unknown, no: unknown = { Ref: 'AWS::NoValue' }) => ({ 'Fn::If': [condition, yes, no] });
const TOKENS = (tokens: string) => ({ LaunchTemplateData: { MetadataOptions: { HttpTokens: tokens } } });
const TLS_ONLY = (others: object): Resources[number] => {
  const { Bucket, PolicyDocument: { Statement: [statement] } } = POLICY('false');
  const own = [{ 'Fn::GetAtt': ['r0', 'Arn'] }, { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['r0', 'Arn'] }, '/*']] }];
  return ['AWS::S3::BucketPolicy', { Bucket, PolicyDocument: { Statement: [{ ...statement, Resource: own, ...others }] } }];
};
const POLICY_WHEN = (condition: string) => {
  const { Bucket, PolicyDocument: { Statement: [statement] } } = POLICY('false');
  return { Bucket, PolicyDocument: { Statement: [WHEN(condition, statement)] } };
};

test.each<[string, string, Resources, string]>([
  ['EC2.6', 'a flow log that is never made', [VPC, ['AWS::EC2::FlowLog', FLOW_LOG, 'Never']], 'no'],
  ['EC2.6', 'one that may be made', [VPC, ['AWS::EC2::FlowLog', FLOW_LOG, 'Maybe']], 'unknown'],
  ['EC2.6', 'one that is made with its network', [['AWS::EC2::VPC', {}, 'Maybe'], ['AWS::EC2::FlowLog', FLOW_LOG, 'Maybe']], 'yes'],
  ['EC2.6', 'one or another', [VPC, ['AWS::EC2::FlowLog', FLOW_LOG, 'Maybe'], ['AWS::EC2::FlowLog', FLOW_LOG, 'Either']], 'yes'],
  ['S3.5', 'a policy that is never made', [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY('false'), 'Never']], 'no'],
  ['S3.5', 'a statement that is never there', [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY_WHEN('Never')]], 'no'],
  ['S3.5', 'a statement that may be there', [['AWS::S3::Bucket', {}], ['AWS::S3::BucketPolicy', POLICY_WHEN('Maybe')]], 'unknown'],
  ['CloudWatch.16', 'a parameter with a default', [[LOGS, { RetentionInDays: { Ref: 'Days' } }]], 'no'],
  ['CloudWatch.16', 'one that is enough', [[LOGS, { RetentionInDays: { Ref: 'Years' } }]], 'yes'],
  ['CloudWatch.16', 'one without', [[LOGS, { RetentionInDays: { Ref: 'Asked' } }]], 'unknown'],
  ['CloudWatch.16', 'a choice', [[LOGS, { RetentionInDays: WHEN('Maybe', 1, 400) }]], 'unknown'],
  ['CloudWatch.16', 'a choice of what is enough', [[LOGS, { RetentionInDays: WHEN('Maybe', 365, 400) }]], 'yes'],
  ['S3.5', 'a policy of the bucket and its objects', [['AWS::S3::Bucket', {}], TLS_ONLY({})], 'yes'],
  ['S3.5', 'one by its name', [['AWS::S3::Bucket', { BucketName: 'acme' }], TLS_ONLY({ Resource: ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/*'] })], 'yes'],
  ['S3.5', 'one of the objects alone', [['AWS::S3::Bucket', {}], TLS_ONLY({ Resource: [{ 'Fn::Sub': '${r0.Arn}/*' }] })], 'no'],
  ['S3.5', 'one of another bucket', [['AWS::S3::Bucket', {}], TLS_ONLY({ Resource: ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/*'] })], 'no'],
  ['S3.5', 'one of one action', [['AWS::S3::Bucket', {}], TLS_ONLY({ Action: 's3:DeleteBucket' })], 'no'],
  ['S3.5', 'one of one principal', [['AWS::S3::Bucket', {}], TLS_ONLY({ Principal: { AWS: 'arn:aws:iam::333333333333:root' } })], 'no'],
  ['S3.5', 'one under another condition, too', [['AWS::S3::Bucket', {}], TLS_ONLY({ Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:PrincipalIsAWSService': 'false' } } })], 'no'],
  ['EC2.8', 'a bad instance beside a good template', [['AWS::EC2::LaunchTemplate', TOKENS('required')], ['AWS::EC2::Instance', { MetadataOptions: { HttpTokens: 'optional' } }]], 'no'],
  ['EC2.8', 'an instance of a good template', [['AWS::EC2::LaunchTemplate', TOKENS('required')], ['AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: { Ref: 'r0' } } }]], 'yes'],
  ['EC2.8', 'an instance of somebody\'s template', [['AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: 'lt-1' } }]], 'unknown'],
  ['KMS.4', 'a key that may be none that AWS rotates', [['AWS::KMS::Key', { KeySpec: { Ref: 'Asked' }, EnableKeyRotation: true }]], 'unknown'],
])('%s is shown by what is there in any case: %s', (control, _, resources, answer) => {
  const assembly = plainStack(resources);
  expect(states(assembly)[control]).toBe(answer === 'yes' ? 'shown in 1 of 1 stage' : 'not shown');
  expect(evidence(assembly, control, 'Missing').some(([words]) => words.endsWith(': not known before the deployment'))).toBe(answer === 'unknown');
});

const GOOD_TRAIL = { IsLogging: true, IsMultiRegionTrail: true, S3BucketName: 'acme-trail' };
const MANAGEMENT = [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }];
const OBJECTS = [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: ['AWS::S3::Object'] }] }];
const ONLY = (field: object) => OBJECTS.map(({ FieldSelectors: fields }) => ({ FieldSelectors: [...fields, field] }));

/** For each control on accounts: a resource that shows it in the account of its stage, and one that does not. */
const IN_ACCOUNTS: Array<[control: string, type: string, good: Properties, bad: Properties]> = [
  ['CloudTrail.1', 'AWS::CloudTrail::Trail', GOOD_TRAIL, { ...GOOD_TRAIL, IsMultiRegionTrail: false }],
  ['CloudTrail.1', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, AdvancedEventSelectors: MANAGEMENT }, { ...GOOD_TRAIL, AdvancedEventSelectors: OBJECTS }],
  ['CloudTrail.1', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, EventSelectors: [{}] }, { ...GOOD_TRAIL, EventSelectors: [{ ReadWriteType: 'WriteOnly' }] }],
  ['CloudTrail.2', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, KMSKeyId: 'alias/acme' }, GOOD_TRAIL],
  ['CloudTrail.4', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, EnableLogFileValidation: true }, GOOD_TRAIL],
  ['CloudTrail.5', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, CloudWatchLogsLogGroupArn: 'arn' }, GOOD_TRAIL],
  ['S3.22', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, AdvancedEventSelectors: OBJECTS }, { ...GOOD_TRAIL, AdvancedEventSelectors: ONLY({ Field: 'resources.ARN', StartsWith: ['arn'] }) }],
  ['S3.22', 'AWS::CloudTrail::Trail', { ...GOOD_TRAIL, EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] }] }] },
    { ...GOOD_TRAIL, EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::acme/'] }] }] }],
  ['Config.1', 'AWS::Config::ConfigurationRecorder', { RoleARN: 'arn:aws:iam::333333333333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig' },
    { RoleARN: 'arn:aws:iam::333333333333:role/mine' }],
  ['GuardDuty.1', 'AWS::GuardDuty::Detector', { Enable: true }, { Enable: false }],
  ['IAM.28', 'AWS::AccessAnalyzer::Analyzer', { Type: 'ACCOUNT' }, { Type: 'ACCOUNT_UNUSED_ACCESS' }],
  ['S3.1', 'Custom::AWS', { Create: JSON.stringify({ service: 'S3Control', action: 'putPublicAccessBlock', parameters: { AccountId: '333333333333', PublicAccessBlockConfiguration: BLOCK } }) },
    { Create: JSON.stringify({ service: 'S3Control', action: 'putPublicAccessBlock', parameters: { AccountId: '333333333333', PublicAccessBlockConfiguration: {} } }) }],
  ['EC2.7', 'Custom::AWS', { Create: '{"service":"EC2","action":"enableEbsEncryptionByDefault"}' }, { Create: '{"service":"EC2","action":"disableEbsEncryptionByDefault"}' }],
];

test.each(IN_ACCOUNTS)('%s is asked in each account', (control, type, good, bad) => {
  const of = (properties: Properties) => assemblyOf(app => {
    const { prod } = acmeOfKnownAccounts(undefined, app);
    new CfnResource(new Stack(prod, 'shop'), 'it', { type, properties });
  });
  const [having, lacking] = [good, bad].map(of);
  expect(states(having)[control]).toBe('shown in 1 of 4 stages');
  expect(states(lacking)[control]).toBe('not shown');
  expect(evidence(having, control, 'Shown by')).toEqual([['acme/prod/shop: it', 'prod']]);
  expect(evidence(having, control, 'Missing')[0][1]).toBe('3: root, audit, dev');
});

const KEY = { ...GOOD_TRAIL, KMSKeyId: 'alias/acme' };
const TRAIL = 'AWS::CloudTrail::Trail';
const RECORDER = 'AWS::Config::ConfigurationRecorder';
const BY_CONFIG = { RoleARN: 'arn:aws:iam::333333333333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig' };
const CALL = (call: object): Resources[number] => ['Custom::AWS', { Create: JSON.stringify(call) }];
const EBS = { service: 'EC2', action: 'enableEbsEncryptionByDefault' };
const PUBLIC = { service: 'S3Control', action: 'putPublicAccessBlock', parameters: { AccountId: '333333333333', PublicAccessBlockConfiguration: BLOCK } };

test.each<[string, string, Resources, string]>([
  ['CloudTrail.1', 'a trail that may be made', [[TRAIL, GOOD_TRAIL, 'Maybe']], 'unknown'],
  ['CloudTrail.1', 'one beside a bad one', [[TRAIL, GOOD_TRAIL], [TRAIL, { ...GOOD_TRAIL, IsMultiRegionTrail: false }]], 'yes'],
  ['CloudTrail.2', 'a key that may be none', [[TRAIL, { ...KEY, KMSKeyId: WHEN('Maybe', 'alias/acme') }]], 'unknown'],
  ['CloudTrail.2', 'a key that may be empty', [[TRAIL, { ...KEY, KMSKeyId: { Ref: 'Asked' } }]], 'unknown'],
  ['CloudTrail.2', 'a key of the stack', [[TRAIL, { ...KEY, KMSKeyId: { Ref: 'r1' } }], ['AWS::KMS::Key', {}]], 'yes'],
  ['CloudTrail.2', 'two trails, one without a key', [[TRAIL, KEY], [TRAIL, GOOD_TRAIL]], 'no'],
  ['CloudTrail.2', 'a trail that is off', [[TRAIL, { ...KEY, IsLogging: false }]], 'no'],
  ['CloudTrail.4', 'two trails, one without validation', [[TRAIL, { ...GOOD_TRAIL, EnableLogFileValidation: true }], [TRAIL, GOOD_TRAIL]], 'no'],
  ['S3.22', 'a trail that is off', [[TRAIL, { ...GOOD_TRAIL, IsLogging: false, AdvancedEventSelectors: OBJECTS }]], 'no'],
  ['GuardDuty.1', 'a detector that may be made', [['AWS::GuardDuty::Detector', { Enable: true }, 'Maybe']], 'unknown'],
  ['Config.1', 'a recorder of all types', [[RECORDER, { ...BY_CONFIG, RecordingGroup: { AllSupported: true } }]], 'yes'],
  ['Config.1', 'a recorder of some types', [[RECORDER, { ...BY_CONFIG, RecordingGroup: { AllSupported: false, ResourceTypes: ['AWS::S3::Bucket'] } }]], 'no'],
  ['Config.1', 'a recorder of all but some', [[RECORDER, { ...BY_CONFIG, RecordingGroup: { RecordingStrategy: { UseOnly: 'EXCLUSION_BY_RESOURCE_TYPES' } } }]], 'no'],
  ['S3.1', 'a block of one bucket', [CALL({ ...PUBLIC, service: 'S3', parameters: { Bucket: 'acme', PublicAccessBlockConfiguration: BLOCK } })], 'no'],
  ['S3.1', 'one of the account, by the name of the package', [CALL({ ...PUBLIC, service: '@aws-sdk/client-s3-control' })], 'yes'],
  ['S3.1', 'one of another account', [CALL({ ...PUBLIC, parameters: { ...PUBLIC.parameters, AccountId: '444444444444' } })], 'no'],
  ['S3.1', 'one of the account that deploys', [CALL({ ...PUBLIC, parameters: { ...PUBLIC.parameters, AccountId: '${AWS::AccountId}' } })], 'yes'],
  ['S3.1', 'one that another one replaces', [CALL(PUBLIC), CALL({ ...PUBLIC, parameters: { AccountId: '333333333333' } })], 'no'],
  ['S3.1', 'one that may be made', [['Custom::AWS', CALL(PUBLIC)[1], 'Maybe']], 'unknown'],
  ['S3.1', 'one as the role of another account', [CALL({ ...PUBLIC, assumedRoleArn: 'arn:aws:iam::444444444444:role/acme' })], 'unknown'],
  ['S3.1', 'one that an update takes back', [['Custom::AWS', { ...CALL(PUBLIC)[1], Update: JSON.stringify({ ...PUBLIC, parameters: { AccountId: '333333333333' } }) }]], 'no'],
  ['EC2.7', 'a call of this region', [CALL({ ...EBS, region: 'eu-west-1' })], 'yes'],
  ['EC2.7', 'a call of another region', [CALL({ ...EBS, region: 'us-east-1' })], 'no'],
  ['EC2.7', 'a call of another service', [CALL({ ...EBS, service: 'EFS' })], 'no'],
])('%s in an account: %s', (control, _, resources, answer) => {
  const assembly = assemblyOf(app => plainResources(new Stack(acmeOfKnownAccounts(undefined, app).prod, 'shop'), resources));
  expect(states(assembly)[control]).toBe(answer === 'yes' ? 'shown in 1 of 4 stages' : 'not shown');
  expect(evidence(assembly, control, 'Missing').some(([words]) => words.endsWith(': not known before the deployment'))).toBe(answer === 'unknown');
});

test.each<[string, Resources[number]]>([
  ['GuardDuty.1', ['AWS::GuardDuty::Detector', { Enable: true }]], ['EC2.7', CALL(EBS)], ['CIS 4.16', ['AWS::SecurityHub::Hub', {}]],
])('%s is asked in each region of a stage', (control, resource) => {
  const of = (both: boolean) => assemblyOf(app => {
    const { prod } = acmeOfKnownAccounts(undefined, app);
    plainResources(new Stack(prod, 'shop'), [resource]);
    plainResources(new Stack(prod, 'edge', { env: { account: prod.accountId, region: 'us-east-1' } }), both ? [resource] : []);
  });
  expect(states(of(true))[control]).toBe('shown in 1 of 4 stages');
  expect(states(of(false))[control]).toBe('not shown');
  expect(evidence(of(false), control, 'Missing')).toContainEqual([expect.stringMatching(/ in us-east-1$/), 'prod']);
});

test('what the organization decides covers its stages: its trail, its guardrails, its users', () => {
  const assembly = assemblyOf(app => {
    const { org, audit, dev } = acme(app);
    org.addAuditTrail({ storedIn: audit });
    new Guardrails(org, 'guardrails', { adjustments: [{ guardrail: Guardrail.DENY_ROOT_USER, exceptStages: [dev] }] });
    org.addGroup('engineers', { canAssume: [dev.admin] });
  });
  expect(states(assembly)).toMatchObject({
    'Account.2': 'shown in 4 of 4 stages',
    'CloudTrail.1': 'shown in 4 of 4 stages',
    'CloudTrail.4': 'shown in 4 of 4 stages',
    'IAM.4': 'shown in 2 of 4 stages',
    'IAM.15': 'shown in 1 of 1 stage',
    'EC2.8': 'shown in 3 of 4 stages',
    'GuardDuty.1': 'not shown',
    'NIST IA-2(1)': 'shown in 1 of 1 stage',
    'RDS.27': 'nothing of the kind',
  });
  expect(evidence(assembly, 'CloudTrail.1', 'Shown by')).toEqual([[expect.stringMatching(/^acme\/audit-trail\/trail: /), '4: root, audit, prod, dev']]);
  expect(evidence(assembly, 'IAM.4', 'Missing')).toEqual([['no guardrail in force denies it', '2: root, dev']]);
  expect(evidence(assembly, 'IAM.4', 'Shown by')[0][0]).toMatch(/^guardrail deny-root-user: DenyRootUser in policy acme-/);
});

const IMDS = { Sid: 'Tls', Effect: 'Deny', Action: 'ec2:RunInstances', Resource: '*' };
const ROOT = { Sid: 'Tls', Effect: 'Deny', Action: 'iam:*', Resource: '*' };
const ROOTS = { 'aws:PrincipalArn': ['arn:*:iam::*:root'] };
const VOLUMES = { Sid: 'Tls', Effect: 'Deny', Action: ['ec2:CreateVolume', 'ec2:RunInstances'], Resource: 'arn:*:ec2:*:*:volume/*', Condition: { Bool: { 'ec2:Encrypted': 'false' } } };
const TLS = { Sid: 'Tls', Effect: 'Deny', Action: ['s3:*'], Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };

test.each<[string, object, string, string?]>([
  ['denies it', TLS, 'shown in 3 of 4 stages'],
  ['denies more', { ...TLS, Action: '*' }, 'shown in 3 of 4 stages'],
  ['allows it', { ...TLS, Effect: 'Allow' }, 'not shown'],
  ['denies another action', { ...TLS, Action: 'sqs:*' }, 'not shown'],
  ['denies the contrary', { ...TLS, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, 'not shown'],
  ['denies the root user', { ...ROOT, Condition: { ArnLike: ROOTS } }, 'shown in 3 of 4 stages', 'IAM.4'],
  ['spares the root user', { ...ROOT, Condition: { ArnNotLike: ROOTS } }, 'not shown', 'IAM.4'],
  ['requires tokens', { ...IMDS, Condition: { StringNotEquals: { 'ec2:MetadataHttpTokens': 'required' } } }, 'shown in 3 of 4 stages', 'EC2.8'],
  ['denies tokens', { ...IMDS, Condition: { StringEquals: { 'ec2:MetadataHttpTokens': 'required' } } }, 'not shown', 'EC2.8'],
  ['is of no guardrail', { ...TLS, Sid: 'Other' }, 'not shown'],
  ['denies some of it', { ...TLS, Action: 's3:Get*' }, 'not shown'],
  ['denies it for the objects of a bucket', { ...TLS, Resource: 'arn:aws:s3:::acme/*' }, 'not shown'],
  ['denies it for objects', { ...TLS, Resource: 'arn:*:s3:::*/*' }, 'not shown'],
  ['denies it for all buckets', { ...TLS, Resource: 'arn:*:s3:::*' }, 'shown in 3 of 4 stages'],
  ['denies it to one principal', { ...TLS, Principal: { AWS: 'arn:aws:iam::333333333333:root' } }, 'not shown'],
  ['denies it to all but one', { ...TLS, NotPrincipal: { AWS: 'arn:aws:iam::333333333333:root' } }, 'not shown'],
  ['denies it under another condition, too', { ...TLS, Condition: { ...TLS.Condition, StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }, 'not shown'],
  ['is a choice that never is', WHEN('Never', TLS) as object, 'not shown'],
  ['is a choice', WHEN('Maybe', TLS) as object, 'not shown'],
  ['spares everybody', { ...TLS, Condition: { ...TLS.Condition, ArnNotLike: { 'aws:PrincipalArn': '*' } } }, 'not shown'],
  ['spares all roles', { ...TLS, Condition: { ...TLS.Condition, ArnNotLike: { 'aws:PrincipalArn': 'arn:*:iam::*:role/*' } } }, 'not shown'],
  ['spares another account', { ...TLS, Condition: { ...TLS.Condition, StringNotEquals: { 'aws:ResourceAccount': '444444444444' } } }, 'shown in 2 of 4 stages'],
  ['spares who knows whom', { ...TLS, Condition: { ...TLS.Condition, StringNotEquals: { 'aws:ResourceAccount': { Ref: 'Asked' } } } }, 'not shown'],
  ['denies the root user of another account', { ...ROOT, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::999999999999:root' } } }, 'not shown', 'IAM.4'],
  ['denies the root user of a stage', { ...ROOT, Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::333333333333:root' } } }, 'shown in 1 of 4 stages', 'IAM.4'],
  ['denies a literal wildcard', { ...ROOT, Condition: { StringEquals: ROOTS } }, 'not shown', 'IAM.4'],
  ['denies what has no tokens', { ...IMDS, Condition: { Null: { 'ec2:MetadataHttpTokens': 'true' } } }, 'not shown', 'EC2.8'],
  ['denies it for networks', { ...IMDS, Resource: 'arn:*:ec2:*:*:subnet/*', Condition: { StringNotEquals: { 'ec2:MetadataHttpTokens': 'required' } } }, 'not shown', 'EC2.8'],
  ['denies volumes in clear', VOLUMES, 'shown in 3 of 4 stages', 'EC2.3'],
  ['denies them to volumes alone', { ...VOLUMES, Action: 'ec2:CreateVolume' }, 'not shown', 'EC2.3'],
  ['denies them in a region', { ...VOLUMES, Condition: { ...VOLUMES.Condition, StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }, 'not shown', 'EC2.3'],
])('a guardrail shows what a statement of it denies, by whomever it is: one that %s', (_, statement, state, control = 'S3.5') => {
  const [right, wrong] = control === 'S3.5' ? ['RESOURCE', 'SERVICE'] : ['SERVICE', 'RESOURCE'];
  expect(states(guarded(statement, `${right}_CONTROL_POLICY`))[control]).toBe(state);
  expect(states(guarded(statement, `${wrong}_CONTROL_POLICY`))[control]).toBe('not shown');
});

function guarded(statement: object, type: string, resources: Resources = []): Assembly {
  return assemblyOf(app => {
    const { org, prod } = acmeOfKnownAccounts(undefined, app);
    plainResources(new Stack(org.root, 'policies'), [['AWS::Organizations::Policy', { Name: 'ours', Type: type, Content: { Statement: [statement] } }]]);
    plainResources(new Stack(prod, 'shop'), resources);
    org.addFacts({
      facts: () => [
        { kind: 'guardrail', subject: 'organization', name: 'tls', value: type, source: 'acme/ours' },
        { kind: 'guardrail-statement', subject: 'ours', name: 'Tls', value: 'tls', source: 'acme/ours' },
      ],
    });
  });
}

test('a guardrail names whom it spares, and does not hide what is bad already', () => {
  const spare = { ArnNotLike: { 'aws:PrincipalArn': ['arn:*:iam::*:role/deploy'] }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } };
  const tls = guarded({ ...TLS, Condition: { ...TLS.Condition, ...spare } }, 'RESOURCE_CONTROL_POLICY');
  expect(evidence(tls, 'S3.5', 'Shown by')[0][0]).toBe('guardrail tls: Tls in policy ours, except for arn:*:iam::*:role/deploy, services of AWS');
  const bad = guarded(VOLUMES, 'SERVICE_CONTROL_POLICY', [['AWS::EC2::Volume', { Encrypted: true }], ['AWS::EC2::Volume', {}]]);
  expect(states(bad)['EC2.3']).toBe('shown in 2 of 4 stages');
  expect(evidence(bad, 'EC2.3', 'Missing')).toContainEqual(['acme/prod/shop: r1 is in clear', 'prod']);
});

test('parameters have their defaults, so that the bucket of a bootstrap blocks, and its key is not there', () => {
  const assembly = assemblyOf(app => void acme(app));
  expect(states(assembly)).toMatchObject({ 'S3.8': 'shown in 3 of 3 stages', 'KMS.4': 'nothing of the kind' });
});

test('users without MFA are told, and who comes by another way is not', () => {
  const of = (value: string) => states(written([
    { kind: 'stage', subject: 'prod', name: 'region', value: 'eu-west-1', source: 'acme' },
    { kind: 'access', subject: 'group a', name: 'stage prod admin', value, source: 'acme' },
  ]))['NIST IA-2(1)'];
  expect([of('iam-user; mfa within 3600 seconds'), of('iam-user'), of('account-access')])
    .toEqual(['shown in 1 of 1 stage', 'not shown', 'nothing of the kind']);
});

test('each control has what identifies it, once', () => {
  const ids = CONTROLS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(CONTROLS.filter(({ fsbp, cis, nist }) => !fsbp && !cis && !nist)).toEqual([]);
  expect(CONTROLS.flatMap(({ cis = [] }) => cis).filter(one => !/^[35]\.0\.0 \d(\.\d+)+$/.test(one))).toEqual([]);
  expect(CONTROLS.flatMap(({ nist = [] }) => nist).filter(one => !/^[A-Z]{2}-\d+(\(\d+\))?$/.test(one))).toEqual([]);
});

test('many stages are a row of a panel, and nothing is called compliant', () => {
  const assembly = written(Array.from({ length: 500 }, (_, index) =>
    ({ kind: 'stage', subject: `team-${index}`, name: 'region', value: 'eu-west-1', source: 'acme' })));
  const [[words, where], ...rest] = evidence(assembly, 'GuardDuty.1', 'Missing');
  expect(rest).toEqual([]);
  expect(words).toBe('no AWS::GuardDuty::Detector of the app is as it has to be');
  expect(where).toMatch(/^500: team-0, .* and 475 more$/);
  expect(markdown(pagesOf(assembly))).not.toMatch(/\bcompliant|\bcomplies|\bpasses\b/i);
});
