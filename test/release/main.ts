import { existsSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { INSTALLS, templatesBy } from './installed';
import { Registries } from './registries';
import { Scratch } from './scratch';
import { firstDifference } from '../languages/templates';

// a release from its commits to its consumers, in a clone and by registries of this machine; nothing is left behind

const LAST = '0.1.0';
// below 1.0 a feature is in the last place, where '^' takes it, and a break in the middle, where it does not
const NEXT = '0.1.1';
const WITHOUT_UNIT_TESTS = process.argv.includes('--without-unit-tests');

const results: Array<[what: string, problem?: string]> = [];

function check(what: string, holds: boolean, problem = 'does not hold'): void {
  results.push([what, holds ? undefined : problem]);
  console.log(`${holds ? 'ok   ' : 'fails'} ${what}${holds ? '' : `: ${problem}`}`);
}

function released(scratch: Scratch, registries: Registries): void {
  scratch.git('tag', `v${LAST}`);
  // what the last release would have published
  scratch.run('npm', 'pkg', 'set', `version=${LAST}`);
  ['pre-compile', 'compile', 'package:js'].forEach(task => scratch.projen(task));
  registries.publishNpm(join(scratch.clone, 'dist', 'js'), scratch.home);
  scratch.git('checkout', '--quiet', 'package.json');

  for (const [type, subject] of [['feat', 'a stage for everybody'], ['fix', 'nobody waits for a stage']]) {
    scratch.write(`docs/${type}.md`, subject);
    scratch.git('add', `docs/${type}.md`);
    scratch.git('commit', '--quiet', '-m', `${type}: ${subject}`);
  }
  if (WITHOUT_UNIT_TESTS) {
    console.log('the unit tests are left out of this release');
    const jest = join(scratch.clone, 'node_modules', '.bin', 'jest');
    rmSync(jest);
    writeFileSync(jest, '#!/bin/sh\necho left out\n', { mode: 0o755 });
  }
  const said = scratch.projen('release');
  check('the release is held against the last one', new RegExp(`logical ids of v${LAST}, 0 broken`).test(said), said.slice(-2000));
}

function made(scratch: Scratch): void {
  const dist = (...path: string[]) => join(scratch.clone, 'dist', ...path);
  const text = (...path: string[]) => readFileSync(dist(...path), 'utf8');
  check(`the version is ${NEXT}`, text('version.txt').trim() === NEXT, text('version.txt'));
  check('the tag is the version', text('releasetag.txt').trim() === `v${NEXT}`, text('releasetag.txt'));
  const changelog = text('changelog.md');
  check('the changelog has the feature and the fix, and nothing else',
    /### Features\s+\* a stage for everybody[^*]*### Bug Fixes\s+\* nobody waits for a stage[^*]*$/.test(changelog),
    changelog);
  const maven = ['java', 'io', 'github', 'cdkmultiaccountorg', 'cdk-multi-account-org', NEXT];
  for (const file of [
    ['js', `cdk-multi-account-org@${NEXT}.jsii.tgz`],
    ['python', `cdk_multi_account_org-${NEXT}-py3-none-any.whl`],
    ...['.jar', '.pom', '-sources.jar', '-javadoc.jar'].map(ending => [...maven, `cdk-multi-account-org-${NEXT}${ending}`]),
    ['go', 'cdkmultiaccountorg', 'go.mod'],
    ['dotnet', 'CdkMultiAccountOrg', 'CdkMultiAccountOrg.csproj'],
    ...['python', 'java', 'csharp', 'go'].map(language => ['docs', `API.${language}.md`]),
  ]) {
    check(`dist has ${file[file.length - 1]}`, existsSync(dist(...file)), `${dist(...file)} is not there`);
  }
  check('the release changes no file', scratch.git('status', '--porcelain') === '', scratch.git('status', '--porcelain'));
}

function installedBack(scratch: Scratch, registries: Registries): void {
  registries.publishAll(join(scratch.clone, 'dist'), scratch.home);
  const expected = templatesBy('typescript', NEXT, registries, scratch.folder);
  for (const language of Object.keys(INSTALLS)) {
    const found = language === 'typescript' ? expected : templatesBy(language, NEXT, registries, scratch.folder);
    const difference = found.size < 30 ? `only ${found.size} templates` : firstDifference(expected, found);
    check(`${language} installs ${NEXT} from its registry, and makes the reference organization`, difference === undefined, difference);
  }
}

type Files = Record<string, string>;

/** What the check says of a change to a file, before and after the change is accepted. */
function breaks(scratch: Scratch, file: string, from: string, to: string, accepted: (said: string) => Files): void {
  const before = readFileSync(join(scratch.clone, file), 'utf8');
  const refused = () => {
    try {
      return { failed: false, said: scratch.projen('release:check') };
    } catch (error) {
      return { failed: true, said: (error as Error).message };
    }
  };
  check(`${file} has ${from}`, before.includes(from), 'take another change to break the release by');
  scratch.write(file, before.split(from).join(to));
  scratch.projen('compile');
  const { failed, said } = refused();
  check(`a release that makes ${from} of ${file} ${to} is refused`, failed, said.slice(-2000));
  const files = accepted(said);
  Object.entries(files).forEach(([name, content]) => scratch.write(name, content));
  const after = refused();
  check('and is not, once that is accepted', !after.failed, after.said.slice(-2000));
  scratch.write(file, before);
  scratch.projen('compile');
  if ('.logical-ids-ignore' in files) {
    const stale = refused();
    check('and what is accepted in vain is told', stale.failed && stale.said.includes('take it out'), stale.said.slice(-500));
  }
  Object.keys(files).forEach(name => rmSync(join(scratch.clone, name)));
}

async function main(): Promise<void> {
  const scratch = new Scratch();
  const registries = await Registries.start(scratch.folder);
  try {
    scratch.registry = registries.npm;
    scratch.run('npm', 'ci');
    released(scratch, registries);
    made(scratch);
    installedBack(scratch, registries);
    breaks(scratch, 'src/cross-account-access-role.ts', 'switchRoleUrl', 'switchUrl',
      said => ({ '.compatignore': [...said.matchAll(/\[([\w-]+:cdk-multi-account-org\S+)\]/g)].map(([, key]) => key).join('\n') }));
    breaks(scratch, 'src/services/secret-store.ts', "'Key'", "'OtherKey'",
      said => ({ '.logical-ids-ignore': [...said.matchAll(/has the resource '(.+)'/g)].map(([, id]) => `${id} # tried`).join('\n') }));
  } finally {
    registries.stop();
    scratch.leave();
  }
}

void main().then(() => {
  const failed = results.filter(([, problem]) => problem !== undefined).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
