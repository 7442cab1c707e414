import { CommandLine, CommandProps } from './command-line';
import { compare, StackChange } from './comparison';
import { deployment } from './deployment';
import { Irreversible, irreversible } from './irreversible';

const COMMAND: CommandProps = {
  name: 'plan',
  about: 'Tells what deploying the app would do, in its order, and what of it cannot be undone. Asks no AWS account.',
  options: [
    { name: 'against', value: 'place', help: 'what is deployed: the folder of an assembly, or a git ref (default: nothing)' },
    { name: 'accept', help: 'end with 0 although something cannot be undone' },
    { name: 'json', help: 'write JSON' },
  ],
  examples: [
    ['', 'what the first deployment makes'],
    ['--against main', 'what changes where main is deployed'],
  ],
};

/** Exit code where something cannot be undone and is not accepted. */
const IRREVERSIBLE = 2;

export function plan(words: string[]): number {
  const line = new CommandLine(COMMAND, words);
  if (line.is('help')) {
    process.stdout.write(line.help);
    return 0;
  }
  const against = line.text('against');
  const assembly = line.assembly();
  const comparison = compare(against === undefined ? undefined : line.assemblyAt(against), assembly);
  const changes = new Map(comparison.stacks.map(change => [change.stack, change]));
  const found = irreversible(comparison);
  const steps = deployment(assembly)
    .map(({ command, stacks }) => ({ command, stacks: stacks.map(stack => changes.get(stack)!) }));
  const left = comparison.left.map(({ path }) => path);
  const json = () => JSON.stringify({ version: 1, irreversible: found, steps: steps.map(asJson), left }, undefined, 1);
  process.stdout.write(line.is('json') ? `${json()}\n` : text(found, steps, left));
  return found.length > 0 && !line.is('accept') ? IRREVERSIBLE : 0;
}

interface PlannedStep {
  readonly command: string;
  readonly stacks: StackChange[];
}

function asJson({ command, stacks }: PlannedStep): object {
  return {
    command,
    stacks: stacks.map(({ what, stack }) => {
      const { path, name, account, region, stage, role, after } = stack;
      return { path, name, stage, account, region, role, after, what };
    }),
  };
}

function text(found: Irreversible[], steps: PlannedStep[], left: string[]): string {
  const lines = [
    ...found.length > 0 ? ['Cannot be undone:', ...found.map(({ subject, why }) => `  ${subject}: ${why}`), ''] : [],
    ...steps.flatMap(({ command, stacks }) => [command, ...stacks.map(({ what, stack }) =>
      `  ${what.padEnd(9)} ${stack.path}  ${stack.name} in ${stack.account ?? (stack.stage ? `the account of ${stack.stage}` : 'an account that nobody knows yet')} ${stack.region ?? ''}`.trimEnd()), '']),
    ...left.length > 0 ? ['AWS still has, and the code no longer names:', ...left.map(path => `  ${path}`), ''] : [],
  ];
  return lines.join('\n');
}
