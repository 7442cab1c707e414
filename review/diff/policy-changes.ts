import { Change, difference } from './change';
import { isKnownRole } from './known-by-facts';
import { OrganizationPair } from './organization-pair';
import { isOwn } from './own-principals';
import { isOfPrincipal } from './principals';
import { neutralBy, pathOf, statementChanges } from './statements';
import { Resource, Stack } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import { effectOf, PolicyChange, policyChanges, Statement } from '../assembly/policies';

/** Statements of trust policies and of policies of resources that come and go, literally. */
export function resourcePolicyChanges(comparison: Comparison, pairs: OrganizationPair[]): Change[] {
  const before = new Map(comparison.stacks.map(change => [change.stack, change.before]));
  return policyChanges(comparison).map(change => withSameAccounts(change, pairs))
    .flatMap(change => changesOf(change, before.get(change.stack), pairs));
}

function withSameAccounts(change: PolicyChange, pairs: OrganizationPair[]): PolicyChange {
  const [before, after] = [neutralBy(pairs, 'before'), neutralBy(pairs, 'after')];
  const { gone, come } = difference(
    change.removed.map(statement => ({ statement, key: before(JSON.stringify(statement)) })),
    change.added.map(statement => ({ statement, key: after(JSON.stringify(statement)) })),
    ({ key }) => key,
  );
  return { ...change, added: come.map(({ statement }) => statement), removed: gone.map(({ statement }) => statement) };
}

function changesOf(change: PolicyChange, before: Stack | undefined, pairs: OrganizationPair[]): Change[] {
  const { what, kind, resource, stack } = change;
  if (kind !== 'trust' && (kind !== 'resource' || isOfPrincipal(resource.type))) {
    return [];
  }
  const isAlone = (what === 'added' || what === 'removed') && !isOfKept(resource, stack, before);
  if (isAlone && what === 'added' && isKnownRole(resource, stack, pairs)) {
    return [];
  }
  const about = `${kind === 'trust' ? 'trust policy' : 'policy'} of ${pathOf(stack, resource)}`;
  const owned = (statement: Statement) => ({ about, statement });
  const isTold = (statement: Statement) => !isAlone || effectOf(statement) === 'Allow' && !isOwn(statement, resource, stack, pairs);
  const isMissed = (statement: Statement) => !isAlone || effectOf(statement) === 'Deny' && isOfOther(resource, before!);
  return statementChanges(change.added.filter(isTold).map(owned), change.removed.filter(isMissed).map(owned), 'denied');
}

/** A policy that is a resource of its own, of one that is there before and after. */
function isOfKept({ type, properties }: Resource, now: Stack, before?: Stack): boolean {
  const isKept = (id: string) => now.resources.has(id) && before?.resources.has(id) === true;
  return /(Policy|Permission)$/.test(type) && referencesIn(properties).some(isKept);
}

/** A policy of something that another app has, or another stack: it stays without it. */
function isOfOther({ type, properties }: Resource, before: Stack): boolean {
  const { PolicyDocument: _, ...others } = properties;
  return /Policy$/.test(type) && !referencesIn(others).some(id => before.resources.has(id));
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  const named = ref ?? (Array.isArray(attribute) ? attribute[0] : undefined);
  return [...typeof named === 'string' ? [named] : [], ...Object.values(value).flatMap(referencesIn)];
}
