import { Comparison } from './comparison';

/** A step that no later deployment takes back. */
export interface Irreversible {
  /** Path of its stack. */
  readonly stack: string;
  /** Type and path of what it is about, or its stack again. */
  readonly subject: string;
  /** Why, in a sentence. */
  readonly why: string;
}

/** What of a deployment cannot be undone. */
export function irreversible(_: Comparison): Irreversible[] {
  return [];
}
