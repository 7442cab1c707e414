import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Context, Example } from './example';
import { REPOSITORY, run } from '../packages';

// a review of an app that is in another language: the commands have its assembly, and its own command

/** What is reviewed: an app of a language, and what it has synthesized. */
export interface Reviewed {
  readonly example: Example;
  readonly assembly: string;
  /** With which it has. */
  readonly context: Context;
}

/** How what `report`, `diff` and `plan` say of an app differs from what they say of another that makes the same. */
export function reviewProblems({ example, assembly, context }: Reviewed, like: Reviewed): string[] {
  const { language, project } = example;
  const report = pageOf(assembly, join(project, 'report.html'));
  const same = pageOf(like.assembly, join(project, 'other.html'));
  const diff = review(project, ['diff', like.assembly, '--assembly', assembly]).trim();
  const plan = againstCommit(example, assembly, context);
  return [
    ...report === same && report.includes('Who gets into which role') ? [] : [`the report of ${language.name} is another`],
    ...diff === 'No difference.' ? [] : [`the diff of ${language.name} says: ${diff}`],
    ...plan === 'untouched' ? [] : [`the plan of ${language.name} against its own commit: ${plan}`],
  ];
}

function pageOf(assembly: string, file: string): string {
  review('.', ['report', '--assembly', assembly, '--output', file]);
  return readFileSync(file, 'utf8');
}

/** What becomes of the stacks where a commit is deployed, which the app's own command synthesizes elsewhere. */
function againstCommit({ project, installation }: Example, assembly: string, context: Context): string {
  writeFileSync(join(project, 'cdk.context.json'), JSON.stringify(context));
  writeFileSync(join(project, '.gitignore'), ['node_modules', '.venv', 'target', 'cdk.out', '*.html'].join('\n'));
  const git = (...words: string[]) =>
    run(project, 'git', ['-c', 'user.name=acme', '-c', 'user.email=aws@acme.example', ...words]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'the example');
  const words = ['plan', '--against', 'HEAD', '--assembly', assembly, '--json'];
  const { steps } = JSON.parse(review(project, words, { ...process.env, ...installation.env })) as Plan;
  const stacks = steps.flatMap(step => step.stacks);
  const touched = stacks.filter(({ what }) => what !== 'untouched').map(({ path, what }) => `${path} is ${what}`);
  return stacks.length < 30 ? `only ${stacks.length} stacks` : touched.length > 0 ? touched.slice(0, 3).join(', ') : 'untouched';
}

interface Plan {
  readonly steps: Array<{ readonly stacks: Array<{ readonly path: string; readonly what: string }> }>;
}

function review(folder: string, words: string[], env: NodeJS.ProcessEnv = process.env): string {
  return run(folder, 'node', [join(REPOSITORY, 'cli', 'main.js'), ...words], env).output;
}
