// @ts-check
'use strict';

// an evaluator that is not ours decides about simulations: one JSON array in, one out

const { runSimulation } = require('@cloud-copilot/iam-simulate');
const { readFileSync } = require('node:fs');

async function main() {
  const answers = [];
  for (const simulation of JSON.parse(readFileSync(0, 'utf8'))) {
    const { resultType, overallResult, errors, result } = await runSimulation(simulation, {});
    answers.push(errors || resultType !== 'single' ? { error: JSON.stringify(errors ?? resultType) }
      : { allowed: overallResult === 'Allowed', ignored: result.ignoredContextKeys ?? [] });
  }
  process.stdout.write(JSON.stringify(answers));
}

void main();
