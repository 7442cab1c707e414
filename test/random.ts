/** How many random cases to run: a part of them where `RANDOM_CASES` says so. */
export function cases(count: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(count * Number(process.env.RANDOM_CASES ?? 1)) };
}
