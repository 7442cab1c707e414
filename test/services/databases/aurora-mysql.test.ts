import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { StageProfile } from '../../../src';
import { AuroraMysql, AuroraMysqlProps } from '../../../src/services/databases/aurora-mysql';
import { Resource } from '../../orgs';
import { behavesLikeAService, PROFILES, templateIn } from '../contract';
import { existingVpc } from '../existing-vpc';

// what Aurora clusters have in common is tested with those of PostgreSQL

type Options = Omit<AuroraMysqlProps, 'vpc'>;

function define(stack: Stack, id: string, options: Options = {}): AuroraMysql {
  return new AuroraMysql(stack, id, { vpc: existingVpc(stack, `${id}-vpc`), ...options });
}

function mysql(profile: StageProfile, options?: Options): Template {
  return templateIn(profile, (stack, id) => define(stack, id, options));
}

function cluster(template: Template): Resource {
  return Object.values(template.findResources('AWS::RDS::DBCluster'))[0] as Resource;
}

function instanceType(name: string): ec2.InstanceType {
  return new ec2.InstanceType(name);
}

describe('a cluster', () => behavesLikeAService(define));

describe('a cluster that can be wound back, on another port', () => behavesLikeAService((stack, id) => {
  define(stack, id, { backtrackWindow: Duration.hours(24), instanceType: instanceType('r7g.large'), port: 3307 });
}));

test('is of a version that can pause, private, encrypted, with TLS and IAM', () => {
  const template = mysql(StageProfile.TESTING);
  expect(cluster(template).Properties).toMatchObject({
    Engine: 'aurora-mysql',
    EngineVersion: '8.0.mysql_aurora.3.10.1',
    Port: 3306,
    MasterUsername: 'dbadmin',
    ManageMasterUserPassword: true,
    StorageEncrypted: true,
    EnableIAMDatabaseAuthentication: true,
    ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 2 },
  });
  template.allResourcesProperties('AWS::RDS::DBInstance', { Engine: 'aurora-mysql', PubliclyAccessible: false });
});

test('demands TLS, audits, and logs what is slow', () => {
  const template = mysql(StageProfile.TESTING, { parameters: { long_query_time: '2' } });
  template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
    Family: 'aurora-mysql8.0',
    Parameters: {
      require_secure_transport: 'ON',
      server_audit_logging: '1',
      server_audit_events: 'CONNECT,QUERY_DCL,QUERY_DDL',
      slow_query_log: '1',
      long_query_time: '2',
    },
  });
});

test.each(Object.keys(PROFILES))('has a group for each of its logs in %s', name => {
  const template = mysql(PROFILES[name]);
  const exported = ['audit', 'error', 'general', 'slowquery'];
  expect(cluster(template).Properties.EnableCloudwatchLogsExports).toEqual(exported);
  const [id] = Object.keys(template.findResources('AWS::RDS::DBCluster'));
  for (const log of exported) {
    const LogGroupName = { 'Fn::Join': ['', ['/aws/rds/cluster/', { Ref: id }, `/${log}`]] };
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName });
  }
  const groups = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  template.allResources('AWS::RDS::DBInstance', { DependsOn: Match.arrayWith(groups.sort()) });
});

test.each([
  ['8.0.mysql_aurora.3.08.0', 0], ['8.0.mysql_aurora.3.07.1', 0.5], ['8.0.mysql_aurora.3.04.4', 0.5], ['8.0.mysql_aurora.3.12.0', 0],
  ['8.4.mysql_aurora.8.4.7', 0], ['8.0', 0.5],
])('of version %s is at least %d ACU in a small stage', (version, MinCapacity) => {
  const options = { version: rds.AuroraMysqlEngineVersion.of(version, '8.0') };
  expect(cluster(mysql(StageProfile.TESTING, options)).Properties)
    .toMatchObject({ EngineVersion: version, ServerlessV2ScalingConfiguration: { MinCapacity } });
});

test('can be wound back only if that is asked for', () => {
  expect(cluster(mysql(StageProfile.PRODUCTION)).Properties.BacktrackWindow).toBeUndefined();
  const { Properties } = cluster(mysql(StageProfile.PRODUCTION, { backtrackWindow: Duration.hours(72) }));
  expect(Properties.BacktrackWindow).toBe(72 * 3600);
});

test.each([
  ['serverless', true], ['r7g.large', true], ['t4g.medium', true], ['t3.medium', false],
])('has insights on %s instances, if they support it', (type, supported) => {
  const options = type === 'serverless' ? {} : { instanceType: instanceType(type) };
  const { Properties } = cluster(mysql(StageProfile.PRODUCTION, options));
  expect([Properties.PerformanceInsightsEnabled ?? false, Properties.DatabaseInsightsMode])
    .toEqual(supported ? [true, 'advanced'] : [false, undefined]);
});

test.each<[string, Options]>([
  ["databaseInsightsMode is 'standard', and t3.medium does not support it for aurora-mysql: give a larger instanceType, or no mode",
    { instanceType: instanceType('t3.medium'), databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD }],
  ['backtrackWindow is 73 hours: give up to 72', { backtrackWindow: Duration.hours(73) }],
  ['serverlessV2MinCapacity is 0, and version cannot pause: give 0.5 or more, or a newer version',
    { serverlessV2MinCapacity: 0, version: rds.AuroraMysqlEngineVersion.VER_3_04_0 }],
])('refuses: %s', (message, options) => {
  expect(() => mysql(StageProfile.PRODUCTION, options)).toThrow(new Error(message));
});
