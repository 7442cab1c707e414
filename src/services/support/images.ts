import { Annotations, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';

/**
 * Warns at synth if subnets without public addresses can pull no image: they have neither a route out of the VPC nor
 * the endpoints of Amazon ECR. An imported VPC does not tell.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export function warnWithoutImages(scope: Construct, vpc: ec2.IVpc, selection: ec2.SubnetSelection): void {
  if (!(vpc.node.defaultChild instanceof ec2.CfnVPC)) {
    return;
  }
  scope.node.addValidation({
    validate: () => {
      const { subnets } = vpc.selectSubnets(selection);
      const reaches = (service: string) => endpoints(vpc).some(name => name.endsWith(`.${service}`));
      if (!subnets.every(hasWayOut) && !['ecr.api', 'ecr.dkr'].every(reaches)) {
        Annotations.of(scope).addWarningV2('cdk-multi-account-org:noWayToImages',
          `vpcSubnets of '${scope.node.path}' reach no registry, so no image can be pulled: give vpc '${vpc.node.path}' a NAT gateway, or `
          + 'interface endpoints (ECR, ECR_DOCKER, and of what else is called), or set assignPublicIp of a container service');
      }
      return [];
    },
  });
}

/** Public subnets lead out only those who have a public address. Imported ones do not tell. */
function hasWayOut(subnet: ec2.ISubnet): boolean {
  return !(subnet instanceof ec2.Subnet)
    || subnet.node.findAll().some(child => child instanceof ec2.CfnRoute && child.gatewayId === undefined);
}

/** Names of the services that a VPC has endpoints of, wherever they are defined. */
function endpoints(vpc: ec2.IVpc): string[] {
  const known = ENDPOINTS.get(vpc.node.root) ?? vpc.node.root.node.findAll()
    .filter((child): child is ec2.CfnVPCEndpoint => child instanceof ec2.CfnVPCEndpoint);
  ENDPOINTS.set(vpc.node.root, known);
  return known.filter(({ vpcId }) => vpcId === vpc.vpcId)
    .map(endpoint => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName) ?? '').replace(/["\]}]+$/, ''));
}

// searched once
const ENDPOINTS = new WeakMap<IConstruct, ec2.CfnVPCEndpoint[]>();
