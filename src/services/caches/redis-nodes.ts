import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { StageProfile, StageSize } from '../../stage-profile';
import { checkType, defaultType, InstanceTypes } from '../support/instance-types';
import { checkWholeLiteral } from '../support/numbers';
import { closedSecurityGroup } from '../support/security-groups';
import { dataSubnets, inSubnets, inTwoZones } from '../support/subnets';

interface NodeProps {
  readonly nodes?: number;
  readonly nodeType?: ec2.InstanceType;
}

interface Nodes {
  readonly nodes: number;
  readonly nodeType: string;
}

const MAX_NODES = 6;
const FLEET = { name: 'elasticache' };

// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
const TYPES: InstanceTypes = { service: 'ElastiCache', affix: 'cache.', classes: /^[cmrt]\d/, example: 'r7g.large' };

interface Size {
  readonly nodes: (zones: number) => number;
  readonly nodeType: string;
}

const SIZES: Record<StageSize, Size> = {
  [StageSize.SMALL]: { nodes: () => 1, nodeType: 't4g.micro' },
  [StageSize.MEDIUM]: { nodes: () => 2, nodeType: 't4g.medium' },
  [StageSize.LARGE]: { nodes: zones => Math.min(zones, MAX_NODES), nodeType: 'm7g.large' },
};

/** Number and type of nodes: as given, or from the profile. */
export function nodesOf(scope: Construct, given: NodeProps, { size, availabilityZones }: StageProfile): Nodes {
  const nodeType = given.nodeType ?? defaultType(scope, FLEET, SIZES[size].nodeType);
  checkType(scope, FLEET, 'nodeType', nodeType, TYPES);
  checkWholeLiteral('nodes', given.nodes, 1, MAX_NODES);
  return {
    nodes: given.nodes ?? SIZES[size].nodes(availabilityZones),
    nodeType: `${TYPES.affix}${nodeType.toString()}`,
  };
}

interface PlacementProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

interface Placement {
  readonly subnetGroup: elasticache.CfnSubnetGroup;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/** Subnet group and security groups of the nodes, without rules. */
export function place(
  scope: Construct, { vpc, vpcSubnets, securityGroups }: PlacementProps, nodes: number, removalPolicy: RemovalPolicy,
): Placement {
  const selection = vpcSubnets ?? dataSubnets(vpc);
  const subnetGroup = new elasticache.CfnSubnetGroup(scope, 'SubnetGroup', {
    description: `Subnets of ${scope.node.path}`,
    subnetIds: vpc.selectSubnets((nodes > 1 ? inTwoZones : inSubnets)(vpc, 'vpcSubnets', selection)).subnetIds,
  });
  subnetGroup.applyRemovalPolicy(removalPolicy);
  return {
    subnetGroup,
    securityGroups: securityGroups ?? [closedSecurityGroup(scope, vpc, `Nodes of ${scope.node.path}`, removalPolicy)],
  };
}
