import { execFileSync, spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { newOutdir } from '../orgs';
import { REPOSITORY } from '../packages';

const MAIN = join(REPOSITORY, 'cli', 'main.js');

beforeAll(() => {
  execFileSync('node', [join(REPOSITORY, 'projenrc', 'bundle-review.js')]);
});

function script(shell: string): string {
  return execFileSync('node', [MAIN, 'completion', shell], { encoding: 'utf8' });
}

/** Answers of bash to words of which the last is begun, a line for each. */
function completed(...lines: string[][]): string[][] {
  const asked = lines.map(words => `COMP_WORDS=(cdk-multi-account-org ${words.map(word => `'${word}'`).join(' ')}); `
    + `COMP_CWORD=${words.length}; _cdk_multi_account_org; echo "\${COMPREPLY[*]}"`);
  const stdout = execFileSync('bash', ['--norc', '-euc', [script('bash'), ...asked].join('\n')], { encoding: 'utf8' });
  return stdout.split('\n').slice(0, -1).map(line => line.split(' ').filter(word => word !== ''));
}

test('bash completes commands, and the options of each', () => {
  expect(completed([''], ['re'], ['plan', '--a'], ['completion', ''], ['rehearse', '--dest'])).toEqual([
    ['check', 'completion', 'diff', 'plan', 'rehearse', 'report', '--help'], ['rehearse', 'report'],
    ['--against', '--accept', '--app-dir', '--app', '--assembly'], ['bash', 'zsh', 'fish', '--help'], ['--destroy'],
  ]);
  // names of files, where bash gets no answer
  expect(completed(['plan', '--against', ''], ['plan', '-c', '--a'], ['plan', '--json', '--ag'])).toEqual([[], [], ['--against']]);
});

test('each option that the help shows is completed', () => {
  const names = ['plan', 'diff', 'report'];
  const shown = names.map(name => execFileSync('node', [MAIN, name, '--help'], { encoding: 'utf8' }));
  const options = shown.map(help => [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option));
  expect(completed(...names.map(name => [name, '-']))).toEqual(options);
});

const here = (shell: string) => spawnSync(shell, ['--version']).status === 0;
/** A shell that is not on this machine is told as skipped. */
const testWith = (shell: string) => here(shell) ? test : test.skip;

testWith('zsh')('zsh takes its script, and so the colons and brackets in what options say', () => {
  const file = join(newOutdir('completion'), 'script');
  writeFileSync(file, script('zsh'));
  // as _arguments and _describe of a terminal get them
  const shown = '_arguments() { print -rl -- "$@" }; _describe() { print -rl -- $commands }';
  const ask = (words: string) => `words=(cdk-multi-account-org ${words}); CURRENT=$#words; _cdk_multi_account_org`;
  const stdout = execFileSync('zsh', ['-fc', `compdef() { }; . ${file}; ${shown}; ${ask('""')}; ${ask('plan ""')}`], { encoding: 'utf8' });
  expect(stdout).toMatch(/^check:ask AWS, reading only, what would stop the app\\: before/m);
  expect(stdout).toMatch(/^--against\[what is deployed\\: .*\]:place:_files$/m);
});

testWith('fish')('fish completes by its script', () => {
  const file = join(newOutdir('completion'), 'script');
  writeFileSync(file, script('fish'));
  const ask = (words: string) => execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C "cdk-multi-account-org ${words}"`], { encoding: 'utf8' })
    .split('\n').map(line => line.split('\t')[0]).filter(word => word !== '');
  expect([ask('re'), ask('plan --ac'), ask('completion z')]).toEqual([['rehearse', 'report'], ['--accept'], ['zsh']]);
});

test('another shell is told which there are', () => {
  const { status, stderr } = spawnSync('node', [MAIN, 'completion', 'tcsh'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([
    64, "cdk-multi-account-org: completion takes one of bash, zsh, fish, not 'tcsh': see cdk-multi-account-org completion --help\n",
  ]);
});
