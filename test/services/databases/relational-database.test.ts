import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { StageProfile } from '../../../src';
import { RelationalDatabase, RelationalDatabaseProps } from '../../../src/services/databases/relational-database';
import { Resource, strings } from '../../orgs';
import { alarmOf, takesActions } from '../alarms';
import { behavesLikeAService, Define, PROFILES, stackIn, templateIn } from '../contract';
import { existingVpc } from '../existing-vpc';

type Options = Partial<Omit<RelationalDatabaseProps, 'vpc'>>;

const POSTGRES = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
const MYSQL = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_5 });
const MARIADB = rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_5 });
const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/12345678-1234-1234-1234-123456789012';

function define(stack: Stack, id: string, options: Options = {}): RelationalDatabase {
  return new RelationalDatabase(stack, id, { vpc: existingVpc(stack, `${id}-vpc`), engine: POSTGRES, ...options });
}

function database(profile: StageProfile, options?: Options): Template {
  return templateIn(profile, (stack, id) => define(stack, id, options));
}

function instances(template: Template): Resource[] {
  return Object.values(template.findResources('AWS::RDS::DBInstance')) as Resource[];
}

function instance(template: Template): Resource {
  return instances(template).find(({ Properties }) => !Properties.SourceDBInstanceIdentifier)!;
}

function replicas(template: Template): Resource[] {
  return instances(template).filter(({ Properties }) => Properties.SourceDBInstanceIdentifier);
}

function policies(template: Template): string[] {
  return [...new Set(Object.values(template.toJSON().Resources as Record<string, Resource>)
    .filter(({ Type }) => /RDS|Logs|SecretsManager|SecurityGroup$/.test(Type))
    .map(({ Type, DeletionPolicy, UpdateReplacePolicy }) => `${Type} ${DeletionPolicy} ${UpdateReplacePolicy}`))].sort();
}

const VARIANTS: Record<string, Define> = {
  'postgres': define,
  'mysql with replicas': (stack, id) => void define(stack, id, { engine: MYSQL, readReplicas: 2 }),
  'mariadb on another port, with keys': (stack, id) => {
    const key = kms.Key.fromKeyArn(stack, `${id}-key`, KEY);
    define(stack, id, { engine: MARIADB, port: 3307, storageEncryptionKey: key, secretEncryptionKey: key });
  },
};

describe.each(Object.entries(VARIANTS))('%s', (_, variant) => behavesLikeAService(variant));

describe('size', () => {
  test.each([
    ['production', 'db.m7g.large', true, 200, 'advanced', 465, 60], ['staging', 'db.t4g.medium', true, 50, 'standard', 7, 60],
    ['development', 'db.t4g.micro', false, 20, 'standard', 7, undefined], ['audit', 'db.t4g.micro', false, 20, 'standard', 7, undefined],
    ['testing', 'db.t4g.micro', false, 20, 'standard', 7, undefined], ['root', 'db.t4g.micro', false, 20, 'standard', 7, undefined],
  ])('of %s is %s, standby: %s, %d GiB, with %s insights for %d days, and metrics every %s seconds', (
    name, type, standby, storage, mode, days, seconds,
  ) => {
    const template = database(PROFILES[name]);
    expect(instances(template)).toHaveLength(1);
    expect(instance(template).Properties).toMatchObject({
      DBInstanceClass: type,
      MultiAZ: standby,
      StorageType: 'gp3',
      AllocatedStorage: `${storage}`,
      MaxAllocatedStorage: 5 * storage,
      EnablePerformanceInsights: true,
      DatabaseInsightsMode: mode,
      PerformanceInsightsRetentionPeriod: days,
    });
    expect(instance(template).Properties.MonitoringInterval).toBe(seconds);
  });

  test('is what is asked for, whatever the profile', () => {
    const template = database(StageProfile.TESTING, {
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.LARGE),
      multiAz: true,
      allocatedStorage: 30,
      maxAllocatedStorage: 33,
      databaseInsightsMode: rds.DatabaseInsightsMode.ADVANCED,
      monitoringInterval: Duration.seconds(5),
    });
    expect(instance(template).Properties).toMatchObject({
      DBInstanceClass: 'db.r7g.large',
      MultiAZ: true,
      AllocatedStorage: '30',
      MaxAllocatedStorage: 33,
      DatabaseInsightsMode: 'advanced',
      MonitoringInterval: 5,
    });
  });

  test.each<[string, rds.IInstanceEngine, string, boolean]>([
    ['MySQL on t4g.micro', MYSQL, 't4g.micro', false], ['MariaDB on t3.small', MARIADB, 't3.small', false],
    ['MySQL on t4g.medium', MYSQL, 't4g.medium', true], ['PostgreSQL on t4g.micro', POSTGRES, 't4g.micro', true],
  ])('decides on insights: %s', (_, engine, type, supported) => {
    const options = { engine, instanceType: new ec2.InstanceType(type) };
    const { Properties } = instance(database(StageProfile.TESTING, options));
    expect([Properties.EnablePerformanceInsights ?? false, Properties.DatabaseInsightsMode])
      .toEqual(supported ? [true, 'standard'] : [false, undefined]);
  });

  test('never grows beyond what RDS can store', () => {
    const { Properties } = instance(database(StageProfile.PRODUCTION, { allocatedStorage: 20_000 }));
    expect(Properties.MaxAllocatedStorage).toBe(65_536);
  });
});

describe('fate', () => {
  test.each([
    ['production', 35, true, 365], ['staging', 7, true, 90], ['development', 1, false, 30], ['testing', 0, false, 7],
    ['audit', 35, true, 3653], ['root', 35, true, 365],
  ])('in %s has %d days of backups, protection: %s, and %d days of logs', (name, days, protection, logDays) => {
    const template = database(PROFILES[name]);
    const { Properties } = instance(template);
    expect(Properties).toMatchObject({ BackupRetentionPeriod: days, DeletionProtection: protection });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: logDays });
  });

  test('in production keeps all that the database and its replicas need', () => {
    const template = database(StageProfile.PRODUCTION, { readReplicas: 1 });
    expect(policies(template)).toEqual([
      'AWS::EC2::SecurityGroup Retain Retain',
      'AWS::Logs::LogGroup RetainExceptOnCreate Retain',
      'AWS::RDS::DBInstance Retain Retain',
      'AWS::RDS::DBParameterGroup Retain Retain',
      'AWS::RDS::DBSubnetGroup Retain Retain',
      'AWS::SecretsManager::Secret Retain Retain',
      'AWS::SecretsManager::SecretTargetAttachment Retain Retain',
    ]);
    template.allResourcesProperties('AWS::RDS::DBInstance', { DeleteAutomatedBackups: false });
  });

  test('in testing leaves nothing, no snapshot and no backup', () => {
    const template = database(StageProfile.TESTING, { readReplicas: 1 });
    expect(policies(template).filter(policy => !policy.endsWith('Delete Delete'))).toEqual([]);
    template.allResourcesProperties('AWS::RDS::DBInstance', { DeleteAutomatedBackups: true });
  });

  test('without protection is retained, but for a creation that fails', () => {
    const kept = policies(database(StageProfile.PRODUCTION, { deletionProtection: false }));
    expect(kept.filter(policy => !policy.endsWith('RetainExceptOnCreate Retain'))).toEqual([]);
  });

  test('with a final snapshot takes one of the database, and none of replicas, which have none', () => {
    const template = database(StageProfile.STAGING, { removalPolicy: RemovalPolicy.SNAPSHOT, readReplicas: 1 });
    expect(instance(template).DeletionPolicy).toBe('Snapshot');
    expect(replicas(template).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete']);
  });

  test('is what is asked for, whatever the profile', () => {
    const template = database(StageProfile.PRODUCTION, {
      backupRetention: Duration.days(3),
      preferredBackupWindow: '03:00-04:00',
      preferredMaintenanceWindow: 'sun:04:00-sun:05:00',
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
      logRetention: logs.RetentionDays.ONE_DAY,
    });
    expect(instance(template)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        BackupRetentionPeriod: 3,
        PreferredBackupWindow: '03:00-04:00',
        PreferredMaintenanceWindow: 'sun:04:00-sun:05:00',
        DeletionProtection: false,
        DeleteAutomatedBackups: true,
      },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 1 });
  });
});

test('an id may be long, and have letters that EC2 does not take in a description', () => {
  const stack = stackIn(StageProfile.PRODUCTION);
  define(stack, `Größe-${'x'.repeat(230)}`);
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup'));
  expect(Properties.GroupDescription).toMatch(/^Who may connect to in-production\/services\/Gr--e-x+$/);
  expect(Properties.GroupDescription).toHaveLength(255);
});

test('a newer major version has to be allowed', () => {
  const allowed = (options: Options) =>
    instance(database(StageProfile.PRODUCTION, options)).Properties.AllowMajorVersionUpgrade;
  expect([allowed({}), allowed({ allowMajorVersionUpgrade: true })]).toEqual([undefined, true]);
});

describe('security', () => {
  test.each<[string, rds.IInstanceEngine, number, string, Record<string, string>]>([
    ['postgres', POSTGRES, 5432, 'postgres17', { 'rds.force_ssl': '1' }],
    ['mysql', MYSQL, 3306, 'mysql8.4', { require_secure_transport: '1', slow_query_log: '1', log_output: 'FILE' }],
    ['mariadb', MARIADB, 3306, 'mariadb11.4', { require_secure_transport: '1', slow_query_log: '1', log_output: 'FILE' }],
  ])('of %s is private, encrypted, with TLS and IAM, and upgraded', (name, engine, port, Family, Parameters) => {
    const template = database(StageProfile.TESTING, { engine });
    expect(instance(template).Properties).toMatchObject({
      Engine: name,
      Port: `${port}`,
      MasterUsername: 'dbadmin',
      PubliclyAccessible: false,
      StorageEncrypted: true,
      EnableIAMDatabaseAuthentication: true,
      AutoMinorVersionUpgrade: true,
      CopyTagsToSnapshot: true,
    });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family, Parameters });
  });

  test('leaves the password to RDS', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = define(stack, 'it', {
      masterUsername: 'owner', databaseName: 'orders', secretEncryptionKey: kms.Key.fromKeyArn(stack, 'key', KEY),
    });
    const template = Template.fromStack(stack);
    expect(instance(template).Properties).toMatchObject({
      ManageMasterUserPassword: true, MasterUserSecret: { KmsKeyId: KEY }, MasterUsername: 'owner', DBName: 'orders',
    });
    expect(instance(template).Properties.MasterUserPassword).toBeUndefined();
    const [id] = Object.keys(template.findResources('AWS::RDS::DBInstance'));
    expect(stack.resolve(it.secret.secretArn)).toEqual({ 'Fn::GetAtt': [id, 'MasterUserSecret.SecretArn'] });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('has a secret of its own with replicas, of which RDS manages none', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = define(stack, 'it', { readReplicas: 1, secretEncryptionKey: kms.Key.fromKeyArn(stack, 'key', KEY) });
    const template = Template.fromStack(stack);
    const { Properties } = instance(template);
    expect(Properties.ManageMasterUserPassword).toBeUndefined();
    // a literal: as a reference to the secret it would differ from the name before, and replace the database
    expect(Properties.MasterUsername).toBe('dbadmin');
    const [secretId] = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    expect(Properties.MasterUserPassword).toEqual({
      'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secretId }, ':SecretString:password::}}']],
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY });
    const [attachment] = Object.keys(template.findResources('AWS::SecretsManager::SecretTargetAttachment'));
    expect(stack.resolve(it.secret.secretArn)).toEqual({ Ref: attachment });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('lets nobody in until it is told, and then by its port', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    define(stack, 'it');
    expect(strings(Template.fromStack(stack).toJSON())).not.toContain('SecurityGroupIngress');
    const open = stackIn(StageProfile.PRODUCTION);
    define(open, 'it', { readReplicas: 1 }).connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'));
    const template = Template.fromStack(open);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 5432, ToPort: 5432 })],
    });
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup'));
    template.allResourcesProperties('AWS::RDS::DBInstance', { VPCSecurityGroups: [{ 'Fn::GetAtt': [group, 'GroupId'] }] });
  });

  test('grants to connect as one user, to the replicas too', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = define(stack, 'it', { readReplicas: 1 });
    const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    expect(it.grantConnect(role, 'app').success).toBe(true);
    expect(() => it.grantConnect(role, '*')).toThrow("dbUser is '*', which is not one user of the database");
    const template = Template.fromStack(stack);
    const arn = ['arn:', { Ref: 'AWS::Partition' }, ':rds-db:eu-west-1:222222222222:dbuser:'];
    const users = Object.keys(template.findResources('AWS::RDS::DBInstance'))
      .map(id => ({ 'Fn::Join': ['', [...arn, { 'Fn::GetAtt': [id, 'DbiResourceId'] }, '/app']] }));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Action: 'rds-db:connect', Effect: 'Allow', Resource: users }],
        Version: '2012-10-17',
      },
    });
  });

  test('encrypts with the key that is given', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    define(stack, 'it', { storageEncryptionKey: kms.Key.fromKeyArn(stack, 'key', KEY) });
    const { Properties } = instance(Template.fromStack(stack));
    expect(Properties).toMatchObject({ KmsKeyId: KEY, PerformanceInsightsKMSKeyId: KEY });
  });

  test('has parameters of its user, who has the last word', () => {
    const parameters = { long_query_time: '1', slow_query_log: '0' };
    const template = database(StageProfile.TESTING, { engine: MYSQL, parameters });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: { require_secure_transport: '1', slow_query_log: '0', long_query_time: '1', log_output: 'FILE' },
    });
  });
});

describe('replicas', () => {
  const template = database(StageProfile.TESTING, { readReplicas: 3, engine: MYSQL, port: 3307 });

  test('are as the source, and are not told what they take over from it', () => {
    expect(replicas(template)).toHaveLength(3);
    for (const { Properties } of replicas(template)) {
      expect(Properties).toMatchObject({
        DBInstanceClass: 'db.t4g.micro',
        Port: '3307',
        PubliclyAccessible: false,
        EnableIAMDatabaseAuthentication: true,
        StorageType: 'gp3',
        MaxAllocatedStorage: 100,
      });
      const inherited = ['StorageEncrypted', 'KmsKeyId', 'MasterUsername', 'MasterUserPassword', 'DBName', 'DBParameterGroupName', 'AllocatedStorage'];
      expect(Object.keys(Properties).filter(property => inherited.includes(property))).toEqual([]);
    }
  });

  test('are created one after another', () => {
    const ids = Object.entries(template.findResources('AWS::RDS::DBInstance'))
      .filter(([, { Properties }]) => Properties.SourceDBInstanceIdentifier).map(([id]) => id);
    const waitsFor = replicas(template).map(({ DependsOn }) => DependsOn!.filter(id => ids.includes(id)));
    expect(waitsFor).toEqual([[], [ids[0]], [ids[1]]]);
  });

  test('need a day of backups of the source', () => {
    expect(instance(template).Properties.BackupRetentionPeriod).toBe(1);
  });

  test('are alarmed of when they are behind', () => {
    const alarms = (Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[])
      .filter(({ Properties }) => Properties.MetricName === 'ReplicaLag');
    expect(new Set(alarms.map(({ Properties }) => JSON.stringify(Properties.Dimensions))).size).toBe(3);
  });
});

describe('visibility', () => {
  test('logs into groups of the stack, there before each instance, by names that are in no other stack', () => {
    const template = database(StageProfile.PRODUCTION, { readReplicas: 1 });
    for (const { Properties, DependsOn } of instances(template)) {
      const identifier = Properties.DBInstanceIdentifier['Fn::Join'][1].flat();
      expect(identifier[0]).toMatch(/^it(-readreplica1)?-[a-f0-9]{8}-$/);
      expect(JSON.stringify(identifier[1])).toContain('AWS::StackId');
      const groups = Object.entries(template.findResources('AWS::Logs::LogGroup'))
        .filter(([, group]) => group.Properties.LogGroupName['Fn::Join'][1][0] === `/aws/rds/instance/${identifier[0]}`);
      expect(groups.map(([, group]) => group.Properties.LogGroupName['Fn::Join'][1][2]).sort()).toEqual(['/postgresql', '/upgrade']);
      expect(DependsOn).toEqual(expect.arrayContaining(groups.map(([id]) => id)));
      expect(Properties.EnableCloudwatchLogsExports).toEqual(['postgresql', 'upgrade']);
    }
  });

  test('has identifiers that RDS accepts, whatever the path', () => {
    const stack = stackIn(StageProfile.TESTING);
    const names = ['A database of a long name, with -- and _ and more that is not allowed', '--', 'x_y', 'xy', 'X-Y'];
    names.forEach(name => define(stack, name));
    const identifiers = instances(Template.fromStack(stack)).map(({ Properties }) => Properties.DBInstanceIdentifier['Fn::Join'][1][0]);
    expect(new Set(identifiers).size).toBe(names.length);
    // with the 12 characters of the stack that follow
    identifiers.forEach(identifier => expect(identifier).toMatch(/^(?=.{1,51}$)[a-z][a-z0-9]*(-[a-z0-9]+)*-$/));
  });

  test('alarms for CPU and storage', () => {
    const template = database(StageProfile.PRODUCTION, { allocatedStorage: 100 });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'CPUUtilization', Threshold: 90 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'FreeStorageSpace', Threshold: 10 * 1024 ** 3, ComparisonOperator: 'LessThanThreshold',
    });
  });

  test('has alarms that take actions', () => {
    takesActions((stack, id, options) => define(stack, id, { readReplicas: 2, ...options }));
  });

  test.each<[string, Options, string, string, number]>([
    ['CPU', { cpuAlarmThreshold: 0 }, 'CpuAlarm', 'is short of CPU', 0],
    ['storage', { freeStorageAlarmThreshold: Size.gibibytes(5) }, 'StorageAlarm', 'is short of storage, and does not grow', 5 * 1024 ** 3],
    ['a replica', { readReplicas: 1, replicaLagAlarmThreshold: Duration.seconds(90) }, 'ReplicaLagAlarm1', 'is 1 minute 30 seconds behind', 90],
    ['a replica otherwise', { readReplicas: 1 }, 'ReplicaLagAlarm1', 'is a minute behind', 60],
  ])('alarms for %s from where it is told to', (_, options, id, description, threshold) => {
    expect(alarmOf(database(StageProfile.TESTING, options), id))
      .toEqual([expect.stringContaining(description), threshold]);
  });

  test('has metrics of the instance', () => {
    const it = define(stackIn(StageProfile.PRODUCTION), 'it');
    const period = Duration.minutes(1);
    const metrics = [
      it.metric('ReadLatency', { period }), it.metricCPUUtilization({ period }), it.metricDatabaseConnections({ period }),
      it.metricFreeStorageSpace({ period }), it.metricFreeableMemory({ period }),
    ];
    expect(metrics.map(({ metricName }) => metricName))
      .toEqual(['ReadLatency', 'CPUUtilization', 'DatabaseConnections', 'FreeStorageSpace', 'FreeableMemory']);
    metrics.forEach(metric => expect(metric).toMatchObject({
      namespace: 'AWS/RDS', dimensions: { DBInstanceIdentifier: it.instance.instanceIdentifier }, period,
    }));
  });
});

describe('refuses', () => {
  const oracle = rds.DatabaseInstanceEngine.oracleSe2({ version: rds.OracleEngineVersion.VER_19 });
  const noVersion: rds.IInstanceEngine = { ...POSTGRES, engineType: 'postgres', engineVersion: undefined } as never;

  test.each<[string, Options]>([
    ['engine is oracle-se2: give one of postgres, mysql, mariadb, or use the DatabaseInstance of the CDK', { engine: oracle }],
    ['engine is postgres of no version: give one, as DatabaseInstanceEngine.postgres({ version })', { engine: noVersion }],
    ['readReplicas is 16: give a whole number from 0 to 15', { readReplicas: 16 }],
    ['backupRetention is 0 days: give whole days from 1 to 35, because readReplicas need backups',
      { readReplicas: 1, backupRetention: Duration.days(0) }],
    ['backupRetention is 36 days: give whole days from 0 to 35', { backupRetention: Duration.days(36) }],
    ['allocatedStorage is 19: give a whole number from 20 to 59578', { allocatedStorage: 19 }],
    ['maxAllocatedStorage is 109: give a whole number from 110 to 65536', { allocatedStorage: 100, maxAllocatedStorage: 109 }],
    ['preferredBackupWindow is \'03:00-04:00\', but there are no backups: give backupRetention, or leave it out',
      { preferredBackupWindow: '03:00-04:00' }],
    ['databaseInsightsMode is \'standard\', and t4g.micro does not support it for mysql: give a larger instanceType, or no mode',
      { engine: MYSQL, databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD }],
    ['instanceType is \'db.m7g.large\': give a type of RDS without \'db.\', such as \'m7g.large\'',
      { instanceType: new ec2.InstanceType('db.m7g.large') }],
    ['instanceType is \'p5.48xlarge\': give a type of RDS without \'db.\', such as \'m7g.large\'',
      { instanceType: ec2.InstanceType.of(ec2.InstanceClass.P5, ec2.InstanceSize.XLARGE48) }],
    ['cpuAlarmThreshold is -5: give a percentage, 0 to 100', { cpuAlarmThreshold: -5 }],
    ['freeStorageAlarmThreshold is 20 GiB, and allocatedStorage is 20, of which so much is never free: give less',
      { freeStorageAlarmThreshold: Size.gibibytes(20) }],
    ['replicaLagAlarmThreshold has no effect without replicas: give readReplicas, or leave it out',
      { replicaLagAlarmThreshold: Duration.seconds(1) }],
    ['port is 80: give a whole number from 1150 to 65535', { port: 80 }],
    ['monitoringInterval is 2 seconds: give one of 0, 1, 5, 10, 15, 30, 60', { monitoringInterval: Duration.seconds(2) }],
  ])('%s', (message, options) => {
    expect(() => database(StageProfile.TESTING, options)).toThrow(new Error(message));
  });

  test('a network in one availability zone', () => {
    const stack = stackIn(StageProfile.TESTING);
    expect(() => new RelationalDatabase(stack, 'it', { vpc: existingVpc(stack, 'vpc', ['a']), engine: POSTGRES }))
      .toThrow(/are in 1 availability zones, and two are needed/);
  });
});
