import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { StageProfile, StageSize } from '../../../src';
import { Redis, RedisProps } from '../../../src/services/caches/redis';
import { RedisAuthentication } from '../../../src/services/caches/redis-authentication';
import { RedisEngine } from '../../../src/services/caches/redis-engine';
import { Network } from '../../../src/services/network/network';
import { Resource } from '../../orgs';
import { alarmOf, takesActions } from '../alarms';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';
import { existingVpc } from '../existing-vpc';

type Options = Omit<RedisProps, 'vpc'>;

function defineRedis(stack: Stack, id: string, options: Options = {}): Redis {
  return new Redis(stack, id, { vpc: existingVpc(stack, `${id}-vpc`), ...options });
}

function redis(profile: StageProfile, options?: Options): Template {
  return templateIn(profile, (stack, id) => defineRedis(stack, id, options));
}

function group(template: Template): Resource {
  return Object.values(template.findResources('AWS::ElastiCache::ReplicationGroup'))[0] as Resource;
}

function policies(template: Template): string[] {
  return [...new Set(Object.values(template.toJSON().Resources as Record<string, Resource>)
    .map(({ DeletionPolicy, UpdateReplacePolicy }) => `${DeletionPolicy} ${UpdateReplacePolicy}`))].sort();
}

describe('a redis', () => behavesLikeAService(defineRedis));

describe('a redis oss with parameters, in a network of the stack', () => behavesLikeAService((stack, id) => {
  const { vpc } = new Network(stack, `${id}-network`);
  new Redis(stack, id, { vpc, engine: RedisEngine.REDIS_OSS_7_1, parameters: { 'maxmemory-policy': 'noeviction' } });
}));

describe('a redis with an auth token', () => behavesLikeAService((stack, id) => {
  defineRedis(stack, id, { authentication: RedisAuthentication.authToken() });
}));

describe('nodes', () => {
  test.each([
    ['production', 3, 'cache.m7g.large', 35], ['staging', 2, 'cache.t4g.medium', 7], ['development', 1, 'cache.t4g.micro', 1],
    ['testing', 1, 'cache.t4g.micro', 0], ['audit', 1, 'cache.t4g.micro', 35], ['root', 1, 'cache.t4g.micro', 35],
  ])('of %s are %d %s, with %d days of snapshots', (name, nodes, type, days) => {
    expect(group(redis(PROFILES[name])).Properties).toMatchObject({
      NumCacheClusters: nodes,
      CacheNodeType: type,
      AutomaticFailoverEnabled: nodes > 1,
      MultiAZEnabled: nodes > 1,
      SnapshotRetentionLimit: days,
    });
  });

  test('are as many as a large stage has zones, and at most six', () => {
    const nodes = (availabilityZones: number) =>
      group(redis(StageProfile.PRODUCTION.customized('wide', { availabilityZones }))).Properties.NumCacheClusters;
    expect([1, 2, 6, 8].map(nodes)).toEqual([1, 2, 6, 6]);
  });

  test('are what is asked for, whatever the profile', () => {
    const template = redis(StageProfile.TESTING, {
      nodes: 2,
      nodeType: ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.LARGE),
      backupRetention: Duration.days(3),
      logRetention: logs.RetentionDays.TWO_YEARS,
      removalPolicy: RemovalPolicy.RETAIN,
      snapshotWindow: '03:00-04:00',
      preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
      autoMinorVersionUpgrade: false,
      port: 6380,
    });
    expect(group(template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        NumCacheClusters: 2,
        MultiAZEnabled: true,
        CacheNodeType: 'cache.r7g.large',
        SnapshotRetentionLimit: 3,
        Port: 6380,
        SnapshotWindow: '03:00-04:00',
        PreferredMaintenanceWindow: 'sun:05:00-sun:06:00',
        AutoMinorVersionUpgrade: false,
      },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 731 });
  });

  test('are in isolated subnets, or where they are told to be', () => {
    redis(StageProfile.PRODUCTION).hasResourceProperties('AWS::ElastiCache::SubnetGroup', {
      SubnetIds: ['subnet-aaaaaaaa', 'subnet-bbbbbbbb', 'subnet-cccccccc'],
    });
    redis(StageProfile.PRODUCTION, { nodes: 1, vpcSubnets: { availabilityZones: ['eu-west-1b'], subnetType: ec2.SubnetType.PRIVATE_ISOLATED } })
      .hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: ['subnet-bbbbbbbb'] });
  });

  test('keep no more snapshots than ElastiCache can', () => {
    const profile = StageProfile.PRODUCTION.customized('long', { backupRetention: Duration.days(90) });
    expect(group(redis(profile)).Properties.SnapshotRetentionLimit).toBe(35);
  });
});

describe('what stays', () => {
  test('is everything, where the profile keeps, or a creation could not be tried again', () => {
    const kept = policies(redis(StageProfile.PRODUCTION, { alarmActions: undefined }));
    expect(kept).toEqual(['RetainExceptOnCreate Retain', 'undefined undefined']);
    const { Resources } = redis(StageProfile.PRODUCTION).toJSON();
    const rest = Object.values(Resources as Record<string, Resource>).filter(({ DeletionPolicy }) => !DeletionPolicy);
    expect(new Set(rest.map(({ Type }) => Type))).toEqual(new Set(['AWS::CloudWatch::Alarm']));
  });

  test('is a snapshot and the logs, if that is asked for', () => {
    const template = redis(StageProfile.TESTING, { removalPolicy: RemovalPolicy.SNAPSHOT });
    expect(group(template)).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'RetainExceptOnCreate' });
    ['User', 'UserGroup', 'SubnetGroup'].forEach(type => template.allResources(`AWS::ElastiCache::${type}`, { DeletionPolicy: 'Delete' }));
    template.allResources('AWS::EC2::SecurityGroup', { DeletionPolicy: 'Delete' });
  });

  test('never takes a name that the stack needs in its next life', () => {
    const { Resources } = redis(StageProfile.PRODUCTION, { engine: RedisEngine.REDIS_OSS_7_1 }).toJSON();
    const names = Object.values(Resources as Record<string, Resource>).flatMap(({ Properties }) =>
      ['UserId', 'UserGroupId', 'LogGroupName', 'ReplicationGroupId'].flatMap(name => Properties[name] ?? []));
    expect(names).toHaveLength(5);
    names.forEach(name => expect(JSON.stringify(name)).toContain('AWS::StackId'));
  });
});

describe('encryption', () => {
  test('is in transit and at rest, always', () => {
    Object.values(PROFILES).forEach(profile => expect(group(redis(profile)).Properties).toMatchObject({
      TransitEncryptionEnabled: true, TransitEncryptionMode: 'required', AtRestEncryptionEnabled: true,
    }));
  });

  test('is by a key that exists, if one is given', () => {
    const arn = 'arn:aws:kms:eu-west-1:222222222222:key/abc';
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => defineRedis(stack, id, {
      encryptionKey: kms.Key.fromKeyArn(stack, 'key', arn), authentication: RedisAuthentication.authToken(),
    }));
    expect(group(template).Properties.KmsKeyId).toBe(arn);
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: arn });
  });
});

describe('signing in by IAM', () => {
  test('is for one user, and Valkey needs no other', () => {
    const template = redis(StageProfile.PRODUCTION);
    template.resourceCountIs('AWS::ElastiCache::User', 1);
    template.hasResourceProperties('AWS::ElastiCache::User', {
      Engine: 'valkey', AccessString: 'on ~* &* +@all', AuthenticationMode: { Type: 'iam' },
    });
    const [[id, user]] = Object.entries(template.findResources('AWS::ElastiCache::User'));
    expect(user.Properties.UserId).toEqual(user.Properties.UserName);
    template.hasResourceProperties('AWS::ElastiCache::UserGroup', { Engine: 'valkey', UserIds: [{ Ref: id }] });
    const [userGroup] = Object.keys(template.findResources('AWS::ElastiCache::UserGroup'));
    expect(group(template).Properties).toMatchObject({ UserGroupIds: [{ Ref: userGroup }] });
    expect(group(template).Properties).not.toHaveProperty('AuthToken');
  });

  test('of Redis OSS disables the default user', () => {
    const template = redis(StageProfile.PRODUCTION, { engine: RedisEngine.REDIS_OSS_7_1 });
    template.hasResourceProperties('AWS::ElastiCache::User', {
      Engine: 'redis', UserName: 'default', AccessString: Match.stringLikeRegexp('^off '), NoPasswordRequired: true,
    });
    expect(Object.values(template.findResources('AWS::ElastiCache::UserGroup'))[0].Properties.UserIds).toHaveLength(2);
  });

  test('of Redis OSS keeps the two users apart, whatever the id', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    defineRedis(stack, 'Default', { engine: RedisEngine.REDIS_OSS_7_1 });
    const ids = Object.values(Template.fromStack(stack).findResources('AWS::ElastiCache::User'))
      .map(({ Properties }) => JSON.stringify(Properties.UserId));
    expect(new Set(ids).size).toBe(2);
  });

  test('may be for less than everything', () => {
    redis(StageProfile.PRODUCTION, { authentication: RedisAuthentication.iam({ accessString: 'on ~orders:* +@read' }) })
      .hasResourceProperties('AWS::ElastiCache::User', { AccessString: 'on ~orders:* +@read' });
  });

  test('has to be granted, for that group and that user', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
      expect(defineRedis(stack, id).grantConnect(role).success).toBe(true);
    });
    const [groupId] = Object.keys(template.findResources('AWS::ElastiCache::ReplicationGroup'));
    const [user] = Object.keys(template.findResources('AWS::ElastiCache::User'));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: [{
          Effect: 'Allow',
          Action: 'elasticache:Connect',
          Resource: [
            { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':elasticache:eu-west-1:222222222222:replicationgroup:', { Ref: groupId }]] },
            { 'Fn::GetAtt': [user, 'Arn'] },
          ],
        }],
      }),
    });
  });

  test('has names of at most 40 lower-case characters, whatever the id', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const ids = ['Orders & Invoices of a very long name', '42', 'A'];
    ids.forEach(id => defineRedis(stack, id));
    const users = Object.values(Template.fromStack(stack).findResources('AWS::ElastiCache::User'));
    const names = users.map(({ Properties }) => Properties.UserId['Fn::Join'][1]
      .map((part: unknown) => typeof part === 'string' ? part : '0123456789ab').join('')) as string[];
    expect(new Set(names).size).toBe(ids.length);
    names.forEach(name => expect(name).toMatch(/^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/));
  });
});

describe('an auth token', () => {
  test('is made as a secret, to which CloudFormation refers', () => {
    const template = redis(StageProfile.PRODUCTION, { authentication: RedisAuthentication.authToken() });
    const [secret] = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    expect(group(template).Properties.AuthToken).toEqual({
      'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:::}}']],
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } });
    ['User', 'UserGroup'].forEach(type => template.resourceCountIs(`AWS::ElastiCache::${type}`, 0));
  });

  test('may exist, and is read by whoever may connect', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:222222222222:secret:token-abcdef';
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'secret', arn);
      const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
      const it = defineRedis(stack, id, { authentication: RedisAuthentication.authToken(secret) });
      it.grantConnect(role);
      expect([it.secret, it.userName]).toEqual([secret, undefined]);
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(group(template).Properties.AuthToken).toBe(`{{resolve:secretsmanager:${arn}:SecretString:::}}`);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({ Statement: [Match.objectLike({ Action: Match.arrayWith(['secretsmanager:GetSecretValue']), Resource: arn })] }),
    });
  });

  test('works with a Redis OSS that knows no IAM', () => {
    const template = redis(StageProfile.PRODUCTION, { engine: RedisEngine.redisOss('6.2'), authentication: RedisAuthentication.authToken(), parameters: {} });
    expect(group(template).Properties).toMatchObject({ Engine: 'redis', EngineVersion: '6.2' });
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', { CacheParameterGroupFamily: 'redis6.x' });
  });
});

test.each([
  [RedisEngine.VALKEY_7_2, 'valkey7'], [RedisEngine.VALKEY_8_1, 'valkey8'], [RedisEngine.valkey('9.0'), 'valkey9'], [RedisEngine.REDIS_OSS_7_1, 'redis7'],
])('parameters of %j are of family %s', (engine, family) => {
  const template = redis(StageProfile.PRODUCTION, { engine, parameters: { 'maxmemory-policy': 'noeviction' } });
  template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
    CacheParameterGroupFamily: family, Properties: { 'maxmemory-policy': 'noeviction' },
  });
  const [id] = Object.keys(template.findResources('AWS::ElastiCache::ParameterGroup'));
  expect(group(template).Properties.CacheParameterGroupName).toEqual({ Ref: id });
});

test('logs go to groups of the stack, which exist before', () => {
  const template = redis(StageProfile.STAGING);
  const groups = Object.keys(template.findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 } }));
  const deliveries = group(template).Properties.LogDeliveryConfigurations as Array<Record<string, any>>;
  expect(deliveries.map(({ LogType, LogFormat }) => [LogType, LogFormat])).toEqual([['slow-log', 'json'], ['engine-log', 'json']]);
  expect(deliveries.map(delivery => delivery.DestinationDetails.CloudWatchLogsDetails.LogGroup.Ref)).toEqual(groups);
});

describe('connections', () => {
  test('let nobody in, until they are told to', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = defineRedis(stack, 'it', { port: 6390 });
    expect([it.port, it.connections.defaultPort?.toString()]).toEqual([6390, '6390']);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
      // the CDK's way to say that nothing may go out
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' })],
    });
  });

  test('are those of the port', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const client = new ec2.SecurityGroup(stack, 'client', { vpc: existingVpc(stack, 'vpc') });
      defineRedis(stack, id).connections.allowDefaultPortFrom(client);
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379 });
  });

  test('are those of security groups that exist', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => defineRedis(stack, id, {
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'group', 'sg-12345678')],
    }));
    expect(group(template).Properties.SecurityGroupIds).toEqual(['sg-12345678']);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe('alarms', () => {
  test('look at the worst of all nodes', () => {
    const template = redis(StageProfile.PRODUCTION);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
    const [groupId] = Object.keys(template.findResources('AWS::ElastiCache::ReplicationGroup'));
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[];
    const lag = alarms.find(alarm => JSON.stringify(alarm).includes('ReplicationLag'))!;
    const [worst, ...nodes] = lag.Properties.Metrics;
    expect(worst.Expression).toBe('MAX(METRICS())');
    expect(nodes.map(({ MetricStat }: any) => MetricStat.Metric.Dimensions[0].Value['Fn::Join'][1]))
      .toEqual([1, 2, 3].map(node => [{ Ref: groupId }, `-00${node}`]));
  });

  test('have no replication to look at where there is one node', () => {
    const template = redis(StageProfile.TESTING);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 3);
    expect(JSON.stringify(template.toJSON())).not.toContain('ReplicationLag');
  });

  test('take actions', () => takesActions(defineRedis));

  test.each<[string, Options, string, string, number]>([
    ['CPU', { cpuAlarmThreshold: 62.5 }, 'CpuAlarm', 'is busy: its engine uses more than 62.5 % of a CPU', 62.5],
    ['memory', { memoryAlarmThreshold: 90 }, 'MemoryAlarm', 'is almost full: more than 90 % of its memory is used', 90],
    ['evictions', { evictionsAlarmThreshold: 1000 }, 'EvictionsAlarm', 'is full: it evicts keys', 1000],
    ['replicas', { replicaLagAlarmThreshold: Duration.millis(500) }, 'ReplicationLagAlarm', 'is more than 500 millis behind', 0.5],
    ['CPU otherwise', {}, 'CpuAlarm', 'uses more than 80 % of a CPU', 80],
    ['memory otherwise', {}, 'MemoryAlarm', 'more than 80 % of its memory', 80],
    ['evictions otherwise', {}, 'EvictionsAlarm', 'is full: it evicts keys', 0],
    ['replicas otherwise', {}, 'ReplicationLagAlarm', 'is more than 30 seconds behind', 30],
  ])('of %s go off from where they are told to', (_, options, id, description, threshold) => {
    expect(alarmOf(redis(StageProfile.PRODUCTION, options), id))
      .toEqual([expect.stringContaining(description), threshold]);
  });
});

describe('a mistake', () => {
  test.each<[string, Options, string]>([
    ['a port', { port: 70000 }, 'port is 70000: give a whole number from 1 to 65535'],
    ['no nodes', { nodes: 0 }, 'nodes is 0: give a whole number from 1 to 6'],
    ['many nodes', { nodes: 7 }, 'nodes is 7: give a whole number from 1 to 6'],
    ['a node type', { nodeType: new ec2.InstanceType('x2g.large') }, "nodeType is 'x2g.large': give a type of ElastiCache without 'cache.', such as 'r7g.large'"],
    ['its prefix', { nodeType: new ec2.InstanceType('cache.m7g.large') }, "nodeType is 'cache.m7g.large': give a type of ElastiCache without 'cache.'"],
    ['CPU', { cpuAlarmThreshold: 120 }, 'cpuAlarmThreshold is 120: give a percentage, 0 to 100'],
    ['memory', { memoryAlarmThreshold: -1 }, 'memoryAlarmThreshold is -1: give a percentage, 0 to 100'],
    ['evictions', { evictionsAlarmThreshold: -1 }, 'evictionsAlarmThreshold is -1: give a whole number, 0 or more'],
    ['no replicas', { nodes: 1, replicaLagAlarmThreshold: Duration.seconds(1) }, 'replicaLagAlarmThreshold has no effect, because nodes is 1'],
    ['a retention', { backupRetention: Duration.days(36) }, 'backupRetention is 36 days: give whole days from 0 to 35'],
    ['half a day', { backupRetention: Duration.hours(12) }, 'backupRetention is 0.5 days: give whole days from 0 to 35'],
    ['a window', { backupRetention: Duration.days(0), snapshotWindow: '03:00-04:00' }, "snapshotWindow is '03:00-04:00', but there are no snapshots"],
    ['an engine', { engine: RedisEngine.redisOss('6.2') }, 'engine is Redis OSS 6.2, and nobody can sign in to it by IAM: take 7.0 or newer, or RedisAuthentication.authToken()'],
    ['a cluster', { parameters: { 'cluster-enabled': 'yes' } }, "parameters has 'cluster-enabled': 'yes', but a Redis is one shard: leave it out"],
  ])('of %s is told', (_, options, message) => {
    expect(() => redis(StageProfile.PRODUCTION, options)).toThrow(message);
  });

  test('of a window is told in a stage that has no snapshots', () => {
    expect(() => redis(StageProfile.TESTING, { snapshotWindow: '03:00-04:00' })).toThrow('give backupRetention, or leave it out');
  });

  test('of a disabled user is told', () => {
    expect(() => RedisAuthentication.iam({ accessString: '~* +@all' })).toThrow("accessString is '~* +@all', by which the user is disabled: begin it with `on`");
  });

  test.each([
    ['7.1', () => RedisEngine.valkey('7.1')], ['8', () => RedisEngine.valkey('8')], ['6.0', () => RedisEngine.redisOss('6.0')],
  ])('of version %s is told', (version, engine) => {
    expect(engine).toThrow(`version is '${version}': give major and minor version`);
  });

  test('of one zone is told, unless there is one node', () => {
    const inOneZone = (profile: StageProfile) => templateIn(profile, (stack, id) =>
      new Redis(stack, id, { vpc: existingVpc(stack, 'vpc', ['a']) }));
    expect(() => inOneZone(StageProfile.PRODUCTION)).toThrow('availability zones, and two are needed');
    expect(() => inOneZone(StageProfile.PRODUCTION.customized('one', { size: StageSize.SMALL }))).not.toThrow();
  });
});
