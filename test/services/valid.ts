import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { InstanceType, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { TagMutability } from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { KubernetesVersion } from 'aws-cdk-lib/aws-eks';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EngineVersion } from 'aws-cdk-lib/aws-opensearchservice';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { CATALOGUE } from './catalogue';
import { Given } from './given';
import {
  AcmCloudFront, AuroraMysql, AuroraPostgres, Certificate, ContainerCluster, ContainerRegistry, DmarcPolicy,
  DynamoTable, EndpointAccess, KubernetesCluster, MailDomain, Network, Redis, RedisAuthentication, RedisEngine,
  RelationalDatabase, SearchDomain, SecretStore, StaticSite, StaticSiteKind,
} from '../../src';

/** A service with options that AWS takes: what was drawn, to be shown, and how it is written. */
export interface Valid {
  readonly options: unknown;
  readonly define: (stack: Stack, id: string, given: Given) => Construct;
}

/** Any of the values, or none at all. */
const maybe = <T>(values: fc.Arbitrary<T> | readonly T[]) =>
  fc.option(values instanceof fc.Arbitrary ? values : fc.constantFrom(...values), { nil: undefined, freq: 2 });

function valid<T>(
  options: fc.Arbitrary<T>, define: (stack: Stack, id: string, given: Given, options: T) => Construct,
): fc.Arbitrary<Valid> {
  return options.map(drawn => ({ options: drawn, define: (stack, id, given) => define(stack, id, given, drawn) }));
}

/** Without what is not there: some props are an error where they have no effect, and undefined is not given. */
function days(number: number | undefined): Duration | undefined {
  return number === undefined ? undefined : Duration.days(number);
}

const LOGS = [RetentionDays.ONE_DAY, RetentionDays.ONE_MONTH, RetentionDays.TEN_YEARS];
const REMOVAL = [RemovalPolicy.RETAIN, RemovalPolicy.DESTROY];
const NAMES = ['app', 'shop_2', 'a', 'orders'];
const time = fc.tuple(fc.constantFrom('02', '03', '11'), fc.constantFrom('00', '30'));
// an hour of the night for backups, and of another time for maintenance
const backupWindow = fc.constantFrom('00:15-00:45', '01:00-02:00', '23:30-00:30');
const maintenanceWindow = fc.tuple(fc.constantFrom('mon', 'wed', 'sun'), fc.constantFrom('04:00', '05:30', '16:00'))
  .map(([day, from]) => `${day}:${from}-${day}:${String(Number(from.slice(0, 2)) + 1).padStart(2, '0')}${from.slice(2)}`);

const database = {
  databaseName: maybe(['app', 'shop2', 'a', 'orders']),
  masterUsername: maybe(['owner', 'acme_app', 'u']),
  port: maybe([1150, 5433, 65535]),
  logRetention: maybe(LOGS),
  removalPolicy: maybe(REMOVAL),
  deletionProtection: maybe([true, false]),
  preferredMaintenanceWindow: maybe(maintenanceWindow),
  cpuAlarmThreshold: maybe([1, 50, 99]),
};
const backups = { backupRetention: maybe([1, 7, 35]), preferredBackupWindow: maybe(backupWindow) };
const capacity = fc.constantFrom([0.5, 1], [1, 8], [0.5, 128], [2.5, 64.5]);
const classes = fc.constantFrom('r6g.large', 'r6g.2xlarge', 't4g.medium', 'r7g.large', 'r5.4xlarge');

/** Either serverless, of some capacity, or of instances. */
const aurora = fc.record({
  ...database,
  ...backups,
  readers: maybe([0, 1, 3]),
  size: maybe(fc.oneof(capacity.map(([min, max]) => ({ min, max })), classes.map(type => ({ type })))),
});

function auroraProps({ size, backupRetention, ...options }: typeof aurora extends fc.Arbitrary<infer T> ? T : never) {
  return {
    ...options,
    backupRetention: days(backupRetention),
    ...size === undefined ? {} : 'type' in size ? { instanceType: new InstanceType(size.type) }
      : { serverlessV2MinCapacity: size.min, serverlessV2MaxCapacity: size.max },
  };
}

const ENDPOINTS = [InterfaceVpcEndpointAwsService.ECR, InterfaceVpcEndpointAwsService.SECRETS_MANAGER];
const POSTGRES = ['16.9', '17.5', '15.13', '14.18'];
const FARGATE: Array<[cpu: number, memory: number]> = [
  [256, 512], [256, 2048], [512, 1024], [512, 4096], [1024, 2048], [1024, 8192],
  [2048, 4096], [4096, 30720], [8192, 16384], [16384, 122880],
];

function engineOf([kind, version]: string[]): rds.IInstanceEngine {
  const [major, minor] = version.split('.');
  switch (kind) {
    case 'postgres': return rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(version, major) });
    case 'mysql': return rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.of(version, `${major}.${minor}`) });
    default: return rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.of(version, `${major}.${minor}`) });
  }
}

/** Every service of the library, with options that AWS takes. */
export const VALID: Record<string, fc.Arbitrary<Valid>> = {
  Network: valid(fc.record({
    zones: maybe([1, 2, 3]),
    natGateways: maybe([0, 1]),
    endpoints: fc.boolean(),
    logRetention: maybe(LOGS),
    removalPolicy: maybe(REMOVAL),
  }), (stack, id, { addresses }, { zones, endpoints, ...options }) => new Network(stack, id, {
    ...options,
    addresses: addresses(),
    availabilityZones: zones,
    interfaceEndpoints: endpoints ? ENDPOINTS : undefined,
  })),
  AuroraPostgres: valid(fc.tuple(aurora, maybe(POSTGRES)), (stack, id, { vpc }, [options, version]) =>
    new AuroraPostgres(stack, id, {
      vpc: vpc(),
      ...auroraProps(options),
      version: version === undefined ? undefined : rds.AuroraPostgresEngineVersion.of(version, version.split('.')[0]),
    })),
  AuroraMysql: valid(fc.tuple(aurora, maybe([1, 72])), (stack, id, { vpc }, [options, hours]) =>
    new AuroraMysql(stack, id, {
      vpc: vpc(),
      ...auroraProps(options),
      backtrackWindow: hours === undefined ? undefined : Duration.hours(hours),
    })),
  RelationalDatabase: valid(fc.record({
    ...database,
    ...backups,
    engine: fc.oneof(
      fc.constantFrom(...POSTGRES).map(version => ['postgres', version]),
      fc.constantFrom('8.0.43', '8.4.6').map(version => ['mysql', version]),
      fc.constantFrom('10.11.13', '11.4.7').map(version => ['mariadb', version]),
    ),
    type: maybe(['t4g.micro', 'm6g.large', 'r6g.xlarge', 'm5.large']),
    allocatedStorage: maybe([20, 100, 1000]),
    multiAz: maybe([true, false]),
    readReplicas: maybe([1, 2]),
  }), (stack, id, { vpc }, { engine, type, backupRetention, ...options }) => new RelationalDatabase(stack, id, {
    vpc: vpc(),
    ...options,
    // a stage may have none, which a window or a replica needs
    backupRetention: days(backupRetention ?? (options.readReplicas || options.preferredBackupWindow ? 1 : undefined)),
    instanceType: type === undefined ? undefined : new InstanceType(type),
    engine: engineOf(engine),
  })),
  Redis: valid(fc.record({
    engine: maybe(['valkey 8.0', 'valkey 7.2', 'redis 7.1', 'redis 7.0']),
    nodes: maybe([1, 2, 3, 6]),
    type: maybe(['t4g.small', 'm6g.large', 'r6g.xlarge', 'm5.large']),
    token: fc.boolean(),
    port: maybe([1150, 6380]),
    backups: maybe(fc.record({ retention: fc.constantFrom(1, 7, 35), snapshotWindow: maybe(['01:00-02:00', '23:00-00:30']) })),
    preferredMaintenanceWindow: maybe(maintenanceWindow),
    memoryAlarmThreshold: maybe([50, 99]),
    logRetention: maybe(LOGS),
    removalPolicy: maybe(REMOVAL),
  }), (stack, id, { vpc }, { engine, type, token, backups: kept, ...options }) => {
    const [kind, version = ''] = engine?.split(' ') ?? [];
    return new Redis(stack, id, {
      vpc: vpc(),
      ...options,
      engine: kind === undefined ? undefined : kind === 'valkey' ? RedisEngine.valkey(version) : RedisEngine.redisOss(version),
      nodeType: type === undefined ? undefined : new InstanceType(type),
      authentication: token ? RedisAuthentication.authToken() : undefined,
      backupRetention: days(kept?.retention),
      snapshotWindow: kept?.snapshotWindow,
    });
  }),
  SearchDomain: valid(fc.record({
    version: maybe(['OpenSearch_2.19', 'OpenSearch_2.11', 'OpenSearch_3.1']),
    nodes: maybe(fc.constantFrom([1, 1], [1, 3], [2, 2], [2, 4])),
    type: maybe(['t3.small', 'm6g.large', 'r6g.large', 'm5.large']),
    masters: maybe([0, 3]),
    volumeSize: maybe([10, 35, 100]),
    start: maybe(time),
    logRetention: maybe(LOGS),
    removalPolicy: maybe(REMOVAL),
  }), (stack, id, { vpc }, { version, nodes, type, masters, start, ...options }) => new SearchDomain(stack, id, {
    vpc: vpc(),
    ...options,
    version: version === undefined ? undefined : EngineVersion.openSearch(version.split('_')[1]),
    availabilityZones: nodes?.[0],
    dataNodes: nodes?.[1],
    dataNodeInstanceType: type === undefined ? undefined : new InstanceType(type),
    masterNodes: masters,
    offPeakWindowStart: start && { hours: Number(start[0]), minutes: Number(start[1]) },
  })),
  StageDns: fc.constant({ options: {}, define: CATALOGUE.StageDns }),
  Certificate: valid(fc.record({
    sub: maybe(['*', 'www', 'a.b']),
    others: fc.array(fc.constantFrom('api', '*.eu'), { maxLength: 1 }),
    threshold: maybe([1, 45]),
  }),
  (stack, id, { zone }, { sub, others, threshold }) => new Certificate(stack, id, {
    zone: zone(),
    domainName: sub && `${sub}.${zone().zoneName}`,
    subjectAlternativeNames: others.length > 0 ? others.map(name => `${name}.${zone().zoneName}`) : undefined,
    ...threshold === undefined ? {} : {
      expiryAlarmThreshold: Duration.days(threshold),
      alarmActions: [{ bind: () => ({ alarmActionArn: stack.formatArn({ service: 'sns', resource: 'alarms' }) }) }],
    },
  })),
  AcmCloudFront: valid(fc.record({ sub: maybe(['*', 'www']) }), (stack, id, { zone }, { sub }) =>
    new AcmCloudFront(stack, id, { zone: zone(), domainName: sub && `${sub}.${zone().zoneName}` })),
  StaticSite: valid(fc.record({
    page: maybe([{ kind: StaticSiteKind.SINGLE_PAGE_APP }, { errorPage: '/404.html' }, { errorPage: '/errors/404.html' }]),
    defaultRootObject: maybe(['index.html', 'home.htm']),
    noncurrent: maybe([1, 365]),
    removalPolicy: maybe(REMOVAL),
  }), (stack, id, { zone }, { page, noncurrent, ...options }) => new StaticSite(stack, id, {
    ...options,
    zone: zone(),
    domainName: `${id}.${zone().zoneName}`,
    noncurrentVersionExpiration: days(noncurrent),
    ...page,
  })),
  ContainerRegistry: valid(fc.record({
    images: fc.uniqueArray(fc.constantFrom('web', 'api', 'team/worker', 'a_b.c-d'), { minLength: 1, maxLength: 3 }),
    maxImageCount: maybe([1, 30, 1000]),
    mutable: maybe([true, false]),
    pulls: fc.boolean(),
    removalPolicy: maybe(REMOVAL),
  }), (stack, id, _, { images, mutable, pulls, ...options }) => new ContainerRegistry(stack, id, {
    ...options,
    repositoryNames: images.map(image => `${id}/${image}`),
    imageTagMutability: mutable === undefined ? undefined : mutable ? TagMutability.MUTABLE : TagMutability.IMMUTABLE,
    pullAccounts: pulls ? ['555555555555'] : undefined,
  })),
  ContainerCluster: valid(fc.record({
    ofCluster: fc.record({
      logRetention: maybe(LOGS),
      removalPolicy: maybe(REMOVAL),
      deletionProtection: maybe([true, false]),
    }),
    size: maybe(FARGATE),
    arm: maybe([true, false]),
    tasks: maybe(fc.constantFrom([1, 1], [2, 10])),
    port: maybe([80, 8080]),
    healthCheckPath: maybe(['/', '/health?deep=1', '/a-b_c.html']),
    environment: fc.boolean(),
    spot: maybe(['FARGATE', 'FARGATE_SPOT']),
  }), (stack, id, { vpc, zone }, { ofCluster, size, arm, tasks, port = 80, environment, spot, ...options }) => {
    const certificate = new Certificate(stack, `${id}-certificate`, { zone: zone(), domainName: `${id}.${zone().zoneName}` });
    const cluster = new ContainerCluster(stack, id, {
      vpc: vpc(),
      ...ofCluster,
      certificate: certificate.acmCertificate,
      defaultCapacityProviderStrategy: spot === undefined ? undefined : [{ capacityProvider: spot, weight: 1 }],
    });
    cluster.addService('web', {
      ...options,
      port,
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'),
      cpu: size?.[0],
      memoryLimitMiB: size?.[1],
      cpuArchitecture: arm === undefined ? undefined : arm ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
      minCapacity: tasks?.[0],
      maxCapacity: tasks?.[1],
      environment: environment ? { STAGE: 'any', EMPTY: '' } : undefined,
      hostNames: [`web.${id}.${zone().zoneName}`],
      pathPatterns: ['/*'],
      priority: 1,
    });
    return cluster;
  }),
  KubernetesCluster: valid(fc.record({
    version: maybe(['1.31', '1.32', '1.33', '1.34']),
    clusterName: maybe(NAMES),
    endpoint: maybe(['192.0.2.0/24', '198.51.100.7/32']),
    serviceIpv4Cidr: maybe(['172.20.0.0/16', '192.168.8.0/24']),
    logRetention: maybe(LOGS),
    removalPolicy: maybe(REMOVAL),
    deletionProtection: maybe([true, false]),
  }), (stack, id, { vpc }, { version, clusterName, endpoint, ...options }) => new KubernetesCluster(stack, id, {
    ...options,
    vpc: vpc(),
    version: version === undefined ? undefined : KubernetesVersion.of(version),
    clusterName: clusterName && `${clusterName}-${id}`,
    endpointAccess: endpoint === undefined ? undefined : EndpointAccess.privateAndPublicFrom(endpoint),
  })),
  SecretStore: valid(fc.record({ path: maybe(['/app', '/acme/app-1', '/a/b/c_d']), names: fc.uniqueArray(fc.constantFrom('token', 'payments/key', 'a-b_c'), { minLength: 1 }) }),
    (stack, id, _, { path, names }) => {
      const store = new SecretStore(stack, id, { path: path && `${path}/${id}` });
      names.forEach(name => store.addSecret(name));
      return store;
    }),
  MailDomain: valid(fc.record({
    mailFromSubdomain: maybe(['bounce', 'mail-from']), policy: maybe(['NONE', 'QUARANTINE', 'REJECT'] as const), report: maybe(['dmarc@acme.example', 'a.b+c@mail.acme.example']),
  }), (stack, id, { zone }, { policy, report, ...options }) => new MailDomain(stack, id, {
    ...options,
    zone: zone(),
    domainName: `${id}.${zone().zoneName}`,
    dmarcReportAddress: report,
    dmarcPolicy: policy === undefined ? undefined : DmarcPolicy[policy],
  })),
  DynamoTable: valid(fc.record({
    sortKey: maybe(['time', 'sk']),
    stream: maybe([true]),
    ttl: maybe(['expires']),
    days: maybe([1, 35]),
    indexes: fc.boolean(),
    removalPolicy: maybe(REMOVAL),
    deletionProtection: maybe([true, false]),
  }), (stack, id, _, { sortKey, stream, ttl, days: kept, indexes, ...options }) => new DynamoTable(stack, id, {
    ...options,
    partitionKey: { name: 'id', type: AttributeType.STRING },
    sortKey: sortKey === undefined ? undefined : { name: sortKey, type: AttributeType.NUMBER },
    dynamoStream: stream ? StreamViewType.NEW_AND_OLD_IMAGES : undefined,
    timeToLiveAttribute: ttl,
    backupRetention: days(kept),
    globalSecondaryIndexes: indexes ? [{ indexName: 'by-owner', partitionKey: { name: 'owner', type: AttributeType.STRING } }] : undefined,
  })),
};
