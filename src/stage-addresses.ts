import { Token } from 'aws-cdk-lib';
import { AddressClaim, BlockClaim, indexAlone } from './support/cidr';
import { refuse } from './support/options';
import { regionProblem } from './support/rules';

/**
 * Addresses of a stage's networks, with one CIDR block for each region.
 *
 * In an organization, a stage takes the block at an index of its `addressPool`. A network takes `addresses` of the
 * stage, from which the region of its stack selects the block.
 *
 * @example
 * const shop = acme.addStage('shop', {
 *   addresses: StageAddresses.index(5).forRegion('us-east-1', StageAddresses.index(205)),
 * });
 * new Network(new Stack(shop, 'network'), 'network', { addresses: shop.addresses });
 */
export class StageAddresses {
  /**
   * CIDR block at an index of the organization's `addressPool`: with the pool `10.0.0.0/8`, index 103 is
   * `10.103.0.0/16`. Never change it: a network keeps its addresses until it is replaced.
   *
   * @param index a whole number from 0, unique over all stages and regions
   * @throws if it is no number
   */
  public static index(index: number): StageAddresses {
    if (typeof index !== 'number' || Number.isNaN(index)) {
      throw new Error('index of StageAddresses is no number: give a whole number from 0, unique over all stages and regions');
    }
    return new StageAddresses({ index });
  }

  /**
   * Explicit CIDR block.
   *
   * @param cidr such as `10.7.0.0/16`, from `/16` to `/28`
   * @throws if it is missing
   */
  public static cidr(cidr: string): StageAddresses {
    if (!cidr) {
      throw new Error("cidr of StageAddresses is missing: give a block of addresses like '10.7.0.0/16'");
    }
    return new StageAddresses({ cidr });
  }

  /** @internal */
  public static _ofStage(stage: string, cidrs: { [region: string]: string | undefined }): StageAddresses {
    return new StageAddresses({}, Object.entries(cidrs).flatMap(([region, cidr]) =>
      cidr === undefined ? [] : [{ region, addresses: StageAddresses.cidr(cidr) }]), stage);
  }

  private constructor(
    private readonly block: BlockClaim,
    private readonly regional: RegionalAddresses[] = [],
    private readonly stage?: string,
  ) {}

  /**
   * Returns these addresses with an additional block for another region.
   *
   * @param region other than that of the stage, such as `eu-central-1`
   * @param addresses the block there, without regions of its own
   */
  public forRegion(region: string, addresses: StageAddresses): StageAddresses {
    return new StageAddresses(this.block, [...this.regional, { region, addresses }], this.stage);
  }

  /**
   * Blocks, with their names in error messages.
   *
   * @internal
   */
  public _claims(property: string): AddressClaim[] {
    if (this.stage !== undefined) {
      return [];
    }
    // the first one of a region that is given twice
    const regions = [...new Set(this.regional.map(({ region }) => region))];
    return [
      { property, ...this.block },
      ...regions.map(region => ({ property: within(property, region), region, ...this.blockFor(region) })),
    ];
  }

  /**
   * Problems of the regions.
   *
   * @param home the region of the stage whose addresses these are to be; without it, those of a network
   * @internal
   */
  public _problems(property: string, home?: string): string[] {
    if (home !== undefined && this.stage !== undefined) {
      return [`${property} are those of stage '${this.stage}': give others, such as StageAddresses.index(1)`];
    }
    return this.regional.flatMap(({ region, addresses }, index) => {
      const where = within(property, region);
      return [
        ...this.regional.findIndex(other => other.region === region) < index ? [`${where} are given twice: leave one out`] : [],
        ...addresses.stage !== undefined
          ? [`${where} are those of stage '${addresses.stage}': give others, such as StageAddresses.cidr('10.1.0.0/16')`]
          : addresses.regional.length > 0 ? [`${where} have regions of their own: give each region by a forRegion of the first`] : [],
        ...region === home ? [`${where} are for the region of the stage itself: give them first, without forRegion`]
          : regionProblem(`region of ${property}`, region),
      ];
    });
  }

  /**
   * CIDR block of a network in a region.
   *
   * @internal
   */
  public _cidrIn(region: string): string {
    const property = this.stage === undefined ? 'addresses' : `addresses of stage '${this.stage}'`;
    const problems = [
      ...this._problems(property),
      ...this.regional.length > 0 && Token.isUnresolved(region)
        ? [`${property} are of named regions, and that of the stack is a token: give the stack its region`] : [],
    ];
    refuse(problems);
    const there = this.blockFor(region);
    const { cidr, index } = there ?? this.block;
    if (index !== undefined) {
      throw new Error(indexAlone(there ? within(property, region) : property, index));
    }
    if (cidr === undefined) {
      throw new Error(this.missing(region));
    }
    return cidr;
  }

  private blockFor(region: string): BlockClaim | undefined {
    return this.regional.find(other => other.region === region)?.addresses.block;
  }

  private missing(region: string): string {
    const given = this.stage === 'root' ? 'rootAddresses' : 'addresses';
    return this.regional.length === 0
      ? `stage '${this.stage}' has no addresses: give ${given}, such as StageAddresses.index(1)`
      : `stage '${this.stage}' has no addresses in '${region}': add some to its ${given} by forRegion('${region}', …)`;
  }
}

interface RegionalAddresses {
  readonly region: string;
  readonly addresses: StageAddresses;
}

function within(property: string, region: string): string {
  return `${property} in '${region}'`;
}
