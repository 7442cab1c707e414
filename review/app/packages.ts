import { existsSync, readdirSync, readFileSync } from 'fs';
import { join, relative, resolve } from 'path';
import { Loan } from './loan';
import { Run } from './processes';
import { inOneLine } from '../terminal';

/** An app in a tree of a git ref, and where it is now. */
export interface Checkout {
  readonly tree: string;
  readonly folder: string;
  /** Of the repository. */
  readonly top: string;
  readonly ref: string;
}

/**
 * Packages are not in git: a command installs those of the ref, or it gets those of today.
 * @returns what a reader has to know of these
 */
export async function providePackages(checkout: Checkout, install: string | undefined, run: Run): Promise<string[]> {
  const { tree, folder, top, ref } = checkout;
  if (install !== undefined) {
    const cwd = join(tree, relative(top, folder));
    const { by, stderr } = await run(install, [], { cwd, shell: true, stdio: ['ignore', 'ignore', 'pipe'] });
    if (by !== 0) {
      throw new Error(`the packages of '${ref}' are not installed: '${install}' ended with ${by}\n${stderr.trimEnd()}`);
    }
    return [];
  }
  const folders = foldersUp(folder, top);
  const loan = new Loan(top, tree, folder);
  folders.forEach(here => loan.lend(here));
  const changed = folders.flatMap(here => changedLockFiles(here, join(tree, relative(top, here)))
    .map(name => inOneLine(relative(top, join(here, name)))));
  const another = changed.length === 0 ? []
    : [`${changed.map(file => `'${file}'`).join(' and ')} ${changed.length === 1 ? 'is' : 'are'} not as at '${ref}', which is synthesized `
      + "with the packages of today: what other packages change does not show. Install its own, such as by --install 'npm ci', or "
      + `give the folder of an assembly that was synthesized at '${ref}'`];
  return [...another, ...loan.own.map(name => `'${inOneLine(name)}' is a package of this repository that '${ref}' is synthesized with as it is `
    + 'now: what it changes does not show. Install and build it there by --install, or give the folder of an assembly')];
}

/** This folder and those that it is in, as far as the other. */
function foldersUp(folder: string, top: string): string[] {
  const above = resolve(folder, '..');
  return folder === top || folder === above ? [folder] : [folder, ...foldersUp(above, top)];
}

/** Of packages that somebody has installed before: Go, Maven and .NET fetch those of a ref by themselves. */
const LOCK_FILE = new RegExp(`^(${[
  'package-lock\\.json', 'npm-shrinkwrap\\.json', 'yarn\\.lock', 'pnpm-lock\\.yaml', 'bun\\.lockb?',
  'requirements.*\\.txt', 'poetry\\.lock', 'uv\\.lock', 'pdm\\.lock', 'Pipfile\\.lock',
].join('|')})$`);

function changedLockFiles(here: string, there: string): string[] {
  const content = (file: string) => existsSync(file) ? readFileSync(file, 'latin1') : undefined;
  const names = [here, there].filter(folder => existsSync(folder)).flatMap(folder => readdirSync(folder));
  return [...new Set(names)].sort()
    .filter(name => LOCK_FILE.test(name) && content(join(here, name)) !== content(join(there, name)));
}
