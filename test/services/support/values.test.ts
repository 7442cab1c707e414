import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as route53 from 'aws-cdk-lib/aws-route53';
import {
  AuroraMysql, AuroraPostgres, Certificate, ContainerCluster, ContainerRegistry, KubernetesCluster, MailDomain,
  MultiAccountOrg, Network, OrganizationSource, Redis, RelationalDatabase, SecretStore, StageDns, StageProfile,
  StaticSite,
} from '../../../src';
import { AUDIT, DEV, orgProps, PROD, problems, Resource, synthesize, testApp } from '../../orgs';
import { stackIn } from '../contract';
import { existingVpc } from '../existing-vpc';
import { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC, testVpc } from '../networks';

const stack = () => stackIn(StageProfile.PRODUCTION);

// values of AWS's own pages, and what its rules just allow

describe('of databases, none is refused that AWS takes', () => {
  const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
  const mysql = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_5 });
  const mariadb = rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_5 });
  const users = ['dbadmin', 'postgres', 'myawsuser', 'mydbadmin', 'test_user', 'A', 'a1', 'a'.repeat(16), 'master', 'administrator', 'root', 'pgadmin'];
  const names = ['mydb', 'sample', 'postgres', 'my_db', 'Orders', 'a', 'a1', 'a'.repeat(63), 'users', 'ordering', 'test', 'dev', 'production', 'wordpress'];

  test.each(users)('user %s', masterUsername => {
    const here = stack();
    const vpc = existingVpc(here, 'vpc');
    for (const engine of [postgres, mysql, mariadb]) {
      new RelationalDatabase(here, engine.engineType, { vpc, engine, masterUsername });
    }
  });

  test.each(names)('database %s', databaseName => {
    const here = stack();
    const vpc = existingVpc(here, 'vpc');
    for (const engine of [postgres, mysql, mariadb]) {
      new RelationalDatabase(here, engine.engineType, { vpc, engine, databaseName });
    }
    new AuroraPostgres(here, 'aurora-postgres', { vpc, databaseName });
    new AuroraMysql(here, 'aurora-mysql', { vpc, databaseName });
  });

  test('what only another engine reserves or limits', () => {
    const here = stack();
    const vpc = existingVpc(here, 'vpc');
    new RelationalDatabase(here, 'mysql', { vpc, engine: mysql, masterUsername: 'admin', databaseName: 'user' });
    new AuroraMysql(here, 'aurora', { vpc, masterUsername: 'admin' });
    new RelationalDatabase(here, 'long-mysql', { vpc, engine: mysql, masterUsername: 'a'.repeat(32) });
    new RelationalDatabase(here, 'long-postgres', { vpc, engine: postgres, masterUsername: 'a'.repeat(63) });
  });

  test.each([
    ['03:00-03:30', 'sun:03:30-sun:04:00'], ['02:00-02:30', 'sun:02:30-sun:03:00'], ['23:30-00:30', 'sun:00:30-sun:01:30'], ['03:15-04:15', 'Mon:01:00-Mon:03:00'],
    ['22:00-23:59', 'sat:23:59-sun:00:30'], ['00:00-00:30', 'sun:23:30-mon:00:00'], ['03:00-04:00', 'tue:04:00-wed:03:00'],
  ])('windows %s and %s', (preferredBackupWindow, preferredMaintenanceWindow) => {
    const here = stack();
    new RelationalDatabase(here, 'it', { vpc: existingVpc(here, 'vpc'), engine: postgres, preferredBackupWindow, preferredMaintenanceWindow });
  });

  test.each([['05:00-09:00', 'mon:23:00-tue:01:30'], ['03:00-04:00', 'sun:04:00-sun:05:00'], ['23:30-00:30', 'sun:00:30-sun:01:30']])('windows %s and %s of a Redis',
    (snapshotWindow, preferredMaintenanceWindow) => {
      const here = stack();
      new Redis(here, 'it', { vpc: existingVpc(here, 'vpc'), snapshotWindow, preferredMaintenanceWindow });
    });

  test.each([['23:30-00:30', 'mon:00:00-mon:01:00'], ['23:00-23:30', 'sun:23:15-mon:00:15'], ['00:00-01:00', 'sun:23:30-mon:00:30'], ['03:00-04:00', 'sun:23:00-mon:04:00']])(
    'windows %s and %s overlap', (preferredBackupWindow, preferredMaintenanceWindow) => {
      const here = stack();
      expect(() => new RelationalDatabase(here, 'it', { vpc: existingVpc(here, 'vpc'), engine: postgres, preferredBackupWindow, preferredMaintenanceWindow }))
        .toThrow('overlap: give windows that do not');
    });
});

describe('of names, none is refused that AWS takes', () => {
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
  test.each(['nginx-web-app', 'project-a/nginx-web-app', 'a1', 'team.name/app_1', 'a/b/c', 'aa'])('repository %s', name => {
    expect(() => new ContainerRegistry(stack(), 'it', { repositoryNames: [name] })).not.toThrow();
  });

  test.each(['my-cluster', 'prod_1', '1st', 'A', 'a'.repeat(100)])('cluster %s', clusterName => {
    const here = stack();
    expect(() => new KubernetesCluster(here, 'it', { vpc: existingVpc(here, 'vpc'), clusterName })).not.toThrow();
  });

  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
  test.each([
    { hostNames: ['example.com'] }, { hostNames: ['test.example.com'] }, { hostNames: ['*.example.com'] }, { hostNames: ['*'] }, { hostNames: ['Shop-1.example.com', 'a?.example.com'] },
    { pathPatterns: ['/img/*'] }, { pathPatterns: ['/img/*/pics'] }, { pathPatterns: ['*.php', '/', '/a_b-c.$/~"\'@:+&?'] },
    { hostNames: ['a.example.com', 'b.example.com'], pathPatterns: ['/a', '/b', '/c'] },
  ])('rule %j', route => {
    const here = stack();
    const certificate = acm.Certificate.fromCertificateArn(here, 'certificate', `arn:aws:acm:eu-west-1:${PROD}:certificate/1`);
    const cluster = new ContainerCluster(here, 'it', { vpc: testVpc(here, 'it', [PUBLIC, PRIVATE_WITH_EGRESS]), certificate });
    cluster.addService('web', { image: ecs.ContainerImage.fromRegistry('nginx'), port: 80, priority: 1, healthCheckPath: '/ping?deep=1', ...route });
  });

  test('a domain without anything above it', () => {
    expect(new StageDns(stack(), 'it', { domainName: 'acme.example' }).nameServers).toBeDefined();
  });
});

describe('a hosted zone', () => {
  const zone = (here: Stack) => route53.HostedZone.fromHostedZoneAttributes(here, 'zone', { hostedZoneId: '/hostedzone/Z1', zoneName: 'acme.example' });

  test('may have its ID as the AWS CLI prints it', () => {
    const here = stack();
    new Certificate(here, 'certificate', { zone: zone(here) });
    new MailDomain(here, 'mail', { zone: here.node.findChild('zone') as route53.IHostedZone });
    const template = JSON.stringify(Template.fromStack(here).toJSON());
    expect(template).toContain(':route53:::hostedzone/Z1"');
    expect(template).not.toContain('/hostedzone/Z1"'.repeat(2));
    expect(template).not.toMatch(/hostedzone\/+hostedzone|"\/hostedzone\/Z1/);
  });

  test('of an organization may, too', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    const prod = org.addStage('prod', { accountId: PROD });
    org.addDomain('acme.example', { stages: [prod], hostedZoneId: '/hostedzone/Z0123456789ABC' });
    const synthesized = synthesize(app);
    const all = [...synthesized.stacks.values()].map(({ template }) => JSON.stringify(template)).join();
    expect(all).toContain('hostedzone/Z0123456789ABC');
    expect(all).not.toMatch(/hostedzone\/+hostedzone|"\/hostedzone\//);
  });
});

describe('a mail domain of two regions', () => {
  test('has its own subdomain for bounces in each, and one DMARC record', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    const prod = org.addStage('prod', { accountId: PROD });
    const zone = new route53.PublicHostedZone(new Stack(prod, 'zones'), 'zone', { zoneName: 'acme.example' });
    new MailDomain(new Stack(prod, 'mail'), 'mail', { zone });
    const elsewhere = new Stack(prod, 'mail-us', { env: { account: PROD, region: 'us-east-1' } });
    new MailDomain(elsewhere, 'mail', { zone, mailFromSubdomain: 'bounce-us', createDmarcRecord: false });
    const synthesized = synthesize(app);
    const names = synthesized.find('AWS::Route53::RecordSet').map(({ resource: { Properties } }) => Properties.Name).filter(name => typeof name === 'string');
    expect(names.filter(name => name.startsWith('_dmarc'))).toHaveLength(1);
    expect(names.filter(name => name.startsWith('bounce')).sort()).toEqual(
      ['bounce-us.acme.example.', 'bounce-us.acme.example.', 'bounce.acme.example.', 'bounce.acme.example.']);
  });
});

describe('names', () => {
  /** What is wrong with two stages that have the same, in an organization. */
  function collisions(define: (here: Stack, index: number) => void, accounts = [PROD, DEV], regions = ['eu-west-1', 'eu-west-1']): string[] {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    accounts.forEach((accountId, index) => {
      const stage = org.stages.find(known => known.accountId === accountId) ?? org.addStage(`stage-${index}`, { accountId });
      define(new Stack(stage, `app-${index}`, { env: { account: accountId, region: regions[index] } }), index);
    });
    return problems(app);
  }

  const role = (here: Stack, roleName: string) => new Role(here, 'role', { roleName, assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

  test('may be the same in two accounts or regions, where AWS counts by these', () => {
    expect(collisions(here => {
      role(here, 'deployer');
      new SecretStore(here, 'store', { path: '/app' });
      new ContainerRegistry(here, 'images', { repositoryNames: ['web'] });
    })).toEqual([]);
    expect(collisions(here => {
      new SecretStore(here, 'store', { path: '/app' });
      new ContainerRegistry(here, 'images', { repositoryNames: ['web'] });
    }, [PROD, PROD], ['eu-west-1', 'us-east-1'])).toEqual([]);
  });

  test('are told together, once for each pair of owners', () => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
    const [prod, audit] = [org.addStage('prod', { accountId: PROD }), org.addStage('audit', { accountId: AUDIT })];
    const certificate = (here: Stack) => acm.Certificate.fromCertificateArn(here, 'certificate', `arn:aws:acm:us-east-1:${PROD}:certificate/1`);
    [prod, audit].forEach(stage => {
      const here = new Stack(stage, 'app');
      new StaticSite(here, 'site', { domainName: 'acme.example', certificate: certificate(here) });
    });
    ['one', 'two'].forEach(id => role(new Stack(prod, id), 'deployer'));
    expect(problems(app)).toEqual([
      "domainName 'acme.example' is claimed by 'acme/prod/app/site' and 'acme/audit/app/site', and AWS takes it once: give one of them another domainName",
      "roleName 'deployer' is claimed by 'acme/prod/one/role' and 'acme/prod/two/role', and AWS takes it once in an account: give one of them another roleName",
    ]);
  });

  test('are counted once in what has one twice', () => {
    expect(collisions(here => new CfnDistribution(here, 'distribution', {
      distributionConfig: {
        enabled: true,
        aliases: [`${here.node.id}.acme.example`, `${here.node.id}.acme.example`],
        defaultCacheBehavior: { targetOriginId: 'origin', viewerProtocolPolicy: 'https-only' },
      },
    }))).toEqual([]);
  });

  test('of one owner in three stages are one finding', () => {
    const spelled = ['deployer', 'Deployer', 'DEPLOYER'];
    expect(collisions((here, index) => role(here, spelled[index]), [PROD, PROD, PROD], ['eu-west-1', 'us-east-1', 'eu-west-1'])).toEqual([
      expect.stringMatching("^roleName 'deployer' is claimed by '.*app-0/role' and '.*app-1/role' and '.*app-2/role', and AWS takes it once in an account: "),
    ]);
  });

  test('of records are the same in two zones, and with two identifiers', () => {
    const zone = (here: Stack, hostedZoneId: string) => route53.HostedZone.fromHostedZoneAttributes(here, 'zone', { hostedZoneId, zoneName: 'acme.example' });
    const record = (id: string, setIdentifier?: string) => (here: Stack, index: number) => new route53.CfnRecordSet(here, 'record', {
      hostedZoneId: zone(here, index === 0 ? 'Z1' : id).hostedZoneId,
      name: 'www.acme.example',
      type: 'A',
      resourceRecords: ['192.0.2.1'],
      setIdentifier: setIdentifier && `${setIdentifier}-${index}`,
    });
    expect(collisions(record('Z2'))).toEqual([]);
    expect(collisions(record('Z1', 'weighted'))).toEqual([]);
    expect(collisions(record('Z1'))).toHaveLength(1);
  });
});

describe('who pulls images without a way to a registry is warned', () => {
  const WARNING = "^vpcSubnets of 'in-development/services/it(/web)?' reach no registry, so no image can be pulled: give vpc";

  function warnings(vpc: (here: Stack) => ec2.IVpc, define: (here: Stack, of: ec2.IVpc) => void): string[] {
    const here = stackIn(StageProfile.DEVELOPMENT);
    define(here, vpc(here));
    const { stacksRecursively } = (here.node.root as ReturnType<typeof testApp>).synth();
    return stacksRecursively.flatMap(({ messages }) => messages).filter(({ level, entry }) => level === 'warning' && /noWayToImages/.test(String(entry.data))).map(({ entry }) => String(entry.data));
  }

  const containers = (assignPublicIp?: boolean) => (here: Stack, vpc: ec2.IVpc) =>
    void new ContainerCluster(here, 'it', { vpc }).addService('web', { image: ecs.ContainerImage.fromRegistry('nginx'), assignPublicIp });
  const kubernetes = (here: Stack, vpc: ec2.IVpc) => void new KubernetesCluster(here, 'it', { vpc });
  const small = (here: Stack) => new Network(here, 'network').vpc;
  const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS } = ec2.InterfaceVpcEndpointAwsService;

  test.each<[string, ReturnType<typeof containers>]>([['containers', containers()], ['nodes', kubernetes]])('%s in a small network', (_, define) => {
    expect(warnings(small, define)).toEqual([expect.stringMatching(WARNING)]);
    expect(warnings(here => testVpc(here, 'it', [PRIVATE_ISOLATED]), define)).toEqual([expect.stringMatching(WARNING)]);
  });

  test('also with some of the endpoints', () => {
    expect(warnings(here => new Network(here, 'network', { interfaceEndpoints: [ECR, CLOUDWATCH_LOGS] }).vpc, containers())).toHaveLength(1);
  });

  test.each<[string, (here: Stack) => ec2.IVpc, ReturnType<typeof containers>]>([
    ['with a NAT gateway', here => new Network(here, 'network', { natGateways: 1 }).vpc, containers()],
    ['with the endpoints', here => new Network(here, 'network', { interfaceEndpoints: [ECR, ECR_DOCKER] }).vpc, containers()],
    ['with endpoints that are defined elsewhere', here => {
      const vpc = testVpc(here, 'it', [PRIVATE_ISOLATED]);
      [ECR, ECR_DOCKER].forEach((service, index) => new ec2.InterfaceVpcEndpoint(here, `endpoint${index}`, { vpc, service }));
      return vpc;
    }, kubernetes],
    ['with a public address', small, containers(true)],
    ['in an imported network', here => existingVpc(here, 'vpc'), containers()],
    ['with a NAT gateway, on nodes', here => new Network(here, 'network', { natGateways: 1 }).vpc, kubernetes],
  ])('but not %s', (_, vpc, define) => {
    expect(warnings(vpc, define)).toEqual([]);
  });
});

test('an internal load balancer says what it needs of an imported network', () => {
  const here = stack();
  const certificate = acm.Certificate.fromCertificateArn(here, 'certificate', `arn:aws:acm:eu-west-1:${PROD}:certificate/1`);
  const vpc = existingVpc(here, 'vpc');
  expect(() => new ContainerCluster(here, 'without', { vpc, certificate })).toThrow(new Error(
    "allowedPeers is missing, and vpc 'in-production/services/vpc' does not say its own addresses: give allowedPeers, or import the vpc with its vpcCidrBlock"));
  expect(() => new ContainerCluster(here, 'with', { vpc, certificate, allowedPeers: [ec2.Peer.ipv4('10.0.0.0/8')] })).not.toThrow();
});

test('a policy of a repository is for the functions of the accounts that pull', () => {
  const here = stack();
  new ContainerRegistry(here, 'it', { repositoryNames: ['web'], pullAccounts: [DEV] });
  const [{ Properties }] = Object.values(Template.fromStack(here).findResources('AWS::ECR::Repository')) as Resource[];
  expect(Properties.RepositoryPolicyText.Statement.map(({ Principal }: any) => Object.keys(Principal)[0])).toEqual(['AWS', 'Service']);
});
