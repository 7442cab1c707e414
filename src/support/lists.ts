/** Throws if a list is missing or has a hole, as a name that is spelled wrong makes one in JavaScript and Python. */
export function checkListed(property: string, list: readonly unknown[] | undefined, wayOut: string): void {
  if (!Array.isArray(list)) {
    throw new Error(`${property} is missing: give a list of ${wayOut}`);
  }
  const hole = list.findIndex(item => item === undefined || item === null);
  if (hole >= 0) {
    throw new Error(`${property} has nothing in place ${hole + 1} of ${list.length}: check the spelling there, and give ${wayOut}`);
  }
}
