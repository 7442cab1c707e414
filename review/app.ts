import { spawnSync } from 'child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'fs';
import { homedir, tmpdir } from 'os';
import { join, relative, resolve } from 'path';
import { Assembly } from './assembly';

export interface AppOptions {
  /** Folder of its cdk.json. */
  readonly folder: string;
  /** What starts it, instead of what its cdk.json says. */
  readonly command?: string;
  /** `key=value`, as the CDK CLI takes it. */
  readonly context?: string[];
}

/** Synthesizes an app by its own command, as the CDK CLI does, without AWS: what would be looked up stays unknown. */
export function synthesize({ folder, command, context = [] }: AppOptions): Assembly {
  const settings = { ...settingsIn(join(homedir(), '.cdk.json')), ...settingsIn(join(folder, 'cdk.json')) };
  const app = command ?? settings.app;
  if (typeof app !== 'string' || app === '') {
    const file = join(folder, 'cdk.json');
    throw new Error(`'${file}' has no app: give the command that starts it by --app, or an assembly by --assembly`);
  }
  if (existsSync(join(folder, app, 'manifest.json'))) {
    return Assembly.read(join(folder, app));
  }
  const outdir = mkdtempSync(join(tmpdir(), 'cdk.out-'));
  try {
    const given = {
      'aws:cdk:enable-path-metadata': true,
      // by it, a nested stack says where its template is
      'aws:cdk:enable-asset-metadata': true,
      // what is bundled changes with its source, which is looked at instead: nothing has to be built
      'aws:cdk:bundling-stacks': [],
      ...settings.context as {},
      ...settingsIn(join(folder, 'cdk.context.json')),
      ...Object.fromEntries(context.map(keyAndValue)),
    };
    // a variable of Linux has 128 KiB at most: the CDK reads more from a file
    const overflow = join(outdir, 'context.json');
    writeFileSync(overflow, JSON.stringify(given));
    const env = { ...process.env, CDK_OUTDIR: join(outdir, 'cdk.out'), CDK_CONTEXT_JSON: '{}', [OVERFLOW]: overflow };
    const { build } = settings;
    [...command === undefined && typeof build === 'string' ? [build] : [], app].forEach(words => run(words, folder, env));
    return Assembly.read(join(outdir, 'cdk.out'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/cxapi.ts */
const OVERFLOW = 'CONTEXT_OVERFLOW_LOCATION_ENV';

function run(words: string, folder: string, env: NodeJS.ProcessEnv): void {
  const { status, signal, stderr, error } = spawnSync(words, {
    cwd: folder, env, shell: true, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 100_000_000,
  });
  if (error || status !== 0) {
    const why = error?.message ?? signal ?? status;
    throw new Error(`the app does not synthesize: '${words}' ended with ${why}\n${stderr?.trimEnd() ?? ''}`);
  }
}

/** An assembly by its folder, or the app as a git ref has it. */
export function assemblyAt(place: string, options: AppOptions): Assembly {
  const folder = realpathSync(options.folder);
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  const commit = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${place}^{commit}`]);
  if (existsSync(place) && statSync(place).isDirectory()) {
    // a change may bring a folder that is called like what it is compared with
    return commit === undefined || /^(\.{0,2}|[A-Za-z]:)[\\/]/.test(place) ? Assembly.read(place)
      : fail(`'${place}' is a folder and a git ref: call the folder './${place}', or the ref 'refs/heads/${place}'`);
  }
  if (top === undefined || commit === undefined) {
    return fail(top === undefined ? `'${place}' is no folder, and '${folder}' is in no git repository: give an assembly`
      : `'${place}' is neither a folder nor a git ref`);
  }
  const tree = mkdtempSync(join(tmpdir(), 'worktree-'));
  try {
    if (git(top, ['worktree', 'add', '--detach', '--force', tree, commit]) === undefined) {
      throw new Error(`git cannot check out '${place}' into '${tree}'`);
    }
    const there = join(tree, relative(top, folder));
    if (!existsSync(there)) {
      throw new Error(`'${place}' has no folder '${relative(top, folder)}'`);
    }
    borrow(top, folder, tree);
    return synthesize({ ...options, folder: there });
  } finally {
    git(top, ['worktree', 'remove', '--force', tree]);
    rmSync(tree, { recursive: true, force: true });
  }
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

function git(folder: string, words: string[]): string | undefined {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_GIT.test(name)));
  const quiet = ['-c', 'core.hooksPath=/dev/null', ...words];
  const { status, stdout } = spawnSync('git', quiet, { cwd: folder, encoding: 'utf8', env });
  return status === 0 ? stdout.trim() : undefined;
}

function keyAndValue(text: string): [string, string] {
  const [key, ...value] = text.split('=');
  return [key, value.join('=')];
}

function settingsIn(file: string): Record<string, unknown> {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  } catch (error) {
    throw new Error(`'${file}' is no JSON: ${(error as Error).message}`);
  }
}

function fail(message: string): never {
  throw new Error(message);
}
