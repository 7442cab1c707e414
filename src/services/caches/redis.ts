import { ArnFormat, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
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
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { backupDays } from '../support/backups';

/** What may be said of a Redis. */
export interface RedisProps {
  /** The network of the Redis. */
  readonly vpc: ec2.IVpc;

  /**
   * In which subnets the nodes are.
   *
   * @default - isolated subnets, or private ones in a network that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the nodes.
   *
   * @default - one that lets nobody in, until `connections` allows it
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The engine and its version. A newer one is an upgrade in place, an older one is not possible.
   *
   * @default RedisEngine.VALKEY_8_2
   */
  readonly engine?: RedisEngine;

  /**
   * How clients prove who they are. From IAM to a token, CloudFormation makes a new, empty Redis.
   *
   * @default RedisAuthentication.iam()
   */
  readonly authentication?: RedisAuthentication;

  /**
   * The port on which the nodes listen. It cannot be changed without a new Redis.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * The type of every node, which ElastiCache names `cache.r7g.large`, if it is an r7g.large.
   *
   * @default - by the size of the profile: t4g.micro if small, t4g.medium if medium, m7g.large if large
   */
  readonly nodeType?: ec2.InstanceType;

  /**
   * How many nodes there are, from 1 to 6: a primary and its replicas. Two or more spread over availability zones, and
   * a replica takes the place of a primary that fails.
   *
   * @default - by the size of the profile: one if small, two if medium, one for each availability zone if large
   */
  readonly nodes?: number;

  /**
   * Parameters of the engine that differ from its defaults, such as `maxmemory-policy`.
   *
   * @default - those of the default parameter group of the engine's version
   */
  readonly parameters?: { [name: string]: string };

  /**
   * The key that encrypts data and snapshots, and a secret that is made. It cannot be changed without a new Redis.
   *
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long a daily snapshot is kept, in whole days, from 0, which is no snapshot, to 35.
   *
   * @default - as long as the profile of the stage says, at most 35 days
   */
  readonly backupRetention?: Duration;

  /**
   * When the daily snapshot begins, in UTC, such as `03:00-04:00`.
   *
   * @default - ElastiCache chooses
   */
  readonly snapshotWindow?: string;

  /**
   * When nodes may be maintained, in UTC, such as `sun:05:00-sun:06:00`.
   *
   * @default - ElastiCache chooses
   */
  readonly preferredMaintenanceWindow?: string;

  /**
   * Whether ElastiCache upgrades the engine to newer minor versions in the maintenance window.
   *
   * @default true
   */
  readonly autoMinorVersionUpgrade?: boolean;

  /**
   * How long the slow log and the engine's log are kept.
   *
   * @default - as long as the profile of the stage says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the Redis, its logs and its secret when it is removed from the code. With `SNAPSHOT`, a final
   * snapshot and the logs stay.
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
   * Percentage of a CPU used by the engine of a node above which an alarm goes off.
   *
   * @default 80
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Percentage of the memory of a node in use above which an alarm goes off.
   *
   * @default 80
   */
  readonly memoryAlarmThreshold?: number;

  /**
   * Number of keys evicted by a node in five minutes above which an alarm goes off.
   *
   * @default 0
   */
  readonly evictionsAlarmThreshold?: number;

  /**
   * Replication lag above which an alarm goes off. There is no such alarm with one node.
   *
   * @default Duration.seconds(30)
   */
  readonly replicaLagAlarmThreshold?: Duration;
}

const DEFAULT_PORT = 6379;

/**
 * Defines a Redis in the network of a stage: an ElastiCache replication group of Valkey, or of Redis OSS.
 *
 * It is encrypted in transit and at rest. Clients sign in by IAM and are let in by `connections`. It writes its slow
 * log and the engine's log to log groups. Alarms tell of CPU, memory, evictions and replication.
 *
 * By the profile of the stage: how many nodes of which type, how long snapshots and logs are kept, and whether the
 * Redis is kept when it is removed from the code. Where it is kept, all that it needs is kept as well. ElastiCache has
 * no deletion protection.
 *
 * It is one shard, with cluster mode disabled: any client works.
 *
 * @example
 * const redis = new Redis(stack, 'redis', { vpc });
 */
export class Redis extends Construct implements ec2.IConnectable {
  /** The id of the replication group, which is the name that clients sign when they sign in by IAM. */
  public readonly replicationGroupId: string;

  /** Who may reach the nodes, on their port by default. */
  public readonly connections: ec2.Connections;

  /** Where to write and read. It follows a failover. */
  public readonly primaryEndpointAddress: string;

  /** Where to read, from any replica. With one node it is that node. */
  public readonly readerEndpointAddress: string;

  /** The port of both endpoints. */
  public readonly port: number;

  /** The name of the user that signs in by IAM, known when it is deployed. Nothing with an auth token. */
  public readonly userName?: string;

  /** The secret whose value is the auth token. Nothing if clients sign in by IAM. */
  public readonly secret?: secretsmanager.ISecret;

  /** The alarms of all nodes together. */
  public readonly alarms: cloudwatch.IAlarm[];

  private readonly userArn?: string;

  /**
   * @throws if a number, type or time is not one, there are several nodes and one availability zone only, the engine
   * cannot do what is asked, or something is given that has no effect
   */
  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const profile = StageProfile.of(this);
    const engine = props.engine ?? RedisEngine.VALKEY_8_2;
    const port = checkedPort(props.port ?? DEFAULT_PORT);
    const { nodes, nodeType } = nodesOf(props, profile);
    const snapshots = snapshotDays(props, profile);
    const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
    const records = keepNamedOrDestroy(undefined, removalPolicy);
    // as long as there is the group, it keeps them in use
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
        logDelivery(this, logType, props.logRetention ?? profile.logRetention, records)),
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
   * Lets a principal sign in: by IAM as the user `userName`, or by reading the auth token. It needs to be let in by
   * `connections` besides.
   *
   * @param grantee whom to let in
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

function checkedPort(port: number): number {
  if (!Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65535)) {
    throw new Error(`port is ${port}: give a whole number from 1 to 65535`);
  }
  return port;
}

function snapshotDays({ backupRetention, snapshotWindow }: RedisProps, profile: StageProfile): number {
  const days = backupDays(backupRetention, profile.backupRetention);
  if (days === 0 && snapshotWindow !== undefined) {
    throw new Error(`snapshotWindow is '${snapshotWindow}', but there are no snapshots: give backupRetention, or leave it out`);
  }
  return days;
}
