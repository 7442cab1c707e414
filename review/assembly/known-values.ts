import { Resource, Stack } from './assembly';

/** What only the deployment knows, as the template has it. */
export class Unknown {
  constructor(public readonly value: unknown) {}
}

/** A resource with what parameters and mappings say in place of their references: a list has all that it may be. */
export function withKnownValues(resource: Resource, stack: Stack): Resource {
  const read = (value: unknown, above: string): unknown => {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map(one => read(one, above));
    }
    const { 'Ref': ref, 'Fn::FindInMap': keys } = value as Record<string, unknown>;
    const all = Array.isArray(keys) ? found(keys, above) : [];
    return Array.isArray(keys) ? all.length > 0 ? all : new Unknown(value)
      : typeof ref === 'string' && stack.declarations?.has(`${above}Parameters/${ref}`) ? given(ref, above) ?? new Unknown(value)
        : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, read(inner, above)]));
  };
  const found = ([map, ...keys]: unknown[], above: string) => keys.slice(0, 2).reduce<unknown[]>((all, key) =>
    all.flatMap(one => typeof key === 'string' ? (one as Record<string, unknown>)[key] ?? [] : Object.values(one as object)),
  [stack.declarations?.get(`${above}Mappings/${String(map)}`) ?? {}]);
  // a nested stack has what the one above it gives to it
  const given = (name: string, above: string): unknown => {
    const { Default: usual, Type: type } = stack.declarations!.get(`${above}Parameters/${name}`) as Record<string, unknown>;
    const outer = stack.resources.get(above.slice(0, -1));
    const { [name]: passed } = (outer?.properties.Parameters ?? {}) as Record<string, unknown>;
    return outer && passed !== undefined ? read(passed, above.replace(/[^/]+\/$/, ''))
      : String(type).startsWith('AWS::SSM::') ? undefined : usual;
  };
  const { properties } = resource;
  return { ...resource, properties: read(properties, resource.id.replace(/[^/]+$/, '')) as Resource['properties'] };
}
