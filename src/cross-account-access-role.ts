import { Aws, Duration, IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct, IConstruct } from 'constructs';
import { MfaRequirement } from './mfa-requirement';
import { checkProps, refuse } from './support/options';
import { grantByPolicy, isEveryoneInAccount, isRole, kindsOf, readable, refuseEverybody } from './support/principals';
import { accountIdProblem, NO_ACCOUNT } from './support/rules';

/**
 * Roles that users may be allowed to assume: a single role, or the roles in several stages. Not intended to be
 * implemented: use a role or `StageRoles`.
 */
export interface IAssumable {
  /**
   * Returns the roles in a stage, or those that do not depend on a stage.
   *
   * @param stage an existing one, or one that is added later. Without it, only roles that do not depend on a stage
   */
  rolesIn(stage?: IConstruct): ICrossAccountAccessRole[];
}

/** Role that users or machines of another account assume. */
export interface ICrossAccountAccessRole extends IResource, iam.IGrantable, IAssumable {
  /** Name of the role, a literal that can be used in any account. */
  readonly roleName: string;

  /** ARN of the role, derived from its name: using it in another account creates no cross-account reference. */
  readonly roleArn: string;

  /** Multi-factor authentication that the role requires. */
  readonly mfa: MfaRequirement;

  /** Principals that may assume the role if their own policies allow it. Not set for an imported role. */
  readonly trustedPrincipals?: iam.IPrincipal[];

  /**
   * URL of the console page for switching to this role, for signed-in users who may assume it. It throws if the role
   * requires an external ID, which the console does not send, or is in a partition other than those of AWS's commercial
   * regions, China and GovCloud.
   */
  readonly switchRoleUrl: string;

  /**
   * Allows a group, user or role to assume this role. The role must trust it too.
   *
   * @param grantee group, user or role of any account
   */
  grantAssume(grantee: iam.IGrantable): iam.Grant;
}

/** Attributes of an existing `CrossAccountAccessRole`. */
export interface CrossAccountAccessRoleAttributes {
  /** ID of the account of the role. */
  readonly accountId: string;

  /** Name of the role. */
  readonly roleName: string;

  /**
   * Multi-factor authentication that the role requires. Grants have the same condition.
   *
   * @default MfaRequirement.REQUIRED
   */
  readonly mfa?: MfaRequirement;
}

/** Properties of a `CrossAccountAccessRole`. */
export interface CrossAccountAccessRoleProps {
  /** Name of the role, fixed because the other account refers to it: 1 to 64 characters. */
  readonly roleName: string;

  /**
   * Principals that may assume the role: an `AccountPrincipal` for everyone whom that account allows to, individual
   * users and roles, a `PermissionSetPrincipal`, an `OrganizationPrincipal` for everyone in the accounts of an
   * organization, or a federated principal with its `sub`. The accounts, users and roles must already exist. Of the
   * account that has the role, an `OrganizationPrincipal` also lets in those whom no policy there allows to assume it.
   */
  readonly trustedPrincipals: iam.IPrincipal[];

  /**
   * Multi-factor authentication that the role requires. Roles cannot present it: of an account or organization, only
   * users can then assume the role.
   *
   * @default MfaRequirement.REQUIRED
   */
  readonly mfa?: MfaRequirement;

  /**
   * External ID that the caller must present, which prevents the confused deputy problem. It is not a secret.
   *
   * @default - no external ID is required
   */
  readonly externalId?: string;

  /**
   * Requires IAM users to name their sessions after themselves, so that CloudTrail records who acted. The console does
   * so; in `~/.aws/config`, it is `role_session_name`. Callers that are roles choose the name.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
   * @default - true, unless there is an `externalId`: its callers name sessions in their own way
   */
  readonly sessionNamedAfterUser?: boolean;

  /**
   * Maximum session duration, from 1 to 12 hours. With role chaining, AWS limits sessions to 1 hour.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * Permissions boundary of the role.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Managed policies of the role.
   *
   * @default - none: the role has only the permissions of `inlinePolicies`
   */
  readonly managedPolicies?: iam.IManagedPolicy[];

  /**
   * Inline policies of the role, by name.
   *
   * @default - none: the role has only the permissions of `managedPolicies`
   */
  readonly inlinePolicies?: { [name: string]: iam.PolicyDocument };

  /**
   * Description of the role.
   *
   * @default - no description
   */
  readonly description?: string;
}

abstract class CrossAccountAccessRoleBase extends Resource implements ICrossAccountAccessRole {
  public abstract readonly roleName: string;
  public abstract readonly mfa: MfaRequirement;
  public abstract readonly trustedPrincipals?: iam.IPrincipal[];
  /** @internal */ protected abstract readonly _accountId: string;
  /** @internal */ public abstract readonly _externalId?: string;

  public get roleArn(): string {
    return `arn:${Aws.PARTITION}:iam::${this._accountId}:role/${this.roleName}`;
  }

  public get grantPrincipal(): iam.IPrincipal {
    return new iam.ArnPrincipal(this.roleArn);
  }

  public rolesIn(_stage?: IConstruct): ICrossAccountAccessRole[] {
    return [this];
  }

  public get switchRoleUrl(): string {
    if (this._externalId !== undefined) {
      throw new Error(`switchRoleUrl of role '${this.roleName}' would not work, because the console does not send the externalId: `
        + 'leave that out, or assume the role with the AWS CLI');
    }
    return `https://${this.console}/switchrole?account=${this._accountId}&roleName=${encodeURIComponent(this.roleName)}`
      + `&displayName=${encodeURIComponent(this.roleName)}`;
  }

  private get console(): string {
    const { region } = Stack.of(this);
    const partition = Token.isUnresolved(region) ? 'aws' : RegionInfo.get(region).partition ?? 'aws';
    const host = CONSOLES[partition];
    if (host === undefined) {
      throw new Error(`switchRoleUrl of role '${this.roleName}' is not known in partition '${partition}': switch roles in the console there`);
    }
    return host;
  }

  public grantAssume(grantee: iam.IGrantable): iam.Grant {
    return grantByPolicy(this, 'grantAssume', grantee, () => iam.Grant.addToPrincipal({
      grantee,
      actions: ['sts:AssumeRole'],
      resourceArns: [this.roleArn],
      conditions: this.mfa._conditions(),
    }));
  }
}

/** Where users of each partition sign in. */
const CONSOLES: Record<string, string | undefined> = {
  'aws': 'signin.aws.amazon.com',
  'aws-cn': 'signin.amazonaws.cn',
  'aws-us-gov': 'signin.amazonaws-us-gov.com',
};

/**
 * Defines a role that users or machines of another account may assume.
 *
 * The role trusts exactly the given principals, under exactly the given conditions. Both accounts must allow it, so
 * principals of the other account also need `grantAssume` there.
 *
 * @example
 * const auditor = new CrossAccountAccessRole(stack, 'auditor', {
 *   roleName: 'acme-prod-auditor',
 *   trustedPrincipals: [new iam.AccountPrincipal('111111111111')],
 *   managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('SecurityAudit')],
 * });
 * acme.addGroup('auditors', { canAssume: [auditor] });
 */
export class CrossAccountAccessRole extends CrossAccountAccessRoleBase {
  /**
   * Imports an existing role by its account and name.
   *
   * @throws if the account ID is invalid
   */
  public static fromCrossAccountAccessRoleAttributes(
    scope: Construct, id: string, attributes: CrossAccountAccessRoleAttributes,
  ): ICrossAccountAccessRole {
    const problems = Token.isUnresolved(attributes.accountId) || attributes.accountId === NO_ACCOUNT ? []
      : accountIdProblem(`accountId of role '${attributes.roleName}'`, attributes.accountId);
    refuse(problems);
    class Import extends CrossAccountAccessRoleBase {
      public readonly roleName = attributes.roleName;
      public readonly trustedPrincipals = undefined;
      protected readonly _accountId = attributes.accountId;
      public readonly _externalId = undefined;
      public readonly mfa = attributes.mfa ?? MfaRequirement.REQUIRED;
    }
    return new Import(scope, id);
  }

  public readonly roleName: string;

  /** Underlying IAM role, for stacks of its own account. */
  public readonly role: iam.Role;

  public readonly mfa: MfaRequirement;

  public readonly trustedPrincipals?: iam.IPrincipal[];

  /**
   * Principals as which people of a directory arrive, in the words of facts.
   *
   * @internal
   */
  public readonly _gates = new Set<string>();
  /** @internal */ public readonly _sessionNamedAfterUser: boolean;
  /** @internal */ public readonly _externalId?: string;
  /** @internal */ protected readonly _accountId: string;

  /**
   * @throws if no principal is trusted, the role has no policies, its name is invalid, or the session duration is not
   * 1 to 12 hours
   */
  constructor(scope: Construct, id: string, props: CrossAccountAccessRoleProps) {
    super(scope, id);
    checkProps(this, 'CrossAccountAccessRoleProps', props);
    checkRole(props);
    this.roleName = props.roleName;
    this._accountId = Stack.of(this).account;
    this.trustedPrincipals = props.trustedPrincipals;
    this._externalId = props.externalId;
    this.mfa = props.mfa ?? MfaRequirement.REQUIRED;

    const conditions = {
      ...this.mfa._conditions(),
      ...props.externalId !== undefined && { StringEquals: { 'sts:ExternalId': props.externalId } },
    };
    const trusted = props.trustedPrincipals.map(principal =>
      Object.keys(conditions).length > 0 ? new iam.PrincipalWithConditions(principal, conditions) : principal);
    this.role = new iam.Role(this, 'Resource', {
      roleName: props.roleName,
      description: props.description,
      assumedBy: new iam.CompositePrincipal(...trusted),
      maxSessionDuration: props.maxSessionDuration,
      permissionsBoundary: props.permissionsBoundary,
      managedPolicies: props.managedPolicies,
      inlinePolicies: props.inlinePolicies,
    });
    this._sessionNamedAfterUser = props.sessionNamedAfterUser ?? props.externalId === undefined;
    if (this._sessionNamedAfterUser) {
      this.role.assumeRolePolicy!.addStatements(SESSION.statement ??= sessionNamedAfterUser());
    }
  }
}

// one for all roles, whose memory grows by a quarter with one for each
const SESSION: { statement?: iam.PolicyStatement } = {};

function sessionNamedAfterUser(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['sts:AssumeRole'],
    // only IAM users have the key
    conditions: { StringNotEquals: { 'sts:RoleSessionName': '${aws:username}' }, Null: { 'aws:username': 'false' } },
  });
}

function checkRole(props: CrossAccountAccessRoleProps): void {
  if (!Token.isUnresolved(props.roleName) && !/^[\w+=,.@-]{1,64}$/.test(props.roleName)) {
    throw new Error(`roleName '${props.roleName}' is not a name in IAM: give 1 to 64 letters, digits and +=,.@_-`);
  }
  if (props.trustedPrincipals.length === 0) {
    throw new Error(`trustedPrincipals of role '${props.roleName}' is empty: name at least one who may assume it`);
  }
  if (!props.managedPolicies?.length && !Object.keys(props.inlinePolicies ?? {}).length) {
    throw new Error(`role '${props.roleName}' may do nothing: give managedPolicies or inlinePolicies`);
  }
  for (const principal of props.trustedPrincipals.filter(trusted => !isEveryoneInAccount(trusted))) {
    refuseEverybody(`trustedPrincipals of role '${props.roleName}'`, principal);
    const kinds = kindsOf(principal);
    const hasNone = isRole(principal) || kinds.some(([type]) => type !== 'AWS');
    if ((props.mfa ?? MfaRequirement.REQUIRED).required && hasNone) {
      throw new Error(`mfa of role '${props.roleName}' is required, but ${readable(principal)} cannot present multi-factor `
        + 'authentication, so it could not assume the role: give MfaRequirement.NOT_REQUIRED');
    }
    if (props.externalId !== undefined && kinds.some(([type]) => type === 'Federated')) {
      throw new Error(`externalId of role '${props.roleName}' cannot be sent by a federated principal such as ${readable(principal)}: leave it out`);
    }
  }
  const seconds = props.maxSessionDuration?.toSeconds({ integral: false });
  if (seconds !== undefined && (seconds < 3600 || seconds > 43200 || !Number.isInteger(seconds))) {
    throw new Error(`maxSessionDuration of role '${props.roleName}' is ${seconds} seconds: AWS takes 1 to 12 hours in whole seconds`);
  }
  if (props.externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(props.externalId)) {
    throw new Error(`externalId '${props.externalId}' is not a valid external id: give 2 to 1,224 letters, digits and +=,.@:/_-`);
  }
}
