import { App, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { annotation, Mistake, mistake, wordOf } from './mistake';
import {
  AuroraMysql, AuroraPostgres, AuroraPostgresProps, ContainerCluster, ContainerRegistry, MultiAccountOrg,
  MultiAccountOrgProps, Network, RedisEngine, RelationalDatabase, RelationalDatabaseProps, SecretStore, StageAccount,
  StageAddresses, StageDns, StageProfile,
} from '../../src';
import { acmeOfKnownAccounts, AUDIT, DEV, orgProps, PROD, ROOT } from '../orgs';
import { testVpc } from '../services/networks';

const word = wordOf(3, 8);
const { index, cidr } = StageAddresses;

function stackOf(app: App): Stack {
  return new Stack(app, 'services', { env: { account: '222222222222', region: 'eu-west-1' } });
}

function postgres(app: App, props: Partial<AuroraPostgresProps>): void {
  const stack = stackOf(app);
  new AuroraPostgres(stack, 'it', { vpc: testVpc(stack, 'it'), ...props });
}

function database(app: App, props: Partial<RelationalDatabaseProps>): void {
  const stack = stackOf(app);
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });
  new RelationalDatabase(stack, 'it', { vpc: testVpc(stack, 'it'), engine, ...props });
}

const instanceType = new ec2.InstanceType('r6g.large');

const DATABASES: Mistake[] = [
  mistake('capacityAlarmThreshold: of instances', fc.integer({ min: 1, max: 100 }),
    (app, capacityAlarmThreshold) => postgres(app, { instanceType, capacityAlarmThreshold }),
    percent => [`capacityAlarmThreshold is ${percent}`, 'r6g.large', 'leave out one of both']),
  mistake('freeLocalStorageAlarmThreshold: of serverless instances', fc.integer({ min: 1, max: 100 }),
    (app, size) => postgres(app, { freeLocalStorageAlarmThreshold: Size.gibibytes(size) }),
    () => ['freeLocalStorageAlarmThreshold has no effect', 'give instanceType']),
  mistake('replicaLagAlarmThreshold: without readers', fc.integer({ min: 1, max: 100 }),
    (app, seconds) => postgres(app, { readers: 0, replicaLagAlarmThreshold: Duration.seconds(seconds) }),
    () => ['replicaLagAlarmThreshold has no effect', 'give readers']),
  mistake('replicaLagAlarmThreshold: without readReplicas', fc.integer({ min: 1, max: 100 }),
    (app, seconds) => database(app, { replicaLagAlarmThreshold: Duration.seconds(seconds) }),
    () => ['replicaLagAlarmThreshold has no effect', 'give readReplicas']),
  mistake('serverlessV2MinCapacity: of instances', [0.5, 1, 2.5], (app, serverlessV2MinCapacity) => postgres(app, { instanceType, serverlessV2MinCapacity }),
    min => [`serverlessV2MinCapacity is ${min}`, 'r6g.large', 'leave out one of both']),
  mistake('serverlessV2MinCapacity: more than the most', fc.tuple(fc.integer({ min: 5, max: 128 }), fc.integer({ min: 1, max: 4 })),
    (app, [min, max]) => postgres(app, { serverlessV2MinCapacity: min, serverlessV2MaxCapacity: max }),
    ([min, max]) => [`serverlessV2MinCapacity is ${min}`, `serverlessV2MaxCapacity, ${max}`, 'exchange them']),
  mistake('backtrackWindow: more than three days', fc.integer({ min: 73, max: 1000 }), (app, hours) => {
    const stack = stackOf(app);
    new AuroraMysql(stack, 'it', { vpc: testVpc(stack, 'it'), backtrackWindow: Duration.hours(hours) });
  }, hours => [`backtrackWindow is ${hours} hours`, '72']),
  mistake('engine of a RelationalDatabase: one that it has not', [
    rds.DatabaseInstanceEngine.oracleSe2({ version: rds.OracleEngineVersion.VER_19 }),
    rds.DatabaseInstanceEngine.sqlServerEx({ version: rds.SqlServerEngineVersion.VER_16 }),
  ], (app, engine) => database(app, { engine }), ({ engineType }) => [`engine is ${engineType}`, 'give one of postgres']),
  mistake('engine of a RelationalDatabase: without a version', [rds.DatabaseInstanceEngine.POSTGRES, rds.DatabaseInstanceEngine.MYSQL],
    (app, engine) => database(app, { engine }), ({ engineType }) => [`engine is ${engineType} of no version`, `DatabaseInstanceEngine.${engineType}`]),
  mistake('RedisEngine.valkey: not a version', fc.constantFrom('8', '7.1', '6.2', '8.0.1', 'latest'),
    (_, version) => RedisEngine.valkey(version), version => [`version is '${version}'`, '7.2 or newer']),
  mistake('RedisEngine.redisOss: not a version', fc.constantFrom('7', '5.0', '7.1.2', 'x'),
    (_, version) => RedisEngine.redisOss(version), version => [`version is '${version}'`, 'or newer']),
];

function member(app: App, id: string, addresses?: StageAddresses): StageAccount {
  return new MultiAccountOrg(app, 'acme', orgProps()).addStage(id, { accountId: PROD, addresses });
}

function planned(app: App, props: Partial<MultiAccountOrgProps>): void {
  new MultiAccountOrg(app, 'acme', orgProps(props)).addStage('prod', { accountId: PROD, addresses: index(0) });
}

const ADDRESSES: Mistake[] = [
  mistake('addressPool: not a block', ['10.0.0.0', '10.0.0.1/8', '10/8', 'ten'], (app, addressPool) => planned(app, { addressPool }),
    pool => [`addressPool '${pool}'`, "like '10.0.0.0/8'"]),
  mistake('addressPool: smaller than a stage', fc.integer({ min: 17, max: 28 }), (app, length) => planned(app, { addressPool: `10.0.0.0/${length}` }),
    length => [`addressPool '10.0.0.0/${length}'`, 'stagePrefixLength 16', 'give a larger pool']),
  mistake('stagePrefixLength: no network of AWS', fc.oneof(fc.integer({ min: -1, max: 15 }), fc.integer({ min: 29, max: 40 }), fc.constant(16.5)),
    (app, stagePrefixLength) => planned(app, { stagePrefixLength }), length => [`stagePrefixLength ${length}`, 'give a whole number from 16 to 28']),
  mistake('addresses of a stage: those of another stage', word, (app, id) => {
    const prod = member(app, id, index(1));
    new MultiAccountOrg(app, 'other', orgProps({ managementAccountId: AUDIT, email: 'aws@other.example' }))
      .addStage('dev', { accountId: DEV, addresses: prod.addresses });
  }, id => [`are those of stage '${id}'`, 'StageAddresses.index(1)']),
  mistake('addresses in a region: those of another stage', word, (app, id) => {
    const prod = member(app, id, index(1));
    new Network(new Stack(prod, 'stack'), 'network', { addresses: cidr('10.7.0.0/16').forRegion('eu-central-1', prod.addresses) });
  }, id => [`are those of stage '${id}'`, "StageAddresses.cidr('10.1.0.0/16')"]),
  mistake('addresses in a region: twice', ['eu-central-1', 'us-west-2'],
    (app, region) => member(app, 'prod', index(1).forRegion(region, index(2)).forRegion(region, index(3))),
    region => [`in '${region}'`, 'are given twice']),
  mistake('addresses in a region: with regions of their own', ['eu-central-1', 'us-west-2'],
    (app, region) => member(app, 'prod', index(1).forRegion(region, index(2).forRegion('us-east-1', index(3)))),
    region => [`in '${region}'`, 'give each region by a forRegion of the first']),
  mistake('addresses in a region: that of the stage', fc.nat(100).filter(at => at !== 1),
    (app, at) => member(app, 'prod', index(1).forRegion('eu-west-1', index(at))), () => ["in 'eu-west-1'", 'give them first, without forRegion']),
  mistake('Network: addresses of regions in a stack of no region', word, (app, id) =>
    new Network(new Stack(app, id), 'network', { addresses: cidr('10.1.0.0/16').forRegion('eu-central-1', cidr('10.2.0.0/16')) }),
  () => ['addresses are of named regions', 'give the stack its region']),
  mistake('Network: addresses that are a token', [0], app =>
    new Network(new Stack(app, 'stack'), 'network', { addresses: cidr(Lazy.string({ produce: () => '10.1.0.0/16' })) }),
  () => ['addresses are a token', 'give a literal']),
  mistake('Network: the addresses of a stage that has none', word, (app, id) => {
    const stage = member(app, id);
    new Network(new Stack(stage, 'stack'), 'network', { addresses: stage.addresses });
  }, id => [`stage '${id}' has no addresses`, 'give addresses']),
  mistake('Network: the addresses of a stage that has none in the region', word, (app, id) => {
    const stage = member(app, id, index(1).forRegion('us-west-2', index(2)));
    new Network(new Stack(stage, 'stack', { env: { account: PROD, region: 'eu-central-1' } }), 'network', { addresses: stage.addresses });
  }, id => [`stage '${id}' has no addresses in 'eu-central-1'`, 'forRegion']),
  annotation('availabilityZones: more than are known', [3], (app, availabilityZones) =>
    new Network(new Stack(app, 'stack'), 'network', { addresses: cidr('10.1.0.0/16'), availabilityZones }),
  zones => [`availabilityZones is ${zones}`, 'give the stack an account and a region']),
];

const OTHERS: Mistake[] = [
  mistake('stage: the name of another construct', word, (app, id) => {
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    new Construct(org, id);
    org.addStage(id, { accountId: PROD });
  }, id => [`stage '${id}' has the name of a Construct`, 'give one of them another']),
  mistake('domainName of a StageDns: empty', [''], (app, domainName) => new StageDns(stackOf(app), 'dns', { domainName }),
    () => ['domainName is missing', "give a domain like 'acme.example'"]),
  mistake('parentDomainName: beside parentHostedZoneId', word, (app, id) => new StageDns(stackOf(app), 'dns', {
    domainName: `prod.${id}.example`,
    parentDomainName: `${id}.example`,
    parentHostedZoneId: 'Z0123456789',
    delegationRoleArn: `arn:aws:iam::${ROOT}:role/delegation`,
  }), id => [`parentDomainName '${id}.example'`, 'leave one out']),
  annotation('hosted zone: nobody delegates to it', word, (app, name) => {
    const { org, prod } = acmeOfKnownAccounts(undefined, app);
    org.addDomain('acme.example', { stages: [prod] });
    new route53.PublicHostedZone(new Stack(prod, 'zones'), 'zone', { zoneName: `${name}.prod.acme.example` });
  }, name => [`hosted zone '${name}.prod.acme.example'`, 'enter its name servers']),
  annotation('storedIn: a stage of another profile', [StageProfile.PRODUCTION, StageProfile.STAGING], (app, profile) => {
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    org.addAuditTrail({ storedIn: org.addStage('logs', { accountId: AUDIT, profile }) });
  }, profile => [`storedIn is 'logs' with profile '${profile.name}'`, 'StageProfile.AUDIT']),
  annotation('pullAccounts: of a registry that goes', ['555555555555'], (app, account) => {
    const { testing } = {
      testing: new StageAccount(app, 'testing', {
        accountId: DEV, managementAccountId: ROOT, namespace: 'acme', region: 'eu-west-1', profile: StageProfile.TESTING,
      }),
    };
    new ContainerRegistry(new Stack(testing, 'images'), 'registry', { repositoryNames: ['web'], pullAccounts: [account] });
  }, () => ["profile 'testing'", 'give removalPolicy RETAIN']),
  mistake('pullAccounts: a token', [0], app =>
    new ContainerRegistry(stackOf(app), 'registry', { repositoryNames: ['web'], pullAccounts: [new Stack(app, 'other').account] }),
  () => ['pullAccounts has a token', 'give 12 digits']),
  annotation('pullAccounts: an account that does not exist yet', ['000000000000'], (app, account) =>
    new ContainerRegistry(stackOf(app), 'registry', { repositoryNames: ['web'], pullAccounts: [account] }),
  () => ['pullAccounts has an account that does not exist yet', 'deploy what creates it first']),
  annotation('service: no way to images', word, (app, id) => {
    const stack = stackOf(app);
    const vpc = new ec2.Vpc(stack, 'vpc', { natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    new ContainerCluster(stack, id, { vpc }).addService('web', { image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx') });
  }, id => [`vpcSubnets of 'services/${id}`, 'NAT gateway']),
  mistake('grantRead of a secret: a role of another account', word, (app, id) => {
    const { prod, dev } = acmeOfKnownAccounts(undefined, app);
    const store = new SecretStore(new Stack(prod, 'secrets'), id);
    store.grantRead(new iam.Role(new Stack(dev, 'roles'), 'role', { roleName: 'reader', assumedBy: new iam.AccountPrincipal(DEV) }));
  }, id => [`'acme/prod/secrets/${id}`, `account '${DEV}'`]),
];

export const COMBINATION_MISTAKES: Mistake[] = [...DATABASES, ...ADDRESSES, ...OTHERS];
