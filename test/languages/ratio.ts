import { Example } from './example';
import { PYTHON } from './python';
import { answers } from './templates';
import { TYPESCRIPT } from './typescript';

// python takes at most so many times what typescript takes, by the examples as they were installed last; once is enough
// where it is far from that

const TIMES = 3;
const CLEAR = 2;
const BOUND = 2.5;

const [typescript, python] = [TYPESCRIPT, PYTHON].map(language => Example.installed(language));
const context = answers(typescript.synthesize({}).assembly);
const rounds: number[][] = [];
const median = (side: number) => rounds.map(round => round[side]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)];
let ours: number, theirs: number, ratio: number;
do {
  rounds.push([typescript, python].map(example => example.synthesize(context).seconds));
  [ours, theirs] = [median(0), median(1)];
  ratio = theirs / ours;
} while (rounds.length < TIMES && ratio > CLEAR);

console.log(`python synthesizes the reference organization in ${ratio.toFixed(2)} times the time of typescript: `
  + `${theirs.toFixed(1)} s and ${ours.toFixed(1)} s, at most ${BOUND} times`);
if (ratio > BOUND) {
  console.error(`fails: python takes ${ratio.toFixed(2)} times what typescript takes, more than ${BOUND}`);
}
console.log(ratio > BOUND ? '0 passed, 1 failed' : '1 passed, 0 failed');
process.exitCode = ratio > BOUND ? 1 : 0;
