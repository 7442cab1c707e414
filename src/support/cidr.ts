/** Block of IPv4 addresses. */
export interface Block {
  readonly first: number;
  readonly prefixLength: number;
}

/** Parses `10.1.0.0/16`. Returns nothing if it is invalid, or its address is not the first of its block. */
export function parseBlock(cidr: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  // AWS takes no leading zeros, which are octal to some
  if (/(^|\D)0\d/.test(cidr)) {
    return undefined;
  }
  const [a, b, c, d, prefixLength] = (match ?? []).slice(1).map(Number);
  if (!match || [a, b, c, d].some(octet => octet > 255) || prefixLength > 32) {
    return undefined;
  }
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return first % size({ first, prefixLength }) === 0 ? { first, prefixLength } : undefined;
}

export function formatBlock({ first, prefixLength }: Block): string {
  const octets = [24, 16, 8, 0].map(shift => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefixLength}`;
}

export function size({ prefixLength }: Block): number {
  return 2 ** (32 - prefixLength);
}

export function contains(outer: Block | undefined, inner: Block): boolean {
  return outer !== undefined && outer.first <= inner.first && end(inner) <= end(outer);
}

/** First address behind a block. */
function end(block: Block): number {
  return block.first + size(block);
}

/** Number of blocks of a prefix length that fit into another. */
export function countOf(pool: Block, prefixLength: number): number {
  return 2 ** (prefixLength - pool.prefixLength);
}

/** Block of a prefix length at an index within another. */
export function blockAt(pool: Block, prefixLength: number, index: number): Block {
  return { first: pool.first + index * size({ first: 0, prefixLength }), prefixLength };
}

/** Block that is asked for: by itself, or by its place in a pool. */
export interface BlockClaim {
  readonly cidr?: string;
  readonly index?: number;
}

/** Block that is asked for, and where. */
export interface AddressClaim extends BlockClaim {
  /** Name of it in error messages. */
  readonly property: string;
  /** Other than that of the stage. */
  readonly region?: string;
}

/** Says what to do instead of giving an index where there is no pool. */
export function indexAlone(property: string, index: number): string {
  return `${property} are at index ${index}, and only an organization has a pool: `
    + "give the addresses of a stage in one, or a block, such as StageAddresses.cidr('10.1.0.0/16')";
}

export interface OwnedBlock {
  readonly owner: string;
  readonly block: Block;
}

export function inOrder<T extends OwnedBlock>(owned: T[]): T[] {
  return [...owned].sort((one, other) =>
    one.block.first - other.block.first || one.block.prefixLength - other.block.prefixLength);
}

/** Those that overlap a block, of some that are in order and do not overlap each other. */
export function overlapping<T extends OwnedBlock>(ordered: T[], block: Block): T[] {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    [from, to] = end(ordered[middle].block) > block.first ? [from, middle] : [middle + 1, to];
  }
  const found: T[] = [];
  for (; from < ordered.length && ordered[from].block.first < end(block); from++) {
    found.push(ordered[from]);
  }
  return found;
}

/** Pairs of owners whose blocks overlap: each owner that overlaps is in one. */
export function overlaps<T extends OwnedBlock>(owned: T[]): Array<[T, T]> {
  const pairs: Array<[T, T]> = [];
  let furthest: T | undefined;
  for (const current of inOrder(owned)) {
    if (furthest && current.block.first < end(furthest.block)) {
      pairs.push([furthest, current]);
    }
    furthest = furthest && end(furthest.block) >= end(current.block) ? furthest : current;
  }
  return pairs;
}
