import { execFileSync } from 'child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AppOptions, synthesize } from '../../review/app';
import { Assembly } from '../../review/assembly';
import { assemblyAt } from '../../review/git-ref';
import { withScratch } from '../../review/scratch';
import { newOutdir, testApp } from '../orgs';

/** A repository whose app has a topic of this name, and no more to do than to copy an assembly. */
function repository(name: string): string {
  const folder = newOutdir('repository');
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'cp -r asm/. "$CDK_OUTDIR"' }));
  commit(folder, name);
  return folder;
}

function commit(folder: string, name: string): void {
  const app = testApp();
  new CfnTopic(new Stack(app, 'topics'), 'topic', { topicName: name });
  mkdirSync(join(folder, 'asm'), { recursive: true });
  cpSync(app.synth().directory, join(folder, 'asm'), { recursive: true });
  git(folder, 'add', '.');
  git(folder, '-c', 'user.name=acme', '-c', 'user.email=aws@acme.example', '-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', name);
}

function git(folder: string, ...words: string[]): string {
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8' });
}

const now = (options: AppOptions) => withScratch(scratch => synthesize(options, scratch));
const at = (place: string, options: AppOptions) => withScratch(scratch => assemblyAt(place, options, scratch));
const nameIn = (assembly: Assembly) => assembly.stack('topics')?.resources.get('topic')?.properties.TopicName;

const folder = repository('one');
commit(folder, 'two');

test('a git ref is what was committed, and leaves nothing behind', async () => {
  expect(nameIn(await now({ folder }))).toBe('two');
  expect(nameIn(await at('HEAD~1', { folder }))).toBe('one');
  expect(git(folder, 'worktree', 'list').trim().split('\n').length).toBe(1);
  expect(git(folder, 'status', '--porcelain')).toBe('');
});

test('by a link, too', async () => {
  const link = join(newOutdir('links'), 'app');
  symlinkSync(folder, link);
  expect(nameIn(await at('HEAD~1', { folder: link }))).toBe('one');
});

test('in a hook, whose index stays what it is', async () => {
  const other = repository('one');
  writeFileSync(join(other, 'staged'), '');
  git(other, 'add', 'staged');
  process.env.GIT_INDEX_FILE = join(other, '.git', 'index');
  process.env.GIT_DIR = join(other, '.git');
  try {
    expect(nameIn(await at('main', { folder: other }))).toBe('one');
  } finally {
    delete process.env.GIT_INDEX_FILE;
    delete process.env.GIT_DIR;
  }
  expect(git(other, 'status', '--porcelain')).toBe('A  staged\n');
});

test('a folder that is called like a ref is asked about', async () => {
  const other = repository('one');
  cpSync(join(other, 'asm'), join(other, 'main'), { recursive: true });
  const here = process.cwd();
  process.chdir(other);
  try {
    await expect(at('main', { folder: other })).rejects.toThrow("'main' is a folder and a git ref: call the folder './main', or the ref 'refs/heads/main'");
    expect(nameIn(await at('./main', { folder: other }))).toBe('one');
  } finally {
    process.chdir(here);
  }
});

test('what builds the app is run before it, and a failure is told with what it says', async () => {
  const app = 'cp -r built/. "$CDK_OUTDIR"';
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ build: 'cp -r asm built', app }));
  expect(nameIn(await now({ folder }))).toBe('two');
  await expect(now({ folder, command: 'echo no account >&2; exit 3' }))
    .rejects.toThrow("the app does not synthesize: 'echo no account >&2; exit 3' ended with 3\nno account");
});

test('an app gets more context than a variable may have', async () => {
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({
    app: 'test "$(wc -c < "$CONTEXT_OVERFLOW_LOCATION_ENV")" -gt 200000 && cp -r asm/. "$CDK_OUTDIR"', context: { long: 'x'.repeat(200_000) },
  }));
  expect(nameIn(await now({ folder }))).toBe('two');
});
