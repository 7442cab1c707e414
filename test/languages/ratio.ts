import { Example } from './example';
import { PYTHON } from './python';
import { answers } from './templates';
import { TYPESCRIPT } from './typescript';

// python takes at most so many times what typescript takes, by the examples as they were installed last

const TIMES = 3;
const BOUND = 2.5;

const [typescript, python] = [TYPESCRIPT, PYTHON].map(language => Example.installed(language));
const context = answers(typescript.synthesize({}).assembly);
const rounds = Array.from({ length: TIMES }, () =>
  [typescript, python].map(example => example.synthesize(context).seconds));
const [ours, theirs] = [0, 1].map(side =>
  rounds.map(round => round[side]).sort((a, b) => a - b)[Math.floor(TIMES / 2)]);
const ratio = theirs / ours;

console.log(`python synthesizes the reference organization in ${ratio.toFixed(2)} times the time of typescript: `
  + `${theirs.toFixed(1)} s and ${ours.toFixed(1)} s, at most ${BOUND} times`);
if (ratio > BOUND) {
  console.error(`fails: python takes ${ratio.toFixed(2)} times what typescript takes, more than ${BOUND}`);
}
console.log(ratio > BOUND ? '0 passed, 1 failed' : '1 passed, 0 failed');
process.exitCode = ratio > BOUND ? 1 : 0;
