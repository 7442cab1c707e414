// @ts-check
'use strict';

const { readdirSync } = require('node:fs');
const { join, parse } = require('node:path');

/**
 * Each file in commands/ is a command, and has its name.
 *
 * @typedef {object} Option
 * @property {string} name
 * @property {string} [short]
 * @property {string} [value] what its value is called; a flag has none
 * @property {boolean} [multiple]
 * @property {string} help
 *
 * @typedef {object} Command
 * @property {string} summary its line in --help
 * @property {() => Option[]} [options] for shells that complete them
 * @property {string[]} [words] that it takes beside options
 * @property {(words: string[]) => Promise<number>} run takes the words after its name, its own --help among them, and
 *   gives the exit code; an error is shown as one line, and exits with its exitCode, or 1
 */

const FOLDER = join(__dirname, 'commands');
const NAMES = readdirSync(FOLDER).filter((file) => file.endsWith('.js')).map((file) => parse(file).name).sort();

/** @param {string} name @returns {Command} */
function load(name) {
  return require(join(FOLDER, name));
}

module.exports = { NAMES, load };
