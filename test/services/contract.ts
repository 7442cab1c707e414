import { App, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StageAccount, StageProfile } from '../../src';
import { acceptances, Context, FLAGS, Look, look, validates } from '../nag';
import { Resource, Synthesized, testApp } from '../orgs';

// what every service promises, whatever it is; a service of a consumer can be held to it just as well

/** Defines one service in a stack, with whatever it needs there. */
export type Define = (stack: Stack, id: string) => void;

export const PROFILES: Record<string, StageProfile> = {
  production: StageProfile.PRODUCTION,
  staging: StageProfile.STAGING,
  development: StageProfile.DEVELOPMENT,
  testing: StageProfile.TESTING,
  audit: StageProfile.AUDIT,
  root: StageProfile.ROOT,
};

export const REGION = 'eu-west-1';

/** A stack in a stage of a profile, in an account that exists. */
export function stackIn(profile: StageProfile, app: App = testApp()): Stack {
  const index = Object.values(PROFILES).indexOf(profile);
  const stage = new StageAccount(app, `in-${profile.name}`, {
    accountId: String(222222222222 + index), managementAccountId: '111111111111', namespace: 'acme', region: REGION, profile,
  });
  return new Stack(stage, 'services');
}

/** The template of one service in a profile. */
export function templateIn(profile: StageProfile, define: Define): Template {
  const stack = stackIn(profile);
  define(stack, 'it');
  return Template.fromStack(stack);
}

/** One service in all profiles. */
export function inEveryProfile(define: Define, context: Context = {}): App {
  const app = testApp(context);
  Object.values(PROFILES).forEach(profile => define(stackIn(profile, app), 'it'));
  return app;
}

/**
 * What holds data: the stateful types of cfn-lint, of those that a service of ours may have, and more.
 */
export const STATEFUL = new Set([
  'AWS::Backup::BackupVault', 'AWS::Cognito::UserPool', 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table',
  'AWS::EC2::Volume', 'AWS::EFS::FileSystem', 'AWS::EKS::Cluster', 'AWS::ElastiCache::CacheCluster', 'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ServerlessCache', 'AWS::KMS::Key', 'AWS::Kinesis::Stream', 'AWS::Logs::LogGroup',
  'AWS::OpenSearchService::Domain', 'AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::S3::Bucket', 'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret', 'AWS::ECR::Repository', 'AWS::Route53::HostedZone',
]);

export function stateful(resources: Record<string, Resource>): Array<[string, Resource]> {
  return Object.entries(resources).filter(([, { Type, Properties }]) => STATEFUL.has(Type)
    // an instance of a cluster holds nothing, the cluster does
    && !(Type === 'AWS::RDS::DBInstance' && Properties.DBClusterIdentifier !== undefined));
}

/** What a deletion of the stack would take away of what is to stay. */
export function lost(resources: Record<string, Resource>): string[] {
  return stateful(resources).filter(([, { DeletionPolicy, UpdateReplacePolicy }]) =>
    !/^Retain(ExceptOnCreate)?$/.test(DeletionPolicy ?? '') || UpdateReplacePolicy !== 'Retain')
    .map(([id, { Type, DeletionPolicy, UpdateReplacePolicy }]) => `${Type} ${id} ${DeletionPolicy} ${UpdateReplacePolicy}`);
}

const REMOVAL_BLOCKED: Record<string, (resource: Resource, all: Record<string, Resource>, id: string) => boolean> = {
  'AWS::S3::Bucket': (_, all, id) => !Object.values(all).some(({ Type, Properties }) =>
    Type === 'Custom::S3AutoDeleteObjects' && JSON.stringify(Properties.BucketName) === JSON.stringify({ Ref: id })),
  'AWS::ECR::Repository': ({ Properties }) => Properties.EmptyOnDelete !== true,
  'AWS::RDS::DBCluster': ({ Properties }) => Properties.DeletionProtection === true || Properties.DeleteAutomatedBackups === false,
  'AWS::RDS::DBInstance': ({ Properties }) => Properties.DeletionProtection === true || Properties.DeleteAutomatedBackups === false,
  'AWS::DynamoDB::Table': ({ Properties }) => Properties.DeletionProtectionEnabled === true,
  'AWS::DynamoDB::GlobalTable': ({ Properties }) =>
    Properties.Replicas.some((replica: Resource['Properties']) => replica.DeletionProtectionEnabled === true),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Properties }) => (Properties.LoadBalancerAttributes ?? [])
    .some(({ Key, Value }: { Key: string; Value: string }) => Key === 'deletion_protection.enabled' && Value === 'true'),
  'AWS::EKS::Cluster': ({ Properties }) => Properties.DeletionProtection === true,
};

/** What anybody could delete by mistake of what the profile protects. */
function unprotected(resources: Record<string, Resource>): string[] {
  return Object.entries(resources).filter(([, { Type, Properties }]) => {
    const off = JSON.stringify(Properties?.LoadBalancerAttributes ?? '').includes('"deletion_protection.enabled","Value":"false"');
    return /^AWS::(EKS::Cluster|RDS::DBCluster)$/.test(Type) && Properties.DeletionProtection !== true
      || Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' && off;
  }).map(([id, { Type }]) => `${Type} ${id} is not protected`);
}

/** What a deletion of the stack would leave behind of what is to go, or what would keep it from being deleted. */
export function leftBehind(resources: Record<string, Resource>): string[] {
  return Object.entries(resources).filter(([id, resource]) =>
    (resource.DeletionPolicy ?? 'Delete') !== 'Delete'
    // without a policy, CloudFormation takes a snapshot of a database
    || resource.DeletionPolicy === undefined && /^AWS::RDS::DB(Cluster|Instance)$/.test(resource.Type)
      && resource.Properties.DBClusterIdentifier === undefined
    || REMOVAL_BLOCKED[resource.Type]?.(resource, resources, id))
    .map(([id, { Type, DeletionPolicy }]) => `${Type} ${id} ${DeletionPolicy}`)
    .concat(functionsWithoutLogs(resources), logsOfOthers(resources));
}

/** Lambda makes a log group for a function that has none, and nobody deletes it. */
function functionsWithoutLogs(resources: Record<string, Resource>): string[] {
  return Object.entries(resources).filter(([, { Type, Properties }]) => Type === 'AWS::Lambda::Function'
    && resources[Properties.LoggingConfig?.LogGroup?.Ref]?.Type !== 'AWS::Logs::LogGroup')
    .map(([id]) => `log group of the function ${id}`);
}

// log groups that AWS makes for these, and never deletes, unless the stack has made them before
const LOGS_MADE_BY_AWS: Record<string, (properties: any, id: string) => string[]> = {
  'AWS::EKS::Cluster': ({ Name, Logging }) => Logging === undefined ? [] : [`/aws/eks/${spelled(Name)}/cluster`],
  'AWS::ECS::Cluster': ({ ClusterSettings = [] }) =>
    ClusterSettings.every(({ Value }: any) => Value === 'disabled') ? [] : ['/aws/ecs/containerinsights/…/performance'],
  'AWS::RDS::DBCluster': ({ DBClusterIdentifier: name, EnableCloudwatchLogsExports = [] }, id) =>
    EnableCloudwatchLogsExports.map((log: string) => `/aws/rds/cluster/${spelled(name ?? { Ref: id })}/${log}`),
  'AWS::RDS::DBInstance': ({ DBInstanceIdentifier: name, EnableCloudwatchLogsExports = [] }, id) =>
    EnableCloudwatchLogsExports.map((log: string) => `/aws/rds/instance/${spelled(name ?? { Ref: id })}/${log}`),
};

/** A name as it is in the template, whether it is a literal or made when it is deployed. */
function spelled(name: any): string {
  return typeof name === 'string' ? name : (name?.['Fn::Join']?.[1] ?? [name]).map((part: unknown) =>
    typeof part === 'string' ? part : JSON.stringify(part)).join('');
}

function logsOfOthers(resources: Record<string, Resource>): string[] {
  const made = Object.values(resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup')
    .map(({ Properties }) => spelled(Properties.LogGroupName));
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    (LOGS_MADE_BY_AWS[Type]?.(Properties ?? {}, id) ?? []).filter(name => !made.includes(name))
      .map(name => `log group ${name} of ${Type} ${id}`));
}

const SECRET_PROPERTY = /^(Master(User)?Password|AuthToken|Passwords?|SecretString|SecretAccessKey)$/;

/** Literals where a secret belongs. A dynamic reference to Secrets Manager is none. */
export function secretsInClear(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${path}/${key}`;
    const found = SECRET_PROPERTY.test(key) && !JSON.stringify(inner).includes('{{resolve:secretsmanager:') ? [here] : [];
    return [...found, ...secretsInClear(inner, here)];
  });
}

const WITHOUT_FLAGS: Context = {};

/** The tests that every service has to pass, in every profile. */
export function behavesLikeAService(define: Define): void {
  jest.setTimeout(60_000);

  const looks = new Map<Context, Look>();
  const everywhere = (context: Context = WITHOUT_FLAGS) => {
    const found = looks.get(context) ?? look(inEveryProfile(define, context));
    looks.set(context, found);
    return found;
  };
  const resourcesOf = (synthesized: Synthesized, name: string) => synthesized.resources(`in-${name}/services`);

  test.each([['without flags', WITHOUT_FLAGS], ['with the flags of `cdk init`', FLAGS]])('has no finding of cdk-nag in any profile, %s', (_, context) => {
    expect(everywhere(context).findings).toEqual([]);
  });

  test('gives a reason for every rule of cdk-nag that it sets aside', () => {
    const all = acceptances(everywhere().synthesized);
    expect(all.filter(({ id, reason }) => !/^AwsSolutions-[A-Z]+\d+/.test(id) || reason.length < 20)).toEqual([]);
  });

  if (validates) {
    test('has no error of the CDK\'s own validation of templates in any profile', () => {
      expect(everywhere(FLAGS).violations).toEqual([]);
    });
  }

  test('is kept where the profile keeps, and leaves nothing behind where it destroys', () => {
    const { synthesized } = everywhere();
    for (const [name, { removalPolicy }] of Object.entries(PROFILES)) {
      const resources = resourcesOf(synthesized, name);
      const wrong = removalPolicy === RemovalPolicy.RETAIN ? lost(resources) : leftBehind(resources);
      expect([name, wrong]).toEqual([name, []]);
    }
  });

  test('is protected where the profile protects', () => {
    const { synthesized } = everywhere();
    for (const [name] of Object.entries(PROFILES).filter(([, { deletionProtection }]) => deletionProtection)) {
      expect([name, unprotected(resourcesOf(synthesized, name))]).toEqual([name, []]);
    }
  });

  test('has no secret in clear', () => {
    for (const { template } of everywhere().synthesized.stacks.values()) {
      expect(secretsInClear(template)).toEqual([]);
      expect(JSON.stringify(template.Outputs ?? {})).not.toContain('resolve:secretsmanager');
    }
  });

  test('is outside of any stage what it is in production', () => {
    const env = { account: '222222222222', region: REGION };
    const outside = new Stack(testApp(), 'services', { env, stackName: 'acme-in-production-services' });
    define(outside, 'it');
    expect(Object.keys(Template.fromStack(outside).toJSON().Resources)).not.toEqual([]);
    expect(lost(Template.fromStack(outside).toJSON().Resources)).toEqual([]);
    expect(essence(Template.fromStack(outside))).toEqual(essence(templateIn(StageProfile.PRODUCTION, define)));
  });

  test('works in a stack that knows neither account nor region', () => {
    const stack = new Stack(testApp(), 'anywhere');
    define(stack, 'it');
    expect(Token.isUnresolved(stack.account)).toBe(true);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).not.toEqual([]);
  });

  test('may be there several times in one stack', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    ['first', 'second'].forEach(id => define(stack, id));
    const { Resources } = Template.fromStack(stack).toJSON();
    const names = Object.values(Resources as Record<string, Resource>).flatMap(({ Type, Properties }) =>
      Object.entries(Properties ?? {}).filter(([key, value]) => typeof value === 'string'
        && (PHYSICAL_NAMES.includes(key) || key === 'Name' && !Type.startsWith('AWS::Route53::')))
        .map(([key, value]) => `${Type} ${key} ${value}`));
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });
}

const PHYSICAL_NAMES = [
  'BucketName', 'RoleName', 'LogGroupName', 'DBClusterIdentifier', 'DBInstanceIdentifier', 'ReplicationGroupId', 'AliasName',
  'TableName', 'RepositoryName', 'ClusterName', 'QueueName', 'TopicName', 'UserId', 'UserGroupId',
];

/** A template without what depends on where the stack is in the tree. */
function essence(template: Template): unknown {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  return Object.values(Resources).map(({ Type, DeletionPolicy, UpdateReplacePolicy, Properties }) => ({
    Type, DeletionPolicy, UpdateReplacePolicy, properties: Object.keys(Properties ?? {}).sort(),
  }));
}
