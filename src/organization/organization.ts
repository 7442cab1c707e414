import { Stack } from 'aws-cdk-lib';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct, IValidation } from 'constructs';
import { StageAccount } from '../stage-account';
import { OrganizationPolicyOptions } from './organization-policies';

/** Receives stages. To be implemented by constructs that span accounts. */
export interface IStageVisitor {
  /**
   * Called for each existing stage, and for each that is added later.
   *
   * @param stage any except root
   */
  visit(stage: StageAccount): void;
}

/**
 * Information that is in no template, for readers of `<namespace>.organization.json`. All values are literals: tokens
 * that cannot be resolved at synthesis are rejected.
 */
export interface Fact {
  /** Kind of fact, such as `can-assume`: lower-case letters, digits and hyphens. */
  readonly kind: string;

  /** Subject of the fact, such as the name of a stage or an ARN. */
  readonly subject: string;

  /** Property of the subject, or something that it relates to. */
  readonly name: string;

  /** Value of the property. Empty if there is none. */
  readonly value: string;

  /** Path of the construct that adds the fact, such as `acme/audit-trail`. */
  readonly source: string;
}

/** Provides facts. To be implemented by constructs that span accounts. */
export interface IFacts {
  /** Called once the whole app is synthesized. */
  facts(): Fact[];
}

/** Operations of the management account. Not intended to be implemented: use `Organization.of`. */
export interface IManagement {
  /** ID of the organization, for use in stacks of root. */
  readonly organizationId: string;

  /** ID of an existing organization, for use in any account. Not set if the organization is created. */
  readonly existingOrganizationId?: string;

  /** ARNs of the principals that `spare` has exempted so far. */
  readonly sparedArns: string[];

  /**
   * Defines a stack in root, `<org>/root/<id>`. It is deployed after all accounts, including those of stages that are
   * added later, and by the command that deploys `<org>/root/organization`.
   *
   * @param id ID of the stack in root. Throws if it is taken
   * @param description description of the stack
   */
  addStack(id: string, description?: string): Stack;

  /**
   * Returns the ID of a stage's account, even before the account exists: a stack of root waits for it, and reads it
   * when it is deployed. Each account that is created is a parameter of the template, which may have 200: more are an
   * error at synthesis, so give every 150 stages or so a stack of their own.
   *
   * @param stage a stage of the organization
   * @param scope construct in a stack of root in which the ID is used
   */
  accountIdOf(stage: StageAccount, scope: IConstruct): string;

  /**
   * Adds an organizational unit that need not have accounts, and those above it. Units that stages and policies name
   * are added without it. Units are retained when they leave the code.
   *
   * @param path such as `suspended`, or `workloads/sdlc`: up to five levels
   */
  addOrganizationalUnit(path: string): void;

  /**
   * Returns the ID of an organizational unit, for use in stacks of root. The unit is created if no stage uses it and
   * it is not declared as existing.
   *
   * @param path such as `workloads/production`. Without it, the organization's root
   * @param scope construct in a stack of root in which the ID is used: its stack is deployed after the unit
   */
  organizationalUnitIdOf(path?: string, scope?: IConstruct): string;

  /**
   * Enables trusted access for an AWS service in the organization. It is never disabled again.
   *
   * @param servicePrincipal such as `cloudtrail.amazonaws.com`
   */
  enableServiceAccess(servicePrincipal: string): void;

  /**
   * Enables trusted access as `enableServiceAccess` does, before a stack of root is deployed.
   *
   * @internal
   */
  _enableServiceAccessFor(stack: Stack, servicePrincipal: string): void;

  /**
   * Enables a policy type in the organization. It is never disabled again. `addPolicy` does this itself.
   *
   * @param policyType name in AWS Organizations, such as `TAG_POLICY`
   */
  enablePolicyType(policyType: string): void;

  /**
   * Registers the account of a stage as delegated administrator of a service, once all accounts exist. This enables
   * trusted access for the service. It is never undone.
   *
   * @param servicePrincipal such as `guardduty.amazonaws.com`
   * @param stage stage whose account is registered
   */
  registerDelegatedAdministrator(servicePrincipal: string, stage: StageAccount): void;

  /**
   * Adds a policy to the organization and attaches it. Stages are divided into parts of 150, in the order in which they
   * were added, and a policy for those of several parts into as many policies of the same content, with names such as
   * `acme-regions-2`.
   *
   * @param id ID of the policy in the organization. Throws if it is taken
   * @param policy content and targets of the policy
   */
  addPolicy(id: string, policy: OrganizationPolicyOptions): void;

  /**
   * Attaches a policy to the account of one more stage. Does nothing if it is attached to it already.
   *
   * @param id ID that the policy was added with. Throws if there is none
   * @param stage a stage of the organization, and not root if the policy is a service control policy or a resource
   * control policy
   */
  attachPolicy(id: string, stage: StageAccount): void;

  /**
   * Exempts a principal from all deny statements of the service control policies and resource control policies that are
   * added with `addPolicy`, by any construct. For break-glass roles. Prefer one of root: who may change a role is
   * exempt as well, and in the other accounts `Guardrail.PROTECT_DEPLOYMENT` keeps administrators from doing so.
   *
   * @param principal a role or user
   */
  spare(principal: IGrantable): void;

  /**
   * Exempts as `spare` does, also by a pattern. Whoever becomes one of these is exempt: the guards keep others from it.
   *
   * @param roles pattern of roles in the accounts
   * @param userArn user of root, whom only resource control policies bind
   * @param guards IDs of policies that exempt nobody, and that are attached wherever another policy exempts the roles
   * @internal
   */
  _spareGuarded(roles: string, userArn: string, guards: string[]): void;
}

/**
 * Organization, as seen by constructs that span several accounts: their scope is the organization, and they get it
 * from `Organization.of`. Not intended to be implemented: use `MultiAccountOrg`.
 */
export interface IOrganization extends IConstruct {
  /** Prefix of all names shared between accounts. */
  readonly namespace: string;

  /** Stage of the management account, or of the account that acts as root. */
  readonly root: StageAccount;

  /** Stages other than root, in the order in which they were added. */
  readonly stages: StageAccount[];

  /** Operations of the management account. Not set if you do not own it. */
  readonly management?: IManagement;

  /**
   * Visits all stages other than root: the existing ones, and each that is added later.
   *
   * @param visitor called once for each stage
   */
  visitStages(visitor: IStageVisitor): void;

  /**
   * Adds a validation. Its problems are reported in one error with all others when the app is synthesized.
   *
   * @param validation returns one sentence for each problem
   */
  addValidation(validation: IValidation): void;

  /**
   * Adds facts to `<namespace>.organization.json`, next to the manifest of the cloud assembly.
   *
   * @param facts called once the app is synthesized
   */
  addFacts(facts: IFacts): void;
}

/**
 * Finds the organization of a construct. Constructs that span accounts, ours or yours, depend on nothing else.
 *
 * @example
 * const organization = Organization.of(prod); // from anywhere inside
 * new Stack(organization.root, 'billing');
 */
export class Organization {
  /**
   * Returns the organization that contains a construct, or the construct itself if it is one.
   *
   * @throws if the construct is not in an organization
   */
  public static of(scope: IConstruct): IOrganization {
    const organization = closest(scope);
    if (!organization) {
      throw new Error(`'${scope.node.path}' is in no organization: give a MultiAccountOrg, or something in one, as its scope`);
    }
    return organization;
  }

  /** Returns whether a construct is in an organization, or is one. */
  public static isWithin(scope: IConstruct): boolean {
    return closest(scope) !== undefined;
  }

  /** @internal */
  public static _mark(organization: Construct & IOrganization): void {
    Object.defineProperty(organization, ORGANIZATION, { value: organization });
  }

  /** @internal */
  public static _isOne(scope: IConstruct): boolean {
    return ORGANIZATION in scope;
  }

  private constructor() {}
}

function closest(scope: IConstruct): IOrganization | undefined {
  const found = scope.node.scopes.reverse().find(candidate => ORGANIZATION in candidate);
  return found && (found as unknown as { readonly [ORGANIZATION]: IOrganization })[ORGANIZATION];
}

// Symbol.for, so that several copies of this library in one app work together
const ORGANIZATION = Symbol.for('cdk-multi-account-org.Organization');
