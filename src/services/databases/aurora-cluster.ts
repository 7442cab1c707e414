import { Duration, RemovalPolicy, Size, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { auroraAlarms } from './aurora-alarms';
import { AuroraEngine } from './aurora-engine';
import { checkNames } from './database-names';
import { DatabaseProps } from './database-props';
import {
  checkUser, decideFate, DEFAULT_PORT, defineLogGroups, fateOf, Insights, managedSecret,
  MASTER_USERNAME, monitoring, MONITORING_ROLE, noPassword, place, portOf, UNPROTECTED, WINDOWS,
} from './databases';
import { StageProfile, StageSize } from '../../stage-profile';
import { checkEngineVersion } from '../../support/aws-data';
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { addAlarms } from '../support/alarms';
import { backupDays } from '../support/backups';
import { checkType, InstanceTypes } from '../support/instance-types';
import { checkWholeLiteral, shown } from '../support/numbers';
import { checkWindows } from '../support/windows';

/** Properties that all Aurora clusters have in common. */
export interface AuroraClusterProps extends DatabaseProps {
  /**
   * Minimum capacity of each instance, in Aurora capacity units (ACU) of 2 GiB, in steps of 0.5. With 0, an instance
   * pauses after 5 minutes without connections, and takes about 15 seconds to resume.
   *
   * @default - depends on the profile's size: 0 if small (0.5 where the version cannot pause), 0.5 if medium, 2 if
   * large
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
   */
  readonly serverlessV2MinCapacity?: number;

  /**
   * Maximum capacity of each instance, in Aurora capacity units (ACU) of 2 GiB, in steps of 0.5, up to 256, or 128 of
   * older versions.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
   * @default - depends on the profile's size: 2 if small, 8 if medium, 32 if large
   */
  readonly serverlessV2MaxCapacity?: number;

  /**
   * Instance type of provisioned instances, instead of serverless ones. An `r7g.large` here is `db.r7g.large` in RDS.
   *
   * A type that AWS added later than the library's data is accepted if the context key
   * `cdk-multi-account-org:availableInAws` lists it, such as `db.r9g.large`.
   *
   * @default - serverless instances
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * Number of readers in addition to the writer, from 0 to 15. The first is the failover target.
   *
   * @default - depends on the profile's size: none if small, one if medium, one for each further Availability Zone of
   * the profile if large
   */
  readonly readers?: number;

  /**
   * Retention of backups, from 1 to 35 days. The database can be restored to any second of that time.
   *
   * @default - from the stage's profile, within 1 to 35 days
   */
  readonly backupRetention?: Duration;

  /**
   * Utilization of `serverlessV2MaxCapacity`, in percent, above which an alarm is raised. Provisioned instances have no
   * such alarm.
   *
   * @default 95
   */
  readonly capacityAlarmThreshold?: number;

  /**
   * Free local storage of an instance, used for sorting and logs, below which an alarm is raised. Serverless instances
   * have no such alarm.
   *
   * @default Size.gibibytes(1)
   */
  readonly freeLocalStorageAlarmThreshold?: Size;

  /**
   * Replication lag of the readers above which an alarm is raised. There is no such alarm without readers.
   *
   * @default Duration.seconds(2)
   */
  readonly replicaLagAlarmThreshold?: Duration;
}

interface Sizing {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly readers: (availabilityZones: number) => number;
  readonly advancedInsights: boolean;
}

const SIZES: Record<StageSize, Sizing> = {
  [StageSize.SMALL]: { minCapacity: 0, maxCapacity: 2, readers: () => 0, advancedInsights: false },
  [StageSize.MEDIUM]: { minCapacity: 0.5, maxCapacity: 8, readers: () => 1, advancedInsights: false },
  [StageSize.LARGE]: {
    minCapacity: 2, maxCapacity: 32, readers: zones => Math.max(1, zones - 1), advancedInsights: true,
  },
};

// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.html
const TYPES: InstanceTypes = { service: 'Aurora', affix: 'db.', classes: /^[rtx]\d/, example: 'r7g.large' };

/**
 * Aurora cluster with any engine: `AuroraPostgres` or `AuroraMysql`. Use it as a type where either is accepted. Not
 * intended to be extended.
 */
export abstract class AuroraCluster extends Construct implements ec2.IConnectable {
  /** Underlying cluster, with its endpoints: `clusterEndpoint` for writing, `clusterReadEndpoint` for reading. */
  public readonly cluster: rds.IDatabaseCluster;

  /**
   * Secret of the master user: JSON with `username` and `password`. RDS creates it, rotates it every seven days, and
   * deletes it with the cluster.
   */
  public readonly secret: secretsmanager.ISecret;

  /** Connections of the cluster, on its port by default. Without rules, nobody can connect. */
  public readonly connections: ec2.Connections;

  /** Alarms of the cluster. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly underlying: rds.DatabaseCluster;

  /** @throws if a prop is out of range, or would have no effect together with another one */
  protected constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    const aurora = this._engine(props);
    const fleet = { name: aurora.engine.engineType, version: aurora.engine.engineVersion!.fullVersion! };
    checkEngineVersion(this, 'version', fleet, aurora.versions);
    if (props.instanceType) {
      checkType(this, fleet, 'instanceType', props.instanceType, TYPES);
    }
    const profile = StageProfile.of(this);
    const size = SIZES[profile.size];
    const fate = fateOf(props, profile);
    const { minCapacity, maxCapacity } = capacityFrom(props, size, aurora);
    checkWholeLiteral('readers', props.readers, 0, 15);
    const readers = props.readers ?? size.readers(profile.availabilityZones);
    const days = backupDays(props.backupRetention, profile.backupRetention, 1, ', because Aurora always has backups');
    const metrics = profile.size !== StageSize.SMALL && fate.removalPolicy !== RemovalPolicy.DESTROY;
    const { monitoringInterval, databaseInsightsMode, insights } = monitoring(
      props, { advanced: size.advancedInsights, metrics }, aurora.engine.engineType, props.instanceType,
    );
    const port = portOf(props.port, aurora.port);
    const username = props.masterUsername ?? MASTER_USERNAME;
    checkNames(aurora.engine.engineType, props.databaseName, username);
    checkWindows(WINDOWS, props.preferredBackupWindow, props.preferredMaintenanceWindow);
    const { subnetGroup, securityGroups } = place(this, props.vpc, props.vpcSubnets);
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) });

    const cluster = new rds.DatabaseCluster(this, 'Cluster', {
      engine: aurora.engine,
      vpc: props.vpc,
      subnetGroup,
      securityGroups,
      port,
      writer: instance('Writer', props.instanceType, true, insights),
      // the first always scales with the writer, so that it can take over
      readers: Array.from({ length: readers }, (_, index) =>
        instance(`Reader${index + 1}`, props.instanceType, index === 0, insights)),
      serverlessV2MinCapacity: minCapacity,
      serverlessV2MaxCapacity: maxCapacity,
      defaultDatabaseName: props.databaseName,
      credentials: noPassword(username),
      iamAuthentication: true,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine: aurora.engine, parameters: { ...aurora.parameters, ...props.parameters },
      }),
      storageEncrypted: true,
      storageEncryptionKey: props.storageEncryptionKey,
      backup: { retention: Duration.days(days), preferredWindow: props.preferredBackupWindow },
      backtrackWindow: aurora.backtrackWindow,
      preferredMaintenanceWindow: props.preferredMaintenanceWindow,
      deletionProtection: fate.deletionProtection,
      cloudwatchLogsExports: aurora.logs,
      monitoringInterval,
      databaseInsightsMode,
      ...insights,
    });
    this.cluster = this.underlying = cluster;

    const resource = cluster.node.defaultChild as rds.CfnDBCluster;
    this.secret = managedSecret(this, 'Secret', resource, props.secretEncryptionKey);
    resource.addPropertyOverride('DeleteAutomatedBackups', fate.removalPolicy === RemovalPolicy.DESTROY);
    decideFate(this, resource, fate);
    // deleted in this order: instances, the logs that they write, the cluster
    const instances = cluster.node.findAll().filter(child => child instanceof rds.CfnDBInstance);
    defineLogGroups(this, `/aws/rds/cluster/${resource.ref}`, aurora.logs, fate, instances);

    this.alarms = addAlarms(this, props.alarmActions, {
      ...auroraAlarms(cluster, readers, props), ...aurora.alarms?.(cluster),
    });
    accept(cluster, ...[
      ...fate.deletionProtection ? [] : [UNPROTECTED],
      ...port === 3306 ? [DEFAULT_PORT] : [],
      ...monitoringInterval ? [MONITORING_ROLE] : [],
    ]);
  }

  /** @internal */
  protected abstract _engine(props: AuroraClusterProps): AuroraEngine;

  /**
   * Allows a principal to connect as a database user with IAM authentication instead of a password. The user must be
   * created in the database for that.
   *
   * @param grantee principal of the same account
   * @param dbUser name of the database user
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
   */
  public grantConnect(grantee: iam.IGrantable, dbUser: string): iam.Grant {
    checkUser(dbUser);
    return grantHere(this, 'grantConnect', grantee, () => this.cluster.grantConnect(grantee, dbUser));
  }

  /**
   * Returns a metric of the cluster by its name.
   *
   * @param metricName as in RDS
   * @param props period, statistic and other options
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metric(metricName, props);
  }

  /**
   * CPU utilization, in percent: by default the average of the instances over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricCPUUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metricCPUUtilization(props);
  }

  /**
   * Utilization of `serverlessV2MaxCapacity`, in percent: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricACUUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metricACUUtilization(props);
  }

  /**
   * Capacity of serverless instances, in Aurora capacity units (ACU): by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricServerlessDatabaseCapacity(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metricServerlessDatabaseCapacity(props);
  }

  /**
   * Number of connections: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricDatabaseConnections(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metricDatabaseConnections(props);
  }

  /**
   * Free local storage of provisioned instances, in bytes: by default the average over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricFreeLocalStorage(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.underlying.metricFreeLocalStorage(props);
  }
}

function instance(
  id: string, instanceType: ec2.InstanceType | undefined, takesOver: boolean, insights: Insights,
): rds.IClusterInstance {
  const common = { ...insights, publiclyAccessible: false, autoMinorVersionUpgrade: true };
  return instanceType
    ? rds.ClusterInstance.provisioned(id, { ...common, instanceType, promotionTier: takesOver ? 1 : 2 })
    : rds.ClusterInstance.serverlessV2(id, { ...common, scaleWithWriter: takesOver });
}

interface Capacity {
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
}

function capacityFrom(props: AuroraClusterProps, size: Sizing, { capacity, engine }: AuroraEngine): Capacity {
  const { instanceType, serverlessV2MinCapacity: min, serverlessV2MaxCapacity: max } = props;
  if (instanceType) {
    if (min !== undefined || max !== undefined) {
      const given = min === undefined ? `serverlessV2MaxCapacity is ${max}` : `serverlessV2MinCapacity is ${min}`;
      throw new Error(`${given}, and has no effect on instances of type ${instanceType.toString()}: leave out one of both`);
    }
    return {};
  }
  const version = engine.engineVersion!.fullVersion;
  if (!capacity) {
    throw new Error(`version is '${version}', which has no serverless instances: give instanceType, or a newer version`);
  }
  checkCapacity('serverlessV2MinCapacity', min, 0);
  checkCapacity('serverlessV2MaxCapacity', max, 1);
  if (min === 0 && capacity.least > 0) {
    throw new Error('serverlessV2MinCapacity is 0, and version cannot pause: give 0.5 or more, or a newer version');
  }
  const least = min ?? Math.min(Math.max(size.minCapacity, capacity.least), max ?? Infinity);
  const most = max ?? Math.max(size.maxCapacity, least);
  if (least > most) {
    throw new Error(`serverlessV2MinCapacity is ${least}, which is more than serverlessV2MaxCapacity, ${most}: exchange them`);
  }
  if (most > capacity.most) {
    throw new Error(`${max === undefined ? 'serverlessV2MinCapacity' : 'serverlessV2MaxCapacity'} is ${most}, and version '${version}' `
      + `scales up to ${capacity.most}: give ${capacity.most} or less, or a newer version`);
  }
  return { minCapacity: least, maxCapacity: most };
}

function checkCapacity(property: string, given: number | undefined, least: number): void {
  if (given !== undefined && (Token.isUnresolved(given) || given < least || given > 256 || given * 2 % 1 !== 0)) {
    throw new Error(`${property} is ${shown(given)}: give a number from ${least} to 256 in steps of 0.5`);
  }
}
