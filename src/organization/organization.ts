import { Stack } from 'aws-cdk-lib';
import { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct, IValidation } from 'constructs';
import { StageAccount } from '../stage-account';
import { OrganizationPolicyOptions } from './organization-policies';

/** Is told of each stage. For a concern to implement. */
export interface IStageVisitor {
  /**
   * Is called for each stage that there is, and for each that is added later.
   *
   * @param stage any but root
   */
  visit(stage: StageAccount): void;
}

/**
 * One thing that a concern knows and no template says, for whoever reads `<namespace>.organization.json`. All of it is
 * literal: a token that stands for nothing known at synth is refused.
 */
export interface Fact {
  /** What is said, such as `can-assume`: lower-case letters, digits and hyphens. */
  readonly kind: string;

  /** Of whom or what it is said, such as the name of a stage or an ARN. */
  readonly subject: string;

  /** Which property of the subject it is, or what it has to do with. */
  readonly name: string;

  /** What it is. Empty where there is nothing to say. */
  readonly value: string;

  /** The path of the construct that says so, such as `acme/audit-trail`. */
  readonly source: string;
}

/** Knows facts. For a concern to implement. */
export interface IFacts {
  /** Is asked once the whole app is synthesized. */
  facts(): Fact[];
}

/** What only the management account can do. It is not for implementing: `Organization.of` has it. */
export interface IManagement {
  /** The id of the organization, as a stack of root writes it. */
  readonly organizationId: string;

  /** The id of an organization that existed before, for any account to write; nothing where it is created. */
  readonly existingOrganizationId?: string;

  /**
   * Defines a stack in root, `<org>/root/<id>`. It is deployed after every account, also those of stages that are added
   * later, and by the command that deploys `<org>/root/organization`.
   *
   * @param id the name of the stack in root; it throws if it is taken
   * @param description what the stack is for
   */
  addStack(id: string, description?: string): Stack;

  /**
   * The id of a stage's account, also before the account exists.
   *
   * @param stage one of the organization's
   * @param scope whose stack writes it: one of root's
   */
  accountIdOf(stage: StageAccount, scope: IConstruct): string;

  /**
   * The id of an organizational unit, as a stack of root writes it. It is created if no stage is in it and none of that
   * path is said to exist.
   *
   * @param path such as `workloads/production`; without it, the id of the organization's root
   */
  organizationalUnitIdOf(path?: string): string;

  /**
   * Lets a service of AWS act in all accounts of the organization. It is never undone.
   *
   * @param servicePrincipal such as `cloudtrail.amazonaws.com`
   */
  enableServiceAccess(servicePrincipal: string): void;

  /**
   * Lets policies of a type be attached. It is never undone, and `addPolicy` does so itself.
   *
   * @param policyType as AWS Organizations calls it, such as `TAG_POLICY`
   */
  enablePolicyType(policyType: string): void;

  /**
   * Lets a stage's account administer a service for the whole organization, once all accounts exist. The service may
   * act in all accounts from then on. It is never undone.
   *
   * @param servicePrincipal such as `guardduty.amazonaws.com`
   * @param stage whose account it is
   */
  registerDelegatedAdministrator(servicePrincipal: string, stage: StageAccount): void;

  /**
   * Attaches a policy of the organization.
   *
   * @param id what the policy is called among those of the organization: it throws if there is one already
   * @param policy what it says, and of whom
   */
  addPolicy(id: string, policy: OrganizationPolicyOptions): void;

  /**
   * Exempts somebody from every service control policy that is added by `addPolicy`, whoever added it: from all that it
   * denies. For break-glass roles.
   *
   * @param principal a role or user
   */
  spare(principal: IPrincipal): void;
}

/**
 * An organization, as a concern sees it: what spans several accounts is a construct whose scope is the organization,
 * and which asks `Organization.of` for this. It is not for implementing: `MultiAccountOrg` is one.
 */
export interface IOrganization extends IConstruct {
  /** What the names begin with that two accounts have to agree on. */
  readonly namespace: string;

  /** The stage of the management account, or of the account that acts as root. */
  readonly root: StageAccount;

  /** The stages other than root, in the order in which they were added. */
  readonly stages: StageAccount[];

  /** What the management account can do; nothing where it is not ours. */
  readonly management?: IManagement;

  /**
   * Visits the stages other than root: those there are, and each that is added later.
   *
   * @param visitor is told of each of them once
   */
  visitStages(visitor: IStageVisitor): void;

  /**
   * Has mistakes told together with all others, when the app is synthesized.
   *
   * @param validation says what is wrong, in sentences
   */
  addValidation(validation: IValidation): void;

  /**
   * Has facts written into `<namespace>.organization.json`, beside the manifest of the assembly.
   *
   * @param facts are asked once the app is synthesized
   */
  addFacts(facts: IFacts): void;
}

/**
 * Finds the organization around a construct. A concern of a whole organization, ours or yours, asks it and nothing
 * else.
 *
 * @example
 * const organization = Organization.of(prod); // from anywhere inside
 * new Stack(organization.root, 'billing');
 */
export class Organization {
  /**
   * The organization that a construct is in, or is.
   *
   * @throws if it is in none
   */
  public static of(scope: IConstruct): IOrganization {
    const organization = closest(scope);
    if (!organization) {
      throw new Error(`'${scope.node.path}' is in no organization: give a MultiAccountOrg, or something in one, as its scope`);
    }
    return organization;
  }

  /** Whether a construct is in an organization, or is one. */
  public static isWithin(scope: IConstruct): boolean {
    return closest(scope) !== undefined;
  }

  /** @internal */
  public static _mark(organization: Construct & IOrganization): void {
    Object.defineProperty(organization, ORGANIZATION, { value: organization });
  }

  private constructor() {}
}

function closest(scope: IConstruct): IOrganization | undefined {
  const found = scope.node.scopes.reverse().find(candidate => ORGANIZATION in candidate);
  return found && (found as unknown as { readonly [ORGANIZATION]: IOrganization })[ORGANIZATION];
}

// by Symbol.for, so that two copies of this library in one app understand each other
const ORGANIZATION = Symbol.for('cdk-multi-account-org.Organization');
