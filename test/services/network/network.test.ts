import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { StageAccount, StageAddresses, StageProfile, StageSize } from '../../../src';
import { Network, NetworkProps } from '../../../src/services/network/network';
import { Resource, testApp } from '../../orgs';
import { CATALOGUE } from '../catalogue';
import { behavesLikeAService, PROFILES, stackIn, templateIn } from '../contract';
import { given } from '../given';

const ENDPOINTS = [ec2.InterfaceVpcEndpointAwsService.ECR, ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER];

function network(profile: StageProfile, props?: NetworkProps): Template {
  return templateIn(profile, (stack, id) => new Network(stack, id, props));
}

function resources(template: Template, type: string): Resource[] {
  return Object.values(template.findResources(type)) as Resource[];
}

/** The addresses of the subnets, by kind and number of the zone. */
function subnets(template: Template): Record<string, string> {
  return Object.fromEntries(resources(template, 'AWS::EC2::Subnet').map(({ Properties: { CidrBlock, Tags } }) => {
    const { Value: path } = Tags.find(({ Key }: { Key: string }) => Key === 'Name');
    return [path.replace(/^.*\/(\w+)Subnet/, '$1 '), CidrBlock];
  }));
}

function logicalIds(template: Template): Record<string, string> {
  const found = Object.entries(template.findResources('AWS::EC2::Subnet'));
  return Object.fromEntries(found.map(([id, { Properties }]) => [id, Properties.CidrBlock]));
}

describe('a network', () => behavesLikeAService((stack, id) => new Network(stack, id)));

describe('a network without NAT gateways, with interface endpoints', () => behavesLikeAService((stack, id) => {
  new Network(stack, id, { natGateways: 0, interfaceEndpoints: ENDPOINTS });
}));

describe('subnets', () => {
  test.each([
    ['production', 3, 3], ['staging', 2, 1], ['development', 2, 0], ['testing', 2, 0], ['audit', 3, 0], ['root', 3, 0],
  ])('of %s are in %d zones, with %d NAT gateways', (name, zones, natGateways) => {
    const template = network(PROFILES[name]);
    template.resourceCountIs('AWS::EC2::NatGateway', natGateways);
    template.resourceCountIs('AWS::EC2::EIP', natGateways);
    template.resourceCountIs('AWS::EC2::Subnet', zones * (natGateways > 0 ? 3 : 2));
    expect(new Set(resources(template, 'AWS::EC2::Subnet').map(({ Properties }) => Properties.AvailabilityZone)).size).toBe(zones);
  });

  test('have each the same part of sixteen', () => {
    expect(subnets(network(StageProfile.PRODUCTION, { addresses: StageAddresses.cidr('10.7.0.0/16') }))).toEqual({
      'public 1': '10.7.0.0/20',
      'public 2': '10.7.16.0/20',
      'public 3': '10.7.32.0/20',
      'private 1': '10.7.80.0/20',
      'private 2': '10.7.96.0/20',
      'private 3': '10.7.112.0/20',
      'isolated 1': '10.7.160.0/20',
      'isolated 2': '10.7.176.0/20',
      'isolated 3': '10.7.192.0/20',
    });
    expect(subnets(network(StageProfile.TESTING, { addresses: StageAddresses.cidr('10.7.3.0/24'), availabilityZones: 1 }))).toEqual({
      'public 1': '10.7.3.0/28', 'isolated 1': '10.7.3.160/28',
    });
  });

  test('stay what they are when NAT gateways or zones are added or taken away', () => {
    const most = logicalIds(network(StageProfile.PRODUCTION));
    expect(Object.keys(most)).toHaveLength(9);
    expect(most).toMatchObject(logicalIds(network(StageProfile.PRODUCTION, { natGateways: 0 })));
    expect(most).toMatchObject(logicalIds(network(StageProfile.PRODUCTION, { availabilityZones: 1 })));
    expect(most).toMatchObject(logicalIds(network(StageProfile.PRODUCTION, { availabilityZones: 2, natGateways: 1 })));
  });

  test('do not give public addresses to whoever does not ask', () => {
    expect(resources(network(StageProfile.PRODUCTION), 'AWS::EC2::Subnet').map(({ Properties }) => Properties.MapPublicIpOnLaunch))
      .toEqual(Array(9).fill(false));
  });

  test('reach the internet where they are private, by the NAT gateway of the zone, and not where they are isolated', () => {
    const routes = resources(network(StageProfile.PRODUCTION), 'AWS::EC2::Route')
      .map(({ Properties: { RouteTableId, NatGatewayId, GatewayId } }) => `${RouteTableId.Ref} ${(NatGatewayId ?? GatewayId).Ref}`
        .replace(/itVpc|RouteTable\w{8}|Subnet|NATGateway\w{8}|\w{8}$/g, ''));
    expect(routes.sort()).toEqual([
      'private1 public1', 'private2 public2', 'private3 public3', 'public1 IGW', 'public2 IGW', 'public3 IGW',
    ]);
  });

  test('are found by what else is in the stage', () => {
    const { vpc } = new Network(stackIn(StageProfile.PRODUCTION), 'it');
    expect([vpc.publicSubnets, vpc.privateSubnets, vpc.isolatedSubnets].map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(vpc.availabilityZones).toHaveLength(3);
    const small = new Network(stackIn(StageProfile.TESTING), 'it').vpc;
    expect([small.publicSubnets, small.privateSubnets, small.isolatedSubnets].map(({ length }) => length))
      .toEqual([2, 0, 2]);
  });

  test('are in fewer zones where no more are known, with the same addresses, and it says so', () => {
    const stack = new Stack(testApp(), 'anywhere');
    new Network(stack, 'it');
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    expect(subnets(network(StageProfile.PRODUCTION))).toMatchObject(subnets(template));
    Annotations.fromStack(stack).hasWarning('/anywhere/it', Match.stringLikeRegexp('^availabilityZones is 3, and only 2 are known here: '));
  });

  test('in more zones than there are were asked for: an error, when it is deployed', () => {
    const stack = new Stack(testApp(), 'anywhere');
    new Network(stack, 'it', { availabilityZones: 3 });
    Annotations.fromStack(stack).hasError('/anywhere/it', Match.stringLikeRegexp('^availabilityZones is 3, and only 2 are known here: '));
    const known = stackIn(StageProfile.TESTING);
    new Network(known, 'it', { availabilityZones: 3 });
    Annotations.fromStack(known).hasNoError('*', Match.anyValue());
    Annotations.fromStack(known).hasNoWarning('*', Match.anyValue());
  });
});

describe('a prop', () => {
  test('wins over the profile', () => {
    const template = network(StageProfile.PRODUCTION, {
      addresses: StageAddresses.cidr('192.168.0.0/20'), availabilityZones: 2, natGateways: 1, logRetention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY,
    });
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '192.168.0.0/20' });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    const [flowLogs] = Object.entries(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => id.includes('FlowLogs'));
    expect(flowLogs[1]).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 1 } });
    network(StageProfile.TESTING, { natGateways: 2 }).resourceCountIs('AWS::EC2::NatGateway', 2);
  });
});

describe('flow logs', () => {
  test.each([
    ['production', 'Retain', 365], ['staging', 'Retain', 90], ['development', 'Delete', 30], ['testing', 'Delete', 7], ['audit', 'Retain', 3653],
  ])('of %s: %s after the network, kept for %d days', (name, policy, days) => {
    const template = network(PROFILES[name]);
    // the second one is of the function that locks the default security group
    template.resourceCountIs('AWS::Logs::LogGroup', 2);
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: policy, Properties: { RetentionInDays: days } });
  });

  test('are of all traffic, into a log group of the stack', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const { flowLogs } = new Network(stack, 'it');
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::FlowLog', {
      TrafficType: 'ALL', ResourceType: 'VPC', LogDestinationType: 'cloud-watch-logs', LogGroupName: stack.resolve(flowLogs.logGroupName),
    });
  });

  test('are written by VPC for nobody but this account, and only into that group', () => {
    const template = network(StageProfile.PRODUCTION);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [{
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': '222222222222' },
            ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:eu-west-1:222222222222:vpc-flow-log/*']] } },
          },
        }],
      }),
    });
    const statements = resources(template, 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const group = Object.keys(template.findResources('AWS::Logs::LogGroup')).find(id => id.includes('FlowLogs'));
    expect(statements.filter(({ Action }) => String(Action).includes('logs:')))
      .toEqual([expect.objectContaining({ Resource: { 'Fn::GetAtt': [group, 'Arn'] } })]);
  });

  test('of a profile that wants snapshots are kept, for they have none', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT }).applyTo(stack);
    new Network(stack, 'it');
    Template.fromStack(stack).allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });
});

describe('inside the network', () => {
  test('the default security group allows nothing', () => {
    const template = network(StageProfile.DEVELOPMENT);
    const [vpc] = Object.keys(template.findResources('AWS::EC2::VPC'));
    template.hasResourceProperties('Custom::VpcRestrictDefaultSG', {
      DefaultSecurityGroupId: { 'Fn::GetAtt': [vpc, 'DefaultSecurityGroup'] },
    });
  });

  test('S3 and DynamoDB are reached from every subnet', () => {
    const gateways = resources(network(StageProfile.PRODUCTION), 'AWS::EC2::VPCEndpoint')
      .map(({ Properties: { VpcEndpointType, ServiceName, RouteTableIds } }) => [
        VpcEndpointType, JSON.stringify(ServiceName).match(/s3|dynamodb/)![0], RouteTableIds.length,
      ]);
    expect(gateways).toEqual([['Gateway', 's3', 9], ['Gateway', 'dynamodb', 9]]);
  });

  test('more services are reached from all of it by HTTPS, and from nowhere else', () => {
    const template = network(StageProfile.TESTING, { addresses: StageAddresses.cidr('10.8.0.0/16'), interfaceEndpoints: ENDPOINTS });
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true }, 2);
    const isolated = Object.keys(template.findResources('AWS::EC2::Subnet')).filter(id => id.includes('isolated'));
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.eu-west-1.ecr.dkr', SubnetIds: isolated.map(Ref => ({ Ref })),
    });
    const [group, ...more] = Object.entries(template.findResources('AWS::EC2::SecurityGroup'));
    expect(more).toEqual([]);
    expect(group[1].Properties.SecurityGroupIngress).toEqual([
      { CidrIp: '10.8.0.0/16', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'HTTPS from inside the VPC' },
    ]);
    expect(group[1].Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { VpcId: Match.anyValue() });
  });

  test('there is no security group without interface endpoints', () => {
    network(StageProfile.TESTING, { interfaceEndpoints: [] }).resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe('a network that exists', () => {
  const ATTRIBUTES = { vpcId: 'vpc-12345678', availabilityZones: ['eu-west-1a', 'eu-west-1b'], vpcCidrBlock: '10.5.0.0/16' };
  const SUBNETS = {
    publicSubnetIds: ['subnet-12345671', 'subnet-12345672'],
    privateSubnetIds: ['subnet-12345673', 'subnet-12345674'],
    isolatedSubnetIds: ['subnet-12345675', 'subnet-12345676'],
  };
  const importIn = (stack: Stack, cidr?: string, vpc?: Partial<ec2.VpcAttributes>) => Network.fromNetworkAttributes(stack, 'network', {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { ...ATTRIBUTES, ...SUBNETS, ...vpc }), cidr,
  });

  test('has its addresses, by itself or given', () => {
    expect(importIn(stackIn(StageProfile.TESTING)).cidr).toBe('10.5.0.0/16');
    expect(importIn(stackIn(StageProfile.TESTING), '10.6.0.0/16').cidr).toBe('10.6.0.0/16');
    const token = Token.asString({ Ref: 'Cidr' });
    expect(importIn(stackIn(StageProfile.TESTING), token).cidr).toBe(token);
    expect(Network.isNetwork(importIn(stackIn(StageProfile.TESTING)))).toBe(false);
  });

  test('is refused without addresses, or with others than a block', () => {
    expect(() => importIn(stackIn(StageProfile.TESTING), undefined, { vpcCidrBlock: undefined }))
      .toThrow(/^cidr is missing, and vpc '.*Vpc' does not say its own: give one of both$/);
    expect(() => importIn(stackIn(StageProfile.TESTING), '10.6.0.1/16')).toThrow(/^cidr '10.6.0.1\/16' is not a block of IPv4 addresses/);
  });

  test.each(Object.entries(CATALOGUE).filter(([, define]) => /\bvpc\b/.test(String(define))))('may have a %s', (_, define) => {
    const stack = stackIn(StageProfile.TESTING);
    const { vpc } = importIn(stack);
    define(stack, 'it', { ...given(stack.node.scope as StageAccount), vpc: () => vpc });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toMatch(/"(vpc-12345678|subnet-1234567[1-6])"/);
  });
});

describe('addresses', () => {
  const here = StageAddresses.cidr('10.1.0.0/16').forRegion('us-east-1', StageAddresses.cidr('10.2.0.0/16'));
  const inRegion = (addresses: StageAddresses, region?: string) => {
    const stack = new Stack(testApp(), 'stack', { env: { region } });
    StageProfile.TESTING.applyTo(stack);
    return new Network(stack, 'it', { addresses }).cidr;
  };

  test('are those of the region, or the first', () => {
    expect(['us-east-1', 'eu-west-1'].map(region => inRegion(here, region))).toEqual(['10.2.0.0/16', '10.1.0.0/16']);
    expect(inRegion(StageAddresses.cidr('10.1.0.0/16'))).toBe('10.1.0.0/16');
  });

  test.each<[string, StageAddresses]>([
    ["addresses are at index 3, and only an organization has a pool: give the addresses of a stage in one, or a block, such as StageAddresses.cidr('10.1.0.0/16')",
      StageAddresses.index(3)],
    ["addresses in 'us-east-1' are at index 4, and only an organization has a pool: give the addresses of a stage in one, or a block, such as StageAddresses.cidr('10.1.0.0/16')",
      StageAddresses.cidr('10.1.0.0/16').forRegion('us-east-1', StageAddresses.index(4))],
    ["addresses in 'us-east-1' are given twice: leave one out", here.forRegion('us-east-1', StageAddresses.cidr('10.3.0.0/16'))],
    ["addresses in 'eu-west-1' have regions of their own: give each region by a forRegion of the first", StageAddresses.cidr('10.3.0.0/16').forRegion('eu-west-1', here)],
    ["region of addresses 'eu-wst-1' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib",
      here.forRegion('eu-wst-1', StageAddresses.cidr('10.3.0.0/16'))],
  ])('are refused: %s', (message, addresses) => {
    expect(() => inRegion(addresses, 'us-east-1')).toThrow(new Error(message));
  });

  test('of several regions need a stack that knows its own', () => {
    expect(() => inRegion(here)).toThrow(new Error('addresses are of named regions, and that of the stack is a token: give the stack its region'));
  });
});

test('is told from other constructs, and tells its addresses', () => {
  const stack = stackIn(StageProfile.TESTING);
  const it = new Network(stack, 'it');
  expect([it, stack, it.vpc].map(construct => Network.isNetwork(construct))).toEqual([true, false, false]);
  expect(it.cidr).toBe('10.0.0.0/16');
  expect(new Network(stack, 'other', { addresses: StageAddresses.cidr('10.9.0.0/18') }).cidr).toBe('10.9.0.0/18');
});

describe('an error', () => {
  test.each<[string, NetworkProps]>([
    ["addresses are 'Acme', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'", { addresses: StageAddresses.cidr('Acme') }],
    ["addresses are '10.1.0.1/16', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'", { addresses: StageAddresses.cidr('10.1.0.1/16') }],
    ["addresses are '10.0.0.0/8', a /8: AWS takes no VPC above a /16, and no subnet below a /28, of which there are 16; give a /16 to a /24",
      { addresses: StageAddresses.cidr('10.0.0.0/8') }],
    ["addresses are '10.0.0.0/25', a /25: AWS takes no VPC above a /16, and no subnet below a /28, of which there are 16; give a /16 to a /24",
      { addresses: StageAddresses.cidr('10.0.0.0/25') }],
    ['addresses are a token: subnets and overlaps are computed at synth, so give a literal', { addresses: StageAddresses.cidr(Token.asString({ Ref: 'Cidr' })) }],
    ['availabilityZones is 6: a network has room for 1 to 5, so give it a whole number of those', { availabilityZones: 6 }],
    ['availabilityZones is 0: a network has room for 1 to 5, so give it a whole number of those', { availabilityZones: 0 }],
    ['availabilityZones is 1.5: a network has room for 1 to 5, so give it a whole number of those', { availabilityZones: 1.5 }],
    ['natGateways is 3 with availabilityZones 2: give a whole number from 0 to 2', { natGateways: 3 }],
    ['natGateways is -1 with availabilityZones 2: give a whole number from 0 to 2', { natGateways: -1 }],
    ['natGateways is 0.5 with availabilityZones 2: give a whole number from 0 to 2', { natGateways: 0.5 }],
    ['removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY', { removalPolicy: RemovalPolicy.SNAPSHOT }],
    ["interfaceEndpoints names 'ecr.api' twice: a VPC has one endpoint of a service, so name it once",
      { interfaceEndpoints: [...ENDPOINTS, ENDPOINTS[0]] }],
  ])('%s', (message, props) => {
    expect(() => new Network(stackIn(StageProfile.TESTING), 'it', props)).toThrow(new Error(message));
  });

  test('of a profile says which', () => {
    const stack = stackIn(StageProfile.TESTING);
    StageProfile.PRODUCTION.customized('wide', { availabilityZones: 6, size: StageSize.SMALL }).applyTo(stack);
    expect(() => new Network(stack, 'it')).toThrow("availabilityZones of profile 'wide' is 6: a network has room for 1 to 5");
  });
});

test.each<[StageProfile, string]>([
  [StageProfile.PRODUCTION, 'RetainExceptOnCreate'], [StageProfile.TESTING, 'Delete'],
])('what data are in stays with them, and goes with them: %p', (profile, policy) => {
  const template = templateIn(profile, (stack, id) => {
    new Network(stack, id);
  });
  const policies = (type: string) => Object.values(template.findResources(type)).map(({ DeletionPolicy }) => DeletionPolicy ?? 'Delete');
  const used = ['VPC', 'Subnet', 'InternetGateway', 'VPCGatewayAttachment'].flatMap(type => policies(`AWS::EC2::${type}`));
  expect([...new Set(used)]).toEqual([policy]);
  expect(['NatGateway', 'EIP'].flatMap(type => policies(`AWS::EC2::${type}`)).filter(found => found !== 'Delete')).toEqual([]);
});
