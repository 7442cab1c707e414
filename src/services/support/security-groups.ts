import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** Security group without inbound or outbound rules, until `connections` adds them. */
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
 * Description that EC2 accepts, from a text that may contain the path of a construct.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function plain(description: string): string {
  return description.replace(/[^a-zA-Z0-9 ._:/()#,@[\]+=&;{}!$*-]/g, '-').slice(0, 255);
}
