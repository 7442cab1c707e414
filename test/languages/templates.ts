import { existsSync, readFileSync, readdirSync } from 'fs';
import { join, relative } from 'path';

/** The templates of an assembly, those of its stages included, and the facts of its organizations, by their paths. */
export function templatesOf(assembly: string): Map<string, string> {
  const files = readdirSync(assembly, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.template.json') || file.endsWith('.organization.json'));
  return new Map(files.sort().map(file => [relative(assembly, join(assembly, file)), readFileSync(join(assembly, file), 'utf8')]));
}

/** Where two sets of templates differ first, or nothing. */
export function firstDifference(expected: Map<string, string>, found: Map<string, string>): string | undefined {
  for (const file of new Set([...expected.keys(), ...found.keys()])) {
    const [a, b] = [expected.get(file), found.get(file)];
    if (a === b) {
      continue;
    }
    if (a === undefined || b === undefined) {
      return `${file} is ${a === undefined ? 'one too many' : 'missing'}`;
    }
    const lines = b.split('\n');
    const line = a.split('\n').findIndex((text, index) => text !== lines[index]);
    return `${file}:${line + 1} has '${lines[line]?.trim()}' for '${a.split('\n')[line]?.trim()}'`;
  }
  return undefined;
}

/** What the CLI would find for the lookups of an assembly: an account for each stage, and three zones in each. */
export function answers(assembly: string): Record<string, unknown> {
  const manifests = [assembly, ...readdirSync(assembly).map(entry => join(assembly, entry))]
    .map(folder => join(folder, 'manifest.json')).filter(file => existsSync(file));
  const missing = manifests.flatMap(file => JSON.parse(readFileSync(file, 'utf8')).missing ?? []);
  const emails = [...new Set<string>(missing.flatMap(({ props }) => props.propertyMatch?.Email ?? []))].sort();
  return Object.fromEntries(missing.map(({ key, provider, props }) => [key, {
    'cc-api-provider': () => [{ AccountId: String(222222222222 + emails.indexOf(props.propertyMatch.Email)) }],
    'availability-zones': () => ['a', 'b', 'c'].map(zone => props.region + zone),
  }[provider as string]!()]));
}
