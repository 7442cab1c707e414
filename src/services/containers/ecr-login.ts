import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accept, Acceptance } from '../../support/nag';

const ACTION = 'ecr:GetAuthorizationToken';

const ACCEPTED: Acceptance = {
  rule: 'AwsSolutions-IAM5',
  reason: 'the login to Amazon ECR is for all repositories, what may be pulled or pushed is not',
  appliesTo: ['Resource::*'],
};

/** Allows logging in to Amazon ECR, in a separate policy, so that no other wildcard is suppressed with it. */
export function allowLogin(grantee: iam.IGrantable): void {
  const { grantPrincipal } = grantee;
  const statement = { actions: [ACTION], resources: ['*'] };
  if (!Construct.isConstruct(grantPrincipal) || !('attachInlinePolicy' in grantPrincipal)) {
    grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement(statement));
  } else if (!grantPrincipal.node.tryFindChild(ID)) {
    const policy = new iam.Policy(grantPrincipal, ID, { statements: [new iam.PolicyStatement(statement)] });
    (grantPrincipal as unknown as iam.IIdentity).attachInlinePolicy(policy);
    accept(policy, ACCEPTED);
  }
}

const ID = 'ContainerRegistryLogin';

/** Suppresses the cdk-nag finding on a role to which the CDK itself has granted the login. */
export function acceptLogin(role: iam.IRole): void {
  const policy = role.node.tryFindChild('DefaultPolicy') as iam.Policy | undefined;
  if (policy && JSON.stringify(policy.document).includes(ACTION)) {
    accept(policy, ACCEPTED);
  }
}
