import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { stackIn } from './contract';
import { testVpc } from './networks';
import {
  AuroraMysql, AuroraPostgres, KubernetesCluster, Network, Redis, RelationalDatabase, SearchDomain, StageProfile,
} from '../../src';

const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 });

// those of containers have the key of their cluster
test.each<[string, (stack: Stack, logEncryptionKey: kms.IKey) => void, number]>([
  ['Network', (stack, logEncryptionKey) => new Network(stack, 'it', { logEncryptionKey }), 1],
  ['AuroraPostgres', (stack, logEncryptionKey) => new AuroraPostgres(stack, 'it', { vpc: testVpc(stack, 'it'), logEncryptionKey }), 1],
  ['AuroraMysql', (stack, logEncryptionKey) => new AuroraMysql(stack, 'it', { vpc: testVpc(stack, 'it'), logEncryptionKey }), 1],
  ['RelationalDatabase', (stack, logEncryptionKey) =>
    new RelationalDatabase(stack, 'it', { vpc: testVpc(stack, 'it'), engine, readReplicas: 1, logEncryptionKey }), 4],
  ['Redis', (stack, logEncryptionKey) => new Redis(stack, 'it', { vpc: testVpc(stack, 'it'), logEncryptionKey }), 2],
  ['SearchDomain', (stack, logEncryptionKey) => new SearchDomain(stack, 'it', { vpc: testVpc(stack, 'it', undefined, 3), logEncryptionKey }), 4],
  ['KubernetesCluster', (stack, logEncryptionKey) => new KubernetesCluster(stack, 'it', { vpc: testVpc(stack, 'it'), logEncryptionKey }), 1],
])('all logs of %s are encrypted by a key that is given, which the logs may use once', (_, define, count) => {
  const stack = stackIn(StageProfile.PRODUCTION);
  const key = new kms.Key(stack, 'key');
  define(stack, key);
  const made = Template.fromStack(stack);
  const groups = Object.entries(made.findResources('AWS::Logs::LogGroup')).filter(([id]) => !id.startsWith('customresource'));
  const used = stack.resolve(key.keyArn);
  expect(groups.length).toBeGreaterThanOrEqual(count);
  groups.forEach(([, { Properties }]) => expect(Properties.KmsKeyId).toEqual(used));
  const [logicalId] = (used as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  const { Statement } = made.findResources('AWS::KMS::Key')[logicalId].Properties.KeyPolicy;
  const logs = Statement.filter(({ Principal }: { Principal: object }) => JSON.stringify(Principal).includes('logs.eu-west-1'));
  expect(logs).toEqual([expect.objectContaining({ Effect: 'Allow', Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } } })]);
});
