import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';

/** Properties that all relational databases have in common. */
export interface DatabaseProps {
  /** VPC of the database. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the database. It never has a public address.
   *
   * @default - the isolated subnets, or the private ones if there are no isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Name of the first database: letters, digits and underscores, a letter first, up to 63 with PostgreSQL and 64
   * otherwise, and no word that the engine reserves. Changing it replaces an Aurora cluster with an empty one, and
   * fails for a `RelationalDatabase`.
   *
   * @default - no database is created
   */
  readonly databaseName?: string;

  /**
   * Name of the master user: letters, digits and underscores, a letter first, up to 63 with PostgreSQL, 32 with MySQL
   * and 16 with MariaDB, and no word that the engine reserves. Changing it replaces an Aurora cluster with an empty
   * one, and fails for a `RelationalDatabase`.
   *
   * @default 'dbadmin'
   */
  readonly masterUsername?: string;

  /**
   * Port of the database, from 1150 to 65535. Changing it causes a short interruption.
   *
   * @default - 5432 for PostgreSQL, 3306 for MySQL and MariaDB
   */
  readonly port?: number;

  /**
   * Engine parameters, in addition to those that enforce TLS and enable logs. They take precedence.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Daily time range for backups, in UTC, such as `03:00-04:00`, of 30 minutes or more.
   *
   * @default - 30 minutes that AWS chooses
   */
  readonly preferredBackupWindow?: string;

  /**
   * Weekly maintenance window, in UTC, such as `sun:04:00-sun:05:00`, of 30 minutes or more. It must not overlap the
   * time range for backups.
   *
   * @default - 30 minutes that AWS chooses
   */
  readonly preferredMaintenanceWindow?: string;

  /**
   * KMS key that encrypts data, backups and performance data. Changing it replaces an Aurora cluster with an empty one,
   * and fails for a `RelationalDatabase`.
   *
   * @default - the AWS managed key for RDS
   */
  readonly storageEncryptionKey?: kms.IKey;

  /**
   * KMS key that encrypts the secret of the master user.
   *
   * @default - the AWS managed key for Secrets Manager
   */
  readonly secretEncryptionKey?: kms.IKey;

  /**
   * Mode of CloudWatch Database Insights: standard keeps 7 days and is free, advanced keeps 15 months.
   *
   * @default - advanced if the size of the stage's profile is large, standard otherwise, none if the instances do not
   * support it
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights.html
   */
  readonly databaseInsightsMode?: rds.DatabaseInsightsMode;

  /**
   * Interval of enhanced monitoring of the operating system: 1, 5, 10, 15, 30 or 60 seconds, or zero to disable it. RDS
   * writes the metrics to the log group `RDSOSMetrics`, which all databases of the account share, and which no stack
   * deletes.
   *
   * @default - 60 seconds if the size of the stage's profile is medium or large, unless the database is destroyed with
   * its stack; disabled otherwise
   */
  readonly monitoringInterval?: Duration;

  /**
   * KMS key that encrypts the logs. Its policy is extended for CloudWatch Logs; extend that of an imported key
   * yourself.
   *
   * @default - the key of CloudWatch Logs
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Retention of the logs.
   *
   * @default - from the stage's profile
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Enables deletion protection of the database.
   *
   * @default - from the stage's profile
   */
  readonly deletionProtection?: boolean;

  /**
   * Removal policy of the database, also applied when its stack is destroyed. A destroyed database leaves no backups. A
   * retained one keeps its logs, secret and security group.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Actions of all alarms in the ALARM and OK states. A `LambdaAction` needs `useUniquePermissionId`, because several
   * alarms invoke its function.
   *
   * @default - none: alarms are only visible in CloudWatch
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * CPU utilization, in percent, above which an alarm is raised.
   *
   * @default 90
   */
  readonly cpuAlarmThreshold?: number;
}
