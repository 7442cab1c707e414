/** Whether a name fits into both patterns: those of IAM have wildcards, and their actions are the same in capitals. */
export function overlap(one: string, two: string): boolean {
  const [first, second] = [one, two].map(pattern => pattern.toLowerCase().replace(/\*+/g, '*'));
  const known = new Map<string, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = `${i} ${j}`;
    const found = known.get(key) ?? meet(i, j);
    known.set(key, found);
    return found;
  };
  const meet = (i: number, j: number): boolean => {
    const [a, b] = [first[i], second[j]];
    return a === '*' ? from(i + 1, j) || b !== undefined && from(i, j + 1)
      : b === '*' ? from(i, j + 1) || a !== undefined && from(i + 1, j)
        : a === undefined || b === undefined ? a === b
          : (a === b || a === '?' || b === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** Whether a pattern takes all of another one, or a name. */
export function takes(pattern: string, other: string): boolean {
  const parts = pattern.split('*').map(known => known.replace(/[\\^$.+()[\]{}|]/g, '\\$&').replace(/\?/g, '.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(other);
}
