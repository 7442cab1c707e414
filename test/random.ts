import * as fc from 'fast-check';

/** How many random cases to run: a part of them where `RANDOM_CASES` says so. */
export function cases(count: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(count * Number(process.env.RANDOM_CASES ?? 1)) };
}

/** Whole numbers that are not in a range. */
export function outside(least: number, most: number): fc.Arbitrary<number> {
  const far = 100_000;
  return fc.oneof(fc.integer({ min: least - far, max: least - 1 }), fc.integer({ min: most + 1, max: most + far }));
}
