// @ts-check
'use strict';

const { NAMES, load } = require('../list');
const { SHELLS } = require('../shells');

const ABOUT = `usage: cdk-multi-account-org completion ${Object.keys(SHELLS).join('|')}

Prints a script by which a shell completes commands and options of cdk-multi-account-org.

  # once, and in ~/.bashrc: source ~/.cdk-multi-account-org.bash
  npx cdk-multi-account-org completion bash > ~/.cdk-multi-account-org.bash

  # the same for zsh, and for fish
  npx cdk-multi-account-org completion zsh > ~/.cdk-multi-account-org.zsh
  npx cdk-multi-account-org completion fish > ~/.config/fish/completions/cdk-multi-account-org.fish

  # they complete the words after the command: where npx runs it
  alias cdk-multi-account-org='npx cdk-multi-account-org'
`;

/** @type {import('../list').Command} */
module.exports = {
  summary: 'print a script by which a shell completes commands and options',
  options: () => [{ name: 'help', short: 'h', help: 'show this' }],
  words: Object.keys(SHELLS),
  run: async (words) => {
    if (words.includes('--help') || words.includes('-h')) {
      process.stdout.write(ABOUT);
      return 0;
    }
    const [shell, ...others] = words;
    const script = Object.hasOwn(SHELLS, shell ?? '') && others.length === 0 ? SHELLS[shell] : undefined;
    if (script === undefined) {
      const message = `completion takes one of ${Object.keys(SHELLS).join(', ')}, not '${words.join(' ')}': see cdk-multi-account-org completion --help`;
      throw Object.assign(new Error(message), { exitCode: 64 });
    }
    process.stdout.write(script(NAMES.map((name) => ({ name, ...load(name) }))));
    return 0;
  },
};
