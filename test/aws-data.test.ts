import { readFileSync } from 'fs';
import { join } from 'path';
import { Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as newest from 'aws-cdk-lib-newest/aws-rds';
import * as fc from 'fast-check';
import { FLAGS, look, validates } from './nag';
import { testApp } from './orgs';
import { AuroraMysql, AuroraPostgres, Redis, RelationalDatabase, SearchDomain } from '../src';
import { ALL_REGIONS, regionsOf } from './regions/judged';
import { testVpc } from './services/networks';
import { checkEngineVersion, checkTypeExists, classesAt } from '../src/support/aws-data';
import { CLASSES, FARGATE, MISSING_TYPES, REGIONS_WITH_TYPES, TAKEN, VERSIONS } from '../src/support/aws-tables';

jest.setTimeout(120_000);

const KEY = 'cdk-multi-account-org:availableInAws';
const FLEETS = Object.keys(CLASSES);
const POSTGRES = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });

function stackIn(region?: string, context = {}): Stack {
  return new Stack(testApp(context), 'services', { env: { account: '222222222222', region } });
}

/** Every class of each fleet that any region has. */
const EVERYWHERE = Object.fromEntries(FLEETS.map(name =>
  [name, [...new Set(ALL_REGIONS.flatMap(region => [...classesAt(stackIn(region), { name }) ?? []]))]]));

const { CompositeEngine, TemplateContent } = jest.requireActual(
  join(__dirname, '../node_modules/aws-cdk-lib-newest/node_modules/@aws/cloudformation-validate'));
let engine: any;
beforeAll(() => engine = new CompositeEngine());

/** Which of some resources the validator of the newest CDK refuses in a region, by some of its rules. */
function refused(region: string, resources: object[], rules: string[]): Set<number> {
  // a template takes 500
  const parts = Array.from({ length: Math.ceil(resources.length / 400) }, (_, part) => part * 400);
  return new Set(parts.flatMap(first => {
    const Resources = Object.fromEntries(resources.slice(first, first + 400).map((resource, index) => [`R${first + index}`, resource]));
    const { diagnostics } = engine.validateTemplate(new TemplateContent(JSON.stringify({ Resources })), {
      detailLevel: 'STANDARD', pseudoParameterOverrides: { region },
    });
    return diagnostics.filter(({ ruleId }: any) => rules.includes(ruleId))
      .map((found: any) => Number(/"R(\d+)"/.exec(JSON.stringify(found))![1]));
  }));
}

const withClass: Record<string, (name: string) => object> = {
  elasticache: name => ({ Type: 'AWS::ElastiCache::CacheCluster', Properties: { Engine: 'redis', NumCacheNodes: 1, CacheNodeType: `cache.${name}` } }),
  opensearch: name => ({ Type: 'AWS::OpenSearchService::Domain', Properties: { ClusterConfig: { InstanceType: `${name}.search` } } }),
};
const databaseOf = (Engine: string) => (name: string) => ({ Type: 'AWS::RDS::DBInstance', Properties: { Engine, DBInstanceClass: `db.${name}` } });

describe('what the validator of the newest CDK knows', () => {
  // the families and types that the table has and version 1.14.0 of the validator does not yet
  const NEWER = /^[mr]8a\./;
  const NEWER_TYPES = /^AWS::ECS::Gateway/;

  test.each(ALL_REGIONS)('classes in %s: the same', region => {
    for (const name of FLEETS) {
      const all = fc.sample(fc.constantFrom(...EVERYWHERE[name].filter(each => !NEWER.test(each))), 20);
      const has = classesAt(stackIn(region), { name });
      const theirs = refused(region, all.map(withClass[name] ?? databaseOf(name)), ['E3025', 'E3653', 'E3647']);
      expect([name, all.filter((each, index) => has && has.has(each) === theirs.has(index))]).toEqual([name, []]);
    }
  });

  test('versions: it refuses none that the table has, but those that are newer', () => {
    const theirs = Object.keys(VERSIONS).flatMap(name => {
      const cache = name === 'redis' || name === 'valkey';
      const versions = VERSIONS[name].split('|').flatMap(list => list.split(' ')).filter(version => version !== '');
      const resources = versions.map(EngineVersion => cache
        ? { Type: 'AWS::ElastiCache::CacheCluster', Properties: { Engine: name, EngineVersion, NumCacheNodes: 1, CacheNodeType: 'cache.t4g.micro' } }
        : { Type: name.startsWith('aurora') ? 'AWS::RDS::DBCluster' : 'AWS::RDS::DBInstance', Properties: { Engine: name, EngineVersion } });
      return [...refused('us-east-1', resources, ['E9006', 'E3691', 'E3690'])].map(index => `${name} ${versions[index]}`);
    });
    expect(theirs).toEqual([
      'aurora-mysql 8.0.mysql_aurora.3.10.6', 'postgres 11.22-rds.20260514', 'postgres 12.22-rds.20260514', 'postgres 13.23-rds.20260514',
    ]);
  });

  test('Fargate: the same combinations of cpu and memory', () => {
    const all = Object.values(FARGATE).flat();
    for (const cpu of Object.keys(FARGATE)) {
      const tasks = all.map(memory => ({
        Type: 'AWS::ECS::TaskDefinition',
        Properties: { Cpu: cpu, Memory: String(memory), RequiresCompatibilities: ['FARGATE'], NetworkMode: 'awsvpc', ContainerDefinitions: [] },
      }));
      const theirs = refused('us-east-1', tasks, ['E3047']);
      const different = all.filter((memory, index) => FARGATE[cpu].includes(memory) === theirs.has(index));
      expect([cpu, different]).toEqual([cpu, []]);
    }
  });

  test('types: the same are missing in each region', () => {
    const types = Object.keys(MISSING_TYPES);
    const different = regionsOf(REGIONS_WITH_TYPES).flatMap(region => {
      const theirs = refused(region, types.map(Type => ({ Type, Properties: {} })), ['F3006']);
      return types.filter((type, index) => regionsOf(MISSING_TYPES[type]).includes(region) !== theirs.has(index));
    });
    expect([...new Set(different)].filter(type => !NEWER_TYPES.test(type))).toEqual([]);
  });
});

describe('what is public is accepted', () => {
  /** Versions that the newest CDK has and does not mark as deprecated. */
  function current(file: string, property: string, kind: object): string[] {
    const declared = readFileSync(join(__dirname, `../node_modules/aws-cdk-lib-newest/aws-rds/lib/${file}.d.ts`), 'utf8');
    const marked = declared.matchAll(/@deprecated[^/]*\*\/\s+static readonly (VER_\w+)/g);
    const deprecated = [...marked].map(([, member]) => member);
    return Object.entries(kind).filter(([member]) => member.startsWith('VER_') && !deprecated.includes(member))
      .map(([, version]) => version[property]);
  }

  const OF_CDK: Array<[string, string[]]> = [
    ['postgres', current('instance-engine', 'postgresFullVersion', newest.PostgresEngineVersion)],
    ['mysql', current('instance-engine', 'mysqlFullVersion', newest.MysqlEngineVersion)],
    ['mariadb', current('instance-engine', 'mariaDbFullVersion', newest.MariaDbEngineVersion)],
    ['aurora-postgresql', current('cluster-engine', 'auroraPostgresFullVersion', newest.AuroraPostgresEngineVersion)],
    ['aurora-mysql', current('cluster-engine', 'auroraMysqlFullVersion', newest.AuroraMysqlEngineVersion)],
  ];

  test('versions of databases in the newest CDK', () => {
    const stack = stackIn('eu-west-1');
    const all = OF_CDK.flatMap(([name, versions]) => versions.map(version => ({ name, version })));
    expect(all.length).toBeGreaterThan(200);
    const unknown = all.filter(fleet => errorOf(() => checkEngineVersion(stack, 'version', fleet)).length > 0);
    // AWS has taken these away, and the CDK has not marked them
    expect(unknown.filter(({ name, version }) => !/^(mysql 5\.[56]|mariadb 10\.[01])\./.test(`${name} ${version}`))).toEqual([]);
  });

  test('a version that AWS has taken away and the CDK has is warned of, as one that the CDK has before the data', () => {
    const stack = stackIn('eu-west-1');
    checkEngineVersion(stack, 'engine', { name: 'mysql', version: '5.6.34' }, rds.MysqlEngineVersion);
    checkEngineVersion(stack, 'engine', { name: 'mysql', version: '9.99.1' }, { VER_9_99_1: { mysqlFullVersion: '9.99.1' } });
    for (const version of ['5.6.34', '9.99.1']) {
      Annotations.fromStack(stack).hasWarning('/services', Match.stringLikeRegexp(`engine is '${version}', with which AWS creates nothing new`));
    }
    expect(() => checkEngineVersion(stack, 'engine', { name: 'mysql', version: '9.99.2' }, rds.MysqlEngineVersion)).toThrow('9.99.2');
  });

  test('types of instances, a service each', () => {
    const stack = stackIn('us-east-1');
    const vpc = testVpc(stack, 'it');
    const define: Record<string, (id: string, type: InstanceType) => void> = {
      'postgres': (id, instanceType) => new RelationalDatabase(stack, id, { vpc, engine: POSTGRES, instanceType }),
      'aurora-postgresql': (id, instanceType) => new AuroraPostgres(stack, id, { vpc, instanceType }),
      'aurora-mysql': (id, instanceType) => new AuroraMysql(stack, id, { vpc, instanceType }),
      'elasticache': (id, nodeType) => new Redis(stack, id, { vpc, nodeType }),
      'opensearch': (id, dataNodeInstanceType) => new SearchDomain(stack, id, { vpc, dataNodeInstanceType }),
    };
    // current generations: the CDK has errors of its own for some of the older ones
    const types = Object.keys(define).flatMap(fleet => [...classesAt(stack, { name: fleet })!]
      .filter(name => /^([cmr][6-9]|t4g|t3\.)/.test(name) && !/^\w+gd/.test(name)).filter((_, index) => index % 2 === 0)
      .map(name => ({ fleet, name })));
    expect(types.length).toBeGreaterThan(200);
    expect(types.flatMap(({ fleet, name }) => errorOf(() => define[fleet](`${fleet}-${name}`, new InstanceType(name))))).toEqual([]);
  });
});

function errorOf(act: () => void): string[] {
  try {
    act();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

describe('what the data do not know', () => {
  const define = (stack: Stack, name: string, engineOfIt = POSTGRES) =>
    new RelationalDatabase(stack, 'it', { vpc: testVpc(stack, 'it'), engine: engineOfIt, instanceType: new InstanceType(name) });
  const UNKNOWN = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('16.99', '16') });

  test('is told with its date and two ways out', () => {
    expect(() => define(stackIn('ca-west-1'), 'm7g.large')).toThrow(
      `instanceType is 'm7g.large', which RDS for postgres 16 does not have in ca-west-1, according to AWS's data of ${TAKEN}: give another type, `
      + `such as 'm6g.large', or, if AWS has it by now, list 'db.m7g.large' in the context key '${KEY}'`);
  });

  test.each([
    ['a list', ['db.m99g.large', 'db.m7g.large', 'AWS::SES::EmailIdentity', 'postgres 16.99']],
  ])('is accepted if the context key has it in %s', (_, names) => {
    const context = { [KEY]: names };
    define(stackIn('ca-west-1', context), 'm7g.large');
    define(stackIn('eu-west-1', context), 'm99g.large');
    define(stackIn('eu-west-1', context), 'm7g.large', UNKNOWN);
    checkTypeExists(stackIn('ap-east-1', context), 'AWS::SES::EmailIdentity');
    expect(() => define(stackIn('ca-west-1', context), 'm7g.xlarge')).toThrow('m7g.xlarge');
  });

  test('is accepted if the context key is one name, as `-c` of the CLI gives it', () => {
    define(stackIn('ca-west-1', { [KEY]: 'db.m7g.large' }), 'm7g.large');
  });

  test('is not judged in a stack without a region, of a region that the data do not have, or of a token', () => {
    define(stackIn(), 'm99g.large');
    define(stackIn('eu-nowhere-1'), 'm99g.large');
    checkTypeExists(stackIn(), 'AWS::SES::EmailIdentity');
    checkTypeExists(stackIn('eu-nowhere-1'), 'AWS::SES::EmailIdentity');
    define(stackIn('eu-west-1'), Lazy.string({ produce: () => 'm99g.large' }));
    checkEngineVersion(stackIn('eu-west-1'), 'version', { name: 'postgres', version: Lazy.string({ produce: () => '99' }) });
  });

  test('is told with their age, once they are older than half a year', () => {
    const later = new Date(Date.parse(TAKEN) + 200 * 24 * 3600 * 1000);
    jest.useFakeTimers({ now: later, doNotFake: ['nextTick', 'setImmediate'] });
    try {
      expect(() => define(stackIn('ca-west-1'), 'm7g.large')).toThrow(`AWS's data of ${TAKEN}, which are 200 days old: give another type`);
    } finally {
      jest.useRealTimers();
    }
  });
});

test('a version that AWS has deprecated is warned of: the database may exist already, and have been upgraded', () => {
  const stack = stackIn('eu-west-1');
  const version = rds.AuroraPostgresEngineVersion.VER_16_3;
  new AuroraPostgres(stack, 'it', { vpc: testVpc(stack, 'it'), version });
  Annotations.fromStack(stack).hasWarning('/services/it', Match.stringLikeRegexp('version is \'16.3\', with which AWS creates nothing new of aurora-postgresql'));
});

test.each([
  ['16', '16.8', '12.22-rds.20250220'], ['16.R1', '16.8.R2', '16.8.R2.20260101'],
])('a version of PostgreSQL may be a major one, or name a patch: %s, %s, %s', (...versions) => {
  const stack = stackIn('eu-west-1');
  versions.forEach(version => checkEngineVersion(stack, 'version', { name: 'postgres', version }));
});

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
test.each([
  ['8.0', rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_0 })],
  ['10.11', rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_10_11 })],
])('a major version, %s, is one that RDS takes: neither the library nor the CDK finds fault with it', (version, engineOfIt) => {
  const app = testApp(FLAGS);
  const stack = new Stack(app, 'services', { env: { account: '222222222222', region: 'eu-west-1' } });
  const { instance } = new RelationalDatabase(stack, 'it', { vpc: testVpc(stack, 'it'), engine: engineOfIt });
  expect((instance.node.defaultChild as rds.CfnDBInstance).engineVersion).toBe(version);
  if (validates) {
    expect(look(app).violations.filter(violation => violation.includes('E9006'))).toEqual([]);
  }
});
