import { App } from 'aws-cdk-lib';
import { Resource, synthesize, testApp } from '../orgs';
import { CATALOGUE } from './catalogue';
import { PROFILES, stackIn, stateful } from './contract';
import { given } from './given';
import { StageAccount } from '../../src';

// another logical id is another database: a change here is a breaking change, whatever the API says

const PINNED: Record<string, string[]> = {
  Network: [
    'services AWS::Logs::LogGroup customresourcelogs',
    'services AWS::Logs::LogGroup itFlowLogs4E527974',
  ],
  AuroraPostgres: [
    'services AWS::Logs::LogGroup itLogspostgresql6DB951C2',
    'services AWS::RDS::DBCluster itCluster1BF16C90',
  ],
  AuroraMysql: [
    'services AWS::Logs::LogGroup itLogsaudit6578E92A',
    'services AWS::Logs::LogGroup itLogserror42BD9472',
    'services AWS::Logs::LogGroup itLogsgeneral725053E5',
    'services AWS::Logs::LogGroup itLogsslowqueryB3FED0F4',
    'services AWS::RDS::DBCluster itCluster1BF16C90',
  ],
  RelationalDatabase: [
    'services AWS::Logs::LogGroup itLogspostgresql6DB951C2',
    'services AWS::Logs::LogGroup itLogsupgrade3D49A612',
    'services AWS::RDS::DBInstance itInstanceC184E198',
  ],
  Redis: [
    'services AWS::ElastiCache::ReplicationGroup it10B07C0F',
    'services AWS::Logs::LogGroup itenginelogBB4FDFDA',
    'services AWS::Logs::LogGroup itslowlogCB0BF3FE',
  ],
  SearchDomain: [
    'services AWS::Logs::LogGroup customresourcelogs',
    'services AWS::Logs::LogGroup itApplicationLogs883F4C00',
    'services AWS::Logs::LogGroup itAuditLogs65D97D75',
    'services AWS::Logs::LogGroup itIndexSlowLogs8B664438',
    'services AWS::Logs::LogGroup itSearchSlowLogsC6E38A0C',
    'services AWS::OpenSearchService::Domain itDomainA79072A7',
  ],
  StageDns: ['services AWS::Route53::HostedZone itZoneA2E48C41'],
  Certificate: ['services AWS::Logs::LogGroup customresourcelogs'],
  AcmCloudFront: [
    'services AWS::Logs::LogGroup customresourcelogs',
    'services-it-us-east-1 AWS::Logs::LogGroup customresourcelogs',
  ],
  StaticSite: [
    'services AWS::Logs::LogGroup customresourcelogs',
    'services AWS::S3::Bucket itAccessLogs45E4C598',
    'services AWS::S3::Bucket itBucket4764BD3C',
    'services-it-Certificate-us-east-1 AWS::Logs::LogGroup customresourcelogs',
  ],
  ContainerRegistry: ['services AWS::ECR::Repository ititwebC89312D1'],
  ContainerCluster: [
    'services AWS::Logs::LogGroup itExecuteCommandLogs2EFAE50A',
    'services AWS::Logs::LogGroup itwebLogs093059FC',
    'services AWS::S3::Bucket itAccessLogs45E4C598',
  ],
  KubernetesCluster: [
    'services AWS::EKS::Cluster it10B07C0F',
    'services AWS::KMS::Key itKeyF2589D29',
    'services AWS::Logs::LogGroup itLogs30F7335F',
  ],
  SecretStore: [
    'services AWS::KMS::Key itKeyF2589D29',
    'services AWS::SecretsManager::Secret itSecretssessionkeyA8A72A5D',
  ],
  MailDomain: [],
  DynamoTable: ['services AWS::DynamoDB::GlobalTable itTableCBFD86E4'],
};

/** What holds data of one service in one profile, by stack. */
function statefulOf(service: string, profile: string): string[] {
  const app: App = testApp();
  const stack = stackIn(PROFILES[profile], app);
  const stage = stack.node.scope as StageAccount;
  CATALOGUE[service](stack, 'it', given(stage));
  const synthesized = synthesize(app);
  return [...synthesized.stacks.keys()].filter(path => !/\/(network|dns|access)$/.test(path)).flatMap(path =>
    stateful(synthesized.resources(path) as Record<string, Resource>).map(([id, { Type }]) => `${path.split('/')[1]} ${Type} ${id}`)).sort();
}

test.each(Object.keys(CATALOGUE))('of %s, of what holds data, stay', service => {
  expect(statefulOf(service, 'production')).toEqual(PINNED[service]);
});

test.each(Object.keys(CATALOGUE))('of %s are the same in every profile', service => {
  const inProduction = statefulOf(service, 'production');
  for (const profile of Object.keys(PROFILES)) {
    // what empties buckets and takes records back logs only where something is destroyed
    const others = statefulOf(service, profile).filter(id => !inProduction.includes(id) && !id.endsWith(' customresourcelogs'));
    expect([profile, others]).toEqual([profile, []]);
  }
});

test('are pinned of every service', () => {
  expect(Object.keys(PINNED)).toEqual(Object.keys(CATALOGUE));
});
