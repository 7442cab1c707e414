import { statSync } from 'fs';
import { isDeepStrictEqual } from 'util';
import { deployment } from './deployment';
import { Irreversible, irreversible, subjectOf } from './irreversible';
import { NO_ACCOUNT, Stack } from '../assembly/assembly';
import { compare, Comparison, ResourceChange, StackChange } from '../assembly/comparison';
import { deployedIn } from '../assembly/deployed';
import { errorsOf, Message, refused } from '../assembly/messages';
import { PolicyChange, policyChanges } from '../assembly/policies';
import { CommandLine, CommandProps, OF_A_BASE } from '../command-line';
import { Terminal } from '../terminal';
import { UsageError } from '../usage-error';

export const COMMAND: CommandProps = {
  name: 'plan',
  about: 'Tells what deploying the app would do, in its order, and what of it cannot be undone. Asks no AWS account.\n'
    + 'Ends with 2 if something cannot be undone, and with 1 if there is no plan.',
  options: [
    { name: 'against', value: 'place', help: 'what is deployed: a folder of an assembly, a git ref, or what check --json wrote (default: nothing)' },
    ...OF_A_BASE,
    { name: 'accept', help: 'end with 0 although something cannot be undone' },
    { name: 'json', help: 'write JSON, by docs/plan.schema.json' },
  ],
  examples: [
    ['', 'what the first deployment makes'],
    ['--against main', 'what changes where main is deployed'],
    ['--against check.json', 'what changes of what AWS has, after check --json check.json'],
    ['--against cdk.out.deployed --assembly cdk.out --json', 'of two assemblies that are there'],
  ],
};

/** Exit code where something cannot be undone and is not accepted. */
const IRREVERSIBLE = 2;

interface Plan {
  readonly irreversible: Irreversible[];
  readonly steps: Array<{ readonly command: string; readonly stacks: StackChange[] }>;
  readonly policies: PolicyChange[];
  readonly left: Stack[];
  /** What the app would look up, and has not yet. */
  readonly missing: string[];
  readonly errors: Message[];
  /** What a reader has to know of what it is compared with. */
  readonly notes: string[];
}

export async function plan(words: string[]): Promise<number> {
  const line = new CommandLine(COMMAND, words);
  if (line.is('help')) {
    process.stdout.write(line.help);
    return 0;
  }
  const against = line.text('against');
  if ((against === undefined || isFile(against)) && line.text('install') !== undefined) {
    throw new UsageError(`--install '${line.text('install')}' is for a git ref: name it by --against, or leave the option out`);
  }
  const assembly = await line.assembly();
  const base = against === undefined ? undefined
    : isFile(against) ? deployedIn(against)
      : await line.base(against).then(({ assembly: { stacks }, notes }) => ({ stacks, notes }));
  const comparison = compare(base, assembly);
  const made: Plan = {
    ...inOrder(comparison, deployment(assembly)),
    policies: policyChanges(comparison),
    left: comparison.left,
    missing: assembly.missing,
    errors: errorsOf(assembly.messages),
    notes: base?.notes ?? [],
  };
  if (line.is('json')) {
    process.stdout.write(`${JSON.stringify(asJson(made), undefined, 1)}\n`);
  } else {
    const terminal = new Terminal();
    terminal.write(text(made, terminal));
  }
  return made.irreversible.length > 0 && !line.is('accept') ? IRREVERSIBLE : 0;
}

/** By its ending, too, because a change may bring a file that is called like a git ref. */
function isFile(file: string): boolean {
  return file.endsWith('.json') && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
}

function inOrder(comparison: Comparison, steps: ReturnType<typeof deployment>): Pick<Plan, 'irreversible' | 'steps'> {
  const changes = new Map(comparison.stacks.map(change => [change.stack, change]));
  const places = new Map(steps.flatMap(({ stacks }) => stacks).map(({ path }, index) => [path, index]));
  return {
    irreversible: irreversible(comparison).sort((one, two) => places.get(one.stack)! - places.get(two.stack)!),
    steps: steps.map(({ command, stacks }) => ({ command, stacks: stacks.map(stack => changes.get(stack)!) })),
  };
}

function asJson({ irreversible: found, steps, policies, left, missing, errors, notes }: Plan): object {
  return {
    version: 1,
    irreversible: found,
    steps: steps.map(({ command, stacks }) => ({
      command,
      stacks: stacks.map(change => {
        const { stack, what } = change;
        return { ...stackAsJson(stack), after: stack.after, what, resources: counts(change) };
      }),
    })),
    policies: policies.map(({ what, stack, resource, where, kind, added, removed }) =>
      ({ stack: stack.path, subject: subjectOf(stack, resource), what, where, kind, added, removed })),
    left: left.map(stack => ({ ...stackAsJson(stack), resources: stack.resources.size })),
    missing,
    errors: errors.map(({ stack, path, text: words }) => ({ stack, path, text: words })),
    notes,
  };
}

function stackAsJson({ path, name, stage, account, region, role }: Stack): object {
  return { path, name, stage, account, region, role };
}

const WHATS: Array<ResourceChange['what']> = ['added', 'changed', 'replaced', 'removed'];

function counts({ resources }: StackChange): Record<ResourceChange['what'], number> {
  return Object.fromEntries(WHATS
    .map(what => [what, resources.filter(change => change.what === what).length])) as Record<ResourceChange['what'], number>;
}

function text(made: Plan, terminal: Terminal): string[] {
  return [
    ...errorsAsText(made.errors, terminal),
    ...irreversibleAsText(made.irreversible, terminal),
    ...made.steps.flatMap(({ command, stacks }) => [
      terminal.colour('bold', command),
      ...stacks.filter(({ what }) => what !== 'untouched').flatMap(change => stackAsText(change, terminal)),
      ...untouched(stacks, terminal),
      '',
    ]),
    ...policiesAsText(made, terminal),
    ...leftAsText(made.left, terminal),
    ...missingAsText(made.missing, terminal),
    ...made.notes.flatMap(note => [...terminal.wrap(`${note}.`, 0), '']),
    totals(made),
  ];
}

function errorsAsText(errors: Message[], terminal: Terminal): string[] {
  return errors.length === 0 ? [] : [
    terminal.colour('red', `${refused(errors)}:`),
    ...errors.flatMap(({ path, text: words }) => [`  ${path}`, ...terminal.wrap(words, 4)]),
    '',
  ];
}

function irreversibleAsText(found: Irreversible[], terminal: Terminal): string[] {
  return found.length === 0 ? [] : [
    terminal.colour('red', 'Cannot be undone:'),
    // what is the same of several is said once
    ...[...new Set(found.map(({ why }) => why))].flatMap(why => [
      ...found.filter(other => other.why === why).map(({ subject }) => `  ${subject}`),
      ...terminal.wrap(`${why[0].toUpperCase()}${why.slice(1)}.`, 4),
    ]),
    '',
  ];
}

const COLUMN = 9;
const COLOUR = { new: 'green', changed: 'yellow' } as const;

function stackAsText(change: StackChange, terminal: Terminal): string[] {
  const { what, stack } = change;
  const { path, name, after } = stack;
  const details = [
    `${name} in ${place(stack)}`,
    credentials(stack),
    ...after.length > 0 ? [`after ${after.join(', ')}`] : [],
    ...what === 'changed' ? [whatChanges(change)] : [],
  ];
  return [
    `  ${terminal.colour(COLOUR[what as keyof typeof COLOUR], what.padEnd(COLUMN - 1))} ${path}`,
    ...details.flatMap(detail => terminal.wrap(detail, COLUMN + 2)),
  ];
}

/** Of a role in the same account, its name says enough. */
function credentials({ role, account = NO_ACCOUNT, stage = 'account' }: Stack): string {
  const [, owner, name] = /^arn:(?:\$\{AWS::Partition\}|[^:]+):iam::(\d{12}):role\/(.+)$/.exec(role ?? '') ?? [];
  return role === undefined ? 'with your own credentials'
    : `as ${owner === account ? name.replaceAll(NO_ACCOUNT, `<${stage}>`) : role}`;
}

function place({ account, region, stage }: Stack): string {
  const where = stage === undefined ? account === undefined ? 'an account that is not known yet' : `account ${account}`
    : `${stage}, ${account ?? 'whose account is not there yet'}`;
  return `${where}, ${region ?? 'the region of whoever deploys'}`;
}

function whatChanges(change: StackChange): string {
  const { stack, before } = change;
  const found = counts(change);
  const parts = [
    ...WHATS.filter(what => found[what] > 0).map(what => `${found[what]} ${what}`),
    ...isDeepStrictEqual(before!.outputs, stack.outputs) ? [] : ['other outputs'],
    ...before!.terminationProtection === stack.terminationProtection ? []
      : [`termination protection ${stack.terminationProtection ? 'on' : 'off'}`],
  ];
  return parts.join(', ');
}

function untouched(stacks: StackChange[], terminal: Terminal): string[] {
  const number = stacks.filter(({ what }) => what === 'untouched').length;
  return number === 0 ? [] : [terminal.colour('dim', `  ${number} untouched`)];
}

function policiesAsText({ steps, policies }: Plan, terminal: Terminal): string[] {
  const fresh = new Set(steps.flatMap(({ stacks }) => stacks).filter(({ what }) => what === 'new').map(({ stack }) => stack));
  const [inNew, others] = [true, false].map(isNew => policies.filter(({ stack }) => fresh.has(stack) === isNew));
  const number = inNew.reduce((sum, { added }) => sum + added.length, 0);
  const lines = others.flatMap(({ stack, resource, where, added, removed }) => [
    `  ${subjectOf(stack, resource)}${where && `, ${where}`}`,
    ...removed.map(statement => terminal.colour('red', `    - ${JSON.stringify(statement)}`)),
    ...added.map(statement => terminal.colour('green', `    + ${JSON.stringify(statement)}`)),
  ]);
  const rest = number === 0 ? [] : [`  ${number} statements of new stacks, which --json lists`];
  return lines.length + rest.length === 0 ? [] : [terminal.colour('bold', 'Who may do what:'), ...lines, ...rest, ''];
}

function leftAsText(left: Stack[], terminal: Terminal): string[] {
  return left.length === 0 ? [] : [
    terminal.colour('bold', 'AWS still has these, and the code no longer names them. Deploying deletes nothing of them:'),
    ...left.flatMap(stack => [
      `  ${stack.path}`,
      ...terminal.wrap(`${stack.name} in ${place(stack)}, ${plural(stack.resources.size, 'resource')}`, 4),
    ]),
    '',
  ];
}

function missingAsText(missing: string[], terminal: Terminal): string[] {
  return missing.length === 0 ? [] : [
    ...terminal.wrap(`The app has not looked up ${plural(missing.length, 'thing')} in AWS yet, such as the IDs of accounts that are not there: `
      + 'the plan is what it makes without.', 0),
    '',
  ];
}

function totals({ steps, irreversible: found, left }: Plan): string {
  const stacks = steps.flatMap(step => step.stacks);
  const parts = (['new', 'changed', 'untouched'] as const)
    .map(what => [stacks.filter(change => change.what === what).length, what] as const)
    .filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `${plural(stacks.length, 'stack')}: ${[...parts, ...left.length > 0 ? [`${left.length} left`] : []].join(', ') || 'none'}. `
    + (found.length === 0 ? 'All of it can be undone.' : `${plural(found.length, 'step')} cannot be undone.`);
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
