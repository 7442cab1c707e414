import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IManagement, IOrganization } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { StageAccount } from '../stage-account';
import { deploying, isRoleOutside } from '../support/deploying-roles';

/** Protection of the audit trail against changes from inside the account that stores it. */
export enum AuditAccountSeal {
  /**
   * Only deployments from root can change it, not the account's admin role and not its root user. A service control
   * policy enforces this. Another one, made once the trail exists, denies even deployments what destroys records:
   * deleting the buckets or their policies, bypassing the lock, disabling or deleting the key.
   */
  ROOT_DEPLOYS_ONLY = 'ROOT_DEPLOYS_ONLY',
  /**
   * Not protected: whoever may change roles in the account, or deploy with CloudFormation there, can become an
   * administrator of the trail. Accounts still cannot leave the organization.
   */
  NONE = 'NONE',
}

/**
 * Prevents accounts from leaving the organization, and so its trail and policies, and from closing themselves. Root
 * can still do both.
 */
export function keepMembers(management: IManagement, namespace: string): void {
  management.addPolicy('MembersStay', {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    policyName: `${namespace}-members-stay`,
    description: 'Accounts do not leave the organization, and its trail, by themselves',
    // accepting an invitation moves an account directly
    statements: [deny('MembersStay', ['organizations:LeaveOrganization', 'organizations:AcceptHandshake', 'account:CloseAccount'], ['*'])],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}

/**
 * Closes the ways around the policies of the bucket and its key: assuming a role that they name, having such a role
 * deploy, and the account's root user, who can always change a bucket policy.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function sealAuditAccount({ management, root }: IOrganization, stage: StageAccount, deployed: Stack): void {
  const name = stage.node.id;
  management!.addPolicy(`AuditAccountSeal-${name}`, {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    policyName: stage.conventionalName('seal'),
    description: `Only deployments from root change what keeps the trail in ${name}`,
    statements: seal(stage, deployed, () => management!.sparedArns.filter(arn => isRoleOutside(arn, root.accountId))),
    stages: [stage],
    // the records outlive the code that asked for them, and so does their protection
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}

function seal(stage: StageAccount, deployed: Stack, spared: () => string[]): iam.PolicyStatement[] {
  const { namespace } = stage;
  const { roles, buckets } = deploying(deployed);
  const role = (name: string) => `arn:*:iam::*:role/${name}`;
  // root's own, with which it bootstraps
  const bootstrapping = stage.bootstrapRoleName === undefined ? [] : [role(stage.bootstrapRoleName)];
  // nobody else can create, change or assume them: the statements deny it
  const deployers = [...roles.map(role), ...bootstrapping];
  const unlessDeploying = { ArnNotLike: { 'aws:PrincipalArn': deployers } };
  return [
    deny('RolesStayAsDeployed', [
      'iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePermissionsBoundary', 'iam:DeleteRolePolicy',
      'iam:DetachRolePolicy', 'iam:PassRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy',
      'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole',
    ], Lazy.uncachedList({
      // whom it spares may be named later
      produce: () => [...deployers, role(`${namespace}-${stage.node.id}-*`), ...spared()],
    }), unlessDeploying),
    // stacks keep the role that deploys them, so whoever may change a stack has the permissions of that role
    deny('StacksStayAsDeployed', [
      'cloudformation:CancelUpdateStack', 'cloudformation:ContinueUpdateRollback', 'cloudformation:CreateChangeSet',
      'cloudformation:CreateStack', 'cloudformation:CreateStackRefactor', 'cloudformation:DeleteStack',
      'cloudformation:ExecuteChangeSet', 'cloudformation:ExecuteStackRefactor', 'cloudformation:RemoveAlias',
      'cloudformation:RollbackStack', 'cloudformation:SetAlias', 'cloudformation:SetStackPolicy', 'cloudformation:UpdateStack',
      'cloudformation:UpdateTerminationProtection',
    ], ['*'], unlessDeploying),
    deny('RegionsStayEnabled', ['account:DisableRegion'], ['*']),
    // service control policies do not apply to the management account, so root can still assume them
    deny('NobodyInsideDeploys', ['sts:AssumeRole'], deployers),
    // including the CDK's assets, where somebody could place a template to be deployed
    new iam.PolicyStatement({
      sid: 'BucketsStayAsDeployed',
      effect: iam.Effect.DENY,
      notActions: ['s3:Get*', 's3:List*'],
      resources: [`arn:*:s3:::${namespace}-audit-trail-*`, ...buckets.map(bucket => `arn:*:s3:::${bucket}`), 'arn:*:s3:*:*:accesspoint/*'],
      conditions: unlessDeploying,
    }),
  ];
}

function deny(
  sid: string, actions: string[], resources: string[], conditions?: Record<string, object>,
): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources, conditions });
}
