import { Change, difference, groupBy } from './change';
import { OrganizationPair } from './organization-pair';
import { Fact, Organization, Stage } from '../assembly/assembly';

/** A change of where and to whom a guardrail applies. */
export interface GuardrailChange extends Change {
  /** With its organization: others may have one that is called the same. */
  readonly guardrail: string;
  /** The only one that it is about. */
  readonly principal?: string;
}

type News = Pick<GuardrailChange, 'guardrail' | 'principal' | 'widens'> & { readonly what: string };

/** What of a guardrail is in force in a stage. */
interface InForce {
  /** Types of the policies that it is a part of. */
  readonly types: Set<string>;
  /** Principals that it does not apply to. */
  readonly spared: Set<string>;
}

/** Guardrails come to a stage by its name, by its unit and by the organization. */
export function guardrailChanges(pair: OrganizationPair): GuardrailChange[] {
  const { before, after } = pair;
  const stages = before.stages.slice(1).flatMap(old => {
    const now = pair.stageAfter(pair.nameAfter(old.name));
    return now ? [{ old, now }] : [];
  });
  const news = stages.flatMap(({ old, now }) => newsOf(guardrailsOf(before, old), guardrailsOf(after, now), pair)
    .map(one => ({ ...one, stage: now.name })));
  return [
    ...[...groupBy(news, ({ what }) => what).values()].map(same => {
      const [{ guardrail, principal, what, widens }] = same;
      const isAll = same.length > 1 && same.length === stages.length;
      const where = isAll ? 'all stages' : same.map(({ stage }) => stage).join(', ');
      const key = guardrailKey(pair.namespace, guardrail);
      return { section: 'guardrails' as const, sentence: `${where}: ${what}`, widens, guardrail: key, principal };
    }),
    ...emptyUnits(pair),
  ];
}

export function guardrailKey(namespace: string, guardrail: string): string {
  return `${namespace} ${guardrail}`;
}

function newsOf(old: Map<string, InForce>, now: Map<string, InForce>, pair: OrganizationPair): News[] {
  return [...new Set([...old.keys(), ...now.keys()])].flatMap(guardrail => {
    const news = (what: string, widens: boolean, principal?: string): News => ({ guardrail, principal, what: `${guardrail} ${what}`, widens });
    const [was, is] = [old.get(guardrail), now.get(guardrail)];
    if (!was || !is) {
      return [is ? news('applies now', false) : news('no longer applies', true)];
    }
    const types = difference([...was.types], [...is.types], type => type);
    const spared = difference(
      [...was.spared].map(principal => ({ principal, same: pair.neutralBefore(principal) })),
      [...is.spared].map(principal => ({ principal, same: pair.neutralAfter(principal) })),
      ({ same }) => same,
    );
    return [
      ...types.gone.map(type => news(`no longer applies as ${type}`, true)),
      ...types.come.map(type => news(`applies as ${type} now`, false)),
      ...spared.come.map(({ principal }) => news(`no longer applies to ${principal}`, true, principal)),
      ...spared.gone.map(({ principal }) => news(`applies to ${principal} now`, false, principal)),
    ];
  });
}

function guardrailsOf({ facts }: Organization, stage: Stage): Map<string, InForce> {
  const applied = facts.filter(({ kind, subject }) => kind === 'guardrail' && covers(subject, stage));
  const exceptions = facts.filter(({ kind }) => kind === 'guardrail-exception');
  const found = new Map<string, InForce>();
  applied.forEach(({ subject, name, value }) => {
    const own = exceptions.filter(exception => exception.subject === subject && exception.name === name)
      .map(exception => exception.value);
    if (own.includes(`stage ${stage.name}`)) {
      return;
    }
    const spared = new Set(own.flatMap(principal => /^principal (.+)$/.exec(principal)?.[1] ?? []));
    const known = found.get(name);
    found.set(name, {
      types: new Set([...known?.types ?? [], value]),
      // a principal is free only where nothing else denies it the same
      spared: known ? new Set([...spared].filter(principal => known.spared.has(principal))) : spared,
    });
  });
  return found;
}

function covers(subject: string, { name, facts }: Stage): boolean {
  const [, unit] = /^unit (.+)$/.exec(subject) ?? [];
  const own = facts.get('organizational-unit');
  return subject === 'organization' || subject === `stage ${name}`
    || unit !== undefined && (own === unit || own?.startsWith(`${unit}/`) === true);
}

/** Of a unit that has no stage yet, the next stage will have them. */
function emptyUnits({ before, after, namespace }: OrganizationPair): GuardrailChange[] {
  const isEmpty = (subject: string) => subject.startsWith('unit ')
    && ![...before.stages, ...after.stages].some(stage => covers(subject, stage));
  const of = ({ facts }: Organization) => facts.filter(({ kind, subject }) => kind === 'guardrail' && isEmpty(subject));
  const missing = (from: Fact[], others: Fact[]) =>
    from.filter(({ subject, name }) => !others.some(other => other.subject === subject && other.name === name));
  const change = ({ subject, name }: Fact, what: string, widens: boolean): GuardrailChange =>
    ({ section: 'guardrails', sentence: `${subject}: ${name} ${what}`, widens, guardrail: guardrailKey(namespace, name) });
  return [
    ...missing(of(before), of(after)).map(fact => change(fact, 'no longer applies', true)),
    ...missing(of(after), of(before)).map(fact => change(fact, 'applies now', false)),
  ];
}
