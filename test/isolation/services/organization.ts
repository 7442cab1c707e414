import { App, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  AuroraPostgres, ContainerRegistry, DynamoTable, IDomain, KubernetesCluster, MultiAccountOrg, Network, Redis,
  SecretStore, StageAccount, StageAddresses, StageProfile, StaticSite,
} from '../../../src';

/** Production and development with the same services, of which development is granted one thing of production. */
export function organizationWithServices(app: App): void {
  const acme = new MultiAccountOrg(app, 'acme', {
    managementAccountId: '111111111111',
    email: 'aws@acme.example',
    homeRegion: 'eu-west-1',
  });
  const prod = acme.addStage('prod', { addresses: StageAddresses.index(1) });
  const dev = acme.addStage('dev', { profile: StageProfile.DEVELOPMENT, addresses: StageAddresses.index(2) });
  const testing = acme.addStage('testing', { profile: StageProfile.TESTING });
  acme.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });

  const domain = acme.addDomain('acme.example', { stages: [prod, dev, testing] });
  const [inProd, inDev] = [prod, dev].map(stage => addServices(stage, domain));
  const registry = new ContainerRegistry(inProd.stack, 'registry', {
    repositoryNames: ['acme/api'], pullAccounts: [dev.accountId],
  });
  registry.grantPull(inProd.workload);
  registry.grantPush(inProd.pipeline);
  ecr.Repository.fromRepositoryAttributes(inDev.stack, 'registry', {
    repositoryName: 'acme/api', repositoryArn: `arn:aws:ecr:eu-west-1:${prod.accountId}:repository/acme/api`,
  }).grantPull(inDev.workload);
  // everything that it could do is allowed, and its policy alone is not enough
  addRole(new Stack(testing, 'services'), testing, 'workload').addToPolicy(new iam.PolicyStatement({
    notActions: ['iam:*', 'sts:*'], resources: ['*'],
  }));
}

interface Services {
  readonly stack: Stack;
  readonly workload: iam.Role;
  readonly pipeline: iam.Role;
}

function addServices(stage: StageAccount, domain: IDomain): Services {
  const stack = new Stack(stage, 'services');
  const [workload, operator, pipeline] = ['workload', 'operator', 'pipeline'].map(name => addRole(stack, stage, name));
  const { vpc } = new Network(stack, 'network', { addresses: stage.addresses });

  const [secrets, neighbours] = ['/app', '/application'].map(path => new SecretStore(stack, `store${path}`, { path }));
  [secrets, neighbours].forEach(store => store.addSecret('session-key'));
  secrets.grantRead(workload);
  secrets.grantWrite(operator);

  new StaticSite(stack, 'site', { deployer: pipeline, zone: domain.zoneOf(stage), domainName: `www.${stage.node.id}.acme.example` });
  new StaticSite(stack, 'docs');
  new DynamoTable(stack, 'items', { partitionKey: { name: 'id', type: AttributeType.STRING } })
    .table.grantReadWriteData(workload);
  new Redis(stack, 'redis', { vpc }).grantConnect(workload);
  new AuroraPostgres(stack, 'postgres', { vpc }).grantConnect(workload, 'app');
  new KubernetesCluster(stack, 'cluster', { vpc }).grantAdmin(stage.admin);
  return { stack, workload, pipeline };
}

function addRole(stack: Stack, stage: StageAccount, name: string): iam.Role {
  return new iam.Role(stack, name, {
    roleName: stage.conventionalName(name), assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
}
