import { resolve } from 'path';
import { parseArgs, ParseArgsConfig } from 'util';
import { AppOptions, synthesize } from './app/app';
import { Base, baseAt } from './app/git-ref';
import { withScratch } from './app/scratch';
import { Assembly } from './assembly/assembly';
import { during } from './terminal';
import { UsageError } from './usage-error';

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; a flag has none. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

export interface CommandProps {
  readonly name: string;
  /** Arguments beside options, as the help shows them: `[base]`. */
  readonly takes?: string;
  readonly about: string;
  readonly options: Option[];
  readonly examples: Array<[words: string, what: string]>;
}

export type Values = Record<string, string | boolean | string[] | undefined>;

/** What all commands ask about the app. */
const OF_THE_APP: Option[] = [
  { name: 'app-dir', value: 'folder', help: 'folder of the app, where its cdk.json is (default: this one)' },
  { name: 'app', value: 'command', help: 'what starts the app (default: as its cdk.json says)' },
  { name: 'assembly', value: 'folder', help: 'a synthesized app, such as cdk.out, instead of synthesizing it' },
  { name: 'context', short: 'c', value: 'key=value', multiple: true, help: 'context for the app, as the CDK CLI takes it' },
  { name: 'help', short: 'h', help: 'show this' },
];

/** What commands ask that compare the app with another state of it. */
export const OF_A_BASE: Option[] = [
  { name: 'install', value: 'command', help: 'what installs the packages of a git ref, such as "npm ci" (default: it gets those of today)' },
];

/** All options of a command. */
export function optionsOf({ options }: CommandProps): Option[] {
  return [...options, ...OF_THE_APP];
}

/** The words of a command, and the app that they name. */
export class CommandLine {
  public readonly values: Values;
  public readonly positionals: string[];

  /** @throws UsageError, in words for whoever has written them */
  constructor(private readonly command: CommandProps, words: string[]) {
    const options: ParseArgsConfig['options'] = Object.fromEntries(optionsOf(command)
      .map(({ name, short, value, multiple = false }) =>
        [name, { type: value ? 'string' : 'boolean', multiple, ...(short && { short }) }]));
    try {
      const allowPositionals = command.takes !== undefined;
      const { values, positionals } = parseArgs({ args: words, options, allowPositionals });
      this.values = values as Values;
      this.positionals = positionals;
    } catch (error) {
      const [message] = (error as Error).message.split('. ');
      throw new UsageError(`${message[0].toLowerCase()}${message.slice(1)}: see cdk-multi-account-org ${command.name} --help`);
    }
  }

  public get help(): string {
    const { name, takes, about, examples } = this.command;
    const rows = optionsOf(this.command)
      .map(option => [`${option.short ? `-${option.short}, ` : ''}--${option.name}${option.value ? ` <${option.value}>` : ''}`, option.help]);
    const width = Math.max(...rows.map(([left]) => left.length));
    return `usage: cdk-multi-account-org ${name} [options]${takes ? ` ${takes}` : ''}\n\n${about}\n\n`
      + `${rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')}\n`
      + examples.map(([example, what]) => `  # ${what}\n  npx cdk-multi-account-org ${name} ${example}`.trimEnd()).join('\n') + '\n';
  }

  public text(name: string): string | undefined {
    return this.values[name] as string | undefined;
  }

  public is(name: string): boolean {
    return this.values[name] === true;
  }

  /** The app as it is now. */
  public async assembly(): Promise<Assembly> {
    const given = this.text('assembly');
    return given !== undefined ? Assembly.read(given)
      : during('synthesizing the app', () => withScratch(scratch => synthesize(this.app, scratch)));
  }

  /** The app at another place: the folder of an assembly, or a git ref. */
  public async base(place: string): Promise<Base> {
    return during(`synthesizing '${place}'`, () => withScratch(scratch => baseAt(place, this.app, scratch)));
  }

  private get app(): AppOptions {
    return {
      folder: resolve(this.text('app-dir') ?? '.'),
      command: this.text('app'),
      context: this.values.context as string[] | undefined,
      install: this.text('install'),
    };
  }
}
