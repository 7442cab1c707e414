import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { MfaRequirement } from './mfa-requirement';
import { checkOptions, refuse, shown } from './support/options';

/** Options of a role in a stage for users of the management account. */
export interface StageRoleOptions {
  /** Last part of the role name, `<namespace>-<stage>-<name>`: lower-case letters, digits and hyphens. */
  readonly name: string;

  /** Managed policies of the role. */
  readonly managedPolicies: iam.IManagedPolicy[];

  /**
   * Permissions boundary of the role.
   *
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Multi-factor authentication that the role requires.
   *
   * @default - `accessMfa` of the stage
   */
  readonly mfa?: MfaRequirement;

  /**
   * Requires IAM users to name their sessions after themselves. Turn it off for machines with access keys that cannot.
   *
   * @default true
   */
  readonly sessionNamedAfterUser?: boolean;

  /**
   * Maximum session duration, from 1 to 12 hours. With role chaining, AWS limits sessions to 1 hour.
   *
   * @default Duration.hours(1)
   */
  readonly maxSessionDuration?: Duration;

  /**
   * Description of the role.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** Roles in a stage for users of the management account. */
export class StageAccess {
  /** Two roles: `admin` with full access, and `read-only` with read access to everything. */
  public static readonly ADMIN_AND_READ_ONLY = new StageAccess(['admin', 'read-only'], () => [ofAws('admin'), ofAws('read-only')]);

  /** One role: `read-only`, with read access to everything. */
  public static readonly READ_ONLY = new StageAccess(['read-only'], () => [ofAws('read-only')]);

  /** No roles: define a `CrossAccountAccessRole` of your own, or use IAM Identity Center. */
  public static readonly NONE = new StageAccess([], () => []);

  /**
   * Custom roles. They may also have the names of the predefined ones, `admin` and `read-only`.
   *
   * @param roles custom roles, found by `StageAccount.role` by their names
   * @throws if a name is invalid or given twice, or an option is unknown or of another type
   */
  public static of(roles: StageRoleOptions[]): StageAccess {
    refuse(Array.isArray(roles) ? [] : [`roles are ${shown(roles)}: give a list`]);
    roles.forEach(role => checkOptions('StageRoleOptions', role, typeof role?.name === 'string' ? ` of role '${role.name}'` : ' of a role'));
    const names = roles.map(({ name }) => name);
    const bad = names.find((name, index) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || names.indexOf(name) < index);
    if (bad !== undefined) {
      throw new Error(`role '${bad}' cannot be part of names, or is given twice: give each one lower-case letters, digits and single hyphens`);
    }
    return new StageAccess(names, () => roles);
  }

  private constructor(
    /** Names of the roles. */
    public readonly roleNames: string[],
    /** @internal */ public readonly _roles: () => StageRoleOptions[],
  ) {}

  /**
   * Returns these roles and additional ones.
   *
   * @param roles additional custom roles
   * @throws if a name is invalid or already taken
   */
  public and(...roles: StageRoleOptions[]): StageAccess {
    StageAccess.of([...this._roles(), ...roles]);
    return new StageAccess([...this.roleNames, ...roles.map(({ name }) => name)], () => [...this._roles(), ...roles]);
  }
}

const POLICIES = { 'admin': 'AdministratorAccess', 'read-only': 'ReadOnlyAccess' };

// created on demand: the first policy loads a part of the CDK which `require` of this package should not
const MADE = new Map<string, StageRoleOptions>();

function ofAws(name: keyof typeof POLICIES): StageRoleOptions {
  const policy = POLICIES[name];
  const made = MADE.get(name)
    ?? { name, description: `${policy} for people of root`, managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(policy)] };
  MADE.set(name, made);
  return made;
}
