import { Change, difference, groupBy, keysOf } from './change';
import { OrganizationPair, PairedFact } from './organization-pair';

/** Who gets in, who reads and who is a member, before and now. */
export function accessChanges(pair: OrganizationPair): Change[] {
  return [...roleChanges(pair), ...readerChanges(pair), ...memberChanges(pair)];
}

/** One of the ways in by which somebody may assume a role. */
interface Way {
  readonly fact: PairedFact;
  readonly conditions: string[];
  readonly key: string;
}

function roleChanges(pair: OrganizationPair): Change[] {
  const { before, after } = pair.facts('access');
  const [old, now] = [before, after].map(facts => groupBy(facts.map(asWay), ({ fact: { same } }) =>
    JSON.stringify([same.subject, same.name, wayOf(same.value)])));
  return keysOf(old, now).flatMap(key => wayChanges(old.get(key) ?? [], now.get(key) ?? []));
}

/** Ways are alternatives: one that asks for all that another asked for lets nobody in whom that did not. */
function wayChanges(old: Way[], now: Way[]): Change[] {
  const { gone, come } = difference(old, now, ({ key }) => key);
  const isWider = (way: Way) => !old.some(({ conditions }) => conditions.every(one => asks(way.conditions, one)));
  if (gone.length === 1 && come.length === 1) {
    const [[{ conditions: asked }], [way]] = [gone, come];
    const parts = [
      ...asked.filter(one => !asks(way.conditions, one)).map(one => `no longer only ${inWords(one)}`),
      ...way.conditions.filter(one => !asked.includes(one)).map(one => `now only ${inWords(one)}`),
    ];
    return parts.length === 0 ? []
      : [{ section: 'access', sentence: `${described(way)}: ${parts.join(', ')}`, widens: isWider(way) }];
  }
  const sentence = (way: Way, may: string) =>
    [described(way, may), ...conditionsOf(way.fact.value).map(inWords)].join(', ');
  return [
    ...come.map(way => ({ section: 'access' as const, sentence: sentence(way, 'may now assume'), widens: isWider(way) })),
    ...gone.map(way => ({ section: 'access' as const, sentence: sentence(way, 'may no longer assume'), widens: false })),
  ];
}

function asWay(fact: PairedFact): Way {
  const conditions = conditionsOf(fact.same.value).sort();
  return { fact, conditions, key: JSON.stringify(conditions) };
}

function wayOf(value: string): string {
  return value.split('; ')[0];
}

const TEXT = '"(?:[^"\\\\]|\\\\.)*"';
const CONDITION = new RegExp(`; (mfa[^;]*|session named after user|until [0-9-]+|[A-Za-z:]+ (?:…|[^ ]+ (?:${TEXT}|\\[(?:${TEXT}|[^"\\]])*\\]|[a-z0-9]+)))(?=; |$)`, 'y');

/** Conditions as docs/organization.schema.json has them. Values are JSON, so the separator may be in one, too. */
function conditionsOf(value: string): string[] {
  const found: string[] = [];
  let end = wayOf(value).length;
  for (let match = conditionAt(value, end); match; match = conditionAt(value, end)) {
    found.push(match[1]);
    end += match[0].length;
  }
  // what is not known is one more condition, and not none
  return end < value.length ? [...found, value.slice(end + 2)] : found;
}

function conditionAt(value: string, index: number): RegExpExecArray | null {
  CONDITION.lastIndex = index;
  return CONDITION.exec(value);
}

function described({ fact: { subject, name, value } }: Way, may = 'may assume'): string {
  const [, stage, role] = /^stage (\S+) (.+)$/.exec(name) ?? [];
  return `${subject} ${may} ${stage ? `${role} in ${stage}` : name} by ${wayOf(value)}`;
}

function inWords(condition: string): string {
  return condition === 'session named after user' ? 'in a session named after the user'
    : /^mfa/.test(condition) ? `with ${condition}`
      : condition.startsWith('until ') ? condition : `if ${condition}`;
}

/** Whether conditions ask for at least what one asks for. */
function asks(conditions: string[], one: string): boolean {
  const [, within] = /^mfa within (\d+) seconds$/.exec(one) ?? [];
  const [, until] = /^until (.+)$/.exec(one) ?? [];
  return conditions.some(other => other === one
    || one === 'mfa' && other.startsWith('mfa within ')
    || within !== undefined && Number(/^mfa within (\d+) seconds$/.exec(other)?.[1]) <= Number(within)
    || until !== undefined && other.startsWith('until ') && other <= one);
}

function readerChanges(pair: OrganizationPair): Change[] {
  const { before, after } = pair.facts('reads');
  const { gone, come } = difference(before, after, ({ same: { subject, name } }) => JSON.stringify([subject, name]));
  return [
    ...come.map(({ subject, name }) =>
      ({ section: 'access' as const, sentence: `${subject} may now read ${name}`, widens: true })),
    ...gone.map(({ subject, name }) =>
      ({ section: 'access' as const, sentence: `${subject} may no longer read ${name}`, widens: false })),
  ];
}

function memberChanges(pair: OrganizationPair): Change[] {
  const { before, after } = pair.facts('member');
  const { gone, come } = difference(before, after, ({ same: { subject, name } }) => JSON.stringify([subject, name]));
  const sentence = ({ subject, name }: PairedFact, is: string) => `${called(subject)} is ${is} of ${called(name)}`;
  return [
    ...come.map(fact => ({ section: 'access' as const, sentence: sentence(fact, 'now a member'), widens: true })),
    ...gone.map(fact => ({ section: 'access' as const, sentence: sentence(fact, 'no longer a member'), widens: false })),
  ];
}

/** `user ada` */
function called(arn: string): string {
  const [, type, name] = /^arn:[^:]+:iam::\d{12}:(user|group)\/(.+)$/.exec(arn) ?? [];
  return type ? `${type} ${name}` : arn;
}
