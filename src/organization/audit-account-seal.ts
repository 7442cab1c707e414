import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';

/** Who may change what keeps the trail, in the account that keeps it. */
export enum AuditAccountSeal {
  /**
   * Deployments from root, and nobody inside the account: neither its admin role nor its root user. A service control
   * policy of the organization says so.
   */
  ROOT_DEPLOYS_ONLY = 'ROOT_DEPLOYS_ONLY',
  /**
   * Whoever may change roles in the account, or deploy with CloudFormation there, can make themselves an administrator
   * of it.
   */
  NONE = 'NONE',
}

export interface AuditAccountSealPolicyProps {
  readonly namespace: string;
  readonly stageName: string;
  /** The account, as its stack in root imports it, or literally. */
  readonly accountId: string;
}

/**
 * Keeps accounts from leaving the organization, and so its trail and its policies, and from closing themselves. Root
 * can do both to them.
 */
export class MembersStayPolicy extends CfnPolicy {
  constructor(scope: Construct, id: string, props: { readonly namespace: string; readonly targetIds: string[] }) {
    super(scope, id, {
      name: `${props.namespace}-members-stay`,
      description: 'Accounts do not leave the organization, and its trail, by themselves',
      type: 'SERVICE_CONTROL_POLICY',
      targetIds: props.targetIds,
      content: {
        Version: '2012-10-17',
        Statement: [{
          Sid: 'MembersStay',
          Effect: 'Deny',
          // an invitation that is accepted moves an account directly
          Action: ['organizations:LeaveOrganization', 'organizations:AcceptHandshake', 'account:CloseAccount'],
          Resource: '*',
        }],
      },
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

/** AWS takes so many characters since 2026-05. */
const MAX_POLICY_LENGTH = 10240;

/**
 * Closes the ways around the policies of the bucket and its key: to become one of the roles that they name, to have one
 * of them deploy, and the root user of the account, whom the policy of a bucket cannot keep from changing it.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export class AuditAccountSealPolicy extends CfnPolicy {
  constructor(scope: Construct, id: string, props: AuditAccountSealPolicyProps) {
    const content = seal(props, Stack.of(scope).synthesizer.bootstrapQualifier ?? 'hnb659fds');
    const { length } = JSON.stringify(content);
    if (length > MAX_POLICY_LENGTH) {
      throw new Error(`the seal of '${props.stageName}' has ${length} characters: AWS takes ${MAX_POLICY_LENGTH}`);
    }
    super(scope, id, {
      name: `${props.namespace}-${props.stageName}-seal`,
      description: `Only deployments from root change what keeps the trail in ${props.stageName}`,
      type: 'SERVICE_CONTROL_POLICY',
      targetIds: [props.accountId],
      content,
    });
    // the records outlive the code that asked for them, and so does what keeps them
    this.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

function seal({ namespace, stageName }: AuditAccountSealPolicyProps, qualifier: string) {
  const role = (name: string) => `arn:*:iam::*:role/${name}`;
  // roles of these names cannot be made by anybody else, nor assumed: the statements see to it, and the trust of
  // `stacksets-exec`
  const deploying = [role(`cdk-${qualifier}-*`), role('stacksets-exec-*')];
  const unlessDeploying = { ArnNotLike: { 'aws:PrincipalArn': deploying } };
  const deny = (Sid: string, Action: string[], Resource: string[], Condition?: object) =>
    ({ Sid, Effect: 'Deny', Action, Resource, ...Condition && { Condition } });
  return {
    Version: '2012-10-17',
    Statement: [
      deny('RolesStayAsDeployed', [
        'iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePermissionsBoundary', 'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy', 'iam:PassRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy',
        'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole',
      ], [...deploying, role(`${namespace}-${stageName}-*`)], unlessDeploying),
      // stacks remember the role that deploys them, so whoever may change any of them may change what that role may
      deny('StacksStayAsDeployed', [
        'cloudformation:CancelUpdateStack', 'cloudformation:ContinueUpdateRollback', 'cloudformation:CreateChangeSet',
        'cloudformation:CreateStack', 'cloudformation:CreateStackRefactor', 'cloudformation:DeleteStack',
        'cloudformation:ExecuteChangeSet', 'cloudformation:ExecuteStackRefactor', 'cloudformation:RollbackStack',
        'cloudformation:SetStackPolicy', 'cloudformation:UpdateStack', 'cloudformation:UpdateTerminationProtection',
      ], ['*'], unlessDeploying),
      deny('RegionsStayEnabled', ['account:DisableRegion'], ['*']),
      // a policy of this organization binds its members alone: root assumes them still
      deny('NobodyInsideDeploys', ['sts:AssumeRole'], [role(`cdk-${qualifier}-*`)]),
      {
        // with the assets of the CDK, in which somebody could leave a template to be deployed
        Sid: 'BucketsStayAsDeployed',
        Effect: 'Deny',
        NotAction: ['s3:Get*', 's3:List*'],
        Resource: [
          `arn:*:s3:::${namespace}-audit-trail-*`, `arn:*:s3:::cdk-${qualifier}-assets-*`, 'arn:*:s3:*:*:accesspoint/*',
        ],
        Condition: unlessDeploying,
      },
    ],
  };
}
