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
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { keepNamedOrDestroy } from '../../support/removal';
import { addAlarms } from '../support/alarms';
import { checkRange } from '../support/constraints';
import { logKey } from '../support/log-encryption';
import { closedSecurityGroup } from '../support/security-groups';

/** Properties of a `SearchDomain`. */
export interface SearchDomainProps {
  /** VPC of the domain. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the nodes. One subnet in each Availability Zone is used.
   *
   * @default - the isolated subnets, or the private ones if there are no isolated ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the domain.
   *
   * @default - one without rules, which `connections` adds
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * OpenSearch version. A newer one is an in-place upgrade.
   *
   * @default opensearch.EngineVersion.OPENSEARCH_2_19
   */
  readonly version?: opensearch.EngineVersion;

  /**
   * Number of Availability Zones of the nodes: 1, 2 or 3.
   *
   * @default - depends on the profile's size: 1 if small, 2 if medium, 3 if large, but not more than the profile and
   * the network have
   */
  readonly availabilityZones?: number;

  /**
   * Number of data nodes, a multiple of `availabilityZones`.
   *
   * @default - depends on the profile's size: one if small, one for each Availability Zone if medium, and at least
   * three if large
   */
  readonly dataNodes?: number;

  /**
   * Instance type of the data nodes. An `r6g.large` here is `r6g.large.search` in OpenSearch.
   *
   * A type that AWS added later than the library's data is accepted if the context key
   * `cdk-multi-account-org:availableInAws` lists it, such as `r9g.large.search`.
   *
   * @default - depends on the profile's size: t3.small if small, m6g.large if medium, r6g.large if large; or a similar
   * type of the same size in a region without it
   */
  readonly dataNodeInstanceType?: ec2.InstanceType;

  /**
   * Number of dedicated master nodes: 0, 3 or 5.
   *
   * @default - depends on the profile's size: 3 if large, none otherwise
   */
  readonly masterNodes?: number;

  /**
   * Instance type of the dedicated master nodes.
   *
   * @default - m6g.large, or a similar type of the same size in a region without it
   */
  readonly masterNodeInstanceType?: ec2.InstanceType;

  /**
   * Volume size of each data node, in GiB, 10 or more. The instance type limits it.
   *
   * @default - depends on the profile's size: 10 if small, 20 if medium, 100 if large
   */
  readonly volumeSize?: number;

  /**
   * KMS key that encrypts the data. Changing it replaces the domain with an empty one.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-opensearchservice-domain-encryptionatrestoptions.html
   * @default - the AWS managed key for OpenSearch
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Role with full access to the domain, which maps other roles to their permissions.
   *
   * @default - a new role that principals of the account may assume if their own policies allow it
   */
  readonly masterRole?: iam.IRole;

  /**
   * Creates the service-linked role with which OpenSearch accesses VPCs, if the account does not have it yet. All
   * domains of an account share it, and it is retained when they are deleted. No domain can be created without it.
   *
   * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html
   * @default true
   */
  readonly createServiceLinkedRole?: boolean;

  /**
   * Start of the ten-hour off-peak window for software updates, in UTC.
   *
   * @default - 22:00
   */
  readonly offPeakWindowStart?: opensearch.WindowStartTime;

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
   * Removal policy of the domain and its logs.
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
   * Free storage of a data node below which an alarm is raised.
   *
   * @default - a quarter of `volumeSize`
   */
  readonly freeStorageAlarmThreshold?: Size;

  /**
   * CPU utilization of a data node, in percent, above which an alarm is raised.
   *
   * @default 80
   */
  readonly cpuAlarmThreshold?: number;

  /**
   * Heap usage of a data node, in percent, above which an alarm is raised.
   *
   * @default 95
   */
  readonly memoryAlarmThreshold?: number;
}

const START = 'AWS::OpenSearchService::Domain.OffPeakWindowOptions.OffPeakWindow.WindowStartTime';

function checkWindow(start?: opensearch.WindowStartTime): void {
  checkRange(`${START}.Hours`, 'hours of offPeakWindowStart', start?.hours);
  checkRange(`${START}.Minutes`, 'minutes of offPeakWindowStart', start?.minutes);
}

const LOGS = ['SearchSlowLogs', 'IndexSlowLogs', 'ApplicationLogs', 'AuditLogs'];

/**
 * Defines an OpenSearch domain in the network of a stage, with OpenSearch Dashboards.
 *
 * It is encrypted at rest and between nodes, and accepts HTTPS only. Clients need three permissions: `connections` for
 * the network, a grant for requests signed with IAM, and a mapping of their role inside the domain. The mapping cannot
 * be done with CloudFormation: assume the master role and use the security plugin of OpenSearch.
 *
 * Slow, application and audit logs go to log groups. The requests to audit are configured inside the domain. Alarms
 * cover cluster health, storage, CPU and memory. Each domain needs a CloudWatch Logs resource policy, of which an
 * account can have ten in a region.
 *
 * The stage's profile determines the nodes and Availability Zones, the retention of logs, and whether the domain is
 * retained, with everything that it needs, when it is removed from the code. OpenSearch takes snapshots every hour and
 * keeps them for 14 days, independent of the profile, and has no deletion protection.
 */
export class SearchDomain extends Construct implements ec2.IConnectable {
  /** Underlying domain, with its metrics. */
  public readonly domain: opensearch.IDomain;

  /** Connections of the domain, on HTTPS by default. */
  public readonly connections: ec2.Connections;

  /** Role with full access to the domain. */
  public readonly masterRole: iam.IRole;

  /** Alarms of the domain. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if a number or instance type is invalid, the region does not have the type, the network has too few
   * Availability Zones, a prop would have no effect, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    checkProps(this, 'SearchDomainProps', props);
    const profile = StageProfile.of(this);
    const removalPolicy = keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy);
    checkWindow(props.offPeakWindowStart);
    const { zones, subnets, volumeSize, ...capacity } = nodesOf(this, props, profile);
    const securityGroups = props.securityGroups
      ?? [closedSecurityGroup(this, props.vpc, `Nodes of ${this.node.path}`, removalPolicy)];
    this.connections = new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(443) });
    this.masterRole = props.masterRole ?? masterRole(this, removalPolicy);

    const encryptionKey = logKey(props.logEncryptionKey, this);
    const [search, index, application, audit] = LOGS.map(name => new logs.LogGroup(this, name, {
      retention: props.logRetention ?? profile.logRetention, removalPolicy, encryptionKey,
    }));
    const domain = new opensearch.Domain(this, 'Domain', {
      version: props.version ?? opensearch.EngineVersion.OPENSEARCH_2_19,
      enableVersionUpgrade: true,
      vpc: props.vpc,
      vpcSubnets: [{ subnets }],
      securityGroups,
      zoneAwareness: zones > 1 ? { enabled: true, availabilityZoneCount: zones } : { enabled: false },
      // standby nodes are idle until a zone fails, and reject indexes with fewer than two replicas
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
      suppressLogsResourcePolicy: true, // it would use a custom resource
      enableAutoSoftwareUpdate: true,
      offPeakWindowEnabled: true,
      offPeakWindowStart: props.offPeakWindowStart,
      removalPolicy,
    });
    this.domain = domain;
    admit(domain, this.masterRole, removalPolicy);
    domain.node.addDependency(logPolicy(this, [search, index, application, audit], removalPolicy));
    if (props.createServiceLinkedRole ?? true) {
      // of all resources: OpenSearch sees a new role after some seconds, and creating the others takes as long
      this.node.addDependency(openSearchRole(this, profile));
    }

    this.acceptFindings(domain, capacity.masterNodes, zones);
    this.alarms = addAlarms(this, props.alarmActions, searchAlarms(domain, capacity.dataNodes, volumeSize, props));
  }

  /**
   * Allows a principal to sign requests that read: `GET`, `HEAD`, and searches with `POST`. The data that it can read
   * depends on its mapping by the master role.
   *
   * @param grantee principal of the same account
   */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantHere(this, 'grantRead', grantee, () => grantRead(this.domain, grantee));
  }

  /**
   * Allows a principal to sign any request. Its permissions depend on its mapping by the master role.
   *
   * @param grantee principal of the same account
   */
  public grantReadWrite(grantee: iam.IGrantable): iam.Grant {
    return grantHere(this, 'grantReadWrite', grantee, () => this.domain.grantReadWrite(grantee));
  }

  /**
   * Returns a metric of the domain by its name.
   *
   * @param metricName as in OpenSearch
   * @param props period, statistic and other options
   * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metric(metricName, props);
  }

  /**
   * Metric that is 1 while a primary shard is missing: by default the maximum over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricClusterStatusRed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterStatusRed(props);
  }

  /**
   * Metric that is 1 while a replica is missing: by default the maximum over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricClusterStatusYellow(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterStatusYellow(props);
  }

  /**
   * Metric that is 1 while the domain blocks writes: by default the maximum over a minute.
   *
   * @param props period, statistic and other options
   */
  public metricClusterIndexWritesBlocked(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricClusterIndexWritesBlocked(props);
  }

  /**
   * Free storage of a data node, in MiB: by default the minimum over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricFreeStorageSpace(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricFreeStorageSpace(props);
  }

  /**
   * CPU utilization of a data node, in percent: by default the maximum over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricCPUUtilization(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricCPUUtilization(props);
  }

  /**
   * Heap usage of a data node, in percent: by default the maximum over five minutes.
   *
   * @param props period, statistic and other options
   */
  public metricJVMMemoryPressure(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.domain.metricJVMMemoryPressure(props);
  }

  /**
   * Time that a shard takes for a search, in milliseconds: by default the 99th percentile over five minutes.
   *
   * @param props period, statistic and other options
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
