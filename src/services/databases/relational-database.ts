import { ArnFormat, Duration, RemovalPolicy, Size, SizeRoundingBehavior, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { checkNames } from './database-names';
import { DatabaseProps } from './database-props';
import {
  checkUser, decideFate, DEFAULT_PORT, defineLogGroups, fateOf, instanceIdentifier, managedSecret,
  MASTER_USERNAME, monitoring, MONITORING_ROLE, noPassword, place, portOf, UNPROTECTED, WINDOWS,
} from './databases';
import { engineOf } from './instance-engine';
import { defineReplicas, replicaAlarms, ReplicaProps } from './read-replica';
import { StageProfile, StageSize } from '../../stage-profile';
import { isMajor } from '../../support/aws-data';
import { accept, Acceptance } from '../../support/nag';
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { addAlarms, AlarmSpec, percent } from '../support/alarms';
import { backupDays } from '../support/backups';
import { checkFreeStorage } from '../support/free-storage';
import { checkType, defaultType, InstanceTypes } from '../support/instance-types';
import { checkWholeLiteral } from '../support/numbers';
import { checkWindows } from '../support/windows';

/** Properties of a `RelationalDatabase`. */
export interface RelationalDatabaseProps extends DatabaseProps {
  /**
   * PostgreSQL, MySQL or MariaDB engine with a version, such as returned by `DatabaseInstanceEngine.postgres`. Of a
   * major version, RDS chooses a recent minor one. A newer version is an in-place upgrade. A new major version needs
   * `allowMajorVersionUpgrade`. A version that AWS added later than the library's data is accepted if the context key
   * `cdk-multi-account-org:availableInAws` lists it, such as `postgres 19.1`.
   */
  readonly engine: rds.IInstanceEngine;

  /**
   * Allows a change of `engine` to another major version, which cannot be undone. RDS rejects it otherwise.
   *
   * @default false
   */
  readonly allowMajorVersionUpgrade?: boolean;

  /**
   * Instance type. An `r7g.large` here is `db.r7g.large` in RDS.
   *
   * A type that AWS added later than the library's data is accepted if the context key
   * `cdk-multi-account-org:availableInAws` lists it, such as `db.r9g.large`.
   *
   * @default - depends on the profile's size: t4g.micro if small, t4g.medium if medium, m7g.large if large; or a
   * similar type of the same size in a region or for a version without it
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * Creates a standby instance in another Availability Zone for automatic failover. It cannot be used for reading.
   *
   * @default - true, unless the size of the stage's profile is small
   */
  readonly multiAz?: boolean;

  /**
   * Initial storage, in GiB, 20 or more.
   *
   * @default - depends on the profile's size: 20 if small, 50 if medium, 200 if large
   */
  readonly allocatedStorage?: number;

  /**
   * Maximum storage for storage autoscaling, in GiB, at least 10 percent more than allocated. Storage never shrinks.
   *
   * @default - five times `allocatedStorage`
   */
  readonly maxAllocatedStorage?: number;

  /**
   * Number of read replicas, from 0 to 15, with the same instance type. AWS does not let RDS manage the secret of a
   * database with replicas: see `secret`.
   *
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * Retention of backups, from 0 to 35 days. Zero means no backups. The database can be restored to any second of that
   * time.
   *
   * @default - from the stage's profile, up to 35 days, and at least one day if there are replicas
   */
  readonly backupRetention?: Duration;

  /**
   * Free storage below which an alarm is raised.
   *
   * @default - a tenth of `allocatedStorage`
   */
  readonly freeStorageAlarmThreshold?: Size;

  /**
   * Replication lag of a replica above which an alarm is raised.
   *
   * @default Duration.minutes(1)
   */
  readonly replicaLagAlarmThreshold?: Duration;
}

interface Sizing {
  readonly instanceType: string;
  readonly multiAz: boolean;
  readonly allocatedStorage: number;
  readonly advancedInsights: boolean;
}

const SIZES: Record<StageSize, Sizing> = {
  [StageSize.SMALL]: { instanceType: 't4g.micro', multiAz: false, allocatedStorage: 20, advancedInsights: false },
  [StageSize.MEDIUM]: { instanceType: 't4g.medium', multiAz: true, allocatedStorage: 50, advancedInsights: false },
  [StageSize.LARGE]: { instanceType: 'm7g.large', multiAz: true, allocatedStorage: 200, advancedInsights: true },
};

const MOST_STORAGE = 65_536;

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html
const TYPES: InstanceTypes = { service: 'RDS', affix: 'db.', classes: /^[cmrtxz]\d/, example: 'm7g.large' };

const NO_STANDBY: Acceptance = {
  rule: 'AwsSolutions-RDS3', reason: 'a standby in another zone costs as much again, and nobody waits for this one',
};

const NO_BACKUPS: Acceptance = {
  rule: 'AwsSolutions-RDS13', reason: 'nothing in it is worth a backup, and none is left behind',
};

const NO_ROTATION: Acceptance = {
  rule: 'AwsSolutions-SMG4', reason: 'RDS rotates no secret of a database with replicas; applications sign in by IAM',
};

/**
 * Defines an RDS instance with PostgreSQL, MySQL or MariaDB, and optional read replicas.
 *
 * It is private, encrypted, and requires TLS. Database users can use IAM authentication. Storage grows automatically.
 * The stage's profile determines size, standby, backups, deletion protection and removal. Nobody can connect until
 * `connections` allows it.
 */
export class RelationalDatabase extends Construct implements ec2.IConnectable {
  /** Underlying instance. */
  public readonly instance: rds.IDatabaseInstance;

  /** Read replicas. */
  public readonly readReplicas: rds.IDatabaseInstance[];

  /**
   * Secret of the master user: JSON with `username` and `password`.
   *
   * Without replicas, RDS creates it, rotates it every seven days, and deletes it with the instance. AWS does not
   * support that with replicas. The secret is then part of the stack, and is not rotated unless you call
   * `addRotationSchedule`; use IAM authentication for applications.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
   */
  public readonly secret: secretsmanager.ISecret;

  /** Connections of the instance and its replicas, on their port by default. Without rules, nobody can connect. */
  public readonly connections: ec2.Connections;

  /** Alarms of the instance and its replicas. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly instances: rds.CfnDBInstance[];

  /**
   * @throws if the engine is not supported or has no version that AWS has, if the region does not have the instance
   * type, if a name or window is invalid, or if a prop is out of range, would have no effect together with another one,
   * or is not supported by the instances
   */
  constructor(scope: Construct, id: string, props: RelationalDatabaseProps) {
    super(scope, id);
    checkProps(this, 'RelationalDatabaseProps', props);
    const engine = engineOf(this, props.engine);
    const profile = StageProfile.of(this);
    const size = SIZES[profile.size];
    const fate = fateOf(props, profile);
    checkWholeLiteral('readReplicas', props.readReplicas, 0, 15);
    const readReplicas = props.readReplicas ?? 0;
    const { allocatedStorage, maxAllocatedStorage } = storageOf(props, size);
    const fleet = { name: props.engine.engineType, version: props.engine.engineVersion!.fullVersion };
    const instanceType = props.instanceType ?? defaultType(this, fleet, size.instanceType);
    checkType(this, fleet, 'instanceType', instanceType, TYPES);
    const multiAz = props.multiAz ?? size.multiAz;
    const port = portOf(props.port, engine.port);
    const username = props.masterUsername ?? MASTER_USERNAME;
    checkNames(props.engine.engineType, props.databaseName, username);
    checkWindows(WINDOWS, props.preferredBackupWindow, props.preferredMaintenanceWindow);
    const metrics = profile.size !== StageSize.SMALL && fate.removalPolicy !== RemovalPolicy.DESTROY;
    const { monitoringInterval, databaseInsightsMode, insights } = monitoring(
      props, { advanced: size.advancedInsights, metrics }, props.engine.engineType, instanceType,
    );
    const backups = backupsOf(props, profile, readReplicas);
    const { subnetGroup, securityGroups } = place(this, props.vpc, props.vpcSubnets);
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) });

    const common: ReplicaProps = {
      vpc: props.vpc,
      subnetGroup,
      securityGroups,
      publiclyAccessible: false,
      port,
      instanceType,
      storageType: rds.StorageType.GP3,
      maxAllocatedStorage,
      iamAuthentication: true,
      preferredMaintenanceWindow: props.preferredMaintenanceWindow,
      autoMinorVersionUpgrade: true,
      deletionProtection: fate.deletionProtection,
      deleteAutomatedBackups: fate.removalPolicy === RemovalPolicy.DESTROY,
      cloudwatchLogsExports: engine.logs,
      monitoringInterval,
      ...insights,
    };
    const generated = readReplicas > 0
      ? new rds.DatabaseSecret(this, 'Secret', { username, encryptionKey: props.secretEncryptionKey }) : undefined;
    const identifier = instanceIdentifier(this);
    const instance = new rds.DatabaseInstance(this, 'Instance', {
      ...common,
      ...backups,
      engine: props.engine,
      allowMajorVersionUpgrade: props.allowMajorVersionUpgrade,
      instanceIdentifier: identifier,
      multiAz,
      allocatedStorage,
      databaseName: props.databaseName,
      credentials: generated ? rds.Credentials.fromSecret(generated, username) : noPassword(username),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine: props.engine, parameters: { ...engine.parameters, ...props.parameters },
      }),
      storageEncrypted: true,
      storageEncryptionKey: props.storageEncryptionKey,
    });
    this.instance = instance;
    const resource = instance.node.defaultChild as rds.CfnDBInstance;
    this.secret = instance.secret ?? managedSecret(this, 'Secret', resource, props.secretEncryptionKey);
    defineLogGroups(this, `/aws/rds/instance/${identifier}`, engine.logs, fate, [resource]);

    const replicas = defineReplicas(this, readReplicas, instance, common, engine.logs, fate);
    this.readReplicas = replicas;
    this.instances = [instance, ...replicas].map(({ node }) => node.defaultChild as rds.CfnDBInstance);
    if (isMajor(fleet)) {
      Validations.of(resource).acknowledge({
        id: 'CloudFormation-Validate::E9006', reason: 'RDS takes a major version, and chooses a recent minor one',
      });
    }
    // the construct has this prop in newer versions only
    this.instances.forEach(each => each.databaseInsightsMode = databaseInsightsMode);
    decideFate(this, resource, fate);
    this.alarms = addAlarms(this, props.alarmActions, {
      ...alarmsOf(instance, allocatedStorage, props), ...replicaAlarms(replicas, props.replicaLagAlarmThreshold),
    });

    accept(this, ...[
      ...fate.deletionProtection ? [] : [UNPROTECTED],
      ...port === engine.port ? [DEFAULT_PORT] : [],
      ...monitoringInterval ? [MONITORING_ROLE] : [],
    ]);
    accept(instance, ...[
      ...multiAz ? [] : [NO_STANDBY],
      ...backups.backupRetention.toDays() > 0 ? [] : [NO_BACKUPS],
    ]);
    if (generated) {
      accept(generated, NO_ROTATION);
    }
  }

  /**
   * Allows a principal to connect to the instance and its replicas as a database user with IAM authentication instead
   * of a password. The user must be created in the database for that.
   *
   * @param grantee principal of the same account
   * @param dbUser name of the database user
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
   */
  public grantConnect(grantee: iam.IGrantable, dbUser: string): iam.Grant {
    checkUser(dbUser);
    return grantHere(this, 'grantConnect', grantee, () => iam.Grant.addToPrincipal({
      grantee,
      actions: ['rds-db:connect'],
      resourceArns: this.instances.map(({ attrDbiResourceId }) => Stack.of(this).formatArn({
        service: 'rds-db',
        resource: 'dbuser',
        resourceName: `${attrDbiResourceId}/${dbUser}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })),
    }));
  }

  /**
   * Returns a metric of the instance by its name.
   *
   * @param metricName as in RDS
   * @param props period, statistic and other options
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance.metric(metricName, props);
  }

  /**
   * CPU utilization of the instance, in percent: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricCPUUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance.metricCPUUtilization(props);
  }

  /**
   * Number of connections to the instance: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricDatabaseConnections(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance.metricDatabaseConnections(props);
  }

  /**
   * Free storage of the instance, in bytes: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricFreeStorageSpace(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance.metricFreeStorageSpace(props);
  }

  /**
   * Free memory of the instance, in bytes: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricFreeableMemory(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.instance.metricFreeableMemory(props);
  }
}

function alarmsOf(
  instance: rds.DatabaseInstance, allocatedStorage: number, given: RelationalDatabaseProps,
): Record<string, AlarmSpec> {
  const { path } = instance.node.scope!.node;
  const { cpuAlarmThreshold, freeStorageAlarmThreshold: free } = given;
  checkFreeStorage(free, 'allocatedStorage', allocatedStorage);
  return {
    CpuAlarm: {
      description: `${path} is short of CPU`,
      metric: instance.metricCPUUtilization(),
      threshold: percent('cpuAlarmThreshold', cpuAlarmThreshold, 90),
    },
    StorageAlarm: {
      description: free ? `${path} is short of storage, and does not grow`
        : `${path} has less than a tenth of its first storage left, and does not grow`,
      metric: instance.metricFreeStorageSpace({ statistic: 'Minimum' }),
      threshold: free?.toBytes({ rounding: SizeRoundingBehavior.NONE }) ?? allocatedStorage * 1024 ** 3 / 10,
      alarmsBelow: true,
    },
  };
}

interface Storage {
  readonly allocatedStorage: number;
  readonly maxAllocatedStorage: number;
}

function storageOf(props: RelationalDatabaseProps, size: Sizing): Storage {
  checkWholeLiteral('allocatedStorage', props.allocatedStorage, 20, Math.floor(MOST_STORAGE / 1.1));
  const allocatedStorage = props.allocatedStorage ?? size.allocatedStorage;
  checkWholeLiteral('maxAllocatedStorage', props.maxAllocatedStorage, Math.ceil(allocatedStorage * 11 / 10), MOST_STORAGE);
  const maxAllocatedStorage = props.maxAllocatedStorage ?? Math.min(5 * allocatedStorage, MOST_STORAGE);
  return { allocatedStorage, maxAllocatedStorage };
}

interface Backups {
  readonly backupRetention: Duration;
  readonly preferredBackupWindow?: string;
}

function backupsOf(props: RelationalDatabaseProps, profile: StageProfile, readReplicas: number): Backups {
  const { preferredBackupWindow } = props;
  const [least, why]: [number, string?] = readReplicas > 0 ? [1, ', because readReplicas need backups'] : [0];
  const days = backupDays(props.backupRetention, profile.backupRetention, least, why);
  if (preferredBackupWindow !== undefined && days === 0) {
    throw new Error(`preferredBackupWindow is '${preferredBackupWindow}', but there are no backups: give backupRetention, or leave it out`);
  }
  return { backupRetention: Duration.days(days), preferredBackupWindow };
}
