import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accept } from '../../support/nag';

const CLUSTER_POLICIES = [
  'AmazonEKSClusterPolicy', 'AmazonEKSComputePolicy', 'AmazonEKSBlockStoragePolicy', 'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];

/** Role with which EKS manages nodes, networking, load balancers and storage. */
export function addClusterRole(scope: Construct, removalPolicy: RemovalPolicy): iam.Role {
  const assumedBy = new iam.SessionTagsPrincipal(new iam.ServicePrincipal('eks.amazonaws.com'));
  return addRole(scope, 'ClusterRole', assumedBy, CLUSTER_POLICIES, removalPolicy);
}

/** Role of the nodes in all node pools. */
export function addNodeRole(scope: Construct, removalPolicy: RemovalPolicy): iam.Role {
  return addRole(scope, 'NodeRole', new iam.ServicePrincipal('ec2.amazonaws.com'), NODE_POLICIES, removalPolicy);
}

function addRole(
  scope: Construct, id: string, assumedBy: iam.IPrincipal, policies: string[], removalPolicy: RemovalPolicy,
): iam.Role {
  const managedPolicies = policies.map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name));
  const role = new iam.Role(scope, id, { assumedBy, managedPolicies });
  role.applyRemovalPolicy(removalPolicy);
  accept(role, { rule: 'AwsSolutions-IAM4', reason: 'Auto Mode asks for these policies, and AWS keeps them up to date' });
  return role;
}
