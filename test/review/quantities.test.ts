import { Resource, Stack } from '../../review/assembly/assembly';
import { inWords, quantities } from '../../review/prices/quantities';

function stack(...resources: Array<[type: string, properties: Record<string, unknown>]>): Stack {
  const all = resources.map(([type, properties], index): Resource => ({ id: `r${index}`, type, properties }));
  return {
    path: 'acme/prod/shop',
    name: 'shop',
    stage: 'prod',
    after: [],
    terminationProtection: false,
    outputs: {},
    resources: new Map(all.map(resource => [resource.id, resource])),
  };
}

const counted = (...stacks: Stack[]) => quantities({ stacks }).map(one => `${one.stage}: ${inWords(one, one.count)}`);

test.each<[type: string, properties: Record<string, unknown>, expected: string[]]>([
  ['AWS::EC2::NatGateway', {}, ['prod: 1 NAT gateway']],
  ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b', 'c'] }, ['prod: 3 zones of interface endpoints']],
  ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, []],
  ['AWS::AutoScaling::AutoScalingGroup', { MinSize: '2' }, ['prod: 2 EC2 instances']],
  ['AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', DesiredCapacity: '3' }, ['prod: 3 EC2 instances']],
  ['AWS::AutoScaling::AutoScalingGroup', { MinSize: { Ref: 'size' } }, []],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', {}, ['prod: 1 load balancer']],
  ['AWS::RDS::DBInstance', { Engine: 'aurora-mysql' }, ['prod: 1 Aurora instance']],
  ['AWS::RDS::DBInstance', { Engine: 'postgres', MultiAZ: true }, ['prod: 2 RDS instances']],
  ['AWS::RDS::DBCluster', { DBClusterInstanceClass: 'db.m6gd.large' }, ['prod: 3 RDS instances']],
  ['AWS::ElastiCache::ReplicationGroup', { NumCacheClusters: 2 }, ['prod: 2 cache nodes']],
  ['AWS::ElastiCache::ReplicationGroup', { NumNodeGroups: 2, ReplicasPerNodeGroup: 2 }, ['prod: 6 cache nodes']],
  ['AWS::EKS::Cluster', {}, ['prod: 1 EKS cluster']],
  ['AWS::EKS::Nodegroup', { ScalingConfig: { MinSize: 4 } }, ['prod: 4 EC2 instances']],
  ['AWS::ECS::Service', { LaunchType: 'FARGATE', DesiredCount: 2 }, ['prod: 2 Fargate tasks']],
  ['AWS::ECS::Service', { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT' }] }, ['prod: 1 Fargate task']],
  ['AWS::ECS::Service', { LaunchType: 'EC2', DesiredCount: 2 }, []],
  ['AWS::OpenSearchService::Domain', { ClusterConfig: { InstanceCount: 3, DedicatedMasterEnabled: true, DedicatedMasterCount: 3 } }, ['prod: 6 OpenSearch nodes']],
  ['AWS::S3::Bucket', {}, []],
])('%s %j', (type, properties, expected) => expect(counted(stack([type, properties]))).toEqual(expected));

test('serverless instances run at least with the capacity of their cluster', () => {
  const serverless = { Engine: 'aurora-postgresql', DBInstanceClass: 'db.serverless', DBClusterIdentifier: { Ref: 'r0' } };
  expect(counted(stack(
    ['AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 0.7 } }],
    ['AWS::RDS::DBInstance', serverless],
    ['AWS::RDS::DBInstance', serverless],
    ['AWS::RDS::DBInstance', serverless],
    ['AWS::RDS::DBInstance', { ...serverless, DBInstanceClass: 'db.r6g.large' }],
    ['AWS::RDS::DBInstance', { ...serverless, DBClusterIdentifier: { Ref: 'other' } }],
  ))).toEqual(['prod: 2.1 ACUs of Aurora at least', 'prod: 5 Aurora instances']);
});

test('a stage has those of all its stacks; a stack of no stage is told by its path', () => {
  const nat = stack(['AWS::EC2::NatGateway', {}], ['AWS::EC2::NatGateway', {}]);
  expect(counted(nat, nat, { ...nat, stage: undefined })).toEqual(['prod: 4 NAT gateways', 'acme/prod/shop: 2 NAT gateways']);
});
