/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // properties of any type of CloudFormation
  readonly Properties?: any;
  readonly DeletionPolicy?: string;
}

type Facts = (properties: any, all: Resource[]) => string[];

function count(all: Resource[], type: string, where: (properties: any) => boolean = () => true): number {
  return all.filter(({ Type, Properties }) => Type === type && where(Properties ?? {})).length;
}

const days = (number: number | undefined, what: string) => number === undefined ? [] : [number > 0 ? `${number} d ${what}` : `no ${what}`];

// what a person who chooses wants to know of a type: how many, how large, for how long
const FACTS: Record<string, Facts> = {
  'AWS::EC2::VPC': (_, all) => [
    `${count(all, 'AWS::EC2::Subnet', ({ Tags }) => JSON.stringify(Tags).includes('Isolated'))} zones`,
    `${count(all, 'AWS::EC2::NatGateway')} NAT`,
  ],
  'AWS::RDS::DBCluster': ({ ServerlessV2ScalingConfiguration: capacity, BackupRetentionPeriod }, all) => [
    `${count(all, 'AWS::RDS::DBInstance')} × ${capacity.MinCapacity}–${capacity.MaxCapacity} ACU`, ...days(BackupRetentionPeriod, 'backups'),
  ],
  'AWS::RDS::DBInstance': ({ DBClusterIdentifier, DBInstanceClass, AllocatedStorage, MultiAZ, BackupRetentionPeriod }) =>
    DBClusterIdentifier !== undefined ? [] : [
      `${MultiAZ ? 2 : 1} × ${DBInstanceClass}`, `${AllocatedStorage} GiB`, ...days(BackupRetentionPeriod, 'backups'),
    ],
  'AWS::ElastiCache::ReplicationGroup': ({ NumCacheClusters, CacheNodeType, SnapshotRetentionLimit }) =>
    [`${NumCacheClusters} × ${CacheNodeType}`, ...days(SnapshotRetentionLimit ?? 0, 'backups')],
  'AWS::OpenSearchService::Domain': ({ ClusterConfig: config, EBSOptions }) => [
    `${config.InstanceCount} × ${config.InstanceType}`, `${EBSOptions.VolumeSize} GiB each`,
    ...config.DedicatedMasterCount ? [`${config.DedicatedMasterCount} masters`] : [],
  ],
  'AWS::ECR::Repository': ({ LifecyclePolicy }) =>
    JSON.parse(LifecyclePolicy.LifecyclePolicyText).rules.flatMap(({ selection }: any) =>
      selection.countType === 'imageCountMoreThan' ? [`${selection.countNumber} images`] : []),
  'AWS::ECS::TaskDefinition': ({ Cpu, Memory }) => [`${Number(Cpu) / 1024} vCPU, ${Number(Memory) / 1024} GiB a task`],
  'AWS::ApplicationAutoScaling::ScalableTarget': ({ MinCapacity, MaxCapacity }) => [`${MinCapacity}–${MaxCapacity} tasks`],
  'AWS::DynamoDB::GlobalTable': ({ Replicas: [replica] }) => {
    const recovery = replica.PointInTimeRecoverySpecification;
    return [recovery?.PointInTimeRecoveryEnabled ? `${recovery.RecoveryPeriodInDays ?? 35} d backups` : 'no backups'];
  },
  'AWS::CloudFront::Distribution': ({ DistributionConfig }) => [DistributionConfig.PriceClass.replace('PriceClass_', 'price class ')],
  'AWS::EKS::Cluster': ({ Version }) => [`Kubernetes ${Version}`],
  'AWS::CertificateManager::Certificate': ({ SubjectAlternativeNames = [] }) => [`${1 + SubjectAlternativeNames.length} names`],
};

const PROTECTION = /"DeletionProtection(Enabled)?":true|"deletion_protection\.enabled","Value":"true"/;
// a log group and what merely belongs to data is said by them
const HOLDS_DATA = [
  'RDS::DBCluster', 'RDS::DBInstance', 'ElastiCache::ReplicationGroup', 'OpenSearchService::Domain', 'DynamoDB::GlobalTable',
  'S3::Bucket', 'ECR::Repository', 'Route53::HostedZone', 'KMS::Key', 'SecretsManager::Secret',
].map(type => `AWS::${type}`);

/** What is worth saying about the resources of one service. */
export function sizes(resources: Record<string, Resource>): string[] {
  const all = Object.values(resources);
  const facts = all.flatMap(({ Type, Properties }) => FACTS[Type]?.(Properties ?? {}, all) ?? []);
  const logs = all.filter(({ Type }) => Type === 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays as number);
  const data = all.filter(({ Type }) => HOLDS_DATA.includes(Type));
  return [
    ...new Set(facts),
    ...logs.length > 0 ? [`${Math.max(...logs)} d logs`] : [],
    ...PROTECTION.test(JSON.stringify(all)) ? ['protected'] : [],
    ...data.length === 0 ? [] : [data.every(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain')) ? 'kept' : 'gone'],
  ];
}
