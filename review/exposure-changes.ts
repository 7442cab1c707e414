import { Resource, Stack } from './assembly';
import { Change, difference } from './change';
import { Comparison } from './comparison';
import { openings, protections } from './exposures';
import { withKnownValues } from './known-values';
import { isGrant } from './policies';
import { pathOf } from './statements';

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

/** A rule of a security group may be a resource of its own. */
function aboutOf(resource: Resource, stack: Stack): string {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (resource.properties.GroupId ?? {}) as Record<string, unknown>;
  const id = Array.isArray(attribute) ? attribute[0] : ref;
  const group = stack.resources.get(`${resource.id.slice(0, resource.id.lastIndexOf('/') + 1)}${id}`);
  return pathOf(stack, group && resource.type === 'AWS::EC2::SecurityGroupIngress' ? group : resource);
}
