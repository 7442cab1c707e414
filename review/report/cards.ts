import { Block, escaped, Picture, visible } from './document';

// it is no ES module where it is required, and its types say that it is one
type Dagre = typeof import('@dagrejs/dagre', { with: { 'resolution-mode': 'import' } });
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { graphlib, layout } = require('@dagrejs/dagre') as Dagre;

/** A box of a picture: its words, and what is inside of it, in a grid. */
export interface Card {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: string;
  readonly notes?: Note[];
  readonly chips?: Chip[];
  /** Below the chips, in rows. */
  readonly inner?: Card[];
}

export interface Note {
  readonly title: string;
  readonly words: string[];
}

export interface Chip {
  readonly title: string;
  readonly lines: string[];
  /** Chips of the same kind have the same colour. */
  readonly kind: string;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  draw(x: number, y: number): string;
}

const COLOURS = 8;
const PAD = 14;
const GAP = 8;
const WIDEST = 1120;

/** Cards and arrows where the layout puts them. */
export function cards(
  title: string, description: string, all: Card[], arrows: Arrow[], instead: Block[], direction?: 'LR' | 'TB',
): Picture {
  const kinds = [...new Set(all.flatMap(({ chips = [] }) => chips.map(({ kind }) => kind)))];
  const dense = all.reduce((sum, { chips = [] }) => sum + chips.length, 0) >= DENSE_FROM;
  const { drawn, placed } = direction ? drawnAndPlaced(all, arrows, { kinds, dense }, direction)
    : narrower(all, arrows, { kinds, dense });
  const keys = dense && kinds.some(kind => kind !== '') ? legend(kinds, placed.width) : undefined;
  const lines = placed.edges().map(edge => `<path class="edge" d="${curve(placed, edge, placed.isDown)}"/>`);
  const boxes = placed.nodes().map(id => {
    const { x, y, width, height } = placed.node(id);
    return drawn.get(id)!.draw(Math.round(x - width / 2), Math.round(y - height / 2));
  });
  const height = placed.height + (keys ? keys.height + 20 : 0);
  return {
    kind: 'picture',
    title,
    description,
    width: Math.ceil(placed.width),
    height: Math.ceil(height),
    svg: [...lines, ...boxes, keys?.draw(1, placed.height + 20) ?? ''].join('\n'),
    instead,
  };
}

interface Placed {
  readonly isDown: boolean;
  readonly width: number;
  readonly height: number;
  nodes(): string[];
  node(id: string): { x: number; y: number; width: number; height: number };
  edges(): Array<{ v: string; w: string }>;
  edge(edge: { v: string; w: string }): { points: Point[] };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Look {
  readonly kinds: string[];
  readonly dense: boolean;
  /** Most chips beside each other. */
  readonly columns?: number;
}

interface DrawnAndPlaced {
  readonly drawn: Map<string, Drawn>;
  readonly placed: Placed;
}

/**
 * Downwards as long as a page has room for it: with fewer chips beside each other, and at last with boxes inside of the
 * one that they hang from.
 */
function narrower(all: Card[], arrows: Arrow[], look: Look): DrawnAndPlaced {
  for (const columns of [undefined, 2, 1]) {
    const found = drawnAndPlaced(all, arrows, { ...look, columns }, 'TB');
    if (found.placed.width <= WIDEST || arrows.length === 0) {
      return found;
    }
  }
  const leaves = (id: string) =>
    arrows.filter(({ from, to }) => from === id && arrows.every(arrow => arrow.from !== to));
  const most = all.reduce((one, two) => leaves(two.id).length > leaves(one.id).length ? two : one);
  const folded = new Set(leaves(most.id).map(({ to }) => to));
  const inner = [...most.inner ?? [], ...all.filter(({ id }) => folded.has(id))];
  return narrower(all.filter(({ id }) => !folded.has(id)).map(card => card === most ? { ...card, inner } : card),
    arrows.filter(({ to }) => !folded.has(to)), look);
}

function drawnAndPlaced(all: Card[], arrows: Arrow[], look: Look, rankdir: 'LR' | 'TB'): DrawnAndPlaced {
  const drawn = new Map(all.map(card => [card.id, drawnCard(card, look)]));
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir, nodesep: 28, edgesep: 6, ranksep: 52, marginx: 2, marginy: 2, rankalign: rankdir === 'TB' ? 'top' : 'center' });
  graph.setDefaultEdgeLabel(() => ({}));
  drawn.forEach(({ width, height }, id) => graph.setNode(id, { width, height }));
  arrows.forEach(({ from, to }) => graph.setEdge(from, to));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placed: Placed = {
    isDown: rankdir === 'TB',
    width,
    height,
    nodes: () => graph.nodes(),
    node: id => graph.node(id) as ReturnType<Placed['node']>,
    edges: () => graph.edges(),
    edge: edge => graph.edge(edge) as ReturnType<Placed['edge']>,
  };
  return { drawn, placed };
}

/** Room between boxes in which arrows turn. */
const TURN = 44;

/** From the middle of a side to the middle of the other one, past whatever the layout leads it around. */
function curve(placed: Placed, edge: { v: string; w: string }, isDown: boolean): string {
  const from = placed.node(edge.v);
  const to = placed.node(edge.w);
  const start = isDown ? { x: from.x, y: from.y + from.height / 2 } : { x: from.x + from.width / 2, y: from.y };
  const end = isDown ? { x: to.x, y: to.y - to.height / 2 } : { x: to.x - to.width / 2, y: to.y };
  const { points } = placed.edge(edge);
  const bends = points.length > 3 ? points.slice(1, -1) : [];
  const at = ({ x, y }: Point) => `${Math.round(x)} ${Math.round(y)}`;
  return [...bends, end].reduce(({ path, last }, point) => {
    const turn = isDown ? { x: last.x, y: Math.max(last.y, point.y - TURN) }
      : { x: Math.max(last.x, point.x - TURN), y: last.y };
    const middle = { x: (turn.x + point.x) / 2, y: (turn.y + point.y) / 2 };
    const [one, two] = isDown ? [{ x: turn.x, y: middle.y }, { x: point.x, y: middle.y }]
      : [{ x: middle.x, y: turn.y }, { x: middle.x, y: point.y }];
    return { path: `${path} L${at(turn)} C${at(one)} ${at(two)} ${at(point)}`, last: point };
  }, { path: `M${at(start)}`, last: start as Point }).path;
}

const CHIP = { width: 184, line: 16 };
const DENSE = { width: 132, height: 26 };
/** So many chips in a picture have no room for more than their title. */
const DENSE_FROM = 40;

function drawnCard({ title, subtitle, notes = [], chips = [], inner: cardsInside = [] }: Card, look: Look): Drawn {
  const { dense, columns: limit = 7 } = look;
  const natural = dense ? Math.ceil(Math.sqrt(chips.length / 2)) : chips.length <= 3 ? 1 : chips.length <= 8 ? 2 : 3;
  const columns = Math.max(1, Math.min(limit, natural));
  const chipWidth = dense ? DENSE.width : CHIP.width;
  const most = Math.max(0, ...chips.map(({ lines }) => lines.length));
  const chipHeight = dense ? DENSE.height : 14 + CHIP.line * (1 + most);
  const shelves = shelved(cardsInside.map(card =>
    drawnCard(card, { ...look, columns: (card.chips ?? []).length > 60 ? undefined : 3 })));
  const grid = chips.length === 0 ? 0 : columns * chipWidth + (columns - 1) * GAP;
  const long = notes.some(({ words }) => words.length > 6) ? 400 : notes.length > 0 ? 230 : CHIP.width;
  const inner = Math.max(grid, shelves.width, long, Math.min(300, Math.max(estimate(title, 15, true), estimate(subtitle ?? '', 12))));
  const width = inner + 2 * PAD;
  let bottom = PAD;
  const parts: Array<(x: number, y: number) => string> = [];
  const line = (words: string, name: string, size: number, height: number, bold = false) => {
    const top = bottom + size;
    const fitted = fit(words, inner, size, bold);
    parts.push((x, y) => label(x + PAD, y + top, fitted, name, words));
    bottom += height;
  };
  line(title, 'title', 15, 21, true);
  if (subtitle !== undefined) {
    line(subtitle, 'note', 12, 17);
  }
  for (const note of notes) {
    bottom += 6;
    line(note.title, 'head', 12, 17, true);
    wrapped(note.words, inner, 12).forEach(words => line(words, 'note', 12, 16));
  }
  if (chips.length > 0) {
    bottom += 8;
    const top = bottom;
    chips.forEach((chip, index) => {
      const left = PAD + (index % columns) * (chipWidth + GAP);
      const above = top + Math.floor(index / columns) * (chipHeight + GAP);
      parts.push((x, y) => drawnChip(chip, look, x + left, y + above, chipWidth, chipHeight));
    });
    bottom += Math.ceil(chips.length / columns) * (chipHeight + GAP) - GAP;
  }
  if (cardsInside.length > 0) {
    const top = bottom + 10;
    parts.push((x, y) => shelves.draw(x + PAD, y + top));
    bottom = top + shelves.height;
  }
  const height = bottom + PAD;
  return {
    width,
    height,
    draw: (x, y) => `<g class="card"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${parts.map(part => part(x, y)).join('')}</g>`,
  };
}

/** Boxes in rows that a page has room for. */
function shelved(all: Drawn[]): Drawn {
  let right = 0;
  let width = 0;
  let top = 0;
  let height = 0;
  const placed = all.map(card => {
    if (right > 0 && right + card.width > WIDEST - 4 * PAD) {
      [right, top] = [0, height + 12];
    }
    const at = { card, left: right, top };
    right += card.width + 12;
    width = Math.max(width, right - 12);
    height = Math.max(height, top + card.height);
    return at;
  });
  return { width, height, draw: (x, y) => placed.map(({ card, left, top: above }) => card.draw(x + left, y + above)).join('') };
}

function drawnChip(
  { title, lines, kind }: Chip, { kinds, dense }: Look, x: number, y: number, width: number, height: number,
): string {
  const colour = `k${kinds.indexOf(kind) % COLOURS}`;
  const inner = width - 22;
  const rows = dense ? [] : lines;
  return `<g class="chip"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>`
    + `<path class="${colour}" d="M${x + 5} ${y + 5}v${height - 10}"/>`
    + label(x + 13, y + (dense ? 17 : 20), fit(title, inner, dense ? 12 : 13, true), dense ? 'head' : 'name', [title, ...dense ? lines : []].join(', '))
    + rows.map((words, index) => label(x + 13, y + 20 + CHIP.line * (index + 1), fit(words, inner, 12), 'note', words)).join('')
    + '</g>';
}

/** Where chips have no room for their kind. */
function legend(kinds: string[], width: number): Drawn {
  const columns = Math.max(1, Math.floor(width / 170));
  const height = Math.ceil(kinds.length / columns) * 20;
  return {
    width,
    height,
    draw: (x, y) => kinds.map((kind, index) => {
      const left = x + (index % columns) * 170;
      const top = y + Math.floor(index / columns) * 20;
      return `<path class="k${index % COLOURS}" d="M${left + 4} ${top}v14"/>${label(left + 13, top + 12, fit(kind, 150, 12), 'note', kind)}`;
    }).join(''),
  };
}

function label(x: number, y: number, words: string, name: string, full: string): string {
  return `<text class="${name}" x="${x}" y="${y}">${escaped(words)}${words === full ? '' : `<title>${escaped(full)}</title>`}</text>`;
}

/** Words of a list in lines. */
function wrapped(words: string[], width: number, size: number): string[] {
  const lines: string[] = [];
  words.forEach((word, index) => {
    const next = `${word}${index < words.length - 1 ? ',' : ''}`;
    const last = lines[lines.length - 1];
    if (last !== undefined && estimate(`${last} ${next}`, size) <= width) {
      lines[lines.length - 1] = `${last} ${next}`;
    } else {
      lines.push(next);
    }
  });
  return lines;
}

export function fit(words: string, width: number, size: number, bold = false): string {
  const flat = words.replace(/\s+/g, ' ');
  if (estimate(flat, size, bold) <= width) {
    return flat;
  }
  const signs = [...new Intl.Segmenter('en').segment(flat)].map(({ segment }) => segment);
  while (signs.length > 0 && estimate(`${signs.join('')}…`, size, bold) > width) {
    signs.pop();
  }
  return `${signs.join('').trimEnd()}…`;
}

/** Upper bounds of usual system fonts, in parts of their size: what is drawn is never wider. */
const WIDTHS: Array<[RegExp, number]> = [
  [/[ijlI.,:;'|!()[\]/\\ `]/, 0.34], [/[frt"*-]/, 0.42], [/[mwMW@%…]/, 1], [/[A-Z&#+=<>~^]/, 0.78], [/[ -~]/, 0.62],
];

/** Width of a text, which no browser is there to measure. */
export function estimate(words: string, size: number, bold = false): number {
  const widthOf = (sign: string) => WIDTHS.find(([signs]) => signs.test(sign))?.[1] ?? 1.4;
  return [...visible(words)].reduce((sum, sign) => sum + widthOf(sign), 0) * size * (bold ? 1.08 : 1);
}
