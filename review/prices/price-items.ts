import { Counted } from './quantities';
import { Resource, Stack } from '../assembly/assembly';

/** What of an app has a price, and where AWS's price list has it. */
export interface PriceItem {
  /** Of the quantity, with what its price depends on: `Aurora instance (db.r6g.large, Aurora PostgreSQL)`. */
  readonly name: string;
  /** Not set where the price is the same everywhere. */
  readonly region?: string;
  /** Service code of the price list. */
  readonly service: string;
  readonly attributes: Record<string, string>;
  /** The attribute `usagetype` without its prefix of a region; before a colon, only how it begins. */
  readonly usageType: string;
  readonly per: 'hour' | 'month';
}

/** Where the price of a quantity is; that it is in the one of another; or why none is known. */
export type Priced = PriceItem | 'elsewhere' | { readonly why: string };

export function priced({ one, resource, stack }: Pick<Counted, 'one' | 'resource' | 'stack'>): Priced {
  const rule = ITEMS[one];
  if (rule === undefined) {
    return { why: 'its price depends on more than the template has, or its place in the price list is not known here' };
  }
  const found = rule(resource.properties, resource, stack);
  if (typeof found === 'string') {
    return found === 'elsewhere' ? found : { why: found };
  }
  const { variant, isGlobal, ...place } = found;
  if (!isGlobal && stack.region === undefined) {
    return { why: 'the app leaves its region open' };
  }
  return { name: variant ? `${one} (${variant})` : one, ...!isGlobal && { region: stack.region }, ...place };
}

/** All items of these quantities, each once. */
export function priceItems(all: Counted[]): PriceItem[] {
  const items = all.map(priced).filter((one): one is PriceItem => typeof one === 'object' && 'service' in one);
  return [...new Map(items.map(item => [keyOf(item), item])).values()];
}

/** What a price is found by. */
export function keyOf({ name, region }: Pick<PriceItem, 'name' | 'region'>): string {
  return `${name}\n${region ?? ''}`;
}

type Properties = Record<string, unknown>;
interface Place extends Pick<PriceItem, 'service' | 'attributes' | 'usageType' | 'per'> {
  readonly variant?: string;
  readonly isGlobal?: boolean;
}
/** A string is why there is none, or 'elsewhere'. */
type Rule = (properties: Properties, resource: Resource, stack: Stack) => Place | string;

function hourly(service: string, attributes: Record<string, string>, usageType: string, variant?: string): Place {
  return { service, attributes, usageType, per: 'hour', variant };
}

function monthly(service: string, productFamily: string, usageType: string): Place {
  return { service, attributes: { productFamily }, usageType, per: 'month' };
}

/**
 * By the noun of the quantity. Service codes and attributes are those by which Infracost finds AWS's prices, in
 * `internal/resources/aws` of https://github.com/infracost/infracost; usage types of public IPv4 addresses, alarms and
 * secrets are those of bills. What is found by them has to be one price: `check` refuses none and several.
 */
const ITEMS: Record<string, Rule> = {
  'NAT gateway': () => hourly('AmazonEC2', { productFamily: 'NAT Gateway' }, 'NatGateway-Hours'),
  'Elastic IP address': () => hourly('AmazonVPC', {}, 'PublicIPv4:InUseAddress'),
  'zone of an interface endpoint': ({ VpcEndpointType: type }) => type === 'Interface'
    ? hourly('AmazonVPC', { productFamily: 'VpcEndpoint' }, 'VpcEndpoint-Hours')
    : hourly('AmazonVPC', { productFamily: 'VpcEndpoint' }, 'VpcEndpoint-GWLBE-Hours', 'Gateway Load Balancer'),
  'transit gateway attachment': () => hourly('AmazonVPC', { operation: 'TransitGatewayVPC' }, 'TransitGateway-Hours'),
  'Client VPN association': () => hourly('AmazonVPC', {}, 'ClientVPN-EndpointHours'),
  'load balancer': ({ Type }, { type }) => {
    const kind = type === 'AWS::ElasticLoadBalancing::LoadBalancer' ? 'classic' : Type ?? 'application';
    const productFamily = {
      application: 'Load Balancer-Application', network: 'Load Balancer-Network', classic: 'Load Balancer',
    }[String(kind)];
    return productFamily ? hourly('AWSELB', { productFamily }, 'LoadBalancerUsage', String(kind))
      : 'its type is none whose place in the price list is known here';
  },
  'Aurora instance': ({ DBInstanceClass, Engine }, resource, stack) => {
    if (DBInstanceClass === 'db.serverless') {
      return 'elsewhere';
    }
    const cluster = clusterOf(resource, stack);
    return cluster && typeof DBInstanceClass === 'string'
      ? database(DBInstanceClass, Engine, {}, isOptimized(cluster))
      : 'its class or its cluster is not in the template';
  },
  'ACU of Aurora at least': ({ Engine }, resource) => {
    const databaseEngine = ENGINES[String(Engine)];
    const usage = isOptimized(resource) ? 'Aurora:ServerlessV2IOOptimizedUsage' : 'Aurora:ServerlessV2Usage';
    const variant = isOptimized(resource) ? `${databaseEngine}, I/O-Optimized` : databaseEngine;
    return databaseEngine ? hourly('AmazonRDS', { productFamily: 'ServerlessV2', databaseEngine }, usage, variant) : NO_ENGINE;
  },
  'RDS instance': ({ DBInstanceClass, Engine, MultiAZ }) => typeof DBInstanceClass === 'string' && MultiAZ !== true
    ? database(DBInstanceClass, Engine, { deploymentOption: 'Single-AZ' })
    : 'instances in several zones have a price together, or its class is not in the template',
  'cache node': ({ CacheNodeType: instanceType, Engine }) => {
    const cacheEngine = { redis: 'Redis', valkey: 'Valkey', memcached: 'Memcached' }[String(Engine)];
    return cacheEngine && typeof instanceType === 'string'
      ? hourly('AmazonElastiCache', { productFamily: 'Cache Instance', instanceType, cacheEngine }, 'NodeUsage:', `${instanceType}, ${cacheEngine}`)
      : 'its type of nodes or its engine is not in the template';
  },
  'EKS cluster': () => hourly('AmazonEKS', { productFamily: 'Compute' }, 'AmazonEKS-Hours:perCluster'),
  'Kinesis shard': () => hourly('AmazonKinesis', { productFamily: 'Kinesis Streams', operation: 'shardHourStorage' }, 'Storage-ShardHour'),
  'firewall endpoint': () => hourly('AWSNetworkFirewall', { productFamily: 'AWS Firewall' }, 'Endpoint-Hour'),
  'address of a resolver endpoint': () => hourly('AmazonRoute53', { productFamily: 'DNS Query' }, 'ResolverNetworkInterface'),
  'hosted zone': () => ({ ...monthly('AmazonRoute53', 'DNS Zone', 'HostedZone'), isGlobal: true }),
  'web ACL': ({ Scope }) => Scope === 'REGIONAL' ? monthly('awswaf', 'Web Application Firewall', 'WebACLV2')
    : 'it is one of CloudFront, whose place in the price list is not known here',
  'private certificate authority': ({ UsageMode }) => UsageMode === 'SHORT_LIVED_CERTIFICATE'
    ? { ...monthly('AWSCertificateManager', 'AWS Certificate Manager', 'ShortLivedCertificatePrivateCA'), variant: 'short-lived' }
    : monthly('AWSCertificateManager', 'AWS Certificate Manager', 'PaidPrivateCA'),
  'KMS key': () => monthly('awskms', 'Encryption Key', 'KMS-Keys'),
  'secret': () => monthly('AWSSecretsManager', 'Secret', 'AWSSecretsManager-Secrets'),
  // https://aws.amazon.com/cloudwatch/pricing/: by the metrics of an alarm, and more for a period below a minute
  'alarm': ({ Metrics, Period }) => Metrics === undefined && Number(Period) >= 60
    ? monthly('AmazonCloudWatch', 'Alarm', 'CW:AlarmMonitorUsage') : 'it has several metrics, or a period below a minute',
};

const NO_ENGINE = 'its engine is none whose price is known here';
const ENGINES: Record<string, string> = {
  'aurora-postgresql': 'Aurora PostgreSQL',
  'aurora-mysql': 'Aurora MySQL',
  'postgres': 'PostgreSQL',
  'mysql': 'MySQL',
  'mariadb': 'MariaDB',
};

function database(
  instanceType: string, engine: unknown, more: Record<string, string>, optimized = false,
): Place | string {
  const databaseEngine = ENGINES[String(engine)];
  return databaseEngine === undefined ? NO_ENGINE
    : hourly('AmazonRDS', { productFamily: 'Database Instance', instanceType, databaseEngine, ...more },
      optimized ? 'InstanceUsageIOOptimized:' : 'InstanceUsage:', `${instanceType}, ${databaseEngine}${optimized ? ', I/O-Optimized' : ''}`);
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.Aurora_Fea_Regions_DB-eng.Feature.storage-type.html */
function isOptimized({ properties: { StorageType } }: Resource): boolean {
  return StorageType === 'aurora-iopt1';
}

function clusterOf({ id, properties }: Resource, { resources }: Stack): Resource | undefined {
  const { Ref: name } = (properties.DBClusterIdentifier ?? {}) as { Ref?: string };
  return resources.get(`${id.slice(0, id.lastIndexOf('/') + 1)}${name}`);
}
