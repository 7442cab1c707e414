import { Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { Given } from './given';
import {
  AcmCloudFront, AuroraMysql, AuroraPostgres, Certificate, ContainerCluster, ContainerRegistry, DynamoTable,
  KubernetesCluster, MailDomain, Network, Redis, RelationalDatabase, SearchDomain, SecretStore, StageDns, StaticSite,
} from '../../src';

/** Every service of the library, as somebody writes it who says nothing but what has to be said. */
export const CATALOGUE: Record<string, (stack: Stack, id: string, given: Given) => Construct> = {
  Network: (stack, id, { addresses }) => new Network(stack, id, { addresses: addresses() }),
  AuroraPostgres: (stack, id, { vpc }) => new AuroraPostgres(stack, id, { vpc: vpc() }),
  AuroraMysql: (stack, id, { vpc }) => new AuroraMysql(stack, id, { vpc: vpc() }),
  RelationalDatabase: (stack, id, { vpc }) => new RelationalDatabase(stack, id, {
    vpc: vpc(), engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
  }),
  Redis: (stack, id, { vpc }) => new Redis(stack, id, { vpc: vpc() }),
  SearchDomain: (stack, id, { vpc }) => new SearchDomain(stack, id, { vpc: vpc() }),
  StageDns: (stack, id, { zone }) => new StageDns(stack, id, { domainName: `${id}.${zone().zoneName}` }),
  Certificate: (stack, id, { zone }) => new Certificate(stack, id, { zone: zone() }),
  AcmCloudFront: (stack, id, { zone }) => new AcmCloudFront(stack, id, { zone: zone() }),
  StaticSite: (stack, id, { zone }) => new StaticSite(stack, id, { zone: zone(), domainName: `${id}.${zone().zoneName}` }),
  ContainerRegistry: (stack, id) => new ContainerRegistry(stack, id, { repositoryNames: [`${id}/web`] }),
  ContainerCluster: (stack, id, { vpc }) => withService(new ContainerCluster(stack, id, {
    vpc: vpc(), certificate: acm.Certificate.fromCertificateArn(stack, `${id}-certificate`, `arn:aws:acm:${stack.region}:222222222222:certificate/${id}`),
  })),
  KubernetesCluster: (stack, id, { vpc }) => new KubernetesCluster(stack, id, { vpc: vpc() }),
  SecretStore: (stack, id) => withSecret(new SecretStore(stack, id)),
  MailDomain: (stack, id, { zone }) => new MailDomain(stack, id, { zone: zone(), domainName: `${id}.${zone().zoneName}` }),
  DynamoTable: (stack, id) => new DynamoTable(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } }),
};

function withService(cluster: ContainerCluster): Construct {
  cluster.addService('web', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'), port: 80 });
  return cluster;
}

function withSecret(store: SecretStore): Construct {
  store.addSecret('session-key');
  return store;
}
