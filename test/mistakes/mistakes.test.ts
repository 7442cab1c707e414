import * as fc from 'fast-check';
import { cases } from '../random';
import { ACCESS_MISTAKES } from './access';
import { CONTAINER_MISTAKES } from './containers';
import { DATA_MISTAKES } from './data';
import { badWords, told } from './mistake';
import { ORGANIZATION_MISTAKES } from './organization';
import { PLACE_MISTAKES } from './places';
import { SERVICE_MISTAKES } from './services';
import { TRAIL_MISTAKES } from './trail';

jest.setTimeout(120_000);

const ALL = [
  ...ORGANIZATION_MISTAKES, ...PLACE_MISTAKES, ...TRAIL_MISTAKES, ...ACCESS_MISTAKES,
  ...DATA_MISTAKES, ...CONTAINER_MISTAKES, ...SERVICE_MISTAKES,
];

test.each(ALL.map(({ kind, attempts }) => [kind, attempts] as const))('%s: told, and no template is written', (_, attempts) => {
  fc.assert(fc.property(attempts, ({ write, says }) => {
    const lines = told(write);
    expect(lines.flatMap(line => badWords(line).map(broken => `${broken}: ${line}`))).toEqual([]);
    // one mistake, one finding
    expect([says, lines]).toEqual([says, [expect.anything()]]);
    expect(says.filter(part => !lines[0].includes(part))).toEqual([]);
  }), cases(12));
});

test('each kind of mistake is listed once', () => {
  const kinds = ALL.map(({ kind }) => kind);
  expect(kinds.filter((kind, index) => kinds.indexOf(kind) < index)).toEqual([]);
});
