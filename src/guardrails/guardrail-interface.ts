import * as iam from 'aws-cdk-lib/aws-iam';
import { Deed } from './deed';
import { IManagement, IOrganization } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { StageAccount } from '../stage-account';

/** Content of a guardrail in an organization. */
export interface GuardrailConfig {
  /** Type of the policy that it becomes a part of. */
  readonly policyType: OrganizationPolicyType;

  /** Statements, each of which denies something. Statement IDs are unique in all guardrails of an organization. */
  readonly statements: iam.PolicyStatement[];

  /** Deeds that it stops. */
  readonly stops: Deed[];

  /** Deeds that it lets pass, although they are close to those that it stops. */
  readonly letsPass: Deed[];

  /**
   * Risk without it, in one sentence.
   *
   * @default - none is told
   */
  readonly risk?: string;

  /**
   * Controls of standards that it answers, such as `FSBP EC2.8`, `CIS 5.0 5.7` or `NIST.800-53.r5 AC-3`.
   *
   * @default - none
   */
  readonly controls?: string[];
}

/** Scope of a guardrail: an organization, and which of its accounts. */
export interface GuardrailScope {
  /** Organization that gets it. */
  readonly organization: IOrganization;

  /** Operations of its management account. */
  readonly management: IManagement;

  /**
   * Stages that it applies to.
   *
   * @default - the whole organization, or the units
   */
  readonly stages?: StageAccount[];

  /**
   * Paths of the organizational units that it applies to.
   *
   * @default - the whole organization, or the stages
   */
  readonly organizationalUnits?: string[];

  /**
   * Stages of these that it does not apply to.
   *
   * @default - none
   */
  readonly exceptStages?: StageAccount[];
}

/**
 * A limit to what can be done in the accounts of an organization. To be implemented for your own; for a list of
 * statements, use `Guardrail.of`.
 */
export interface IGuardrail {
  /** Name, unique in an organization, such as `deny-root-user`. */
  readonly guardrailName: string;

  /**
   * Called once for each `Guardrails` that has it.
   *
   * @param scope organization that gets it, and which of its accounts
   */
  bind(scope: GuardrailScope): GuardrailConfig;
}

/** Change to one of the guardrails in `Guardrails`. */
export interface GuardrailAdjustment {
  /** Guardrail that is changed: the one with this name. */
  readonly guardrail: IGuardrail;

  /**
   * Path of the organizational unit on which it is tried: it applies there only, until you take this out again. A
   * missing unit is created.
   *
   * @default - it applies to everything that the `Guardrails` are for
   */
  readonly trialOn?: string;

  /**
   * Stages that it does not apply to.
   *
   * @default - none
   */
  readonly exceptStages?: StageAccount[];

  /**
   * Roles and users that it does not apply to.
   *
   * @default - none
   */
  readonly exceptPrincipals?: iam.IGrantable[];
}
