import { isDeepStrictEqual } from 'util';
import { Resource, Stack } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import {
  accountIsCreated, accountLeaves, organizationGetsAllFeatures, organizationIsCreated, organizationLeaves,
} from './irreversible/accounts';
import { dataLeave, retainedLeaves, statefulOf, whyMoved } from './irreversible/data';
import {
  addressLeaves, bucketIsLockedOut, keyIsLockedOut, keyLeaves, principalLeaves, trailLeaves, zoneLeaves,
} from './irreversible/identities';
import { airGappedVaultIsCreated, objectsAreLocked, vaultIsLocked } from './irreversible/locks';
import {
  engineIsUpgraded, imagesExpire, itemsExpire, objectsExpire, periodIsShorter, pointsInTimeAreLost,
} from './irreversible/retention';
import { isWithinRetained, nameOf, Rule, Step, stepOf, withoutIds } from './irreversible/step';

/** A step that no later deployment takes back. */
export interface Irreversible {
  /** Path of its stack. */
  readonly stack: string;
  /** Type and path of what it is about. */
  readonly subject: string;
  /** Why, in a sentence. */
  readonly why: string;
}

/** Of what leaves, the first that holds. */
const LEAVING: Rule[] = [
  accountLeaves, organizationLeaves, keyLeaves, zoneLeaves, trailLeaves, addressLeaves, principalLeaves, dataLeave,
  retainedLeaves,
];

/** Of what comes or stays, each that holds. */
const STAYING: Rule[] = [
  accountIsCreated, organizationIsCreated, organizationGetsAllFeatures, objectsAreLocked, vaultIsLocked,
  airGappedVaultIsCreated, keyIsLockedOut, bucketIsLockedOut, trailLeaves, periodIsShorter, objectsExpire, imagesExpire,
  pointsInTimeAreLost, itemsExpire, engineIsUpgraded,
];

/** What of a deployment cannot be undone. */
export function irreversible(comparison: Comparison): Irreversible[] {
  return comparison.stacks.flatMap(({ resources, before }) => {
    // AWS refuses another type under the same logical ID
    const steps = resources
      .filter(change => change.replacedBy !== 'Type' && !isWithinRetained(change, resources)).map(change => stepOf(change, comparison));
    const leaving = steps.filter(({ fate }) => fate !== undefined)
      .sort((one, two) => Number(isMissed(two)) - Number(isMissed(one)));
    const moves = new Map(leaving.flatMap(step => {
      const to = isMissed(step) ? movedTo(step, before ?? step.stack, steps) : undefined;
      return to ? [[step, to]] : [];
    }));
    const moved = new Set([...moves.values()]);
    return [
      ...leaving.flatMap(step => tell(step, moves.has(step) ? [() => whyOf(step, moves.get(step)!)] : LEAVING, 1)),
      ...steps.filter(step => step.after && !moved.has(step)).flatMap(step => tell(step, STAYING)),
    ];
  });
}

function tell(step: Step, rules: Rule[], most = Infinity): Irreversible[] {
  const { stack, before, after } = step;
  const reasons = rules.map(rule => rule(step)).filter((why): why is string => why !== undefined).slice(0, most);
  return reasons.map(why => ({ stack: stack.path, subject: subjectOf(stack, (after ?? before)!), why }));
}

/** A resource by its type, and by its construct where the template says it. */
export function subjectOf(stack: Stack, { id, type, path = `${stack.path}/${id}` }: Resource): string {
  return `${type} ${path.replace(/\/(Resource|Default)$/, '')}`;
}

/** Another one is as good where there are neither data nor a name, and AWS only goes on having the one before. */
function isMissed(step: Step): boolean {
  const rule = LEAVING.find(one => one(step) !== undefined);
  return rule !== undefined
    && (rule !== retainedLeaves || statefulOf(step) !== undefined || nameOf(step.before!) !== undefined);
}

/** The same thing under another logical ID. */
function movedTo({ before, change: { what }, stack }: Step, old: Stack, steps: Step[]): Step | undefined {
  const name = nameOf(before!);
  const candidates = what !== 'removed' ? []
    : steps.filter(({ change, type }) => change.what === 'added' && type === before!.type);
  return candidates.find(({ after }) => name !== undefined && isDeepStrictEqual(nameOf(after!), name))
    ?? candidates.find(({ after }) => isDeepStrictEqual(withoutIds(after!, stack), withoutIds(before!, old)));
}

function whyOf(step: Step, { after }: Step): string {
  const name = nameOf(step.before!);
  return whyMoved(step, after!.id, name !== undefined && isDeepStrictEqual(nameOf(after!), name));
}
