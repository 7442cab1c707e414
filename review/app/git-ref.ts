import { spawnSync } from 'child_process';
import { existsSync, realpathSync, statSync } from 'fs';
import { join, relative } from 'path';
import { AppOptions, synthesize } from './app';
import { providePackages } from './packages';
import { isLeft, Scratch } from './scratch';
import { Assembly } from '../assembly/assembly';
import { UsageError } from '../usage-error';

/** What an app is compared with. */
export interface Base {
  readonly assembly: Assembly;
  /** What a reader has to know of it, in sentences. */
  readonly notes: string[];
}

/** An assembly by its folder, or the app as a git ref has it. */
export async function baseAt(place: string, options: AppOptions, scratch: Scratch): Promise<Base> {
  const folder = realpathSync(options.folder);
  const ask = async (...words: string[]) => {
    const { by, stdout } = await scratch.run('git', QUIET.concat(words), { cwd: folder, env: environment() });
    return by === 0 ? stdout.trim() : undefined;
  };
  const top = await ask('rev-parse', '--show-toplevel');
  const commit = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${place}^{commit}`);
  if (existsSync(place) && statSync(place).isDirectory()) {
    // a change may bring a folder that is called like what it is compared with
    return commit !== undefined && !/^(\.{0,2}|[A-Za-z]:)[\\/]/.test(place)
      ? fail(`'${place}' is a folder and a git ref: call the folder './${place}', or the ref 'refs/heads/${place}'`)
      : options.install !== undefined
        ? fail(`--install '${options.install}' is for a git ref, and '${place}' is a folder: leave the option out`, UsageError)
        : { assembly: Assembly.read(place), notes: [] };
  }
  if (top === undefined || commit === undefined) {
    return fail(top === undefined ? `'${place}' is no folder, and '${folder}' is in no git repository: give an assembly`
      : `'${place}' is neither a folder nor a git ref: give one that is, such as HEAD or origin/main`);
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
    const notes = await providePackages({ tree, folder, top, ref: place }, options.install, scratch.run);
    return { assembly: await synthesize({ ...options, folder: there }, scratch), notes };
  } finally {
    remove(top, tree);
  }
}

/** Not as a process that a signal ends: it is what cleans up after one. Git locks a tree until it is checked out. */
function remove(top: string, tree: string): void {
  spawnSync('git', [...QUIET, 'worktree', 'remove', '--force', '--force', tree], { cwd: top, env: environment() });
}

/** Git hands these to its hooks, and would take them for where the worktree is. */
const OF_GIT = /^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|(ALTERNATE_)?OBJECT_DIRECTOR(Y|IES)|NAMESPACE)$/;

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_GIT.test(name)));
}

const QUIET = ['-c', 'core.hooksPath=/dev/null'];

function fail(message: string, kind: new (message: string) => Error = Error): never {
  throw new kind(message);
}
