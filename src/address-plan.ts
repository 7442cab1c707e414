import { Block, blockAt, countOf, formatBlock, overlaps, parseBlock } from './support/cidr';
import { regionProblem } from './support/rules';

/** The addresses that the stages of an organization share out among themselves. */
export interface AddressPlan {
  readonly addressPool: string;
  readonly stagePrefixLength: number;
}

/** What a stage wants for one region: a block itself, or the place of one in the plan. */
export interface AddressClaim {
  readonly property: string;
  /** Other than that of the stage. */
  readonly region?: string;
  readonly cidr?: string;
  readonly index?: number;
}

export interface StageAddresses {
  readonly cidr?: string;
  readonly regionalCidrs?: { [region: string]: string };
  readonly addressIndex?: number;
  readonly regionalAddressIndexes?: { [region: string]: number };
}

export function addressClaims(stage: StageAddresses): AddressClaim[] {
  const entries = <T>(map: { [region: string]: T } = {}) => Object.entries(map);
  return [
    ...stage.cidr === undefined ? [] : [{ property: 'cidr', cidr: stage.cidr }],
    ...stage.addressIndex === undefined ? [] : [{ property: 'addressIndex', index: stage.addressIndex }],
    ...entries(stage.regionalCidrs).map(([region, cidr]) => ({ property: `regionalCidrs '${region}'`, region, cidr })),
    ...entries(stage.regionalAddressIndexes)
      .map(([region, index]) => ({ property: `regionalAddressIndexes '${region}'`, region, index })),
  ];
}

/** The blocks of a stage, as far as what was asked for is right. */
export function plannedAddresses(
  plan: AddressPlan, home: string, stage: StageAddresses,
): Pick<StageAddresses, 'cidr' | 'regionalCidrs'> {
  const at = (index: number) => {
    const block = blockOf(plan, { property: '', index });
    return block && formatBlock(block);
  };
  const valid = (cidr: string) => cidrProblem('', cidr).length === 0 ? cidr : undefined;
  const regional = [
    ...Object.entries(stage.regionalAddressIndexes ?? {}).map(([region, index]) => [region, at(index)] as const),
    ...Object.entries(stage.regionalCidrs ?? {}).map(([region, cidr]) => [region, valid(cidr)] as const),
  ].filter(([region, cidr]) => cidr !== undefined && anotherRegionProblem('', region, home).length === 0);
  const planned = stage.addressIndex === undefined ? undefined : at(stage.addressIndex);
  return {
    cidr: stage.cidr === undefined ? planned : valid(stage.cidr),
    regionalCidrs: Object.fromEntries(regional) as { [region: string]: string },
  };
}

/** A network of AWS has 16 to 65,536 addresses. @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
export function cidrProblem(property: string, cidr: string): string[] {
  const block = parseBlock(cidr);
  if (!block) {
    return [`${property} '${cidr}' is not a block of addresses: give the first address and a length, like '10.1.0.0/16'`];
  }
  return block.prefixLength >= 16 && block.prefixLength <= 28
    ? [] : [`${property} '${cidr}' has another size than a network of AWS: give a length of /16 to /28`];
}

export function anotherRegionProblem(property: string, region: string, home: string): string[] {
  return region === home ? [`${property} is the region of the stage itself: give it as cidr or addressIndex`]
    : regionProblem(property, region);
}

function blockOf(plan: AddressPlan, claim: AddressClaim): Block | undefined {
  if (claim.cidr !== undefined) {
    return cidrProblem('', claim.cidr).length === 0 ? parseBlock(claim.cidr) : undefined;
  }
  const pool = parseBlock(plan.addressPool);
  return pool && planProblems(plan).length === 0 && indexProblem(plan, pool, '', claim.index!).length === 0
    ? blockAt(pool, plan.stagePrefixLength, claim.index!) : undefined;
}

function planProblems({ addressPool, stagePrefixLength }: AddressPlan): string[] {
  const pool = parseBlock(addressPool);
  if (!pool) {
    return [`addressPool '${addressPool}' is not a block of addresses: give the first address and a length, like '10.0.0.0/8'`];
  }
  if (!Number.isInteger(stagePrefixLength) || stagePrefixLength < 16 || stagePrefixLength > 28) {
    return [`stagePrefixLength ${stagePrefixLength} is not the length of a network of AWS: give a whole number from 16 to 28`];
  }
  return pool.prefixLength <= stagePrefixLength ? []
    : [`addressPool '${addressPool}' is smaller than one stage of stagePrefixLength ${stagePrefixLength}: give a larger pool`];
}

function indexProblem(plan: AddressPlan, pool: Block, property: string, index: number): string[] {
  const count = countOf(pool, plan.stagePrefixLength);
  return Number.isInteger(index) && index >= 0 && index < count ? []
    : [`${property} ${index} is not in addressPool '${plan.addressPool}': give a whole number from 0 to ${count - 1}`];
}

/** All that is wrong with who gets which addresses. */
export function addressProblems(
  plan: AddressPlan,
  stages: ReadonlyArray<{ readonly name: string; readonly region: string; readonly addresses: AddressClaim[] }>,
): string[] {
  const ofPlan = planProblems(plan);
  const pool = parseBlock(plan.addressPool);
  const claims = stages.flatMap(({ name, region, addresses }) =>
    addresses.map(claim => ({ home: region, claim, where: `${claim.property} of stage '${name}'` })));
  return [
    ...ofPlan,
    ...claims.flatMap(({ claim, where, home }) =>
      claim.region === undefined ? [] : anotherRegionProblem(where, claim.region, home)),
    ...claims.flatMap(({ claim, where }) => {
      if (claim.cidr !== undefined) {
        return cidrProblem(where, claim.cidr);
      }
      return pool && ofPlan.length === 0 ? indexProblem(plan, pool, where, claim.index!) : [];
    }),
    ...stages.flatMap(({ name, addresses }) => twice(name, addresses)),
    ...overlapProblems(claims.flatMap(({ claim, where }) => {
      const block = blockOf(plan, claim);
      return block ? [{ owner: where, block }] : [];
    })),
  ];
}

/** A region has one block, so a second way to name it would be ignored. */
function twice(stage: string, addresses: AddressClaim[]): string[] {
  const has = (property: string) => addresses.some(claim => claim.property === property);
  const regions = addresses.map(({ property }) => /^regionalCidrs ('.*')$/.exec(property)?.[1])
    .filter(region => region && has(`regionalAddressIndexes ${region}`));
  return [
    ...has('cidr') && has('addressIndex')
      ? [`addressIndex of stage '${stage}' would be ignored, because it has a cidr: leave one out`] : [],
    ...regions.map(region => `regionalAddressIndexes ${region} of stage '${stage}' would be ignored, because regionalCidrs has it: leave one out`),
  ];
}

export function overlapProblems(blocks: Parameters<typeof overlaps>[0]): string[] {
  return overlaps(blocks).map(([one, other]) =>
    `${other.owner} is ${formatBlock(other.block)} and overlaps ${one.owner}, ${formatBlock(one.block)}: `
    + 'networks with the same addresses can never be connected, so give another');
}
