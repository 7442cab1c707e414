import { App, Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import * as fc from 'fast-check';
import { Mistake, mistake } from './mistake';
import {
  AuroraMysql, AuroraMysqlProps, AuroraPostgres, AuroraPostgresProps, MailDomain, Redis, RedisEngine, RedisProps,
  RelationalDatabase, RelationalDatabaseProps, SearchDomain, SearchDomainProps, StaticSite,
} from '../../src';
import { classesAt } from '../../src/support/aws-data';
import { CLASSES, REGIONS, TAKEN } from '../../src/support/aws-tables';
import { testVpc } from '../services/networks';

const ALL_REGIONS = REGIONS.split(' ');
const NO_REGION_OF_SES = ['ap-east-1', 'ap-east-2', 'ap-southeast-4', 'ap-southeast-6', 'ap-southeast-7', 'eu-south-2', 'mx-central-1', 'cn-north-1'];
const NO_REGION_OF_CLOUDFRONT = ['us-gov-east-1', 'us-gov-west-1', 'cn-north-1', 'cn-northwest-1'];

function stackIn(app: App, region = 'eu-west-1'): Stack {
  return new Stack(app, 'services', { env: { account: '222222222222', region } });
}

interface Place {
  readonly region: string;
  readonly type: string;
}

/** Types that a fleet has somewhere, each with a region that lacks it. */
function missing(fleet: string, types = /./): fc.Arbitrary<Place> {
  const has = (region: string) => classesAt(stackIn(new App(), region), { name: fleet });
  const everywhere = CLASSES[fleet].split(' ').map(family => family.split('=')[0]).filter(family => types.test(family) && /\d/.test(family));
  return fc.record({ region: fc.constantFrom(...ALL_REGIONS), family: fc.constantFrom(...everywhere), size: fc.constantFrom('large', 'xlarge', '2xlarge') })
    .map(({ region, family, size }) => ({ region, type: `${family}.${size}` }))
    .filter(({ region, type }) => has(region)?.has(type) === false);
}

const says = (property: string, { region, type }: Place) => [`${property} is '${type}'`, region, TAKEN, `'${type}'`, 'availableInAws'];

const POSTGRES = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });

function database(app: App, props: Partial<RelationalDatabaseProps>, region?: string): void {
  const stack = stackIn(app, region);
  new RelationalDatabase(stack, 'it', { vpc: testVpc(stack, 'it'), engine: POSTGRES, ...props });
}

function postgres(app: App, props: Partial<AuroraPostgresProps>, region?: string): void {
  const stack = stackIn(app, region);
  new AuroraPostgres(stack, 'it', { vpc: testVpc(stack, 'it'), ...props });
}

function mysql(app: App, props: Partial<AuroraMysqlProps>, region?: string): void {
  const stack = stackIn(app, region);
  new AuroraMysql(stack, 'it', { vpc: testVpc(stack, 'it'), ...props });
}

function redis(app: App, props: Partial<RedisProps>, region?: string): void {
  const stack = stackIn(app, region);
  new Redis(stack, 'it', { vpc: testVpc(stack, 'it'), ...props });
}

function search(app: App, props: Partial<SearchDomainProps>, region?: string): void {
  const stack = stackIn(app, region);
  new SearchDomain(stack, 'it', { vpc: testVpc(stack, 'it'), ...props });
}

const type = (name: string) => new InstanceType(name);
const auroraPostgres = (version: string) => rds.AuroraPostgresEngineVersion.of(version, version.split('.')[0]);
const auroraMysql = (version: string) => rds.AuroraMysqlEngineVersion.of(version, version.slice(0, 3));
const futureMinor = fc.integer({ min: 60, max: 99 });

/** What AWS does not have: in a region, of an engine, or of a version. */
const UNAVAILABLE: Mistake[] = [
  mistake('instanceType of RelationalDatabase: not in the region', missing('postgres', /^[cmrtxz]\d/),
    (app, place) => database(app, { instanceType: type(place.type) }, place.region),
    place => says('instanceType', place)),
  mistake('instanceType of RelationalDatabase: nowhere',
    fc.tuple(fc.constantFrom('m', 'r', 't'), fc.integer({ min: 20, max: 99 })).map(([purpose, generation]) => `${purpose}${generation}g.large`),
    (app, name) => database(app, { instanceType: type(name) }),
    name => [`instanceType is '${name}'`, 'RDS for postgres 16', `list 'db.${name}' in the context key`]),
  mistake('instanceType of RelationalDatabase: not of the version', ['m7g.large', 'r8g.xlarge', 'm8g.2xlarge'],
    (app, name) => database(app, {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_12_22 }),
      instanceType: type(name),
    }),
    name => [`instanceType is '${name}'`, 'RDS for postgres 12.22', 'give another type, such as']),
  mistake('instanceType of RelationalDatabase: with the affix', ['db.m7g.large', 'db.t4g.micro'],
    (app, name) => database(app, { instanceType: type(name) }),
    name => [`instanceType is '${name}'`, 'without \'db.\'']),
  mistake('instanceType of AuroraPostgres: not in the region', missing('aurora-postgresql', /^[rtx]\d/),
    (app, place) => postgres(app, { instanceType: type(place.type) }, place.region),
    place => says('instanceType', place)),
  mistake('instanceType of AuroraMysql: not in the region', missing('aurora-mysql', /^[rtx]\d/),
    (app, place) => mysql(app, { instanceType: type(place.type) }, place.region),
    place => says('instanceType', place)),
  mistake('nodeType: not in the region', missing('elasticache', /^[cmrt]\d/),
    (app, place) => redis(app, { nodeType: type(place.type) }, place.region),
    place => says('nodeType', place)),
  mistake('nodeType: with the affix', ['cache.m7g.large', 'cache.t4g.micro'],
    (app, name) => redis(app, { nodeType: type(name) }),
    name => [`nodeType is '${name}'`, 'without \'cache.\'']),
  mistake('dataNodeInstanceType: not in the region', missing('opensearch', /^([cimrt]|im|o[imr])\d/),
    (app, place) => search(app, { dataNodeInstanceType: type(place.type) }, place.region),
    place => says('dataNodeInstanceType', place)),
  mistake('masterNodeInstanceType: not in the region', missing('opensearch', /^([cimrt]|im|o[imr])\d/),
    (app, place) => search(app, { masterNodes: 3, masterNodeInstanceType: type(place.type) }, place.region),
    place => says('masterNodeInstanceType', place)),
  mistake('dataNodeInstanceType: without EBS volumes', ['i3.large', 'i4i.xlarge', 'r6gd.large', 'im4gn.large'],
    (app, name) => search(app, { dataNodeInstanceType: type(name) }),
    name => [`dataNodeInstanceType is '${name}'`, 'no EBS volumes', 'give a type such as']),
  mistake('dataNodeInstanceType: without encryption', ['m3.large', 'r3.xlarge', 't2.medium'],
    (app, name) => search(app, { dataNodeInstanceType: type(name) }),
    name => [`dataNodeInstanceType is '${name}'`, 'cannot be encrypted', 'give a type such as']),
  mistake('dataNodeInstanceType: with the affix', ['m7g.large.search', 't3.small.search'],
    (app, name) => search(app, { dataNodeInstanceType: type(name) }),
    name => [`dataNodeInstanceType is '${name}'`, 'without \'.search\'']),
  mistake('engine: a version of PostgreSQL that is none',
    fc.tuple(fc.integer({ min: 12, max: 18 }), futureMinor).map(([major, minor]) => `${major}.${minor}`),
    (app, version) => database(app, { engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of(version, version.split('.')[0]) }) }),
    version => [`engine is '${version}'`, 'postgres', TAKEN, `list 'postgres ${version}' in the context key`]),
  mistake('engine: a version of MySQL that is none', fc.oneof(fc.constantFrom('8', '9.7', '8.0.14'), futureMinor.map(minor => `8.0.${minor}`)),
    (app, version) => database(app, { engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.of(version, '8.0') }) }),
    version => [`engine is '${version}'`, 'mysql', `list 'mysql ${version}' in the context key`]),
  mistake('engine: a version of MariaDB that is none', fc.oneof(fc.constantFrom('10', '10.7', '10.11.2'), futureMinor.map(minor => `11.4.${minor}`)),
    (app, version) => database(app, { engine: rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.of(version, '10.11') }) }),
    version => [`engine is '${version}'`, 'mariadb', `list 'mariadb ${version}' in the context key`]),
  mistake('version of AuroraPostgres: none', fc.oneof(fc.constantFrom('19.1', '16.8.1'), futureMinor.map(minor => `16.${minor}`)),
    (app, version) => postgres(app, { version: auroraPostgres(version) }),
    version => [`version is '${version}'`, 'aurora-postgresql', `list 'aurora-postgresql ${version}' in the context key`]),
  mistake('version of AuroraMysql: none', fc.oneof(fc.constantFrom('8.0.36', '3.10.1'), futureMinor.map(minor => `8.0.mysql_aurora.3.${minor}.0`)),
    (app, version) => mysql(app, { version: auroraMysql(version) }),
    version => [`version is '${version}'`, 'aurora-mysql', `list 'aurora-mysql ${version}' in the context key`]),
  mistake('engine of Redis: a version of Valkey that is none', fc.oneof(fc.constantFrom('7.9', '8.3'), futureMinor.map(minor => `8.${minor}`)),
    (app, version) => redis(app, { engine: RedisEngine.valkey(version) }),
    version => [`engine is '${version}'`, 'valkey', `list 'valkey ${version}' in the context key`]),
  mistake('engine of Redis: a version of Redis OSS that is none', ['6.3', '7.2', '7.4', '8.0'],
    (app, version) => redis(app, { engine: RedisEngine.redisOss(version) }),
    version => [`engine is '${version}'`, 'redis', `list 'redis ${version}' in the context key`]),
  mistake('serverlessV2MaxCapacity: more than the version of PostgreSQL scales to',
    fc.tuple(fc.constantFrom('13.9', '14.6', '14.9', '15.4'), fc.integer({ min: 257, max: 512 }).map(halves => halves / 2)),
    (app, [version, max]) => postgres(app, { version: auroraPostgres(version), serverlessV2MaxCapacity: max }),
    ([version, max]) => [`serverlessV2MaxCapacity is ${max}`, `version '${version}'`, 'give 128 or less']),
  mistake('serverlessV2MaxCapacity: more than the version of MySQL scales to', ['3.04.0', '3.04.6', '3.05.2'],
    (app, version) => mysql(app, { version: auroraMysql(`8.0.mysql_aurora.${version}`), serverlessV2MaxCapacity: 256 }),
    version => ['serverlessV2MaxCapacity is 256', `mysql_aurora.${version}'`, 'give 128 or less']),
  mistake('serverlessV2MinCapacity: more than the version scales to', fc.integer({ min: 257, max: 512 }).map(halves => halves / 2),
    (app, min) => postgres(app, { version: auroraPostgres('13.9'), serverlessV2MinCapacity: min }),
    min => [`serverlessV2MinCapacity is ${min}`, 'give 128 or less']),
  mistake('serverlessV2MinCapacity: zero, of a version that cannot pause', ['13.9', '15.6', '16.2'],
    (app, version) => postgres(app, { version: auroraPostgres(version), serverlessV2MinCapacity: 0 }),
    () => ['serverlessV2MinCapacity is 0', 'give 0.5 or more']),
  mistake('serverlessV2MaxCapacity: out of range, or no half', fc.oneof(fc.integer({ min: 257, max: 9999 }), fc.integer({ min: 1, max: 255 }).map(whole => whole + 0.25)),
    (app, max) => postgres(app, { serverlessV2MaxCapacity: max }),
    max => [`serverlessV2MaxCapacity is ${max}`, 'from 1 to 256 in steps of 0.5']),
  mistake('version of Aurora: without serverless instances', ['11.9', '11.21', '12.9', '12.22'],
    (app, version) => postgres(app, { version: auroraPostgres(version) }),
    version => [`version is '${version}'`, 'give instanceType, or a newer version']),
  mistake('version of AuroraMysql: without serverless instances', ['2.11.1', '2.12.6'],
    (app, version) => mysql(app, { version: auroraMysql(`5.7.mysql_aurora.${version}`) }),
    version => [`mysql_aurora.${version}'`, 'give instanceType, or a newer version']),
  mistake('region of MailDomain: without SES', NO_REGION_OF_SES,
    (app, region) => {
      const stack = stackIn(app, region);
      const zone = HostedZone.fromHostedZoneAttributes(stack, 'zone', { hostedZoneId: 'Z1', zoneName: 'acme.example' });
      new MailDomain(stack, 'it', { zone });
    },
    region => ['\'services\'', `'${region}'`, 'AWS::SES::EmailIdentity', 'use another region']),
  mistake('region of StaticSite: without CloudFront', NO_REGION_OF_CLOUDFRONT,
    (app, region) => new StaticSite(stackIn(app, region), 'it'),
    region => ['\'services\'', `'${region}'`, 'AWS::CloudFront::OriginAccessControl', 'use another region']),
];

export const DATA_MISTAKES: Mistake[] = [...UNAVAILABLE];
