import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { accept } from '../../src/support/nag';

export const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = ec2.SubnetType;

/** A network with subnets of some types, in two zones, and nothing else that could be remarkable. */
export function testVpc(stack: Stack, id: string, types = [PUBLIC, PRIVATE_WITH_EGRESS], maxAzs = 2): ec2.Vpc {
  const vpc = new ec2.Vpc(stack, `${id}-network`, {
    maxAzs,
    natGateways: types.includes(PRIVATE_WITH_EGRESS) && types.includes(PUBLIC) ? 1 : 0,
    subnetConfiguration: types.map(subnetType => ({ subnetType, name: subnetType })),
    restrictDefaultSecurityGroup: false,
  });
  accept(vpc, { rule: 'AwsSolutions-VPC7', reason: 'a network for tests that carries nothing' });
  return vpc;
}
