import { writeFileSync } from 'fs';
import { join } from 'path';
import { Assembly, Fact } from '../../review/assembly';
import { newOutdir } from '../orgs';

/** An assembly without stacks, of an app that says these facts. */
export function written(facts: Fact[]): Assembly {
  const folder = newOutdir();
  writeFileSync(join(folder, 'manifest.json'), '{}');
  writeFileSync(join(folder, 'acme.organization.json'), JSON.stringify({ version: 1, namespace: 'acme', facts }));
  return Assembly.read(folder);
}
