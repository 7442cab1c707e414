import { Assembly, Resource, Stack } from '../assembly/assembly';

/** How many of something that runs by the hour, or costs by itself, a stage has. */
export interface Quantity {
  /** Name of the stage, or path of a stack that is in none. */
  readonly stage: string;
  readonly one: string;
  readonly many: string;
  readonly count: number;
}

/** `1 NAT gateway`, `no NAT gateway`, `3 NAT gateways` */
export function inWords({ one, many }: Pick<Quantity, 'one' | 'many'>, count: number): string {
  return `${count || 'no'} ${count === 0 || count === 1 ? one : many}`;
}

/** What one resource brings of a quantity. */
export interface Counted extends Omit<Quantity, 'stage'> {
  readonly resource: Resource;
  readonly stack: Stack;
}

/** Of all stages, each noun once; an amount that only the deployment knows counts as the least that it can be. */
export function quantities(assembly: Pick<Assembly, 'stacks'>, stageOf = (stack: Stack) => stack.stage ?? stack.path): Quantity[] {
  return quantitiesOf(counted(assembly), stageOf);
}

export function quantitiesOf(some: Counted[], stageOf: (stack: Stack) => string): Quantity[] {
  const all = new Map<string, Quantity>();
  for (const { one, many, count, stack } of some) {
    const stage = stageOf(stack);
    const key = `${stage}\n${one}`;
    all.set(key, { stage, one, many, count: rounded((all.get(key)?.count ?? 0) + count) });
  }
  return [...all.values()];
}

/** Of each resource on its own. */
export function counted({ stacks }: Pick<Assembly, 'stacks'>): Counted[] {
  return stacks.flatMap(stack => [...stack.resources.values()].flatMap(resource => {
    const rule = COUNTED[resource.type];
    const all = rule ? [rule(resource.properties, resource, stack)].flat() : [];
    return all.filter(({ count }) => count > 0).map(one => ({ ...one, resource, stack }));
  }));
}

type Properties = Record<string, unknown>;
type Amount = Omit<Quantity, 'stage'>;
type Rule = (properties: Properties, resource: Resource, stack: Stack) => Amount | Amount[];

function each(one: string, many = `${one}s`, count: (properties: Properties) => number = () => 1): Rule {
  return properties => ({ one, many, count: count(properties) });
}

const EC2 = ['EC2 instance', 'EC2 instances'] as const;
const OPEN_SEARCH = each('OpenSearch node', 'OpenSearch nodes', ({ ClusterConfig: config, ElasticsearchClusterConfig: old }) => {
  const { InstanceCount, DedicatedMasterEnabled: masters, DedicatedMasterCount, WarmEnabled: warm, WarmCount } =
    (config ?? old ?? {}) as Properties;
  return number(InstanceCount, 1) + (masters === true ? number(DedicatedMasterCount, 3) : 0)
    + (warm === true ? number(WarmCount, 2) : 0);
});

/** By AWS's price pages of the services; what is paid by use only is none of these. */
const COUNTED: Record<string, Rule> = {
  // https://aws.amazon.com/vpc/pricing/
  'AWS::EC2::NatGateway': each('NAT gateway'),
  'AWS::EC2::EIP': each('Elastic IP address', 'Elastic IP addresses'),
  'AWS::EC2::IPAM': each('IPAM'),
  // https://aws.amazon.com/privatelink/pricing/
  'AWS::EC2::VPCEndpoint': each('zone of an interface endpoint', 'zones of interface endpoints', ({ VpcEndpointType: type, SubnetIds }) =>
    type === 'Interface' || type === 'GatewayLoadBalancer' ? length(SubnetIds) : 0),
  // https://aws.amazon.com/transit-gateway/pricing/
  'AWS::EC2::TransitGatewayAttachment': each('transit gateway attachment'),
  'AWS::EC2::TransitGatewayVpcAttachment': each('transit gateway attachment'),
  // https://aws.amazon.com/vpn/pricing/
  'AWS::EC2::VPNConnection': each('VPN connection'),
  'AWS::EC2::ClientVpnTargetNetworkAssociation': each('Client VPN association'),
  // https://aws.amazon.com/ec2/pricing/
  'AWS::EC2::Instance': each(...EC2),
  'AWS::AutoScaling::AutoScalingGroup': each(...EC2, ({ DesiredCapacity, MinSize }) =>
    number(DesiredCapacity, number(MinSize, 0))),
  // https://aws.amazon.com/elasticloadbalancing/pricing/
  'AWS::ElasticLoadBalancingV2::LoadBalancer': each('load balancer'),
  'AWS::ElasticLoadBalancing::LoadBalancer': each('load balancer'),
  // https://aws.amazon.com/rds/aurora/pricing/, https://aws.amazon.com/rds/pricing/
  'AWS::RDS::DBInstance': ({ Engine, MultiAZ }) => String(Engine).startsWith('aurora')
    ? { one: 'Aurora instance', many: 'Aurora instances', count: 1 }
    : { one: 'RDS instance', many: 'RDS instances', count: MultiAZ === true ? 2 : 1 },
  'AWS::RDS::DBCluster': (properties, resource, stack) => [
    { one: 'ACU of Aurora at least', many: 'ACUs of Aurora at least', count: leastCapacity(resource, stack) },
    // a cluster of RDS with two readers brings its instances
    { one: 'RDS instance', many: 'RDS instances', count: properties.DBClusterInstanceClass === undefined ? 0 : 3 },
  ],
  'AWS::RDS::DBProxy': each('RDS proxy', 'RDS proxies'),
  // https://aws.amazon.com/documentdb/pricing/, https://aws.amazon.com/neptune/pricing/
  'AWS::DocDB::DBInstance': each('DocumentDB instance'),
  'AWS::Neptune::DBInstance': each('Neptune instance'),
  // https://aws.amazon.com/elasticache/pricing/
  'AWS::ElastiCache::ReplicationGroup': each('cache node', 'cache nodes', properties => {
    const { NumCacheClusters, NumNodeGroups, ReplicasPerNodeGroup } = properties;
    return number(NumCacheClusters, number(NumNodeGroups, 1) * (1 + number(ReplicasPerNodeGroup, 0)));
  }),
  'AWS::ElastiCache::CacheCluster': each('cache node', 'cache nodes', ({ NumCacheNodes }) => number(NumCacheNodes, 1)),
  'AWS::ElastiCache::ServerlessCache': each('serverless cache'),
  // https://aws.amazon.com/memorydb/pricing/
  'AWS::MemoryDB::Cluster': each('MemoryDB node', 'MemoryDB nodes', ({ NumShards, NumReplicasPerShard }) =>
    number(NumShards, 1) * (1 + number(NumReplicasPerShard, 1))),
  // https://aws.amazon.com/eks/pricing/
  'AWS::EKS::Cluster': each('EKS cluster'),
  'AWS::EKS::Nodegroup': each(...EC2, ({ ScalingConfig: scaling }) => {
    const { DesiredSize, MinSize } = (scaling ?? {}) as Properties;
    return number(DesiredSize, number(MinSize, 1));
  }),
  // https://aws.amazon.com/fargate/pricing/
  'AWS::ECS::Service': each('Fargate task', 'Fargate tasks', ({ LaunchType, CapacityProviderStrategy: providers, DesiredCount }) =>
    LaunchType === 'FARGATE' || /"FARGATE/.test(JSON.stringify(providers ?? [])) ? number(DesiredCount, 1) : 0),
  // https://aws.amazon.com/opensearch-service/pricing/
  'AWS::OpenSearchService::Domain': OPEN_SEARCH,
  'AWS::Elasticsearch::Domain': OPEN_SEARCH,
  'AWS::OpenSearchServerless::Collection': each('OpenSearch Serverless collection'),
  // https://aws.amazon.com/msk/pricing/, https://aws.amazon.com/amazon-mq/pricing/
  'AWS::MSK::Cluster': each('Kafka broker', 'Kafka brokers', ({ NumberOfBrokerNodes }) => number(NumberOfBrokerNodes, 1)),
  'AWS::MSK::ServerlessCluster': each('serverless Kafka cluster'),
  'AWS::AmazonMQ::Broker': each('Amazon MQ broker'),
  // https://aws.amazon.com/redshift/pricing/
  'AWS::Redshift::Cluster': each('Redshift node', 'Redshift nodes', ({ NumberOfNodes }) => number(NumberOfNodes, 1)),
  // https://aws.amazon.com/kinesis/data-streams/pricing/
  'AWS::Kinesis::Stream': each('Kinesis shard', 'Kinesis shards', ({ ShardCount }) => number(ShardCount, 0)),
  // https://aws.amazon.com/dms/pricing/, https://aws.amazon.com/aws-transfer-family/pricing/
  'AWS::DMS::ReplicationInstance': each('DMS replication instance'),
  'AWS::Transfer::Server': each('Transfer server'),
  // https://aws.amazon.com/fsx/pricing/, https://aws.amazon.com/directoryservice/pricing/
  'AWS::FSx::FileSystem': each('FSx file system'),
  'AWS::DirectoryService::MicrosoftAD': each('directory', 'directories'),
  // https://aws.amazon.com/sagemaker/pricing/
  'AWS::SageMaker::Endpoint': each('SageMaker endpoint'),
  'AWS::SageMaker::NotebookInstance': each('SageMaker notebook'),
  // https://aws.amazon.com/network-firewall/pricing/, https://aws.amazon.com/route53/pricing/
  'AWS::NetworkFirewall::Firewall': each('firewall endpoint', 'firewall endpoints', ({ SubnetMappings }) => length(SubnetMappings)),
  'AWS::Route53Resolver::ResolverEndpoint': each('address of a resolver endpoint', 'addresses of resolver endpoints', ({ IpAddresses }) => length(IpAddresses)),
  'AWS::Route53::HostedZone': each('hosted zone'),
  'AWS::Route53::HealthCheck': each('health check'),
  'AWS::GlobalAccelerator::Accelerator': each('accelerator'),
  // https://aws.amazon.com/waf/pricing/, https://aws.amazon.com/private-ca/pricing/
  'AWS::WAFv2::WebACL': each('web ACL'),
  'AWS::ACMPCA::CertificateAuthority': each('private certificate authority', 'private certificate authorities'),
  // https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/secrets-manager/pricing/
  'AWS::KMS::Key': each('KMS key'),
  'AWS::KMS::ReplicaKey': each('KMS key'),
  'AWS::SecretsManager::Secret': each('secret'),
  // https://aws.amazon.com/cloudwatch/pricing/
  'AWS::CloudWatch::Alarm': each('alarm'),
};

/** Each serverless instance runs at least with this. */
function leastCapacity({ properties: cluster, id }: Resource, { resources }: Stack): number {
  const { MinCapacity } = (cluster.ServerlessV2ScalingConfiguration ?? {}) as Properties;
  const above = id.slice(0, id.lastIndexOf('/') + 1);
  const isServerless = ({ id: own, type, properties }: Resource) => type === 'AWS::RDS::DBInstance'
    && properties.DBInstanceClass === 'db.serverless'
    && `${above}${(properties.DBClusterIdentifier as { Ref?: string } | undefined)?.Ref}` === id && own.startsWith(above);
  return [...resources.values()].filter(isServerless).length * number(MinCapacity, 0);
}

/** Numbers are text in some templates, and references in others. */
function number(value: unknown, otherwise: number): number {
  const known = typeof value === 'string' && value !== '' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isFinite(known) ? known : otherwise;
}

/** Capacity has two decimals. */
function rounded(count: number): number {
  return Math.round(count * 100) / 100;
}

function length(value: unknown): number {
  return Array.isArray(value) && value.length > 0 ? value.length : 1;
}
