import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import Ajv from 'ajv';
import { Stack as CdkStack } from 'aws-cdk-lib';
import { assemblyOf } from './assemblies';
import { Assembly, Resource, Stack } from '../../review/assembly/assembly';
import { priced, PriceItem } from '../../review/prices/price-items';
import { Prices } from '../../review/prices/prices';
import { counted } from '../../review/prices/quantities';
import { report } from '../../review/report/report';
import { running } from '../../review/report/running';
import { Network, StageAddresses, StageProfile } from '../../src';
import { acme, newOutdir } from '../orgs';

const validate = new Ajv({ formats: { date: true } })
  .compile(JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'prices.schema.json'), 'utf8')));

function stack(resources: Array<[type: string, properties: Record<string, unknown>]>, region?: string): Stack {
  const all = resources.map(([type, properties], index): Resource => ({ id: `r${index}`, type, properties }));
  return {
    path: 'acme/prod/shop',
    name: 'shop',
    stage: 'prod',
    region,
    after: [],
    terminationProtection: false,
    outputs: {},
    resources: new Map(all.map(resource => [resource.id, resource])),
  };
}

const cluster = (more: Record<string, unknown> = {}): [string, Record<string, unknown>] => ['AWS::RDS::DBCluster', {
  Engine: 'aurora-postgresql', ServerlessV2ScalingConfiguration: { MinCapacity: 0.5 }, ...more,
}];
const instance = (DBInstanceClass: unknown): [string, Record<string, unknown>] =>
  ['AWS::RDS::DBInstance', { Engine: 'aurora-postgresql', DBClusterIdentifier: { Ref: 'r0' }, DBInstanceClass }];

/** Name, usage type and unit of time, or why there is none. */
function places(...resources: Array<[type: string, properties: Record<string, unknown>]>): string[] {
  return counted({ stacks: [stack(resources, 'eu-west-1')] }).map(one => {
    const item = priced(one);
    return typeof item === 'string' ? item : 'why' in item ? item.why : [item.name, item.usageType, item.per].join(' | ');
  });
}

test.each<[resources: Array<[string, Record<string, unknown>]>, expected: string[]]>([
  [[['AWS::EC2::NatGateway', {}]], ['NAT gateway | NatGateway-Hours | hour']],
  [[['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'GatewayLoadBalancer' }]],
    ['zone of an interface endpoint (Gateway Load Balancer) | VpcEndpoint-GWLBE-Hours | hour']],
  [[['AWS::ElasticLoadBalancingV2::LoadBalancer', {}]], ['load balancer (application) | LoadBalancerUsage | hour']],
  [[['AWS::ElasticLoadBalancing::LoadBalancer', {}]], ['load balancer (classic) | LoadBalancerUsage | hour']],
  [[['AWS::ElasticLoadBalancingV2::LoadBalancer', { Type: 'gateway' }]],
    ['its type is none whose place in the price list is known here']],
  [[cluster(), instance('db.serverless')],
    ['ACU of Aurora at least (Aurora PostgreSQL) | Aurora:ServerlessV2Usage | hour', 'elsewhere']],
  [[cluster({ StorageType: 'aurora-iopt1' }), instance('db.serverless'), instance('db.r6g.large')], [
    'ACU of Aurora at least (Aurora PostgreSQL, I/O-Optimized) | Aurora:ServerlessV2IOOptimizedUsage | hour',
    'elsewhere',
    'Aurora instance (db.r6g.large, Aurora PostgreSQL, I/O-Optimized) | InstanceUsageIOOptimized: | hour',
  ]],
  [[cluster(), instance({ Ref: 'class' })], ['its class or its cluster is not in the template']],
  [[['AWS::RDS::DBInstance', { Engine: 'postgres', DBInstanceClass: 'db.t4g.micro' }]],
    ['RDS instance (db.t4g.micro, PostgreSQL) | InstanceUsage: | hour']],
  [[['AWS::RDS::DBInstance', { Engine: 'oracle-ee', DBInstanceClass: 'db.m5.large' }]],
    ['its engine is none whose price is known here']],
  [[['AWS::RDS::DBInstance', { Engine: 'postgres', DBInstanceClass: 'db.t4g.micro', MultiAZ: true }]],
    ['instances in several zones have a price together, or its class is not in the template']],
  [[['AWS::ElastiCache::ReplicationGroup', { Engine: 'valkey', CacheNodeType: 'cache.t4g.micro' }]],
    ['cache node (cache.t4g.micro, Valkey) | NodeUsage: | hour']],
  [[['AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' }]], ['it is one of CloudFront, whose place in the price list is not known here']],
  [[['AWS::ACMPCA::CertificateAuthority', { UsageMode: 'SHORT_LIVED_CERTIFICATE' }]],
    ['private certificate authority (short-lived) | ShortLivedCertificatePrivateCA | month']],
  [[['AWS::CloudWatch::Alarm', { Period: 300 }]], ['alarm | CW:AlarmMonitorUsage | month']],
  [[['AWS::CloudWatch::Alarm', { Period: 10 }], ['AWS::CloudWatch::Alarm', { Metrics: [] }]],
    Array(2).fill('it has several metrics, or a period below a minute')],
  [[['AWS::EC2::Instance', {}]],
    ['its price depends on more than the template has, or its place in the price list is not known here']],
])('where the price of %j is', (resources, expected) => expect(places(...resources)).toEqual(expected));

test('a zone has one price for all regions, and what is in a region that is left open has none', () => {
  const all = counted({ stacks: [stack([['AWS::Route53::HostedZone', {}], ['AWS::KMS::Key', {}]])] }).map(priced);
  expect(all).toEqual([expect.objectContaining({ name: 'hosted zone' }), { why: 'the app leaves its region open' }]);
  expect(all[0]).not.toHaveProperty('region');
});

const assembly = assemblyOf(app => {
  const { org } = acme(app);
  const shop = org.addStage('shop', { addresses: StageAddresses.index(8) });
  const labs = org.addStage('labs', { profile: StageProfile.DEVELOPMENT, addresses: StageAddresses.index(9) });
  [shop, labs].forEach(stage => new Network(new CdkStack(stage, 'network'), 'network', { addresses: stage.addresses }));
});

const price = (name: string, amount: string, more: Record<string, string> = {}) => ({
  name, region: 'eu-west-1', service: 'AmazonEC2', sku: 'A1', usageType: 'EU-Usage', unit: 'Hrs', per: 'hour', currency: 'USD', price: amount, effective: '2026-11-01T00:00:00Z', ...more,
});

function file(content: unknown): string {
  const name = join(newOutdir(), 'prices.json');
  writeFileSync(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

function section(prices: object[], without: object[] = []): string {
  const content = { version: 1, date: '2026-11-30', source: 'AWS Price List Query API, us-east-1', prices, without };
  expect(validate(content)).toBe(true);
  return JSON.stringify(running(assembly, assembly.organizations[0], Prices.read(file(content))));
}

/** The last cell of the row that begins so. */
function perMonth(of: string, row: string): string {
  const { blocks } = JSON.parse(of) as { blocks: Array<{ rows?: unknown[][] }> };
  return JSON.stringify(blocks[0].rows!.find(([name]) => name === row)!.at(-1));
}

function countOf(one: string, stage?: string): number {
  return counted(assembly).filter(some => some.one === one && (stage === undefined || some.stack.stage === stage))
    .reduce((sum, { count }) => sum + count, 0);
}

test('each stage and all together cost what the file says, for 730 hours or a month, and say what is without a price', () => {
  const gateways = countOf('NAT gateway', 'shop');
  expect(gateways).toBe(3);
  const said = section([price('NAT gateway', '0.0500000000'), price('KMS key', '2', { per: 'month', unit: 'Keys' })]);
  const cost = (stage?: string) => (countOf('NAT gateway', stage) * 36.5 + countOf('KMS key', stage) * 2)
    .toLocaleString('en', { minimumFractionDigits: 2 });
  expect(perMonth(said, 'shop')).toMatch(new RegExp(`^\\["USD ${cost('shop')}",.*"without 3 Elastic IP addresses`));
  expect(perMonth(said, 'Together')).toContain(`{"strong":"USD ${cost()}"}`);
  expect(said).toContain('USD 0.05 per hour (Hrs)","USD 36.50","AmazonEC2 A1, EU-Usage"');
  expect(said).toContain('On-demand prices of 2026-11-30');
  expect(said).toContain('["Elastic IP address","eu-west-1","it is not in the file"]');
});

test('prices of another region are none, reasons are those of the file, and currencies are not summed', () => {
  const said = section(
    [price('NAT gateway', '1', { region: 'eu-central-1' }), price('KMS key', '1', { per: 'month' }), price('Elastic IP address', '1', { currency: 'EUR' })],
    [{ name: 'NAT gateway', region: 'eu-west-1', why: 'the price list has 2 of it' }],
  );
  expect(said).toContain('["NAT gateway","eu-west-1","the price list has 2 of it"]');
  expect(perMonth(said, 'Together')).toMatch(/USD [\d,.]+, EUR [\d,.]+|EUR [\d,.]+, USD [\d,.]+/);
  expect(perMonth(section([]), 'shop')).toMatch(/^\["no price",.*"without .*3 Elastic IP addresses/);
});

test('a tier is said to be one', () => {
  expect(section([price('NAT gateway', '1', { firstTierTo: '25' })])).toContain('(Hrs, the first tier, to 25)');
});

test('without a file no figure is known', () => {
  expect(JSON.stringify(running(assembly, assembly.organizations[0]))).not.toMatch(/USD|Per month|730/);
});

test.each([
  ['{', /^prices '.*' cannot be read \(.*\): write it by cdk-multi-account-org check --prices$/],
  [{ version: 2, date: '2026-11-30', prices: [], without: [] }, /has version 2 and not the parts of version 1/],
  [{ version: 1, date: '2026-11-30', prices: [price('NAT gateway', '-1')], without: [] }, /has one that is no price, \{"name":"NAT gateway"/],
  [{ version: 1, date: '2026-11-30', prices: [price('NAT gateway', '1', { per: 'year' })], without: [] }, /no price/],
])('a file that is none is refused: %j', (content, message) => expect(() => Prices.read(file(content))).toThrow(message));

test('report --price-items names each item once, and --prices reads the file', async () => {
  const { app } = acme();
  const folder = app.synth().directory;
  const out: string[] = [];
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(words => out.push(String(words)) > 0);
  expect(await report(['--assembly', folder, '--price-items'])).toBe(0);
  stdout.mockRestore();
  const items = JSON.parse(out.join('')) as PriceItem[];
  expect(items.length).toBeGreaterThan(0);
  expect(new Set(items.map(({ name, region }) => `${name} ${region}`)).size).toBe(items.length);
  expect(Assembly.read(folder).stacks.length).toBeGreaterThan(0);
  await expect(report(['--assembly', folder, '--prices', 'nowhere.json'])).rejects.toThrow(/^prices 'nowhere.json' cannot be read/);
});
