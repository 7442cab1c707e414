#!/usr/bin/env node
// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { NAMES, load } = require('./list');

const TOOL = 'cdk-multi-account-org';
/** EX_USAGE of sysexits.h: no command gives it for what it has found. */
const USAGE = 64;

function help() {
  const width = Math.max(...NAMES.map((name) => name.length));
  const lines = NAMES.map((name) => `  ${name.padEnd(width)}  ${load(name).summary}\n`);
  return `usage: ${TOOL} <command> [options]\n\nTools for an AWS organization in CDK.\n\n${lines.join('')}\n`
    + `${TOOL} <command> --help shows the options of a command, --version the version of all.\n`;
}

/** @param {string[]} words @returns {Promise<number>} */
async function main([name, ...words]) {
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  if (name !== undefined && NAMES.includes(name)) return load(name).run(words);
  process.stderr.write(name === undefined ? help() : `${TOOL}: unknown command '${name}': use one of ${NAMES.join(', ')}\n`);
  return USAGE;
}

// whoever reads wants no more, as `head`: 128 and the number of SIGPIPE
process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ { code }) => process.exit(code === 'EPIPE' ? 141 : 1));

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, (error) => {
  process.stderr.write(`${TOOL}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error?.exitCode ?? 1);
});
