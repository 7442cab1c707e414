import { addresses } from './addresses';
import { alarmsOf, subscriptions } from './alarms';
import { Block, counted, Piece, Section, table, Text, text } from './document';
import { Service, servicesOf } from './stage-services';
import { stacksOf } from './values';
import { Assembly, Organization, Resource, Stack } from '../assembly/assembly';

/** What each stage has, which addresses and domains, and who hears of its alarms. */
export function services(assembly: Assembly, organization: Organization): Section {
  const stacks = stacksOf(assembly, organization);
  const stages = [...organization.stages.map(({ name }) => name), undefined];
  const endpoints = subscriptions(assembly);
  return {
    id: 'services',
    title: 'Services',
    blocks: [
      ...stages.flatMap(stage => {
        const own = stacks.filter(stack => stack.stage === stage);
        return own.length === 0 ? [] : [ofStage(assembly, organization, stage, own, endpoints)];
      }),
      ...addresses(organization),
      ...domains(organization),
    ],
  };
}

function ofStage(
  assembly: Assembly, organization: Organization, stage: string | undefined, stacks: Stack[],
  endpoints: Map<Resource, string[]>,
): Block {
  const path = organization.stages.find(({ name }) => name === stage)?.path;
  const all = stacks.map(stack => {
    const below = path !== undefined && stack.path.startsWith(`${path}/`) ? stack.path.slice(path.length + 1) : stack.path;
    return servicesOf(stack, name => `${below}/${name}`);
  });
  const found = all.flatMap(one => one.services);
  const others = new Map<string, number>();
  all.forEach(one => one.others.forEach((count, type) => others.set(type, (others.get(type) ?? 0) + count)));
  const alarms = alarmsOf(assembly, stacks, endpoints);
  const unheard = alarms.filter(({ told }) => told.length === 0).length;
  const count = stacks.reduce((sum, { resources }) => sum + resources.size, 0);
  return {
    kind: 'fold',
    summary: [
      { strong: stage ?? 'in no stage' }, ` ${counted(stacks.length, 'stack')}, ${counted(count, 'resource')}, ${counted(found.length, 'service')} `,
      ...alarms.length === 0 ? [] : [{ badge: counted(alarms.length, 'alarm') }],
      ...unheard === 0 ? [] : [{ badge: unheard === alarms.length ? 'nobody is told' : `of ${unheard}, nobody is told`, tone: 'warning' as const }],
    ],
    blocks: [
      ...found.length === 0 ? [] : [table(`Services of ${stage ?? 'no stage'}`,
        ['Service', 'What', 'Size', 'Backups', 'Deletion', 'When it leaves the code'], found.map(row))],
      ...alarms.length === 0 ? [] : [table(`Alarms of ${stage ?? 'no stage'}`, ['Alarm', 'When', 'Told'], alarms.map(({ name, when, told }): Text[] =>
        [name, when, told.length > 0 ? told.join(', ') : [{ badge: 'nobody', tone: 'warning' }]]))],
      ...others.size === 0 ? [] : [text({
        summary: `${counted([...others.values()].reduce((sum, one) => sum + one), 'other resource')} of ${counted(others.size, 'type')}`,
        lines: [...others].sort(([one], [two]) => one < two ? -1 : 1).map(([type, times]) => `${times} × ${type}`),
      })],
    ],
  };
}

function row({ name, what, size, backups, isProtected, end }: Service): Text[] {
  const protection: Piece[] = isProtected === undefined ? []
    : [isProtected ? { badge: 'protected', tone: 'good' } : { badge: 'not protected' }];
  return [name, what, size, backups, protection, end];
}

function domains({ facts }: Organization): Block[] {
  const all = facts.filter(({ kind }) => kind === 'domain');
  return all.length === 0 ? [] : [
    table('Domains and who delegates them', ['Domain', 'Stage', 'Delegated by'], all.map(({ subject, name, value }): Text[] =>
      [name, subject, value || [{ muted: 'whoever registered it' }]])),
  ];
}
