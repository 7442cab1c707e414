import { number, part } from './values';

/** Whether something is so, or whether only the deployment knows. */
export type Answer = boolean | 'unknown';

/** What a parameter without a default is in properties. */
export interface Unknown {
  readonly Unknown: string;
}

export function is(value: unknown, wanted: boolean | string): Answer {
  return isOpen(value) ? 'unknown' : String(value) === String(wanted);
}

/** What refers to a resource is set, and what is a parameter may be empty. */
export function isSet(value: unknown): Answer {
  return part(value, 'Unknown') !== undefined ? 'unknown' : value !== undefined && value !== '';
}

export function isAtLeast(value: unknown, least: number, unset: number): Answer {
  return isOpen(value) ? 'unknown' : (number(value ?? unset) ?? 0) >= least;
}

/** What is not found may be in a part that only the deployment knows. */
export function isFound(found: boolean, within: unknown): Answer {
  return found || (hasOpen(within) ? 'unknown' : false);
}

export function every(...answers: Answer[]): Answer {
  return answers.includes(false) ? false : answers.includes('unknown') ? 'unknown' : true;
}

export function some(...answers: Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes('unknown') ? 'unknown' : false;
}

/** Known only if it is so either way. What is said of nothing counts for none. */
export function either(one: Answer | undefined, other: Answer | undefined): Answer | undefined {
  return one === undefined ? other : other === undefined || one === other ? one : 'unknown';
}

function isOpen(value: unknown): boolean {
  const [name, ...others] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return others.length === 0 && /^(Ref|Unknown|Fn::.+)$/.test(name ?? '')
    || typeof value === 'string' && /\{\{resolve:|\$\{/.test(value);
}

function hasOpen(value: unknown): boolean {
  return isOpen(value) || typeof value === 'object' && value !== null && Object.values(value).some(hasOpen);
}
