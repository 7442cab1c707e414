import { App, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ArnPrincipal, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  AcmCloudFront, AuroraMysql, AuroraPostgres, BreakGlass, Certificate, ContainerCluster, ContainerRegistry,
  CrossAccountAccessRole, DynamoTable, Guardrails, KubernetesCluster, MailDomain, MultiAccountOrg, Network,
  OrganizationSource, Redis, RelationalDatabase, SearchDomain, SecretStore, StageAddresses, StageProfile, StaticSite,
} from 'cdk-multi-account-org';

// an organization with everything that the library defines, by its public API: the next release finds this file by the
// tag of this one, and all of its logical ids have to be there still

const app = new App({ analyticsReporting: false });
const acme = new MultiAccountOrg(app, 'acme', {
  managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1', rootAddresses: StageAddresses.index(0),
});
const audit = acme.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
const prod = acme.addStage('prod', { organizationalUnit: 'workloads/production', addresses: StageAddresses.index(1) });
const testing = acme.addStage('testing', { profile: StageProfile.TESTING, organizationalUnit: 'workloads', addresses: StageAddresses.index(2) });
acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly], cloudWatchLogsRetention: RetentionDays.ONE_YEAR });
new Guardrails(acme, 'guardrails');
new BreakGlass(acme, 'break-glass');
acme.addUser('ada', { groups: [acme.addGroup('engineers', { canAssume: [testing.admin, prod.readOnly] })] });
const domain = acme.addDomain('acme.example', { stages: [prod, testing] });

for (const stage of [prod, testing]) {
  const zone = domain.zoneOf(stage);
  const { vpc } = new Network(new Stack(stage, 'network'), 'network', { addresses: stage.addresses });
  const services = new Stack(stage, 'services');
  new AuroraPostgres(services, 'postgres', { vpc });
  new AuroraMysql(services, 'mysql', { vpc });
  new RelationalDatabase(services, 'database', { vpc, engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }) });
  new Redis(services, 'redis', { vpc });
  new SearchDomain(services, 'search', { vpc });
  new DynamoTable(services, 'table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  new ContainerRegistry(services, 'registry', { repositoryNames: ['web'] });
  new SecretStore(services, 'secrets').addSecret('session-key');
  new CrossAccountAccessRole(services, 'role', {
    roleName: stage.conventionalName('partner'),
    trustedPrincipals: [new ArnPrincipal('arn:aws:iam::666666666666:user/partner')],
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
  });
  const web = new Stack(stage, 'web');
  const certificate = new Certificate(web, 'certificate', { zone });
  new AcmCloudFront(web, 'cloudfront-certificate', { zone });
  new StaticSite(web, 'site', { zone, domainName: `www.${zone.zoneName}` });
  new MailDomain(web, 'mail', { zone, domainName: `mail.${zone.zoneName}` });
  new ContainerCluster(web, 'containers', { vpc, certificate: certificate.acmCertificate })
    .addService('web', { image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx'), port: 80 });
  new KubernetesCluster(new Stack(stage, 'kubernetes'), 'cluster', { vpc });
}

// the same trail where it is not the organization's
const members = new MultiAccountOrg(app, 'members', {
  managementAccountId: '333333333333', homeRegion: 'eu-west-1', organization: OrganizationSource.memberAccounts(),
});
members.addAuditTrail({ storedIn: members.addStage('audit', { accountId: '444444444444', profile: StageProfile.AUDIT }) });
