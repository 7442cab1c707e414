import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { OrganizationPolicyType } from '../organization/organization-policies';

/** What a guardrail adds to a policy. */
export interface Part {
  readonly name: string;
  readonly policyType: OrganizationPolicyType;
  readonly statements: iam.PolicyStatement[];
}

/** One policy for several guardrails. */
export interface PackedPolicy {
  readonly policyType: OrganizationPolicyType;
  /** Of its type, from 1. */
  readonly number: number;
  readonly parts: Part[];
}

/** Of the size limit of a policy, what principals who are exempted later may take in its statements. */
const ROOM = 0.3;

/**
 * As few policies as take all parts of each type, in their order: one that is added at the end changes the last policy,
 * or is a new one.
 *
 * @param spared ARNs that are exempted in each statement
 */
export function packed(parts: Part[], spared: string[]): PackedPolicy[] {
  // what is resolved in a stack may add parameters to it
  const scratch = new Stack();
  const policies: Array<PackedPolicy & { size: number }> = [];
  for (const part of parts) {
    const { name, policyType, statements } = part;
    const limit = Math.floor(policyType.maxLength * (1 - ROOM));
    const size = sizeOf(scratch, statements, spared);
    if (size > limit) {
      throw new Error(`guardrail '${name}' has ${size} characters, and a ${policyType.name} ${policyType.maxLength}, of which guardrails fill ${limit}: `
        + `divide it into several${spared.length > 0 ? ', or spare fewer principals' : ''}`);
    }
    const last = policies.filter(policy => policy.policyType.name === policyType.name).pop();
    if (last && last.size + size <= limit) {
      last.parts.push(part);
      last.size += size;
    } else {
      const number = last ? last.number + 1 : 1;
      policies.push({ policyType, number, parts: [part], size });
    }
  }
  return policies;
}

/** As AWS stores them; of what is known only later, what is known now. */
function sizeOf(stack: Stack, statements: iam.PolicyStatement[], spared: string[]): number {
  const texts = statements.map(statement => JSON.stringify(stack.resolve(statement.toStatementJson())));
  const exemption = spared.length === 0 ? 0 : JSON.stringify({ ArnNotLike: { 'aws:PrincipalArn': stack.resolve(spared) } }).length;
  return texts.reduce((total, text) => total + text.length + exemption + 1, 0);
}
