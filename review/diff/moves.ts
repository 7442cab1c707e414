import { isDeepStrictEqual } from 'util';
import { Resource, Stack } from '../assembly/assembly';
import { compareStacks, Comparison, StackChange } from '../assembly/comparison';
import { withoutIds } from '../plan/irreversible/step';

/** The same comparison, in which a resource whose logical ID alone has changed has not changed. */
export function withoutMoves(comparison: Comparison): Comparison {
  return { ...comparison, stacks: comparison.stacks.map(inStack) };
}

function inStack(change: StackChange): StackChange {
  const { before, stack } = change;
  const moved = before && moves(before, change);
  return moved && moved.size > 0 ? compareStacks(renamed(before, stack, moved), stack) : change;
}

/** Logical IDs that resources have now, by those that they had. */
function moves(old: Stack, { stack, resources }: StackChange): Map<string, string> {
  const candidates = resources.flatMap(({ what, after }) =>
    what === 'added' ? [{ id: after!.id, type: after!.type, properties: withoutIds(after!, stack) }] : []);
  const ids = new Map(resources.flatMap(({ what, before }): Array<[string, string]> => {
    if (what !== 'removed' || !candidates.some(({ type }) => type === before!.type)) {
      return [];
    }
    const properties = withoutIds(before!, old);
    const index = candidates.findIndex(one =>
      one.type === before!.type && isDeepStrictEqual(one.properties, properties));
    return index < 0 ? [] : [[before!.id, candidates.splice(index, 1)[0].id]];
  }));
  // the same text about another resource is another thing
  for (;;) {
    const { resources: known } = renamed(old, stack, ids);
    const others = [...ids].filter(([, id]) =>
      !isDeepStrictEqual(known.get(id)!.properties, stack.resources.get(id)!.properties));
    if (others.length === 0) {
      return ids;
    }
    others.forEach(([id]) => ids.delete(id));
  }
}

function renamed(old: Stack, now: Stack, ids: Map<string, string>): Stack {
  const resources = [...old.resources.values()].map((resource): [string, Resource] => {
    const id = ids.get(resource.id);
    const above = resource.id.slice(0, resource.id.lastIndexOf('/') + 1);
    const properties = withIds(resource.properties, above, ids) as Resource['properties'];
    return id === undefined ? [resource.id, { ...resource, properties }]
      : [id, { ...resource, properties, id, path: now.resources.get(id)!.path }];
  });
  return { ...old, resources: new Map(resources) };
}

function withIds(value: unknown, above: string, ids: Map<string, string>): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(inner => withIds(inner, above, ids));
  }
  const idOf = (id: unknown) => ids.get(`${above}${id}`)?.slice(above.length) ?? id;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key,
    key === 'Ref' ? idOf(inner)
      : key === 'Fn::GetAtt' && Array.isArray(inner) ? [idOf(inner[0]), ...inner.slice(1)] : withIds(inner, above, ids)]));
}
