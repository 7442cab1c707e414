import { RemovalPolicy, Size } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import { Construct } from 'constructs';
import { logPolicy, openSearchRole } from './opensearch';
import { admit, grantRead, masterRole } from './search-access';
import { searchAlarms } from './search-alarms';
import { nodesOf } from './search-nodes';
import { StageProfile } from '../../stage-profile';
import { accept } from '../../support/nag';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { closedSecurityGroup } from '../support/security-groups';

/** What may be said of a search domain. */
export interface SearchDomainProps {
  /** The network of the domain. */
  readonly vpc: ec2.IVpc;

  /**
   * In which subnets the nodes are. One subnet of each availability zone is used.
   *
   * @default - isolated subnets, or private ones in a network that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the domain.
   *
   * @default - one that lets nobody in, until `connections` allows it
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The version of OpenSearch. A newer one is an upgrade in place.
   *
   * @default opensearch.EngineVersion.OPENSEARCH_2_19
   */
  readonly version?: opensearch.EngineVersion;

  /**
   * Over how many availability zones the nodes spread: 1, 2 or 3.
   *
   * @default - by the size of the profile: 1 if small, 2 if medium, 3 if large, but not more than the profile of the
   * stage says and the network has
   */
  readonly availabilityZones?: number;

  /**
   * How many data nodes there are, a multiple of the availability zones.
   *
   * @default - by the size of the profile: one if small, one for each availability zone if medium, and at least three
   * if large
   */
  readonly dataNodes?: number;

  /**
   * The type of every data node, which OpenSearch names `r6g.large.search`, if it is an r6g.large.
   *
   * @default - by the size of the profile: t3.small if small, m6g.large if medium, r6g.large if large
   */
  readonly dataNodeInstanceType?: ec2.InstanceType;

  /**
   * How many nodes do nothing but manage the cluster: 0, 3 or 5.
   *
   * @default - by the size of the profile: 3 if large, none otherwise
   */
  readonly masterNodes?: number;

  /**
   * The type of the nodes that manage the cluster.
   *
   * @default - m6g.large
   */
  readonly masterNodeInstanceType?: ec2.InstanceType;

  /**
   * The size of the volume of every data node, in GiB, 10 or more. The type of the node limits it.
   *
   * @default - by the size of the profile: 10, 20 or 100
   */
  readonly volumeSize?: number;

  /**
   * The key that encrypts the data. Another one later means a new, empty domain.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-opensearchservice-domain-encryptionatrestoptions.html
   * @default - the key of the account that AWS manages for OpenSearch
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The role that may do everything in the domain, and map other roles to what they may do.
   *
   * @default - one is made, which the account's principals assume who are allowed to by their own policies
   */
  readonly masterRole?: iam.IRole;

  /**
   * Whether to make the role by which OpenSearch reaches into the network, if the account does not have it yet. It is
   * one for all domains of an account, and stays when they go. Without it in the account, no domain can be created.
   *
   * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html
   * @default true
   */
  readonly createServiceLinkedRole?: boolean;

  /**
   * When the ten hours begin in which OpenSearch updates its software, in UTC.
   *
   * @default - 22:00
   */
  readonly offPeakWindowStart?: opensearch.WindowStartTime;

  /**
   * How long logs are kept.
   *
   * @default - as long as the profile of the stage says
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the domain and its logs when it is removed from the code.
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
   * Free storage of a data node below which an alarm goes off.
   *
   * @default - a quarter of `volumeSize`
   */
  readonly freeStorageAlarmThreshold?: Size;

  /**
   * Percentage of the CPU of a data node in use above which an alarm goes off.
   *
   * @default 80
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Percentage of the heap of a data node in use above which an alarm goes off.
   *
   * @default 95
   */
  readonly memoryAlarmThreshold?: number;
}

const LOGS = ['SearchSlowLogs', 'IndexSlowLogs', 'ApplicationLogs', 'AuditLogs'];

/**
 * Defines a search domain in the network of a stage: OpenSearch, with its dashboards.
 *
 * It is encrypted at rest and between nodes, and reached by HTTPS only. A client passes three doors: `connections` lets
 * it in, a grant lets it sign requests by IAM, and in the domain the master role maps the client's role to what it may
 * do. The last is not done by CloudFormation: assume the master role and use the security plugin of OpenSearch.
 *
 * It writes slow, application and audit logs to log groups; which requests are audited is said in the domain as well.
 * Alarms tell of the cluster's health, storage, CPU and memory. An account can have ten policies for logs in a region,
 * and each domain needs one.
 *
 * By the profile of the stage: how many nodes of which type over how many availability zones, how long logs are kept,
 * and whether the domain is kept when it is removed from the code. Where it is kept, all that it needs is kept as well.
 * OpenSearch takes snapshots every hour and keeps them for 14 days whatever the profile says, and has no deletion
 * protection.
 */
export class SearchDomain extends Construct implements ec2.IConnectable {
  /** The domain, with its metrics. */
  public readonly domain: opensearch.IDomain;

  /** Who may reach the domain, by HTTPS by default. */
  public readonly connections: ec2.Connections;

  /** The role that may do everything in the domain. */
  public readonly masterRole: iam.IRole;

  /** The alarms of the domain. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if a number or type is not one, the network has too few availability zones, something is given that has no
   * effect, or the domain is to be kept as a snapshot
   */
  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    const profile = StageProfile.of(this);
    const removalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);
    const { zones, subnets, volumeSize, ...capacity } = nodesOf(props, profile);
    const securityGroups = props.securityGroups
      ?? [closedSecurityGroup(this, props.vpc, `Nodes of ${this.node.path}`, removalPolicy)];
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(443) });
    this.masterRole = props.masterRole ?? masterRole(this, removalPolicy);

    const [search, index, application, audit] = LOGS.map(name => new logs.LogGroup(this, name, {
      retention: props.logRetention ?? profile.logRetention, removalPolicy,
    }));
    const domain = new opensearch.Domain(this, 'Domain', {
      version: props.version ?? opensearch.EngineVersion.OPENSEARCH_2_19,
      enableVersionUpgrade: true,
      vpc: props.vpc,
      vpcSubnets: [{ subnets }],
      securityGroups,
      zoneAwareness: zones > 1 ? { enabled: true, availabilityZoneCount: zones } : { enabled: false },
      // standby is idle until a zone fails, and refuses indexes with less than two replicas
      capacity: { ...capacity, multiAzWithStandbyEnabled: false },
      ebs: { volumeSize, volumeType: ec2.EbsDeviceVolumeType.GP3 },
      encryptionAtRest: { enabled: true, kmsKey: props.encryptionKey },
      nodeToNodeEncryption: true,
      enforceHttps: true,
      tlsSecurityPolicy: opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
      fineGrainedAccessControl: { masterUserArn: this.masterRole.roleArn },
      logging: {
        ...{ slowSearchLogEnabled: true, slowSearchLogGroup: search },
        ...{ slowIndexLogEnabled: true, slowIndexLogGroup: index },
        ...{ appLogEnabled: true, appLogGroup: application },
        ...{ auditLogEnabled: true, auditLogGroup: audit },
      },
      suppressLogsResourcePolicy: true, // it would be written by a function
      enableAutoSoftwareUpdate: true,
      offPeakWindowEnabled: true,
      offPeakWindowStart: props.offPeakWindowStart,
      removalPolicy,
    });
    this.domain = domain;
    admit(domain, this.masterRole, removalPolicy);
    domain.node.addDependency(logPolicy(this, [search, index, application, audit], removalPolicy));
    if (props.createServiceLinkedRole ?? true) {
      // of all: it takes some seconds until OpenSearch sees a new role, and making what the domain needs takes as long
      this.node.addDependency(openSearchRole(this, profile));
    }

    this.acceptFindings(domain, capacity.masterNodes, zones);
    this.alarms = addAlarms(this, props.alarmActions, searchAlarms(domain, capacity.dataNodes, volumeSize, props));
  }

  /**
   * Lets a principal sign requests that read: `GET`, `HEAD`, searches by `POST`. The master role says what it finds.
   *
   * @param grantee who may read
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantHere(this, 'grantRead', grantee, () => grantRead(this.domain, grantee));
  }

  /**
   * Lets a principal sign any request. The master role says what it may do.
   *
   * @param grantee who may read and write
   */
  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return grantHere(this, 'grantReadWrite', grantee, () => this.domain.grantReadWrite(grantee));
  }

  /**
   * Returns a metric of the domain by its name.
   *
   * @param metricName the name that OpenSearch gives it
   * @param props period, statistic and the like
   * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metric(metricName, props);
  }

  /**
   * 1 while a primary shard is missing: by default the maximum over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricClusterStatusRed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterStatusRed(props);
  }

  /**
   * 1 while a replica is missing: by default the maximum over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricClusterStatusYellow(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterStatusYellow(props);
  }

  /**
   * 1 while the domain refuses to write: by default the maximum over a minute.
   *
   * @param props period, statistic and the like
   */
  public metricClusterIndexWritesBlocked(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterIndexWritesBlocked(props);
  }

  /**
   * Free storage of a data node, in MiB: by default the minimum over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricFreeStorageSpace(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricFreeStorageSpace(props);
  }

  /**
   * Percentage of the CPU of a data node in use: by default the maximum over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricCPUUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricCPUUtilization(props);
  }

  /**
   * Percentage of the heap of a data node in use: by default the maximum over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricJVMMemoryPressure(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricJVMMemoryPressure(props);
  }

  /**
   * Time that a shard takes to search, in milliseconds: by default the 99th percentile over five minutes.
   *
   * @param props period, statistic and the like
   */
  public metricSearchLatency(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricSearchLatency(props);
  }

  private acceptFindings(domain: opensearch.Domain, masterNodes: number, zones: number): void {
    accept(domain, { rule: 'AwsSolutions-OS3', reason: 'a domain in a VPC takes no policy by addresses, its security groups do that' });
    if (masterNodes === 0) {
      accept(domain, { rule: 'AwsSolutions-OS4', reason: 'this domain is not large enough for nodes that only manage' });
    }
    if (zones === 1) {
      accept(domain, { rule: 'AwsSolutions-OS7', reason: 'this domain is meant to be in one availability zone' });
    }
  }
}
