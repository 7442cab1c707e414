// everything that the library defines, each service in each profile, as it is compiled: synthesized into the folder of the
// argument, with the accounts of its ids found
const { join } = require('node:path');
const repository = join(__dirname, '../../../..');
const { App, Stack } = require('aws-cdk-lib');
const { AttributeType } = require('aws-cdk-lib/aws-dynamodb');
const { ContainerImage } = require('aws-cdk-lib/aws-ecs');
const { ArnPrincipal, ManagedPolicy } = require('aws-cdk-lib/aws-iam');
const { RetentionDays } = require('aws-cdk-lib/aws-logs');
const { DatabaseInstanceEngine, MysqlEngineVersion, PostgresEngineVersion } = require('aws-cdk-lib/aws-rds');
const { Construct } = require('constructs');
const library = require(repository);
const {
  AcmCloudFront, AuroraMysql, AuroraPostgres, BreakGlass, Certificate, ContainerCluster, ContainerRegistry, CrossAccountAccessRole,
  DynamoTable, Guardrails, KubernetesCluster, MailDomain, MultiAccountOrg, Network, OrganizationSource, Redis, RelationalDatabase, SearchDomain,
  SecretStore, StageAddresses, StageProfile, StaticSite,
} = library;

const PROFILES = { prod: 'PRODUCTION', staging: 'STAGING', dev: 'DEVELOPMENT', testing: 'TESTING' };

function define(context) {
  const app = new App({ analyticsReporting: false, outdir: process.argv[2], context });
  const acme = new MultiAccountOrg(app, 'acme', {
    managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1', rootAddresses: StageAddresses.index(0),
  });
  const audit = acme.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
  const stages = Object.entries(PROFILES).map(([id, profile], index) => acme.addStage(id, {
    profile: StageProfile[profile], organizationalUnit: `workloads/${id}`, addresses: StageAddresses.index(index + 1),
  }));
  acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly], cloudWatchLogsRetention: RetentionDays.ONE_YEAR });
  acme.addUser('ada', { groups: [acme.addGroup('engineers', { canAssume: [stages[2].admin, stages[0].readOnly] })] });
  const domain = acme.addDomain('acme.example', { stages });
  for (const stage of stages) {
    addServices(stage, domain.zoneOf(stage));
  }
  new Guardrails(acme, 'guardrails');
  new BreakGlass(acme, 'break-glass');
  // the same trail where it is not the organization's
  const members = new MultiAccountOrg(app, 'members', {
    managementAccountId: '777777777777', homeRegion: 'eu-west-1', organization: OrganizationSource.memberAccounts(),
  });
  members.addAuditTrail({ storedIn: members.addStage('audit', { accountId: '888888888888', profile: StageProfile.AUDIT }) });
  return app;
}

function addServices(stage, zone) {
  const { vpc } = new Network(new Stack(stage, 'network'), 'network', { addresses: stage.addresses });
  const data = new Stack(stage, 'data');
  new AuroraPostgres(data, 'postgres', { vpc });
  new AuroraMysql(data, 'mysql', { vpc });
  for (const [id, engine] of Object.entries({
    postgres: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }),
    mysql: DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_0 }),
  })) {
    new RelationalDatabase(data, `${id}-instance`, { vpc, engine });
  }
  new Redis(data, 'redis', { vpc });
  new SearchDomain(data, 'search', { vpc });
  new DynamoTable(data, 'table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const web = new Stack(stage, 'web');
  new ContainerRegistry(web, 'registry', { repositoryNames: ['web'] });
  new SecretStore(web, 'secrets').addSecret('session-key');
  new CrossAccountAccessRole(web, 'role', {
    roleName: stage.conventionalName('partner'),
    trustedPrincipals: [new ArnPrincipal('arn:aws:iam::111111111111:user/ada')],
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
  });
  const certificate = new Certificate(web, 'certificate', { zone });
  new AcmCloudFront(web, 'cloudfront-certificate', { zone });
  new StaticSite(web, 'site', { zone, domainName: `www.${zone.zoneName}` });
  new MailDomain(web, 'mail', { zone, domainName: `mail.${zone.zoneName}` });
  const containers = new ContainerCluster(web, 'containers', { vpc, certificate: certificate.acmCertificate });
  const image = ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx');
  containers.addService('web', { image, port: 80 });
  containers.addService('api', { image, port: 8080, hostNames: [`api.${zone.zoneName}`], priority: 1 });
  const cluster = new KubernetesCluster(new Stack(stage, 'kubernetes'), 'cluster', { vpc });
  cluster.grantAdmin(stage.admin);
  cluster.addPodIdentity('default', 'web');
}

// what the CLI would look up
const ids = JSON.parse(process.argv[3]);
const found = Object.fromEntries(Object.values(ids).map(id => [
  `availability-zones:account=${id}:region=eu-west-1`, ['a', 'b', 'c'].map(letter => `eu-west-1${letter}`),
]));
for (const { key, props } of define({}).synth().manifest.missing) {
  found[key] = [{ AccountId: ids[props.propertyMatch.Email] }];
}
const app = define(found);
const nodes = app.node.findAll();
const unused = Object.keys(library).filter(name => library[name].prototype instanceof Construct
  && !nodes.some(node => node instanceof library[name]));
if (unused.length > 0) {
  throw new Error(`no resources of ${unused.join(', ')} in this app`);
}
app.synth();
