import { App, CfnParameter, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnCluster, KubernetesVersion } from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CrossAccountAccessRole, StageProfile } from '../../../src';
import { EndpointAccess } from '../../../src/services/kubernetes/endpoint-access';
import { KubernetesCluster, KubernetesClusterProps } from '../../../src/services/kubernetes/kubernetes-cluster';
import { acmeOfKnownAccounts, problems, Resource, synthesize, testApp } from '../../orgs';
import { behavesLikeAService, stackIn, templateIn } from '../contract';
import { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC, testVpc } from '../networks';

type Props = Partial<KubernetesClusterProps>;

function define(props: Props = {}) {
  return (stack: Stack, id: string) =>
    new KubernetesCluster(stack, id, { vpc: props.vpc ?? testVpc(stack, id), ...props });
}

function template(props: Props = {}, profile = StageProfile.PRODUCTION): Template {
  return templateIn(profile, define(props));
}

/** A cluster in production, and what was done to it. */
function after(act: (cluster: KubernetesCluster, stack: Stack) => void): Template {
  const stack = stackIn(StageProfile.PRODUCTION);
  act(define()(stack, 'it'), stack);
  return Template.fromStack(stack);
}

function properties(props?: Props, profile?: StageProfile): Resource['Properties'] {
  return one(template(props, profile), 'AWS::EKS::Cluster').Properties;
}

function one(from: Template, type: string): Resource {
  const [found, ...more] = Object.values(from.findResources(type)) as Resource[];
  expect(more).toEqual([]);
  return found;
}

/** A name with what only its stack knows. */
function joined(name: any): string {
  return name['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : JSON.stringify(part)).join('');
}

const anExample = '192.0.2.0/24';

describe('a Kubernetes cluster', () => behavesLikeAService((stack, id) => define()(stack, id)));

describe('a Kubernetes cluster with people, pods and a public endpoint', () => behavesLikeAService((stack, id) => {
  const cluster = define({ endpointAccess: EndpointAccess.privateAndPublicFrom(anExample) })(stack, id);
  cluster.grantAdmin(new iam.Role(stack, `${id}-admin`, { assumedBy: new iam.AccountRootPrincipal() }));
  cluster.grantView(new iam.ArnPrincipal('arn:aws:iam::222222222222:role/reader'));
  cluster.addPodIdentity('shop', 'cart');
}));

describe('by default', () => {
  test('all is Auto Mode: nodes, load balancers and disks', () => {
    expect(properties()).toMatchObject({
      BootstrapSelfManagedAddons: false,
      ComputeConfig: { Enabled: true, NodePools: ['general-purpose', 'system'] },
      KubernetesNetworkConfig: { ElasticLoadBalancing: { Enabled: true } },
      StorageConfig: { BlockStorage: { Enabled: true } },
    });
    expect(Object.keys(template().findResources('AWS::EKS::Nodegroup'))).toEqual([]);
    expect(Object.keys(template().findResources('AWS::Lambda::Function'))).toEqual([]);
  });

  test('its roles are trusted by EKS, with tags, and by EC2, with what Auto Mode asks for', () => {
    const roles = Object.values(template().findResources('AWS::IAM::Role')) as Resource[];
    const trusted = ({ Properties }: Resource) => Properties.AssumeRolePolicyDocument.Statement
      .map(({ Principal, Action }: any) => [Principal.Service, Action]);
    const policies = ({ Properties }: Resource) => JSON.stringify(Properties.ManagedPolicyArns).match(/AmazonE\w+/g);
    expect(roles.map(role => [trusted(role), policies(role)])).toEqual([
      [[['eks.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession']]], [
        'AmazonEKSClusterPolicy', 'AmazonEKSComputePolicy', 'AmazonEKSBlockStoragePolicy', 'AmazonEKSLoadBalancingPolicy',
        'AmazonEKSNetworkingPolicy',
      ]],
      [[['ec2.amazonaws.com', 'sts:AssumeRole']], ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly']],
    ]);
  });

  test('nobody may do anything, not even who has created it', () => {
    expect(properties().AccessConfig).toEqual({ AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false });
    template().resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  test('the endpoint is private', () => {
    expect(properties().ResourcesVpcConfig).toMatchObject({ EndpointPrivateAccess: true, EndpointPublicAccess: false });
    expect(properties().ResourcesVpcConfig).not.toHaveProperty('PublicAccessCidrs');
  });

  test('what Kubernetes keeps is encrypted by a key of its own', () => {
    const [key] = Object.keys(template().findResources('AWS::KMS::Key'));
    expect(properties().EncryptionConfig).toEqual([{ Resources: ['secrets'], Provider: { KeyArn: { 'Fn::GetAtt': [key, 'Arn'] } } }]);
  });

  test('it is one of a version that is in support', () => {
    expect(properties()).toMatchObject({ Version: '1.36', UpgradePolicy: { SupportType: 'STANDARD' } });
  });

  test('everything that the control plane logs goes to a group that is there before', () => {
    const made = template();
    const cluster = one(made, 'AWS::EKS::Cluster');
    const [group] = Object.keys(made.findResources('AWS::Logs::LogGroup'));
    expect(cluster.Properties.Logging.ClusterLogging.EnabledTypes.map(({ Type }: any) => Type))
      .toEqual(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']);
    expect(joined(one(made, 'AWS::Logs::LogGroup').Properties.LogGroupName)).toBe(`/aws/eks/${joined(cluster.Properties.Name)}/cluster`);
    expect(cluster.DependsOn).toContain(group);
  });

  test('its name is made of the path, and is another one in the next stack', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    ['a', 'b'].forEach(id => define()(stack, id));
    const clusters = Object.values(Template.fromStack(stack).findResources('AWS::EKS::Cluster'));
    const names = clusters.map(({ Properties }) => joined(Properties.Name));
    expect(names).toEqual([
      expect.stringMatching(/^in-production-services-a-\w{8}-\{.*AWS::StackId.*\}$/),
      expect.stringMatching(/^in-production-services-b-\w{8}-\{.*AWS::StackId.*\}$/),
    ]);
    expect(new Set(names).size).toBe(2);
  });

  test('logs are encrypted by the new key of the cluster, never by one whose policy may lack CloudWatch Logs', () => {
    const made = template();
    const [key] = Object.keys(made.findResources('AWS::KMS::Key'));
    expect(one(made, 'AWS::Logs::LogGroup').Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [key, 'Arn'] });
    expect(JSON.stringify(one(made, 'AWS::KMS::Key').Properties.KeyPolicy)).toContain('logs.eu-west-1.amazonaws.com');
  });
});

describe('the profile', () => {
  test.each([
    [StageProfile.PRODUCTION, true, 'RetainExceptOnCreate', 365, 30],
    [StageProfile.STAGING, true, 'RetainExceptOnCreate', 90, 30],
    [StageProfile.DEVELOPMENT, false, 'Delete', 30, 7],
    [StageProfile.TESTING, false, 'Delete', 7, 7],
  ])('%#: says how it is protected and kept', (profile, protection, deletionPolicy, logDays, keyDays) => {
    const made = template({}, profile);
    expect(one(made, 'AWS::EKS::Cluster'))
      .toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { DeletionProtection: protection } });
    expect(one(made, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(logDays);
    expect(one(made, 'AWS::KMS::Key').Properties.PendingWindowInDays).toBe(keyDays);
    for (const role of Object.values(made.findResources('AWS::IAM::Role'))) {
      expect(role.DeletionPolicy ?? 'Delete').toBe(deletionPolicy);
    }
  });

  test('gives way to props', () => {
    const removalPolicy = RemovalPolicy.DESTROY;
    const made = template({ deletionProtection: false, logRetention: RetentionDays.FIVE_DAYS, removalPolicy });
    expect(one(made, 'AWS::EKS::Cluster')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtection: false } });
    expect(one(made, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 5 } });
    expect(one(made, 'AWS::KMS::Key')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { PendingWindowInDays: 7 } });
  });

  // https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html
  test('keeps names free for the next attempt: what is not active yet can be deleted, protected or not', () => {
    expect(one(template(), 'AWS::EKS::Cluster')).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(one(template({ deletionProtection: false }), 'AWS::EKS::Cluster').DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(one(template(), 'AWS::Logs::LogGroup').DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('that takes snapshots keeps', () => {
    const profile = StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT });
    const stack = new Stack(testApp(), 'alone');
    profile.applyTo(stack);
    define()(stack, 'it');
    expect(one(Template.fromStack(stack), 'AWS::KMS::Key').DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

describe('what is given', () => {
  test('is taken', () => {
    const made = template({ clusterName: 'shop', version: KubernetesVersion.V1_33, serviceIpv4Cidr: '192.168.0.0/20' });
    expect(one(made, 'AWS::EKS::Cluster').Properties).toMatchObject({
      Name: 'shop', Version: '1.33', KubernetesNetworkConfig: { ServiceIpv4Cidr: '192.168.0.0/20' },
    });
    expect(one(made, 'AWS::Logs::LogGroup').Properties.LogGroupName).toBe('/aws/eks/shop/cluster');
  });

  test('as a key encrypts in place of an own one', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const encryptionKey = kms.Key.fromKeyArn(stack, 'key', 'arn:aws:kms:eu-west-1:222222222222:key/12345678-1234-1234-1234-123456789012');
      define({ encryptionKey })(stack, id);
    });
    made.resourceCountIs('AWS::KMS::Key', 0);
    expect(one(made, 'AWS::Logs::LogGroup').Properties).not.toHaveProperty('KmsKeyId');
    expect(JSON.stringify(one(made, 'AWS::EKS::Cluster').Properties.EncryptionConfig)).toContain(':key/12345678-');
  });

  test('as a public endpoint is open to those addresses', () => {
    const endpointAccess = EndpointAccess.privateAndPublicFrom(anExample, '198.51.100.7/32');
    const made = properties({ endpointAccess });
    expect(made.ResourcesVpcConfig).toMatchObject({
      EndpointPrivateAccess: true, EndpointPublicAccess: true, PublicAccessCidrs: [anExample, '198.51.100.7/32'],
    });
  });

  test('as a network exists already', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'vpc', {
        vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-1', 'subnet-2'],
      });
      define({ vpc })(stack, id);
    });
    expect(one(made, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds).toEqual(['subnet-1', 'subnet-2']);
  });
});

describe('subnets', () => {
  function kindsOf(types: ec2.SubnetType[], vpcSubnets?: ec2.SubnetSelection): string {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) =>
      define({ vpc: testVpc(stack, id, types), vpcSubnets })(stack, id));
    return JSON.stringify(one(made, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds);
  }

  test('are private, or isolated where there are no others', () => {
    expect(kindsOf([PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED])).toMatch(/Private.*Private/);
    expect(kindsOf([PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED])).not.toMatch(/Public|Isolated/);
    expect(kindsOf([PUBLIC, PRIVATE_ISOLATED])).toMatch(/Isolated.*Isolated/);
    expect(kindsOf([PUBLIC, PRIVATE_ISOLATED])).not.toMatch(/Public|Private/);
  });

  test('are those that are given', () => {
    expect(kindsOf([PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED], { subnetType: PRIVATE_ISOLATED })).toContain('Isolated');
  });

  test('are tagged, for Kubernetes to find them', () => {
    const subnets = Object.values(template().findResources('AWS::EC2::Subnet')) as Resource[];
    const tags = subnets.map(({ Properties: { Tags } }) => [
      Tags.find(({ Key }: any) => Key === 'aws-cdk:subnet-type').Value,
      Tags.filter(({ Key }: any) => Key.startsWith('kubernetes.io')).map(({ Key }: any) => Key).join(),
    ].join(' '));
    expect([...new Set(tags)].sort()).toEqual(['Private kubernetes.io/role/internal-elb', 'Public kubernetes.io/role/elb']);
  });

  test('have to be, and not public ones, in two zones', () => {
    expect(() => kindsOf([PUBLIC])).toThrow("vpc 'in-production/services/it-network' has neither");
    expect(() => templateIn(StageProfile.PRODUCTION, (stack, id) => {
      define({ vpc: testVpc(stack, id, [PUBLIC, PRIVATE_WITH_EGRESS], 1) })(stack, id);
    })).toThrow("vpcSubnets of vpc 'in-production/services/it-network' are in 1 availability zones");
  });
});

describe('grants', () => {
  const policiesOf = (resource: Resource) => resource.Properties.AccessPolicies.map(({ PolicyArn, AccessScope }: any) =>
    `${JSON.stringify(PolicyArn).match(/\w+Policy/)![0]} ${AccessScope.Type}`);

  test('are an entry for a role, and let it find the cluster', () => {
    const made = after((cluster, stack) => {
      const grant = cluster.grantAdmin(new iam.Role(stack, 'admin', { assumedBy: new iam.AccountRootPrincipal() }));
      expect(grant.success).toBe(true);
    });
    const entry = one(made, 'AWS::EKS::AccessEntry');
    expect(policiesOf(entry)).toEqual(['AmazonEKSClusterAdminPolicy cluster']);
    expect(entry.Properties.PrincipalArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^admin/), 'Arn'] });
    const [cluster] = Object.keys(made.findResources('AWS::EKS::Cluster'));
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Action: 'eks:DescribeCluster', Effect: 'Allow', Resource: { 'Fn::Join': ['', Match.arrayWith([{ Ref: cluster }])] },
        }],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^admin') }],
    });
  });

  test('to several are one policy', () => {
    const made = after((cluster, stack) => {
      cluster.grantAdmin(new iam.Role(stack, 'admin', { assumedBy: new iam.AccountRootPrincipal() }));
      cluster.grantView(new iam.User(stack, 'user'));
      cluster.grantView(iam.Role.fromRoleName(stack, 'role', 'reader'));
      cluster.grantView(new iam.ArnPrincipal('arn:aws:iam::222222222222:role/other'));
    });
    const { PolicyDocument, Roles, Users } = one(made, 'AWS::IAM::Policy').Properties;
    expect([PolicyDocument.Statement.length, Roles, Users]).toEqual([
      1, [{ Ref: expect.stringMatching(/^admin/) }, 'reader'], [{ Ref: expect.stringMatching(/^user/) }],
    ]);
  });

  test('to one principal are one entry', () => {
    const made = after((cluster, stack) => {
      const role = new iam.Role(stack, 'role', { assumedBy: new iam.AccountRootPrincipal() });
      cluster.grantView(role);
      cluster.grantAdmin(role);
      cluster.grantAdmin(role);
    });
    expect(policiesOf(one(made, 'AWS::EKS::AccessEntry'))).toEqual(['AmazonEKSClusterAdminPolicy cluster', 'AmazonEKSViewPolicy cluster']);
  });

  test('are for the roles of the stage, which are there before', () => {
    const { app, prod } = acmeOfKnownAccounts();
    const stack = new Stack(prod, 'kubernetes');
    const cluster = define()(stack, 'it');
    cluster.grantAdmin(prod.admin);
    cluster.grantView(prod.readOnly);
    const synthesized = synthesize(app);
    const entries = synthesized.find('AWS::EKS::AccessEntry', 'acme/prod/kubernetes').map(({ resource }) =>
      `${JSON.stringify(resource.Properties.PrincipalArn)} ${policiesOf(resource)}`).sort();
    expect(entries).toEqual([
      expect.stringMatching(/:iam::333333333333:role\/acme-prod-admin.* AmazonEKSClusterAdminPolicy cluster/),
      expect.stringMatching(/:iam::333333333333:role\/acme-prod-read-only.* AmazonEKSViewPolicy cluster/),
    ]);
    expect(synthesized.dependencies('acme/prod/kubernetes')).toContain('acme/prod/access');
  });

  test('wait for a role of the same stack that is known by its name', () => {
    const made = after((cluster, stack) => cluster.grantView(new CrossAccountAccessRole(stack, 'guest', {
      roleName: 'guest', trustedPrincipals: [new iam.AccountPrincipal('111111111111')], inlinePolicies: { none: policy() },
    })));
    expect(one(made, 'AWS::EKS::AccessEntry').DependsOn).toEqual([expect.stringMatching(/^guest/)]);
  });

  test('to a role of another stack make no cycle', () => {
    const app = testApp();
    const [first, second] = ['first', 'second'].map(id => new Stack(app, id));
    const role = new iam.Role(second, 'role', { assumedBy: new iam.AccountRootPrincipal() });
    define()(first, 'it').grantAdmin(role);
    expect(problems(app)).toEqual([]);
    const made = Template.fromStack(first);
    expect(Object.keys(made.findResources('AWS::EKS::AccessEntry'))).toHaveLength(1);
    expect(one(made, 'AWS::IAM::Policy').Properties.Roles).toEqual([{ 'Fn::ImportValue': expect.stringContaining('role') }]);
  });

  test('to one role of clusters with one id are policies of different names', () => {
    const app = testApp();
    const [blue, green, people] = ['blue', 'green', 'people'].map(id => new Stack(app, id));
    const role = new iam.Role(people, 'role', { assumedBy: new iam.AccountRootPrincipal() });
    [blue, green].forEach(stack => define()(stack, 'it').grantAdmin(role));
    for (const stack of [blue, green]) {
      // which differs from stack to stack
      expect(JSON.stringify(one(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyName)).toContain('AWS::StackId');
    }
  });

  test('have logical ids that stay', () => {
    const ids = (before: number) => {
      const stack = new Stack(testApp(), 'alone');
      Array.from({ length: before }, (_, index) => new CfnParameter(stack, `p${index}`).valueAsString);
      const cluster = define()(stack, 'it');
      cluster.grantAdmin(new iam.Role(stack, 'role', { assumedBy: new iam.AccountRootPrincipal() }));
      cluster.grantView(new iam.ArnPrincipal(`arn:${stack.partition}:iam::${stack.account}:role/reader`));
      return Object.keys(Template.fromStack(stack).findResources('AWS::EKS::AccessEntry'));
    };
    expect(ids(7)).toEqual(ids(0));
    expect(ids(0)).toHaveLength(2);
  });

  test.each<[string, (stack: Stack) => iam.IGrantable]>([
    ['a service', () => new iam.ServicePrincipal('ec2.amazonaws.com')],
    ['an account', () => new iam.AccountPrincipal('111111111111')],
    ['its own account', () => new iam.AccountRootPrincipal()],
    ['everybody', () => new iam.AnyPrincipal()],
    ['everybody by name', () => new iam.ArnPrincipal('*')],
    ['many', () => new iam.ArnPrincipal('arn:aws:iam::111111111111:role/*')],
    ['an organization', () => new iam.OrganizationPrincipal('o-a1b2c3d4e5')],
    ['a role under conditions', () => new iam.ArnPrincipal('arn:aws:iam::111111111111:role/a')
      .withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })],
    ['a group', stack => new iam.Group(stack, 'group')],
    ['several', () => new iam.CompositePrincipal(
      new iam.ArnPrincipal('arn:aws:iam::111111111111:role/a'), new iam.ArnPrincipal('arn:aws:iam::111111111111:role/b'))],
  ])('are not for %s', (_, grantee) => {
    expect(() => after((cluster, stack) => cluster.grantAdmin(grantee(stack))))
      .toThrow(/^grantAdmin holds .*: give roles or users one by one, as/);
  });

  test('are not for what the deployment may find to be a whole account', () => {
    expect(() => after(cluster => cluster.grantView(new iam.ArnPrincipal(Fn.importValue('elsewhere')))))
      .toThrow("grantView holds '…': give roles or users one by one");
  });

  test('are for a user, and a role that exists', () => {
    const made = after((cluster, stack) => {
      cluster.grantAdmin(new iam.User(stack, 'user'));
      cluster.grantView(iam.Role.fromRoleName(stack, 'role', 'reader'));
      cluster.grantView(new iam.ArnPrincipal(new CfnParameter(stack, 'arn').valueAsString));
      cluster.grantView(iam.Role.fromRoleArn(stack, 'elsewhere', Fn.importValue('elsewhere')));
    });
    made.resourceCountIs('AWS::EKS::AccessEntry', 4);
  });
});

describe('pods', () => {
  test('of one service account get a role that nothing else can have', () => {
    const made = after(cluster => {
      new kms.Key(cluster, 'more').grantDecrypt(cluster.addPodIdentity('shop', 'cart'));
    });
    const association = one(made, 'AWS::EKS::PodIdentityAssociation').Properties;
    expect(association).toMatchObject({ Namespace: 'shop', ServiceAccount: 'cart' });
    const role = made.toJSON().Resources[association.RoleArn['Fn::GetAtt'][0]];
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:RequestTag/eks-cluster-arn': expect.anything(),
          'aws:RequestTag/kubernetes-namespace': 'shop',
          'aws:RequestTag/kubernetes-service-account': 'cart',
        },
      },
    }]);
  });

  test('of several service accounts get one each', () => {
    after(cluster => [['a-b', 'c'], ['a', 'b-c'], ['a', 'b.c']].forEach(([space, account]) => cluster.addPodIdentity(space, account)))
      .resourceCountIs('AWS::EKS::PodIdentityAssociation', 3);
  });

  test.each([
    ['Shop', 'cart', "kubernetesNamespace 'Shop' is not a name in Kubernetes: give lower-case letters, digits and '-'"],
    ['shop', 'cart_1', "serviceAccount 'cart_1' is not a name in Kubernetes: give lower-case letters, digits and '-'"],
  ])('of %s/%s get none', (space, account, message) => {
    expect(() => after(cluster => cluster.addPodIdentity(space, account))).toThrow(message);
  });

  test('of one service account get no second one', () => {
    expect(() => after(cluster => [1, 2].forEach(() => cluster.addPodIdentity('shop', 'cart'))))
      .toThrow("serviceAccount 'cart' in 'shop' has a role already: keep what the first call has returned, and grant more to it");
  });
});

describe('what it exposes', () => {
  test('are its attributes', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const cluster = define({ clusterName: 'shop' })(stack, 'it');
    const attribute = (name: string) => ({ 'Fn::GetAtt': [stack.getLogicalId(cluster.node.defaultChild as CfnCluster), name] });
    expect(stack.resolve(cluster.clusterEndpoint)).toEqual(attribute('Endpoint'));
    expect(stack.resolve(cluster.clusterCertificateAuthorityData)).toEqual(attribute('CertificateAuthorityData'));
    expect(stack.resolve(cluster.openIdConnectIssuerUrl)).toEqual(attribute('OpenIdConnectIssuerUrl'));
    expect(JSON.stringify(stack.resolve(cluster.clusterArn))).toContain(':cluster/shop');
    expect(cluster.kubeconfigCommand).toBe('aws eks update-kubeconfig --region eu-west-1 --name shop');
  });

  test('is a network', () => {
    const made = after((cluster, stack) => {
      const other = new ec2.SecurityGroup(stack, 'other', { vpc: testVpc(stack, 'more') });
      cluster.connections.allowDefaultPortFrom(other);
    });
    expect(one(made, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      FromPort: 443, ToPort: 443, GroupId: { 'Fn::GetAtt': [expect.anything(), 'ClusterSecurityGroupId'] },
    });
  });
});

describe('mistakes', () => {
  test.each<[Props, string]>([
    [{ version: KubernetesVersion.of('1.28') },
      "version '1.28' is not one that EKS Auto Mode has: give KubernetesVersion.of('1.29') or a later one"],
    [{ version: KubernetesVersion.of('latest') },
      "version 'latest' is not one that EKS Auto Mode has: give KubernetesVersion.of('1.29') or a later one"],
    [{ clusterName: '-shop' }, "clusterName '-shop' is not one: give 1 to 100 letters, digits, '-' and '_', a letter or digit first"],
    [{ serviceIpv4Cidr: '8.8.0.0/16' }, "serviceIpv4Cidr '8.8.0.0/16' is not a private block of /12 to /24: give one as '172.20.0.0/16'"],
    [{ serviceIpv4Cidr: '10.0.0.0/8' }, "serviceIpv4Cidr '10.0.0.0/8' is not a private block of /12 to /24: give one as '172.20.0.0/16'"],
    [{ serviceIpv4Cidr: '10.0.0.0/25' }, "serviceIpv4Cidr '10.0.0.0/25' is not a private block of /12 to /24: give one as '172.20.0.0/16'"],
    [{ serviceIpv4Cidr: '10.0.0.0/20' }, "serviceIpv4Cidr '10.0.0.0/20' overlaps with '10.0.0.0/16' of vpc "
      + "'in-production/services/it-network': give a block that does not"],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT }, 'removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY'],
  ])('%#: are told', (props, message) => {
    expect(() => template(props)).toThrow(new Error(message));
  });

  test('with an imported network are told as well', () => {
    const vpc = ec2.Vpc.fromVpcAttributes(new Stack(new App(), 'other'), 'vpc', {
      vpcId: 'vpc-1',
      vpcCidrBlock: '172.20.128.0/20',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    expect(() => template({ vpc })).toThrow("serviceIpv4Cidr '172.20.0.0/16' overlaps with '172.20.128.0/20' of vpc 'other/vpc'");
  });

  test.each<[string[], string]>([
    [[], 'cidrs is empty: give the blocks that may reach the endpoint, or EndpointAccess.PRIVATE'],
    [[anExample, 'home'], "cidrs holds 'home', which is not a block of IPv4 addresses that starts at its first address: give one like '192.0.2.0/24'"],
    [['0.0.0.0/0'], "cidrs holds '0.0.0.0/0', which is everybody: give the blocks that your people come from"],
  ])('%#: of a public endpoint are told', (cidrs, message) => {
    expect(() => EndpointAccess.privateAndPublicFrom(...cidrs)).toThrow(new Error(message));
  });

  test('are not suspected in tokens', () => {
    const stack = new Stack(new App(), 'alone');
    const token = new CfnParameter(stack, 'token').valueAsString;
    const endpointAccess = EndpointAccess.privateAndPublicFrom(token);
    define({ clusterName: token, version: KubernetesVersion.of(token), serviceIpv4Cidr: token, endpointAccess })(stack, 'it');
    expect(one(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties.Name).toEqual({ Ref: 'token' });
  });
});

function policy(): iam.PolicyDocument {
  return new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['ec2:DescribeVpcs'], resources: ['*'] })] });
}
