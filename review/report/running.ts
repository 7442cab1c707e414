import { Block, Section, table, Text, text } from './document';
import { stacksOf } from './values';
import { Assembly, Organization } from '../assembly';
import { inWords, quantities, Quantity } from '../quantities';

/** What each stage pays for by the hour, whoever uses it: as quantities, because no price is known here. */
export function running(assembly: Assembly, organization: Organization): Section {
  const all = quantities({ stacks: stacksOf(assembly, organization) });
  const known = organization.stages.map(({ name }) => name);
  const having = new Set(all.map(({ stage }) => stage));
  const stages = [...known.filter(name => having.has(name)), ...[...having].filter(name => !known.includes(name))];
  const of = (some: Quantity[]) => some.map(quantity => inWords(quantity, quantity.count)).join(', ');
  const none = known.filter(name => !stages.includes(name));
  const blocks: Block[] = all.length === 0 ? [text('Nothing of the app runs by the hour.')] : [
    table('What runs by the hour, or costs by itself', ['Stage', 'Quantities'], [
      ...stages.map((name): Text[] => [name, of(all.filter(({ stage }) => stage === name))]),
      ...stages.length > 1 ? [['Together', [{ strong: of(together(all)) }]] as Text[]] : [],
    ]),
    ...none.length > 0 ? [text({ muted: `Nothing of the kind: ${none.join(', ')}` })] : [],
  ];
  return { id: 'running', title: 'Running', blocks };
}

/** Of all stages. */
function together(all: Quantity[]): Quantity[] {
  const sums = new Map<string, Quantity>();
  all.forEach(one => {
    const sum = (sums.get(one.one)?.count ?? 0) + one.count;
    sums.set(one.one, { ...one, count: Math.round(sum * 1000) / 1000 });
  });
  return [...sums.values()];
}
