import { Assembly, Organization, Resource, Stack } from '../assembly/assembly';

/** What only the deployment knows. */
export const UNKNOWN = '…';

/** A value of a template as one reads it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.replace(/\{\{resolve:[^}]*\}\}/g, UNKNOWN);
  }
  if (typeof value !== 'object' || value === null) {
    return value === undefined ? '' : String(value);
  }
  const { 'Fn::Join': join, 'Fn::Sub': sub, 'Ref': ref } = value as Record<string, unknown>;
  if (Array.isArray(join)) {
    return [join[1]].flat().map(shown).join(String(join[0]));
  }
  const text = Array.isArray(sub) ? sub[0] : sub;
  return typeof text === 'string' ? text.replace(/\$\{[^}]*\}/g, UNKNOWN) : ref === 'AWS::Partition' ? 'aws' : UNKNOWN;
}

/** Whether a text may be that of a template. An account that is not there yet may be any. */
export function mayBe(words: string, value: unknown): boolean {
  const parts = shown(value).split(UNKNOWN).map(known => known.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return parts.join('').length > 0 && new RegExp(`^${parts.join('.+').replace(/0{12}/g, '[0-9]{12}')}$`).test(words);
}

export function number(value: unknown): number | undefined {
  const known = typeof value === 'string' ? Number(value) : value;
  return typeof known === 'number' && !isNaN(known) ? known : undefined;
}

/** `7 years`, `90 days`. */
export function days(count: number): string {
  const years = count / 365.25;
  return count >= 730 && Math.abs(years - Math.round(years)) < 0.01 ? `${Math.round(years)} years` : `${count.toLocaleString('en')} ${count === 1 ? 'day' : 'days'}`;
}

/** A part of properties, whatever is in its place. */
export function part(value: unknown, ...names: Array<string | number>): unknown {
  return names.reduce<unknown>((inner, name) =>
    typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[name] : undefined, value);
}

export function all(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

/** Stacks of an organization; those that are in none belong to the only one that there is. */
export function stacksOf(assembly: Assembly, { path, stages }: Organization): Stack[] {
  const isOnly = assembly.organizations.length < 2;
  return assembly.stacks.filter(stack => isOnly || path === '' || stack.path.startsWith(`${path}/`)
    || stack.account !== undefined && stages.some(({ account }) => account === stack.account));
}

export function ofType(stack: Stack, type: string): Resource[] {
  return [...stack.resources.values()].filter(resource => resource.type === type);
}

/** What a template refers to, in its own stack or by the export of another. */
export function referred(assembly: Assembly, stack: Stack, from: Resource, value: unknown): Resource | undefined {
  const imported = part(value, 'Fn::ImportValue');
  if (imported !== undefined) {
    for (const other of assembly.stacks) {
      const output = Object.values(other.outputs).find(one => shown(part(one, 'Export', 'Name')) === shown(imported));
      if (output !== undefined) {
        return named(other, '', part(output, 'Value'));
      }
    }
    return undefined;
  }
  return named(stack, from.id.slice(0, from.id.lastIndexOf('/') + 1), value);
}

function named(stack: Stack, above: string, value: unknown): Resource | undefined {
  const id = part(value, 'Ref') ?? all(part(value, 'Fn::GetAtt'))[0];
  return typeof id === 'string' ? stack.resources.get(`${above}${id.split('.')[0]}`) : undefined;
}

/** Of its construct within the stack, or its logical ID. */
export function nameOf(stack: Stack, { path, id }: Resource): string {
  const inside = path?.startsWith(`${stack.path}/`) ? path.slice(stack.path.length + 1) : path;
  return inside?.replace(/(\/(Resource|Default))+$/, '') ?? id;
}
