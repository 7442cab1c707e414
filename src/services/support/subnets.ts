import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * Subnets for data: isolated ones, or private ones in a network without isolated subnets.
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

/**
 * Subnets for compute: private ones, or isolated ones in a network without private subnets.
 *
 * @throws if there are neither
 */
export function workloadSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  if (vpc.isolatedSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  }
  throw new Error(`vpc '${vpc.node.path}' has neither private nor isolated subnets, and nothing computes in public ones by default: `
    + 'give a vpc that has, or say which subnets');
}

/**
 * Selection that has subnets.
 *
 * @throws if the VPC has none of them
 */
export function inSubnets(vpc: ec2.IVpc, property: string, selection: ec2.SubnetSelection): ec2.SubnetSelection {
  const { subnets, isPendingLookup } = selected(vpc, property, selection);
  if (subnets.length === 0 && !isPendingLookup) {
    throw new Error(none(vpc, property));
  }
  return selection;
}

function none(vpc: ec2.IVpc, property: string): string {
  return `${property} of vpc '${vpc.node.path}' are none: give other subnets, or a vpc that has such`;
}

/** The CDK's own error names neither the property nor the VPC. */
export function selected(vpc: ec2.IVpc, property: string, selection: ec2.SubnetSelection): ec2.SelectedSubnets {
  try {
    return vpc.selectSubnets(selection);
  } catch (error) {
    throw /There are no/.test((error as Error).message) ? new Error(none(vpc, property)) : error;
  }
}

/**
 * Selection in at least two Availability Zones, which some AWS services require.
 *
 * @throws if there are fewer
 */
export function inTwoZones(vpc: ec2.IVpc, property: string, selection: ec2.SubnetSelection): ec2.SubnetSelection {
  const { availabilityZones, isPendingLookup } = selected(vpc, property, selection);
  const zones = new Set(availabilityZones).size;
  if (zones < 2 && !isPendingLookup) {
    throw new Error(`${property} of vpc '${vpc.node.path}' are in ${zones} availability zones, and two are needed: `
      + 'give a vpc with more, or other subnets');
  }
  return selection;
}
