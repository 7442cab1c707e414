const WIDEST = 100;

const COLOURS = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Text for whoever reads it: coloured and as wide as the terminal, or as a file has it. */
export class Terminal {
  public readonly width: number;
  private readonly hasColours: boolean;

  constructor(private readonly stream: NodeJS.WriteStream = process.stdout, environment = process.env) {
    this.width = Math.min(WIDEST, stream.isTTY && stream.columns || WIDEST);
    // https://no-color.org
    this.hasColours = stream.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb';
  }

  public colour(name: keyof typeof COLOURS, text: string): string {
    const [on, off] = COLOURS[name];
    return this.hasColours ? `\u001b[${on}m${inOneLine(text)}\u001b[${off}m` : text;
  }

  /** Lines of words, each after as many spaces. A word that is longer than a line has one of its own. */
  public wrap(text: string, indent: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const last = lines.length - 1;
      if (last >= 0 && indent + lines[last].length + 1 + word.length <= this.width) {
        lines[last] += ` ${word}`;
      } else {
        lines.push(word);
      }
    }
    return lines.map(line => `${' '.repeat(indent)}${line}`);
  }

  public write(lines: string[]): void {
    this.stream.write(`${lines.map(withOwnColours).join('\n')}\n`);
  }
}

/** A sentence is a line of a file and of a terminal, and reads in the order in which it is written. */
export function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** Names of an app may not move the cursor. */
function withOwnColours(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.split(/(\u001b\[(?:1|2|22|3[1-9])m)/).map((part, index) => index % 2 === 1 ? part : inOneLine(part)).join('');
}

/** Says what takes a while, where somebody waits for it. */
export async function during<T>(
  what: string, work: () => Promise<T>, stream: NodeJS.WriteStream = process.stderr,
): Promise<T> {
  if (!stream.isTTY) {
    return work();
  }
  stream.write(`${what} …`);
  try {
    return await work();
  } finally {
    stream.write('\r\u001b[K');
  }
}
