import { execFileSync, spawn, spawnSync } from 'child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { newOutdir } from '../orgs';
import { REPOSITORY } from '../packages';

beforeAll(() => {
  execFileSync('node', [join(REPOSITORY, 'projenrc', 'bundle-review.js')]);
});

const MAIN = join(REPOSITORY, 'cli', 'main.js');

interface App {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  git(...words: string[]): string;
  /** What is left of commands. */
  left(): string[];
}

/** A committed app, which starts a process of its own. */
function app(command: string): App {
  const [folder, tmp] = [newOutdir('repository'), newOutdir('tmp')];
  mkdirSync(tmp, { recursive: true });
  const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, encoding: 'utf8' });
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: command }));
  writeFileSync(join(folder, 'manifest.json'), '{}');
  git('add', '.');
  git('-c', 'user.name=acme', '-c', 'user.email=aws@acme.example', '-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'app');
  const env = { ...process.env, TMPDIR: tmp, PID: join(folder, 'pid') };
  const worktrees = () => git('worktree', 'list', '--porcelain').split('\n').filter(line => line.startsWith('worktree ')).slice(1);
  return { folder, env, git, left: () => [...worktrees(), ...readdirSync(tmp)] };
}

// what it starts writes its ID, and lives on without it
const SLEEPING = 'sleep 60 & echo $! > "$PID.new"; mv "$PID.new" "$PID"; wait';
const AGAINST_MAIN = [MAIN, 'plan', '--assembly', '.', '--against', 'main'];

/** Stops a plan whose app runs. */
async function stopped({ folder, env }: App, signal: NodeJS.Signals): Promise<{ code: number | null; pid: number }> {
  const started = spawn('node', AGAINST_MAIN, { cwd: folder, env, stdio: 'ignore' });
  const ended = new Promise<number | null>(resolve => started.on('exit', resolve));
  while (!existsSync(env.PID!) && started.exitCode === null) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  started.kill(signal);
  return { code: await ended, pid: Number(readFileSync(env.PID!, 'utf8')) };
}

function isAlive(pid: number): boolean {
  return !/^(Z.*)?$/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());
}

test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('%s leaves no worktree, no folder and no process', async (signal, exitCode) => {
  const one = app(SLEEPING);
  const { code, pid } = await stopped(one, signal);
  expect(code).toBe(exitCode);
  expect(isAlive(pid)).toBe(false);
  expect(one.left()).toEqual([]);
}, 20_000);

test('what does not end by a signal is ended', async () => {
  const one = app(`trap "" INT; ${SLEEPING}`);
  expect((await stopped(one, 'SIGINT')).code).toBe(130);
  expect(one.left()).toEqual([]);
}, 20_000);

test('an app that crashes leaves nothing', () => {
  const one = app('kill -SEGV $$');
  const { status, stderr } = spawnSync('node', AGAINST_MAIN, { cwd: one.folder, env: one.env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining("'kill -SEGV $$' ended with SIGSEGV")]);
  expect(one.left()).toEqual([]);
});

test('what a killed command has left is removed by the next one, and nothing else', async () => {
  const one = app(SLEEPING);
  const { pid } = await stopped(one, 'SIGKILL');
  process.kill(pid);
  const [worktree, ...folders] = one.left();
  expect(folders.length).toBe(1);
  // as git does while it checks out
  one.git('worktree', 'lock', worktree.replace('worktree ', ''));
  const others = newOutdir('worktree');
  one.git('worktree', 'add', '--quiet', '--detach', others);
  writeFileSync(join(one.env.TMPDIR!, 'cdk-multi-account-org.txt'), '');
  spawnSync('node', [...AGAINST_MAIN, '--app', 'false'], { cwd: one.folder, env: one.env });
  expect(one.left()).toEqual([`worktree ${others}`, 'cdk-multi-account-org.txt']);
});
