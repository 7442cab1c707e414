import { Aws, Duration, IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';
import { MfaRequirement } from './mfa-requirement';
import { grantByPolicy, isRole, kindsOf, readable, refuseEverybody } from './support/principals';

/**
 * What people may be allowed to assume: a role, or the roles of a kind of stages. It is not for implementing: a role is
 * one, and `StageRoles` has others.
 */
export interface IAssumable {
  /**
   * The roles that are meant, of a stage or of none.
   *
   * @param stage one that there is or that is added later; without it, roles that are meant in any case
   */
  rolesIn(stage?: IConstruct): ICrossAccountAccessRole[];
}

/** A role that people or machines of another account assume. */
export interface ICrossAccountAccessRole extends IResource, iam.IGrantable, IAssumable {
  /** The name of the role, a literal that any account may use. */
  readonly roleName: string;

  /** The ARN of the role, made of its name: naming it in another account makes no reference between the accounts. */
  readonly roleArn: string;

  /** What the role asks of a caller. */
  readonly mfa: MfaRequirement;

  /** Who may assume the role, if their own policies allow it; nothing of a role that exists elsewhere. */
  readonly trustedPrincipals?: iam.IPrincipal[];

  /**
   * Opens the console's page for switching to this role, for somebody who is signed in and may assume it. It throws if
   * the role asks for an external id, which the console does not tell.
   */
  readonly switchRoleUrl: string;

  /**
   * Allows a group, user or role to assume this role. The role must trust it too.
   *
   * @param grantee who may assume, of any account
   */
  grantAssume(grantee: iam.IGrantable): iam.Grant;
}

/** Which role of which account, to name one that exists elsewhere. */
export interface CrossAccountAccessRoleAttributes {
  /** The account that the role lives in. */
  readonly accountId: string;

  /** The name of the role. */
  readonly roleName: string;

  /**
   * What the role asks of a caller: the grant asks it as well.
   *
   * @default MfaRequirement.REQUIRED
   */
  readonly mfa?: MfaRequirement;
}

/** What a role for another account's people is made of. */
export interface CrossAccountAccessRoleProps {
  /** The name of the role: fixed, because the other account needs to know it. 1 to 64 characters. */
  readonly roleName: string;

  /**
   * Who may assume the role, such as an `AccountPrincipal` of root's account for everybody in root whom root allows to,
   * or exactly named users and roles. An account has to exist, and so does a named user or role.
   */
  readonly trustedPrincipals: iam.IPrincipal[];

  /**
   * Whether a caller needs multi-factor authentication.
   *
   * @default MfaRequirement.REQUIRED
   */
  readonly mfa?: MfaRequirement;

  /**
   * A word that the caller has to know, against confused deputies. It is not a secret.
   *
   * @default - none is asked for
   */
  readonly externalId?: string;

  /**
   * How long a session may last, from 1 to 12 hours. AWS cuts it to 1 hour where a role assumes a role.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * What the role may do at most, whatever its policies allow.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * What the role may do, by managed policies.
   *
   * @default - none: the role can do what `inlinePolicies` allow
   */
  readonly managedPolicies?: iam.IManagedPolicy[];

  /**
   * What the role may do, by policies of its own, under their names.
   *
   * @default - none: the role can do what `managedPolicies` allow
   */
  readonly inlinePolicies?: { [name: string]: iam.PolicyDocument };

  /**
   * What the role is for.
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
  /** @internal */ protected abstract readonly _externalId?: string;

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
      throw new Error(`switchRoleUrl of role '${this.roleName}' would let nobody in, because the console does not tell the externalId: `
        + 'leave that out, or assume the role by the AWS CLI');
    }
    return `https://signin.aws.amazon.com/switchrole?account=${this._accountId}&roleName=${encodeURIComponent(this.roleName)}`
      + `&displayName=${encodeURIComponent(this.roleName)}`;
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

/**
 * Defines a role that lets people or machines of another account into this one.
 *
 * The role trusts exactly the principals given, under exactly the conditions given; both sides have to agree, so
 * somebody of the other account also needs `grantAssume` there.
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
   * Names a role that exists elsewhere, by its account and name.
   */
  public static fromCrossAccountAccessRoleAttributes(
    scope: Construct, id: string, attributes: CrossAccountAccessRoleAttributes,
  ): ICrossAccountAccessRole {
    class Import extends CrossAccountAccessRoleBase {
      public readonly roleName = attributes.roleName;
      public readonly trustedPrincipals = undefined;
      protected readonly _accountId = attributes.accountId;
      protected readonly _externalId = undefined;
      public readonly mfa = attributes.mfa ?? MfaRequirement.REQUIRED;
    }
    return new Import(scope, id);
  }

  public readonly roleName: string;

  /** The role itself, for stacks of its own account. */
  public readonly role: iam.Role;

  public readonly mfa: MfaRequirement;

  public readonly trustedPrincipals?: iam.IPrincipal[];

  /**
   * What a caller has to show beside multi-factor authentication.
   *
   * @internal
   */
  public readonly _asks: iam.Conditions;
  /** @internal */ protected readonly _externalId?: string;
  /** @internal */ protected readonly _accountId: string;

  /**
   * @throws if nobody is trusted, the role may do nothing, the name is not one, or the session is not 1 to 12 hours
   * long
   */
  constructor(scope: Construct, id: string, props: CrossAccountAccessRoleProps) {
    super(scope, id);
    checkProps(props);
    this.roleName = props.roleName;
    this._accountId = Stack.of(this).account;
    this.trustedPrincipals = props.trustedPrincipals;
    this._externalId = props.externalId;
    this.mfa = props.mfa ?? MfaRequirement.REQUIRED;

    this._asks = props.externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': props.externalId } };
    const conditions = { ...this.mfa._conditions(), ...this._asks };
    this.role = new iam.Role(this, 'Resource', {
      roleName: props.roleName,
      description: props.description,
      assumedBy: new iam.CompositePrincipal(...props.trustedPrincipals.map(principal =>
        Object.keys(conditions).length > 0 ? new iam.PrincipalWithConditions(principal, conditions) : principal)),
      maxSessionDuration: props.maxSessionDuration,
      permissionsBoundary: props.permissionsBoundary,
      managedPolicies: props.managedPolicies,
      inlinePolicies: props.inlinePolicies,
    });
  }
}

function checkProps(props: CrossAccountAccessRoleProps): void {
  if (!Token.isUnresolved(props.roleName) && !/^[\w+=,.@-]{1,64}$/.test(props.roleName)) {
    throw new Error(`roleName '${props.roleName}' is not a role name: give 1 to 64 letters, digits and +=,.@_-`);
  }
  if (props.trustedPrincipals.length === 0) {
    throw new Error(`trustedPrincipals of role '${props.roleName}' is empty: name at least one who may assume it`);
  }
  if (!props.managedPolicies?.length && !Object.keys(props.inlinePolicies ?? {}).length) {
    throw new Error(`role '${props.roleName}' may do nothing: give managedPolicies or inlinePolicies`);
  }
  for (const principal of props.trustedPrincipals) {
    refuseEverybody(`trustedPrincipals of role '${props.roleName}'`, principal);
    const kinds = kindsOf(principal);
    const hasNone = isRole(principal) || kinds.some(([type]) => type !== 'AWS');
    if ((props.mfa ?? MfaRequirement.REQUIRED).required && hasNone) {
      throw new Error(`mfa of role '${props.roleName}' is required, and ${readable(principal)} never has multi-factor authentication `
        + 'to show, so that it could not assume the role: give MfaRequirement.NOT_REQUIRED');
    }
    if (props.externalId !== undefined && kinds.some(([type]) => type === 'Federated')) {
      throw new Error(`externalId of role '${props.roleName}' cannot be told by who is federated, as ${readable(principal)} is: leave it out`);
    }
  }
  const seconds = props.maxSessionDuration?.toSeconds();
  if (seconds !== undefined && (seconds < 3600 || seconds > 43200)) {
    throw new Error(`maxSessionDuration of role '${props.roleName}' is ${seconds} seconds: AWS takes 1 to 12 hours`);
  }
  if (props.externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(props.externalId)) {
    throw new Error(`externalId '${props.externalId}' is not one: give 2 to 1,224 letters, digits and +=,.@:/_-`);
  }
}
