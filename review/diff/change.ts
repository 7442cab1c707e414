import { Statement } from '../assembly/policies';

/** What a change is about, in the order in which a reviewer is told. */
export const SECTIONS = {
  irreversible: 'Cannot be undone',
  access: 'Access',
  guardrails: 'Guardrails',
  policies: 'Policies',
  protection: 'Protection',
  accounts: 'Accounts',
  addresses: 'Domains and records',
  quantities: 'What runs by the hour or costs by itself',
  other: 'Other facts',
} as const;

/** A difference between two assemblies, in words. */
export interface Change {
  readonly section: keyof typeof SECTIONS;
  /** Says all of it in one line, so that a line of a file can accept it. */
  readonly sentence: string;
  /** True if somebody may do more than before, or less is protected. */
  readonly widens: boolean;
  /** Policy that it is about, if it is about one. */
  readonly about?: string;
  /** Statements of policies that change with it, literally. */
  readonly statements?: Statements;
}

export interface Statements {
  readonly added: Statement[];
  readonly removed: Statement[];
}

/** Only before, and only after: each of them as often as it is there more often. */
export function difference<T>(before: T[], after: T[], key: (one: T) => string): { gone: T[]; come: T[] } {
  const missing = (from: T[], others: T[]) => {
    const left = new Map<string, number>();
    others.map(key).forEach(name => left.set(name, (left.get(name) ?? 0) + 1));
    return from.filter(one => {
      const count = left.get(key(one)) ?? 0;
      left.set(key(one), count - 1);
      return count < 1;
    });
  };
  return { gone: missing(before, after), come: missing(after, before) };
}

export function groupBy<T>(all: T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  all.forEach(one => groups.set(key(one), [...groups.get(key(one)) ?? [], one]));
  return groups;
}

/** All keys of both, in the order of the second. */
export function keysOf<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): string[] {
  return [...new Set([...after.keys(), ...before.keys()])];
}
