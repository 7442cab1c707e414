import { isDeepStrictEqual } from 'util';
import { Assembly, NO_ACCOUNT, Resource, Stack } from './assembly';
import { createOnly } from '../shapes';

export interface ResourceChange {
  readonly what: 'added' | 'removed' | 'changed' | 'replaced';
  readonly stack: Stack;
  readonly before?: Resource;
  readonly after?: Resource;
  /** Properties that are not what they were. */
  readonly properties: string[];
  /** That because of which it is replaced, if it is. */
  readonly replacedBy?: string;
}

export interface StackChange {
  readonly what: 'new' | 'changed' | 'untouched';
  readonly stack: Stack;
  readonly before?: Stack;
  readonly resources: ResourceChange[];
}

export interface Comparison {
  /** Of the stacks that there are, as the assembly has them. */
  readonly stacks: StackChange[];
  /** Stacks that the code no longer names, and AWS still has. */
  readonly left: Stack[];
}

/** What AWS would make of an assembly where it has other stacks, or none. */
export function compare(before: Pick<Assembly, 'stacks'> | undefined, after: Assembly): Comparison {
  const others = new Map((before?.stacks ?? []).map(stack => [stack.path, stack]));
  const matches = new Map<Stack, Stack>();
  const match = (find: (stack: Stack) => Stack | undefined) =>
    after.stacks.filter(stack => !matches.has(stack)).forEach(stack => {
      const other = find(stack);
      if (other && isSameStack(stack, other)) {
        matches.set(stack, other);
        others.delete(other.path);
      }
    });
  match(({ path }) => others.get(path));
  match(stack => [...others.values()].find(other => isSameStack(stack, other)));
  return { stacks: after.stacks.map(stack => compareStacks(matches.get(stack), stack)), left: [...others.values()] };
}

/** By what AWS knows it by. An account that is not known on one side may be that of the other, and so its stage. */
function isSameStack(stack: Stack, other: Stack): boolean {
  const isSame = (one?: string, two?: string) => one === undefined || two === undefined || one === two;
  return stack.name === other.name && isSame(stack.stage, other.stage)
    && isSame(stack.account, other.account) && isSame(stack.region, other.region);
}

export function compareStacks(known: Stack | undefined, stack: Stack): StackChange {
  const before = known && withAccountOf(stack, known);
  if (!before) {
    const resources = [...stack.resources.values()].map(after => ({ what: 'added' as const, stack, after, properties: [] }));
    return { what: 'new', stack, resources };
  }
  const resources = withReplaced(stack, [
    ...[...stack.resources.values()].flatMap(after => compareResources(stack, before.resources.get(after.id), after)),
    ...[...before.resources.values()].filter(({ id }) => !stack.resources.has(id))
      .map(gone => ({ what: 'removed' as const, stack, before: gone, properties: [] })),
  ]);
  const isSame = resources.length === 0 && isDeepStrictEqual(before.outputs, stack.outputs)
    && isDeepStrictEqual(before.declarations, stack.declarations)
    && before.terminationProtection === stack.terminationProtection;
  return { what: isSame ? 'untouched' : 'changed', stack, before, resources };
}

/** An account that only one side knows is a placeholder on the other, in names as well, which is no change. */
function withAccountOf({ account }: Stack, before: Stack): Stack {
  if (account === before.account || account !== undefined && before.account !== undefined) {
    return before;
  }
  const read = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(before.account ?? NO_ACCOUNT, account ?? NO_ACCOUNT));
  return {
    ...before,
    resources: new Map([...before.resources].map(([id, resource]) => [id, read(resource)])),
    outputs: read(before.outputs),
    declarations: before.declarations && new Map([...before.declarations].map(([name, value]) => [name, read(value)])),
  };
}

function compareResources(stack: Stack, before: Resource | undefined, after: Resource): ResourceChange[] {
  if (!before) {
    return [{ what: 'added', stack, after, properties: [] }];
  }
  const names = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])];
  const properties = names.filter(name => !isDeepStrictEqual(before.properties[name], after.properties[name]));
  const replacedBy = before.type !== after.type ? 'Type' : properties.find(name => createOnly(after.type).includes(name));
  const isSame = properties.length === 0 && isDeepStrictEqual(before.condition, after.condition)
    && isDeepStrictEqual(before.deletionPolicy, after.deletionPolicy)
    && isDeepStrictEqual(before.updateReplacePolicy, after.updateReplacePolicy);
  return replacedBy !== undefined ? [{ what: 'replaced', stack, before, after, properties, replacedBy }]
    : isSame ? [] : [{ what: 'changed', stack, before, after, properties }];
}

/** Whatever names a replaced resource in a property that AWS cannot change is replaced after it. */
function withReplaced(stack: Stack, changes: ResourceChange[]): ResourceChange[] {
  const all = new Map(changes.map(change => [(change.after ?? change.before)!.id, change]));
  const waiting = changes.filter(({ what }) => what === 'replaced');
  for (let replaced = waiting.pop(); replaced; replaced = waiting.pop()) {
    const { id } = replaced.after!;
    for (const after of stack.resources.values()) {
      const known = all.get(after.id);
      const replacedBy = createOnly(after.type).find(name => refersTo(after.properties[name], id, after.id));
      if (replacedBy !== undefined && (known === undefined || known.what === 'changed')) {
        const change: ResourceChange = { what: 'replaced', stack, before: known?.before ?? after, after, properties: known?.properties ?? [], replacedBy };
        all.set(after.id, change);
        waiting.push(change);
      }
    }
  }
  return [...all.values()];
}

function refersTo(value: unknown, id: string, from: string): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const above = from.slice(0, from.lastIndexOf('/') + 1);
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  const named = ref ?? (Array.isArray(attribute) ? attribute[0] : typeof attribute === 'string' ? attribute.split('.')[0] : undefined);
  return `${above}${named}` === id || Object.values(value).some(inner => refersTo(inner, id, from));
}
