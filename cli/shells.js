// @ts-check
'use strict';

// what each shell wants to know of commands, so that it completes them

/** @typedef {import('./list').Command & { name: string }} Named */

const TOOL = 'cdk-multi-account-org';

/** @param {Named} command */
const optionsOf = (command) => command.options?.() ?? [];

/** @param {import('./list').Option} option */
const namesOf = ({ name, short }) => [...(short ? [`-${short}`] : []), `--${name}`];

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** @param {Named[]} commands */
function bash(commands) {
  const valued = commands.flatMap((command) => optionsOf(command).filter(({ value }) => value).flatMap(namesOf)
    .map((option) => quoted(`${command.name} ${option}`)));
  const cases = commands.map((command) => {
    const words = [...command.words ?? [], ...optionsOf(command).map(({ name }) => `--${name}`)];
    return `    ${command.name}) words=${quoted(words.join(' '))} ;;\n`;
  });
  // no answer is one, too: names of files
  return `_cdk_multi_account_org() {
  local words= current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
    ${valued.join('|')}) return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
  [ "$COMP_CWORD" -gt 1 ] || words=${quoted([...commands.map(({ name }) => name), '--help'].join(' '))}
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cdk_multi_account_org ${TOOL}
`;
}

/** @param {Named[]} commands */
function zsh(commands) {
  /** @param {string} text */
  const plain = (text) => text.replace(/[\\:[\]]/g, '\\$&');
  const cases = commands.map((command) => {
    const specs = optionsOf(command).flatMap(({ name, short, value, multiple, help }) =>
      [...(short ? [`-${short}`] : []), `--${name}`].map((one) =>
        quoted(`${multiple ? '*' : ''}${one}[${plain(help)}]${value ? `:${plain(value)}:_files` : ''}`)));
    const rest = command.words ? `:word:(${command.words.join(' ')})` : '*:file:_files';
    return `    ${command.name}) _arguments ${[...specs, quoted(rest)].join(' ')} ;;\n`;
  });
  return `#compdef ${TOOL}
_cdk_multi_account_org() {
  if (( CURRENT == 2 )); then
    local -a commands=(${commands.map(({ name, summary }) => quoted(`${name}:${plain(summary)}`)).join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('')}  esac
}
compdef _cdk_multi_account_org ${TOOL}
`;
}

/** @param {Named[]} commands */
function fish(commands) {
  /** @param {string} text */
  const own = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = commands.flatMap((command) => {
    const inside = `complete -c ${TOOL} -n ${own(`__fish_seen_subcommand_from ${command.name}`)}`;
    return [
      `complete -c ${TOOL} -n __fish_use_subcommand -f -a ${command.name} -d ${own(command.summary)}`,
      ...(command.words ? [`${inside} -f -a ${own(command.words.join(' '))}`] : []),
      ...optionsOf(command).map(({ name, short, value, help }) =>
        `${inside} -l ${name}${short ? ` -s ${short}` : ''}${value ? ' -r' : ''} -d ${own(help)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** @type {Record<string, (commands: Named[]) => string>} */
const SHELLS = { bash, zsh, fish };

module.exports = { SHELLS };
