import { Aws, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { checkValue, refuse, shown } from '../support/options';
import { accountIdProblem, NO_ACCOUNT } from '../support/rules';

/**
 * People who come by a permission set of IAM Identity Center, whatever the name of its role: AWS gives the role another
 * one when it makes it again, and a policy that names it lets nobody in from then on. The permission set itself must
 * allow `sts:AssumeRole`.
 *
 * Identity Center asks for multi-factor authentication, and does not pass it on: a role that trusts this principal has
 * `MfaRequirement.NOT_REQUIRED`.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 *
 * @example
 * new CrossAccountAccessRole(stack, 'support', {
 *   roleName: 'acme-prod-support',
 *   trustedPrincipals: [new PermissionSetPrincipal('444444444444', 'Support')],
 *   mfa: MfaRequirement.NOT_REQUIRED,
 *   managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
 * });
 */
export class PermissionSetPrincipal extends iam.PrincipalWithConditions {
  /** ID of the account in which people use the permission set. */
  public readonly accountId: string;

  /** Name of the permission set. */
  public readonly permissionSetName: string;

  /**
   * @param accountId ID of the account in which people use the permission set
   * @param permissionSetName name of the permission set, such as `AdministratorAccess`
   * @throws if the ID is not that of an account, or no permission set can have the name
   */
  constructor(accountId: string, permissionSetName: string) {
    check(accountId, permissionSetName);
    super(new iam.AccountPrincipal(accountId), { ArnLike: { 'aws:PrincipalArn': rolesOf(accountId, permissionSetName) } });
    this.accountId = accountId;
    this.permissionSetName = permissionSetName;
  }
}

/** Without a region where Identity Center is in us-east-1. A name may go on with `_`, so the suffix is counted. */
function rolesOf(accountId: string, permissionSetName: string): string[] {
  return ['', '*/'].map(region => `arn:${Aws.PARTITION}:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/${region}`
    + `AWSReservedSSO_${permissionSetName}_${'?'.repeat(16)}`);
}

function check(accountId: string, permissionSetName: string): void {
  checkValue('accountId', accountId, 'string');
  checkValue('permissionSetName', permissionSetName, 'string');
  const isKnown = !Token.isUnresolved(accountId) && accountId !== NO_ACCOUNT;
  refuse(isKnown ? accountIdProblem(`accountId of permission set ${shown(permissionSetName)}`, accountId) : []);
  // none of these letters is a wildcard
  if (!/^[\w+=,.@-]{1,32}$/.test(permissionSetName)) {
    throw new Error(`permissionSetName ${shown(permissionSetName)} cannot be that of a permission set: give its name, not the ARN, `
      + 'of 1 to 32 letters, digits and +=,.@_-');
  }
}
