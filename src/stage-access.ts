import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { MfaRequirement } from './mfa-requirement';

/** What a role is that lets people of root into a stage. */
export interface StageRoleOptions {
  /** What the role is called: `<namespace>-<stage>-<name>`. Lower-case letters, digits and hyphens. */
  readonly name: string;

  /** What the role may do. */
  readonly managedPolicies: iam.IManagedPolicy[];

  /**
   * What the role may do at most, whatever its policies allow.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Whether assuming it needs multi-factor authentication.
   *
   * @default - what the stage says by `accessMfa`
   */
  readonly mfa?: MfaRequirement;

  /**
   * How long a session may last, from 1 to 12 hours. AWS cuts it to 1 hour where a role assumes a role.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * What the role is for.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** Which roles let people of root into a stage. */
export class StageAccess {
  /** One role that may do everything, `admin`, and one that may read everything, `read-only`. */
  public static readonly ADMIN_AND_READ_ONLY = new StageAccess(['admin', 'read-only'], () => [ofAws('admin'), ofAws('read-only')]);

  /** One role that may read everything, `read-only`. */
  public static readonly READ_ONLY = new StageAccess(['read-only'], () => [ofAws('read-only')]);

  /** No role: define a `CrossAccountAccessRole` of your own, or use IAM Identity Center. */
  public static readonly NONE = new StageAccess([], () => []);

  /**
   * Roles of your own: those of the library are `admin` and `read-only`, and yours may be called so too.
   *
   * @param roles each is what `StageAccount.role` finds by its name
   * @throws if a name is not one, or is there twice
   */
  public static of(roles: StageRoleOptions[]): StageAccess {
    const names = roles.map(({ name }) => name);
    const bad = names.find((name, index) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || names.indexOf(name) < index);
    if (bad !== undefined) {
      throw new Error(`role '${bad}' cannot be part of names, or is there twice: give each lower-case letters, digits and single hyphens`);
    }
    return new StageAccess(names, () => roles);
  }

  private constructor(
    /** What the roles are called. */
    public readonly roleNames: string[],
    /** @internal */ public readonly _roles: () => StageRoleOptions[],
  ) {}

  /**
   * These roles, and more.
   *
   * @param roles roles of your own
   * @throws if a name is not one, or is there already
   */
  public and(...roles: StageRoleOptions[]): StageAccess {
    StageAccess.of([...this._roles(), ...roles]);
    return new StageAccess([...this.roleNames, ...roles.map(({ name }) => name)], () => [...this._roles(), ...roles]);
  }
}

const POLICIES = { 'admin': 'AdministratorAccess', 'read-only': 'ReadOnlyAccess' };

// made when asked for: the first policy loads a part of the CDK which `require` of this package should not
function ofAws(name: keyof typeof POLICIES): StageRoleOptions {
  const policy = POLICIES[name];
  return { name, description: `${policy} for people of root`, managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(policy)] };
}
