import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * Where what keeps data lives: isolated subnets, or private ones in a network that has no others.
 *
 * @throws if there are neither
 */
export function dataSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  if (vpc.isolatedSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  }
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  throw new Error(`vpc '${vpc.node.path}' has neither isolated nor private subnets, and data are never put into public ones: `
    + 'give a vpc that has, or vpcSubnets');
}
