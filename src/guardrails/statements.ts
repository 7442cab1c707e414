import * as iam from 'aws-cdk-lib/aws-iam';
import { Deed, DeedCaller } from './deed';
import { GuardrailConfig } from './guardrail-interface';
import { OrganizationPolicyType } from '../organization/organization-policies';

export type Conditions = Record<string, Record<string, string | string[]>>;

export interface Denied {
  readonly actions?: string[];
  /** All but these. */
  readonly notActions?: string[];
  readonly resources?: string[];
  readonly conditions?: Conditions;
}

export function deny(sid: string, { actions, notActions, resources = ['*'], conditions }: Denied): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, notActions, resources, conditions });
}

/** Limits what principals of the accounts can do, wherever. */
export function ofPrincipals(statements: iam.PolicyStatement[], deeds: Pick<GuardrailConfig, 'stops' | 'letsPass'>): GuardrailConfig {
  return { policyType: OrganizationPolicyType.SERVICE_CONTROL, statements, ...deeds };
}

/** Limits what anybody can do with resources of the accounts: AWS takes no statement of another principal than all. */
export function ofResources(statements: iam.PolicyStatement[], deeds: Pick<GuardrailConfig, 'stops' | 'letsPass'>): GuardrailConfig {
  statements.forEach(statement => statement.addPrincipals(new iam.StarPrincipal()));
  return { policyType: OrganizationPolicyType.RESOURCE_CONTROL, statements, ...deeds };
}

/** A deed of an administrator, unless it says otherwise. */
export function deed(deedName: string, action: string, resource?: string, others: Partial<Deed> = {}): Deed {
  return { deedName, action, resource, ...others };
}

/** The same by somebody else. */
export function by(caller: DeedCaller, { deedName, ...others }: Deed): Deed {
  return { ...others, caller, deedName: `${deedName}, by ${caller}` };
}

/** Page of AWS with examples. */
export const EXAMPLES = {
  general: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html',
  ec2: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_ec2.html',
  rcp: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html',
};
