import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { deployedIn } from '../../review/assembly/deployed';

const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  {}, { organizations: {} }, { organizations: [null] }, { organizations: [{ stacks: [null], unread: [] }] },
  { organizations: [{ stacks: [{ name: 'acme-prod', template: null, nested: {} }], unread: [] }] },
])('%j says nothing of stacks', content => {
  const file = join(folder, 'check.json');
  writeFileSync(file, JSON.stringify(content));
  expect(() => deployedIn(file)).toThrow(`'${file}' does not say which stacks are deployed`);
});
