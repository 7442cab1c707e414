import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** A security group that lets nobody in, and nothing out, until `connections` say so. */
export function closedSecurityGroup(
  scope: Construct, vpc: ec2.IVpc, description: string, removalPolicy?: RemovalPolicy,
): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc, allowAllOutbound: false, description: plain(description),
  });
  if (removalPolicy) {
    group.applyRemovalPolicy(removalPolicy);
  }
  return group;
}

/**
 * What EC2 takes as a description, of a text that may have the path of a construct in it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function plain(description: string): string {
  return description.replace(/[^a-zA-Z0-9 ._:/()#,@[\]+=&;{}!$*-]/g, '-').slice(0, 255);
}
