import { all, part, shown } from './values';
import { NO_ACCOUNT } from '../assembly/assembly';
import { takes } from '../assembly/patterns';
import { Statement } from '../assembly/policies';

/** Any part of an ARN: only a wildcard stands for it. */
export const ANY = '<any>';

/** What a statement denies, under a condition. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  readonly condition: (asked: Condition, account: string) => boolean;
}

/** One of a statement. */
export interface Condition {
  readonly operator: string;
  /** In small letters, as IAM does not mind. */
  readonly key: string;
  readonly values: string[];
}

/** Of which account is asked, and how many of those that a guardrail leaves out have no ID yet. */
interface Asked {
  readonly account?: string;
  readonly unknownAccounts?: number;
}

/** Whom a statement spares that denies this to everybody else; undefined if it does not. */
export function sparedBy(statement: Statement, denial: Denial, asked: Asked = {}): string[] | undefined {
  const conditions = conditionsOf(statement);
  const others = conditions.filter(one => !denial.condition(one, asked.account ?? ANY));
  const spared = others.map(one => exception(one, asked));
  const isDenied = isAbout(statement, denial) && others.length < conditions.length && !spared.includes(undefined);
  return isDenied ? spared.flatMap(one => one!) : undefined;
}

/** Whether a statement denies it to everybody, under whatever condition. */
export function isAbout(statement: Statement, { action, resource }: Denial): boolean {
  const covers = (name: string, wanted: string) =>
    all(part(statement, name)).some(pattern => takes(shown(pattern), wanted));
  return part(statement, 'Effect') === 'Deny' && isEverybody(statement) && covers('Action', action) && covers('Resource', resource);
}

/** Statements of a service control policy name no principal. */
function isEverybody(statement: Statement): boolean {
  const principal = part(statement, 'Principal') ?? '*';
  return part(statement, 'NotPrincipal') === undefined && (principal === '*' || String(part(principal, 'AWS')) === '*');
}

function conditionsOf(statement: Statement): Condition[] {
  return Object.entries((part(statement, 'Condition') ?? {}) as Record<string, Record<string, unknown>>)
    .flatMap(([operator, keys]) => Object.entries(keys)
      .map(([key, values]) => ({ operator, key: key.toLowerCase(), values: all(values).map(shown) })));
}

/**
 * Whom a condition spares that is there beside the one that is looked for: named roles and users, services, sessions
 * that root opens for a task, and other accounts. Undefined if it may spare anybody.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
function exception(
  { operator, key, values }: Condition, { account, unknownAccounts = 0 }: Asked,
): string[] | undefined {
  const is = (pattern: RegExp, name: string, value?: string) =>
    pattern.test(operator) && key === name && (value === undefined || values.join() === value);
  if (is(/^ArnNot(Like|Equals)(IfExists)?$/, 'aws:principalarn')) {
    return values.every(value => /^arn:[^:]+:iam::[^:]*:(role|user)\/.*[A-Za-z0-9]/.test(value)) ? values : undefined;
  }
  if (['aws:principalaccount', 'aws:resourceaccount'].some(name => is(/^StringNotEquals(IfExists)?$/, name))) {
    const unknown = values.filter(value => !/^\d{12}$/.test(value) || value === NO_ACCOUNT);
    return unknown.length <= unknownAccounts && !values.includes(account ?? ANY) ? [] : undefined;
  }
  return is(/^Bool(IfExists)?$/, 'aws:principalisawsservice', 'false') ? ['services of AWS']
    : is(/^Null$/, 'aws:assumedroot', 'true') ? ['sessions that root opens for a task'] : undefined;
}
