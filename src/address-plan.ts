import { StageAddresses } from './stage-addresses';
import {
  AddressClaim, Block, blockAt, contains, countOf, formatBlock, indexAlone, inOrder, OwnedBlock, overlapping, overlaps,
  parseBlock,
} from './support/cidr';

/** Address pool that the stages of an organization share. */
export interface AddressPlan {
  readonly addressPool: string;
  readonly stagePrefixLength: number;
}

/** Requested addresses of a stage. */
export interface StageAddressClaim {
  /** Name in error messages. */
  readonly property: string;
  readonly region: string;
  readonly addresses: StageAddresses;
}

/** Replaces an invalid block. It is reserved for documentation, so no network has it. */
const PLACEHOLDER = '192.0.2.0/24';

/** Blocks of a stage, with valid ones in place of invalid ones. */
export function plannedAddresses(plan: AddressPlan, home: string, addresses: StageAddresses): StageAddresses {
  const planned = (claim?: AddressClaim) => {
    const block = claim && blockOf(claim, plan);
    return StageAddresses.cidr(block ? formatBlock(block) : PLACEHOLDER);
  };
  const [own, ...regional] = addresses._claims('');
  return regional.reduce((all, claim) => {
    const more = all.forRegion(claim.region!, planned(claim));
    return more._problems('', home).length > 0 ? all : more;
  }, planned(own));
}

/** Problems of the addresses of a standalone stage. */
export function addressProblemsAlone({ property, region, addresses }: StageAddressClaim): string[] {
  return [
    ...addresses._problems(property, region),
    ...addresses._claims(property).flatMap(claim => blockProblems(claim)),
  ];
}

/** Problems of the addresses of an organization's stages. */
export function addressProblems(plan: AddressPlan, stages: StageAddressClaim[]): string[] {
  const ofPlan = planProblems(plan);
  const claims = stages.flatMap(({ addresses, property }) => addresses._claims(property));
  return [
    ...ofPlan,
    ...stages.flatMap(({ addresses, property, region }) => addresses._problems(property, region)),
    ...claims.flatMap(claim => ofPlan.length > 0 && claim.index !== undefined ? [] : blockProblems(claim, plan)),
    ...overlaps(claims.flatMap(claim => {
      const block = blockOf(claim, plan);
      return block ? [{ owner: claim.property, block }] : [];
    })).map(overlapProblem),
  ];
}

/** Where a network or a block of addresses is. */
export interface Place {
  readonly stage: string;
  readonly region: string;
}

/** Network of an organization. */
export interface NetworkClaim extends Place {
  readonly path: string;
  readonly cidr: string;
  /** An existing network can only be left alone, and not be given other addresses. */
  readonly exists: boolean;
}

/** Addresses that a stage has in a region. */
export interface StageBlock extends Place {
  /** Name in error messages. */
  readonly property: string;
  readonly cidr: string;
}

/**
 * Networks outside of the addresses of their stage, in those of another stage, or that overlap, unless both exist, or
 * they are the same network.
 */
export function networkProblems(networks: NetworkClaim[], stageBlocks: StageBlock[]): string[] {
  const placeOf = ({ stage, region, cidr }: NetworkClaim) => `${stage} ${region} ${cidr}`;
  const defined = new Set(networks.filter(({ exists }) => !exists).map(placeOf));
  // an existing network can be the one defined there, and would hide others that overlap it
  const known = networks.filter(network => !(network.exists && defined.has(placeOf(network))))
    .flatMap(network => owned(`network '${network.path}'`, network));
  const blocks = stageBlocks.flatMap(block => owned(block.property, block));
  const own = new Map(blocks.map(block => [keyOf(block), block]));
  const isPlanned = (network: Located) => contains(own.get(keyOf(network))?.block, network.block);
  const outside = new Set(known.filter(network => !network.exists && own.has(keyOf(network)) && !isPlanned(network)));
  const pairs = overlaps(known.filter(network => !outside.has(network)))
    // if both are as planned, the plan is wrong
    .filter(([one, other]) => !(one.exists && other.exists)
      && !(keyOf(one) !== keyOf(other) && isPlanned(one) && isPlanned(other)));
  const told = new Set([...outside, ...pairs.flat()]);
  const ordered = inOrder(blocks);
  const taken = known.filter(network => !isPlanned(network) && !told.has(network)).flatMap(network => {
    const other = overlapping(ordered, network.block).find(({ stage }) => !(network.exists && stage === network.stage));
    const pair: [OwnedBlock, OwnedBlock] = network.exists ? [network, other!] : [other!, network];
    return other ? [pair] : [];
  });
  return [
    ...[...outside].map(network => outsideProblem(network, own.get(keyOf(network))!)),
    ...[...taken, ...pairs].map(overlapProblem),
  ];
}

type Located = Place & OwnedBlock;

function keyOf({ stage, region }: Place): string {
  return `${stage} ${region}`;
}

function outsideProblem({ owner, block, stage }: Located, own: OwnedBlock): string {
  return `${owner}, ${formatBlock(block)}, is not in ${own.owner}, ${formatBlock(own.block)}: `
    + `give it those, as \`${stage}.addresses\`, or a part of them`;
}

/** Addresses that are invalid or not known yet are not compared. */
function owned<T extends { readonly cidr: string }>(owner: string, claim: T): Array<T & OwnedBlock> {
  const block = claim.cidr === PLACEHOLDER ? undefined : parseBlock(claim.cidr);
  return block ? [{ ...claim, owner, block }] : [];
}

function overlapProblem([one, other]: [OwnedBlock, OwnedBlock]): string {
  return `${other.owner}, ${formatBlock(other.block)}, must not overlap ${one.owner}, ${formatBlock(one.block)}: `
    + 'networks with the same addresses can never be connected, so give another';
}

function blockOf(claim: AddressClaim, plan: AddressPlan): Block | undefined {
  if (isNone(claim) || blockProblems(claim, plan).length > 0) {
    return undefined;
  }
  return claim.cidr === undefined
    ? blockAt(parseBlock(plan.addressPool)!, plan.stagePrefixLength, claim.index!) : parseBlock(claim.cidr);
}

/** Addresses of another stage have no block of their own, and that is a problem already. */
function isNone(claim: AddressClaim): boolean {
  return !('cidr' in claim || 'index' in claim);
}

function blockProblems(claim: AddressClaim, plan?: AddressPlan): string[] {
  const { property, cidr, index } = claim;
  if (isNone(claim)) {
    return [];
  }
  if (cidr !== undefined) {
    return cidrProblems(property, cidr);
  }
  return plan ? indexProblems(property, index!, plan) : [indexAlone(property, index!)];
}

/** A VPC has 16 to 65,536 addresses. @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
function cidrProblems(property: string, cidr: string): string[] {
  const block = parseBlock(cidr);
  if (!block) {
    return [`${property} are '${cidr}', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'`];
  }
  return block.prefixLength >= 16 && block.prefixLength <= 28
    ? [] : [`${property} are '${cidr}', which has another size than a network of AWS: give a length of /16 to /28`];
}

function indexProblems(property: string, index: number, plan: AddressPlan): string[] {
  const pool = parseBlock(plan.addressPool);
  if (!pool || planProblems(plan).length > 0) {
    return planProblems(plan);
  }
  const count = countOf(pool, plan.stagePrefixLength);
  return Number.isInteger(index) && index >= 0 && index < count ? []
    : [`${property} are at index ${index}, which is not in addressPool '${plan.addressPool}': give a whole number from 0 to ${count - 1}`];
}

function planProblems({ addressPool, stagePrefixLength }: AddressPlan): string[] {
  const pool = parseBlock(addressPool);
  if (!pool) {
    return [`addressPool '${addressPool}' is not a block of IPv4 addresses that starts at its first address: give one like '10.0.0.0/8'`];
  }
  if (!Number.isInteger(stagePrefixLength) || stagePrefixLength < 16 || stagePrefixLength > 28) {
    return [`stagePrefixLength ${stagePrefixLength} is not the length of a network of AWS: give a whole number from 16 to 28`];
  }
  return pool.prefixLength <= stagePrefixLength ? []
    : [`addressPool '${addressPool}' is smaller than one stage of stagePrefixLength ${stagePrefixLength}: give a larger pool`];
}
