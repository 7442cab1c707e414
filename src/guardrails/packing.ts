import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RootConstruct } from 'constructs';
import { OrganizationPolicyType } from '../organization/organization-policies';

/** Statements of one guardrail, which share a policy with those of others. */
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
  const scratch = new Stack(new RootConstruct(), 'sizes');
  checkIds(parts);
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

/** AWS takes each statement ID once in a policy, and which guardrails share one is decided here. */
function checkIds(parts: Part[]): void {
  const first = new Map<string, string>();
  for (const { name, policyType, statements } of parts) {
    for (const { sid } of statements) {
      const key = `${policyType.name} ${sid}`;
      const other = first.get(key);
      if (sid && other !== undefined) {
        throw new Error(`guardrails '${other}' and '${name}' have a statement each with the sid '${sid}': `
          + 'give each another one');
      }
      first.set(key, name);
    }
  }
}

/** As AWS stores them; of what is known only later, what is known now. */
function sizeOf(stack: Stack, statements: iam.PolicyStatement[], spared: string[]): number {
  const texts = statements.map(statement => JSON.stringify(stack.resolve(statement.toStatementJson())));
  const exemption = spared.length === 0 ? 0 : JSON.stringify({ ArnNotLike: { 'aws:PrincipalArn': stack.resolve(spared) } }).length;
  return texts.reduce((total, text) => total + text.length + exemption + 1, 0);
}
