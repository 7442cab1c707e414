import { spawnSync } from 'child_process';
import { existsSync, realpathSync, statSync, symlinkSync } from 'fs';
import { join, relative, resolve } from 'path';
import { AppOptions, synthesize } from './app';
import { Assembly } from './assembly';
import { isLeft, Scratch } from './scratch';

/** An assembly by its folder, or the app as a git ref has it. */
export async function assemblyAt(place: string, options: AppOptions, scratch: Scratch): Promise<Assembly> {
  const folder = realpathSync(options.folder);
  const ask = async (...words: string[]) => {
    const { by, stdout } = await scratch.run('git', QUIET.concat(words), { cwd: folder, env: environment() });
    return by === 0 ? stdout.trim() : undefined;
  };
  const top = await ask('rev-parse', '--show-toplevel');
  const commit = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${place}^{commit}`);
  if (existsSync(place) && statSync(place).isDirectory()) {
    // a change may bring a folder that is called like what it is compared with
    return commit === undefined || /^(\.{0,2}|[A-Za-z]:)[\\/]/.test(place) ? Assembly.read(place)
      : fail(`'${place}' is a folder and a git ref: call the folder './${place}', or the ref 'refs/heads/${place}'`);
  }
  if (top === undefined || commit === undefined) {
    return fail(top === undefined ? `'${place}' is no folder, and '${folder}' is in no git repository: give an assembly`
      : `'${place}' is neither a folder nor a git ref`);
  }
  const left = (await ask('worktree', 'list', '--porcelain') ?? '').split('\n').flatMap(line => /^worktree (.+)/.exec(line)?.[1] ?? []);
  left.filter(isLeft).forEach(path => remove(top, path));
  const tree = join(scratch.folder, 'worktree');
  try {
    if (await ask('worktree', 'add', '--detach', '--force', tree, commit) === undefined) {
      throw new Error(`git cannot check out '${place}' into '${tree}'`);
    }
    const there = join(tree, relative(top, folder));
    if (!existsSync(there)) {
      throw new Error(`'${place}' has no folder '${relative(top, folder)}'`);
    }
    borrow(top, folder, tree);
    return await synthesize({ ...options, folder: there }, scratch);
  } finally {
    remove(top, tree);
  }
}

/** Not as a process that a signal ends: it is what cleans up after one. */
function remove(top: string, tree: string): void {
  spawnSync('git', [...QUIET, 'worktree', 'remove', '--force', tree], { cwd: top, env: environment() });
}

/** Packages are not in git: those of today serve the other ref, too. */
const INSTALLED = ['node_modules', '.venv', 'venv'];

function borrow(top: string, folder: string, tree: string): void {
  for (let here = folder; ; here = resolve(here, '..')) {
    for (const name of INSTALLED) {
      const there = join(tree, relative(top, here), name);
      if (existsSync(join(here, name)) && !existsSync(there)) {
        symlinkSync(join(here, name), there);
      }
    }
    if (here === top || here === resolve(here, '..')) {
      return;
    }
  }
}

/** Git hands these to its hooks, and would take them for where the worktree is. */
const OF_GIT = /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|(ALTERNATE_)?OBJECT_DIRECTOR(Y|IES)|NAMESPACE)$/;

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_GIT.test(name)));
}

const QUIET = ['-c', 'core.hooksPath=/dev/null'];

function fail(message: string): never {
  throw new Error(message);
}
