import { estimate, fit } from './cards';
import { Block, counted, escaped, heading, Picture, table, Text } from './document';
import { Organization } from '../assembly/assembly';

interface Range {
  readonly stage: string;
  readonly region: string;
  readonly cidr: string;
  readonly first: number;
  readonly size: number;
}

/** Which stage has which addresses, and what is free around them. */
export function addresses({ facts }: Organization): Block[] {
  const ranges = facts.filter(({ kind, name }) => kind === 'stage' && name.startsWith('cidr '))
    .flatMap(({ subject, name, value }) => parsed(subject, name.slice('cidr '.length), value))
    .sort((one, two) => one.first - two.first || two.size - one.size);
  return ranges.length === 0 ? [] : [
    heading('Network addresses'),
    map(ranges),
    table('Addresses of each stage', ['Stage', 'Addresses', 'Region', 'First', 'Last', 'Count'], ranges.map(({ stage, region, cidr, first, size }): Text[] =>
      [stage, [{ code: cidr }], region, dotted(first), dotted(first + size - 1), size.toLocaleString('en')])),
  ];
}

function parsed(stage: string, region: string, cidr: string): Range[] {
  const [, address, prefix] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr) ?? [];
  const size = 2 ** (32 - Number(prefix));
  const number = address?.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return address === undefined || size < 1 ? []
    : [{ stage, region, cidr, first: Math.floor(number / size) * size, size }];
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map(bits => Math.floor(address / 2 ** bits) % 256).join('.');
}

const CELL = { width: 65, height: 30 };
const COLUMNS = 16;
const MOST = 512;
const LEFT = 84;

/** The smallest block that has all of them, in equal cells; each is of the stage whose addresses are in it. */
function map(ranges: Range[]): Picture {
  const last = Math.max(...ranges.map(({ first, size }) => first + size));
  let block = Math.min(2 ** 32, Math.max(...ranges.map(({ size }) => size)) * COLUMNS);
  while (Math.floor(ranges[0].first / block) !== Math.floor((last - 1) / block)) {
    block *= 2;
  }
  const start = Math.floor(ranges[0].first / block) * block;
  const cell = Math.max(Math.min(...ranges.map(({ size }) => size)), block / MOST);
  const count = block / cell;
  const columns = Math.min(COLUMNS, count);
  const name = `${dotted(start)}/${32 - Math.log2(block)}`;
  const rows = Array.from({ length: count / columns }, (_, row) => Array.from({ length: columns }, (__, column) => {
    const from = start + (row * columns + column) * cell;
    return ranges.filter(({ first, size }) => first < from + cell && from < first + size);
  }));
  // what nobody has is said once, however long it is
  const lines: Array<{ from: number; until: number; cells?: Range[][] }> = [];
  rows.forEach((cells, row) => {
    const isFree = cells.every(owners => owners.length === 0);
    const previous = lines[lines.length - 1];
    if (isFree && previous && !previous.cells) {
      previous.until = row;
    } else {
      lines.push({ from: row, until: row, ...isFree ? {} : { cells } });
    }
  });
  const width = LEFT + columns * CELL.width + 1;
  const svg = lines.map(({ from, until, cells }, index) => {
    const y = 1 + index * (CELL.height + 4);
    const address = start + from * columns * cell;
    const free = `${dotted(address)} – ${dotted(start + (until + 1) * columns * cell - 1)} free`;
    return `<text class="note" x="0" y="${y + 19}">${dotted(address)}</text>${cells ? drawn(cells, y)
      : `<rect class="free" x="${LEFT}" y="${y}" width="${columns * CELL.width - 4}" height="${CELL.height}" rx="4"/>`
        + `<text class="note" x="${LEFT + 10}" y="${y + 19}">${escaped(fit(free, columns * CELL.width - 24, 12))}</text>`}`;
  }).join('\n');
  return {
    kind: 'picture',
    title: `Map of ${name}`,
    description: `${counted(ranges.length, 'range')} of addresses; the table below says the same.`,
    width,
    height: lines.length * (CELL.height + 4) + 2,
    svg,
    instead: [],
  };
}

/** Cells beside each other of the same stages are one. */
function drawn(cells: Range[][], y: number): string {
  const runs: Array<{ from: number; length: number; owners: Range[] }> = [];
  cells.forEach((owners, index) => {
    const last = runs[runs.length - 1];
    const isSame = owners.length > 0 && last?.owners.length === owners.length
      && owners.every((owner, at) => owner === last.owners[at]);
    if (isSame) {
      last.length += 1;
    } else {
      runs.push({ from: index, length: 1, owners });
    }
  });
  return runs.map(({ from, length, owners }) => {
    const x = LEFT + from * CELL.width;
    const width = length * CELL.width - 4;
    const stages = [...new Set(owners.map(({ stage }) => stage))];
    const full = owners.map(({ stage, cidr, region }) => `${stage} ${cidr} ${region}`).join(', ');
    const words = stages.length > 1 && estimate(stages.join(', '), 12) > width - 10 ? `${stages.length} stages` : stages.join(', ');
    return `<g><rect class="${owners.length > 0 ? 'used' : 'free'}" x="${x}" y="${y}" width="${width}" height="${CELL.height}" rx="4"/>`
      + `${owners.length === 0 ? '' : `<text class="head" x="${x + 5}" y="${y + 19}">${escaped(fit(words, width - 10, 12, true))}</text><title>${escaped(full)}</title>`}</g>`;
  }).join('');
}
