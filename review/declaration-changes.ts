import { isDeepStrictEqual } from 'util';
import { Change } from './change';
import { Comparison } from './comparison';

/** What changes without a property that does: whatever depends on it may be gone, or say something else. */
export function declarationChanges({ stacks }: Comparison): Change[] {
  const change = (sentence: string): Change => ({ section: 'policies', sentence, widens: true });
  return stacks.flatMap(({ before, stack, resources }) => [
    ...[...before?.declarations ?? []].flatMap(([name, value]) => {
      const now = stack.declarations?.get(name);
      return now === undefined || isDeepStrictEqual(now, value) ? []
        : [change(`${name} of ${stack.path} is another one: what depends on it may be gone, or say something else`)];
    }),
    ...resources.flatMap(({ before: was, after: is }) =>
      was === undefined || is?.condition === undefined || isDeepStrictEqual(was.condition, is.condition) ? []
        : [change(`${is.type} ${is.path ?? `${stack.path}/${is.id}`} is there only under the condition ${JSON.stringify(is.condition)} now`)]),
  ]);
}
