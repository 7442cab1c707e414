import { readFileSync } from 'fs';
import { keyOf, priced } from './price-items';
import { Counted, inWords, quantitiesOf } from './quantities';

/** As `check --prices` has found it in AWS's price list: docs/prices.schema.json. */
export interface Price {
  readonly name: string;
  readonly region?: string;
  readonly service: string;
  readonly sku: string;
  readonly usageType: string;
  readonly unit: string;
  readonly per: 'hour' | 'month';
  readonly currency: string;
  /** Decimal, as AWS writes it. */
  readonly price: string;
  /** Where there are tiers, and this is the first, where it ends. */
  readonly firstTierTo?: string;
}

interface Unpriced {
  readonly name: string;
  readonly region?: string;
  readonly why: string;
}

/** What some quantities cost in a month, and which of them are not in it. */
export interface Money {
  readonly amounts: ReadonlyMap<string, number>;
  /** Quantities in words. */
  readonly without: string[];
  readonly used: Price[];
  readonly unpriced: Unpriced[];
}

// https://aws.amazon.com/calculator/calculator-assumptions/
export const HOURS = 730;
const VERSION = 1;

/** The prices of a file: no other figure is known here. */
export class Prices {
  /** @throws if the file is none of `check --prices` */
  public static read(file: string): Prices {
    const advice = 'write it by cdk-multi-account-org check --prices';
    let content;
    try {
      content = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      throw new Error(`prices '${file}' cannot be read (${(error as Error).message}): ${advice}`);
    }
    const { version, date, prices, without } = content ?? {};
    if (version !== VERSION || typeof date !== 'string' || !Array.isArray(prices) || !Array.isArray(without)) {
      throw new Error(`prices '${file}' has version ${JSON.stringify(version)} and not the parts of version ${VERSION}: ${advice}`);
    }
    const wrong = prices.find(one => !/^\d+(\.\d+)?$/.test(one?.price) || !['hour', 'month'].includes(one.per)
      || [one.name, one.currency, one.sku, one.unit, one.service].some(value => typeof value !== 'string'));
    if (wrong !== undefined) {
      throw new Error(`prices '${file}' has one that is no price, ${JSON.stringify(wrong)}: ${advice}`);
    }
    return new Prices(date, prices, without);
  }

  private readonly byKey: Map<string, Price>;
  private readonly reasons: Map<string, string>;

  private constructor(public readonly date: string, prices: Price[], without: Unpriced[]) {
    this.byKey = new Map(prices.map(price => [keyOf(price), price]));
    this.reasons = new Map(without.map(one => [keyOf(one), one.why]));
  }

  public of(all: Counted[]): Money {
    const amounts = new Map<string, number>();
    const without: Counted[] = [];
    const used = new Map<string, Price>();
    const unpriced = new Map<string, Unpriced>();
    for (const one of all) {
      const item = priced(one);
      if (item === 'elsewhere') {
        continue;
      }
      const { name, region } = 'why' in item ? { name: one.one, region: one.stack.region } : item;
      const key = keyOf({ name, region });
      const price = 'why' in item ? undefined : this.byKey.get(key);
      if (price) {
        used.set(key, price);
        amounts.set(price.currency, (amounts.get(price.currency) ?? 0) + one.count * perMonth(price));
      } else {
        const why = 'why' in item ? item.why : this.reasons.get(key) ?? 'it is not in the file';
        unpriced.set(`${key}\n${why}`, { name, region, why });
        without.push(one);
      }
    }
    return {
      amounts,
      without: quantitiesOf(without, () => '').map(one => inWords(one, one.count)),
      used: [...used.values()],
      unpriced: [...unpriced.values()],
    };
  }
}

export function perMonth({ price, per }: Price): number {
  return Number(price) * (per === 'hour' ? HOURS : 1);
}
