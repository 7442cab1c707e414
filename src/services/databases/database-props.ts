import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';

/** What may be said of every relational database. */
export interface DatabaseProps {
  /** The network that the database is in. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the network that the database is in. It never has a public address.
   *
   * @default - the isolated subnets, or the private ones in a network without isolated subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The name of the first database. Another one later means a new, empty Aurora cluster, and is refused for a
   * `RelationalDatabase`.
   *
   * @default - none is made
   */
  readonly databaseName?: string;

  /**
   * The name of the master user. Another one later means a new, empty Aurora cluster, and is refused for a
   * `RelationalDatabase`.
   *
   * @default - `postgres` for PostgreSQL, `admin` for MySQL and MariaDB
   */
  readonly masterUsername?: string;

  /**
   * The port that the database listens on, from 1150 to 65535. To change it is a moment without the database.
   *
   * @default - 5432 for PostgreSQL, 3306 for MySQL and MariaDB
   */
  readonly port?: number;

  /**
   * Parameters of the engine, besides those by which it demands TLS and writes its logs. What is given here wins.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * When backups are made every day, in UTC, such as `03:00-04:00`.
   *
   * @default - half an hour that AWS chooses
   */
  readonly preferredBackupWindow?: string;

  /**
   * When AWS may maintain the database every week, in UTC, such as `sun:04:00-sun:05:00`.
   *
   * @default - half an hour that AWS chooses
   */
  readonly preferredMaintenanceWindow?: string;

  /**
   * The key that encrypts the data, backups and performance data. Another one later means a new, empty Aurora cluster,
   * and is refused for a `RelationalDatabase`.
   *
   * @default - the key of the account that AWS manages for RDS
   */
  readonly storageEncryptionKey?: kms.IKey;

  /**
   * The key that encrypts the secret of the master user.
   *
   * @default - the key of the account that AWS manages for Secrets Manager
   */
  readonly secretEncryptionKey?: kms.IKey;

  /**
   * How much CloudWatch Database Insights records: standard keeps 7 days and is free, advanced keeps 15 months.
   *
   * @default - advanced if the profile of the stage is large, standard otherwise, none where the instances do not
   * support it
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights.html
   */
  readonly databaseInsightsMode?: rds.DatabaseInsightsMode;

  /**
   * How often the operating system is measured: 1, 5, 10, 15, 30 or 60 seconds, or zero for never. RDS writes that to
   * the log group `RDSOSMetrics`, which all databases of the account share, and which no stack deletes.
   *
   * @default - 60 seconds if the profile of the stage is medium or large, unless the database is destroyed with its
   * stack; never otherwise
   */
  readonly monitoringInterval?: Duration;

  /**
   * How long the logs are kept.
   *
   * @default - as long as the profile of the stage says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether RDS refuses to delete the database.
   *
   * @default - what the profile of the stage says
   */
  readonly deletionProtection?: boolean;

  /**
   * What becomes of the database when it is removed from the code, or its stack is destroyed. What is destroyed leaves
   * no backups behind. What is retained keeps its logs, its secret and its security group.
   *
   * @default - what the profile of the stage says
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What every alarm does when it goes off, and when it is over. A `LambdaAction` has to have `useUniquePermissionId`,
   * since several alarms call its function.
   *
   * @default - nothing: the alarms are seen in CloudWatch
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Percentage of CPU in use above which an alarm goes off.
   *
   * @default 90
   */
  readonly cpuAlarmThreshold?: number;
}
