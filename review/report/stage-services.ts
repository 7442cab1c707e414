import { all, nameOf, number, ofType, part, shown } from './values';
import { Resource, Stack } from '../assembly/assembly';

/** What of a resource a person wants to know before it is made. */
export interface Service {
  readonly name: string;
  readonly what: string;
  readonly size: string;
  readonly backups: string;
  readonly isProtected?: boolean;
  /** What becomes of it when it leaves the code. */
  readonly end: string;
}

interface Description {
  readonly what: string;
  readonly size?: string[];
  /** Days; not set where it has none. */
  readonly backups?: unknown;
  readonly isProtected?: unknown;
}

type Describe = (properties: Record<string, unknown>, stack: Stack, resource: Resource) => Description | undefined;

const several = (count: unknown, what: unknown) => `${shown(count)} × ${shown(what)}`;

/** Types that hold data or run by the hour; any other is counted. */
const TYPES: Record<string, Describe> = {
  'AWS::EC2::VPC': ({ CidrBlock }, stack) => {
    const subnets = ofType(stack, 'AWS::EC2::Subnet');
    const zones = new Set(subnets.map(({ properties }) => shown(properties.AvailabilityZone))).size;
    return { what: 'network', size: [shown(CidrBlock), `${zones} zones`, `${ofType(stack, 'AWS::EC2::NatGateway').length} NAT gateways`] };
  },
  'AWS::RDS::DBCluster': (properties, stack, { id }) => {
    const { Engine, EngineVersion, BackupRetentionPeriod, DeletionProtection } = properties;
    const { ServerlessV2ScalingConfiguration: capacity } = properties;
    const instances = ofType(stack, 'AWS::RDS::DBInstance')
      .filter(({ properties: own, id: other }) => `${other.slice(0, other.lastIndexOf('/') + 1)}${shownRef(own.DBClusterIdentifier)}` === id);
    const classes = [...new Set(instances.map(({ properties: own }) => shown(own.DBInstanceClass)))].join(', ');
    return {
      what: `${shown(Engine)} ${shown(EngineVersion)}`.trim(),
      size: [several(instances.length, capacity ? `${shown(part(capacity, 'MinCapacity'))}–${shown(part(capacity, 'MaxCapacity'))} ACU` : classes)],
      backups: BackupRetentionPeriod ?? 1,
      isProtected: DeletionProtection ?? false,
    };
  },
  'AWS::RDS::DBInstance': properties => properties.DBClusterIdentifier !== undefined ? undefined : {
    what: `${shown(properties.Engine)} ${shown(properties.EngineVersion)}`.trim(),
    size: [several(properties.MultiAZ === true ? 2 : 1, properties.DBInstanceClass), `${shown(properties.AllocatedStorage)} GiB`],
    backups: properties.BackupRetentionPeriod ?? 1,
    isProtected: properties.DeletionProtection ?? false,
  },
  'AWS::ElastiCache::ReplicationGroup': properties => ({
    what: `${shown(properties.Engine ?? 'redis')} ${shown(properties.EngineVersion)}`.trim(),
    size: [several(properties.NumCacheClusters ?? 1, properties.CacheNodeType)],
    backups: properties.SnapshotRetentionLimit ?? 0,
  }),
  'AWS::OpenSearchService::Domain': properties => ({
    what: shown(properties.EngineVersion ?? 'OpenSearch').replace('_', ' '),
    size: [
      several(part(properties, 'ClusterConfig', 'InstanceCount') ?? 1, part(properties, 'ClusterConfig', 'InstanceType')),
      `${shown(part(properties, 'EBSOptions', 'VolumeSize'))} GiB each`,
    ],
  }),
  'AWS::DynamoDB::GlobalTable': properties => {
    const replica = part(properties, 'Replicas', 0);
    return { what: 'DynamoDB table', size: [billing(properties)], ...ofTable(replica) };
  },
  'AWS::DynamoDB::Table': properties => ({ what: 'DynamoDB table', size: [billing(properties)], ...ofTable(properties) }),
  'AWS::EKS::Cluster': ({ Version, DeletionProtection }) =>
    ({ what: `Kubernetes ${shown(Version)}`.trim(), isProtected: DeletionProtection ?? false }),
  'AWS::ECS::Cluster': () => ({ what: 'ECS cluster' }),
  'AWS::ECS::Service': ({ DesiredCount, LaunchType }) => ({ what: 'ECS service', size: [shown(DesiredCount ?? ''), shown(LaunchType)].filter(Boolean) }),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Type, Scheme, LoadBalancerAttributes }) => ({
    what: `${shown(Type ?? 'application')} load balancer`,
    size: [shown(Scheme ?? 'internet-facing')],
    isProtected: all(LoadBalancerAttributes).some(one => part(one, 'Key') === 'deletion_protection.enabled' && shown(part(one, 'Value')) === 'true'),
  }),
  'AWS::EC2::Instance': ({ InstanceType, DisableApiTermination }) =>
    ({ what: 'EC2 instance', size: [shown(InstanceType)], isProtected: DisableApiTermination ?? false }),
  'AWS::EFS::FileSystem': () => ({ what: 'file system' }),
  'AWS::S3::Bucket': ({ VersioningConfiguration }) =>
    ({ what: 'bucket', size: part(VersioningConfiguration, 'Status') === 'Enabled' ? ['versioned'] : [] }),
  'AWS::ECR::Repository': () => ({ what: 'container registry' }),
  'AWS::CloudFront::Distribution': properties =>
    ({ what: 'CloudFront distribution', size: [shown(part(properties, 'DistributionConfig', 'PriceClass')).replace('PriceClass_', 'price class ')].filter(Boolean) }),
  'AWS::SQS::Queue': ({ FifoQueue, MessageRetentionPeriod }) => ({
    what: FifoQueue === true ? 'FIFO queue' : 'queue',
    size: number(MessageRetentionPeriod) === undefined ? [] : [`messages for ${number(MessageRetentionPeriod)! / 86_400} d`],
  }),
  'AWS::SecretsManager::Secret': () => ({ what: 'secret' }),
  'AWS::CertificateManager::Certificate': ({ DomainName, SubjectAlternativeNames }) =>
    ({ what: 'certificate', size: [...new Set([DomainName, ...all(SubjectAlternativeNames)].map(shown))] }),
  'AWS::Route53::HostedZone': ({ Name, VPCs }) => ({ what: VPCs === undefined ? 'hosted zone' : 'private hosted zone', size: [shown(Name)] }),
  'AWS::KMS::Key': ({ EnableKeyRotation }) => ({ what: 'key', size: EnableKeyRotation === true ? ['rotates'] : [] }),
  'AWS::CloudTrail::Trail': ({ IsOrganizationTrail }) => ({ what: IsOrganizationTrail === true ? 'trail of the organization' : 'trail' }),
};

function ofTable(replica: unknown): Pick<Description, 'backups' | 'isProtected'> {
  const recovery = part(replica, 'PointInTimeRecoverySpecification');
  const isOn = part(recovery, 'PointInTimeRecoveryEnabled') === true;
  return { backups: isOn ? part(recovery, 'RecoveryPeriodInDays') ?? 35 : 0, isProtected: part(replica, 'DeletionProtectionEnabled') ?? false };
}

function billing({ BillingMode }: Record<string, unknown>): string {
  return BillingMode === 'PAY_PER_REQUEST' ? 'on demand' : 'provisioned';
}

function shownRef(value: unknown): string {
  return shown(part(value, 'Ref'));
}

/** Without a policy, CloudFormation snapshots clusters of databases, and deletes all else. */
function end({ deletionPolicy = '', type }: Resource): string {
  return deletionPolicy.startsWith('Retain') ? 'kept' : deletionPolicy === 'Snapshot' || deletionPolicy === '' && type === 'AWS::RDS::DBCluster'
    ? 'deleted, after a snapshot' : 'deleted';
}

export interface ServicesOfStack {
  readonly services: Service[];
  readonly others: Map<string, number>;
}

/** Services of a stack, and how often it has each of the other types. */
export function servicesOf(stack: Stack, qualified: (name: string) => string): ServicesOfStack {
  const services: Service[] = [];
  const others = new Map<string, number>();
  for (const resource of stack.resources.values()) {
    const found = TYPES[resource.type]?.(resource.properties, stack, resource);
    if (!found) {
      others.set(resource.type, (others.get(resource.type) ?? 0) + 1);
      continue;
    }
    const { what, size = [], backups, isProtected } = found;
    const kept = number(backups);
    services.push({
      name: qualified(nameOf(stack, resource)),
      what,
      size: size.join(', '),
      backups: backups === undefined ? '' : kept === undefined ? shown(backups) : kept === 0 ? 'none' : `${kept} d`,
      isProtected: isProtected === undefined ? undefined : isProtected === true,
      end: end(resource),
    });
  }
  return { services, others };
}
