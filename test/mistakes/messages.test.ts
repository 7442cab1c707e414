import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import * as fc from 'fast-check';
import { KINDS } from './kinds';
import { told } from './mistake';
import { sites } from './sites';
import { validates } from '../nag';

jest.setTimeout(120_000);

// what the library says of a few values of each kind, always the same ones

const FILE = join(__dirname, '..', '..', 'docs', 'messages.md');
const SEED = 2026;
// part of the words that two sentences may share
const ALIKE = 0.7;
const HEAD = `# Messages

What the library says of wrong input, with one value of each kind. Every message names the property, the value and, after
a colon, what to do. Synthesis fails, and nothing is deployed.

<!-- generated from test/mistakes by \`npm run messages\`; do not edit -->
`;

const lines = Object.entries(KINDS).map(([place, kinds]) => ({
  place,
  said: kinds.flatMap(({ attempts, isAnnotation }) =>
    fc.sample(attempts, { numRuns: 2, seed: SEED }).flatMap(({ write }) => told(write, isAnnotation))),
}));
const all = [...new Set(lines.flatMap(({ said }) => said))];

/** A message, once for all that differ in values alone. */
function distinct(messages: string[]): string[] {
  const seen = new Map(messages.map(line => [line.replace(/'[^']*'/g, '…').replace(/[\d.,]*\d/g, '#'), line]));
  // what cannot be read in a list is not shown in it
  return [...seen.values()].map(line => line.replace(/'[^']*[^ -~][^']*'/g, "'…'").replace(/\b\w{60,}/g, '…')).sort();
}

// a newer one knows more regions, and draws others
(validates ? test.skip : test)('the list of all messages is up to date, by the oldest CDK', () => {
  const list = HEAD + lines.map(({ place, said }) =>
    `\n## ${place}\n\n${distinct(said).map(line => `- ${line}\n`).join('')}`).join('');
  if (process.env.UPDATE_MESSAGES) {
    writeFileSync(FILE, list);
  }
  expect(list).toEqual(readFileSync(FILE, 'utf8'));
});

test('each sentence of the library is said of a kind of mistake', () => {
  const unsaid = sites().filter(({ pattern }) => !all.some(line => pattern.test(line)));
  expect(unsaid.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
});

test('no two sentences of the library say the same in different words', () => {
  const sets = sites().map(({ text }) => ({ text, parts: new Set(text.replace(/'[^']*'/g, '').match(/[a-zA-Z-]{3,}/g)) }));
  const alike = sets.flatMap((one, index) => sets.slice(0, index).filter(other => {
    const common = [...one.parts].filter(part => other.parts.has(part)).length;
    const [fewer, more] = [one.parts.size, other.parts.size].sort((first, second) => first - second);
    // of another property, the words are the same
    return common / (fewer + more - common) > ALIKE && common < fewer - 1;
  }).map(other => [one.text, other.text]));
  expect(alike).toEqual([]);
});
