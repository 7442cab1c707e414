import { isDeepStrictEqual } from 'util';
import { Change } from './change';
import { openings } from './exposures';
import { Resource } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import { documentsOf, isGrant } from '../assembly/policies';

/** What changes without a property that does: whatever depends on it may be gone, or say something else. */
export function declarationChanges({ stacks }: Comparison): Change[] {
  const change = (sentence: string): Change => ({ section: 'policies', sentence, widens: true });
  return stacks.flatMap(({ before, stack, resources }) => [
    ...[...before?.declarations ?? []].flatMap(([name, value]) => {
      const now = stack.declarations?.get(name);
      return now === undefined || isDeepStrictEqual(now, value) ? []
        : [change(`${name} of ${stack.path} is another one: what depends on it may be gone, or say something else`)];
    }),
    ...resources.flatMap(({ before: was, after: is }) => {
      if (!was || !is || isDeepStrictEqual(was.condition, is.condition)) {
        return [];
      }
      const about = `${is.type} ${is.path ?? `${stack.path}/${is.id}`}`;
      return is.condition !== undefined
        ? [change(`${about} is there only under the condition ${JSON.stringify(is.condition)} now`)]
        : !givesAccess(is) ? [] : [change(`${about} is there no longer only under the condition ${JSON.stringify(was.condition)}`)];
    }),
  ]);
}

function givesAccess(resource: Resource): boolean {
  return isGrant(resource.type) || documentsOf(resource).length > 0 || openings(resource).length > 0;
}
