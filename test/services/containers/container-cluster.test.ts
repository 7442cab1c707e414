import { CfnParameter, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ContainerClusterAttributes, IContainerCluster, StageProfile } from '../../../src';
import { ContainerCluster, ContainerClusterProps } from '../../../src/services/containers/container-cluster';
import { LoadBalancerScheme } from '../../../src/services/containers/load-balancer-scheme';
import { Resource, testApp } from '../../orgs';
import { behavesLikeAService, stackIn, templateIn } from '../contract';
import { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC, testVpc } from '../networks';
import { zoneOfStage } from '../zones';

type Props = Partial<ContainerClusterProps>;

function certificate(stack: Stack, id: string): acm.ICertificate {
  const arn = 'arn:aws:acm:eu-west-1:222222222222:certificate/abc';
  return acm.Certificate.fromCertificateArn(stack, `${id}-certificate`, arn);
}

function zone(stack: Stack, id: string, zoneName = 'prod.acme.example'): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(stack, `${id}-zone`, { hostedZoneId: 'Z123', zoneName });
}

/** A cluster in a network of its own, with a load balancer. */
function define(props: Props | ((stack: Stack, id: string) => Props) = {}) {
  return (stack: Stack, id: string) => {
    const given = typeof props === 'function' ? props(stack, id) : props;
    return new ContainerCluster(stack, id, {
      vpc: given.vpc ?? testVpc(stack, id), certificate: certificate(stack, id), ...given,
    });
  };
}

function withoutLoadBalancer(props: Props = {}) {
  return (stack: Stack, id: string) => new ContainerCluster(stack, id, { vpc: testVpc(stack, id), ...props });
}

function template(props?: Parameters<typeof define>[0], profile = StageProfile.PRODUCTION): Template {
  return templateIn(profile, define(props));
}

function all(from: Template, type: string): Resource[] {
  return Object.values(from.findResources(type)) as Resource[];
}

function one(from: Template, type: string): Resource {
  const [found, ...more] = all(from, type);
  expect(more).toEqual([]);
  return found;
}

function attributes(made: Template): Record<string, unknown> {
  const { LoadBalancerAttributes } = one(made, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
  return Object.fromEntries(LoadBalancerAttributes.map(({ Key, Value }: any) => [Key, Value]));
}

const image = () => ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:stable');

describe('a container cluster', () => behavesLikeAService((stack, id) => withoutLoadBalancer()(stack, id)));

describe('a container cluster with all there is', () => behavesLikeAService((stack, id) => {
  const cluster = define(() => ({
    zone: zone(stack, id),
    encryptionKey: kms.Key.fromKeyArn(stack, `${id}-key`, 'arn:aws:kms:eu-west-1:222222222222:key/12345678-1234-1234-1234-123456789012'),
  }))(stack, id);
  cluster.addService('shop', {
    image: image(), port: 80, hostNames: ['prod.acme.example'], priority: 10, environment: { MODE: 'shop' },
  });
  cluster.addService('worker', { image: image() });
}));

describe('the cluster', () => {
  test('runs on Fargate, interruptible or not', () => {
    expect(one(template(), 'AWS::ECS::ClusterCapacityProviderAssociations').Properties).toMatchObject({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });

  test.each([
    [StageProfile.PRODUCTION, 'enhanced', 'FARGATE', 365, 'Retain'],
    [StageProfile.STAGING, 'enabled', 'FARGATE', 90, 'Retain'],
    [StageProfile.DEVELOPMENT, 'disabled', 'FARGATE_SPOT', 30, 'Delete'],
    [StageProfile.TESTING, 'disabled', 'FARGATE_SPOT', 7, 'Delete'],
    [StageProfile.AUDIT, 'enabled', 'FARGATE_SPOT', 3653, 'Retain'],
  ])('%#: follows the profile', (profile, insights, provider, days, deletionPolicy) => {
    const made = templateIn(profile, withoutLoadBalancer());
    expect(one(made, 'AWS::ECS::Cluster').Properties.ClusterSettings).toEqual([{ Name: 'containerInsights', Value: insights }]);
    expect(one(made, 'AWS::ECS::ClusterCapacityProviderAssociations').Properties.DefaultCapacityProviderStrategy)
      .toEqual([{ CapacityProvider: provider, Weight: 1 }]);
    expect(one(made, 'AWS::Logs::LogGroup'))
      .toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { RetentionInDays: days } });
  });

  test('follows props before the profile', () => {
    const made = templateIn(StageProfile.PRODUCTION, withoutLoadBalancer({
      containerInsights: ecs.ContainerInsights.DISABLED,
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
      logRetention: logs.RetentionDays.FIVE_DAYS,
      removalPolicy: RemovalPolicy.DESTROY,
    }));
    expect(JSON.stringify(one(made, 'AWS::ECS::Cluster').Properties.ClusterSettings)).toContain('disabled');
    expect(one(made, 'AWS::ECS::ClusterCapacityProviderAssociations').Properties.DefaultCapacityProviderStrategy)
      .toEqual([{ CapacityProvider: 'FARGATE_SPOT', Weight: 2 }]);
    expect(one(made, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 5 } });
    const { ENABLED } = ecs.ContainerInsights;
    const watched = templateIn(StageProfile.TESTING, withoutLoadBalancer({ containerInsights: ENABLED }));
    expect(JSON.stringify(one(watched, 'AWS::ECS::Cluster').Properties.ClusterSettings)).toContain('enabled');
  });

  test('logs sessions of ECS Exec into a group of the stack', () => {
    const made = templateIn(StageProfile.PRODUCTION, withoutLoadBalancer());
    const [group] = Object.keys(made.findResources('AWS::Logs::LogGroup'));
    expect(one(made, 'AWS::ECS::Cluster').Properties.Configuration.ExecuteCommandConfiguration).toEqual({
      Logging: 'OVERRIDE', LogConfiguration: { CloudWatchLogGroupName: { Ref: group } },
    });
  });

  test('encrypts sessions and logs by a key that is given, and lets the logs use it', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const encryptionKey = new kms.Key(stack, 'key');
      withoutLoadBalancer({ encryptionKey })(stack, id).addService('shop', { image: image(), enableExecuteCommand: true });
    });
    const [key] = Object.keys(made.findResources('AWS::KMS::Key'));
    const arn = { 'Fn::GetAtt': [key, 'Arn'] };
    expect(one(made, 'AWS::ECS::Cluster').Properties.Configuration.ExecuteCommandConfiguration).toMatchObject({
      KmsKeyId: arn, LogConfiguration: { CloudWatchEncryptionEnabled: true },
    });
    expect(all(made, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.KmsKeyId)).toEqual([arn, arn]);
    made.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Principal: { Service: Match.stringLikeRegexp('^logs\\.eu-west-1') },
          Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
        })]),
      },
    });
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arn })]) },
    });
  });

  test('lets those into containers whom it is told', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const role = new iam.Role(stack, 'role', { assumedBy: new iam.AccountRootPrincipal() });
      expect(withoutLoadBalancer()(stack, id).grantExecuteCommand(role).success).toBe(true);
    });
    const [{ Action, Resource: resources }] = one(made, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;
    expect(Action).toEqual(['ecs:ExecuteCommand', 'ecs:DescribeTasks']);
    expect(JSON.stringify(resources)).toMatch(/"Arn".*:task\/.*"Ref":"itCluster\w+".*"\/\*"/);
  });

  test('has no load balancer without a certificate', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const cluster = withoutLoadBalancer()(stack, 'it');
    expect([cluster.loadBalancer, cluster.listener, cluster.alarms]).toEqual([undefined, undefined, []]);
    Template.fromStack(stack).resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    expect(() => cluster.connections).toThrow("connections of 'in-production/services/it' are those of its load balancer, and it "
      + 'has none: give a certificate, or take the connections of a service');
  });
});

describe('the load balancer', () => {
  test('speaks modern TLS, answers 404, and sends HTTP on to HTTPS', () => {
    const listeners = all(template(), 'AWS::ElasticLoadBalancingV2::Listener').map(({ Properties }) => Properties);
    expect(listeners).toHaveLength(2);
    expect(listeners).toEqual(expect.arrayContaining([
      expect.objectContaining({
        Port: 443,
        Protocol: 'HTTPS',
        SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
        Certificates: [{ CertificateArn: 'arn:aws:acm:eu-west-1:222222222222:certificate/abc' }],
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: expect.objectContaining({ StatusCode: '404' }) }],
      }),
      expect.objectContaining({
        Port: 80,
        DefaultActions: [{
          Type: 'redirect', RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' },
        }],
      }),
    ]));
  });

  test('drops headers that are none, and is protected as the profile says, or the prop', () => {
    expect(attributes(template())).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true', 'deletion_protection.enabled': 'true',
    });
    expect(attributes(template({}, StageProfile.TESTING))).toMatchObject({ 'deletion_protection.enabled': 'false' });
    expect(attributes(template({ deletionProtection: false }))).toMatchObject({ 'deletion_protection.enabled': 'false' });
    expect(attributes(template({ deletionProtection: true }, StageProfile.TESTING)))
      .toMatchObject({ 'deletion_protection.enabled': 'true' });
  });

  // https://github.com/aws-cloudformation/rain/issues/187
  test('does not block the next attempt if it is protected, with its security group', () => {
    const policies = (props: Props, profile?: StageProfile) => {
      const { Resources } = template(props, profile).toJSON() as { Resources: Record<string, Resource> };
      const balancer = Object.values(Resources).find(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer')!;
      const securityGroup = Resources[balancer.Properties.SecurityGroups[0]['Fn::GetAtt'][0]];
      return [balancer, securityGroup].map(({ DeletionPolicy = 'Delete' }) => DeletionPolicy);
    };
    expect(policies({})).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    expect(policies({ deletionProtection: true }, StageProfile.TESTING)).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
    expect(policies({ deletionProtection: false })).toEqual(['Delete', 'Delete']);
    expect(policies({}, StageProfile.TESTING)).toEqual(['Delete', 'Delete']);
  });

  test('logs into a bucket that it alone may write to, and that is there before', () => {
    const made = template();
    const [bucket] = Object.keys(made.findResources('AWS::S3::Bucket'));
    const [bucketPolicy] = Object.keys(made.findResources('AWS::S3::BucketPolicy'));
    expect(attributes(made)).toMatchObject({ 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': { Ref: bucket } });
    expect(one(made, 'AWS::ElasticLoadBalancingV2::LoadBalancer').DependsOn).toContain(bucketPolicy);
    expect(one(made, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, '/AWSLogs/222222222222/*']] },
      },
    ]);
    expect(one(made, 'AWS::S3::Bucket').Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: 'Enabled' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  test('keeps its logs for ever if it is told', () => {
    expect(one(template({ logRetention: logs.RetentionDays.INFINITE }), 'AWS::S3::Bucket').Properties)
      .not.toHaveProperty('LifecycleConfiguration');
  });

  test('has a name in a zone, that of the zone or another', () => {
    const name = (props: Props) => one(template((stack, id) => ({ zone: zone(stack, id), ...props })), 'AWS::Route53::RecordSet').Properties;
    expect(name({})).toMatchObject({ Name: 'prod.acme.example.', Type: 'A', HostedZoneId: 'Z123' });
    expect(name({ domainName: '*.prod.acme.example' }).Name).toBe('*.prod.acme.example.');
  });

  test('has a name in a zone that does not tell its own', () => {
    const made = template(stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'zone', 'Z123'), domainName: 'acme.example' }));
    expect(one(made, 'AWS::Route53::RecordSet').Properties).toMatchObject({ Name: 'acme.example.', HostedZoneId: 'Z123' });
  });

  test('has a name in the zone of the stage, here or in another region', () => {
    const ids = ['eu-west-1', 'eu-central-1'].map(region =>
      one(template(stack => ({ zone: zoneOfStage(stack, region) })), 'AWS::Route53::RecordSet').Properties.HostedZoneId);
    expect(ids).toEqual([
      { 'Fn::ImportValue': expect.any(String) }, { 'Fn::GetAtt': [expect.stringMatching(/^itZoneId/), 'Parameter.Value'] },
    ]);
  });

  const alarmsOf = (made: Template) => all(made, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties)
    .map(({ MetricName, Threshold, AlarmActions = [], OKActions = [] }) =>
      [MetricName, Threshold, AlarmActions.length, OKActions.length]);

  test('alarms of errors, those of services and its own', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const alarmActions = [new SnsAction(new sns.Topic(stack, 'topic', { enforceSSL: true }))];
    const { alarms } = define({ alarmActions })(stack, 'it');
    expect(alarms.map(({ node }) => node.id)).toEqual(['ServerErrors', 'LoadBalancerErrors']);
    expect(alarmsOf(Template.fromStack(stack))).toEqual([['HTTPCode_Target_5XX_Count', 10, 1, 1], ['HTTPCode_ELB_5XX_Count', 10, 1, 1]]);
  });

  test('alarms of as many errors as it is told, and tells nobody by itself', () => {
    expect(alarmsOf(template({ serverErrorAlarmThreshold: 0, loadBalancerErrorAlarmThreshold: 25 })))
      .toEqual([['HTTPCode_Target_5XX_Count', 0, 0, 0], ['HTTPCode_ELB_5XX_Count', 25, 0, 0]]);
  });
});

describe('whom the load balancer lets in', () => {
  const ingress = (made: Template) => all(made, 'AWS::EC2::SecurityGroup').flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? [])
    .map(({ CidrIp, FromPort }: any) => `${typeof CidrIp === 'string' ? CidrIp : Object.keys(CidrIp).join()} ${FromPort}`).sort();

  const subnets = (made: Template) => JSON.stringify(one(made, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Subnets);

  const scheme = (made: Template) => one(made, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Scheme;

  test('are everybody, where there are public subnets', () => {
    const made = template();
    expect(scheme(made)).toBe('internet-facing');
    expect(subnets(made)).toMatch(/Public.*Public/);
    expect(subnets(made)).not.toContain('Private');
    expect(ingress(made)).toEqual(['0.0.0.0/0 443', '0.0.0.0/0 80']);
  });

  test.each<[string, ec2.SubnetType[], Props, RegExp]>([
    ['where there are no others', [PRIVATE_ISOLATED], {}, /Isolated.*Isolated/],
    ['where it is told', [PUBLIC, PRIVATE_WITH_EGRESS], { loadBalancerScheme: LoadBalancerScheme.INTERNAL }, /Private.*Private/],
  ])('are those in the network, %s', (_, types, props, expected) => {
    const made = template((stack, id) => ({ vpc: testVpc(stack, id, types), ...props }));
    expect(scheme(made)).toBe('internal');
    expect(subnets(made)).toMatch(expected);
    expect(subnets(made)).not.toContain('Public');
    expect(ingress(made)).toEqual(['Fn::GetAtt 443', 'Fn::GetAtt 80']);
  });

  test('are those that are named', () => {
    expect(ingress(template({ allowedPeers: [ec2.Peer.ipv4('192.0.2.0/24')] }))).toEqual(['192.0.2.0/24 443', '192.0.2.0/24 80']);
    expect(ingress(template({ allowedPeers: [] })).filter(rule => !rule.startsWith('255.255'))).toEqual([]);
  });

  test('are more by its connections', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const cluster = define({ allowedPeers: [ec2.Peer.ipv4('192.0.2.0/24')] })(stack, id);
      cluster.connections.allowFrom(ec2.Peer.ipv4('198.51.100.0/24'), ec2.Port.tcp(443));
    });
    expect(ingress(made)).toContain('198.51.100.0/24 443');
  });

  test('are let into the subnets that are given', () => {
    const made = template((stack, id) => ({
      vpc: testVpc(stack, id, [PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED]),
      loadBalancerScheme: LoadBalancerScheme.INTERNAL,
      loadBalancerSubnets: { subnetType: PRIVATE_ISOLATED },
    }));
    expect(subnets(made)).toMatch(/Isolated.*Isolated/);
  });
});

/** A cluster that somebody else has made, with a listener. */
function existing(given: Partial<ContainerClusterAttributes> = {}, name?: string) {
  return (stack: Stack, id: string): IContainerCluster => {
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, `${id}-group`, 'sg-0123456789abcdef0');
    return ContainerCluster.fromContainerClusterAttributes(stack, id, {
      cluster: ecs.Cluster.fromClusterAttributes(stack, `${id}-cluster`, { clusterName: 'shop', vpc: testVpc(stack, id) }),
      listener: elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, `${id}-listener`, {
        listenerArn: `arn:aws:elasticloadbalancing:eu-west-1:${stack.account}:listener/app/${name ?? id}/0123456789abcdef/0123456789abcdef`,
        securityGroup,
      }),
      ...given,
    });
  };
}

const web = (priority = 10) => ({ image: image(), port: 80, hostNames: ['shop.acme.example'], priority });

describe('a service of a cluster that exists', () => behavesLikeAService((stack, id) => existing()(stack, id).addService('web', web())));

describe('a cluster that exists', () => {
  const role = (stack: Stack) => new iam.Role(stack, 'role', { assumedBy: new iam.AccountRootPrincipal() });

  test('gets services, and is not changed', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => existing()(stack, id).addService('web', web()));
    for (const type of ['ECS::Cluster', 'ECS::ClusterCapacityProviderAssociations', 'ElasticLoadBalancingV2::LoadBalancer', 'ElasticLoadBalancingV2::Listener']) {
      made.resourceCountIs(`AWS::${type}`, 0);
    }
    expect(one(made, 'AWS::ECS::Service').Properties.Cluster).toBe('shop');
    expect(one(made, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties).toMatchObject({ ListenerArn: expect.stringContaining(':listener/app/it/'), Priority: 10 });
    expect(one(made, 'AWS::EC2::SecurityGroupIngress').Properties)
      .toMatchObject({ FromPort: 80, SourceSecurityGroupId: 'sg-0123456789abcdef0' });
  });

  test.each([
    [StageProfile.PRODUCTION, 'FARGATE', 365, 'Retain'],
    [StageProfile.TESTING, 'FARGATE_SPOT', 7, 'Delete'],
  ])('%#: has services that follow the profile', (profile, provider, days, deletionPolicy) => {
    const made = templateIn(profile, (stack, id) => existing()(stack, id).addService('web', web()));
    expect(one(made, 'AWS::ECS::Service').Properties.CapacityProviderStrategy).toEqual([{ CapacityProvider: provider, Weight: 1 }]);
    expect(one(made, 'AWS::Logs::LogGroup')).toMatchObject({ DeletionPolicy: deletionPolicy, Properties: { RetentionInDays: days } });
  });

  test('has services that follow what is said of it', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const given = {
      alarmActions: [new SnsAction(new sns.Topic(stack, 'topic', { enforceSSL: true }))],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
      encryptionKey: new kms.Key(stack, 'key'),
      executeCommandLogs: logs.LogGroup.fromLogGroupName(stack, 'sessions', 'sessions'),
      logRetention: logs.RetentionDays.FIVE_DAYS,
      removalPolicy: RemovalPolicy.DESTROY,
    };
    const it = existing(given)(stack, 'it');
    expect(it).toMatchObject(given);
    it.addService('web', { ...web(), enableExecuteCommand: true });
    const made = Template.fromStack(stack);
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^key/), 'Arn'] };
    expect(all(made, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmActions.length)).toEqual([1, 1, 1]);
    expect(one(made, 'AWS::ECS::Service').Properties.CapacityProviderStrategy).toEqual([{ CapacityProvider: 'FARGATE_SPOT', Weight: 2 }]);
    expect(one(made, 'AWS::Logs::LogGroup'))
      .toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 5, KmsKeyId: key } });
    expect(JSON.stringify(one(made, 'AWS::KMS::Key').Properties.KeyPolicy)).toContain('logs.eu-west-1.amazonaws.com');
    const exec = all(made, 'AWS::IAM::Policy').map(({ Properties }) => JSON.stringify(Properties.PolicyDocument));
    expect(exec.find(document => document.includes('ssmmessages'))).toMatch(/logs:PutLogEvents.*:log-group:sessions:\*/);
  });

  test('whose sessions are logged nowhere lets tasks log them nowhere', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => existing()(stack, id).addService('web', { ...web(), enableExecuteCommand: true }));
    const executing = all(made, 'AWS::IAM::Policy').filter(({ Properties }) => JSON.stringify(Properties).includes('ssmmessages'));
    expect(executing.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)).toHaveLength(1);
  });

  test('lets those into containers whom it is told', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) =>
      existing()(stack, id).grantExecuteCommand(role(stack)).assertSuccess());
    const [{ Resource: resources }] = one(made, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;
    expect(JSON.stringify(resources)).toMatch(/:cluster\/shop".*:task\/shop\/\*/);
  });

  test('has its priorities once in an app, however often it is referred to', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    existing({}, 'shop')(stack, 'one').addService('web', web(7));
    expect(() => existing({}, 'shop')(new Stack(stack.node.scope, 'more'), 'other').addService('web', web(7)))
      .toThrow("priority 7 of service 'in-production/more/other/web' is that of 'in-production/services/one/web' already");
    const elsewhere = stackIn(StageProfile.PRODUCTION);
    expect(() => existing({}, 'shop')(elsewhere, 'one').addService('web', web(7))).not.toThrow();
  });

  test('may be one of the CDK in the app, whose providers go after the services', () => {
    const made = templateIn(StageProfile.PRODUCTION, (stack, id) => existing({
      cluster: new ecs.Cluster(stack, 'plain', { vpc: testVpc(stack, 'plain'), enableFargateCapacityProviders: true }),
    })(stack, id).addService('web', web()));
    const [providers] = Object.keys(made.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(one(made, 'AWS::ECS::Service').DependsOn).toContain(providers);
  });

  test('may have no load balancer', () => {
    expect(() => existing({ listener: undefined })(stackIn(StageProfile.PRODUCTION), 'it').addService('web', web()))
      .toThrow("because cluster 'in-production/services/it' has no load balancer");
  });

  test('has providers that there are', () => {
    const defaultCapacityProviderStrategy = [{ capacityProvider: 'EC2' }];
    expect(() => existing({ defaultCapacityProviderStrategy })(stackIn(StageProfile.PRODUCTION), 'it'))
      .toThrow("defaultCapacityProviderStrategy names 'EC2': give FARGATE or FARGATE_SPOT");
  });
});

describe('mistakes', () => {
  test.each<[string, Props]>([
    ['loadBalancerScheme', { loadBalancerScheme: LoadBalancerScheme.INTERNAL }],
    ['loadBalancerSubnets', { loadBalancerSubnets: { subnetType: PUBLIC } }],
    ['allowedPeers', { allowedPeers: [] }],
    ['domainName', { domainName: 'acme.example' }],
    ['deletionProtection', { deletionProtection: false }],
    ['serverErrorAlarmThreshold', { serverErrorAlarmThreshold: 5 }],
    ['loadBalancerErrorAlarmThreshold', { loadBalancerErrorAlarmThreshold: 5 }],
  ])('are told of %s without a load balancer', (property, props) => {
    expect(() => templateIn(StageProfile.PRODUCTION, withoutLoadBalancer(props)))
      .toThrow(new Error(`${property} has no effect without a load balancer, and there is none without TLS: give a certificate`));
  });

  test.each<[Props | ((stack: Stack, id: string) => Props), string]>([
    [{ domainName: 'acme.example' },
      "domainName 'acme.example' has no effect without a zone to be in: give one, or leave out domainName"],
    [(stack, id) => ({ zone: zone(stack, id), domainName: 'shop.acme.example' }),
      "domainName 'shop.acme.example' is not in zone 'prod.acme.example', where its records would be: give a name that ends in '.prod.acme.example', "
        + 'or the zone of that name'],
    [(stack, id) => ({ zone: zone(stack, id), domainName: 'notprod.acme.example' }),
      "domainName 'notprod.acme.example' is not in zone 'prod.acme.example', where its records would be: give a name that ends in '.prod.acme.example', "
        + 'or the zone of that name'],
    [stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'zone', 'Z123') }),
      "domainName is missing, and zone 'in-production/services/zone' is imported by its id alone: give domainName, or import "
      + 'the zone by fromHostedZoneAttributes'],
    [(stack, id) => ({
      vpc: testVpc(stack, id, [PRIVATE_ISOLATED]), loadBalancerScheme: LoadBalancerScheme.INTERNET_FACING,
    }),
    "loadBalancerScheme is INTERNET_FACING, and vpc 'in-production/services/it-network' has no public subnets: give INTERNAL, "
      + 'or a vpc that has'],
    [(stack, id) => ({ vpc: testVpc(stack, id, [PUBLIC], 1) }),
      "loadBalancerSubnets of vpc 'in-production/services/it-network' are in 1 availability zones, and two are needed: give a vpc "
      + 'with more, or other subnets'],
    [{ defaultCapacityProviderStrategy: [{ capacityProvider: 'EC2' }] },
      "defaultCapacityProviderStrategy names 'EC2': give FARGATE or FARGATE_SPOT"],
    [{ defaultCapacityProviderStrategy: [] }, 'defaultCapacityProviderStrategy is empty: give FARGATE or FARGATE_SPOT'],
    [{ serverErrorAlarmThreshold: -1 }, 'serverErrorAlarmThreshold is -1: give a whole number, 0 or more'],
    [{ loadBalancerErrorAlarmThreshold: 1.5 }, 'loadBalancerErrorAlarmThreshold is 1.5: give a whole number, 0 or more'],
    [stack => ({ alarmActions: [new SnsAction(sns.Topic.fromTopicArn(stack, 'topic', 'arn:aws:sns:us-east-1:222222222222:alarms'))] }),
      'alarmActions has one in us-east-1, and the alarm that would take it is in eu-west-1: give actions of eu-west-1, or none'],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT },
      'removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY'],
  ])('%#: are told', (props, message) => {
    expect(() => template(props)).toThrow(new Error(message));
  });

  test('are not suspected in tokens', () => {
    const stack = new Stack(testApp(), 'alone');
    const token = new CfnParameter(stack, 'token').valueAsString;
    define({ zone: zone(stack, 'it', token), domainName: token })(stack, 'it');
    expect(one(Template.fromStack(stack), 'AWS::Route53::RecordSet').Properties.Name)
      .toEqual({ 'Fn::Join': ['', [{ Ref: 'token' }, '.']] });
  });
});
