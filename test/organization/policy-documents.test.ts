import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration } from 'aws-cdk-lib';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import {
  AllowedImagesState, BackupConditionOperator, BackupPolicyPlan, BackupResourceKind, BackupScanMode,
  ChildPolicyOperator, MetadataSetting, MetadataTokens, OrganizationPolicyDocument, OrganizationPolicyOptions,
  OrganizationPolicyType, PublicSharing, VpcBlockPublicAccessMode, VpcEncryptionExclusion, VpcEncryptionMode,
} from '../../src';
import { Acme, acmeOfKnownAccounts, EXISTING, problems, synthesize } from '../orgs';

/** What AWS's pages of the syntax show, once more as data, with the placeholders of their names filled in. */
const EXAMPLES: Record<string, { url: string; type: string; content: unknown }> =
  JSON.parse(readFileSync(join(__dirname, 'policy-examples.json'), 'utf8'));

const NONE = [ChildPolicyOperator.NONE];
const DEFAULT_RULE = { startWindow: Duration.hours(1), targetBackupVaultName: 'Default' };

function plan(more: Partial<BackupPolicyPlan> = {}): BackupPolicyPlan {
  return {
    planName: 'plan',
    regions: ['eu-west-1'],
    rules: [{ ruleName: 'rule', scheduleExpression: 'cron(0 5 ? * * *)', targetBackupVaultName: 'Default' }],
    selections: [{ selectionName: 'all', iamRoleArn: 'arn:aws:iam::$account:role/IAMRole', resourceTypes: ['*'] }],
    ...more,
  };
}

const lifecycle = (cold: number, end: number) => ({
  moveToColdStorageAfter: Duration.days(cold), deleteAfter: Duration.days(end), optInToArchive: false,
});

/** The same by the factories. */
const MADE: Record<string, () => OrganizationPolicyDocument> = {
  'ec2 message': () => OrganizationPolicyDocument.ec2({
    exceptionMessage: 'Your custom error message.https://myURL',
    vpcBlockPublicAccess: VpcBlockPublicAccessMode.BLOCK_INGRESS,
    vpcBlockPublicAccessExclusionsAllowed: true,
  }),
  'ec2 console': () => OrganizationPolicyDocument.ec2({ serialConsoleAccess: true }),
  'ec2 sharing': () => OrganizationPolicyDocument.ec2({
    imageBlockPublicAccess: PublicSharing.BLOCK_NEW_SHARING, snapshotBlockPublicAccess: PublicSharing.BLOCK_NEW_SHARING,
  }),
  'ec2 images': () => OrganizationPolicyDocument.ec2({
    allowedImages: AllowedImagesState.ENABLED, imageCriteria: [{ allowedImageProviders: ['amazon'], addsToParent: true }],
  }),
  'ec2 metadata': () => OrganizationPolicyDocument.ec2({
    httpTokens: MetadataTokens.REQUIRED,
    httpPutResponseHopLimit: 4,
    httpEndpoint: MetadataSetting.ENABLED,
    instanceMetadataTags: MetadataSetting.ENABLED,
  }),
  'ec2 children': () => OrganizationPolicyDocument.ec2({
    vpcBlockPublicAccess: VpcBlockPublicAccessMode.BLOCK_BIDIRECTIONAL, childOperators: [ChildPolicyOperator.ALL],
  }),
  's3': () => OrganizationPolicyDocument.s3({ blockPublicAccess: true }),
  'tags case': () => OrganizationPolicyDocument.tags(['CostCenter', 'Project'].map(tagKey => ({ tagKey, keyChildOperators: NONE }))),
  'tags values': () => OrganizationPolicyDocument.tags([
    { tagKey: 'CostCenter', matchesCase: false, values: ['Production', 'Test'] },
    { tagKey: 'Project', matchesCase: false, values: ['A', 'B'] },
  ]),
  'tags none': () => OrganizationPolicyDocument.tags([
    { tagKey: 'Color', values: [], enforcedFor: ['dynamodb:table'], keyChildOperators: NONE, valuesChildOperators: NONE },
  ]),
  'tags service': () => OrganizationPolicyDocument.tags([{
    tagKey: 'Environment',
    values: ['Prod', 'Non-prod'],
    enforcedFor: ['ec2:ALL_SUPPORTED'],
    keyChildOperators: NONE,
    valuesChildOperators: NONE,
  }]),
  'tags required': () => OrganizationPolicyDocument.tags([{ tagKey: 'CostCenter', reportRequiredTagFor: ['ec2:ALL_SUPPORTED'] }]),
  'backup parent': () => OrganizationPolicyDocument.backup([{
    planName: 'PII_Backup_Plan',
    regions: ['ap-northeast-2', 'us-east-1', 'eu-north-1'],
    rules: [{
      ruleName: 'Hourly',
      scheduleExpression: 'cron(0 5/1 ? * * *)',
      startWindow: Duration.hours(8),
      completionWindow: Duration.days(7),
      moveToColdStorageAfter: Duration.days(180),
      deleteAfter: Duration.days(270),
      optInToArchive: false,
      targetBackupVaultName: 'FortKnox',
      targetLogicallyAirGappedBackupVaultArn: 'arn:aws:backup:$region:$account:backup-vault:AirGappedVault',
      indexedResources: [BackupResourceKind.EBS, BackupResourceKind.S3],
      copyActions: [
        { targetBackupVaultArn: 'arn:aws:backup:us-east-1:$account:backup-vault:secondary_vault', ...lifecycle(30, 120) },
        { targetBackupVaultArn: 'arn:aws:backup:us-west-1:111111111111:backup-vault:tertiary_vault', ...lifecycle(30, 120) },
      ],
    }],
    selections: [
      { selectionName: 'datatype', iamRoleArn: 'arn:aws:iam::$account:role/MyIamRole', tagKey: 'dataType', tagValues: ['PII', 'RED'] },
    ],
    windowsVss: true,
  }]),
  'backup child': () => OrganizationPolicyDocument.backup([{
    planName: 'Monthly_Backup_Plan',
    regions: ['us-east-1', 'eu-central-1'],
    addsToParent: true,
    rules: [{
      ruleName: 'Monthly',
      scheduleExpression: 'cron(0 5 1 * ? *)',
      startWindow: Duration.minutes(480),
      ...lifecycle(30, 365),
      targetBackupVaultName: 'Default',
      copyActions: [{ targetBackupVaultArn: 'arn:aws:backup:us-east-1:$account:backup-vault:Default', ...lifecycle(30, 365) }],
    }],
    selections: [{
      selectionName: 'MonthlyDatatype',
      iamRoleArn: 'arn:aws:iam::$account:role/MyMonthlyBackupIamRole',
      tagKey: 'BackupType',
      tagValues: ['MONTHLY', 'RED'],
    }],
  }]),
  'backup scans': () => OrganizationPolicyDocument.backup([{
    planName: 'Malware_Scan_Backup_Plan',
    regions: ['us-east-1', 'us-west-2'],
    rules: [{
      ...DEFAULT_RULE,
      ruleName: 'Daily_With_Incremental_Scan',
      scheduleExpression: 'cron(0 5 ? * * *)',
      deleteAfter: Duration.days(35),
      scanMode: BackupScanMode.INCREMENTAL_SCAN,
    }, {
      ...DEFAULT_RULE,
      ruleName: 'Monthly_With_Full_Scan',
      scheduleExpression: 'cron(0 5 1 * ? *)',
      deleteAfter: Duration.days(365),
      scanMode: BackupScanMode.FULL_SCAN,
    }],
    selections: [
      { selectionName: 'scan_selection', iamRoleArn: 'arn:aws:iam::$account:role/MyBackupRole', tagKey: 'backup', tagValues: ['true'] },
    ],
    scannerRoleArn: 'arn:aws:iam::$account:role/MyGuardDutyScannerRole',
    scannedResources: [BackupResourceKind.EBS],
  }]),
  'backup selection': () => OrganizationPolicyDocument.backup([plan({
    selections: [{
      selectionName: 'resource_selection_name',
      iamRoleArn: 'arn:aws:iam::$account:role/IAMRole',
      resourceTypes: ['arn:aws:ec2:*:*:volume/*', 'arn:aws:rds:*:*:db:*'],
      conditions: [
        { operator: BackupConditionOperator.STRING_EQUALS, tagKey: 'backup', tagValue: 'true' },
        { operator: BackupConditionOperator.STRING_NOT_EQUALS, tagKey: 'stage', tagValue: 'test' },
      ],
    }],
    windowsVss: true,
    s3BackupAcls: false,
    s3BackupObjectTags: false,
  })]),
};

function added(options: (acme: Acme) => Partial<OrganizationPolicyOptions>, app?: App): Acme {
  const defined = acmeOfKnownAccounts(EXISTING, app);
  defined.org.management!.addPolicy('limits', { stages: [defined.dev], ...options(defined) });
  return defined;
}

describe('a document', () => {
  test.each(Object.entries(EXAMPLES))('is what AWS shows: %s', (name, { type, content }) => {
    const made = MADE[name]();
    expect([made.policyType.name, JSON.parse(made.toJson())]).toEqual([type, content]);
  });

  test('has what no example of AWS has', () => {
    expect(JSON.parse(OrganizationPolicyDocument.ec2({
      vpcEncryptionControl: VpcEncryptionMode.ATTEMPT_ENFORCE,
      vpcEncryptionExclusions: [VpcEncryptionExclusion.NAT_GATEWAY],
      httpTokensEnforced: MetadataSetting.ENABLED,
      httpPutResponseHopLimit: -1,
      imageCriteria: [{ imageNames: ['acme-*'], marketplaceProductCodes: ['abc'], maximumDaysSinceCreated: 90, maximumDaysSinceDeprecated: 0 }],
    }).toJson()).ec2_attributes).toEqual({
      allowed_images_settings: {
        image_criteria: {
          criteria_1: {
            image_names: { '@@assign': ['acme-*'] },
            marketplace_product_codes: { '@@assign': ['abc'] },
            creation_date_condition: { maximum_days_since_created: { '@@assign': '90' } },
            deprecation_time_condition: { maximum_days_since_deprecated: { '@@assign': '0' } },
          },
        },
      },
      instance_metadata_defaults: { http_tokens_enforced: { '@@assign': 'enabled' }, http_put_response_hop_limit: { '@@assign': '-1' } },
      vpc_encryption_control: { mode: { '@@assign': 'attempt_enforce' }, exclusions: { '@@assign': ['nat_gateway'] } },
    });
    const open = OrganizationPolicyDocument.s3({ blockPublicAccess: false, childOperators: NONE });
    expect(JSON.parse(open.toJson())).toEqual({
      s3_attributes: { public_access_block_configuration: { '@@assign': 'none', '@@operators_allowed_for_child_policies': ['@@none'] } },
    });
    const [rule] = plan().rules;
    const { plans } = JSON.parse(OrganizationPolicyDocument.backup([plan({
      rules: [{ ...rule, enableContinuousBackup: true, deleteAfter: Duration.days(35), recoveryPointTags: { by: 'acme' } }],
      backupPlanTags: { of: 'acme' },
    })]).toJson());
    expect(plans.plan.backup_plan_tags).toEqual({ of: { tag_key: { '@@assign': 'of' }, tag_value: { '@@assign': 'acme' } } });
    expect(plans.plan.rules.rule).toMatchObject({
      enable_continuous_backup: { '@@assign': 'true' },
      recovery_point_tags: { by: { tag_key: { '@@assign': 'by' }, tag_value: { '@@assign': 'acme' } } },
    });
  });

  test('has the operators of a plan at each of its nodes', () => {
    const { plans } = JSON.parse(OrganizationPolicyDocument.backup([plan({ childOperators: NONE })]).toJson());
    const below = (node: object) => Object.values(node).filter(one => typeof one === 'object' && !Array.isArray(one));
    const nodes = (node: object): object[] => [node, ...below(node).flatMap(nodes)];
    expect(nodes(plans.plan)).toHaveLength(11);
    expect(nodes(plans.plan).filter(node => !('@@operators_allowed_for_child_policies' in node))).toEqual([]);
    expect(Object.keys(plans)).toEqual(['plan']);
  });

  test('of any type is taken as it is', () => {
    const content = '{"inspector":{"enablement":{"ec2_scanning":{"enable_in_regions":{"@@assign":["eu-west-1"]}}}}}';
    expect(OrganizationPolicyDocument.json(OrganizationPolicyType.INSPECTOR, content).toJson()).toBe(content);
    expect(OrganizationPolicyDocument.json(OrganizationPolicyType.of('NEW_POLICY'), '{"new":1}').toJson()).toBe('{"new":1}');
  });
});

describe('a policy with a document', () => {
  const document = OrganizationPolicyDocument.s3({ blockPublicAccess: true });

  test('has its type and content, which is enabled first', () => {
    const synthesized = synthesize(added(() => ({ document })).app);
    expect(synthesized.resources('acme/root/organization').limits.Properties).toMatchObject({
      Type: 'S3_POLICY', Content: EXAMPLES.s3.content,
    });
    const calls = synthesized.find('Custom::AWS', 'acme/root/settings').map(({ resource }) => JSON.stringify(resource));
    expect(calls.some(call => call.includes('S3_POLICY'))).toBe(true);
  });

  test('spares nobody, as it binds no principals', () => {
    const { org, app } = added(() => ({ document }));
    org.management!.spare(new ArnPrincipal('arn:aws:iam::444444444444:role/x'));
    expect(synthesize(app).resources('acme/root/organization').limits.Properties.Content).toEqual(EXAMPLES.s3.content);
  });

  test('may name its type once more', () => {
    expect(problems(added(() => ({ document, policyType: OrganizationPolicyType.of('S3_POLICY') })).app)).toEqual([]);
  });

  test('is attached to the management account, where statements would bind nobody', () => {
    expect(problems(added(({ org }) => ({ document, stages: [org.root] })).app)).toEqual([]);
  });

  test('is refused if it is longer than AWS takes', () => {
    const tags = OrganizationPolicyDocument.tags(Array.from({ length: 100 }, (_, index) => ({ tagKey: `key-${index}-${'x'.repeat(60)}` })));
    expect(problems(added(() => ({ document: tags })).app)).toEqual([
      expect.stringMatching(/^policy 'limits' has \d{5} characters: AWS takes 10000, so divide it/),
    ]);
  });
});
