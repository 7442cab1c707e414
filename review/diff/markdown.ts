import { groupBy, SECTIONS } from './change';
import { markOf, Review, ReviewedChange, StaleLine, unaccepted, verdict } from './review';
import { inOneLine } from '../terminal';

/** By this, a workflow finds its comment again. */
const MARK = '<!-- cdk-multi-account-org diff -->';
/** GitHub takes 65,536 characters. */
const LIMIT = 60_000;

/** A comment of a pull request. What is too long for one is left out from the end, and said. */
export function markdown(result: Review): string {
  const { changes, stale, file, notes } = result;
  const head = `${MARK}\n\n${changes.length === 0 ? 'No difference.' : '## What changes'}\n`;
  const blocks = [
    ...notes.map(note => `${escaped(note)}.\n`),
    ...verdict(result).map(sentence => `**${escaped(sentence)}**\n`),
    ...Object.entries(SECTIONS).flatMap(([section, title]) => {
      const own = changes.filter(change => change.section === section);
      return own.length === 0 ? [] : [`### ${title}\n`, ...table(own.filter(({ about }) => about === undefined)), ...details(own)];
    }),
    ...toAccept(result),
    ...stale.map(one => staleLine(one, file)),
  ];
  let size = head.length;
  const isFitting = (block: string) => {
    size += block.length + 1;
    return size < LIMIT;
  };
  const fitting = blocks.filter(isFitting);
  const left = blocks.length - fitting.length;
  return [head, ...fitting, ...left > 0 ? [`${left} more parts are too long for a comment: see the output of the command.\n`] : []].join('\n');
}

/** Each row is a block of its own, so that a long table is cut, and not left out. */
function table(changes: ReviewedChange[]): string[] {
  const rows = changes.map(change => `| ${markOf(change) && `**${markOf(change)}**`} | ${escaped(change.sentence)} |`);
  const sizes = chunks(rows, 20_000);
  return sizes.map(some => ['| | |', '| --- | --- |', ...some, ''].join('\n'));
}

function chunks(rows: string[], limit: number): string[][] {
  const all: string[][] = [];
  let size = limit;
  rows.forEach(row => {
    size += row.length;
    if (size >= limit) {
      all.push([]);
      size = row.length;
    }
    all[all.length - 1].push(row);
  });
  return all;
}

/** Literal statements, those of a policy together. */
function details(changes: ReviewedChange[]): string[] {
  const literal = changes.filter(({ statements: some }) => some && some.added.length + some.removed.length > 0);
  return [...groupBy(literal, ({ about, sentence }) => about ?? sentence)].map(([about, same]) => {
    const [added, removed] = (['added', 'removed'] as const).map(name => same.flatMap(({ statements }) => statements![name]));
    const counts = [
      ...added.length > 0 ? [`${added.length} gained`] : [],
      ...removed.length > 0 ? [`${removed.length} lost`] : [],
    ].join(', ');
    const marks = [...new Set(same.map(markOf).filter(Boolean))].map(mark => `, <strong>${mark}</strong>`).join('');
    const lines = [...removed.flatMap(statement => prefixed('-', statement)), ...added.flatMap(statement => prefixed('+', statement))];
    return folded(`${escaped(about)}: ${counts}${marks}`, 'diff', lines);
  });
}

function prefixed(sign: string, statement: unknown): string[] {
  return JSON.stringify(statement, undefined, 2).split('\n').map(line => `${sign} ${line}`);
}

function toAccept(result: Review): string[] {
  const sentences = unaccepted(result).map(({ sentence }) => sentence);
  return sentences.length === 0 ? [] : [folded(`Lines of ${escaped(result.file)} that accept all of it`, 'text', sentences)];
}

function staleLine({ line, text }: StaleLine, file: string): string {
  return `Line ${line} of ${escaped(file)} accepts nothing, because no change has this sentence: ${escaped(text)}\n`;
}

/** A block of code, which no line of it can end, and none can turn or hide. */
function folded(summary: string, language: string, lines: string[]): string {
  const shown = lines.map(inOneLine);
  const longest = Math.max(2, ...shown.flatMap(line => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return `<details>\n<summary>${summary}</summary>\n\n${fence}${language}\n${shown.join('\n')}\n${fence}\n\n</details>\n`;
}

/**
 * Whatever is more than a plain word is code, of which GitHub makes no mention, link or emoji, and has no character
 * that Markdown or HTML knows.
 */
export function escaped(sentence: string): string {
  return inOneLine(sentence).split(' ').map(word => {
    const [, name, end] = /^(.*?)([,.;:]?)$/s.exec(word)!;
    return /^([A-Za-z]+(-[a-z]+)*|\d+(\.\d+)?)?$/.test(name) ? word
      : `<code>${name.replace(/[^A-Za-z0-9]/gu, character => `&#${character.codePointAt(0)};`)}</code>${end}`;
  }).join(' ');
}
