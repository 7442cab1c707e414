import { Block, lines, Piece, Section, table, Text, text } from './document';
import { stacksOf } from './values';
import { Assembly, Organization, Stack } from '../assembly/assembly';
import { HOURS, Money, perMonth, Prices } from '../prices/prices';
import { Counted, counted, inWords, quantitiesOf } from '../prices/quantities';

/** What each stage pays for by the hour, whoever uses it: as quantities, and as money where prices are given. */
export function running(assembly: Assembly, organization: Organization, prices?: Prices): Section {
  const all = counted({ stacks: stacksOf(assembly, organization) });
  const known = organization.stages.map(({ name }) => name);
  const having = new Set(all.map(({ stack }) => stageOf(stack)));
  const stages = [...known.filter(name => having.has(name)), ...[...having].filter(name => !known.includes(name))];
  const none = known.filter(name => !stages.includes(name));
  const row = (name: string, some: Counted[], cell: (words: string) => Text): Text[] => [
    name,
    cell(quantitiesOf(some, () => name).map(quantity => inWords(quantity, quantity.count)).join(', ')),
    ...prices ? [money(prices.of(some), cell)] : [],
  ];
  const blocks: Block[] = all.length === 0 ? [text('Nothing of the app runs by the hour.')] : [
    table('What runs by the hour, or costs by itself', ['Stage', 'Quantities', ...prices ? ['Per month'] : []], [
      ...stages.map(name => row(name, all.filter(({ stack }) => stageOf(stack) === name), words => words)),
      ...stages.length > 1 ? [row('Together', all, strong => [{ strong }])] : [],
    ]),
    ...none.length > 0 ? [text({ muted: `Nothing of the kind: ${none.join(', ')}` })] : [],
    ...prices ? sources(prices, all) : [],
  ];
  return { id: 'running', title: 'Running', blocks };
}

function stageOf(stack: Stack): string {
  return stack.stage ?? stack.path;
}

function money({ amounts, without }: Money, cell: (words: string) => Text): Text {
  const sums = [...amounts].map(([currency, amount]) => inCurrency(currency, amount, 2)).join(', ');
  const sum = [cell(sums || (without.length > 0 ? 'no price' : '–'))].flat();
  return without.length === 0 ? sum : lines([...sum, { muted: `without ${without.join(', ')}` }] as Piece[]);
}

function inCurrency(currency: string, amount: number, digits: number): string {
  return `${currency} ${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

/** Where each figure comes from, and why there is none. */
function sources(prices: Prices, all: Counted[]): Block[] {
  const { used, unpriced } = prices.of(all);
  return [
    text({
      muted: `On-demand prices of ${prices.date}, from AWS's price list; a month has ${HOURS} hours. Without taxes, discounts, free tiers and all that is paid by use.`,
    }),
    {
      kind: 'fold',
      summary: 'Prices',
      blocks: [
        ...used.length > 0 ? [table('Prices', ['Of', 'Region', 'Price', 'Per month', 'Source'], used.map(price => [
          price.name,
          price.region ?? 'all',
          `${inCurrency(price.currency, Number(price.price), 10)} per ${price.per} (${price.unit}${price.firstTierTo ? `, the first tier, to ${price.firstTierTo}` : ''})`,
          inCurrency(price.currency, perMonth(price), 2),
          `${price.service} ${price.sku}, ${price.usageType}`,
        ]))] : [],
        ...unpriced.length > 0 ? [table('Without a price', ['What', 'Region', 'Why'],
          unpriced.map(({ name, region, why }) => [name, region ?? 'all', why]))] : [],
      ],
    },
  ];
}
