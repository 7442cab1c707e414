import { isDeepStrictEqual } from 'util';
import { Change } from './change';
import { OrganizationPair } from './organization-pair';
import { Resource, Stack } from '../assembly/assembly';
import { effectOf, partsOf, Statement } from '../assembly/policies';

/** A statement, and the policy that has it: `trust policy of acme/prod/access/admin`. */
export interface Owned {
  readonly about: string;
  readonly statement: Statement;
}

/**
 * Statements that policies gain and lose, literally: a sentence has all of them. Two with the same Sid are one that
 * changes. Access widens where something is allowed that was not, or no longer denied.
 */
export function statementChanges(gained: Owned[], lost: Owned[], unless: 'allowed' | 'denied'): Change[] {
  const pairs = pairsOf(lost, gained);
  const allows = (one: Statement) => unless === 'denied' ? effectOf(one) !== 'Deny' : effectOf(one) === 'Allow';
  const allowed = lost.filter(({ statement }) => allows(statement));
  const denied = gained.filter(({ statement }) => !allows(statement));
  const isCovered = (by: Owned[], statement: Statement) => by.some(other => covers(other.statement, statement));
  const gains = ({ statement }: Owned) => allows(statement) && !isCovered(allowed, statement);
  const loses = ({ statement }: Owned) => !allows(statement) && !isCovered(denied, statement);
  return [
    ...pairs.map(({ before, after }): Change => ({
      section: 'policies',
      about: after.about,
      sentence: `${after.about} has ${JSON.stringify(after.statement)} instead of ${JSON.stringify(before.statement)}`,
      widens: gains(after) || loses(before),
      statements: { added: [after.statement], removed: [before.statement] },
    })),
    ...gained.filter(one => !pairs.some(({ after }) => after === one)).map(one => statementChange(one, 'gains', gains(one))),
    ...lost.filter(one => !pairs.some(({ before }) => before === one)).map(one => statementChange(one, 'loses', loses(one))),
  ];
}

function pairsOf(lost: Owned[], gained: Owned[]): Array<{ before: Owned; after: Owned }> {
  const left = [...gained];
  return lost.flatMap(before => {
    const index = left.findIndex(after => isSameStatement(before, after));
    return index < 0 ? [] : [{ before, after: left.splice(index, 1)[0] }];
  });
}

/** One that comes or goes: the sentence has all of it. */
export function statementChange({ about, statement }: Owned, verb: 'gains' | 'loses', widens: boolean): Change {
  const statements = { added: verb === 'gains' ? [statement] : [], removed: verb === 'loses' ? [statement] : [] };
  return { section: 'policies', about, sentence: `${about} ${verb} ${JSON.stringify(statement)}`, widens, statements };
}

/** Of the construct that has made a resource. */
export function pathOf(stack: Stack, { path, id }: Resource): string {
  return path?.replace(/(\/(Resource|Default))+$/, '') ?? `${stack.path}/${id}`;
}

/** Accounts in a text as both sides know them, whichever organization they are of. */
export function neutralBy(pairs: OrganizationPair[], side: 'before' | 'after'): (text: string) => string {
  return text => pairs.reduce((all, pair) => side === 'before' ? pair.neutralBefore(all) : pair.neutralAfter(all), text);
}

/** By its Sid, or because it says the same under other conditions. */
function isSameStatement({ statement: one }: Owned, { statement: two }: Owned): boolean {
  const { 'Condition': _, 'Fn::If': under, ...first } = partsOf(one);
  const { 'Condition': __, 'Fn::If': other, ...second } = partsOf(two);
  const isSame = isDeepStrictEqual(first, second);
  return first.Effect === second.Effect && first.Sid === second.Sid
    && (first.Sid !== undefined || isSame && ('Effect' in first || under !== other));
}

type Conditions = Record<string, Record<string, unknown>>;

/** Whether a statement holds for all that another one holds for, as far as that is seen without knowing wildcards. */
export function covers(wide: Statement, narrow: Statement): boolean {
  const { Sid: _, Condition: conditions = {}, ...parts } = partsOf(wide);
  const { Sid: __, Condition: given = {}, ...others } = partsOf(narrow);
  const names = [...new Set([...Object.keys(parts), ...Object.keys(others)])];
  return names.every(name => coversPart(name, parts[name], others[name]))
    && Object.entries(conditions as Conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => isAsked(operator, values, (given as Conditions)[operator]?.[key])));
}

function coversPart(name: string, wide: unknown, narrow: unknown): boolean {
  return isDeepStrictEqual(wide, narrow) || name === 'Fn::If' && wide === undefined
    || (name === 'Action' || name === 'Resource') && wide !== undefined && narrow !== undefined && hasAll(wide, narrow)
    || (name === 'NotAction' || name === 'NotResource') && wide !== undefined && narrow !== undefined && hasAll(narrow, wide);
}

/** The narrow one asks for at least as much. */
function isAsked(operator: string, wide: unknown, narrow: unknown): boolean {
  return narrow !== undefined && (/Not/.test(operator) ? hasAll(narrow, wide) : hasAll(wide, narrow));
}

function hasAll(all: unknown, some: unknown): boolean {
  return [some].flat().every(one => [all].flat().some(other => isDeepStrictEqual(one, other)));
}

/** With `${…}` where CloudFormation knows it. */
export function textOf(value: unknown): string {
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub, 'Fn::Join': join } =
    (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof value === 'string' ? value
    : typeof sub === 'string' ? sub
      : typeof ref === 'string' ? `\${${ref}}`
        : Array.isArray(attribute) ? `\${${attribute.join('.')}}`
          : Array.isArray(join) && Array.isArray(join[1]) ? join[1].map(textOf).join(String(join[0])) : '…';
}
