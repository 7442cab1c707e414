import { Duration, Token } from 'aws-cdk-lib';
import {
  assigned, ChildPolicyOperator, controlled, daysProblem, emptyProblem, formProblem, listed, numberProblem,
  operatorsProblem, Part, parts, twiceProblem,
} from './policy-syntax';
import { checkOptions, refuse } from '../support/options';
import { regionProblem } from '../support/rules';

/** Kind of a malware scan of backups. */
export enum BackupScanMode {
  /** Changes since the last scan. */
  INCREMENTAL_SCAN = 'INCREMENTAL_SCAN',
  /** All. */
  FULL_SCAN = 'FULL_SCAN',
}

/** Kind of resources whose backups are indexed or scanned. */
export enum BackupResourceKind {
  /** EBS volumes. */
  EBS = 'EBS',
  /** EC2 instances. Can be scanned, and not be indexed. */
  EC2 = 'EC2',
  /** S3 buckets. */
  S3 = 'S3',
  /** All kinds. Can be scanned, and not be indexed. */
  ALL = 'ALL',
}

/** Comparison of the tag of a resource. */
export enum BackupConditionOperator {
  /** The tag has the value. */
  STRING_EQUALS = 'STRING_EQUALS',
  /** The tag has another value. */
  STRING_NOT_EQUALS = 'STRING_NOT_EQUALS',
  /** The tag has a value like this, with `*` for what differs. */
  STRING_LIKE = 'STRING_LIKE',
  /** The tag has no value like this, with `*` for what differs. */
  STRING_NOT_LIKE = 'STRING_NOT_LIKE',
}

/** Retention of a backup, and its storage. */
export interface BackupPolicyLifecycle {
  /**
   * Age of a backup that moves to cold storage, in whole days. It stays there for 90 days at least.
   *
   * @default - never
   */
  readonly moveToColdStorageAfter?: Duration;

  /**
   * Age of a backup that is deleted, in whole days.
   *
   * @default - never
   */
  readonly deleteAfter?: Duration;

  /**
   * Move of resources that support it to archive storage.
   *
   * @default - not set: they do not
   */
  readonly optInToArchive?: boolean;
}

/** A further copy of the backups of a rule. */
export interface BackupPolicyCopy extends BackupPolicyLifecycle {
  /** ARN of the backup vault, with `$account` for the account of the backup. */
  readonly targetBackupVaultArn: string;
}

/** Rule of a backup plan: when, into what, and for how long. */
export interface BackupPolicyRule extends BackupPolicyLifecycle {
  /** Name, unique in the plan. */
  readonly ruleName: string;

  /** Schedule in UTC, as a cron expression of six fields such as `cron(0 5 ? * * *)`. */
  readonly scheduleExpression: string;

  /** Name of the backup vault, which has to be there in each account and region. */
  readonly targetBackupVaultName: string;

  /**
   * ARN of a logically air-gapped vault, such as `arn:aws:backup:$region:$account:backup-vault:air-gapped`.
   *
   * @default - none
   */
  readonly targetLogicallyAirGappedBackupVaultArn?: string;

  /**
   * Time in which a backup has to start, an hour at least.
   *
   * @default - that of AWS Backup, 8 hours
   */
  readonly startWindow?: Duration;

  /**
   * Time in which a backup has to be complete.
   *
   * @default - that of AWS Backup, 7 days
   */
  readonly completionWindow?: Duration;

  /**
   * Continuous backups, to restore any second. They are kept for 35 days at most.
   *
   * @default - not set: they are not
   */
  readonly enableContinuousBackup?: boolean;

  /**
   * Further copies.
   *
   * @default - none
   */
  readonly copyActions?: BackupPolicyCopy[];

  /**
   * Tags of the backups.
   *
   * @default - none
   */
  readonly recoveryPointTags?: { [key: string]: string };

  /**
   * Kinds of resources whose backups are indexed for searches: EBS and S3.
   *
   * @default - none
   */
  readonly indexedResources?: BackupResourceKind[];

  /**
   * Malware scan of the backups, by Amazon GuardDuty. The plan needs `scannerRoleArn`.
   *
   * @default - none
   */
  readonly scanMode?: BackupScanMode;
}

/** Condition of a selection, about a tag. */
export interface BackupPolicyCondition {
  /** Comparison. */
  readonly operator: BackupConditionOperator;

  /** Key of the tag. */
  readonly tagKey: string;

  /** Value to compare with. */
  readonly tagValue: string;
}

/** Resources that a plan backs up: those with a tag, or those of some types. */
export interface BackupPolicySelection {
  /** Name, unique in the plan. */
  readonly selectionName: string;

  /** ARN of the role that does it, which has to be there in each account: `arn:aws:iam::$account:role/backup`. */
  readonly iamRoleArn: string;

  /**
   * Key of the tag of the resources.
   *
   * @default - `resourceTypes` are used
   */
  readonly tagKey?: string;

  /**
   * Values of the tag, any of which is enough.
   *
   * @default - `resourceTypes` are used
   */
  readonly tagValues?: string[];

  /**
   * ARN patterns of the resources, such as `arn:aws:rds:*:*:db:*`, or `*` for all.
   *
   * @default - the tag is used
   */
  readonly resourceTypes?: string[];

  /**
   * ARN patterns of resources that are left out.
   *
   * @default - none
   */
  readonly notResourceTypes?: string[];

  /**
   * Conditions that resources have to fulfill beside, at most 30.
   *
   * @default - none
   */
  readonly conditions?: BackupPolicyCondition[];
}

/** A backup plan that all accounts have which the policy reaches. */
export interface BackupPolicyPlan {
  /** Name, unique in the organization. Plans of child policies with the same name change it. */
  readonly planName: string;

  /** Regions whose resources are backed up. */
  readonly regions: string[];

  /** Rules. */
  readonly rules: BackupPolicyRule[];

  /** Resources: all selections by tag, or all by type. */
  readonly selections: BackupPolicySelection[];

  /**
   * Backups of Windows instances by their Volume Shadow Copy Service (VSS).
   *
   * @default - not set: they are not
   */
  readonly windowsVss?: boolean;

  /**
   * Access control lists (ACLs) of objects in backups of S3.
   *
   * @default - not set: they have
   */
  readonly s3BackupAcls?: boolean;

  /**
   * Tags of objects in backups of S3.
   *
   * @default - not set: they have
   */
  readonly s3BackupObjectTags?: boolean;

  /**
   * Tags of the plan.
   *
   * @default - none
   */
  readonly backupPlanTags?: { [key: string]: string };

  /**
   * ARN of the role that scans backups for malware, for rules with `scanMode`.
   *
   * @default - none
   */
  readonly scannerRoleArn?: string;

  /**
   * Kinds of resources whose backups are scanned.
   *
   * @default - all, if there is a role
   */
  readonly scannedResources?: BackupResourceKind[];

  /**
   * Addition of the regions to those of parent policies, instead of replacing them.
   *
   * @default false
   */
  readonly addsToParent?: boolean;

  /**
   * Operators that child policies may use on the plan and all its parts.
   *
   * @default - all
   */
  readonly childOperators?: ChildPolicyOperator[];
}

const COLD_STORAGE_DAYS = 90;
const CONTINUOUS_DAYS = 35;
const MOST_CONDITIONS = 30;
/** A hundred years, as AWS Backup's own limit of a vault lock. */
const MOST_DAYS = 36_500;

export function backupDocument(plans: BackupPolicyPlan[]): Part {
  refuse(emptyProblem('plans', plans));
  plans.forEach((plan, index) => {
    const of = ` of backup plan ${index + 1}`;
    checkOptions('BackupPolicyPlan', plan, of);
    plan.rules.forEach(rule => {
      checkOptions('BackupPolicyRule', rule, of);
      rule.copyActions?.forEach(copy => checkOptions('BackupPolicyCopy', copy, of));
    });
    plan.selections.forEach(selection => {
      checkOptions('BackupPolicySelection', selection, of);
      selection.conditions?.forEach(condition => checkOptions('BackupPolicyCondition', condition, of));
    });
  });
  refuse([...twiceProblem('planName of the plans', plans.map(({ planName }) => planName)), ...plans.flatMap(planProblems)]);
  return { plans: byName(plans, ({ planName }) => planName, plan => controlled(planPart(plan), plan.childOperators)) };
}

function planPart(plan: BackupPolicyPlan): Part {
  const { regions, addsToParent, rules, selections, scannerRoleArn } = plan;
  const { scannedResources = [BackupResourceKind.ALL] } = plan;
  const nameOf = ({ selectionName }: BackupPolicySelection) => selectionName;
  return parts({
    regions: listed(regions, addsToParent),
    rules: byName(rules, ({ ruleName }) => ruleName, rulePart),
    selections: {
      [selections[0].tagKey === undefined ? 'resources' : 'tags']: byName(selections, nameOf, selectionPart),
    },
    advanced_backup_settings: parts({
      ec2: parts({ windows_vss: onOff(plan.windowsVss) }),
      s3: parts({ backup_acls: onOff(plan.s3BackupAcls), backup_object_tags: onOff(plan.s3BackupObjectTags) }),
    }),
    backup_plan_tags: tagParts(plan.backupPlanTags),
    scan_settings: scannerRoleArn === undefined ? undefined
      : { GUARDDUTY: { resource_types: listed(scannedResources), scanner_role_arn: assigned(scannerRoleArn) } },
  })!;
}

function rulePart(rule: BackupPolicyRule): Part {
  const { copyActions } = rule;
  return parts({
    schedule_expression: assigned(rule.scheduleExpression),
    start_backup_window_minutes: assigned(rule.startWindow?.toMinutes()),
    complete_backup_window_minutes: assigned(rule.completionWindow?.toMinutes()),
    enable_continuous_backup: assigned(rule.enableContinuousBackup),
    lifecycle: lifecyclePart(rule),
    target_backup_vault_name: assigned(rule.targetBackupVaultName),
    target_logically_air_gapped_backup_vault_arn: assigned(rule.targetLogicallyAirGappedBackupVaultArn),
    index_actions: parts({ resource_types: listed(rule.indexedResources) }),
    copy_actions: copyActions && byName(copyActions, ({ targetBackupVaultArn }) => targetBackupVaultArn, copyPart),
    recovery_point_tags: tagParts(rule.recoveryPointTags),
    scan_actions: rule.scanMode && { GUARDDUTY: { scan_mode: assigned(rule.scanMode) } },
  })!;
}

function copyPart(copy: BackupPolicyCopy): Part {
  return parts({ target_backup_vault_arn: assigned(copy.targetBackupVaultArn), lifecycle: lifecyclePart(copy) })!;
}

function lifecyclePart(lifecycle: BackupPolicyLifecycle): Part | undefined {
  return parts({
    move_to_cold_storage_after_days: assigned(lifecycle.moveToColdStorageAfter?.toDays()),
    delete_after_days: assigned(lifecycle.deleteAfter?.toDays()),
    opt_in_to_archive_for_supported_resources: assigned(lifecycle.optInToArchive),
  });
}

function selectionPart(selection: BackupPolicySelection): Part {
  const { conditions } = selection;
  // AWS has each under a name, which says nothing
  const named = conditions?.map((condition, index) => ({ ...condition, name: `condition_${index + 1}` }));
  const operators = [...new Set(conditions?.map(({ operator }) => operator))];
  const ofOperator = (operator: BackupConditionOperator) => named!.filter(condition => condition.operator === operator);
  return parts({
    iam_role_arn: assigned(selection.iamRoleArn),
    tag_key: assigned(selection.tagKey),
    tag_value: listed(selection.tagValues),
    resource_types: listed(selection.resourceTypes),
    not_resource_types: listed(selection.notResourceTypes),
    conditions: named && byName(operators, operator => operator.toLowerCase(), operator =>
      byName(ofOperator(operator), ({ name }) => name, ({ tagKey, tagValue }) => ({
        condition_key: assigned(`aws:ResourceTag/${tagKey}`), condition_value: assigned(tagValue),
      }))),
  })!;
}

function tagParts(tags?: { [key: string]: string }): Part | undefined {
  return tags && byName(Object.entries(tags), ([key]) => key, ([key, value]) => ({
    tag_key: assigned(key), tag_value: assigned(value),
  }));
}

function onOff(value?: boolean): Part | undefined {
  return value === undefined ? undefined : assigned(value ? 'enabled' : 'disabled');
}

function byName<T>(all: T[], nameOf: (one: T) => string, partOf: (one: T) => Part): Part {
  return Object.fromEntries(all.map(one => [nameOf(one), partOf(one)]));
}

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html */
const NAME = /^[\w.-]{1,50}$/;
const VAULT_NAME = /^[a-zA-Z0-9_-]{2,50}$/;
const VAULT_ARN = /^arn:aws[a-z-]*:backup:([a-z0-9-]+|\$region):(\d{12}|\$account):backup-vault:[a-zA-Z0-9_-]{2,50}$/;
const AIR_GAPPED_ARN = /^arn:aws[a-z-]*:backup:\$region:\$account:backup-vault:[a-zA-Z0-9_-]{2,50}$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}|\$account):role\/[\w+=,.@/-]+$/;
const RESOURCES = /^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[^]+)$/;
/** Of the day of the month and that of the week, one is a question mark. */
const CRON = /^cron\((\S+ ){2}(\? \S+ (?!\?)\S+|(?!\?)\S+ \S+ \?|\* \S+ \*) \S+\)$/;

function planProblems(plan: BackupPolicyPlan): string[] {
  const of = ` of backup plan '${plan.planName}'`;
  const { planName, regions, rules, selections, scannerRoleArn, childOperators } = plan;
  const kinds = new Set(selections.map(({ resourceTypes }) => resourceTypes === undefined));
  const scanned = rules.find(({ scanMode }) => scanMode !== undefined);
  const all = [
    ...formProblem('planName', planName, NAME, '1 to 50 letters, digits and ._-', true),
    ...emptyProblem(`regions${of}`, regions), ...emptyProblem(`rules${of}`, rules), ...emptyProblem(`selections${of}`, selections),
    ...regions.flatMap(region => regionProblem(`regions${of}`, region)),
    ...twiceProblem(`regions${of}`, regions),
    ...twiceProblem(`ruleName of the rules${of}`, rules.map(({ ruleName }) => ruleName)),
    ...twiceProblem(`selectionName of the selections${of}`, selections.map(({ selectionName }) => selectionName)),
    ...emptyProblem(`scannedResources${of}`, plan.scannedResources),
    ...kinds.size > 1 ? [`selections${of} are by tag and by type, which AWS takes in different plans: give another plan to one of the two`] : [],
    ...scanned && scannerRoleArn === undefined ? [`rule '${scanned.ruleName}'${of} has scanMode, and nobody who scans: give scannerRoleArn to the plan`] : [],
    ...scannerRoleArn === undefined ? [] : roleProblem(`scannerRoleArn${of}`, scannerRoleArn),
    ...operatorsProblem(`childOperators${of}`, childOperators),
    ...rules.flatMap(rule => ruleProblems(rule, ` of rule '${rule.ruleName}'`)),
    ...selections.flatMap(selection => selectionProblems(selection, ` of selection '${selection.selectionName}'`)),
  ];
  // a name that is none is told once
  return all.filter((problem, index) => all.indexOf(problem) === index);
}

function ruleProblems(rule: BackupPolicyRule, of: string): string[] {
  const { startWindow, completionWindow, copyActions = [], targetLogicallyAirGappedBackupVaultArn: airGapped } = rule;
  const noIndex = rule.indexedResources?.find(kind => ![BackupResourceKind.EBS, BackupResourceKind.S3].includes(kind));
  return [
    ...formProblem('ruleName', rule.ruleName, NAME, '1 to 50 letters, digits and ._-', true),
    ...formProblem(`scheduleExpression${of}`, rule.scheduleExpression, CRON, "six fields such as 'cron(0 5 ? * * *)', with a question mark for one of the two days"),
    ...formProblem(`targetBackupVaultName${of}`, rule.targetBackupVaultName, VAULT_NAME, '2 to 50 letters, digits and _-'),
    ...airGapped === undefined ? [] : formProblem(`targetLogicallyAirGappedBackupVaultArn${of}`, airGapped, AIR_GAPPED_ARN,
      "an ARN with both placeholders, such as 'arn:aws:backup:$region:$account:backup-vault:air-gapped'"),
    ...numberProblem(`minutes in startWindow${of}`, startWindow?.toMinutes({ integral: false }), 60, MOST_DAYS * 1440),
    ...numberProblem(`minutes in completionWindow${of}`, completionWindow?.toMinutes({ integral: false }), 60, MOST_DAYS * 1440),
    ...noIndex === undefined ? [] : [`indexedResources${of} has ${noIndex}, which AWS does not index: give BackupResourceKind.EBS or BackupResourceKind.S3`],
    ...emptyProblem(`indexedResources${of}`, rule.indexedResources),
    ...emptyProblem(`copyActions${of}`, rule.copyActions),
    ...twiceProblem(`copyActions${of}`, copyActions.map(({ targetBackupVaultArn }) => targetBackupVaultArn)),
    ...lifecycleProblems(rule, of, rule.enableContinuousBackup),
    ...copyActions.flatMap(copy => [
      ...formProblem(`targetBackupVaultArn${of}`, copy.targetBackupVaultArn, VAULT_ARN,
        "an ARN such as 'arn:aws:backup:eu-west-1:$account:backup-vault:copies'", true),
      ...regionOf(copy.targetBackupVaultArn).flatMap(region => regionProblem(`region in targetBackupVaultArn${of}`, region)),
      ...lifecycleProblems(copy, ` of copy '${copy.targetBackupVaultArn}'${of}`),
    ]),
  ];
}

function regionOf(arn: string): string[] {
  const [, region = '$region'] = VAULT_ARN.exec(arn) ?? [];
  return region === '$region' ? [] : [region];
}

function lifecycleProblems(lifecycle: BackupPolicyLifecycle, of: string, isContinuous = false): string[] {
  const { moveToColdStorageAfter: move, deleteAfter } = lifecycle;
  const wrong = daysProblem(`moveToColdStorageAfter${of}`, move, 1, MOST_DAYS);
  const least = move && wrong.length === 0 ? move.toDays() + COLD_STORAGE_DAYS : 1;
  const [most, why] = isContinuous ? [CONTINUOUS_DAYS, ', and continuous backups are kept for 35'] : [MOST_DAYS, least > 1 ? ', of which 90 are in cold storage' : ''];
  return [
    ...wrong,
    ...isContinuous && move ? [`moveToColdStorageAfter${of} is of continuous backups, which have no cold storage: leave one of the two out`] : [],
    ...isContinuous && deleteAfter === undefined ? [`deleteAfter${of} is missing, and continuous backups are kept for ${CONTINUOUS_DAYS} days at most: give it`] : [],
    ...isContinuous && move ? [] : daysProblem(`deleteAfter${of}`, deleteAfter, least, most, why),
  ];
}

function selectionProblems(selection: BackupPolicySelection, of: string): string[] {
  const { tagKey, tagValues, resourceTypes, notResourceTypes, conditions = [] } = selection;
  const byTag = tagKey !== undefined && tagValues !== undefined;
  const isOne = byTag ? resourceTypes === undefined && notResourceTypes === undefined
    : tagKey === undefined && tagValues === undefined && resourceTypes !== undefined;
  return [
    ...formProblem('selectionName', selection.selectionName, NAME, '1 to 50 letters, digits and ._-', true),
    ...roleProblem(`iamRoleArn${of}`, selection.iamRoleArn),
    ...isOne ? [] : [`options${of} say neither a tag alone nor types alone: give tagKey and tagValues, or resourceTypes`],
    ...emptyProblem(`tagValues${of}`, tagValues), ...emptyProblem(`resourceTypes${of}`, resourceTypes),
    ...emptyProblem(`notResourceTypes${of}`, notResourceTypes), ...emptyProblem(`conditions${of}`, selection.conditions),
    ...[...resourceTypes ?? [], ...notResourceTypes ?? []].flatMap(type => formProblem(`a resource type${of}`, type, RESOURCES,
      "a pattern such as 'arn:aws:ec2:*:*:volume/*', or '*'")),
    ...conditions.length > MOST_CONDITIONS ? [`conditions${of} are ${conditions.length}, and AWS takes ${MOST_CONDITIONS}: make two selections of it`] : [],
  ];
}

function roleProblem(property: string, arn: string): string[] {
  return Token.isUnresolved(arn) ? [] : formProblem(property, arn, ROLE_ARN, "the ARN of a role, such as 'arn:aws:iam::$account:role/backup'");
}
