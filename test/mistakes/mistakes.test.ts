import * as fc from 'fast-check';
import { cases } from '../random';
import { ALL } from './kinds';
import { badWords, told } from './mistake';

jest.setTimeout(120_000);

test.each(ALL.map(each => [each.kind, each] as const))('%s', (_, { attempts, isAnnotation }) => {
  fc.assert(fc.property(attempts, ({ write, says }) => {
    const lines = told(write, isAnnotation);
    expect(lines.flatMap(line => badWords(line).map(broken => `${broken}: ${line}`))).toEqual([]);
    // one mistake, one finding
    expect([says, lines]).toEqual([says, [expect.anything()]]);
    expect(says.filter(part => !lines[0].includes(part))).toEqual([]);
  }), cases(8));
});

test('each kind of mistake is listed once, and there are many', () => {
  const kinds = ALL.map(({ kind }) => kind);
  expect(kinds.filter((kind, index) => kinds.indexOf(kind) < index)).toEqual([]);
  expect(kinds.length).toBeGreaterThan(600);
});
