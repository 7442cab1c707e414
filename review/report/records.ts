import { Arrow, Card, cards } from './cards';
import { Block, counted, lines, Section, table, Text, text } from './document';
import { all, days, mayBe, number, ofType, part, stacksOf } from './values';
import { Assembly, Fact, Organization, Resource, Stack } from '../assembly/assembly';

/** Where each account's records are kept, for how long, and who reads them. */
export function recordsFlow(assembly: Assembly, organization: Organization): Section {
  const facts = organization.facts.filter(({ kind }) => kind === 'records');
  const reads = organization.facts.filter(({ kind }) => kind === 'reads');
  const stacks = stacksOf(assembly, organization);
  const names = [...new Set(facts.map(({ value }) => bucketOf(value)))];
  const stores = new Map(names.map(name => [name, store(stacks, name, reads)]));
  const rows = facts.map(({ subject, name, value }): Text[] => {
    const { where, kept, readers } = stores.get(bucketOf(value))!;
    return [subject, name, [{ code: value }], where, kept.join(', '), readers.length > 0 ? lines(readers.map(code => ({ code }))) : 'nobody is named'];
  });
  const logs = stacks.flatMap(stack => ofType(stack, 'AWS::Logs::LogGroup').map(resource => ({ stack, resource })));
  return {
    id: 'records',
    title: 'Records',
    blocks: [
      ...facts.length === 0 ? [text('The app says of no record where it is kept.')] : [
        picture(facts, stores),
        table('Records and where they are kept', ['Account of', 'What', 'Kept in', 'Bucket of', 'For how long', 'Read by'], rows),
      ],
      ...logs.length === 0 ? [] : [logTable(organization, logs)],
    ],
  };
}

const ELSEWHERE = 'not in this app';

interface Store {
  readonly name: string;
  readonly where: string;
  readonly kept: string[];
  readonly readers: string[];
}

function store(stacks: Stack[], name: string, reads: Fact[]): Store {
  const found = bucketIn(stacks, name);
  const readers = reads.filter(fact => bucketOf(fact.name) === name).map(({ subject }) => subject.replace(/^principal /, ''));
  return {
    name,
    where: found ? found.stack.stage ?? `stack ${found.stack.path}` : ELSEWHERE,
    kept: found ? retention(found.resource) : ['not known'],
    readers: [...new Set(readers)],
  };
}

/** One by its very name, before one whose name has what only the deployment knows. */
function bucketIn(stacks: Stack[], name: string): { stack: Stack; resource: Resource } | undefined {
  const buckets = stacks.flatMap(stack => ofType(stack, 'AWS::S3::Bucket').map(resource => ({ stack, resource })));
  return buckets.find(({ resource }) => resource.properties.BucketName === name)
    ?? buckets.find(({ resource }) => mayBe(name, resource.properties.BucketName));
}

/** How long a bucket keeps what is put into it. */
export function retention({ properties }: Resource): string[] {
  const rules = all(part(properties, 'LifecycleConfiguration', 'Rules')).filter(rule => part(rule, 'Status') === 'Enabled');
  const ends = rules.flatMap(rule => number(part(rule, 'ExpirationInDays')) ?? []);
  const moves = rules.flatMap(rule => all(part(rule, 'Transitions') ?? part(rule, 'Transition')))
    .map(move => `${String(part(move, 'StorageClass')).toLowerCase().replace(/_/g, ' ')} after ${days(number(part(move, 'TransitionInDays')) ?? 0)}`);
  const lock = part(properties, 'ObjectLockConfiguration', 'Rule', 'DefaultRetention');
  const locked = number(part(lock, 'Days')) ?? (number(part(lock, 'Years')) ?? 0) * 365;
  return [
    ends.length > 0 ? days(Math.min(...ends)) : 'for ever',
    ...lock === undefined ? [] : [`locked for ${days(locked)} (${String(part(lock, 'Mode')).toLowerCase()})`],
    ...moves,
  ];
}

function bucketOf(address: string): string {
  return address.replace(/^s3:\/\//, '').split('/')[0];
}

function picture(facts: Fact[], stores: Map<string, Store>): Block {
  const sources = new Map<string, { bucket: string; what: string; stages: string[] }>();
  facts.forEach(({ subject, name, value }) => {
    const bucket = bucketOf(value);
    const key = JSON.stringify([bucket, name]);
    const source = sources.get(key) ?? { bucket, what: name, stages: [] };
    source.stages.push(subject);
    sources.set(key, source);
  });
  const boxes: Card[] = [
    ...[...sources].map(([key, { what, stages }]) => ({
      id: `from ${key}`, title: what, subtitle: `of ${counted(stages.length, 'account')}`, chips: stages.map(title => ({ title, lines: [], kind: '' })),
    })),
    ...[...stores.values()].map(({ name, where, kept }) => ({
      id: `bucket ${name}`,
      title: name,
      subtitle: where === ELSEWHERE ? `bucket, ${where}` : `bucket of ${where}`,
      notes: [{ title: 'Kept', words: kept }],
    })),
    ...[...stores.values()].filter(({ readers }) => readers.length > 0).map(({ name, readers }) => ({
      id: `readers ${name}`, title: 'read by', chips: readers.map(reader => ({ title: reader.replace(/^.*[:/]/, ''), lines: [], kind: '' })),
    })),
  ];
  const arrows: Arrow[] = [
    ...[...sources].map(([key, { bucket }]) => ({ from: `from ${key}`, to: `bucket ${bucket}` })),
    ...[...stores.values()].filter(({ readers }) => readers.length > 0).map(({ name }) => ({ from: `bucket ${name}`, to: `readers ${name}` })),
  ];
  return cards('Flow of records', `${counted(facts.length, 'record')} into ${counted(stores.size, 'bucket')}; the table below says the same.`, boxes, arrows, [], 'LR');
}

function logTable({ stages }: Organization, logs: Array<{ stack: Stack; resource: Resource }>): Block {
  const order = [...stages.map(({ name }) => name), ''];
  const names = [...new Set(logs.map(({ stack }) => stack.stage ?? ''))].sort((one, two) => order.indexOf(one) - order.indexOf(two));
  return table('Log groups that stay in their account', ['Stage', 'Log groups', 'Kept for', 'By a key of the app'], names.map((name): Text[] => {
    const own = logs.filter(({ stack }) => (stack.stage ?? '') === name).map(({ resource }) => resource);
    const counts = new Map<number, number>();
    own.forEach(({ properties }) => {
      const kept = number(properties.RetentionInDays) ?? Infinity;
      counts.set(kept, (counts.get(kept) ?? 0) + 1);
    });
    const kept = [...counts].sort(([one], [two]) => one - two)
      .map(([length, count]) => `${length === Infinity ? 'for ever' : days(length)} (${count})`);
    return [name || 'no stage', `${own.length}`, kept.join(', '), `${own.filter(({ properties }) => properties.KmsKeyId !== undefined).length}`];
  }));
}
