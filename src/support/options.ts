import { Annotations, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { OPTIONS, VALUES } from './known-options';
import { kindOf } from './taken-names';

/** Options without those that are wrong, and what is wrong with these. JavaScript checks neither names nor types. */
export interface ReadOptions<T> {
  readonly options: Partial<T>;
  readonly problems: string[];
  readonly unknownOptions: string[];
}

/**
 * @param type interface of the options
 * @param whose such as ` of stage 'prod'`
 */
export function readOptions<T extends object>(type: string, given: T | undefined, whose = ''): ReadOptions<T> {
  const kinds = kindsOf(type);
  const required = kinds.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  if (given === undefined || given === null) {
    return none(required.length === 0 ? [] : [`options${whose} are missing: give ${required.join(' and ')}`]);
  }
  if (typeof given !== 'object' || Array.isArray(given)) {
    return none([`options${whose} are ${shown(given)}: give each by its name, such as ${kinds[0].name}`]);
  }
  // other languages may hand in an object of their own
  const unknown = !isPlain(given) ? [] : Object.entries(given)
    .filter(([name, value]) => !Object.hasOwn(OPTIONS[type], name) && value !== undefined && value !== null)
    .map(([name]) => name);
  const meant = new Map(unknown.map(name => [name, nearest(name, kinds.map(known => known.name))]));
  const unknownOptions = unknown.map(name =>
    `'${name}'${whose} is no option: ${meant.get(name) === undefined ? 'leave it out' : `did you mean '${meant.get(name)}'?`}`);
  const problems: string[] = [];
  const options: Record<string, unknown> = {};
  for (const { name, kind, isRequired } of kinds) {
    const value = (given as Record<string, unknown>)[name] ?? undefined;
    // most are right, and of a thousand stages it counts
    const wrong = value === undefined || typeof value === kind ? [] : kindProblems(name, whose, value, kind);
    problems.push(...wrong);
    if (value !== undefined && wrong.length === 0) {
      options[name] = value;
    }
    if (value === undefined && isRequired && ![...meant.values()].includes(name)) {
      problems.push(missing(name, whose));
    }
  }
  return { options: options as Partial<T>, problems, unknownOptions };
}

interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly isRequired: boolean;
}

const KINDS = new Map<string, Kind[]>();

function kindsOf(type: string): Kind[] {
  const known = KINDS.get(type) ?? Object.entries(OPTIONS[type])
    .map(([name, kind]) => ({ name, kind: kind.replace('!', ''), isRequired: kind.endsWith('!') }));
  KINDS.set(type, known);
  return known;
}

/** The same for what cannot go on without them: throws. */
export function checkOptions<T extends object>(type: string, given: T | undefined, whose = ''): void {
  const { problems, unknownOptions } = readOptions(type, given, whose);
  refuse([...unknownOptions, ...problems]);
}

/** The same for a construct, which only warns of unknown options: an object that TypeScript accepts may have others. */
export function checkProps<T extends object>(construct: IConstruct, type: string, given: T | undefined): void {
  const { problems, unknownOptions } = readOptions(type, given, ` of '${construct.node.path}'`);
  refuse(problems);
  unknownOptions.forEach(problem => Annotations.of(construct).addWarningV2('cdk-multi-account-org:unknownOption', problem));
}

/** The same for a single value of a kind such as `string` or `class Duration`: throws. */
export function checkValue(name: string, value: unknown, kind: string): void {
  refuse(value === undefined || value === null ? [missing(name, '')] : kindProblems(name, '', value, kind));
}

/** Those of some options that an interface has, to be handed on. */
export function optionsOf<T>(type: string, given: object): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in OPTIONS[type])) as Partial<T>;
}

/** Problem of a value of an enum of the CDK, whose values differ between its versions. */
export function enumProblem(property: string, value: unknown, name: string, values: object): string[] {
  const members = Object.entries(values).filter(([member]) => Number.isNaN(Number(member)));
  return value === undefined || members.some(([, known]) => known === value) ? []
    : [`${property} is ${shown(value)}: give ${named(name)}, such as ${name}.${members[0][0]}`];
}

export function refuse(problems: string[]): void {
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
}

/** A value in a message: never a token, nor how JavaScript shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) {
    return 'missing';
  }
  switch (typeof value) {
    case 'string': return Token.isUnresolved(value) ? 'a token' : `'${value}'`;
    case 'number': return Token.isUnresolved(value) ? 'a token' : Number.isNaN(value) ? 'not a number' : `the number ${value}`;
    case 'boolean': return String(value);
    case 'object': return Array.isArray(value) ? 'a list' : isPlain(value) ? 'an object' : named(kindOf(value));
    default: return `a ${typeof value}`;
  }
}

function none<T>(problems: string[]): ReadOptions<T> {
  return { options: {}, problems, unknownOptions: [] };
}

function missing(name: string, whose: string): string {
  return `${name}${whose} is missing: give it, and check that the variable it comes from is set and spelled right`;
}

function kindProblems(name: string, whose: string, value: unknown, kind: string): string[] {
  const [, element] = /^\{(.*)\}$|^(.*)\[\]$/.exec(kind)?.filter(Boolean) ?? [];
  const isList = kind.endsWith('[]');
  if (element === undefined) {
    return isOf(value, kind) ? [] : [`${name}${whose} is ${shown(value)}: give ${wanted(value, kind)}`];
  }
  if (typeof value !== 'object' || Array.isArray(value) !== isList) {
    return Token.isUnresolved(value) ? [] : [`${name}${whose} is ${shown(value)}: give ${isList ? 'a list' : 'values by their names'}`];
  }
  // also the entries that a list has never been given
  const entries = isList ? Array.from(value as unknown[]).entries() : Object.entries(value!);
  return [...entries].flatMap(([key, item]) => {
    const entry = isList ? `entry ${Number(key) + 1} of ${name}` : `${name} '${key}'`;
    return item === undefined || item === null ? [missing(entry, whose)] : kindProblems(entry, whose, item, element);
  });
}

function isOf(value: unknown, kind: string): boolean {
  if (['string', 'number', 'boolean'].includes(kind)) {
    return typeof value === kind;
  }
  if (kind.startsWith('class ')) {
    return typeof value === 'object' && ancestors(value!).includes(kind.slice(6));
  }
  return /^(I[A-Z]|object )/.test(kind) ? typeof value === 'object' : VALUES[kind]?.includes(`${kind}.${value}`) ?? true;
}

function wanted(value: unknown, kind: string): string {
  const name = kind.replace(/^(class|object) /, '');
  const known = VALUES[name];
  if (kind === 'string' || kind === 'number') {
    return kind === 'string' && typeof value === 'number' ? `it in quotes, as '${value}'` : `a ${kind}`;
  }
  return kind === 'boolean' ? 'true or false'
    : known === undefined ? named(name) : known.length > 1 ? known.join(' or ') : `${named(name)}, such as ${known[0]}`;
}

function named(kind: string): string {
  return `${/^([AEIO]|Mfa)/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** Names of the class of an object and of those above it, whichever copy of the package they are from. */
function ancestors(value: object): string[] {
  const above = Object.getPrototypeOf(value) as object | null;
  const known = above === null ? [] : ANCESTORS.get(above) ?? [kindOf(above), ...ancestors(above)];
  if (above !== null) {
    ANCESTORS.set(above, known);
  }
  return known;
}

const ANCESTORS = new WeakMap<object, string[]>();

function isPlain(value: object): boolean {
  const above = Object.getPrototypeOf(value) as object | null;
  return above === null || Object.getPrototypeOf(above) === null;
}

/** The name that is most like one which is mistyped, if any is. */
function nearest(mistyped: string, names: string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const far = names.map(name => ({ name, steps: distance(plain(mistyped), plain(name)) }))
    .sort((one, other) => one.steps - other.steps);
  return far[0].steps <= Math.max(2, Math.floor(mistyped.length / 3)) ? far[0].name : undefined;
}

/** How many letters to change, add, leave out or swap with the next one. */
function distance(one: string, other: string): number {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= other.length; j++) {
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const changed = rows[i - 1][j - 1] + Number(one[i - 1] !== other[j - 1]);
      const exchanged = swapped ? rows[i - 2][j - 2] + 1 : changed;
      rows[i].push(Math.min(changed, exchanged, rows[i - 1][j] + 1, rows[i][j - 1] + 1));
    }
  }
  return rows[one.length][other.length];
}
