import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnDomain, EngineVersion } from 'aws-cdk-lib/aws-opensearchservice';
import { StageProfile, StageProfileOptions, StageSize } from '../../../src';
import { Network } from '../../../src/services/network/network';
import { SearchDomain, SearchDomainProps } from '../../../src/services/search/search-domain';
import { FLAGS } from '../../nag';
import { callOf, Resource, testApp } from '../../orgs';
import { alarmOf, takesActions } from '../alarms';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';
import { existingVpc } from '../existing-vpc';

type Options = Partial<SearchDomainProps>;

function define(stack: Stack, id: string, options?: Options): SearchDomain {
  return new SearchDomain(stack, id, { vpc: existingVpc(stack, `${id}-vpc`), ...options });
}

function search(profile: StageProfile, options?: Options): Template {
  return templateIn(profile, (stack, id) => define(stack, id, options));
}

function domain(template: Template): Resource {
  return Object.values(template.findResources('AWS::OpenSearchService::Domain'))[0] as Resource;
}

function only(template: Template, type: string): [string, Resource] {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  return found[0] as [string, Resource];
}

function ofProfile(options: StageProfileOptions): Resource {
  return domain(search(StageProfile.PRODUCTION.customized('ours', options)));
}

describe('a search domain', () => behavesLikeAService(define));

describe('a search domain in a network of the stack, with a role that exists', () => behavesLikeAService((stack, id) => {
  const { vpc } = new Network(stack, `${id}-network`);
  const masterRole = iam.Role.fromRoleArn(stack, `${id}-role`, 'arn:aws:iam::222222222222:role/search', { mutable: false });
  new SearchDomain(stack, id, { vpc, masterRole, createServiceLinkedRole: false });
}));

describe('nodes', () => {
  test.each([
    ['production', 3, 3, 'r6g.large.search', 3, 100], ['staging', 2, 2, 'm6g.large.search', 0, 20],
    ['development', 1, 1, 't3.small.search', 0, 10], ['testing', 1, 1, 't3.small.search', 0, 10],
    ['audit', 1, 1, 't3.small.search', 0, 10], ['root', 1, 1, 't3.small.search', 0, 10],
  ])('of %s are over %d zones: %d %s and %d masters, with %d GiB each', (name, zones, nodes, type, masters, size) => {
    const { ClusterConfig, EBSOptions, VPCOptions } = domain(search(PROFILES[name])).Properties;
    expect(ClusterConfig).toMatchObject({
      InstanceCount: nodes,
      InstanceType: type,
      DedicatedMasterEnabled: masters > 0,
      MultiAZWithStandbyEnabled: false,
      ZoneAwarenessEnabled: zones > 1,
      ...zones > 1 && { ZoneAwarenessConfig: { AvailabilityZoneCount: zones } },
      ...masters > 0 && { DedicatedMasterCount: masters, DedicatedMasterType: 'm6g.large.search' },
    });
    expect(EBSOptions).toEqual({ EBSEnabled: true, VolumeSize: size, VolumeType: 'gp3' });
    expect(VPCOptions.SubnetIds).toEqual(['subnet-aaaaaaaa', 'subnet-bbbbbbbb', 'subnet-cccccccc'].slice(0, zones));
  });

  test('of a large stage over two zones are a multiple of two', () => {
    expect(ofProfile({ availabilityZones: 2 }).Properties.ClusterConfig)
      .toMatchObject({ InstanceCount: 4, ZoneAwarenessConfig: { AvailabilityZoneCount: 2 } });
  });

  test('of a stage in one zone are in one', () => {
    expect(ofProfile({ availabilityZones: 1 }).Properties.ClusterConfig)
      .toMatchObject({ InstanceCount: 3, ZoneAwarenessEnabled: false });
  });

  test('are in no more zones than the network has', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) =>
      define(stack, id, { vpc: existingVpc(stack, 'two', ['a', 'b']) }));
    expect(domain(template).Properties.VPCOptions.SubnetIds).toHaveLength(2);
    expect(domain(template).Properties.ClusterConfig.InstanceCount).toBe(4);
  });

  test('are in one subnet of each zone, though there are several', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const subnets = ['aaaaaaaa', 'aaaa0000', 'bbbbbbbb'].map(name => ec2.Subnet.fromSubnetAttributes(stack, name, {
        subnetId: `subnet-${name}`, availabilityZone: `eu-west-1${name[0]}`, routeTableId: 'rtb-12345678',
      }));
      define(stack, id, { vpcSubnets: { subnets } });
    });
    expect(domain(template).Properties.VPCOptions.SubnetIds).toEqual(['subnet-aaaaaaaa', 'subnet-bbbbbbbb']);
  });

  test('are what is asked for, whatever the profile', () => {
    const { Properties } = domain(search(StageProfile.TESTING, {
      availabilityZones: 2,
      dataNodes: 4,
      dataNodeInstanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
      masterNodes: 5,
      masterNodeInstanceType: new ec2.InstanceType('c6g.large'),
      volumeSize: 50,
      offPeakWindowStart: { hours: 3, minutes: 0 },
      version: EngineVersion.OPENSEARCH_1_3,
    }));
    expect(Properties).toMatchObject({
      EngineVersion: 'OpenSearch_1.3',
      ClusterConfig: {
        InstanceCount: 4,
        InstanceType: 'm7g.large.search',
        DedicatedMasterCount: 5,
        DedicatedMasterType: 'c6g.large.search',
        ZoneAwarenessConfig: { AvailabilityZoneCount: 2 },
      },
      EBSOptions: { VolumeSize: 50 },
      OffPeakWindowOptions: { OffPeakWindow: { WindowStartTime: { Hours: 3 } } },
    });
  });

  test('can be defined before the network has been looked up', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const it = define(stack, 'it', { vpc: ec2.Vpc.fromLookup(stack, 'vpc', { vpcName: 'ours' }), dataNodes: 3 });
    const { clusterConfig } = it.domain.node.defaultChild as CfnDomain;
    expect(stack.resolve(clusterConfig)).toMatchObject({
      instanceCount: 3, zoneAwarenessConfig: { availabilityZoneCount: 3 },
    });
  });
});

describe('what stays', () => {
  test('is everything, where the profile keeps, and a creation can be tried again', () => {
    const { Resources } = search(StageProfile.PRODUCTION, { createServiceLinkedRole: false }).toJSON();
    const rest = Object.values(Resources as Record<string, Resource>)
      .filter(({ DeletionPolicy }) => DeletionPolicy !== 'RetainExceptOnCreate').map(({ Type }) => Type);
    expect(new Set(rest)).toEqual(new Set(['AWS::CloudWatch::Alarm']));
  });

  test('is what is asked for, whatever the profile', () => {
    const kept = search(StageProfile.TESTING, {
      removalPolicy: RemovalPolicy.RETAIN, logRetention: RetentionDays.TWO_YEARS,
    });
    expect(domain(kept).DeletionPolicy).toBe('RetainExceptOnCreate');
    kept.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 731 }, 4);
    expect(domain(search(StageProfile.PRODUCTION, { removalPolicy: RemovalPolicy.DESTROY })).DeletionPolicy).toBe('Delete');
  });
});

describe('access', () => {
  test('is encrypted, and by HTTPS only', () => {
    expect(domain(search(StageProfile.TESTING)).Properties).toMatchObject({
      DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      NodeToNodeEncryptionOptions: { Enabled: true },
      EncryptionAtRestOptions: { Enabled: true },
      SoftwareUpdateOptions: { AutoSoftwareUpdateEnabled: true },
    });
  });

  test('is for signed requests of the account, without a function that says so', () => {
    const template = search(StageProfile.PRODUCTION);
    expect(domain(template).Properties.AccessPolicies.Statement).toEqual([{
      Effect: 'Allow',
      Action: 'es:ESHttp*',
      Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::222222222222:root']] } },
      Resource: '*',
    }]);
    const types = Object.values(template.toJSON().Resources as Record<string, Resource>).map(({ Type }) => Type);
    expect(types.filter(type => type.startsWith('Custom::'))).toEqual(['Custom::AWS']); // the role of the service
  });

  test('is fine-grained, with a role instead of a password', () => {
    const template = search(StageProfile.PRODUCTION);
    const master = Object.keys(template.findResources('AWS::IAM::Role')).find(id => id.includes('MasterRole'))!;
    expect(domain(template).Properties.AdvancedSecurityOptions).toEqual({
      Enabled: true, InternalUserDatabaseEnabled: false, MasterUserOptions: { MasterUserARN: { 'Fn::GetAtt': [master, 'Arn'] } },
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('may be mastered by a role that exists', () => {
    const arn = 'arn:aws:iam::222222222222:role/search';
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const masterRole = iam.Role.fromRoleArn(stack, 'role', arn);
      expect(define(stack, id, { masterRole, createServiceLinkedRole: false }).masterRole).toBe(masterRole);
    });
    expect(domain(template).Properties.AdvancedSecurityOptions.MasterUserOptions).toEqual({ MasterUserARN: arn });
    template.resourceCountIs('AWS::IAM::Role', 0);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: ['search'] });
  });

  test('may be encrypted by a key that exists', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => define(stack, id, {
      encryptionKey: kms.Key.fromKeyArn(stack, 'key', 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab'),
    }));
    expect(domain(template).Properties.EncryptionAtRestOptions).toEqual({ Enabled: true, KmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab' });
  });

  function actions(grant: (it: SearchDomain, role: iam.IRole) => iam.Grant): string[] {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const role = new iam.Role(stack, 'client', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
      expect(grant(define(stack, id), role).success).toBe(true);
    });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith('client'));
    const statements = policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
    const below = (arn: unknown) => JSON.stringify(arn).replace(/.*Arn"\]},?"?|"\]\]}$/g, '');
    return statements.flatMap(({ Action, Resource: on }) =>
      [Action].flat().map(action => `${action} ${[on].flat().map(below).join(' ')}`));
  }

  test('to read is to get, and to search by post', () => {
    const granted = actions((it, role) => it.grantRead(role));
    expect(granted.filter(action => !action.includes('Post'))).toEqual([expect.stringContaining('es:ESHttpGet'), expect.stringContaining('es:ESHttpHead')]);
    expect(granted.filter(action => action.includes('Post'))).toEqual(['es:ESHttpPost /_search /*/_search /_msearch /*/_msearch /_count /*/_count /_mget /*/_mget']);
  });

  test('to read and write is everything', () => {
    expect(actions((it, role) => it.grantReadWrite(role)).map(action => action.split(' ')[0])).toEqual(
      ['Get', 'Head', 'Delete', 'Post', 'Put', 'Patch'].map(method => `es:ESHttp${method}`));
  });

  test('is by connections, for HTTPS', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
      const client = new ec2.SecurityGroup(stack, 'client', { vpc: existingVpc(stack, 'vpc') });
      define(stack, id).connections.allowDefaultPortFrom(client);
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('is by security groups that exist', () => {
    const template = templateIn(StageProfile.PRODUCTION, (stack, id) => define(stack, id, {
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'group', 'sg-12345678')],
    }));
    expect(domain(template).Properties.VPCOptions.SecurityGroupIds).toEqual(['sg-12345678']);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe('logs', () => {
  test('are allowed before the domain writes them, to its groups only and from its account only', () => {
    const template = search(StageProfile.STAGING);
    const groups = Object.keys(template.findResources('AWS::Logs::LogGroup')).filter(id => id.startsWith('it'));
    expect(groups).toHaveLength(4);
    const published = Object.entries<any>(domain(template).Properties.LogPublishingOptions);
    expect(published.map(([kind]) => kind).sort()).toEqual(['AUDIT_LOGS', 'ES_APPLICATION_LOGS', 'INDEX_SLOW_LOGS', 'SEARCH_SLOW_LOGS']);
    const arns = published.map(([, { CloudWatchLogsLogGroupArn }]) => CloudWatchLogsLogGroupArn);
    expect(arns.map(arn => arn['Fn::GetAtt'][0]).sort()).toEqual(groups.sort());

    const [policy, { Properties }] = only(template, 'AWS::Logs::ResourcePolicy');
    const document = JSON.stringify(Properties.PolicyDocument);
    groups.forEach(group => expect(document).toContain(`{"Fn::GetAtt":["${group}","Arn"]}`));
    expect(document).toContain('{\\"StringEquals\\":{\\"aws:SourceAccount\\":\\"222222222223\\"}}');
    expect(JSON.stringify(Properties.PolicyName)).toContain('AWS::StackId');
    expect(domain(template).DependsOn).toContain(policy);
  });
});

describe('the service-linked role', () => {
  test('is made once in a stack, before any domain, and it does no harm if there is one', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    ['first', 'second'].forEach(id => define(stack, id));
    const template = Template.fromStack(stack);
    const [id, call] = only(template, 'Custom::AWS');
    expect(callOf(call)).toBe('IAM.createServiceLinkedRole');
    expect(JSON.stringify(call.Properties)).toContain('opensearchservice.amazonaws.com');
    expect(JSON.stringify(call.Properties)).toContain('ignoreErrorCodesMatching');
    expect(call.Properties).not.toHaveProperty('Delete');
    const domains = Object.values(template.findResources('AWS::OpenSearchService::Domain'));
    expect(domains).toHaveLength(2);
    domains.forEach(({ DependsOn }) => expect(DependsOn).toContain(id));
    // and before what the domain needs besides, so that some seconds pass until then
    const later = ['AWS::Logs::LogGroup', 'AWS::IAM::Role'].flatMap(type => Object.values(template.findResources(type)))
      .filter(({ DependsOn }) => DependsOn?.includes(id)).map(({ Type }) => Type);
    expect(later.sort()).toEqual([...Array(2).fill('AWS::IAM::Role'), ...Array(8).fill('AWS::Logs::LogGroup')]);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({ Statement: [Match.objectLike({ Action: 'iam:CreateServiceLinkedRole', Resource: Match.not('*') })] }),
    });
  });

  test('is somebody else\'s business, if it is said', () => {
    const template = search(StageProfile.PRODUCTION, { createServiceLinkedRole: false });
    ['Custom::AWS', 'AWS::Lambda::Function'].forEach(type => template.resourceCountIs(type, 0));
  });
});

describe('alarms', () => {
  test('are for a quarter of the storage, and replicas where they have a place', () => {
    const large = search(StageProfile.PRODUCTION);
    large.resourceCountIs('AWS::CloudWatch::Alarm', 6);
    large.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ClusterStatus.yellow' });
    large.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'FreeStorageSpace', Threshold: 25600, ComparisonOperator: 'LessThanThreshold', Statistic: 'Minimum',
    });
    const small = search(StageProfile.TESTING);
    small.resourceCountIs('AWS::CloudWatch::Alarm', 5);
    small.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'ClusterStatus.yellow' }, 0);
  });

  test('take actions', () => takesActions(define));

  test.each<[string, Options, string, string, number]>([
    ['storage', { freeStorageAlarmThreshold: Size.gibibytes(8) }, 'StorageAlarm', 'is short of storage', 8192],
    ['storage otherwise', {}, 'StorageAlarm', 'has less than a quarter of its storage left', 25600],
    ['CPU', { cpuAlarmThreshold: 60 }, 'CpuAlarm', 'it uses more than 60 % of its CPU', 60],
    ['CPU otherwise', {}, 'CpuAlarm', 'it uses more than 80 % of its CPU', 80],
    ['memory', { memoryAlarmThreshold: 85 }, 'MemoryAlarm', 'it uses more than 85 % of its heap', 85],
    ['memory otherwise', {}, 'MemoryAlarm', 'it uses more than 95 % of its heap', 95],
  ])('of %s go off from where they are told to', (_, options, id, description, threshold) => {
    expect(alarmOf(search(StageProfile.PRODUCTION, options), id))
      .toEqual([expect.stringContaining(description), threshold]);
  });
});

test('metrics are of the domain', () => {
  const it = define(stackIn(StageProfile.PRODUCTION), 'it');
  const period = Duration.minutes(1);
  const metrics = [
    it.metric('ThreadpoolSearchRejected', { period }), it.metricClusterStatusRed({ period }),
    it.metricClusterStatusYellow({ period }), it.metricClusterIndexWritesBlocked({ period }),
    it.metricFreeStorageSpace({ period }), it.metricCPUUtilization({ period }), it.metricJVMMemoryPressure({ period }),
    it.metricSearchLatency({ period }),
  ];
  expect(metrics.map(({ metricName }) => metricName)).toEqual([
    'ThreadpoolSearchRejected', 'ClusterStatus.red', 'ClusterStatus.yellow', 'ClusterIndexWritesBlocked', 'FreeStorageSpace',
    'CPUUtilization', 'JVMMemoryPressure', 'SearchLatency',
  ]);
  metrics.forEach(metric => expect(metric).toMatchObject({
    namespace: 'AWS/ES', dimensions: { DomainName: it.domain.domainName }, period,
  }));
});

test('flags of the CDK change nothing of the nodes', () => {
  const nodes = (app: App) => {
    const stack = stackIn(StageProfile.PRODUCTION, app);
    define(stack, 'it');
    return domain(Template.fromStack(stack)).Properties.ClusterConfig;
  };
  expect(nodes(testApp(FLAGS))).toEqual(nodes(testApp()));
});

describe('a mistake', () => {
  test.each<[string, Options, string]>([
    ['zones', { availabilityZones: 4 }, 'availabilityZones is 4: give 1, 2 or 3'],
    ['data nodes', { dataNodes: 4 }, 'dataNodes is 4, over 3 availability zones: give a multiple of 3'],
    ['no data nodes', { dataNodes: 0 }, 'dataNodes is 0, over 3 availability zones: give a multiple of 3'],
    ['masters', { masterNodes: 2 }, 'masterNodes is 2: give 0, 3 or 5'],
    ['a type', { dataNodeInstanceType: new ec2.InstanceType('m6g.large.search') }, "dataNodeInstanceType is 'm6g.large.search': give a type of OpenSearch without '.search', such as 'r6g.large'"],
    ['a type of masters', { masterNodeInstanceType: new ec2.InstanceType('g5.xlarge') }, "masterNodeInstanceType is 'g5.xlarge': give a type of OpenSearch"],
    ['a type of no masters', { masterNodes: 0, masterNodeInstanceType: new ec2.InstanceType('m6g.large') }, "masterNodeInstanceType is 'm6g.large', but masterNodes is 0"],
    ['free storage', { freeStorageAlarmThreshold: Size.gibibytes(100) }, 'freeStorageAlarmThreshold is 100 GiB, and volumeSize is 100, of which so much is never free: give less'],
    ['CPU', { cpuAlarmThreshold: 200 }, 'cpuAlarmThreshold is 200: give a percentage, 0 to 100'],
    ['memory', { memoryAlarmThreshold: -1 }, 'memoryAlarmThreshold is -1: give a percentage, 0 to 100'],
    ['a volume', { volumeSize: 5 }, 'volumeSize is 5: give a whole number, 10 or more'],
    ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT }, 'removalPolicy is SNAPSHOT, and CloudFormation takes none of this'],
  ])('of %s is told', (_, options, message) => {
    expect(() => search(StageProfile.PRODUCTION, options)).toThrow(message);
  });

  test('of too few zones is told', () => {
    const over = (zones: string[], options: Options, profile = StageProfile.PRODUCTION) => () =>
      templateIn(profile, (stack, id) => define(stack, id, { vpc: existingVpc(stack, 'vpc', zones), ...options }));
    expect(over(['a', 'b'], { availabilityZones: 3 })).toThrow('has subnets for the domain in 2 availability zones, and 3 are needed: give subnets in more zones');
    expect(over(['a'], {})).toThrow('has subnets for the domain in 1 availability zones, and 2 are needed');
    expect(over(['a'], { availabilityZones: 1 })).not.toThrow();
    expect(over(['a'], {}, StageProfile.PRODUCTION.customized('small', { size: StageSize.SMALL }))).not.toThrow();
  });
});
