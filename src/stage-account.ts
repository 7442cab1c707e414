import { Duration, Stack, Stage } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { addressProblemsAlone } from './address-plan';
import { CrossAccountAccessRole } from './cross-account-access-role';
import { refuseCrossAccountReferences } from './cross-account-references';
import { MfaRequirement } from './mfa-requirement';
import { StageAccess, StageRoleOptions } from './stage-access';
import { StageAddresses } from './stage-addresses';
import { StageProfile } from './stage-profile';
import { accept } from './support/nag';
import { checkOptions } from './support/options';
import { callIt, everyoneIn } from './support/principals';
import { accountIdProblem, namespaceProblem, NO_ACCOUNT, regionProblem, stageNameProblem } from './support/rules';
import { tellWhoseNames } from './support/taken-names';

/** Options of a stage, in an organization or standalone. */
export interface StageAccountOptions {
  /**
   * Profile that everything in the stage follows.
   *
   * @default StageProfile.PRODUCTION
   */
  readonly profile?: StageProfile;

  /**
   * Roles for users of the management account.
   *
   * @default - StageAccess.ADMIN_AND_READ_ONLY, and StageAccess.READ_ONLY where all stages share one account
   */
  readonly access?: StageAccess;

  /**
   * Multi-factor authentication that those roles require.
   *
   * @default - MfaRequirement.REQUIRED, and for the role `admin` of a stage with a hardened profile, such as
   * PRODUCTION, within 12 hours
   */
  readonly accessMfa?: MfaRequirement;

  /**
   * Addresses of the stage's network in its region, such as `StageAddresses.index(3)`, and in others by `forRegion`. An
   * index is one of an organization's pool: a stage that stands alone needs `StageAddresses.cidr`.
   *
   * @default - none: a network of the stage names its own
   */
  readonly addresses?: StageAddresses;

  /**
   * Name of a role in the account that root may assume and that administers the account. The organization bootstraps
   * the account with it. Without an organization, it has no effect.
   *
   * @default - `OrganizationAccountAccessRole`, which AWS Organizations creates in new accounts; existing accounts are
   * not bootstrapped
   */
  readonly bootstrapRoleName?: string;
}

/** Options of a stack in the account of a stage. */
export interface StageStackOptions {
  /**
   * Region of the stack. The account is bootstrapped there, too, if the organization bootstraps it.
   *
   * @default - the region of the stage
   */
  readonly region?: string;

  /**
   * Scope of the stack: a `Stage` of your own if stacks of several accounts depend on each other. The CDK allows no
   * dependencies across a `Stage`.
   *
   * @default - the stage
   */
  readonly scope?: Construct;

  /**
   * Description of the stack.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** Properties of a standalone `StageAccount`, for example with one repository per account. */
export interface StageAccountProps extends StageAccountOptions {
  /** ID of the stage's account: 12 digits, no token. */
  readonly accountId: string;

  /** ID of the account with the users, which the access roles trust: 12 digits, no token. */
  readonly managementAccountId: string;

  /** Default region of the stage's stacks. */
  readonly region: string;

  /**
   * Prefix of all names shared between accounts: 1 to 24 lower-case letters, digits and hyphens. It must be the same
   * in all repositories of an organization.
   */
  readonly namespace: string;
}

/**
 * Defines a stage in an account of its own: a CDK `Stage` whose stacks all deploy to that account.
 *
 * Deploying or destroying a stage affects no other account, because the CDK allows no dependencies across a `Stage`.
 * Names that the stage shares with other accounts are `<namespace>-<stage>-<name>`.
 *
 * Most stages are added with `MultiAccountOrg.addStage`. A standalone one is for a repository that manages a single
 * account.
 *
 * @example
 * const shop = acme.addStage('shop', { profile: StageProfile.PRODUCTION });
 * new Stack(shop, 'web'); // goes to the account of the stage
 */
export class StageAccount extends Stage {
  /** Returns whether a construct is a `StageAccount`, including one from another copy of this library. */
  public static isStageAccount(construct: IConstruct): construct is StageAccount {
    return STAGE_ACCOUNT in construct;
  }

  /** ID of the account, or `000000000000` while the account does not exist. */
  public readonly accountId: string;

  /** Profile that everything in the stage follows. */
  public readonly profile: StageProfile;

  /** Prefix of all names shared between accounts. */
  public readonly namespace: string;

  /**
   * Addresses of the stage's networks, for `addresses` of a `Network` in any of its regions. No other stage of the
   * organization has any of them.
   */
  public readonly addresses: StageAddresses;

  /** Name of the role in the account with which root bootstraps it. Not set if it does not. */
  public readonly bootstrapRoleName?: string;

  /** @internal */ public readonly _cidrs: { [region: string]: string | undefined };
  private readonly roles = new Map<string, CrossAccountAccessRole>();

  /**
   * @throws if an account ID, the region, the namespace or the name of the stage is invalid
   */
  constructor(scope: Construct, id: string, props: StageAccountProps) {
    super(scope, checked(id, props), {
      stageName: `${props.namespace}-${id}`,
      env: { account: props.accountId, region: props.region },
    });
    Object.defineProperty(this, STAGE_ACCOUNT, { value: true });
    tellWhoseNames(this);
    this.accountId = props.accountId;
    this.namespace = props.namespace;
    this.bootstrapRoleName = props.bootstrapRoleName;
    this.profile = props.profile ?? StageProfile.PRODUCTION;
    this.profile.applyTo(this);
    const [own, ...regional] = props.addresses?._claims('') ?? [];
    const elsewhere = Object.fromEntries(regional.map(({ region, cidr }) => [region, cidr]));
    this._cidrs = { ...elsewhere, [props.region]: own?.cidr };
    this.addresses = StageAddresses._ofStage(id, this._cidrs);
    if (props.accountId === NO_ACCOUNT) {
      Object.keys(this._cidrs).forEach(region => this.assumeZones(region));
    }

    const roles = (props.access ?? StageAccess.ADMIN_AND_READ_ONLY)._roles();
    if (roles.length > 0) {
      const stack = this.addStack('access', { description: `Lets people of root into ${id}` });
      roles.forEach(role => this.roles.set(role.name, this.accessRole(stack, role, props)));
    }

    refuseCrossAccountReferences(this.node.root);
  }

  /**
   * Role `admin`, with full access to the stage.
   *
   * @throws if the stage has no such role
   */
  public get admin(): CrossAccountAccessRole {
    return this.roleOrThrow('admin', 'StageAccess.ADMIN_AND_READ_ONLY');
  }

  /**
   * Role `read-only`, with read access to everything in the stage.
   *
   * @throws if the stage has no such role
   */
  public get readOnly(): CrossAccountAccessRole {
    return this.roleOrThrow('read-only', 'StageAccess.READ_ONLY');
  }

  /**
   * Returns the role for users of the management account with a given name.
   *
   * @param name as passed to `StageAccess.of`
   * @throws if the stage has no such role
   */
  public role(name: string): CrossAccountAccessRole {
    return this.roleOrThrow(name, `StageAccess.of with a role '${name}'`);
  }

  /** Returns whether the stage has a role with this name for users of the management account. */
  public hasRole(name: string): boolean {
    return this.roles.has(name);
  }

  /**
   * Block of addresses of the stage in its region, such as `10.103.0.0/16`, for rules of firewalls and routes.
   *
   * @throws if the stage was defined without
   */
  public get cidr(): string {
    return this.cidrIn(this.region!);
  }

  /**
   * Block of addresses of the stage in a region, for rules of firewalls and routes.
   *
   * @param region such as `eu-central-1`
   * @throws if the stage was defined without
   */
  public cidrIn(region: string): string {
    return this.addresses._cidrIn(region);
  }

  /**
   * Returns the name of a resource in this stage that other accounts refer to: `<namespace>-<stage>-<name>`.
   *
   * @param name last part of the name, in lower-case letters, digits and hyphens
   */
  public conventionalName(name: string): string {
    return `${this.namespace}-${this.node.id}-${name}`;
  }

  /**
   * Defines a stack in the account of this stage. It is not deployed before the account exists.
   *
   * @param id ID of the stack in its scope
   * @throws if the ID is already taken in the scope, or an option is unknown or of another type
   */
  public addStack(id: string, options: StageStackOptions = {}): Stack {
    checkOptions('StageStackOptions', options, ` of stack '${id}'`);
    return new Stack(options.scope ?? this, id, {
      env: { account: this.account, region: options.region ?? this.region },
      description: options.description,
    });
  }

  /** Availability Zones cannot be looked up in an account that does not exist. */
  private assumeZones(region: string): void {
    this.node.setContext(`availability-zones:account=${NO_ACCOUNT}:region=${region}`, ['a', 'b', 'c'].map(zone => region + zone));
  }

  private roleOrThrow(name: string, wayOut: string): CrossAccountAccessRole {
    const role = this.roles.get(name);
    if (!role) {
      throw new Error(`stage '${this.node.id}' has no ${name} role: define the stage with access ${wayOut}`);
    }
    return role;
  }

  private accessRole(
    stack: Stack, { name, ...options }: StageRoleOptions, props: StageAccountProps,
  ): CrossAccountAccessRole {
    const roleName = this.conventionalName(name);
    if (roleName.length > 64) {
      throw new Error(`role '${name}' of stage '${this.node.id}' would be called '${roleName}', which has ${roleName.length} characters: `
        + 'AWS takes 64, so give it a shorter name');
    }
    const role = new CrossAccountAccessRole(stack, name, {
      mfa: props.accessMfa ?? (name === 'admin' && this.profile.hardened ? MfaRequirement.within(Duration.hours(12)) : undefined),
      ...options,
      roleName,
      trustedPrincipals: [everyoneIn(props.managementAccountId)],
    });
    callIt(role, `${this.node.id}.${CALLED[name] ?? `role('${name}')`}`);
    accept(role, { rule: 'AwsSolutions-IAM4', reason: `what ${name} is for, these policies say; root says who may assume it` });
    return role;
  }
}

const CALLED: Record<string, string> = { 'admin': 'admin', 'read-only': 'readOnly' };

function checked(id: string, props: StageAccountProps): string {
  checkOptions('StageAccountProps', props, ` of stage '${id}'`);
  const problems = [
    ...stageNameProblem(id),
    ...props.accountId === NO_ACCOUNT ? [] : accountIdProblem('accountId', props.accountId),
    ...accountIdProblem('managementAccountId', props.managementAccountId),
    ...regionProblem('region', props.region),
    ...namespaceProblem('namespace', props.namespace),
    ...props.addresses === undefined ? []
      : addressProblemsAlone({ property: 'addresses', region: props.region, addresses: props.addresses }),
  ];
  if (problems.length > 0) {
    throw new Error(`stage '${id}': ${problems.join('; ')}`);
  }
  return id;
}

const STAGE_ACCOUNT = Symbol.for('cdk-multi-account-org.StageAccount');
