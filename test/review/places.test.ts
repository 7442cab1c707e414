import { execFileSync } from 'child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { pathToFileURL } from 'url';
import { Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AppOptions, synthesize } from '../../review/app/app';
import { baseAt } from '../../review/app/git-ref';
import { withScratch } from '../../review/app/scratch';
import { Assembly } from '../../review/assembly/assembly';
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
const base = (place: string, options: AppOptions) => withScratch(scratch => baseAt(place, options, scratch));
const at = async (place: string, options: AppOptions) => (await base(place, options)).assembly;
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

test('a compiler that tells its errors on standard output is heard', async () => {
  await expect(now({ folder, command: 'echo "app.ts(1,2): error TS1"; exit 1' })).rejects.toThrow('ended with 1\napp.ts(1,2): error TS1');
});

test.each([['--context', { context: ['foo'] }, "--context 'foo' has no value: give it as key=value"],
  ['--app-dir', { folder: '/nowhere' }, "--app-dir '/nowhere' does not exist: name the folder of the app's cdk.json"]],
)('%s that is none is refused', async (_, options, message) => {
  await expect(now({ folder, ...options })).rejects.toThrow(message);
});

test('an app has the context that the CDK CLI gives it', async () => {
  const names = ['aws:cdk:enable-path-metadata', '@aws-cdk/core:failSynthOnValidationErrors'];
  const read = 'JSON.parse(fs.readFileSync(process.env.CONTEXT_OVERFLOW_LOCATION_ENV))';
  const values = `node -p "${names.map(name => `${read}['${name}']`).join(" + ' ' + ")}"`;
  expect(nameIn(await now({ folder, command: `test "$(${values})" = 'true false' && cp -r asm/. "$CDK_OUTDIR"` }))).toBe('two');
});

test('an app gets more context than a variable may have', async () => {
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({
    app: 'test "$(wc -c < "$CONTEXT_OVERFLOW_LOCATION_ENV")" -gt 200000 && cp -r asm/. "$CDK_OUTDIR"', context: { long: 'x'.repeat(200_000) },
  }));
  expect(nameIn(await now({ folder }))).toBe('two');
});

describe('packages of a git ref', () => {
  const other = repository('one');
  const change = (file: string, text: string) => writeFileSync(join(other, file), text);
  change('package-lock.json', 'one');
  change('go.sum', 'one');
  mkdirSync(join(other, 'app'));
  change('app/cdk.json', JSON.stringify({ app: 'test "$(cat ../node_modules/version)" = "$VERSION" && cp -r ../asm/. "$CDK_OUTDIR"' }));
  change('.gitignore', 'node_modules\n');
  commit(other, 'two');
  mkdirSync(join(other, 'node_modules'));
  change('node_modules/version', 'today');
  const app = { folder: join(other, 'app') };
  const noted = async (version: string, install?: string) => {
    process.env.VERSION = version;
    return (await base('main', { ...app, install })).notes;
  };

  test('are those of today, which is told only where they may be others', async () => {
    expect(await noted('today')).toEqual([]);
    change('package-lock.json', 'two');
    change('app/requirements-dev.txt', 'one');
    // Go fetches what the file of the ref says
    change('go.sum', 'two');
    expect(await noted('today')).toEqual([
      "'app/requirements-dev.txt' and 'package-lock.json' are not as at 'main', which is synthesized with the packages of today: what other "
      + "packages change does not show. Install its own, such as by --install 'npm ci', or give the folder of an assembly that was "
      + "synthesized at 'main'",
    ]);
  });

  test('are installed by a command, in its worktree', async () => {
    expect(await noted('one', 'mkdir ../node_modules && cp ../package-lock.json ../node_modules/version')).toEqual([]);
    expect(readFileSync(join(other, 'node_modules', 'version'), 'utf8')).toBe('today');
    await expect(base(join(other, 'asm'), { ...app, install: 'npm ci' }))
      .rejects.toMatchObject({
        exitCode: 64, message: `--install 'npm ci' is for a git ref, and '${join(other, 'asm')}' is a folder: leave the option out`,
      });
    await expect(noted('one', 'echo no registry >&2; false'))
      .rejects.toThrow("the packages of 'main' are not installed: 'echo no registry >&2; false' ended with 1\nno registry");
  });
});

describe('packages of the repository itself', () => {
  const other = repository('one');
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(other, file)), { recursive: true });
    writeFileSync(join(other, file), text);
  };
  const app = 'test "$(node -p \'require("shared") + require("@acme/scoped") + require("foreign")\')" = "$WANTED" && cp -r asm/. "$CDK_OUTDIR"';
  write('cdk.json', JSON.stringify({ app }));
  write('.gitignore', 'node_modules\nbuilt\n.venv\n');
  write('packages/shared/package.json', '{}');
  write('packages/shared/index.js', 'module.exports = "one " + require("own");');
  write('packages/scoped/package.json', '{ "main": "./built/index.js" }');
  commit(other, 'two');
  write('packages/shared/index.js', 'module.exports = "two " + require("own");');
  write('packages/shared/node_modules/own/index.js', 'module.exports = "own ";');
  write('packages/scoped/built/index.js', 'module.exports = "built ";');
  write('node_modules/foreign/index.js', 'module.exports = "foreign";');
  write('node_modules/@acme/other/index.js', '');
  symlinkSync('../packages/shared', join(other, 'node_modules', 'shared'));
  symlinkSync('../../packages/scoped', join(other, 'node_modules', '@acme', 'scoped'));

  test('are those of the ref where git has them, and else it is told', async () => {
    process.env.WANTED = 'one own built foreign';
    expect((await base('main', { folder: other })).notes).toEqual([
      "'packages/scoped' is a package of this repository that 'main' is synthesized with as it is now: what it changes does not show. "
      + 'Install and build it there by --install, or give the folder of an assembly',
    ]);
    process.env.WANTED = 'two own built foreign';
    await expect(now({ folder: other })).resolves.toBeDefined();
    expect(git(other, 'status', '--porcelain')).toBe(' M packages/shared/index.js\n');
  });

  test('that Python runs from their source are told', async () => {
    const site = '.venv/lib/python3.11/site-packages';
    const source = (name: string, from: string, editable: boolean) =>
      write(`${site}/${name}.dist-info/direct_url.json`, JSON.stringify({ url: pathToFileURL(from).href, dir_info: { editable } }));
    source('shared', join(other, 'packages', 'shared'), true);
    source('scoped', join(other, 'packages', 'scoped'), false);
    source('elsewhere', newOutdir(), true);
    // beside the script of the app, and so found there first
    source('app', other, true);
    process.env.WANTED = 'one own built foreign';
    expect((await base('main', { folder: other })).notes.map(note => note.split(' ')[0])).toEqual(["'packages/scoped'", "'packages/shared'"]);
    write('src/acme/__init__.py', '');
    expect((await base('main', { folder: other })).notes.map(note => note.split(' ')[0])).toContain("'.'");
  });
});
