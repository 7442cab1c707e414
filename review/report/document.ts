/** What a report says, before it is HTML or Markdown: its sections know of neither. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: Block[];
}

/** A row of figures on top of the page. */
export interface Figure {
  readonly value: string;
  readonly label: string;
}

export type Tone = 'good' | 'warning' | 'plain';

export type Piece = string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly muted: string }
  | { readonly badge: string; readonly tone?: Tone }
  /** A button that opens the panel of this ID. */
  | { readonly opens: string; readonly label: string }
  /** Opens in its place. */
  | { readonly summary: string; readonly lines: string[] }
  /** Starts a line. */
  | { readonly line: true };

export type Text = string | Piece[];

export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly head: Text[];
  /** Heads above those of the columns, each over as many as it says. */
  readonly groups?: Array<[label: string, columns: number]>;
  /** The first cell of each heads its row. */
  readonly rows: Text[][];
}

export interface Picture {
  readonly kind: 'picture';
  readonly title: string;
  /** For whoever does not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** What is inside of the svg element. Nothing in it is unescaped. */
  readonly svg: string;
  /** The same where no picture can be. */
  readonly instead: Block[];
}

export interface Item {
  readonly text: Text;
  readonly items?: Item[];
}

export type Block = Table | Picture
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: Item[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'fold'; readonly summary: Text; readonly blocks: Block[] }
  /** Shown when a button opens it. */
  | { readonly kind: 'panel'; readonly id: string; readonly title: string; readonly blocks: Block[] };

export function text(...pieces: Piece[]): Block {
  return { kind: 'text', text: pieces };
}

export function heading(words: string): Block {
  return { kind: 'heading', text: words };
}

export function table(caption: string, head: Text[], rows: Text[][]): Table {
  return { kind: 'table', caption, head, rows };
}

/** Each on a line of its own. */
export function lines(pieces: Piece[]): Piece[] {
  return pieces.flatMap((piece, index) => index > 0 ? [{ line: true }, piece] : [piece]);
}

/** `3 accounts`, `1 account`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}

/** Text as it is read: what is invisible in it, or turns its direction, is written out. */
export function visible(words: string): string {
  return words.replace(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    sign => `⟨U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For HTML and SVG. An attribute has to be in double quotes. */
export function escaped(words: string): string {
  return visible(words).replace(/[&<>"]/g, sign => ENTITIES[sign]);
}

/** JSON in which is on one line what has room there. */
export function json(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value) ?? '';
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= 96) {
    return flat;
  }
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value) ? value.map(one => json(one, inner))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${json(one, inner)}`);
  return `${open}\n${parts.map(one => `${inner}${one}`).join(',\n')}\n${indent}${close}`;
}

/** The end is left out where it does not fit. */
export function shortened(words: string, length: number): string {
  const signs = [...words];
  return signs.length <= length ? words : `${signs.slice(0, length - 1).join('')}…`;
}
