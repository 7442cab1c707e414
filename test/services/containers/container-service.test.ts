import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { StageProfile } from '../../../src';
import { ContainerCluster, ContainerClusterProps } from '../../../src/services/containers/container-cluster';
import { ContainerService, ContainerServiceOptions } from '../../../src/services/containers/container-service';
import { look } from '../../nag';
import { problems, Resource, testApp } from '../../orgs';
import { behavesLikeAService, inEveryProfile, stackIn, templateIn } from '../contract';
import { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC, testVpc } from '../networks';

const image = () => ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:stable');

function clusterIn(stack: Stack, id: string, props: Partial<ContainerClusterProps> = {}): ContainerCluster {
  const arn = 'arn:aws:acm:eu-west-1:222222222222:certificate/abc';
  const certificate = acm.Certificate.fromCertificateArn(stack, `${id}-certificate`, arn);
  return new ContainerCluster(stack, id, { vpc: props.vpc ?? testVpc(stack, id), certificate, ...props });
}

function plainClusterIn(stack: Stack, id: string, types?: ec2.SubnetType[]): ContainerCluster {
  return new ContainerCluster(stack, id, { vpc: testVpc(stack, id, types) });
}

type Options = Partial<ContainerServiceOptions>;

const worker = (options: Options = {}) => (stack: Stack, id: string) =>
  plainClusterIn(stack, `${id}-cluster`).addService(id, { image: image(), ...options });

const web = (options: Options = {}) => (stack: Stack, id: string) =>
  clusterIn(stack, `${id}-cluster`)
    .addService(id, { image: image(), port: 8080, hostNames: ['shop.acme.example'], priority: 10, ...options });

function all(from: Template, type: string): Resource[] {
  return Object.values(from.findResources(type)) as Resource[];
}

function one(from: Template, type: string): Resource {
  const [found, ...more] = all(from, type);
  expect(more).toEqual([]);
  return found;
}

const production = (define: (stack: Stack, id: string) => void) => templateIn(StageProfile.PRODUCTION, define);
const service = (made: Template) => one(made, 'AWS::ECS::Service').Properties;
const task = (made: Template) => one(made, 'AWS::ECS::TaskDefinition').Properties;
const container = (made: Template) => task(made).ContainerDefinitions[0];

describe('a service behind a load balancer', () => behavesLikeAService((stack, id) => web()(stack, id)));

describe('a service that nobody calls', () => behavesLikeAService((stack, id) => worker({ minCapacity: 1, maxCapacity: 1 })(stack, id)));

describe('by default', () => {
  test('a deployment that fails is rolled back, and nothing is missing meanwhile', () => {
    expect(service(production(worker())).DeploymentConfiguration).toMatchObject({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true }, MinimumHealthyPercent: 100, MaximumPercent: 200,
    });
  });

  test('it prints into a group of the stack', () => {
    const made = production(worker());
    expect(container(made).LogConfiguration).toMatchObject({
      LogDriver: 'awslogs', Options: { 'awslogs-group': { Ref: expect.stringMatching(/^itclusteritLogs/) }, 'awslogs-region': 'eu-west-1' },
    });
  });

  test('it has no public address', () => {
    expect(service(production(worker())).NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
  });

  test('it waits for what it needs', () => {
    const made = production(worker({ enableExecuteCommand: true }));
    const { DependsOn } = one(made, 'AWS::ECS::Service');
    expect(DependsOn).toContain(Object.keys(made.findResources('AWS::ECS::ClusterCapacityProviderAssociations'))[0]);
    expect(DependsOn).toContainEqual(expect.stringMatching(/^itclusteritExecuteCommand/));
  });

  test('ECS Exec may write its logs, by a policy that is nothing else', () => {
    const made = production(worker({ enableExecuteCommand: true }));
    expect(service(made).EnableExecuteCommand).toBe(true);
    const executing = all(made, 'AWS::IAM::Policy').filter(({ Properties }) => JSON.stringify(Properties).includes('ssmmessages'));
    expect(executing).toHaveLength(1);
    expect(executing[0].Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Resource: '*', Action: expect.arrayContaining(['ssmmessages:OpenDataChannel']) }),
      expect.objectContaining({ Resource: { 'Fn::GetAtt': [expect.stringMatching(/ExecuteCommandLogs/), 'Arn'] } }),
    ]);
  });
});

describe('the size of a service', () => {
  test.each([
    [StageProfile.PRODUCTION, '1024', '2048', 3, 12, 'FARGATE'],
    [StageProfile.STAGING, '512', '1024', 2, 4, 'FARGATE'],
    [StageProfile.DEVELOPMENT, '256', '512', 1, 2, 'FARGATE_SPOT'],
    [StageProfile.TESTING, '256', '512', 1, 2, 'FARGATE_SPOT'],
  ])('%#: follows the profile', (profile, cpu, memory, min, max, provider) => {
    const made = templateIn(profile, worker());
    expect(task(made)).toMatchObject({ Cpu: cpu, Memory: memory });
    expect(one(made, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({ MinCapacity: min, MaxCapacity: max });
    expect(service(made).CapacityProviderStrategy).toEqual([{ CapacityProvider: provider, Weight: 1 }]);
    expect(service(made)).not.toHaveProperty('LaunchType');
  });

  test('scales by processor and memory, and a deployment does not take it back', () => {
    const made = production(worker());
    const policies = all(made, 'AWS::ApplicationAutoScaling::ScalingPolicy');
    const tracked = policies.map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration);
    expect(tracked.map(({ PredefinedMetricSpecification: metric, TargetValue }) =>
      `${metric.PredefinedMetricType} ${TargetValue}`)).toEqual([
      'ECSServiceAverageCPUUtilization 60', 'ECSServiceAverageMemoryUtilization 60',
    ]);
    expect(service(made)).not.toHaveProperty('DesiredCount');
  });

  test('is fixed if least and most are the same', () => {
    const made = production(worker({ minCapacity: 2, maxCapacity: 2 }));
    expect(service(made).DesiredCount).toBe(2);
    made.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test.each<[Options, number, number]>([
    [{ minCapacity: 20 }, 20, 20],
    [{ maxCapacity: 2 }, 2, 2],
    [{ minCapacity: 5, maxCapacity: 7 }, 5, 7],
    [{ maxCapacity: 30 }, 3, 30],
  ])('%#: follows props before the profile', (options, min, max) => {
    const made = production(worker(options));
    const [target] = all(made, 'AWS::ApplicationAutoScaling::ScalableTarget');
    const { DesiredCount } = service(made);
    const range = target?.Properties ?? { MinCapacity: DesiredCount, MaxCapacity: DesiredCount };
    expect(range).toMatchObject({ MinCapacity: min, MaxCapacity: max });
  });

  test('has memory for its processor, unless it is given', () => {
    expect(task(production(worker({ cpu: 4096 })))).toMatchObject({ Cpu: '4096', Memory: '8192' });
    expect(task(production(worker({ cpu: 4096, memoryLimitMiB: 16384 })))).toMatchObject({ Memory: '16384' });
  });

  test('runs where it is told', () => {
    const made = production(worker({ capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 3 }] }));
    expect(service(made).CapacityProviderStrategy).toEqual([{ CapacityProvider: 'FARGATE_SPOT', Weight: 3 }]);
  });
});

describe('ECS Exec and a file system that is read-only exclude each other', () => {
  test.each([
    ['production', StageProfile.PRODUCTION, {}, false],
    ['staging', StageProfile.STAGING, {}, false],
    ['development', StageProfile.DEVELOPMENT, {}, true],
    ['testing', StageProfile.TESTING, {}, true],
    ['production that wants it', StageProfile.PRODUCTION, { enableExecuteCommand: true }, true],
    ['development that wants no writing', StageProfile.DEVELOPMENT, { readonlyRootFilesystem: true }, false],
    ['development that wants neither', StageProfile.DEVELOPMENT, { enableExecuteCommand: false }, false],
  ])('in %s', (_, profile, options, executes) => {
    const made = templateIn(profile, worker(options));
    expect(service(made).EnableExecuteCommand ?? false).toBe(executes);
    expect(container(made).ReadonlyRootFilesystem).toBe(!executes);
  });

  test('and images that write are let', () => {
    const made = production(worker({ readonlyRootFilesystem: false }));
    expect(service(made).EnableExecuteCommand ?? false).toBe(false);
    expect(container(made).ReadonlyRootFilesystem).toBe(false);
  });

  test('and both are an error', () => {
    expect(() => production(worker({ readonlyRootFilesystem: true, enableExecuteCommand: true })))
      .toThrow(/^readonlyRootFilesystem of '.*' is true, and so is enableExecuteCommand, .*: give only one$/);
  });
});

describe('what a service runs', () => {
  test('is what is given', () => {
    const made = production(worker({
      command: ['work'],
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      environment: { MODE: 'work' },
      healthCheck: { command: ['CMD', 'true'] },
      enableExecuteCommand: false,
    }));
    expect(container(made)).toMatchObject({
      Image: 'public.ecr.aws/nginx/nginx:stable',
      Command: ['work'],
      Environment: [{ Name: 'MODE', Value: 'work' }],
      HealthCheck: { Command: ['CMD', 'true'] },
    });
    expect(task(made).RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
    expect(service(made).EnableExecuteCommand ?? false).toBe(false);
    expect(JSON.stringify(made.toJSON())).not.toContain('ssmmessages');
  });

  test('gets secrets without that they are in the template', () => {
    const made = production((stack, id) => {
      const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'secret', 'shop');
      worker({ secrets: { PASSWORD: ecs.Secret.fromSecretsManager(secret) } })(stack, id);
    });
    expect(container(made).Secrets).toEqual([{ Name: 'PASSWORD', ValueFrom: expect.anything() }]);
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['secretsmanager:GetSecretValue']) })]) },
    });
  });

  test('may do what is granted to the service', () => {
    const made = production((stack, id) => {
      const bucket = s3.Bucket.fromBucketName(stack, 'bucket', 'orders');
      expect(bucket.grantRead(worker()(stack, id)).success).toBe(true);
    });
    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*']) })] },
      Roles: [{ Ref: Match.stringLikeRegexp('TaskRole') }],
    });
  });

  test('does not hide a grant that is too wide from cdk-nag', () => {
    const app = inEveryProfile((stack, id) => {
      s3.Bucket.fromBucketName(stack, `${id}-bucket`, 'orders').grantRead(worker()(stack, id));
    });
    expect(look(app).findings.filter(finding => finding.includes('IAM5'))).not.toEqual([]);
  });
});

describe('where a service runs', () => {
  function placed(types: ec2.SubnetType[], options: Options = {}): string {
    const made = production((stack, id) => plainClusterIn(stack, `${id}-cluster`, types).addService(id, { image: image(), ...options }));
    const { AssignPublicIp, Subnets } = service(made).NetworkConfiguration.AwsvpcConfiguration;
    const kinds = new Set(Subnets.map(({ Ref }: any) => /(Public|Private|Isolated)Subnet/i.exec(Ref)![1]));
    return `${[...kinds].join()} ${AssignPublicIp}`;
  }

  test('is in private subnets, or isolated ones where there are no others', () => {
    expect(placed([PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED])).toBe('Private DISABLED');
    expect(placed([PUBLIC, PRIVATE_ISOLATED])).toBe('Isolated DISABLED');
  });

  test('is in public ones if it is to have public addresses', () => {
    expect(placed([PUBLIC, PRIVATE_ISOLATED], { assignPublicIp: true })).toBe('Public ENABLED');
  });

  test('is where it is told', () => {
    expect(placed([PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED], { vpcSubnets: { subnetType: PRIVATE_ISOLATED } }))
      .toBe('Isolated DISABLED');
  });

  test('is never public by default', () => {
    expect(() => placed([PUBLIC])).toThrow("vpc 'in-production/services/it-cluster-network' has neither private nor isolated subnets, "
      + 'and nothing computes in public ones by default: give a vpc that has, or say which subnets');
  });

  test('may be a stack of its own', () => {
    const app = testApp();
    const [first, second] = ['first', 'second'].map(id => new Stack(app, id));
    const cluster = clusterIn(first, 'cluster');
    new ContainerService(second, 'shop', { cluster, image: image(), port: 80, hostNames: ['shop.acme.example'], priority: 1 });
    expect(problems(app)).toEqual([]);
    Template.fromStack(second).resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1);
    Template.fromStack(first).resourceCountIs('AWS::ECS::Service', 0);
  });
});

describe('requests', () => {
  test('of names and paths go to the service', () => {
    const made = production(web({ pathPatterns: ['/api/*'], healthCheckPath: '/health' }));
    const rule = one(made, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties;
    const [targets] = Object.keys(made.findResources('AWS::ElasticLoadBalancingV2::TargetGroup'));
    expect(rule).toMatchObject({
      Priority: 10,
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: targets } }],
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['shop.acme.example'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } },
      ],
    });
    expect(one(made, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      Port: 8080, Protocol: 'HTTP', TargetType: 'ip', HealthCheckPath: '/health',
    });
    expect(service(made).LoadBalancers).toEqual([{ ContainerName: 'app', ContainerPort: 8080, TargetGroupArn: { Ref: targets } }]);
  });

  test('of paths alone do as well, and the root is asked for health', () => {
    const made = production(web({ hostNames: undefined, pathPatterns: ['/api/*'] }));
    expect(one(made, 'AWS::ElasticLoadBalancingV2::ListenerRule').Properties.Conditions).toHaveLength(1);
    expect(one(made, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.HealthCheckPath).toBe('/');
  });

  test('reach the service from the load balancer only', () => {
    const made = production(web());
    const rules = all(made, 'AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
    expect(rules).toEqual([expect.objectContaining({
      FromPort: 8080,
      SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/LoadBalancer/), 'GroupId'] },
      GroupId: { 'Fn::GetAtt': [expect.stringMatching(/Service/), 'GroupId'] },
    })]);
  });

  test('from elsewhere come by its connections', () => {
    const made = production((stack, id) => {
      const { connections } = worker({ port: 9000 })(stack, id);
      connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.1.0.0/16'));
    });
    expect(all(made, 'AWS::EC2::SecurityGroup').flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? []))
      .toEqual([expect.objectContaining({ CidrIp: '10.1.0.0/16', FromPort: 9000 })]);
  });
});

describe('alarms', () => {
  const route = { port: 80, hostNames: ['shop.acme.example'], priority: 1 };
  const told = (stack: Stack, id: string) =>
    new SnsAction(sns.Topic.fromTopicArn(stack, id, `arn:aws:sns:eu-west-1:222222222222:${id}`));

  /** What a service alarms of, how much of it, and how many are told. */
  function alarming(options: Options, props: (stack: Stack) => Partial<ContainerClusterProps> = () => ({})) {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = clusterIn(stack, 'cluster', props(stack)).addService('it', { image: image(), ...options });
    const alarms = all(Template.fromStack(stack), 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties)
      .filter(({ MetricName }) => !MetricName.startsWith('HTTPCode'))
      .map(({ MetricName, Threshold, AlarmActions = [], OKActions = [] }) =>
        `${MetricName} ${Threshold} ${AlarmActions.length}${OKActions.length}`);
    return { it, alarms };
  }

  test('tell whom the cluster tells when tasks are not well, or busy', () => {
    const { it, alarms } = alarming(route, stack => ({ alarmActions: [told(stack, 'topic')] }));
    expect(alarms).toEqual(['UnHealthyHostCount 0 11', 'CPUUtilization 85 11', 'MemoryUtilization 85 11']);
    expect(it.alarms.map(({ node }) => node.id)).toEqual(['UnhealthyTasks', 'Cpu', 'Memory']);
  });

  test('tell whom the service says, or nobody', () => {
    const cluster = (stack: Stack) => ({ alarmActions: [told(stack, 'topic')] });
    const other = new Stack(testApp(), 'other');
    expect(alarming({ alarmActions: [] }, cluster).alarms).toEqual(['CPUUtilization 85 00', 'MemoryUtilization 85 00']);
    expect(alarming({ alarmActions: ['a', 'b'].map(id => told(other, id)) }, cluster).alarms)
      .toEqual(['CPUUtilization 85 22', 'MemoryUtilization 85 22']);
    expect(alarming({}).alarms).toEqual(['CPUUtilization 85 00', 'MemoryUtilization 85 00']);
  });

  test('go off where they are told', () => {
    const thresholds = { unhealthyTaskAlarmThreshold: 2, cpuAlarmThreshold: 70, memoryAlarmThreshold: 99.5 };
    expect(alarming({ ...route, ...thresholds }).alarms)
      .toEqual(['UnHealthyHostCount 2 00', 'CPUUtilization 70 00', 'MemoryUtilization 99.5 00']);
  });

  test('are of metrics that the service tells', () => {
    const { it } = alarming({});
    const dimensions = { ClusterName: expect.anything(), ServiceName: it.service.serviceName };
    expect(it.metricCpuUtilization({ label: 'cpu' })).toMatchObject({ metricName: 'CPUUtilization', dimensions, label: 'cpu' });
    expect(it.metricMemoryUtilization()).toMatchObject({ metricName: 'MemoryUtilization', dimensions });
    expect(it.metric('RunningTaskCount')).toMatchObject({ metricName: 'RunningTaskCount', namespace: 'AWS/ECS', dimensions });
  });
});

describe('mistakes', () => {
  const path = 'in-production/services/it-cluster/it';

  test.each<[Options, string]>([
    [{ hostNames: [] }, `hostNames of service '${path}' is empty: name at least one, or leave it out`],
    [{ pathPatterns: [] }, `pathPatterns of service '${path}' is empty: name at least one, or leave it out`],
    [{ hostNames: undefined },
      `priority of service '${path}' has no effect without requests: give hostNames or pathPatterns`],
    [{ hostNames: undefined, priority: undefined, healthCheckPath: '/' },
      `healthCheckPath of service '${path}' has no effect without requests: give hostNames or pathPatterns`],
    [{ hostNames: undefined, priority: undefined, unhealthyTaskAlarmThreshold: 1 },
      `unhealthyTaskAlarmThreshold of service '${path}' has no effect without requests: give hostNames or pathPatterns`],
    [{ unhealthyTaskAlarmThreshold: -1 }, 'unhealthyTaskAlarmThreshold is -1: give a whole number, 0 or more'],
    [{ cpuAlarmThreshold: 101 }, 'cpuAlarmThreshold is 101: give a percentage, 0 to 100'],
    [{ memoryAlarmThreshold: -1 }, 'memoryAlarmThreshold is -1: give a percentage, 0 to 100'],
    [{ port: undefined }, `port of service '${path}' is missing: say on which one the container listens, or leave out hostNames `
      + 'and pathPatterns'],
    [{ priority: undefined }, `priority of service '${path}' is missing: give a number from 1 to 50000 that no other service has`],
    [{ priority: 0 }, 'priority is 0: give a whole number from 1 to 50000'],
    [{ priority: 50001 }, 'priority is 50001: give a whole number from 1 to 50000'],
    [{ minCapacity: 0 }, 'minCapacity is 0: give a whole number, 1 or more'],
    [{ maxCapacity: 1.5 }, 'maxCapacity is 1.5: give a whole number, 1 or more'],
    [{ minCapacity: 3, maxCapacity: 2 }, 'minCapacity 3 is more than maxCapacity 2: give one that is not'],
    [{ capacityProviderStrategies: [{ capacityProvider: 'spot' }] },
      "capacityProviderStrategies names 'spot': give FARGATE or FARGATE_SPOT"],
  ])('%#: are told', (options, message) => {
    expect(() => production(web(options))).toThrow(new Error(message));
  });

  test('are told of a service that a load balancer should be in front of, where there is none', () => {
    expect(() => production(worker({ port: 80, pathPatterns: ['/*'], priority: 1 }))).toThrow(
      new Error(`hostNames and pathPatterns of service '${path}' have no effect, because cluster 'in-production/services/it-cluster' `
        + 'has no load balancer: give the cluster a certificate, or its listener if it exists already'));
  });

  test('are told of two services of one priority', () => {
    const cluster = clusterIn(stackIn(StageProfile.PRODUCTION), 'cluster');
    const add = (id: string) => cluster.addService(id, { image: image(), port: 80, hostNames: [`${id}.acme.example`], priority: 7 });
    add('one');
    expect(() => add('other')).toThrow(new Error("priority 7 of service 'in-production/services/cluster/other' is that of "
      + "'in-production/services/cluster/one' already: give one of its own to each"));
  });

  test('are not suspected in tokens', () => {
    const stack = new Stack(testApp(), 'alone');
    const token = new CfnParameter(stack, 'token', { type: 'Number' }).valueAsNumber;
    web({ maxCapacity: token, priority: token })(stack, 'it');
    expect(one(Template.fromStack(stack), 'AWS::ApplicationAutoScaling::ScalableTarget').Properties)
      .toMatchObject({ MinCapacity: 3, MaxCapacity: { Ref: 'token' } });
  });
});
