import { App, Duration, Fn, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Certificate as AcmCertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { KubernetesVersion } from 'aws-cdk-lib/aws-eks';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import * as fc from 'fast-check';
import {
  AcmCloudFront, AuroraMysql, AuroraPostgres, AuroraPostgresProps, Certificate, CertificateProps, DmarcPolicy,
  DynamoTable, DynamoTableProps, EndpointAccess, KubernetesCluster, KubernetesClusterProps, MailDomain,
  MailDomainProps, MultiAccountOrg, Network, NetworkProps, OrganizationSource, Redis, RedisAuthentication,
  RedisEngine, RedisProps, RelationalDatabase, RelationalDatabaseProps, SearchDomain, SearchDomainProps, SecretStore,
  StageAddresses, StageDns, StageDnsProps, StageProfile, StaticSite, StaticSiteKind, StaticSiteProps,
} from '../../src';
import { DEV, orgProps, PROD } from '../orgs';
import { Mistake, mistake } from './mistake';
import { outside } from '../random';
import { stackIn } from '../services/contract';
import { existingVpc } from '../services/existing-vpc';
import { PUBLIC, testVpc } from '../services/networks';
import { importedZone } from '../services/zones';

// what most of these ask for

type Of<P> = Partial<P> | ((stack: Stack) => Partial<P>);

/** Writes a service into a stack of a stage. */
function into<P>(define: (stack: Stack, props: Partial<P>) => unknown) {
  return (app: App, props: Of<P> = {}) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    return define(stack, typeof props === 'function' ? props(stack) : props);
  };
}

const vpc = (stack: Stack) => existingVpc(stack, 'vpc');
const postgres = into<AuroraPostgresProps>((stack, props) => new AuroraPostgres(stack, 'it', { vpc: vpc(stack), ...props }));
const mysql = into<AuroraPostgresProps>((stack, { databaseName, masterUsername }) => new AuroraMysql(stack, 'it', { vpc: vpc(stack), databaseName, masterUsername }));
const database = into<RelationalDatabaseProps>((stack, props) => new RelationalDatabase(stack, 'it', {
  vpc: vpc(stack), engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }), ...props,
}));
const redis = into<RedisProps>((stack, props) => new Redis(stack, 'it', { vpc: vpc(stack), ...props }));
const search = into<SearchDomainProps>((stack, props) => new SearchDomain(stack, 'it', { vpc: vpc(stack), ...props }));
const table = into<DynamoTableProps>((stack, props) => new DynamoTable(stack, 'it', { partitionKey: text('id'), ...props }));
const dns = into<StageDnsProps>((stack, props) => new StageDns(stack, 'it', { domainName: 'prod.acme.example', ...props }));
const certificate = into<CertificateProps>((stack, props) => new Certificate(stack, 'it', { zone: importedZone(stack), ...props }));
const mail = into<MailDomainProps>((stack, props) => new MailDomain(stack, 'it', { zone: importedZone(stack), ...props }));
const site = into<StaticSiteProps>((stack, props) => new StaticSite(stack, 'it', props));
const network = into<NetworkProps>((stack, props) => new Network(stack, 'it', props));
const cluster = into<KubernetesClusterProps>((stack, props) => new KubernetesCluster(stack, 'it', { vpc: vpc(stack), ...props }) as KubernetesCluster);
const store = (app: App, path?: string) => new SecretStore(stackIn(StageProfile.PRODUCTION, app), 'it', { path });

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const words = (...values: string[]) => fc.constantFrom(...values);
const NO_WHOLE = fc.constantFrom(0.5, NaN, Infinity);
const PERCENTAGES = fc.oneof(outside(0, 100), fc.constantFrom(NaN));
const hour = fc.integer({ min: 0, max: 23 });
const two = (value: number) => String(value).padStart(2, '0');

const NO_NAME = fc.oneof(words('my-app', '1st', 'my app', '_app', 'my.app', 'bücher', ''), fc.stringMatching(/^[a-z]{65}$/));
const RESERVED = words('admin', 'Admin', 'rdsadmin', 'user', 'select', 'pg_owner', 'table');
const DAILY = words('3:00-4:00', '03:00', '24:00-25:00', '03:00-04:60', 'sun:03:00-sun:04:00', 'noon', '');
const WEEKLY = words('sunday:04:00-sunday:05:00', '04:00-05:00', 'sun:4:00-sun:5:00', 'sun:04:00', 'sun:24:00-mon:01:00', '');

/** A window of a day and one of the week that share an hour. */
const OVERLAPPING = fc.tuple(words('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), hour).map(([day, at]) => {
  const later = (at + 1) % 24;
  const next = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'mon'];
  const end = at === 23 ? next[next.indexOf(day) + 1] : day;
  return [`${two(at)}:00-${two((at + 2) % 24)}:00`, `${day}:${two(at)}:00-${end}:${two(later)}:00`];
});

const databases = { postgres, database };

/** An organization of two stages, in which two things have one name. */
function twoStages(app: App, define: (stack: Stack) => void, accounts = [PROD, DEV], regions = ['eu-west-1', 'eu-west-1']): void {
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
  accounts.forEach((accountId, index) => {
    const stage = org.stages.find(known => known.accountId === accountId) ?? org.addStage(`stage-${index}`, { accountId });
    define(new Stack(stage, `app-${index}`, { env: { account: accountId, region: regions[index] } }));
  });
}

const existingZone = (stack: Stack, hostedZoneId = 'Z1') =>
  route53.HostedZone.fromHostedZoneAttributes(stack, 'zone', { hostedZoneId, zoneName: 'acme.example' });

export const SERVICE_MISTAKES: Mistake[] = [
  // names, users and windows of databases
  ...Object.entries(databases).flatMap(([kind, write]) => [
    mistake(`databaseName of ${kind}: not one`, NO_NAME, (app, databaseName) => write(app, { databaseName }), name => [`databaseName '${name}'`, "like 'orders'"]),
    mistake(`databaseName of ${kind}: reserved`, RESERVED, (app, databaseName) => write(app, { databaseName }), name => [`databaseName '${name}'`, 'reserves']),
    mistake(`masterUsername of ${kind}: not one`, NO_NAME, (app, masterUsername) => write(app, { masterUsername }), name => [`masterUsername '${name}'`, "like 'dbadmin'"]),
    mistake(`masterUsername of ${kind}: reserved`, RESERVED, (app, masterUsername) => write(app, { masterUsername }), name => [`masterUsername '${name}'`, 'reserves']),
    mistake(`port of ${kind}: out of range`, fc.oneof(outside(1150, 65535), NO_WHOLE), (app, port) => write(app, { port }), () => ['port is ', 'from 1150 to 65535']),
    mistake(`preferredBackupWindow of ${kind}: not one`, DAILY, (app, preferredBackupWindow) => write(app, { preferredBackupWindow }),
      window => [`preferredBackupWindow '${window}'`, "'03:00-04:00'"]),
    mistake(`preferredMaintenanceWindow of ${kind}: not one`, WEEKLY, (app, preferredMaintenanceWindow) => write(app, { preferredMaintenanceWindow }),
      window => [`preferredMaintenanceWindow '${window}'`, "'sun:04:00-sun:05:00'"]),
    mistake(`windows of ${kind}: overlapping`, OVERLAPPING, (app, [preferredBackupWindow, preferredMaintenanceWindow]) =>
      write(app, { preferredBackupWindow, preferredMaintenanceWindow }), windows => [...windows.map(window => `'${window}'`), 'overlap']),
    mistake(`windows of ${kind}: too short`, fc.integer({ min: 1, max: 29 }), (app, minutes) => write(app, { preferredBackupWindow: `03:00-03:${two(minutes)}` }),
      minutes => [`lasts ${minutes} minutes`, '30 minutes or more']),
  ]),
  mistake('preferredBackupWindow: without backups', words('03:00-04:00', '23:30-00:30'), (app, preferredBackupWindow) => database(app, {
    preferredBackupWindow, backupRetention: Duration.days(0),
  }), window => [`preferredBackupWindow is '${window}'`, 'give backupRetention']),
  mistake('masterUsername of mysql: reserved', words('mysql', 'rdsadmin', 'sys', 'Select'), (app, masterUsername) => mysql(app, { masterUsername }),
    name => [`masterUsername '${name}'`, 'reserves']),
  mistake('masterUsername of mysql: too long', fc.stringMatching(/^[a-z]{33,60}$/), (app, masterUsername) => mysql(app, { masterUsername }),
    name => [`masterUsername '${name}'`, '1 to 32']),
  mistake('masterUsername of MariaDB: too long', fc.stringMatching(/^[a-z]{17,30}$/), (app, masterUsername) => database(app, {
    engine: rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_5 }), masterUsername,
  }), name => [`masterUsername '${name}'`, '1 to 16']),
  mistake('preferredMaintenanceWindow: a day or more', words('sun:04:00-mon:04:00', 'mon:00:00-sun:00:00'),
    (app, preferredMaintenanceWindow) => database(app, { preferredMaintenanceWindow }), window => [`'${window}'`, 'less than a day']),
  mistake('monitoringInterval: not one that RDS has', fc.integer({ min: 100, max: 99_999 }).filter(millis => ![1, 5, 10, 15, 30, 60].includes(millis / 1000)),
    (app, millis) => database(app, { monitoringInterval: Duration.millis(millis) }), millis => [`monitoringInterval is ${millis / 1000} seconds`, '0, 1, 5, 10']),
  mistake('databaseInsightsMode: on an instance without it', words('t4g.micro', 't3.small'), (app, type) => database(app, {
    engine: rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_5 }),
    instanceType: new ec2.InstanceType(type),
    databaseInsightsMode: rds.DatabaseInsightsMode.ADVANCED,
  }), type => ["databaseInsightsMode is 'advanced'", type, 'a larger instanceType']),
  mistake('dbUser: not one user', words('', '*', 'app_*', 'app?'), (app, dbUser) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    new AuroraPostgres(stack, 'it', { vpc: vpc(stack) }).grantConnect(new Role(stack, 'role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), dbUser);
  }, user => [`dbUser is '${user}'`, 'name one']),

  // caches
  mistake('port of a Redis: out of range', fc.oneof(outside(1, 65535), NO_WHOLE), (app, port) => redis(app, { port }), () => ['port is ', 'from 1 to 65535']),
  mistake('nodes: out of range', fc.oneof(outside(1, 6), NO_WHOLE), (app, nodes) => redis(app, { nodes }), () => ['nodes is ', 'from 1 to 6']),
  mistake('snapshotWindow: not one', DAILY, (app, snapshotWindow) => redis(app, { snapshotWindow }), window => [`snapshotWindow '${window}'`, "'03:00-04:00'"]),
  mistake('snapshotWindow: too short', fc.integer({ min: 1, max: 59 }), (app, minutes) => redis(app, { snapshotWindow: `03:00-03:${two(minutes)}` }),
    minutes => [`lasts ${minutes} minutes`, '60 minutes or more']),
  mistake('windows of a Redis: overlapping', OVERLAPPING, (app, [snapshotWindow, preferredMaintenanceWindow]) => redis(app, { snapshotWindow, preferredMaintenanceWindow }),
    windows => [...windows.map(window => `'${window}'`), 'overlap']),
  mistake('snapshotWindow: without snapshots', words('03:00-04:00', '23:30-00:30'), (app, snapshotWindow) => redis(app, { snapshotWindow, backupRetention: Duration.days(0) }),
    window => [`snapshotWindow is '${window}'`, 'give backupRetention']),
  mistake('backupRetention of a Redis: out of range', fc.integer({ min: 36, max: 999 }), (app, days) => redis(app, { backupRetention: Duration.days(days) }),
    days => [`backupRetention is ${days} days`, 'from 0 to 35']),
  mistake('parameters: cluster mode', ['yes'], (app, yes) => redis(app, { parameters: { 'cluster-enabled': yes } }), () => ['cluster-enabled', 'leave it out']),
  mistake('replicaLagAlarmThreshold: with one node', fc.integer({ min: 1, max: 99 }), (app, seconds) => redis(app, { nodes: 1, replicaLagAlarmThreshold: Duration.seconds(seconds) }),
    () => ['replicaLagAlarmThreshold has no effect', 'give more nodes']),
  mistake('evictionsAlarmThreshold: not a whole number', fc.oneof(fc.integer({ max: -1 }), NO_WHOLE), (app, evictionsAlarmThreshold) => redis(app, { evictionsAlarmThreshold }),
    () => ['evictionsAlarmThreshold is ', '0 or more']),
  ...(['cpuAlarmThreshold', 'memoryAlarmThreshold'] as const).map(property =>
    mistake(`${property} of a Redis: not a percentage`, PERCENTAGES, (app, value) => redis(app, { [property]: value }), () => [`${property} is `, '0 to 100'])),
  mistake('accessString: of a disabled user', words('off ~* +@all', '~* +@all', ''), (app, accessString) => redis(app, { authentication: RedisAuthentication.iam({ accessString }) }),
    access => [`accessString is '${access}'`, 'begin it with']),
  mistake('authentication: by IAM at an old engine', words('6.2'), (app, version) => redis(app, { engine: RedisEngine.redisOss(version) }), version => [version, 'authToken']),
  mistake('vpcSubnets of a Redis: none of that type', [PUBLIC], (app, subnetType) => redis(app, { vpcSubnets: { subnetType }, nodes: 1 }),
    () => ['vpcSubnets of vpc', 'give other subnets']),
  mistake('vpc of a Redis: public subnets only', [[PUBLIC]], (app, types) => redis(app, stack => ({ vpc: testVpc(stack, 'open', types) })),
    () => ['/open', 'neither isolated nor private subnets']),

  // search
  mistake('offPeakWindowStart: hours out of range', outside(0, 23), (app, hours) => search(app, { offPeakWindowStart: { hours, minutes: 0 } }),
    hours => [`hours of offPeakWindowStart is ${hours}`, 'from 0 to 23']),
  mistake('offPeakWindowStart: minutes out of range', outside(0, 59), (app, minutes) => search(app, { offPeakWindowStart: { hours: 0, minutes } }),
    minutes => [`minutes of offPeakWindowStart is ${minutes}`, 'from 0 to 59']),
  mistake('volumeSize: too small', fc.oneof(fc.integer({ max: 9 }), NO_WHOLE), (app, volumeSize) => search(app, { volumeSize }), () => ['volumeSize is ', '10 or more']),
  mistake('availabilityZones of a search domain: not 1, 2 or 3', fc.oneof(outside(1, 3), NO_WHOLE), (app, availabilityZones) => search(app, { availabilityZones }),
    () => ['availabilityZones is ', 'give 1, 2 or 3']),
  mistake('dataNodes: no multiple of the zones', fc.integer({ min: 1, max: 99 }).filter(count => count % 3 !== 0), (app, dataNodes) => search(app, { dataNodes, availabilityZones: 3 }),
    count => [`dataNodes is ${count}`, 'a multiple of 3']),
  mistake('masterNodes: not 0, 3 or 5', fc.oneof(fc.integer({ min: -9, max: 99 }).filter(count => ![0, 3, 5].includes(count)), NO_WHOLE), (app, masterNodes) => search(app, { masterNodes }),
    () => ['masterNodes is ', 'give 0, 3 or 5']),
  mistake('masterNodeInstanceType: without such nodes', words('m6g.large', 'r6g.large'), (app, type) => search(app, { masterNodes: 0, masterNodeInstanceType: new ec2.InstanceType(type) }),
    type => [`masterNodeInstanceType is '${type}'`, 'give masterNodes']),
  mistake('vpc of a search domain: too few zones', [['a']], (app, zones) => search(app, stack => ({ vpc: existingVpc(stack, 'narrow', zones) })), () => ['/narrow', 'give subnets in more zones']),
  mistake('freeStorageAlarmThreshold: as much as there is', fc.integer({ min: 100, max: 999 }), (app, gibibytes) =>
    search(app, { volumeSize: 100, freeStorageAlarmThreshold: Size.gibibytes(gibibytes) }), gibibytes => [`freeStorageAlarmThreshold is ${gibibytes} GiB`, 'give less']),
  mistake('removalPolicy: a snapshot of what has none', [RemovalPolicy.SNAPSHOT], (app, removalPolicy) => search(app, { removalPolicy }), () => ['removalPolicy is SNAPSHOT', 'RETAIN or DESTROY']),

  // tables
  mistake('indexName: not one', fc.oneof(words('ab', 'by date', 'by/date', ''), fc.stringMatching(/^[a-z]{256}$/)), (app, indexName) => table(app, { globalSecondaryIndexes: [{ indexName, partitionKey: text('date') }] }), name => [`indexName '${name}'`, '3 to 255']),
  mistake('indexName: of two indexes', fc.stringMatching(/^[a-z]{3,9}$/), (app, indexName) => table(app, {
    sortKey: text('date'), globalSecondaryIndexes: [{ indexName, partitionKey: text('user') }], localSecondaryIndexes: [{ indexName, sortKey: text('user') }],
  }), name => [`index '${name}' is there twice`]),
  mistake('partitionKey: without a name, or with a long one', fc.oneof(words(''), fc.stringMatching(/^[a-z]{256,300}$/)), (app, name) => table(app, { partitionKey: text(name) }),
    name => [`attribute '${name}'`, '1 to 255']),
  mistake('sortKey: the partition key again', fc.stringMatching(/^[a-z]{1,9}$/), (app, name) => table(app, { partitionKey: text(name), sortKey: text(name) }),
    name => [`sortKey is '${name}'`, 'give another attribute']),
  mistake('attribute: of two types', fc.stringMatching(/^[a-z]{1,9}$/).filter(name => name !== 'id'), (app, name) => table(app, {
    sortKey: text(name), globalSecondaryIndexes: [{ indexName: 'index', partitionKey: { name, type: dynamodb.AttributeType.NUMBER } }],
  }), name => [`attribute '${name}'`, 'S and N']),
  mistake('localSecondaryIndexes: without a sort key', fc.stringMatching(/^[a-z]{3,9}$/), (app, indexName) => table(app, { localSecondaryIndexes: [{ indexName, sortKey: text('date') }] }),
    () => ['localSecondaryIndexes have no effect', 'sortKey']),
  mistake('localSecondaryIndexes: too many', fc.integer({ min: 6, max: 20 }), (app, count) => table(app, {
    sortKey: text('date'), localSecondaryIndexes: Array.from({ length: count }, (_, index) => ({ indexName: `index${index}`, sortKey: text(`a${index}`) })),
  }), count => [`localSecondaryIndexes are ${count}`, 'takes 5']),
  mistake('globalSecondaryIndexes: too many', fc.integer({ min: 21, max: 40 }), (app, count) => table(app, {
    globalSecondaryIndexes: Array.from({ length: count }, (_, index) => ({ indexName: `index${index}`, partitionKey: text(`a${index}`) })),
  }), count => [`globalSecondaryIndexes are ${count}`, 'takes 20']),
  mistake('nonKeyAttributes: without INCLUDE, or missing with it', [[undefined, ['a']], [dynamodb.ProjectionType.ALL, ['a']], [dynamodb.ProjectionType.INCLUDE, undefined]] as const,
    (app, [projectionType, nonKeyAttributes]) => table(app, {
      globalSecondaryIndexes: [{ indexName: 'index', partitionKey: text('date'), projectionType, nonKeyAttributes: nonKeyAttributes && [...nonKeyAttributes] }],
    }),
    () => ["nonKeyAttributes of index 'index'", 'ProjectionType.INCLUDE']),
  mistake('timeToLiveAttribute: not a name', fc.oneof(words(''), fc.stringMatching(/^[a-z]{256,300}$/)), (app, timeToLiveAttribute) => table(app, { timeToLiveAttribute }),
    () => ['timeToLiveAttribute', '1 to 255']),
  mistake('backupRetention of a table: out of range', fc.integer({ min: 36, max: 999 }), (app, days) => table(app, { backupRetention: Duration.days(days) }),
    days => [`backupRetention is ${days} days`, 'from 0 to 35']),

  mistake('encryptionKey of a table: in a stack without a region', words('here', 'anywhere'), (app, id) => {
    const stack = new Stack(app, id);
    new DynamoTable(stack, 'it', { partitionKey: text('id'), encryptionKey: new Key(stack, 'key') });
  }, id => ['encryptionKey is given', `'${id}'`, 'an env with a region']),

  // domains and certificates
  mistake('domainName of a StageDns: not a domain', words('acme', 'Prod.acme.example', 'prod.acme.example.', 'https://acme.example', 'prod..example'),
    (app, domainName) => dns(app, { domainName }), name => [`domainName '${name}'`, "'acme.example'"]),
  mistake('parentDomainName: not above', fc.stringMatching(/^[a-z]{2,9}\.test$/), (app, parentDomainName) => dns(app, { parentDomainName, delegationRoleArn: `arn:aws:iam::${PROD}:role/r` }),
    name => [`parentDomainName '${name}'`, "'prod.acme.example'"]),
  ...(['parentDomainName', 'parentHostedZoneId'] as const).map(property =>
    mistake(`${property}: without a role`, words('acme.example', 'Z1'), (app, value) => dns(app, { [property]: value }), value => [`${property} '${value}'`, 'delegationRoleArn'])),
  mistake('parentHostedZoneId: not one', words('acme.example', 'z1', 'hostedzone', 'arn:aws:route53:::hostedzone/Z1', ''),
    (app, parentHostedZoneId) => dns(app, { parentHostedZoneId, delegationRoleArn: `arn:aws:iam::${PROD}:role/r` }), id => [`parentHostedZoneId '${id}'`, 'Z0123456789ABCDEFGHIJ']),
  mistake('delegationRoleArn: not a role', words('delegation', `arn:aws:iam::${PROD}:user/u`, 'arn:aws:iam::1:role/r', ''), (app, delegationRoleArn) => dns(app, { delegationRoleArn }),
    arn => [`delegationRoleArn '${arn}'`, 'role/dns-delegation']),
  mistake('hostedZoneId of addDomain: not one', words('acme.example', 'z1', '/hostedzone/', 'Z 1'), (app, hostedZoneId) => {
    new MultiAccountOrg(app, 'acme', orgProps()).addDomain('acme.example', { hostedZoneId, stages: [] });
  }, id => [`hostedZoneId '${id}'`, 'Z0123456789ABCDEFGHIJ']),
  mistake('hostedZoneId of a zone: not one', words('acme.example', 'z1', '/hostedzone/', 'Z 1'), (app, id) => certificate(app, stack => ({ zone: existingZone(stack, id) })),
    id => ['hostedZoneId of zone ', `'${id}'`]),
  mistake('domainName of a certificate: not in its zone', fc.stringMatching(/^[a-z]{1,9}\.test$/), (app, domainName) => certificate(app, { domainName }),
    name => [`domainName '${name}' is not in zone 'acme.example'`]),
  ...(['domainName', 'subjectAlternativeNames'] as const).map(property =>
    mistake(`${property} of a certificate: not a name`, words('a b.acme.example', '*.*.acme.example', 'a..acme.example', '-a.acme.example', 'a.*.acme.example'),
      (app, name) => certificate(app, { [property]: property === 'domainName' ? name : [name] }), name => [`${property} '${name}'`, "'shop.acme.example'"])),
  mistake('domainName of a certificate: too long', fc.stringMatching(/^[a-z]{30}\.[a-z]{30}$/), (app, name) => certificate(app, { domainName: `${name}.acme.example` }),
    name => [`domainName '${name}.acme.example'`, 'subjectAlternativeNames']),
  mistake('zone of a certificate: private', fc.stringMatching(/^[a-z]{1,9}\.internal$/), (app, zoneName) => certificate(app, stack => ({
    zone: new route53.PrivateHostedZone(stack, 'private', { zoneName, vpc: vpc(stack) }),
  })), () => ['/private', 'give a public zone']),
  mistake('zone of a certificate: by its ID alone', words('Z1', 'Z2'), (app, id) => certificate(app, stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'id', id) })),
    () => ['domainName is missing', 'fromHostedZoneAttributes']),
  mistake('zone of a certificate: of another account, and not here', words(DEV, PROD), (app, account) => certificate(app, stack => ({
    zone: new route53.PublicHostedZone(new Stack(stack, 'elsewhere', { env: { account, region: 'us-east-1' } }), 'zone', { zoneName: 'acme.example' }),
  })), () => ["/elsewhere/zone'", 'a zone of the account', 'by its id']),
  mistake('zone of a certificate: in a stack without a region', words('zones', 'dns'), (app, id) => certificate(app, {
    zone: new route53.PublicHostedZone(new Stack(app, id), 'zone', { zoneName: 'acme.example' }),
  }), id => [`'${id}/zone'`, 'give that stack a region']),
  mistake('expiryAlarmThreshold: without an alarm', fc.integer({ min: 1, max: 99 }), (app, days) => certificate(app, { expiryAlarmThreshold: Duration.days(days) }),
    days => [`expiryAlarmThreshold of ${days} days`, 'give alarmActions']),
  mistake('expiryAlarmThreshold: not in whole days', fc.integer({ min: 1, max: 23 }), (app, hours) => certificate(app, { alarmActions: [], expiryAlarmThreshold: Duration.hours(hours) }),
    () => ['expiryAlarmThreshold is ', 'give whole days']),
  mistake('alarmActions: of another region', words('us-east-1', 'eu-central-1'), (app, region) => certificate(app, stack => ({
    alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'topic', `arn:aws:sns:${region}:${PROD}:t`))],
  })), region => [`alarmActions has one in ${region}`, 'give actions of eu-west-1']),
  mistake('zone of an AcmCloudFront: in its own stack', fc.stringMatching(/^[a-z]{1,9}\.example$/), (app, zoneName) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    new AcmCloudFront(stack, 'it', { zone: new route53.PublicHostedZone(stack, 'zone', { zoneName }) });
  }, () => ['/zone', 'in a stack of its own']),

  // mail
  mistake('mailFromSubdomain: not one label', words('a.b', 'Bounce', '-bounce', 'bounce-', '', 'a_b'), (app, mailFromSubdomain) => mail(app, { mailFromSubdomain }),
    label => [`mailFromSubdomain '${label}'`, "'bounce'"]),
  mistake('dmarcReportAddress: not an address', words('dmarc', 'dmarc@acme', 'a@b.c,d@e.f', 'mailto:', '@acme.example', ''), (app, dmarcReportAddress) => mail(app, { dmarcReportAddress }),
    address => [`dmarcReportAddress '${address}'`, "'dmarc@acme.example'"]),
  mistake('dmarcPolicy: without a record', [DmarcPolicy.NONE, DmarcPolicy.REJECT], (app, dmarcPolicy) => mail(app, { dmarcPolicy, createDmarcRecord: false }),
    policy => [`dmarcPolicy '${policy}'`, 'createDmarcRecord', 'leave one of them out']),
  mistake('dmarcReportAddress: without a record', words('a@acme.example'), (app, dmarcReportAddress) => mail(app, { dmarcReportAddress, createDmarcRecord: false }),
    address => [`dmarcReportAddress '${address}'`, 'createDmarcRecord']),
  mistake('feedbackTopic: of another region', words('us-east-1', 'eu-central-1'), (app, region) => mail(app, stack => ({
    feedbackTopic: Topic.fromTopicArn(stack, 'topic', `arn:aws:sns:${region}:${PROD}:t`),
  })), region => [`feedbackTopic is in ${region}`, 'a topic of eu-west-1']),
  mistake('domainName of mail: not in its zone', fc.stringMatching(/^[a-z]{1,9}\.test$/), (app, domainName) => mail(app, { domainName }),
    name => [`domainName '${name}' is not in zone 'acme.example'`]),
  mistake('zone of mail: by its ID alone', words('Z1', 'Z2'), (app, id) => mail(app, stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'id', id) })),
    () => ['/id', 'import it by fromHostedZoneAttributes']),

  // sites
  mistake('domainName of a site: without a zone and a certificate', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/), (app, domainName) => site(app, { domainName }),
    name => [`domainName '${name}' has no effect`, 'give a zone']),
  mistake('certificate of a site: without a name', words('us-east-1'), (app, region) => site(app, stack => ({ certificate: imported(stack, region) })),
    () => ['certificate has no effect', 'give domainName']),
  mistake('certificate of a site: of another region', words('eu-west-1', 'us-west-2'), (app, region) => site(app, stack => ({ certificate: imported(stack, region), domainName: 'acme.example' })),
    region => [`certificate is in ${region}`, 'AcmCloudFront']),
  mistake('certificate of a site: in IAM', words('acme', 'acme.example'), (app, name) => site(app, stack => ({
    certificate: AcmCertificate.fromCertificateArn(stack, 'imported', `arn:aws:iam::${PROD}:server-certificate/${name}`), domainName: 'acme.example',
  })), () => ['certificate is in IAM', 'AcmCloudFront']),
  mistake('errorPage: of a single-page app', words('/404.html', '/oops.html'), (app, errorPage) => site(app, { kind: StaticSiteKind.SINGLE_PAGE_APP, errorPage }),
    page => [`errorPage '${page}' has no effect`]),
  mistake('errorPage: without a slash', words('404.html', 'errors/404.html'), (app, errorPage) => site(app, { errorPage }), page => [`errorPage '${page}'`, "'/404.html'"]),
  mistake('defaultRootObject: with a slash', words('/index.html', '/'), (app, defaultRootObject) => site(app, { defaultRootObject }), name => [`defaultRootObject '${name}'`, "'index.html'"]),
  mistake('defaultRootObject: empty', words(''), (app, defaultRootObject) => site(app, { defaultRootObject }), () => ['defaultRootObject is empty', "'index.html'"]),
  mistake('defaultRootObject: not the name of a file', fc.oneof(words('in dex.html', 'index.html?x=1', 'ünder.html'), fc.stringMatching(/^[a-z]{256}$/)),
    (app, defaultRootObject) => site(app, { defaultRootObject }), name => [`defaultRootObject '${name}'`, '255']),
  mistake('webAclId: not a web ACL for CloudFront', words('acme', `arn:aws:wafv2:eu-west-1:${PROD}:regional/webacl/acme/1`, `arn:aws:wafv2:us-east-1:${PROD}:regional/webacl/acme/1`, ''),
    (app, webAclId) => site(app, { webAclId }), arn => [`webAclId '${arn}'`, 'CLOUDFRONT']),
  mistake('noncurrentVersionExpiration: not in whole days', fc.integer({ min: 1, max: 23 }), (app, hours) => site(app, { noncurrentVersionExpiration: Duration.hours(hours) }),
    () => ['noncurrentVersionExpiration is ', 'give whole days']),

  mistake('accessLogRetention: in a region where none are delivered', words('af-south-1', 'eu-south-1', 'me-south-1'), (app, region) => {
    new StaticSite(new Stack(app, 'stack', { env: { account: PROD, region } }), 'it', { accessLogRetention: RetentionDays.ONE_MONTH });
  }, region => [`accessLogRetention cannot be kept in ${region}`, 'leave it out']),

  // secrets
  mistake('encryptionKey of a store: an alias', words('alias/app', 'alias/acme/prod'), (app, name) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    new SecretStore(stack, 'it', { path: '/app', encryptionKey: Alias.fromAliasName(stack, 'alias', name) });
  }, name => [`encryptionKey is the alias '${name}'`, 'give the key itself']),
  mistake('path: a token', [undefined], app => store(app, Fn.ref('Path')), () => ['path is a token', 'give it as a literal']),
  mistake('path: not one', fc.oneof(words('app', '/app/', '/a b', '/', '', '/aws/app', '/ssm', '/a//b', '/ä', '/a/b/c/d/e/f/g/h/i/j/k'), fc.stringMatching(/^\/[a-z]{200}$/)),
    (app, path) => store(app, path), path => [`path '${path}'`, "'/app'"]),
  mistake('secret: not a name', words('/token', 'a b', '', 'a/b/c/d/e/f', 'ä', 'token/'), (app, name) => store(app, '/app').addSecret(name), name => [`secret '${name}'`, "'payments/token'"]),
  mistake('secret: too long', fc.stringMatching(/^[a-z]{509,600}$/), (app, name) => store(app, '/app').addSecret(name), name => [`secret '/app/${name}'`, 'up to 512']),
  mistake('secret: twice', fc.stringMatching(/^[a-z]{1,9}$/), (app, name) => {
    const both = store(app, '/app');
    both.addSecret(name);
    both.addSecret(name);
  }, name => [`secret '/app/${name}' is there already`]),
  mistake('passwordLength: out of range', outside(1, 4096), (app, passwordLength) => store(app, '/app').addSecret('token', { generateSecretString: { passwordLength } }),
    length => ["passwordLength of secret '/app/token'", `is ${length}`, 'from 1 to 4096']),
  mistake('secretStringTemplate or generateStringKey: alone', [{ secretStringTemplate: '{}' }, { generateStringKey: 'password' }],
    (app, generateSecretString) => store(app, '/app').addSecret('token', { generateSecretString }), given => [Object.keys(given)[0], 'give both or none']),
  mistake('description of a secret: too long', fc.integer({ min: 2049, max: 3000 }), (app, length) => store(app, '/app').addSecret('token', { description: 'x'.repeat(length) }),
    length => ["description of secret '/app/token'", String(length), 'up to 2048']),

  // networks
  mistake('addresses: not a block', words('10.1.0.0', '10.1.0.1/16', '10.256.0.0/16', '10.1.0.0/33', '010.1.0.0/16', 'fd00::/56'), (app, cidr) => network(app, { addresses: StageAddresses.cidr(cidr) }),
    cidr => [cidr, "'10.1.0.0/16'"]),
  mistake('addresses: too large or too small', words('10.0.0.0/8', '10.0.0.0/15', '10.0.0.0/25', '10.0.0.0/28'), (app, cidr) => network(app, { addresses: StageAddresses.cidr(cidr) }),
    cidr => [cidr, 'give a /16 to a /24']),
  mistake('availabilityZones of a network: out of range', fc.oneof(outside(1, 5), NO_WHOLE), (app, availabilityZones) => network(app, { availabilityZones }),
    () => ['availabilityZones is ', '1 to 5']),
  mistake('natGateways: more than zones', fc.oneof(outside(0, 2), NO_WHOLE), (app, natGateways) => network(app, { natGateways, availabilityZones: 2 }),
    () => ['natGateways is ', 'from 0 to 2']),
  mistake('interfaceEndpoints: one twice', [ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.SQS],
    (app, service) => network(app, { interfaceEndpoints: [service, service] }), service => [`interfaceEndpoints names '${service.shortName}' twice`]),
  mistake('cidr of an existing network: missing', ['a'], (app, zone) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    Network.fromNetworkAttributes(stack, 'it', { vpc: existingVpc(stack, 'there', [zone]) });
  }, () => ['cidr is missing', '/there']),
  mistake('cidr of an existing network: not a block', words('10.1.0.0', '10.1.0.1/16', 'here'), (app, cidr) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    Network.fromNetworkAttributes(stack, 'it', { vpc: vpc(stack), cidr });
  }, cidr => [`cidr '${cidr}'`, "'10.1.0.0/16'"]),

  // Kubernetes
  mistake('clusterName: not one', fc.oneof(words('-acme', '_acme', 'ac me', 'acme.prod', ''), fc.stringMatching(/^[a-z]{101}$/)), (app, clusterName) => cluster(app, { clusterName }),
    name => [`clusterName '${name}'`, '1 to 100']),
  mistake('version: without Auto Mode', words('1.28', '1.9', 'latest', '2.30', ''), (app, version) => cluster(app, { version: KubernetesVersion.of(version) }), version => [`version '${version}'`, '1.29']),
  mistake('serviceIpv4Cidr: not private', words('8.8.0.0/16', '10.0.0.0/8', '172.20.0.0/25', 'here', '172.20.0.1/16'), (app, serviceIpv4Cidr) => cluster(app, { serviceIpv4Cidr }),
    cidr => [`serviceIpv4Cidr '${cidr}'`, "'172.20.0.0/16'"]),
  mistake('serviceIpv4Cidr: in the VPC', words('10.0.0.0/16', '10.0.16.0/24', '10.0.0.0/12'), (app, serviceIpv4Cidr) => cluster(app, stack => ({ vpc: testVpc(stack, 'it'), serviceIpv4Cidr })),
    cidr => [`serviceIpv4Cidr '${cidr}' overlaps`]),
  mistake('cidrs of an endpoint: not a block', words('192.0.2.1/24', 'here', '192.0.2.0'), (_, cidr) => EndpointAccess.privateAndPublicFrom(cidr), cidr => [`'${cidr}'`, "'192.0.2.0/24'"]),
  mistake('cidrs of an endpoint: everybody', words('0.0.0.0/0'), (_, cidr) => EndpointAccess.privateAndPublicFrom(cidr), cidr => [`'${cidr}'`, 'everybody']),
  mistake('cidrs of an endpoint: empty', [[]], (_, cidrs: string[]) => EndpointAccess.privateAndPublicFrom(...cidrs), () => ['cidrs is empty', 'EndpointAccess.PRIVATE']),
  mistake('kubernetesNamespace: not a name', words('Default', 'a_b', '-a', 'a.b', ''), (app, name) => (cluster(app) as KubernetesCluster).addPodIdentity(name, 'app'),
    name => [`kubernetesNamespace '${name}'`]),
  mistake('serviceAccount: not a name', words('App', 'a_b', '-a', ''), (app, name) => (cluster(app) as KubernetesCluster).addPodIdentity('default', name), name => [`serviceAccount '${name}'`]),
  mistake('serviceAccount: twice', fc.stringMatching(/^[a-z]{1,9}$/), (app, name) => {
    const it = cluster(app) as KubernetesCluster;
    it.addPodIdentity('default', name);
    it.addPodIdentity('default', name);
  }, name => [`serviceAccount '${name}'`, 'has a role already']),
  mistake('vpcSubnets of a Kubernetes cluster: in one zone', [['a']], (app, zones) => cluster(app, stack => ({ vpc: existingVpc(stack, 'narrow', zones) })),
    () => ['vpcSubnets of vpc', '/narrow', 'give a vpc with more']),

  // names that are taken once, in all stages
  mistake('site: twice', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/), (app, domainName) => twoStages(app, stack =>
    new StaticSite(stack, 'site', { domainName, certificate: imported(stack, 'us-east-1') })),
  name => [`domainName '${name}'`, "'acme/stage-0/app-0/site'", "'acme/stage-1/app-1/site'"]),
  mistake('site: twice, of a zone', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/), (app, domainName) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    ['one', 'two'].forEach(id => new StaticSite(stack, id, { domainName, zone: importedZone(stack) }));
  }, name => [`domainName '${name}'`, "/one'", "/two'"]),
  mistake('mail domain: twice in a region', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/), (app, domainName) => twoStages(app, stack =>
    new MailDomain(stack, 'mail', { domainName, zone: existingZone(stack) }), [PROD, PROD]),
  name => [`mail domain '${name}'`, "/app-0/mail'", "/app-1/mail'", 'createDmarcRecord']),
  mistake('mail domain: in two regions, with one set of records', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/), (app, domainName) => twoStages(app, stack =>
    new MailDomain(stack, 'mail', { domainName, zone: existingZone(stack) }), [PROD, PROD], ['eu-west-1', 'us-east-1']),
  name => [`.${name}'`, "/app-0/mail'", "/app-1/mail'", 'mailFromSubdomain', 'createDmarcRecord']),
  mistake('mail domain: in two regions, of a zone whose ID is not known', [true, false], (app, sameLabel) => {
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    const prod = org.addStage('prod', { accountId: PROD });
    const zone = new route53.PublicHostedZone(new Stack(prod, 'zones'), 'zone', { zoneName: 'acme.example' });
    ['eu-west-1', 'us-east-1'].forEach((region, index) => new MailDomain(new Stack(prod, `mail-${region}`, { env: { account: PROD, region } }), 'mail', {
      zone, mailFromSubdomain: sameLabel ? 'bounce' : `bounce-${index}`, createDmarcRecord: sameLabel ? index === 0 : true,
    }));
  }, sameLabel => [sameLabel ? "'bounce.acme.example'" : "'_dmarc.acme.example'", 'mail-eu-west-1', 'mail-us-east-1', 'createDmarcRecord']),
  mistake('clusterName: twice', fc.stringMatching(/^[a-z]{1,9}$/), (app, clusterName) => twoStages(app, stack =>
    new KubernetesCluster(stack, 'cluster', { vpc: vpc(stack), clusterName }), [PROD, PROD]),
  name => [`clusterName '${name}'`, "/app-0/cluster'", "/app-1/cluster'"]),
  mistake('path: twice', fc.stringMatching(/^\/[b-r]{1,9}$/), (app, path) => twoStages(app, stack => new SecretStore(stack, 'store', { path }), [PROD, PROD]),
    path => [`path '${path}'`, "/app-0/store'", "/app-1/store'", 'put them side by side']),
  mistake('path: in another', fc.stringMatching(/^\/[b-r]{1,9}$/), (app, path) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    [path, `${path}/inner`].forEach((each, index) => new SecretStore(stack, `store${index}`, { path: each }));
  }, path => [`path '${path}'`, `path '${path}/inner'`]),
  mistake('roleName: twice', fc.stringMatching(/^[a-z]{1,9}$/), (app, roleName) => twoStages(app, stack => new Role(stack, 'role', {
    roleName: stack.node.id === 'app-0' ? roleName : roleName.toUpperCase(), assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
  }), [PROD, PROD], ['eu-west-1', 'us-east-1']), name => [`roleName '${name}'`, "/app-0/role'", "/app-1/role'"]),
  mistake('bucketName: twice', fc.stringMatching(/^[b-r]{5,9}$/), (app, bucketName) => twoStages(app, stack => new Bucket(stack, 'bucket', { bucketName })),
    name => [`bucketName '${name}'`, "/app-0/bucket'", "/app-1/bucket'"]),
  mistake('record: twice', fc.stringMatching(/^[a-z]{1,9}$/), (app, recordName) => twoStages(app, stack => new route53.CnameRecord(stack, 'record', {
    zone: existingZone(stack, stack.node.id === 'app-0' ? 'Z1' : '/hostedzone/Z1'), recordName, domainName: 'acme.example',
  })), name => [`recordName '${name}.acme.example' of type 'CNAME'`, "/app-0/record'", "/app-1/record'"]),
];

function imported(stack: Stack, region: string) {
  return AcmCertificate.fromCertificateArn(stack, 'imported', `arn:aws:acm:${region}:${PROD}:certificate/1`);
}
