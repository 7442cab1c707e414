import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { logDelivery, parameterGroup } from './elasticache';
import { cacheAlarms } from './redis-alarms';
import { RedisAuthentication } from './redis-authentication';
import { RedisEngine } from './redis-engine';
import { nodesOf, place } from './redis-nodes';
import { StageProfile } from '../../stage-profile';
import { checkEngineVersion } from '../../support/aws-data';
import { accept } from '../../support/nag';
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { backupDays } from '../support/backups';
import { logKey } from '../support/log-encryption';
import { checkWhole } from '../support/numbers';
import { checkWindows } from '../support/windows';

/** Properties of a `Redis`. */
export interface RedisProps {
  /** VPC of the Redis. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the nodes.
   *
   * @default - the isolated subnets, or the private ones if there are no isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the nodes.
   *
   * @default - one without rules, which `connections` adds
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Engine and version. A newer version is an in-place upgrade, an older one is not possible. A version that AWS added
   * later than the library's data is accepted if the context key `cdk-multi-account-org:availableInAws` lists it, such
   * as `valkey 9.2`.
   *
   * @default RedisEngine.VALKEY_8_2
   */
  readonly engine?: RedisEngine;

  /**
   * Authentication of clients. Switching between IAM and a token replaces the cache with an empty one.
   *
   * @default RedisAuthentication.iam()
   */
  readonly authentication?: RedisAuthentication;

  /**
   * Port of the nodes. Changing it replaces the cache.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Node type. An `r7g.large` here is `cache.r7g.large` in ElastiCache.
   *
   * A type that AWS added later than the library's data is accepted if the context key
   * `cdk-multi-account-org:availableInAws` lists it, such as `cache.r9g.large`.
   *
   * @default - depends on the profile's size: t4g.micro if small, t4g.medium if medium, m7g.large if large; or a
   * similar type of the same size in a region without it
   */
  readonly nodeType?: ec2.InstanceType;

  /**
   * Number of nodes, from 1 to 6: a primary and its replicas. Two or more are in several Availability Zones, with
   * automatic failover to a replica.
   *
   * @default - depends on the profile's size: one if small, two if medium, one for each Availability Zone if large
   */
  readonly nodes?: number;

  /**
   * Engine parameters that differ from the defaults, such as `maxmemory-policy`.
   *
   * @default - the default parameter group of the engine's version
   */
  readonly parameters?: { [name: string]: string };

  /**
   * KMS key that encrypts data, snapshots, and a generated secret. Changing it replaces the cache.
   *
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Retention of daily snapshots, in whole days from 0 to 35. With 0, there are no snapshots.
   *
   * @default - from the stage's profile, up to 35 days
   */
  readonly backupRetention?: Duration;

  /**
   * Time range in which the daily snapshot begins, in UTC, such as `03:00-04:00`, of an hour or more.
   *
   * @default - ElastiCache chooses
   */
  readonly snapshotWindow?: string;

  /**
   * Weekly maintenance window of the nodes, in UTC, such as `sun:05:00-sun:06:00`, of an hour or more. It must not
   * overlap the time range of the snapshot.
   *
   * @default - ElastiCache chooses
   */
  readonly preferredMaintenanceWindow?: string;

  /**
   * Enables automatic upgrades to newer minor versions of the engine in the maintenance window.
   *
   * @default true
   */
  readonly autoMinorVersionUpgrade?: boolean;

  /**
   * KMS key that encrypts the logs. Its policy is extended for CloudWatch Logs; extend that of an imported key
   * yourself.
   *
   * @default - the key of CloudWatch Logs
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Retention of the slow log and the engine log.
   *
   * @default - from the stage's profile
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Removal policy of the Redis, its logs and its secret. With `SNAPSHOT`, a final snapshot and the logs are retained.
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
   * CPU utilization of the engine on a node, in percent, above which an alarm is raised.
   *
   * @default 80
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Memory utilization of a node, in percent, above which an alarm is raised.
   *
   * @default 80
   */
  readonly memoryAlarmThreshold?: number;

  /**
   * Number of keys evicted by a node in five minutes above which an alarm is raised.
   *
   * @default 0
   */
  readonly evictionsAlarmThreshold?: number;

  /**
   * Replication lag above which an alarm is raised. There is no such alarm with one node.
   *
   * @default Duration.seconds(30)
   */
  readonly replicaLagAlarmThreshold?: Duration;
}

const DEFAULT_PORT = 6379;

// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
const WINDOWS = { daily: 'snapshotWindow', weekly: 'preferredMaintenanceWindow', leastMinutes: 60 };

/**
 * Defines a Redis cache in the network of a stage: an ElastiCache replication group with Valkey or Redis OSS.
 *
 * It is encrypted in transit and at rest. Clients authenticate with IAM by default, and `connections` allows them to
 * connect. The slow log and the engine log go to log groups. Alarms cover CPU, memory, evictions and replication.
 *
 * The stage's profile determines the number and type of nodes, the retention of snapshots and logs, and whether the
 * Redis is retained, with everything that it needs, when it is removed from the code. ElastiCache has no deletion
 * protection.
 *
 * It has one shard, with cluster mode disabled, so that any client works.
 *
 * @example
 * const redis = new Redis(stack, 'redis', { vpc });
 */
export class Redis extends Construct implements ec2.IConnectable {
  /** ID of the replication group, which clients sign for IAM authentication. */
  public readonly replicationGroupId: string;

  /** Connections of the nodes, on their port by default. */
  public readonly connections: ec2.Connections;

  /** Address of the primary endpoint, for writing and reading. It follows a failover. */
  public readonly primaryEndpointAddress: string;

  /** Address of the reader endpoint, for reading from any replica. With one node it is that node. */
  public readonly readerEndpointAddress: string;

  /** Port of both endpoints. */
  public readonly port: number;

  /** Name of the user for IAM authentication, known at deployment only. Not set with an auth token. */
  public readonly userName?: string;

  /** Secret whose value is the auth token. Not set with IAM authentication. */
  public readonly secret?: secretsmanager.ISecret;

  /** Alarms of all nodes together. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly userArn?: string;

  /**
   * @throws if a number, type, duration or window is invalid, AWS does not have the version, the region does not have
   * the type, there are several nodes but only one Availability Zone, the engine does not support an option, or a prop
   * would have no effect
   */
  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    checkProps(this, 'RedisProps', props);
    const profile = StageProfile.of(this);
    const engine = props.engine ?? RedisEngine.VALKEY_8_2;
    checkEngineVersion(this, 'engine', { name: engine.engineName, version: engine.engineVersion });
    const { port = DEFAULT_PORT } = props;
    checkWhole('port', port, 1, 65535);
    checkWindows(WINDOWS, props.snapshotWindow, props.preferredMaintenanceWindow);
    const { nodes, nodeType } = nodesOf(this, props, profile);
    const snapshots = snapshotDays(props, profile);
    const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
    const records = keepNamedOrDestroy(undefined, removalPolicy);
    // a retained replication group keeps them in use
    const companions = removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : records;
    const { subnetGroup, securityGroups } = place(this, props, nodes, companions);
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) });

    const authentication = props.authentication ?? RedisAuthentication.iam();
    const { user, userGroup, secret } = authentication._define(this, {
      engine, encryptionKey: props.encryptionKey, companions, records,
    });
    this.userName = user?.userName;
    this.userArn = user?.attrArn;
    this.secret = secret;

    const logEncryptionKey = logKey(props.logEncryptionKey, this);
    const group = new elasticache.CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: this.node.path,
      engine: engine.engineName,
      engineVersion: engine.engineVersion,
      autoMinorVersionUpgrade: props.autoMinorVersionUpgrade ?? true,
      cacheNodeType: nodeType,
      cacheParameterGroupName: props.parameters && parameterGroup(this, engine, props.parameters, companions).ref,
      numCacheClusters: nodes,
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      cacheSubnetGroupName: subnetGroup.ref,
      securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
      port,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: props.encryptionKey?.keyArn,
      userGroupIds: userGroup && [userGroup.ref],
      authToken: this.secret?.secretValue.unsafeUnwrap(), // a reference that CloudFormation resolves
      snapshotRetentionLimit: snapshots,
      snapshotWindow: props.snapshotWindow,
      preferredMaintenanceWindow: props.preferredMaintenanceWindow,
      logDeliveryConfigurations: ['slow-log', 'engine-log'].map(logType =>
        logDelivery(this, logType, props.logRetention ?? profile.logRetention, records, logEncryptionKey)),
    });
    group.applyRemovalPolicy(removalPolicy === RemovalPolicy.SNAPSHOT ? removalPolicy : records);
    this.primaryEndpointAddress = group.attrPrimaryEndPointAddress;
    this.readerEndpointAddress = group.attrReaderEndPointAddress;
    this.port = port;
    this.replicationGroupId = group.ref;

    this.acceptFindings(engine, port, nodes);
    this.alarms = addAlarms(this, props.alarmActions, cacheAlarms(this, group.ref, nodes, props));
  }

  /**
   * Allows a principal to authenticate: with IAM as the user `userName`, or by reading the auth token. `connections`
   * must also allow it to connect.
   *
   * @param grantee principal of the same account
   */
  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    const { secret } = this;
    if (secret) {
      return grantHere(this, 'grantConnect', grantee, () => secret.grantRead(grantee));
    }
    const groupArn = Stack.of(this).formatArn({
      service: 'elasticache',
      resource: 'replicationgroup',
      resourceName: this.replicationGroupId,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return grantHere(this, 'grantConnect', grantee, () => iam.Grant.addToPrincipal({
      grantee, actions: ['elasticache:Connect'], resourceArns: [groupArn, this.userArn!],
    }));
  }

  private acceptFindings(engine: RedisEngine, port: number, nodes: number): void {
    if (nodes === 1) {
      accept(this.node.defaultChild!, { rule: 'AwsSolutions-AEC4', reason: 'a small stage has one node, which nothing can take the place of' });
    }
    if (engine.engineName === 'redis' && port === DEFAULT_PORT) {
      accept(this.node.defaultChild!, { rule: 'AwsSolutions-AEC5', reason: 'the port is no secret: security groups, TLS and IAM keep others out' });
    }
    if (!this.secret) {
      accept(this.node.defaultChild!, { rule: 'AwsSolutions-AEC6', reason: 'clients sign in by IAM, which AUTH with a token excludes' });
    }
  }
}

function snapshotDays({ backupRetention, snapshotWindow }: RedisProps, profile: StageProfile): number {
  const days = backupDays(backupRetention, profile.backupRetention);
  if (days === 0 && snapshotWindow !== undefined) {
    throw new Error(`snapshotWindow is '${snapshotWindow}', but there are no snapshots: give backupRetention, or leave it out`);
  }
  return days;
}
