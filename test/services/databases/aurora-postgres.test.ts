import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StageProfile, StageSize } from '../../../src';
import { AuroraPostgres, AuroraPostgresProps } from '../../../src/services/databases/aurora-postgres';
import { Resource, strings } from '../../orgs';
import { alarmOf, takesActions } from '../alarms';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';
import { existingVpc } from '../existing-vpc';

type Options = Omit<AuroraPostgresProps, 'vpc'>;

function define(stack: Stack, id: string, options: Options = {}): AuroraPostgres {
  return new AuroraPostgres(stack, id, { vpc: existingVpc(stack, `${id}-vpc`), ...options });
}

function postgres(profile: StageProfile, options?: Options): Template {
  return templateIn(profile, (stack, id) => define(stack, id, options));
}

function cluster(template: Template): Resource {
  return Object.values(template.findResources('AWS::RDS::DBCluster'))[0] as Resource;
}

function instances(template: Template): Resource[] {
  return Object.values(template.findResources('AWS::RDS::DBInstance')) as Resource[];
}

/** `AWS::RDS::DBCluster Retain`, sorted, each once. */
function policies(template: Template): string[] {
  return [...new Set(Object.values(template.toJSON().Resources as Record<string, Resource>)
    .filter(({ Type }) => /RDS|Logs|SecurityGroup$/.test(Type))
    .map(({ Type, DeletionPolicy, UpdateReplacePolicy }) => `${Type} ${DeletionPolicy} ${UpdateReplacePolicy}`))].sort();
}

const PROVISIONED = ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.LARGE);
const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/12345678-1234-1234-1234-123456789012';

describe('a serverless cluster', () => behavesLikeAService(define));

describe('a cluster of provisioned instances, with keys and a topic', () => behavesLikeAService((stack, id) => {
  const key = kms.Key.fromKeyArn(stack, `${id}-key`, KEY);
  const topic = sns.Topic.fromTopicArn(stack, `${id}-topic`, 'arn:aws:sns:eu-west-1:222222222222:alarms');
  const keys = { storageEncryptionKey: key, secretEncryptionKey: key };
  define(stack, id, { instanceType: PROVISIONED, ...keys, alarmActions: [new SnsAction(topic)], readers: 2 });
}));

describe('size', () => {
  test.each([
    ['production', 2, 32, 2, 'advanced', 465], ['staging', 0.5, 8, 1, 'standard', 7], ['development', 0, 2, 0, 'standard', 7],
    ['testing', 0, 2, 0, 'standard', 7], ['audit', 0, 2, 0, 'standard', 7], ['root', 0, 2, 0, 'standard', 7],
  ])('of %s is %d to %d ACU with %d readers, and %s insights for %d days', (name, min, max, readers, mode, days) => {
    const template = postgres(PROFILES[name]);
    expect(cluster(template).Properties).toMatchObject({
      ServerlessV2ScalingConfiguration: { MinCapacity: min, MaxCapacity: max },
      DatabaseInsightsMode: mode,
      PerformanceInsightsEnabled: true,
      PerformanceInsightsRetentionPeriod: days,
    });
    template.resourcePropertiesCountIs('AWS::RDS::DBInstance', { DBInstanceClass: 'db.serverless' }, readers + 1);
    // the first reader scales with the writer, so that it can take over
    const tiers = instances(template).map(({ Properties }) => Properties.PromotionTier);
    expect(tiers).toEqual([0, 1, 2].slice(0, readers + 1));
  });

  test('of a large stage has a reader also in one zone, and one for each further zone', () => {
    const readers = (availabilityZones: number) =>
      instances(postgres(StageProfile.PRODUCTION.customized('wide', { availabilityZones }))).length - 1;
    expect([1, 2, 4].map(readers)).toEqual([1, 1, 3]);
  });

  test('is what is asked for, whatever the profile', () => {
    const template = postgres(StageProfile.PRODUCTION, {
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: 1,
      readers: 0,
      databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
      monitoringInterval: Duration.seconds(0),
    });
    expect(cluster(template).Properties).toMatchObject({
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 1 },
      DatabaseInsightsMode: 'standard',
      PerformanceInsightsRetentionPeriod: 7,
    });
    expect(instances(template)).toHaveLength(1);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test.each<[string, Options, number, number]>([
    ['the most follows the least', { serverlessV2MinCapacity: 16 }, 16, 16],
    ['the least follows the most', { serverlessV2MaxCapacity: 1 }, 0, 1],
  ])('of one given end is a range: %s', (_, options, MinCapacity, MaxCapacity) => {
    const { Properties } = cluster(postgres(StageProfile.TESTING, options));
    expect(Properties.ServerlessV2ScalingConfiguration).toEqual({ MinCapacity, MaxCapacity });
  });

  test.each([
    ['17.4', 0], ['18.3', 0], ['17', 0], ['16.3', 0], ['16.2', 0.5], ['16.4-limitless', 0], ['15.7', 0], ['15.6', 0.5], ['14.12', 0],
    ['14.11', 0.5], ['13.15', 0], ['13.14', 0.5],
  ])('of version %s is at least %d ACU in a small stage', (version, least) => {
    const { Properties } = cluster(postgres(StageProfile.TESTING, {
      version: rds.AuroraPostgresEngineVersion.of(version, version.split('.')[0]),
    }));
    expect(Properties.EngineVersion).toBe(version);
    expect(Properties.ServerlessV2ScalingConfiguration.MinCapacity).toBe(least);
  });

  test('of provisioned instances is their type', () => {
    const template = postgres(StageProfile.STAGING, { instanceType: PROVISIONED });
    expect(cluster(template).Properties.ServerlessV2ScalingConfiguration).toBeUndefined();
    expect(instances(template).map(({ Properties }) => [Properties.DBInstanceClass, Properties.PromotionTier]))
      .toEqual([['db.r7g.large', 0], ['db.r7g.large', 1]]);
  });
});

describe('fate', () => {
  test.each([
    ['production', 35, true, 365], ['staging', 7, true, 90], ['development', 1, false, 30], ['testing', 1, false, 7],
    ['audit', 35, true, 3653], ['root', 35, true, 365],
  ])('in %s has %d days of backups, protection: %s, and %d days of logs', (name, days, protection, logDays) => {
    const template = postgres(PROFILES[name]);
    expect(cluster(template).Properties).toMatchObject({ BackupRetentionPeriod: days, DeletionProtection: protection });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: logDays });
  });

  test('in production keeps all that the cluster needs', () => {
    const template = postgres(StageProfile.PRODUCTION);
    expect(policies(template)).toEqual([
      'AWS::EC2::SecurityGroup Retain Retain',
      'AWS::Logs::LogGroup RetainExceptOnCreate Retain',
      'AWS::RDS::DBCluster Retain Retain',
      'AWS::RDS::DBClusterParameterGroup Retain Retain',
      'AWS::RDS::DBInstance Retain Retain',
      'AWS::RDS::DBSubnetGroup Retain Retain',
    ]);
    expect(cluster(template).Properties.DeleteAutomatedBackups).toBe(false);
  });

  test('in testing leaves nothing, no snapshot and no backup', () => {
    const template = postgres(StageProfile.TESTING);
    expect(policies(template).filter(policy => !policy.endsWith('Delete Delete'))).toEqual([]);
    expect(cluster(template).Properties.DeleteAutomatedBackups).toBe(true);
  });

  test('without protection is retained, but for a creation that fails', () => {
    const kept = policies(postgres(StageProfile.PRODUCTION, { deletionProtection: false }));
    expect(kept.filter(policy => !policy.endsWith('RetainExceptOnCreate Retain'))).toEqual([]);
  });

  test('with a final snapshot keeps that and the logs', () => {
    expect(policies(postgres(StageProfile.STAGING, { removalPolicy: RemovalPolicy.SNAPSHOT }))).toEqual([
      'AWS::EC2::SecurityGroup Delete Delete',
      'AWS::Logs::LogGroup RetainExceptOnCreate Retain',
      'AWS::RDS::DBCluster Snapshot Snapshot',
      'AWS::RDS::DBClusterParameterGroup Delete Delete',
      'AWS::RDS::DBInstance Delete Delete',
      'AWS::RDS::DBSubnetGroup Delete Delete',
    ]);
  });

  test('is what is asked for, whatever the profile', () => {
    const template = postgres(StageProfile.TESTING, {
      backupRetention: Duration.days(14),
      preferredBackupWindow: '03:00-04:00',
      preferredMaintenanceWindow: 'sun:04:00-sun:05:00',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      logRetention: logs.RetentionDays.INFINITE,
    });
    expect(cluster(template)).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BackupRetentionPeriod: 14,
        PreferredBackupWindow: '03:00-04:00',
        PreferredMaintenanceWindow: 'sun:04:00-sun:05:00',
        DeletionProtection: true,
        DeleteAutomatedBackups: false,
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.absent() });
  });

  test('keeps backups as long as Aurora can, if a profile wants more', () => {
    const profile = StageProfile.PRODUCTION.customized('archive', { backupRetention: Duration.days(90) });
    expect(cluster(postgres(profile)).Properties.BackupRetentionPeriod).toBe(35);
  });
});

describe('security', () => {
  test('is private, encrypted, with TLS and IAM, and upgraded', () => {
    const template = postgres(StageProfile.TESTING);
    expect(cluster(template).Properties).toMatchObject({
      Engine: 'aurora-postgresql',
      EngineVersion: '16.8',
      Port: 5432,
      StorageEncrypted: true,
      EnableIAMDatabaseAuthentication: true,
      CopyTagsToSnapshot: true,
    });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', { Family: 'aurora-postgresql16', Parameters: { 'rds.force_ssl': '1' } });
    template.allResourcesProperties('AWS::RDS::DBInstance', { PubliclyAccessible: false, AutoMinorVersionUpgrade: true });
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-aaaaaaaa', 'subnet-bbbbbbbb', 'subnet-cccccccc'] });
  });

  test('leaves the password to RDS', () => {
    const template = postgres(StageProfile.PRODUCTION, { masterUsername: 'owner', databaseName: 'orders' });
    const { Properties } = cluster(template);
    expect(Properties).toMatchObject({ ManageMasterUserPassword: true, MasterUsername: 'owner', DatabaseName: 'orders' });
    expect(Object.keys(Properties)).not.toEqual(expect.arrayContaining(['MasterUserPassword']));
    expect(Object.keys(Properties)).not.toEqual(expect.arrayContaining(['MasterUserSecret']));
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    expect(cluster(postgres(StageProfile.PRODUCTION)).Properties.MasterUsername).toBe('dbadmin');
  });

  test('encrypts with the keys that are given', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const [storage, secret] = ['storage', 'secret'].map(name => kms.Key.fromKeyArn(stack, name, `${KEY.slice(0, -8)}${name}`));
    define(stack, 'it', { storageEncryptionKey: storage, secretEncryptionKey: secret });
    expect(cluster(Template.fromStack(stack)).Properties).toMatchObject({
      KmsKeyId: storage.keyArn,
      PerformanceInsightsKmsKeyId: storage.keyArn,
      MasterUserSecret: { KmsKeyId: secret.keyArn },
    });
  });

  test('lets nothing out', () => {
    postgres(StageProfile.TESTING).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });

  test('lets nobody in until it is told, and then by its port', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const database = define(stack, 'it', { port: 6000 });
    expect(strings(Template.fromStack(stack).toJSON())).not.toContain('SecurityGroupIngress');
    const open = stackIn(StageProfile.PRODUCTION);
    define(open, 'it', { port: 6000 }).connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'));
    Template.fromStack(open).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 6000, ToPort: 6000 })],
    });
    expect(database.connections.securityGroups).toEqual(database.cluster.connections.securityGroups);
  });

  test.each(['*', 'app*', 'ap?', ''])('grants nobody to connect as %p', dbUser => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    expect(() => define(stack, 'it').grantConnect(role, dbUser))
      .toThrow(new Error(`dbUser is '${dbUser}', which is not one user of the database: name one, and call grantConnect for each`));
  });

  test('grants to connect as one user, and to read the secret', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const database = define(stack, 'it');
    const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    expect(database.grantConnect(role, 'app').success).toBe(true);
    database.secret.grantRead(role);
    const [id] = Object.keys(Template.fromStack(stack).findResources('AWS::RDS::DBCluster'));
    const statements = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))[0].Properties.PolicyDocument.Statement;
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatchObject({ Action: 'rds-db:connect' });
    expect(strings(statements[0].Resource)).toEqual(expect.arrayContaining(['DBClusterResourceId', '/app']));
    expect(statements[1]).toMatchObject({
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: { 'Fn::GetAtt': [id, 'MasterUserSecret.SecretArn'] },
    });
  });

  test('has parameters of its user, who has the last word', () => {
    const template = postgres(StageProfile.TESTING, { parameters: { 'shared_preload_libraries': 'pgaudit', 'rds.force_ssl': '0' } });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: { 'rds.force_ssl': '0', 'shared_preload_libraries': 'pgaudit' },
    });
  });

  test('takes private subnets where there are no isolated ones, or those that are named', () => {
    const stack = stackIn(StageProfile.TESTING);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
      publicSubnetIds: ['subnet-3', 'subnet-4'],
    });
    new AuroraPostgres(stack, 'private', { vpc });
    new AuroraPostgres(stack, 'named', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-1', 'subnet-2'] });
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-3', 'subnet-4'] });
    template.allResourcesProperties('AWS::RDS::DBInstance', { PubliclyAccessible: false });
  });
});

describe('visibility', () => {
  test('logs into groups of the stack, between the cluster and its instances', () => {
    const template = postgres(StageProfile.PRODUCTION);
    const [[id, { Properties, DependsOn }]] = Object.entries(template.findResources('AWS::Logs::LogGroup'));
    const [clusterId] = Object.keys(template.findResources('AWS::RDS::DBCluster'));
    expect(Properties.LogGroupName).toEqual({ 'Fn::Join': ['', ['/aws/rds/cluster/', { Ref: clusterId }, '/postgresql']] });
    expect(DependsOn).toBeUndefined();
    expect(cluster(template).Properties.EnableCloudwatchLogsExports).toEqual(['postgresql']);
    expect(cluster(template).DependsOn ?? []).not.toContain(id);
    expect(instances(template).filter(instance => !instance.DependsOn?.includes(id))).toEqual([]);
  });

  test.each([
    ['production', 60], ['staging', 60], ['development', undefined], ['testing', undefined], ['audit', undefined], ['root', undefined],
  ])('measures the operating system in %s every %s seconds', (name, seconds) => {
    const intervals = instances(postgres(PROFILES[name])).map(({ Properties }) => Properties.MonitoringInterval);
    expect(new Set(intervals)).toEqual(new Set([seconds]));
  });

  test('leaves no metrics of the operating system in a large stage that is destroyed', () => {
    const profile = StageProfile.PRODUCTION.customized('load-test', { removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false });
    const intervals = instances(postgres(profile)).map(({ Properties }) => Properties.MonitoringInterval);
    expect(intervals).toEqual([undefined, undefined, undefined]);
  });

  test.each<[string, StageProfile, Options, string[]]>([
    ['serverless with readers', StageProfile.PRODUCTION, {}, ['ACUUtilization', 'AuroraReplicaLagMaximum', 'CPUUtilization']],
    ['serverless and alone', StageProfile.TESTING, {}, ['ACUUtilization', 'CPUUtilization']],
    ['provisioned', StageProfile.TESTING, { instanceType: PROVISIONED }, ['CPUUtilization', 'FreeLocalStorage']],
  ])('alarms for what is %s', (_, profile, options, metrics) => {
    const template = postgres(profile, options);
    const [clusterId] = Object.keys(template.findResources('AWS::RDS::DBCluster'));
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[];
    expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual([...metrics, 'MaximumUsedTransactionIDs'].sort());
    alarms.forEach(({ Properties }) => expect(Properties).toMatchObject({
      Dimensions: [{ Name: 'DBClusterIdentifier', Value: { Ref: clusterId } }],
      ComparisonOperator: Properties.MetricName === 'FreeLocalStorage' ? 'LessThanThreshold' : 'GreaterThanThreshold',
    }));
  });

  test('has alarms that take actions', () => takesActions(define));

  test.each<[string, Options, string, string, number]>([
    ['CPU', { cpuAlarmThreshold: 75 }, 'CpuAlarm', 'is short of CPU', 75],
    ['capacity', { capacityAlarmThreshold: 80 }, 'CapacityAlarm', 'needs more than its serverlessV2MaxCapacity', 80],
    ['local storage', { instanceType: PROVISIONED, freeLocalStorageAlarmThreshold: Size.mebibytes(512) }, 'LocalStorageAlarm',
      'is short of local storage, where it sorts and logs', 512 * 1024 ** 2],
    ['the readers', { replicaLagAlarmThreshold: Duration.millis(1500) }, 'ReplicaLagAlarm', 'are 1 second 500 millis behind', 1500],
    ['transaction ids', { transactionIdsAlarmThreshold: 500_000_000 }, 'TransactionIdsAlarm', 'runs out of transaction ids', 500_000_000],
  ])('alarms for %s from where it is told to', (_, options, id, description, threshold) => {
    expect(alarmOf(postgres(StageProfile.PRODUCTION, options), id))
      .toEqual([expect.stringContaining(description), threshold]);
  });

  test('alarms for the readers from two seconds on, otherwise', () => {
    expect(alarmOf(postgres(StageProfile.PRODUCTION), 'ReplicaLagAlarm'))
      .toEqual([expect.stringContaining('are two seconds behind'), 2000]);
    // a stage without readers of its own has no such alarm, and takes what is meant for the others
    postgres(StageProfile.TESTING, { replicaLagAlarmThreshold: Duration.seconds(1) }).resourceCountIs('AWS::CloudWatch::Alarm', 3);
  });

  test('has metrics of the cluster', () => {
    const it = define(stackIn(StageProfile.PRODUCTION), 'it');
    const period = Duration.minutes(1);
    const metrics = [
      it.metric('DMLLatency', { period }), it.metricCPUUtilization({ period }), it.metricACUUtilization({ period }),
      it.metricServerlessDatabaseCapacity({ period }), it.metricDatabaseConnections({ period }),
      it.metricFreeLocalStorage({ period }),
    ];
    expect(metrics.map(({ metricName }) => metricName)).toEqual([
      'DMLLatency', 'CPUUtilization', 'ACUUtilization', 'ServerlessDatabaseCapacity', 'DatabaseConnections', 'FreeLocalStorage',
    ]);
    metrics.forEach(metric => expect(metric).toMatchObject({
      namespace: 'AWS/RDS', dimensions: { DBClusterIdentifier: it.cluster.clusterIdentifier }, period,
    }));
  });
});

describe('refuses', () => {
  const T3 = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MEDIUM);

  test.each<[string, Options]>([
    ['readers is 16: give a whole number from 0 to 15', { readers: 16 }],
    ['readers is -1: give a whole number from 0 to 15', { readers: -1 }],
    ['readers is 0.5: give a whole number from 0 to 15', { readers: 0.5 }],
    ['backupRetention is 0 days: give whole days from 1 to 35, because Aurora always has backups', { backupRetention: Duration.days(0) }],
    ['backupRetention is 36 days: give whole days from 1 to 35, because Aurora always has backups', { backupRetention: Duration.days(36) }],
    ['backupRetention is 1.5 days: give whole days from 1 to 35, because Aurora always has backups', { backupRetention: Duration.hours(36) }],
    ['serverlessV2MinCapacity is 0.7: give a number from 0 to 256 in steps of 0.5', { serverlessV2MinCapacity: 0.7 }],
    ['serverlessV2MaxCapacity is 0.5: give a number from 1 to 256 in steps of 0.5', { serverlessV2MaxCapacity: 0.5 }],
    ['serverlessV2MaxCapacity is 300: give a number from 1 to 256 in steps of 0.5', { serverlessV2MaxCapacity: 300 }],
    ['serverlessV2MinCapacity is 8, which is more than serverlessV2MaxCapacity, 4: exchange them',
      { serverlessV2MinCapacity: 8, serverlessV2MaxCapacity: 4 }],
    ['serverlessV2MinCapacity is 0, and version cannot pause: give 0.5 or more, or a newer version',
      { serverlessV2MinCapacity: 0, version: rds.AuroraPostgresEngineVersion.VER_16_2 }],
    ['serverlessV2MinCapacity is 1, and has no effect on instances of type t3.medium: leave out one of both',
      { serverlessV2MinCapacity: 1, instanceType: T3 }],
    ['serverlessV2MaxCapacity is 2, and has no effect on instances of type t3.medium: leave out one of both',
      { serverlessV2MaxCapacity: 2, instanceType: T3 }],
    ['instanceType is \'db.r7g.large\': give a type of Aurora without \'db.\', such as \'r7g.large\'',
      { instanceType: new ec2.InstanceType('db.r7g.large') }],
    ['instanceType is \'m7g.large\': give a type of Aurora without \'db.\', such as \'r7g.large\'',
      { instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE) }],
    ['cpuAlarmThreshold is 101: give a percentage, 0 to 100', { cpuAlarmThreshold: 101 }],
    ['capacityAlarmThreshold is -1: give a percentage, 0 to 100', { capacityAlarmThreshold: -1 }],
    ['capacityAlarmThreshold is 80, and has no effect on instances of type t3.medium: leave out one of both',
      { capacityAlarmThreshold: 80, instanceType: T3 }],
    ['freeLocalStorageAlarmThreshold has no effect on serverless instances: give instanceType, or leave it out',
      { freeLocalStorageAlarmThreshold: Size.gibibytes(2) }],
    ['replicaLagAlarmThreshold has no effect, because readers is 0: give readers, or leave it out',
      { replicaLagAlarmThreshold: Duration.seconds(1), readers: 0 }],
    ['transactionIdsAlarmThreshold is -1: give a whole number from 0 to 2000000000', { transactionIdsAlarmThreshold: -1 }],
    ['port is 80: give a whole number from 1150 to 65535', { port: 80 }],
    ['monitoringInterval is 20 seconds: give one of 0, 1, 5, 10, 15, 30, 60', { monitoringInterval: Duration.seconds(20) }],
  ])('%s', (message, options) => {
    expect(() => postgres(StageProfile.PRODUCTION, options)).toThrow(new Error(message));
  });

  test('a network with public subnets only, or in one zone', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'vpc', {
      vpcId: 'vpc-12345678', availabilityZones: ['eu-west-1a'], publicSubnetIds: ['subnet-1'],
    });
    expect(() => new AuroraPostgres(stack, 'it', { vpc })).toThrow(/has neither isolated nor private subnets/);
    expect(() => new AuroraPostgres(stack, 'one', { vpc: existingVpc(stack, 'zone', ['a']) })).toThrow(/are in 1 availability zones, and two are needed/);
  });

  test('nothing of small instances: PostgreSQL has insights on all', () => {
    const profile = StageProfile.PRODUCTION.customized('small', { size: StageSize.SMALL });
    expect(cluster(postgres(profile, { instanceType: T3 })).Properties.PerformanceInsightsEnabled).toBe(true);
  });
});
