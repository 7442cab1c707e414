import { spawnSync } from 'child_process';
import { join } from 'path';
import { CSHARP } from './csharp';
import { Example } from './example';
import { GO } from './go';
import { JAVA } from './java';
import { PYTHON } from './python';
import { reviewProblems } from './reviews';
import { answers, firstDifference, templatesOf } from './templates';
import { TYPESCRIPT } from './typescript';
import type { Fact } from '../../src';
import { schemaProblems } from '../facts-schema';
import { missingTool, packedVersion, REPOSITORY } from '../packages';
import { Registries } from '../release/registries';
import { tally } from '../tally';

// the reference organization in each language, each installed from the registry that a release was published to: all
// templates are the same byte for byte

const LANGUAGES = [TYPESCRIPT, PYTHON, JAVA, GO, CSHARP];

async function main(): Promise<void> {
  const registries = await Registries.start();
  try {
    compare(registries);
  } finally {
    registries.stop();
  }
}

function compare(registries: Registries): void {
  const skipped = LANGUAGES.flatMap(({ name, tools }) => {
    const missing = missingTool(tools);
    return missing === undefined ? [] : [[name, `skipped, because there is no '${missing}' here`]];
  });
  const examples = LANGUAGES.filter(({ name }) => !skipped.some(([left]) => left === name)).map(language => {
    console.log(`${language.name}: installing`);
    return Example.install(language, registries);
  });

  // once to ask for the accounts, and again with what the CLI would have found
  const [typescript] = examples;
  const context = answers(typescript.synthesize({}).assembly);
  const expected = templatesOf(typescript.synthesize(context).assembly);
  const rows = examples.map(example => {
    const { assembly, output } = example.synthesize(context, { JSII_DEBUG: '1' });
    const found = templatesOf(assembly);
    found.forEach((_, template) => tally('templates-compared', [example.language.name, template]));
    // how often the language asks node to do something
    const calls = output.split('\n').filter(line => /^\s*(\[jsii\S* )?> \{/.test(line)).length;
    const { name } = example.language;
    const difference = firstDifference(expected, found);
    return { name, calls, difference, facts: factsOf(found), assembly, example, context };
  });
  // before the first app of the README takes the place of the assembly
  const reviews = rows.map(row => reviewProblems(row, rows[0]));
  const asked = check(rows.map(({ assembly }) => assembly));
  // the first app of the README, once more in each language
  const ids = answers(typescript.synthesizeFirst({}).assembly);
  const first = templatesOf(typescript.synthesizeFirst(ids).assembly);
  const firsts = examples.map(example => {
    const found = templatesOf(example.synthesizeFirst(ids).assembly);
    return { name: example.language.name, difference: firstDifference(first, found) };
  });

  const table = [
    ['language', `${expected.size} files of ${packedVersion()}`, 'facts', 'jsii calls', `${first.size} files of the README`, 'report, diff and plan'],
    ...rows.map(({ name, calls, difference, facts }, index) =>
      [name, difference ?? 'identical', `${facts.count}`, `${calls}`, firsts[index].difference ?? 'identical',
        reviews[index].length === 0 ? 'the same' : 'others']),
    ...skipped,
  ];
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...table.map(row => row[column]?.length ?? 0)));
  const lines = table.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
  console.log(`\n${lines.join('\n')}\n\n${asked.output}\n`);

  const problems = [
    ...expected.size < 30 ? [`the reference organization has only ${expected.size} templates: something is not there`] : [],
    ...rows.filter(({ difference }) => difference).map(({ name }) => `${name} makes another organization than typescript`),
    ...first.size < 15 ? [`the README's first app has only ${first.size} templates: something is not there`] : [],
    ...firsts.filter(({ difference }) => difference).map(({ name }) => `the README's first app in ${name} makes another organization`),
    ...rows.flatMap(({ name, facts }) => facts.problems.map(problem => `the facts of ${name} are not as their schema says: ${problem}`)),
    ...reviews.flat(),
    ...asked.status === 0 ? [] : [`the check of the assemblies: ${asked.output}`],
    ...rows.filter(({ facts }) => !facts.kinds.has('budget')).map(({ name }) => `the concern of ${name} says nothing`),
    ...rows.filter(({ name, calls }) => (name === 'typescript') !== (calls === 0)).map(({ name, calls }) => `${name} made ${calls} jsii calls`),
  ];
  problems.forEach(problem => console.error(`fails: ${problem}`));
  console.log(`${rows.length - problems.length} passed, ${problems.length} failed, ${skipped.length} skipped`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** What `check` says of each, which has to be the same. */
function check(assemblies: string[]): { status: number | null; output: string } {
  const rehearsal = join(REPOSITORY, 'rehearsal');
  const words = [join(rehearsal, 'tests', 'check_assemblies.py'), ...assemblies];
  const { status, stdout, stderr } = spawnSync(join(rehearsal, 'python.sh'), words, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
}

/** What an app says of its organization, held to the schema. */
function factsOf(files: Map<string, string>): { count: number; kinds: Set<string>; problems: string[] } {
  const [[, text]] = [...files].filter(([file]) => file.endsWith('.organization.json'));
  const said = JSON.parse(text);
  const kinds = new Set<string>(said.facts.map(({ kind }: Fact) => kind));
  return { count: said.facts.length, kinds, problems: schemaProblems(said) };
}

void main();
