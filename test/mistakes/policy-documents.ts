import { App, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import {
  AllowedImagesState, BackupConditionOperator, BackupPolicyPlan, BackupPolicyRule, BackupPolicySelection,
  BackupResourceKind, BackupScanMode, ChildPolicyOperator, Ec2PolicyOptions, ImageCriterion, OrganizationPolicyDocument,
  OrganizationPolicyOptions, OrganizationPolicyType, PublicSharing, TagRule, VpcEncryptionExclusion,
} from '../../src';
import { acmeOfKnownAccounts, EXISTING, PROD } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

type Values<T> = fc.Arbitrary<T> | readonly T[];
type Says<T> = (value: T) => string[];

const { SERVICE_CONTROL, RESOURCE_CONTROL } = OrganizationPolicyType;
const denying = (props: iam.PolicyStatementProps) =>
  new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'], ...props });
const word = wordOf(2, 12);
const S3 = OrganizationPolicyDocument.s3({ blockPublicAccess: true });
const ROLE = 'arn:aws:iam::$account:role/backup';
const SELECTION: BackupPolicySelection = { selectionName: 'all', iamRoleArn: ROLE, resourceTypes: ['*'] };
const RULE: BackupPolicyRule = { ruleName: 'daily', scheduleExpression: 'cron(0 5 ? * * *)', targetBackupVaultName: 'main' };

function inEc2<T>(kind: string, values: Values<T>, options: (value: T) => Ec2PolicyOptions, says: Says<T>): Mistake {
  return mistake(`EC2 policy: ${kind}`, values, (_, value) => OrganizationPolicyDocument.ec2(options(value)), says);
}

function inCriterion<T>(kind: string, values: Values<T>, criterion: (value: T) => ImageCriterion, says: Says<T>) {
  return inEc2(`criterion, ${kind}`, values, value => ({ allowedImages: AllowedImagesState.ENABLED, imageCriteria: [criterion(value)] }), says);
}

function inTag<T>(kind: string, values: Values<T>, rule: (value: T) => Partial<TagRule>, says: Says<T>): Mistake {
  return mistake(`tag policy: ${kind}`, values, (_, value) => OrganizationPolicyDocument.tags([{ tagKey: 'owner', ...rule(value) }]), says);
}

function inPlan<T>(kind: string, values: Values<T>, plan: (value: T) => Partial<BackupPolicyPlan>, says: Says<T>) {
  return mistake(`backup policy: ${kind}`, values, (_, value) => OrganizationPolicyDocument.backup([
    { planName: 'plan', regions: ['eu-west-1'], rules: [RULE], selections: [SELECTION], ...plan(value) },
  ]), says);
}

function inRule<T>(kind: string, values: Values<T>, rule: (value: T) => Partial<BackupPolicyRule>, says: Says<T>) {
  return inPlan(`rule, ${kind}`, values, value => ({ rules: [{ ...RULE, ...rule(value) }] }), says);
}

function inSelection<T>(
  kind: string, values: Values<T>, selection: (value: T) => Partial<BackupPolicySelection>, says: Says<T>,
): Mistake {
  return inPlan(`selection, ${kind}`, values, value => ({ selections: [{ ...SELECTION, ...selection(value) }] }), says);
}

function ofPolicy<T>(kind: string, values: Values<T>, options: (value: T) => OrganizationPolicyOptions, says: Says<T>) {
  return mistake(`policy: ${kind}`, values, (app: App, value) =>
    acmeOfKnownAccounts(EXISTING, app).org.management!.addPolicy('limits', options(value)), says);
}

const number = fc.oneof(fc.integer({ min: 65, max: 1000 }), fc.constantFrom(0, -2, 1.5));
const notRole = fc.oneof(word, fc.constantFrom('arn:aws:iam::$account:user/x', 'arn:aws:iam::1:role/x', 'arn:aws:s3:::role/x'));
const notName = fc.oneof(fc.stringMatching(/^[a-z]{51,60}$/), fc.stringMatching(/^[a-z]{1,8}[ /:*][a-z]{1,8}$/), fc.constant(''));
const notCron = fc.constantFrom('0 5 ? * * *', 'rate(1 day)', 'cron(0 5 * *)', 'cron(0 5 ? * ? *)', 'cron(0 5 1 * 2 *)', 'cron(0 5 ? * * * *)', 'daily');
const notVault = fc.oneof(word, fc.constantFrom('arn:aws:backup:eu-west-1:1:backup-vault:x', 'arn:aws:backup:eu-west-1:$account:vault:x', 'arn:aws:s3:::x'));
const notDays = fc.constantFrom(Duration.hours(36), Duration.days(0));
const operators = fc.tuple(
  fc.constantFrom(ChildPolicyOperator.ALL, ChildPolicyOperator.NONE),
  fc.constantFrom(ChildPolicyOperator.ASSIGN, ChildPolicyOperator.APPEND),
);

export const POLICY_DOCUMENT_MISTAKES: Mistake[] = [
  ofPolicy('content that is no object', ['null', '[]', '"x"', '1'] as const,
    content => ({ policyType: OrganizationPolicyType.SERVICE_CONTROL, content }), () => ["content of policy 'limits'", 'give one object']),
  ofPolicy('a name that AWS does not take', fc.oneof(fc.stringMatching(/^[a-z]{125,140}$/), fc.constant('')),
    policyName => ({ policyName, document: S3 }), name => [`policyName '${name}' of policy 'limits' has ${name.length} characters`, 'give 1 to 124']),
  ofPolicy('statements and document', word, content => ({ document: S3, content: JSON.stringify({ [content]: 1 }) }),
    () => ["policy 'limits' has content and document", 'give one of them']),
  ofPolicy('content without a type', word, content => ({ content: JSON.stringify({ [content]: 1 }) }),
    () => ["policy 'limits' has no policyType", 'OrganizationPolicyType.SERVICE_CONTROL']),
  ofPolicy('a document of another type', [OrganizationPolicyType.TAG, OrganizationPolicyType.EC2], policyType => ({ document: S3, policyType }),
    ({ name }) => [`policy 'limits' is of type ${name}`, 'its document of S3_POLICY', 'leave policyType out']),
  ofPolicy('a type that CloudFormation has not', word, key => ({
    document: OrganizationPolicyDocument.json(OrganizationPolicyType.SECURITY_HUB_CSPM, JSON.stringify({ [key]: 1 })),
  }), () => ["policy 'limits' is of type SECURITYHUB_CSPM_POLICY", "OrganizationPolicyType.of('SECURITYHUB_CSPM_POLICY')"]),
  ofPolicy('content without a statement', word, key => ({ policyType: SERVICE_CONTROL, content: JSON.stringify({ [key]: 1 }) }),
    () => ["content of policy 'limits' has no Statement", 'a SERVICE_CONTROL_POLICY', 'add it']),
  ofPolicy('a description that is too long', fc.integer({ min: 513, max: 600 }), length => ({ document: S3, description: 'x'.repeat(length) }),
    length => [`description of policy 'limits' has ${length} characters`, 'shorten it']),
  ofPolicy('no statement', [SERVICE_CONTROL, RESOURCE_CONTROL], policyType => ({ policyType, statements: [] }),
    () => ["policy 'limits' has no statement: give one"]),
  ofPolicy('statements of a type without', [OrganizationPolicyType.TAG, OrganizationPolicyType.S3], policyType => ({ policyType, statements: [denying({})] }),
    ({ name }) => [`policy 'limits' has statements, which a ${name} does not take`, 'give a document']),
  ofPolicy('two statements with one sid', word, sid => ({ policyType: SERVICE_CONTROL, statements: [denying({ sid }), denying({ sid })] }),
    sid => [`policy 'limits' has two statements with the sid '${sid}'`, 'give each another one']),
  ofPolicy('a statement without actions', word, sid => ({ policyType: SERVICE_CONTROL, statements: [denying({ sid, actions: undefined })] }),
    sid => [`statement '${sid}' of policy 'limits' has no actions`, 'or notActions']),
  ofPolicy('a statement without resources', word, sid => ({ policyType: SERVICE_CONTROL, statements: [denying({ sid, resources: undefined })] }),
    sid => [`statement '${sid}' of policy 'limits' has no resources`, "give ['*']"]),
  ofPolicy('principals of an SCP', word, sid => ({
    policyType: SERVICE_CONTROL, statements: [denying({ sid, principals: [new iam.StarPrincipal()] })],
  }), sid => [`statement '${sid}' of policy 'limits' names principals`, 'in a condition on aws:PrincipalArn']),
  ofPolicy('an RCP that allows', [iam.Effect.ALLOW], effect => ({
    policyType: RESOURCE_CONTROL, statements: [denying({ effect, principals: [new iam.StarPrincipal()] })],
  }), () => ["statement 1 of policy 'limits' allows", 'give it Effect.DENY']),
  ofPolicy('principals of an RCP', [undefined, [new iam.AnyPrincipal()], [new iam.AccountPrincipal(PROD)]], principals => ({
    policyType: RESOURCE_CONTROL, statements: [denying({ principals })],
  }), () => ["statement 1 of policy 'limits' has other principals than a StarPrincipal", 'in a condition on aws:PrincipalArn']),
  ofPolicy('an RCP of all services', [{ actions: ['*'] }, { actions: undefined, notActions: ['s3:GetObject'] }], actions => ({
    policyType: RESOURCE_CONTROL, statements: [denying({ ...actions, principals: [new iam.StarPrincipal()] })],
  }), () => ["statement 1 of policy 'limits' denies actions of all services", 'such as s3:GetObject']),
  mistake('policy: statements on the management account', [OrganizationPolicyType.SERVICE_CONTROL, OrganizationPolicyType.RESOURCE_CONTROL],
    (app, policyType) => {
      const { org } = acmeOfKnownAccounts(EXISTING, app);
      org.management!.addPolicy('limits', { policyType, content: '{"Statement":[]}', stages: [org.root] });
    }, ({ name }) => ["policy 'limits' cannot be attached to stage 'root'", `no ${name} binds`, 'leave it out']),
  mistake('JSON of a policy: no object', ['[]', '1', 'null', '{', '"x"'], (_, content) => OrganizationPolicyDocument.json(OrganizationPolicyType.TAG, content),
    () => ['content is not one JSON object', 'JSON.stringify']),
  mistake('JSON of a policy: another key at the top', word.filter(key => key !== 'tags'),
    (_, key) => OrganizationPolicyDocument.json(OrganizationPolicyType.TAG, JSON.stringify({ tags: {}, [key]: {} })),
    key => [`content has the key '${key}' at the top`, "AWS takes 'tags' in a TAG_POLICY", 'put all of it there']),
  mistake('S3 policy: operators that contradict', operators, (_, childOperators) => OrganizationPolicyDocument.s3({ blockPublicAccess: true, childOperators }),
    ([alone]) => [`childOperators has ${alone} and others`, `give ${alone} alone`]),
  mistake('S3 policy: no operator', [[]] as const, (_, none) => OrganizationPolicyDocument.s3({ blockPublicAccess: true, childOperators: [...none] }),
    () => ['childOperators is empty', 'name at least one']),

  inEc2('nothing set', word, exceptionMessage => ({ exceptionMessage }), () => ['options of an EC2 policy set nothing', 'such as serialConsoleAccess']),
  inEc2('exceptions of nothing', [VpcEncryptionExclusion.LAMBDA, VpcEncryptionExclusion.NAT_GATEWAY], name => ({ vpcEncryptionExclusions: [name] }),
    () => ['vpcEncryptionExclusions is given without vpcEncryptionControl', 'give both']),
  inEc2('exclusions of nothing', [true, false], vpcBlockPublicAccessExclusionsAllowed => ({ vpcBlockPublicAccessExclusionsAllowed }),
    () => ['vpcBlockPublicAccessExclusionsAllowed is given without vpcBlockPublicAccess', 'give both']),
  inEc2('images that become private', [true, false], serialConsoleAccess => ({ serialConsoleAccess, imageBlockPublicAccess: PublicSharing.BLOCK_ALL_SHARING }),
    () => ['imageBlockPublicAccess is BLOCK_ALL_SHARING', 'give PublicSharing.BLOCK_NEW_SHARING']),
  inEc2('hops', number, httpPutResponseHopLimit => ({ httpPutResponseHopLimit }), () => ['httpPutResponseHopLimit is', 'give a whole number from 1 to 64']),
  inEc2('too many criteria', fc.integer({ min: 11, max: 20 }), count => ({ imageCriteria: Array.from({ length: count }, () => ({ imageNames: ['x'] })) }),
    count => [`imageCriteria has ${count} criteria`, 'AWS takes 10']),
  inCriterion('nothing', [true, false], addsToParent => ({ addsToParent }), () => ['options of criterion 1 name nothing', 'give at least one']),
  inCriterion('a provider', fc.oneof(fc.stringMatching(/^\d{1,11}$/), fc.constantFrom('aws-marketplace', 'self')),
    provider => ({ allowedImageProviders: [provider] }), provider => [`allowedImageProviders of criterion 1 is '${provider}'`, 'give account IDs of 12 digits']),
  inCriterion('a name', ['', '?', 'a?'], name => ({ imageNames: [name] }), name => [`imageNames of criterion 1 is '${name}'`, 'give 1 to 128 characters']),
  inCriterion('a product code', fc.stringMatching(/^[a-z]{1,8}-[a-z]{1,8}$/), code => ({ marketplaceProductCodes: [code] }),
    code => [`marketplaceProductCodes of criterion 1 is '${code}'`, 'give 1 to 25 letters and digits']),
  inCriterion('an age', [-1, 0.5], days => ({ maximumDaysSinceCreated: days }), () => ['maximumDaysSinceCreated of criterion 1 is', 'whole number from 0']),

  mistake('tag policy: no rule', [[]] as const, (_, none) => OrganizationPolicyDocument.tags([...none]), () => ['rules is empty', 'name at least one']),
  mistake('tag policy: a key twice', word, (_, key) => OrganizationPolicyDocument.tags([{ tagKey: key }, { tagKey: key.toUpperCase() }]),
    key => [`tagKey of the rules names '${key.toUpperCase()}' twice`, 'name it once']),
  inTag('a key', fc.oneof(word.map(key => `aws:${key}`), word.map(key => `${key}*`), fc.stringMatching(/^[a-z]{129,140}$/)), tagKey => ({ tagKey }),
    key => [`tagKey is '${key}'`, 'give 1 to 128 letters']),
  inTag('two wildcards', word, value => ({ values: [`*${value}*`] }), value => [`values of tag 'owner' is '*${value}*'`, 'at most one asterisk']),
  inTag('a value twice', word, value => ({ values: [value, value] }), value => [`values of tag 'owner' names '${value}' twice`]),
  inTag('a value', fc.stringMatching(/^[a-z]{257,270}$/), value => ({ values: [value] }), () => ["values of tag 'owner' is", 'give up to 256 characters']),
  inTag('a resource type', fc.oneof(word, fc.constantFrom('*:*', '*', 'AWS::EC2::Instance')), type => ({ enforcedFor: [type] }),
    type => [`enforcedFor of tag 'owner' is '${type}'`, 'such as ec2:instance']),

  mistake('backup policy: no plan', [[]] as const, (_, none) => OrganizationPolicyDocument.backup([...none]), () => ['plans is empty', 'name at least one']),
  inPlan('a name', notName, planName => ({ planName }), planName => [`planName is '${planName}'`, 'give 1 to 50 letters']),
  inPlan('a region', fc.stringMatching(/^[a-z]{2}-[a-z]{10,12}-\d$/), region => ({ regions: [region] }), region => [`regions of backup plan 'plan' '${region}'`, 'check the spelling']),
  inPlan('by tag and by type', word, tagKey => ({ selections: [SELECTION, { selectionName: 'tag', iamRoleArn: ROLE, tagKey, tagValues: ['x'] }] }),
    () => ["selections of backup plan 'plan' are by tag and by type", 'give another plan']),
  inPlan('scans by nobody', [BackupScanMode.FULL_SCAN, BackupScanMode.INCREMENTAL_SCAN], scanMode => ({ rules: [{ ...RULE, scanMode }] }),
    () => ["rule 'daily' of backup plan 'plan' has scanMode", 'give scannerRoleArn']),
  inRule('a schedule', notCron, scheduleExpression => ({ scheduleExpression }), schedule => [`scheduleExpression of rule 'daily' is '${schedule}'`, 'give six fields']),
  inRule('a vault', notName, targetBackupVaultName => ({ targetBackupVaultName }), name => [`targetBackupVaultName of rule 'daily' is '${name}'`, 'give 2 to 50']),
  inRule('an air-gapped vault', notVault, arn => ({ targetLogicallyAirGappedBackupVaultArn: arn }),
    arn => [`targetLogicallyAirGappedBackupVaultArn of rule 'daily' is '${arn}'`, 'with both placeholders']),
  inRule('a start that is too short', fc.integer({ min: 0, max: 59 }), minutes => ({ startWindow: Duration.minutes(minutes) }),
    minutes => [`minutes in startWindow of rule 'daily' is the number ${minutes}`, 'from 60']),
  inRule('an index of instances', [BackupResourceKind.EC2, BackupResourceKind.ALL], kind => ({ indexedResources: [kind] }),
    kind => [`indexedResources of rule 'daily' has ${kind}`, 'give BackupResourceKind.EBS']),
  inRule('a copy', notVault, arn => ({ copyActions: [{ targetBackupVaultArn: arn }] }), arn => [`targetBackupVaultArn of rule 'daily' is '${arn}'`, 'give an ARN such as']),
  inRule('a copy to no region', fc.stringMatching(/^[a-z]{2}-[a-z]{10,12}-\d$/), region => ({
    copyActions: [{ targetBackupVaultArn: `arn:aws:backup:${region}:$account:backup-vault:copies` }],
  }), region => [`region in targetBackupVaultArn of rule 'daily' '${region}'`, 'check the spelling']),
  inRule('an age', notDays, deleteAfter => ({ deleteAfter }), age => [`deleteAfter of rule 'daily' is ${age.toDays({ integral: false })} days`, 'give whole days from 1']),
  inRule('too short in cold storage', fc.integer({ min: 1, max: 119 }), days => ({ moveToColdStorageAfter: Duration.days(30), deleteAfter: Duration.days(days) }),
    days => [`deleteAfter of rule 'daily' is ${days} days, of which 90 are in cold storage`, 'from 120']),
  inRule('continuous, and too long', fc.integer({ min: 36, max: 400 }), days => ({ enableContinuousBackup: true, deleteAfter: Duration.days(days) }),
    days => [`deleteAfter of rule 'daily' is ${days} days, and continuous backups are kept for 35`, 'from 1 to 35']),
  inRule('continuous for ever', word, ruleName => ({ ruleName, enableContinuousBackup: true }), name => [`deleteAfter of rule '${name}' is missing`, '35 days at most']),
  inRule('continuous in cold storage', fc.integer({ min: 1, max: 30 }), days => ({
    enableContinuousBackup: true, moveToColdStorageAfter: Duration.days(days), deleteAfter: Duration.days(35),
  }), () => ["moveToColdStorageAfter of rule 'daily' is of continuous backups", 'leave one of the two out']),
  inSelection('a role', notRole, iamRoleArn => ({ iamRoleArn }), arn => [`iamRoleArn of selection 'all' is '${arn}'`, 'give the ARN of a role']),
  inSelection('a tag and types', word, tagKey => ({ tagKey, tagValues: ['x'] }), () => ["options of selection 'all' say neither", 'give tagKey and tagValues, or resourceTypes']),
  inSelection('a resource type', fc.oneof(word, fc.constantFrom('ec2:instance', 'AWS::EC2::Volume')), type => ({ resourceTypes: [type] }),
    type => [`a resource type of selection 'all' is '${type}'`, 'give a pattern such as']),
  inSelection('too many conditions', fc.integer({ min: 31, max: 40 }), count => ({
    conditions: Array.from({ length: count }, () => ({ operator: BackupConditionOperator.STRING_EQUALS, tagKey: 'a', tagValue: 'b' })),
  }), count => [`conditions of selection 'all' are ${count}`, 'AWS takes 30', 'make two selections']),
];
