import { Block, Item, Piece, Table, Text, visible } from './document';
import { Page } from './html';

/** Longest comment of GitHub */
const LONGEST = 65_536;

/** What a comment has no room for, first what it needs least. */
const LEFT_OUT: Array<{ readonly kinds: Array<Block['kind']>; readonly said: string }> = [
  { kinds: [], said: '' },
  { kinds: ['panel'], said: 'Trusts of roles and the facts behind them are in the page.' },
  { kinds: ['panel', 'fold'], said: 'Trusts of roles, and what each stage has, are in the page.' },
];

/** The same for a comment: what opens in the page is folded, and lists stand for pictures. */
export function markdown(page: Page): string {
  const texts = LEFT_OUT.map(({ kinds, said }) => written(page, kinds, said));
  return texts.find(text => text.length <= LONGEST) ?? texts[texts.length - 1];
}

function written({ title, about, figures, sections }: Page, without: Array<Block['kind']>, said: string): string {
  return [
    `# ${escaped(title)}`,
    escaped(about),
    figures.map(({ value, label }) => `**${escaped(value)}** ${escaped(label)}`).join(' · '),
    said,
    ...sections.flatMap(({ title: name, blocks }) =>
      [`## ${escaped(name)}`, ...blocks.filter(({ kind }) => !without.includes(kind)).flatMap(one => block(one, 3))]),
  ].filter(part => part !== '').join('\n\n') + '\n';
}

function block(one: Block, level: number): string[] {
  switch (one.kind) {
    case 'text': return [inline(one.text)];
    case 'heading': return [`${'#'.repeat(level)} ${escaped(one.text)}`];
    case 'list': return [list(one.items, '')];
    case 'code': return [fenced(one.text)];
    case 'table': return one.rows.length === 0 ? [] : [rows(one)];
    case 'fold': return folded(inline(one.summary), one.blocks, level);
    case 'panel': return folded(escaped(one.title), one.blocks, level);
    case 'picture': return one.instead.flatMap(inner => block(inner, level));
  }
}

function folded(summary: string, inside: Block[], level: number): string[] {
  return [`<details><summary>${summary}</summary>`, ...inside.flatMap(one => block(one, level)), '</details>'];
}

function rows({ head, rows: all }: Table): string {
  return [head, head.map(() => '---'), ...all].map((cells, index) =>
    `| ${cells.map(cell => index === 1 ? cell as string : inline(cell)).join(' | ')} |`).join('\n');
}

function list(items: Item[], indent: string): string {
  return items.map(({ text, items: below }) =>
    `${indent}- ${inline(text)}${below?.length ? `\n${list(below, `${indent}  `)}` : ''}`).join('\n');
}

function inline(words: Text): string {
  return typeof words === 'string' ? escaped(words) : words.map(piece).join('');
}

function piece(one: Piece): string {
  if (typeof one === 'string') {
    return escaped(one);
  }
  if ('code' in one) {
    return code(one.code);
  }
  if ('strong' in one) {
    return `**${escaped(one.strong)}**`;
  }
  if ('muted' in one) {
    return escaped(one.muted);
  }
  if ('badge' in one) {
    return one.tone === 'warning' ? `⚠ ${escaped(one.badge)}` : escaped(one.badge);
  }
  if ('opens' in one) {
    return escaped(one.label);
  }
  if ('summary' in one) {
    return `${escaped(one.summary)}: ${one.lines.map(escaped).join(', ')}`;
  }
  return '<br>';
}

function code(words: string): string {
  const shown = flat(visible(words));
  return /[`|]/.test(shown) ? `<code>${escaped(shown)}</code>` : `\`${shown}\``;
}

function fenced(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${visible(words)}\n${fence}`;
}

function flat(words: string): string {
  return words.replace(/\s+/g, ' ');
}

/** Neither HTML nor Markdown, and nobody is mentioned, nor an issue. */
function escaped(words: string): string {
  return flat(visible(words))
    .replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!)
    .replace(/[\\`*_[\]{}|~$]/g, '\\$&')
    .replace(/^([-+]|\d+[.)])(?= )/, '\\$1')
    .replace(/(^|[^\w&])([@#])(?=\w)/g, '$1$2<!-- -->');
}
