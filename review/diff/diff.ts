import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { changesBetween } from './changes';
import { CommandLine, CommandProps, OF_A_BASE } from '../command-line';
import { markdown } from './markdown';
import { ACCEPTED, asJson, review, text, unaccepted } from './review';
import { errorsOf } from '../assembly/messages';
import { UsageError } from '../usage-error';

export const COMMAND: CommandProps = {
  name: 'diff',
  takes: '[base]',
  about: 'Tells in words what a reviewer has to know of a change: access, guardrails, policies, protection, accounts, quantities. Asks no AWS account.\n'
    + 'base is the folder of an assembly or a git ref, such as origin/main (default: main).\n'
    + 'Ends with 3 if access widens, or less is protected, and no line of the file of accepted sentences accepts it.',
  options: [
    ...OF_A_BASE,
    { name: 'accepted', value: 'file', help: 'sentences that are accepted, a line each; # begins a comment (default: .accepted-access beside cdk.json)' },
    { name: 'markdown', help: 'write Markdown, for a comment of a pull request' },
    { name: 'json', help: 'write JSON, by docs/diff.schema.json' },
  ],
  examples: [
    ['', 'what this tree changes of the branch main'],
    ['origin/main --markdown > comment.md', 'the same for a comment'],
    ['--install "npm ci"', 'the same, where packages change as well'],
    ['--assembly cdk.out cdk.out.main', 'two assemblies'],
  ],
};

/** Exit code where access widens and nobody has accepted it. */
const WIDENS = 3;

export async function diff(words: string[]): Promise<number> {
  const line = new CommandLine(COMMAND, words);
  if (line.is('help')) {
    process.stdout.write(line.help);
    return 0;
  }
  const [base = 'main', ...others] = line.positionals;
  if (others.length > 0) {
    throw new UsageError(`diff takes one base, and there is '${others[0]}', too: see cdk-multi-account-org diff --help`);
  }
  if (line.is('json') && line.is('markdown')) {
    throw new UsageError('--json and --markdown exclude each other: leave one of them out');
  }
  const given = line.text('accepted');
  const file = given ?? join(line.text('app-dir') ?? '.', ACCEPTED);
  if (given !== undefined && !existsSync(file)) {
    throw new Error(`--accepted '${file}' is no file: write it, or leave the option out`);
  }
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const after = await line.assembly();
  const { assembly: before, notes } = await line.base(base);
  const about = { errors: errorsOf(after.messages), notes };
  const result = review(changesBetween(before, after), lines, file, about);
  process.stdout.write(line.is('json') ? `${JSON.stringify(asJson(result), undefined, 1)}\n`
    : line.is('markdown') ? markdown(result) : text(result));
  return unaccepted(result).length > 0 ? WIDENS : 0;
}
