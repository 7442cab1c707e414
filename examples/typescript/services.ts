import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import {
  AuroraPostgres, Certificate, ContainerCluster, DynamoTable, IDomain, KubernetesCluster, Network, Redis, SecretStore,
  StageAccount, StageProfile, StageSize,
} from 'cdk-multi-account-org';
import { JobQueue } from './job-queue';

// each function is a stack of a stage; how large and how safe it is, the stage says

/** A profile of our own: what can be made again from other data is not worth keeping, in any stage. */
const DERIVED = StageProfile.PRODUCTION.customized('derived', {
  removalPolicy: RemovalPolicy.DESTROY,
  deletionProtection: false,
  backupRetention: Duration.days(0),
  size: StageSize.SMALL,
});

/** A certificate for everything below `<stage>.acme.example`. */
export function addCertificate(stage: StageAccount, domain: IDomain): void {
  new Certificate(new Stack(stage, 'certificate'), 'wildcard', { zone: domain.zoneOf(stage) });
}

/** Where the secrets of applications are. */
export function addSecrets(stage: StageAccount): void {
  new SecretStore(new Stack(stage, 'secrets'), 'chamber', { path: '/chamber' });
}

/** The addresses of the stage, which no other stage has. */
export function addNetwork(stage: StageAccount): Network {
  return new Network(new Stack(stage, 'network'), 'network', {
    addresses: stage.addresses,
    // a small stage has no way out by itself, and containers pull their images
    natGateways: stage.profile.size === StageSize.SMALL ? 1 : undefined,
  });
}

/** What keeps the data of applications. */
export function addBackingServices(stage: StageAccount, { vpc }: Network): void {
  const stack = new Stack(stage, 'backing-services');
  new AuroraPostgres(stack, 'postgres', { vpc });
  new Redis(stack, 'redis', { vpc });
}

/** Where applications run. */
export function addKubernetes(stage: StageAccount, { vpc }: Network): void {
  const cluster = new KubernetesCluster(new Stack(stage, 'kubernetes'), 'cluster', { vpc });
  cluster.grantAdmin(stage.admin);
  cluster.grantView(stage.readOnly);
}

/** Where the automation of the infrastructure itself runs. */
export function addAutomation(stage: StageAccount, { vpc }: Network): void {
  new ContainerCluster(new Stack(stage, 'automation'), 'containers', { vpc });
}

/** What the infrastructure remembers of itself. */
export function addState(stage: StageAccount): void {
  new DynamoTable(new Stack(stage, 'state'), 'locks', { partitionKey: { name: 'LockID', type: AttributeType.STRING } });
}

/** What workers have to do. */
export function addJobs(stage: StageAccount): void {
  new JobQueue(new Stack(stage, 'jobs'), 'jobs');
}

/** What was counted, and can be counted again. */
export function addReports(stage: StageAccount): void {
  const stack = new Stack(stage, 'reports');
  DERIVED.applyTo(stack);
  new DynamoTable(stack, 'reports', { partitionKey: { name: 'Day', type: AttributeType.STRING } });
}
