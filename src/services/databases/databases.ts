import { Aws, CfnResource, Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { createAfter } from '../../support/dependencies';
import { Acceptance } from '../../support/nag';
import { logKey } from '../support/log-encryption';
import { checkWhole } from '../support/numbers';
import { closedSecurityGroup, plain } from '../support/security-groups';
import { dataSubnets, inTwoZones } from '../support/subnets';
import { uniqueName } from '../support/unique-name';

/**
 * Not one of the names that are tried first.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-24
 */
export const MASTER_USERNAME = 'dbadmin';

/** Removal, protection and log retention of a database, from the props or the profile. */
export interface Fate {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly logRetention: logs.RetentionDays;
  readonly logEncryptionKey?: kms.IKey;
}

export function fateOf(props: Partial<Fate>, profile: Fate): Fate {
  return {
    removalPolicy: props.removalPolicy ?? profile.removalPolicy,
    deletionProtection: props.deletionProtection ?? profile.deletionProtection,
    logRetention: props.logRetention ?? profile.logRetention,
    logEncryptionKey: props.logEncryptionKey,
  };
}

// a retained database needs these, and deleting its stack would fail at the first of them
const KEPT_WITH_IT = /^AWS::(RDS::DB|EC2::SecurityGroup$|SecretsManager::Secret)/;

/** Applies the removal policy to a database and to all resources that it needs. */
export function decideFate(scope: Construct, database: CfnResource, { removalPolicy, deletionProtection }: Fate): void {
  // an unprotected database is deleted if its creation fails, so that the next attempt can create it
  const policy = removalPolicy === RemovalPolicy.RETAIN && !deletionProtection
    ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy;
  const others = policy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : policy;
  scope.node.findAll().filter(CfnResource.isCfnResource)
    .filter(({ cfnResourceType }) => KEPT_WITH_IT.test(cfnResourceType))
    .forEach(resource => resource.applyRemovalPolicy(resource === database ? policy : others));
}

export interface Placement {
  readonly subnetGroup: rds.SubnetGroup;
  readonly securityGroups: ec2.SecurityGroup[];
}

/** Subnet group and security group of a database, without rules. */
export function place(scope: Construct, vpc: ec2.IVpc, selection: ec2.SubnetSelection = dataSubnets(vpc)): Placement {
  const vpcSubnets = inTwoZones(vpc, 'vpcSubnets', selection);
  return {
    subnetGroup: new rds.SubnetGroup(scope, 'Subnets', {
      vpc, vpcSubnets, description: plain(`Where ${scope.node.path} is`),
    }),
    securityGroups: [closedSecurityGroup(scope, vpc, `Who may connect to ${scope.node.path}`)],
  };
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function portOf(given: number | undefined, ofEngine: number): number {
  const port = given ?? ofEngine;
  checkWhole('port', port, 1150, 65535);
  return port;
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupWindow.html */
export const WINDOWS = { daily: 'preferredBackupWindow', weekly: 'preferredMaintenanceWindow', leastMinutes: 30 };

/** Log groups of instances, created before the instances, which would otherwise create them. */
export function defineLogGroups(
  scope: Construct, prefix: string, names: string[], fate: Fate, instances: CfnResource[],
): void {
  const { logRetention, logEncryptionKey, removalPolicy } = fate;
  const encryptionKey = logKey(logEncryptionKey, scope);
  for (const name of names) {
    const group = new logs.LogGroup(scope, `Logs-${name}`, {
      logGroupName: `${prefix}/${name}`,
      retention: logRetention,
      encryptionKey,
      removalPolicy: removalPolicy === RemovalPolicy.DESTROY ? removalPolicy : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    instances.forEach(instance => createAfter(instance, group.node.defaultChild as logs.CfnLogGroup));
  }
}

/** Identifier that is known before the instance exists: at most 62 of the 63 characters that RDS allows. */
export function instanceIdentifier(scope: Construct): string {
  return uniqueName(scope, scope.node.path.slice(Stack.of(scope).node.path.length), 40);
}

/** Placeholder that the CDK requires for the password, which RDS generates. */
export function noPassword(masterUsername: string): rds.Credentials {
  return rds.Credentials.fromPassword(masterUsername, new SecretValue(Aws.NO_VALUE));
}

/**
 * Has RDS manage the password of the master user: generated, rotated every seven days, and deleted with the database.
 */
export function managedSecret(
  scope: Construct, id: string, database: rds.CfnDBCluster | rds.CfnDBInstance, encryptionKey?: kms.IKey,
): secretsmanager.ISecret {
  database.masterUserPassword = undefined;
  database.manageMasterUserPassword = true;
  database.masterUserSecret = encryptionKey && { kmsKeyId: encryptionKey.keyArn };
  const secretCompleteArn = database.attrMasterUserSecretSecretArn;
  return secretsmanager.Secret.fromSecretAttributes(scope, id, { secretCompleteArn, encryptionKey });
}

/** A wildcard would be all users, the master user among them, and no finding of cdk-nag on whom it is granted to. */
export function checkUser(dbUser: string): void {
  if (dbUser === '' || /[*?]/.test(dbUser)) {
    throw new Error(`dbUser is '${dbUser}', which is not one user of the database: name one, and call grantConnect for each`);
  }
}

export interface MonitoringProps {
  readonly databaseInsightsMode?: rds.DatabaseInsightsMode;
  readonly monitoringInterval?: Duration;
  readonly storageEncryptionKey?: kms.IKey;
}

/** Monitoring of a database, unless the props define it. */
export interface Usual {
  /** Advanced mode of Database Insights instead of standard. */
  readonly advanced: boolean;
  /** Enhanced monitoring of the operating system. */
  readonly metrics: boolean;
}

export interface Insights {
  readonly enablePerformanceInsights: boolean;
  readonly performanceInsightRetention?: rds.PerformanceInsightRetention;
  readonly performanceInsightEncryptionKey?: kms.IKey;
}

export interface Monitoring {
  readonly monitoringInterval?: Duration;
  readonly databaseInsightsMode?: rds.DatabaseInsightsMode;
  readonly insights: Insights;
}

const INTERVALS = [0, 1, 5, 10, 15, 30, 60];

/** Monitoring of an instance, as props of the CDK. */
export function monitoring(
  props: MonitoringProps, otherwise: Usual, engine: string, instanceType?: ec2.InstanceType,
): Monitoring {
  const usually = otherwise.advanced ? rds.DatabaseInsightsMode.ADVANCED : rds.DatabaseInsightsMode.STANDARD;
  const mode = insightsMode(props.databaseInsightsMode, usually, engine, instanceType?.toString());
  const interval = props.monitoringInterval?.toSeconds({ integral: false }) ?? (otherwise.metrics ? 60 : 0);
  if (!INTERVALS.includes(interval)) {
    throw new Error(`monitoringInterval is ${interval} seconds: give one of ${INTERVALS.join(', ')}`);
  }
  return {
    monitoringInterval: interval > 0 ? Duration.seconds(interval) : undefined,
    databaseInsightsMode: mode,
    insights: {
      enablePerformanceInsights: mode !== undefined,
      // the mode determines the retention, RDS accepts no other
      performanceInsightRetention: mode && (mode === rds.DatabaseInsightsMode.ADVANCED
        ? rds.PerformanceInsightRetention.MONTHS_15 : rds.PerformanceInsightRetention.DEFAULT),
      performanceInsightEncryptionKey: mode && props.storageEncryptionKey,
    },
  };
}

type Mode = rds.DatabaseInsightsMode;

function insightsMode(
  given: Mode | undefined, otherwise: Mode, engine: string, instanceType?: string,
): Mode | undefined {
  if (instanceType === undefined || supportsInsights(engine, instanceType)) {
    return given ?? otherwise;
  }
  if (given !== undefined) {
    throw new Error(`databaseInsightsMode is '${given}', and ${instanceType} does not support it for ${engine}: `
      + 'give a larger instanceType, or no mode');
  }
  return undefined;
}

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
function supportsInsights(engine: string, instanceType: string): boolean {
  const tooSmall = /^t\w+\.(micro|small)$/.test(instanceType);
  const tooOld = engine === 'aurora-mysql' && /^t[23]\./.test(instanceType);
  return engine.includes('postgres') || !tooSmall && !tooOld;
}

export const UNPROTECTED: Acceptance = {
  rule: 'AwsSolutions-RDS10', reason: 'it is meant to be deleted with its stack, so RDS must not refuse that',
};

export const DEFAULT_PORT: Acceptance = {
  rule: 'AwsSolutions-RDS11', reason: 'clients expect this port, and the security group decides who may connect',
};

export const MONITORING_ROLE: Acceptance = {
  rule: 'AwsSolutions-IAM4', reason: 'the policy that AWS maintains for enhanced monitoring writes to one log group, and no more',
};
