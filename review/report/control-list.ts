import { Answer, every, is, isAtLeast, isFound, isSet, some } from './answers';
import { called, denied, each, Examined, existing, Made, oneOf, referredBy, Rule, trail, unlessBad, withUsers } from './control-rules';
import { ANY, Condition, sparedBy } from './denials';
import { all, part, referred, shown } from './values';
import { takes } from '../assembly/patterns';
import { documentsOf, Statement, textOf } from '../assembly/policies';

/**
 * A control of AWS Security Hub, and what of an app shows it. Its ID and the requirements that AWS relates to it are
 * those of the control's page.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
 */
export interface Control {
  readonly id: string;
  readonly title: string;
  /** Part of AWS Foundational Security Best Practices. */
  readonly fsbp?: true;
  /** Recommendations of the CIS AWS Foundations Benchmark, by version. */
  readonly cis?: string[];
  /** Controls of NIST SP 800-53 r5. */
  readonly nist?: string[];
  /** What is looked for, after "shown by". */
  readonly by: string;
  readonly rule: Rule;
}

const ENCRYPTED = ['CA-9(1)', 'CM-3(6)', 'SC-13', 'SC-28', 'SC-28(1)', 'SC-7(10)', 'SI-7(6)'];
const NOT_PUBLIC = [
  'AC-21', 'AC-3', 'AC-3(7)', 'AC-4', 'AC-4(21)', 'AC-6', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(20)', 'SC-7(21)', 'SC-7(3)', 'SC-7(4)', 'SC-7(9)',
];
const BACKED_UP = ['CP-10', 'CP-6', 'CP-6(1)', 'CP-6(2)', 'CP-9', 'SC-5(2)', 'SI-12', 'SI-13(5)'];

const PASSWORDS = { service: 'IAM', action: 'updateAccountPasswordPolicy', places: withUsers };

/** Parts of a database, whose cluster decides: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html */
const alone = ({ DBClusterIdentifier: cluster }: Record<string, unknown>) => cluster === undefined;

/** Types of policies: of what principals do, and of what is done with resources. */
const PRINCIPALS = 'SERVICE_CONTROL_POLICY';
const RESOURCES = 'RESOURCE_CONTROL_POLICY';

const ANY_BUCKET = { action: 's3:*', resource: `arn:aws:s3:::${ANY}` };
const ANY_OBJECT = { action: 's3:*', resource: `arn:aws:s3:::${ANY}/${ANY}` };
const VOLUME = `arn:aws:ec2:${ANY}:${ANY}:volume/${ANY}`;
const INSTANCE = `arn:aws:ec2:${ANY}:${ANY}:instance/${ANY}`;

const isFalse = (name: string) => ({ operator, key, values }: Condition) =>
  /^Bool(IfExists)?$/.test(operator) && key === name && values.join() === 'false';
const withoutTls = isFalse('aws:securetransport');
const inClear = isFalse('ec2:encrypted');
const withoutTokens = ({ operator, key, values }: Condition) =>
  /^StringNotEquals(IfExists)?$/.test(operator) && key === 'ec2:metadatahttptokens' && values.join() === 'required';
const ofRootUser = ({ operator, key, values }: Condition, account: string) => key === 'aws:principalarn'
  && /^(Arn(Like|Equals)|StringLike)(IfExists)?$/.test(operator) && values.some(value => takes(value, `arn:aws:iam::${account}:root`));

export const CONTROLS: Control[] = [
  {
    id: 'Account.2',
    title: 'Accounts are in an organization',
    nist: ['CA-9(1)', 'CM-2'],
    by: 'the accounts that the app makes or takes into its organization',
    rule: ({ organization, stages }) => {
      const origin = organization.stages[0]?.facts.get('organization');
      const isShown = ['created', 'existing', 'member-accounts'].includes(origin ?? '');
      return stages.map(place => ({ place, text: isShown ? `fact organization of ${stages[0]}: ${origin}` : 'the app has no organization', isShown }));
    },
  },
  {
    id: 'CloudTrail.1',
    title: 'A trail has the management events of all regions',
    fsbp: true,
    cis: ['5.0.0 3.1', '3.0.0 3.1'],
    nist: [
      'AC-2(4)', 'AC-4(26)', 'AC-6(9)', 'AU-10', 'AU-12', 'AU-14(1)', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SA-8(22)', 'SC-7(9)', 'SI-3(8)',
      'SI-4(20)', 'SI-7(8)',
    ],
    by: 'a trail of all regions that is on and records management events, of the account or of its organization',
    rule: trail('one', 'is off, of one region, or leaves out management events', properties =>
      every(isOfAllRegions(properties), isFound(recordsManagement(properties), selectorsOf(properties)))),
  },
  {
    id: 'CloudTrail.2',
    title: 'Trails are encrypted by a KMS key',
    fsbp: true,
    cis: ['5.0.0 3.5', '3.0.0 3.5'],
    nist: ['AU-9', ...ENCRYPTED],
    by: 'the key of the trail',
    rule: trail('each', 'is off or has no key', ({ IsLogging: isOn, KMSKeyId: key }) => every(is(isOn, true), isSet(key))),
  },
  {
    id: 'CloudTrail.4',
    title: 'Log files of trails are validated',
    fsbp: true,
    cis: ['5.0.0 3.2', '3.0.0 3.2'],
    nist: ['AU-9', 'SI-4', 'SI-7(1)', 'SI-7(3)', 'SI-7(7)'],
    by: 'the trail',
    rule: trail('each', 'is off or has no validation of its files', ({ IsLogging: isOn, EnableLogFileValidation: validation }) =>
      every(is(isOn, true), is(validation, true))),
  },
  {
    id: 'CloudTrail.5',
    title: 'Trails go to CloudWatch Logs',
    fsbp: true,
    nist: [
      'AC-2(4)', 'AC-4(26)', 'AC-6(9)', 'AU-10', 'AU-12', 'AU-2', 'AU-3', 'AU-6(1)', 'AU-6(3)', 'AU-6(4)', 'AU-6(5)', 'AU-7(1)', 'CA-7', 'SC-7(9)',
      'SI-20', 'SI-3(8)', 'SI-4(20)', 'SI-4(5)', 'SI-7(8)',
    ],
    by: 'the log group of the trail',
    rule: trail('each', 'is off or has no log group', ({ IsLogging: isOn, CloudWatchLogsLogGroupArn: group }) => every(is(isOn, true), isSet(group))),
  },
  {
    id: 'S3.22',
    title: 'Trails have what is written to objects',
    cis: ['5.0.0 3.8', '3.0.0 3.8'],
    by: 'a trail of all regions that records the events of objects in all buckets',
    rule: trail('one', 'is off, of one region, or does not record what happens to the objects of all buckets', properties =>
      every(isOfAllRegions(properties), isFound(recordsObjects(properties), selectorsOf(properties)))),
  },
  {
    id: 'CloudWatch.16',
    title: 'Log groups are kept for a year',
    nist: ['AU-10', 'AU-11', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-12'],
    by: 'the retention of each log group, of a year at least, which is what Security Hub asks for where nothing else is set',
    rule: each(['AWS::Logs::LogGroup'], 'keeps its events for less than 365 days', ({ RetentionInDays: days }) => isAtLeast(days, 365, Infinity)),
  },
  {
    id: 'Config.1',
    title: 'AWS Config records resources',
    fsbp: true,
    cis: ['5.0.0 3.3', '3.0.0 3.3'],
    nist: ['CM-3', 'CM-6(1)', 'CM-8', 'CM-8(2)'],
    by: 'a recorder of all types in each region of the stage, with the role of the service',
    rule: existing('AWS::Config::ConfigurationRecorder', ({ RoleARN: role, RecordingGroup: group }) =>
      every(isFound(/AWSServiceRoleForConfig/.test(JSON.stringify(role ?? '')), role), recordsAll(group))),
  },
  {
    id: 'GuardDuty.1',
    title: 'GuardDuty detects threats',
    fsbp: true,
    nist: [
      'AC-2(12)', 'AU-6(1)', 'AU-6(5)', 'CA-7', 'CM-8(3)', 'RA-3(4)', 'SA-11(1)', 'SA-11(6)', 'SA-15(2)', 'SA-15(8)', 'SA-8(19)', 'SA-8(21)', 'SA-8(25)',
      'SC-5', 'SC-5(1)', 'SC-5(3)', 'SI-20', 'SI-3(8)', 'SI-4', 'SI-4(1)', 'SI-4(13)', 'SI-4(2)', 'SI-4(22)', 'SI-4(25)', 'SI-4(4)', 'SI-4(5)',
    ],
    by: 'a detector that is on in each region of the stage',
    rule: existing('AWS::GuardDuty::Detector', ({ Enable: enable }) => is(enable, true)),
  },
  {
    id: 'CIS 4.16',
    title: 'Security Hub is on',
    cis: ['5.0.0 4.16'],
    by: 'the hub in each region of the stage',
    rule: existing('AWS::SecurityHub::Hub'),
  },
  {
    id: 'IAM.28',
    title: 'An access analyzer finds what is shared outside',
    cis: ['5.0.0 1.19', '3.0.0 1.20'],
    by: 'an analyzer of external access in each region of the stage',
    rule: existing('AWS::AccessAnalyzer::Analyzer', ({ Type: type }) => isOneOf(type, 'ACCOUNT', 'ORGANIZATION')),
  },
  {
    id: 'IAM.4',
    title: 'The root user has no access keys',
    fsbp: true,
    cis: ['5.0.0 1.3', '3.0.0 1.4'],
    nist: ['AC-2(1)', 'AC-3(15)', 'AC-3(7)', 'AC-6', 'AC-6(10)', 'AC-6(2)'],
    by: 'a guardrail that denies the root user to make a key, which does not reach the management account; a key that is there already is not seen',
    rule: denied(PRINCIPALS, { action: 'iam:CreateAccessKey', resource: `arn:aws:iam::${ANY}:${ANY}`, condition: ofRootUser }),
  },
  {
    id: 'IAM.7',
    title: 'Passwords of users are strong',
    fsbp: true,
    nist: ['AC-2(1)', 'AC-2(3)', 'AC-3(15)', 'IA-5(1)'],
    by: 'the password policy, where the app makes users or groups of IAM',
    rule: called(PASSWORDS, policy => every(
      isAtLeast(part(policy, 'MinimumPasswordLength'), 8, 0),
      ...['UppercaseCharacters', 'LowercaseCharacters', 'Numbers', 'Symbols'].map(kind => is(part(policy, `Require${kind}`), true)),
    )),
  },
  {
    id: 'IAM.15',
    title: 'Passwords have 14 characters or more',
    cis: ['5.0.0 1.7', '3.0.0 1.8'],
    by: 'the password policy, where the app makes users or groups of IAM',
    rule: called(PASSWORDS, policy => isAtLeast(part(policy, 'MinimumPasswordLength'), 14, 0)),
  },
  {
    id: 'IAM.16',
    title: 'Passwords are not used again',
    cis: ['5.0.0 1.8', '3.0.0 1.9'],
    by: 'the password policy, where the app makes users or groups of IAM',
    rule: called(PASSWORDS, policy => isAtLeast(part(policy, 'PasswordReusePrevention'), 24, 0)),
  },
  {
    id: 'NIST IA-2(1)',
    title: 'Whoever administers signs in by MFA',
    nist: ['IA-2(1)'],
    by: 'the condition of each way by which users of IAM get into a role of the stage; by other ways, the identity provider decides',
    rule: ({ organization }) => organization.facts.flatMap(({ kind, subject, name, value }) => {
      const [, stage, role] = /^stage (\S+) (\S+)$/.exec(name) ?? [];
      const [way, ...conditions] = value.split('; ');
      const isShown = conditions.some(condition => condition.startsWith('mfa'));
      return kind !== 'access' || stage === undefined || way !== 'iam-user' ? []
        : [{ place: stage, text: `${role}: ${subject}${isShown ? '' : ' without MFA'}`, isShown }];
    }),
  },
  {
    id: 'S3.1',
    title: 'The account lets no bucket be public',
    fsbp: true,
    cis: ['5.0.0 2.1.4', '3.0.0 2.1.4'],
    nist: NOT_PUBLIC,
    by: 'a call that blocks public access in the whole account',
    rule: called({ service: 'S3Control', action: 'putPublicAccessBlock' }, (parameters, { account }) =>
      every(isAccount(part(parameters, 'AccountId'), account), blocksPublic(part(parameters, 'PublicAccessBlockConfiguration')))),
  },
  {
    id: 'S3.8',
    title: 'No bucket is public',
    fsbp: true,
    cis: ['5.0.0 2.1.4', '3.0.0 2.1.4'],
    nist: NOT_PUBLIC,
    by: 'the block of each bucket',
    rule: each(['AWS::S3::Bucket'], 'does not block public access', ({ PublicAccessBlockConfiguration: block }) => blocksPublic(block)),
  },
  {
    id: 'S3.5',
    title: 'Buckets take requests over TLS only',
    fsbp: true,
    cis: ['5.0.0 2.1.1', '3.0.0 2.1.1'],
    nist: ['AC-17(2)', 'AC-4', 'IA-5(1)', 'SC-12(3)', 'SC-13', 'SC-23', 'SC-23(3)', 'SC-7(4)', 'SC-8', 'SC-8(1)', 'SC-8(2)', 'SI-7(6)'],
    by: 'the policy of each bucket; or a guardrail of resources, which Security Hub does not look at',
    rule: oneOf(
      each(['AWS::S3::Bucket'], 'has no policy that denies requests without TLS', referredBy('AWS::S3::BucketPolicy', 'Bucket', deniesPlain)),
      denied(RESOURCES, { ...ANY_BUCKET, condition: withoutTls }, { ...ANY_OBJECT, condition: withoutTls }),
    ),
  },
  {
    id: 'EC2.7',
    title: 'New EBS volumes are encrypted',
    fsbp: true,
    cis: ['5.0.0 5.1.1', '3.0.0 2.2.1'],
    nist: ENCRYPTED,
    by: 'a call that switches it on in each region of the stage',
    rule: called({ service: 'EC2', action: 'enableEbsEncryptionByDefault', isRegional: true }),
  },
  {
    id: 'EC2.3',
    title: 'EBS volumes are encrypted',
    fsbp: true,
    nist: ENCRYPTED,
    by: 'a guardrail that denies volumes in clear, and instances with them; or each volume, where a stage has some',
    rule: unlessBad(
      denied(PRINCIPALS, ...['ec2:CreateVolume', 'ec2:RunInstances'].map(action => ({ action, resource: VOLUME, condition: inClear }))),
      each(['AWS::EC2::Volume'], 'is in clear', ({ Encrypted: encrypted }) => is(encrypted, true)),
    ),
  },
  {
    id: 'EC2.8',
    title: 'Instances take IMDSv2 only',
    fsbp: true,
    cis: ['5.0.0 5.7', '3.0.0 5.6'],
    nist: ['AC-3', 'AC-3(15)', 'AC-3(7)', 'AC-6'],
    by: 'a guardrail that denies instances without it; or each instance and launch template, where a stage has some',
    rule: unlessBad(
      denied(PRINCIPALS, { action: 'ec2:RunInstances', resource: INSTANCE, condition: withoutTokens }),
      each(['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::LaunchConfiguration'], 'does not require tokens', requiresTokens),
    ),
  },
  {
    id: 'EC2.6',
    title: 'VPCs have flow logs',
    fsbp: true,
    cis: ['5.0.0 3.7', '3.0.0 3.7'],
    nist: ['AC-4(26)', 'AU-12', 'AU-2', 'AU-3', 'AU-6(3)', 'AU-6(4)', 'CA-7', 'SI-7(8)'],
    by: 'a flow log of each network, of rejected traffic at least',
    rule: each(['AWS::EC2::VPC'], 'has no flow log of rejected traffic',
      referredBy('AWS::EC2::FlowLog', 'ResourceId', ({ TrafficType: type }) => isOneOf(type, 'ALL', 'REJECT'))),
  },
  {
    id: 'EC2.2',
    title: 'Default security groups let nothing through',
    fsbp: true,
    cis: ['5.0.0 5.5', '3.0.0 5.4'],
    nist: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
    by: "the CDK's custom resource that empties the default group of each network",
    rule: each(['AWS::EC2::VPC'], 'has a default security group with the rules that AWS makes',
      referredBy('Custom::VpcRestrictDefaultSG', 'DefaultSecurityGroupId')),
  },
  {
    id: 'KMS.4',
    title: 'KMS keys are rotated',
    cis: ['5.0.0 3.6', '3.0.0 3.6'],
    nist: ['SC-12', 'SC-12(2)', 'SC-28(3)'],
    by: 'the rotation of each symmetric key',
    rule: each(['AWS::KMS::Key'], 'does not rotate', ({ EnableKeyRotation: rotates, KeySpec: spec = 'SYMMETRIC_DEFAULT', Origin: origin = 'AWS_KMS' }) =>
      every(is(spec, 'SYMMETRIC_DEFAULT'), is(origin, 'AWS_KMS')) === false ? undefined
        : every(is(spec, 'SYMMETRIC_DEFAULT'), is(origin, 'AWS_KMS'), is(rotates, true))),
  },
  {
    id: 'RDS.2',
    title: 'Databases are not public',
    fsbp: true,
    cis: ['5.0.0 2.2.3', '3.0.0 2.3.3'],
    nist: ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)'],
    by: 'each instance',
    rule: each(['AWS::RDS::DBInstance'], 'does not say that it has no public address', ({ PubliclyAccessible: isPublic }) => is(isPublic, false)),
  },
  {
    id: 'RDS.3',
    title: 'Databases are encrypted',
    fsbp: true,
    cis: ['5.0.0 2.2.1', '3.0.0 2.3.1'],
    nist: ENCRYPTED,
    by: 'each instance that is in no cluster',
    rule: each(['AWS::RDS::DBInstance'], 'is in clear', properties => alone(properties) ? is(properties.StorageEncrypted, true) : undefined),
  },
  {
    id: 'RDS.27',
    title: 'Database clusters are encrypted',
    fsbp: true,
    nist: ENCRYPTED,
    by: 'each cluster',
    rule: each(['AWS::RDS::DBCluster'], 'is in clear', ({ StorageEncrypted: encrypted }) => is(encrypted, true)),
  },
  {
    id: 'RDS.7',
    title: 'Database clusters are protected from deletion',
    fsbp: true,
    nist: ['CM-3', 'SC-5(2)'],
    by: 'each cluster',
    rule: each(['AWS::RDS::DBCluster'], 'has no deletion protection', ({ DeletionProtection: isProtected }) => is(isProtected, true)),
  },
  {
    id: 'RDS.8',
    title: 'Databases are protected from deletion',
    fsbp: true,
    nist: ['CM-3', 'SC-5(2)', 'SI-13(5)'],
    by: 'each instance that is in no cluster',
    rule: each(['AWS::RDS::DBInstance'], 'has no deletion protection', properties => alone(properties) ? is(properties.DeletionProtection, true) : undefined),
  },
  {
    id: 'RDS.11',
    title: 'Databases are backed up by themselves',
    fsbp: true,
    nist: BACKED_UP,
    by: 'backups of each instance that is in no cluster, kept for a week at least, which is what Security Hub asks for where nothing else is set',
    rule: each(['AWS::RDS::DBInstance'], 'keeps no backups for a week', properties =>
      alone(properties) ? isAtLeast(properties.BackupRetentionPeriod, 7, 1) : undefined),
  },
  {
    id: 'DynamoDB.2',
    title: 'Tables can be recovered to a point in time',
    fsbp: true,
    nist: ['CP-10', 'CP-6(2)', 'CP-9', 'SC-5(2)', 'SI-12', 'SI-13(5)'],
    by: 'each table, with each of its replicas',
    rule: each(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], 'has no point-in-time recovery', properties =>
      every(...(Array.isArray(properties.Replicas) ? properties.Replicas : [properties])
        .map(replica => is(part(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled'), true)))),
  },
];

/** Controls that are asked for as well, and on which no template has anything. */
export const UNSEEN: Array<Pick<Control, 'id' | 'title'>> = [
  { id: 'Account.1', title: 'security contact of each account' },
  { id: 'IAM.3', title: 'age of access keys' },
  { id: 'IAM.5', title: 'MFA devices of users' },
  { id: 'IAM.6', title: 'MFA device of the root user' },
  { id: 'IAM.8', title: 'credentials that nobody uses' },
];

function isOneOf(value: unknown, ...wanted: string[]): Answer {
  return some(...wanted.map(one => is(value, one)));
}

function blocksPublic(block: unknown): Answer {
  return every(...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].map(name => is(part(block, name), true)));
}

/** Of the stack that makes the call. */
function isAccount(id: unknown, account: string | undefined): Answer {
  return id !== undefined && (id === account || id === '${AWS::AccountId}' || (/^\d{12}$/.test(String(id)) && account !== undefined ? false : 'unknown'));
}

/** Without a group, a recorder has all types: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-config-configurationrecorder-recordinggroup.html */
function recordsAll(group: unknown): Answer {
  const [types, strategy] = [part(group, 'AllSupported'), part(group, 'RecordingStrategy', 'UseOnly')];
  const isAll = (value: unknown, wanted: boolean | string) => value === undefined || is(value, wanted);
  return group === undefined || every(types !== undefined || strategy !== undefined, isAll(types, true), isAll(strategy, 'ALL_SUPPORTED_RESOURCE_TYPES'));
}

/**
 * Requests to the bucket and to its objects, of everybody, without exception.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
 */
function deniesPlain(properties: Record<string, unknown>, { resource: bucket }: Made): Answer {
  const id = bucket.id.slice(bucket.id.lastIndexOf('/') + 1);
  const name = shown(textOf(bucket.properties.BucketName) ?? ANY);
  const arn = `arn:aws:s3:::${name}`;
  const text = (value: unknown) => (textOf(value) ?? textOf({ 'Fn::Join': ['', [value]] }) ?? '')
    .replaceAll(`\${${id}.Arn}`, arn).replaceAll(`\${${id}}`, name).replaceAll('${AWS::Partition}', 'aws');
  const statements = documentsOf({ id: '', type: 'AWS::S3::BucketPolicy', properties }).flatMap(policy => policy.statements)
    .map((statement): Statement => ({ ...statement as Statement & object, Resource: all(part(statement, 'Resource')).map(text) }));
  return [arn, `${arn}/${ANY}`].every(resource => statements.some(statement =>
    sparedBy(statement, { action: 's3:*', resource, condition: withoutTls })?.length === 0));
}

/** An instance of a launch template has its options, and that of the app is one of the resources that are looked at. */
function requiresTokens(
  properties: Record<string, unknown>, { stack, resource }: Made, { assembly }: Examined,
): Answer | undefined {
  const { LaunchTemplateData: data = properties, LaunchTemplate: template } = properties;
  const tokens = part(data, 'MetadataOptions', 'HttpTokens');
  if (tokens !== undefined || template === undefined) {
    return is(tokens, 'required');
  }
  const isOfApp = ['LaunchTemplateId', 'LaunchTemplateName', 'Version']
    .some(name => referred(assembly, stack, resource, part(template, name)) !== undefined);
  return isOfApp ? undefined : 'unknown';
}

type Selector = Record<string, unknown>;

function isOfAllRegions({ IsLogging: isOn, IsMultiRegionTrail: isMultiRegion }: Selector): Answer {
  return every(is(isOn, true), is(isMultiRegion, true));
}

function selectorsOf({ EventSelectors: simple, AdvancedEventSelectors: advanced }: Selector): unknown[] {
  return [simple, advanced];
}

function list(value: unknown): Selector[] {
  return Array.isArray(value) ? value : [];
}

/** Without selectors, a trail records management events: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html */
function recordsManagement({ EventSelectors: simple, AdvancedEventSelectors: advanced }: Selector): boolean {
  if (advanced !== undefined) {
    return list(advanced).some(({ FieldSelectors: fields }) => has(fields, 'eventCategory', 'Management')
      && !list(fields).some(({ Field: field }) => field === 'readOnly'));
  }
  return simple === undefined || list(simple)
    .some(({ ReadWriteType: type = 'All', IncludeManagementEvents: management = true }) => type === 'All' && management === true);
}

function recordsObjects({ EventSelectors: simple, AdvancedEventSelectors: advanced }: Selector): boolean {
  return list(advanced).some(({ FieldSelectors: fields }) => has(fields, 'eventCategory', 'Data') && has(fields, 'resources.type', 'AWS::S3::Object')
      && !list(fields).some(({ Field: field }) => field === 'resources.ARN' || field === 'readOnly' || field === 'eventName'))
    || list(simple).some(({ ReadWriteType: type = 'All', DataResources: resources }) => type !== 'ReadOnly' && list(resources)
      .some(({ Type: kind, Values: values }) => kind === 'AWS::S3::Object' && /"arn:[^"]*:s3"|"arn:[^"]*:s3:::"/.test(JSON.stringify(values ?? []))));
}

function has(fields: unknown, name: string, value: string): boolean {
  return list(fields).some(({ Field: field, Equals: values }) => field === name && [values].flat().includes(value));
}
