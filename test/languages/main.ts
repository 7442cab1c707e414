import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { CSHARP } from './csharp';
import { Example } from './example';
import { GO } from './go';
import { JAVA } from './java';
import { PYTHON } from './python';
import { answers, firstDifference, templatesOf } from './templates';
import { TYPESCRIPT } from './typescript';
import { missingTool, run } from '../packages';

// the reference organization in each language, each example installed from the packages as packed: all templates are
// the same byte for byte, and python takes at most so many times what typescript takes

const LANGUAGES = [TYPESCRIPT, PYTHON, JAVA, GO, CSHARP];
const TIMES = 3;
const PYTHON_BOUND = 2.5;

const scratch = mkdtempSync(join(tmpdir(), 'languages-'));
process.on('exit', () => {
  // go makes what it downloads read-only
  run(tmpdir(), 'chmod', ['-R', 'u+w', scratch]);
  rmSync(scratch, { recursive: true, force: true });
});

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

const skipped = LANGUAGES.flatMap(({ name, tools }) => {
  const missing = missingTool(tools);
  return missing === undefined ? [] : [{ name, reason: `skipped, because there is no '${missing}' here` }];
});
const examples = LANGUAGES.filter(({ name }) => !skipped.some(language => language.name === name)).map(language => {
  console.log(`${language.name}: installing`);
  return new Example(language, scratch);
});
const typescript = examples[0];

// once to ask for the accounts, and again with what the CLI would have found
const context = answers(typescript.synthesize({}).assembly);
for (let time = 0; time < TIMES; time++) {
  examples.forEach(example => example.seconds.push(example.synthesize(context).seconds));
}
const expected = templatesOf(typescript.synthesize(context).assembly);
const rows = examples.map(example => {
  const difference = firstDifference(expected, templatesOf(example.synthesize(context).assembly));
  const calls = example.jsiiCalls(context);
  return {
    name: example.language.name,
    from: example.from,
    seconds: median(example.seconds),
    calls,
    difference,
  };
});
const [{ seconds: base }] = rows;

const table = [
  ['language', 'installed from', 'synth', 'ratio', 'jsii calls', `${expected.size} templates`],
  ...rows.map(({ name, from, seconds, calls, difference }) => [
    name, from, `${seconds.toFixed(1)} s`, (seconds / base).toFixed(2), String(calls), difference ?? 'identical',
  ]),
  ...skipped.map(({ name, reason }) => [name, reason]),
];
const widths = table[0].map((_, column) => Math.max(...table.map(row => row.length > 2 ? row[column].length : 0)));
const lines = table.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
console.log(`\n${lines.join('\n')}\n`);

const problems = [
  ...expected.size < 30 ? [`the reference organization has only ${expected.size} templates: something is not there`] : [],
  ...rows.filter(({ difference }) => difference).map(({ name }) => `${name} makes another organization than typescript`),
  ...rows.filter(({ name, calls }) => (name === 'typescript') !== (calls === 0))
    .map(({ name, calls }) => `${name} made ${calls} jsii calls`),
  ...rows.filter(({ name, seconds }) => name === 'python' && seconds > PYTHON_BOUND * base)
    .map(({ seconds }) => `python takes ${(seconds / base).toFixed(2)} times what typescript takes, more than ${PYTHON_BOUND}`),
];
problems.forEach(problem => console.error(`fails: ${problem}`));
console.log(`${rows.length - problems.length} passed, ${problems.length} failed, ${skipped.length} skipped`);
process.exitCode = problems.length === 0 ? 0 : 1;
