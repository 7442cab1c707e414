import { isDeepStrictEqual } from 'util';
import { Change, difference } from './change';
import { openings, protections, watches } from './exposures';
import { pathOf } from './statements';
import { Resource, Stack } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import { withKnownValues } from '../assembly/known-values';
import { isGrant } from '../assembly/policies';

type Section = 'access' | 'protection';

/** What properties open, and what they no longer protect, and the reverse. */
export function exposureChanges({ stacks }: Comparison): Change[] {
  return stacks.flatMap(({ stack, before: old = stack, resources }) => {
    const found = (all: Array<Resource | undefined>, from: Stack, states: (resource: Resource) => string[]) =>
      new Set(all.flatMap(one => one ? states(withKnownValues(one, from))
        .map(state => JSON.stringify([aboutOf(one, from), state])) : []));
    // what comes had no protection, and what leaves needs none
    const kept = resources.filter(change => change.before && change.after);
    // what gives access by being there is told as such
    const open = resources.filter(change => kept.includes(change) || !isGrant((change.after ?? change.before)!.type));
    const [before, after] = [open.map(change => change.before), open.map(change => change.after)];
    // apps turn this on where a stack is there to stay, which is no news
    const isLeftAlone = old.terminationProtection && !stack.terminationProtection;
    return [
      ...changesOf('access', found(before, old, openings), found(after, stack, openings)),
      ...changesOf('protection',
        found(kept.map(change => change.before), old, protections),
        found(kept.map(change => change.after), stack, protections)),
      ...changesOf('protection',
        found(resources.flatMap(({ before: gone, after: is }) => is ? [] : gone), old, watches), new Set()),
      ...kept.flatMap(change => removalChanges(change.before!, change.after!, pathOf(stack, change.after!))),
      ...isLeftAlone ? [no('protection', `stack ${stack.path}`, 'protected from deletion')] : [],
    ];
  });
}

function changesOf(section: Section, before: Set<string>, after: Set<string>): Change[] {
  const { gone, come } = difference([...before], [...after], one => one);
  const [now, nowhere] = [come, gone].map(all => all.map((one): [string, string] => JSON.parse(one)));
  return [
    ...now.map(([about, state]) => ({ section, sentence: `${about} is ${state} now`, widens: section === 'access' })),
    ...nowhere.map(([about, state]) => no(section, about, state)),
  ];
}

function no(section: Section, about: string, state: string): Change {
  return { section, sentence: `${about} is no longer ${state}`, widens: section === 'protection' };
}

const KEPT = ['deleted', 'kept as a snapshot', 'retained'];

/** What becomes of it if it leaves the code, or if another one takes its place: told once if both become the same. */
function removalChanges(before: Resource, after: Resource, about: string): Change[] {
  const [leaves, replaced] = [deletionRank, updateRank].map(rank => [rank(before), rank(after)]);
  const change = ([was, is]: number[], when: string): Change[] => was === is ? []
    : was > is ? [no('protection', about, `${KEPT[was]} if it ${when}`)]
      : [{ section: 'protection', sentence: `${about} is ${KEPT[is]} if it ${when} now`, widens: false }];
  return [
    ...change(leaves, 'leaves the code'),
    ...isDeepStrictEqual(leaves, replaced) ? [] : change(replaced, 'is replaced'),
  ];
}

/** Databases have a default: "DeletionPolicy attribute". */
function deletionRank({ type, properties, deletionPolicy }: Resource): number {
  const isDatabase = type === 'AWS::RDS::DBCluster'
    || type === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier === undefined;
  return rankOf(deletionPolicy ?? (isDatabase ? 'Snapshot' : 'Delete'));
}

function updateRank({ updateReplacePolicy = 'Delete' }: Resource): number {
  return rankOf(updateReplacePolicy);
}

/** A function, which language extensions admit, counts as none. */
function rankOf(policy: unknown): number {
  return String(policy).startsWith('Retain') ? 2 : policy === 'Snapshot' ? 1 : 0;
}

/** A rule of a security group may be a resource of its own. */
function aboutOf(resource: Resource, stack: Stack): string {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (resource.properties.GroupId ?? {}) as Record<string, unknown>;
  const id = Array.isArray(attribute) ? attribute[0] : ref;
  const group = stack.resources.get(`${resource.id.slice(0, resource.id.lastIndexOf('/') + 1)}${id}`);
  return pathOf(stack, group && resource.type === 'AWS::EC2::SecurityGroupIngress' ? group : resource);
}
