import { accessChanges } from './access-changes';
import { Change, keysOf, SECTIONS } from './change';
import { declarationChanges } from './declaration-changes';
import { exposureChanges } from './exposure-changes';
import { grantChanges } from './grant-changes';
import { guardrailChanges } from './guardrail-changes';
import { withoutMoves } from './moves';
import { OrganizationPair } from './organization-pair';
import { organizationPolicyChanges } from './organization-policy-changes';
import { permissionChanges } from './permission-changes';
import { resourcePolicyChanges } from './policy-changes';
import { otherChanges, stageChanges } from './stage-changes';
import { Assembly, Organization, Stack } from '../assembly/assembly';
import { compare, Comparison } from '../assembly/comparison';
import { irreversible } from '../plan/irreversible';
import { inWords, quantities } from '../prices/quantities';
import { inOneLine } from '../terminal';

/** What a reviewer has to know of a change of an app, in the order of its sections. */
export function changesBetween(before: Assembly, after: Assembly): Change[] {
  const comparison = compare(before, after);
  const inPlace = withoutMoves(comparison);
  const [old, now] = [before, after].map(({ organizations }) =>
    new Map(organizations.map(one => [one.namespace, one])));
  const pairs = keysOf(old, now).map(namespace =>
    new OrganizationPair(old.get(namespace) ?? none(namespace), now.get(namespace) ?? none(namespace)));
  const ofPairs = pairs.map(pair => {
    const guardrails = guardrailChanges(pair);
    const changes = [...accessChanges(pair), ...stageChanges(pair), ...otherChanges(pair)];
    // stages of several organizations may be called the same
    const told = <T extends Change>(change: T): T =>
      pairs.length > 1 ? { ...change, sentence: `${pair.namespace}: ${change.sentence}` } : change;
    return { guardrails: guardrails.map(told), changes: changes.map(told) };
  });
  const guardrails = ofPairs.flatMap(one => one.guardrails);
  const { changes, ofGuardrails } = organizationPolicyChanges(comparison, pairs, guardrails);
  const all: Change[] = [
    ...irreversible(comparison).map(({ subject, why }): Change =>
      ({ section: 'irreversible', sentence: `${subject}: ${why}`, widens: false })),
    ...ofPairs.flatMap(one => one.changes),
    ...guardrails.map(({ guardrail, principal: _, ...change }) =>
      ({ ...change, statements: ofGuardrails.get(guardrail) })),
    ...changes,
    ...grantChanges(inPlace, pairs),
    ...permissionChanges(inPlace, pairs),
    ...resourcePolicyChanges(inPlace, pairs),
    ...exposureChanges(inPlace),
    ...declarationChanges(inPlace),
    ...quantityChanges(comparison, pairs),
  ];
  return Object.keys(SECTIONS).flatMap(section => all.filter(change => change.section === section))
    .map(change => ({ ...change, sentence: inOneLine(change.sentence) }));
}

function none(namespace: string): Organization {
  return { namespace, path: namespace, stages: [], facts: [] };
}

function quantityChanges({ stacks: changes, left }: Comparison, pairs: OrganizationPair[]): Change[] {
  const others = new Map(changes.flatMap(({ before, stack }): Array<[Stack, Stack]> =>
    before ? [[before, stack], [stack, before]] : []));
  // the account of a stack may be known on one side only
  const stageOf = (stack: Stack) => {
    const one = stack.stage ? stack : others.get(stack) ?? stack;
    const pair = pairs.length > 1 ? pairs.find(candidate => candidate.has(one)) : pairs[0];
    const name = one.stage && pair ? pair.nameAfter(one.stage) : one.stage ?? one.path;
    return pairs.length > 1 && pair ? `${pair.namespace}: ${name}` : name;
  };
  const keyed = (stacks: Stack[]) => new Map(quantities({ stacks }, stageOf)
    .map(one => [JSON.stringify([one.stage, one.one]), one]));
  const old = keyed([...changes.flatMap(({ before }) => before ?? []), ...left]);
  const now = keyed(changes.map(({ stack }) => stack));
  return keysOf(old, now).flatMap(key => {
    const [was, is] = [old.get(key), now.get(key)];
    const count = is?.count ?? 0;
    return was?.count === count ? [] : [{
      section: 'quantities' as const,
      sentence: `${(is ?? was)!.stage}: ${inWords((is ?? was)!, count)} instead of ${was?.count ?? 'none'}`,
      widens: false,
    }];
  });
}
