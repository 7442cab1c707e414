import { Change, difference, groupBy, keysOf } from './change';
import { OrganizationPair, PairedFact } from './organization-pair';
import { Organization, Stage } from '../assembly/assembly';
import { Guardrails } from '../report/guardrails';

/** Accounts and what they have; domains and records. */
export function stageChanges(pair: OrganizationPair): Change[] {
  return [...accountChanges(pair), ...domainChanges(pair), ...recordChanges(pair)];
}

function accountChanges(pair: OrganizationPair): Change[] {
  const { before, after, renamed } = pair;
  const [old, now] = [before, after].map(({ stages }) => new Map(stages.map(stage => [stage.name, stage])));
  const change = (sentence: string): Change => ({ section: 'accounts', sentence, widens: false });
  const come = after.stages.filter(({ name }) => !old.has(name) && ![...renamed.values()].includes(name));
  const gone = before.stages.filter(({ name }) => !now.has(name) && !renamed.has(name));
  const unused = [...now.keys()].filter(name => !old.has(name));
  return [
    ...come.map(stage => change(`${stage.name} is new: ${properties(after, stage)}`)),
    ...gone.map(({ name, account }) => change(`${name} leaves the code${account ? `: its account is ${account}` : ''}`)),
    ...[...renamed].filter(([, name]) => unused.includes(name)).map(([was, is]) => change(`${was} is called ${is} now`)),
    ...before.stages.flatMap(stage => {
      const same = now.get(pair.nameAfter(stage.name));
      const isAnother = stage.account !== undefined && same?.account !== undefined && stage.account !== same.account;
      return same ? propertyChanges(stage, same).map(sentence =>
        ({ ...change(sentence), widens: isAnother && sentence.includes(': account is ') })) : [];
    }),
  ];
}

/** What the facts of a stage are called in a sentence. */
function called(name: string): string {
  const [, region] = /^cidr (.+)$/.exec(name) ?? [];
  const names: Record<string, string> = {
    'account-id': 'account',
    'email': 'e-mail address',
    'organizational-unit': 'unit',
    'organization-id': 'id of the organization',
    'organization-root-id': 'root of the organization',
  };
  return region ? `address range in ${region}` : names[name] ?? name;
}

function properties(organization: Organization, stage: Stage): string {
  const known = [...stage.facts].map(([name, value]) => `${called(name)} ${value}`);
  return [...known, `guardrails ${new Guardrails(organization.facts).inForce(stage).length}`].join(', ');
}

function propertyChanges(stage: Stage, { name: nameNow, facts }: Stage): string[] {
  return keysOf(stage.facts, facts).flatMap(name => {
    const [was, is] = [stage.facts.get(name), facts.get(name)];
    const what = `${nameNow}: ${called(name)} is`;
    return was === is ? []
      : was === undefined ? [`${what} ${is} now`]
        : is === undefined ? [`${what} no longer ${was}`] : [`${what} ${is} instead of ${was}`];
  });
}

function domainChanges(pair: OrganizationPair): Change[] {
  const by = (value: string) => value ? `delegated by ${value}` : 'delegated by nobody here';
  return valueChanges(pair, 'domain', ({ subject, name }, was, is) =>
    was === undefined ? `${subject} has the domain ${name} now, ${by(is!)}`
      : is === undefined ? `${subject} no longer has the domain ${name}`
        : `domain ${name} of ${subject} is ${by(is)} instead of ${by(was)}`)
    .map(sentence => ({ section: 'addresses', sentence, widens: false }));
}

function recordChanges(pair: OrganizationPair): Change[] {
  return valueChanges(pair, 'records', ({ subject, name }, was, is) => {
    const what = `what ${name} records of ${subject} is`;
    return was === undefined ? `${what} kept below ${is} now`
      : is === undefined ? `${what} no longer kept below ${was}` : `${what} kept below ${is} instead of ${was}`;
  }).map(sentence => ({ section: 'addresses', sentence, widens: false }));
}

const TOLD = ['stage', 'access', 'reads', 'member', 'guardrail', 'guardrail-exception', 'domain', 'records'];
/** Others say why, or what is asked of AWS: policies and access are told as such. */
const TOLD_OTHERWISE = ['trusts', 'can-assume', 'guardrail-statement', 'organization-policy', 'needs'];

/** Facts whose kind only somebody else knows. */
export function otherChanges(pair: OrganizationPair): Change[] {
  const kinds = new Set([...pair.before.facts, ...pair.after.facts].map(({ kind }) => kind));
  return [...kinds].filter(kind => ![...TOLD, ...TOLD_OTHERWISE].includes(kind)).flatMap(kind =>
    valueChanges(pair, kind, ({ subject, name }, was, is) => {
      const what = `${kind} of ${subject}, ${name}`;
      return was === undefined ? `${what}: ${is ? `${is} ` : ''}is new`
        : is === undefined ? `${what}: ${was ? `${was} ` : ''}is gone` : `${what}: ${was} became ${is}`;
    })).map(sentence => ({ section: 'other', sentence, widens: false }));
}

/** A sentence for each value that is another one; values of the same subject and name belong together. */
function valueChanges(
  pair: OrganizationPair, kind: string,
  sentence: (fact: PairedFact, was: string | undefined, is: string | undefined) => string,
): string[] {
  const { before, after } = pair.facts(kind);
  const [old, now] = [before, after].map(facts =>
    groupBy(facts, ({ same: { subject, name } }) => JSON.stringify([subject, name])));
  return keysOf(old, now).flatMap(key => {
    const { gone, come } = difference(old.get(key) ?? [], now.get(key) ?? [], ({ same }) => same.value);
    return gone.length === 1 && come.length === 1 ? [sentence(come[0], gone[0].value, come[0].value)] : [
      ...come.map(fact => sentence(fact, undefined, fact.value)),
      ...gone.map(fact => sentence(fact, fact.value, undefined)),
    ];
  });
}
