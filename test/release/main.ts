import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Registries } from './registries';
import { Scratch } from './scratch';
import { DIST } from '../packages';

// a release from its commits to registries of this machine, made in a clone; dist and the registries are left for those
// who look at it as consumers

const LAST = '0.1.0';
// below 1.0 a feature is in the last place, where '^' takes it, and a break in the middle, where it does not
const NEXT = '0.1.1';
const COMPILED = ['lib', '.jsii', 'bootstrap'];
const WITHOUT_UNIT_TESTS = process.argv.includes('--without-unit-tests');

const results: Array<[what: string, problem?: string]> = [];

function check(what: string, holds: boolean, problem = 'does not hold'): void {
  results.push([what, holds ? undefined : problem]);
  console.log(`${holds ? 'ok   ' : 'fails'} ${what}${holds ? '' : `: ${problem}`}`);
}

function released(scratch: Scratch, registries: Registries): void {
  scratch.git('tag', `v${LAST}`);
  // what the last release would have published: what is compiled here, by its version
  const assembly = join(scratch.clone, '.jsii');
  COMPILED.forEach(path => scratch.copy(path));
  writeFileSync(assembly, readFileSync(assembly, 'utf8').replace(/"version": "0\.0\.0"/g, `"version": "${LAST}"`));
  scratch.run('npm', 'pkg', 'set', `version=${LAST}`);
  scratch.projen('package:js');
  registries.publishNpm(join(scratch.clone, 'dist', 'js'));
  COMPILED.forEach(path => rmSync(join(scratch.clone, path), { recursive: true }));
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

type Files = Record<string, string>;

/** What the check says of the changes to some files, before any is accepted, when one of them is, and when all are. */
function broken(scratch: Scratch): void {
  const changes = [
    ['src/cross-account-access-role.ts', 'switchRoleUrl', 'switchUrl'],
    ['src/services/secrets/secret-store.ts', "'Key'", "'OtherKey'"],
  ];
  for (const [file, from, to] of changes) {
    const before = readFileSync(join(scratch.clone, file), 'utf8');
    check(`${file} has ${from}`, before.includes(from), 'take another change to break the release by');
    scratch.write(file, before.split(from).join(to));
  }
  scratch.projen('compile');

  const checked = (accepted: Files) => {
    Object.entries(accepted).forEach(([name, content]) => scratch.write(name, content));
    try {
      return { refused: false, said: scratch.projen('release:check') };
    } catch (error) {
      return { refused: true, said: (error as Error).message };
    }
  };
  const { refused, said } = checked({});
  const keys = [...said.matchAll(/\[([\w-]+:cdk-multi-account-org\S+)\]/g)].map(([, key]) => key);
  const ids = [...said.matchAll(/has the resource '(.+)'/g)].map(([, id]) => `${id} # tried`);
  check('a release that renames a property is refused', refused && keys.some(key => key.includes('switchRoleUrl')), said.slice(-2000));
  check('a release that loses a logical id is refused', refused && ids.length > 0, said.slice(-2000));

  const one = checked({ '.compatignore': keys.join('\n') });
  check('and still is, once the other is accepted', one.refused && !one.said.includes('the API breaks'), one.said.slice(-2000));
  const both = checked({ '.logical-ids-ignore': ids.join('\n') });
  check('and is not, once both are', !both.refused, both.said.slice(-2000));
  const stale = checked({ '.logical-ids-ignore': [...ids, 'acme-root-access Nothing AWS::IAM::Role # tried'].join('\n') });
  check('and what is accepted in vain is told', stale.refused && /accepts 'acme-root-access Nothing.*take it out/.test(stale.said), stale.said.slice(-500));
}

async function main(): Promise<void> {
  const scratch = new Scratch();
  const registries = await Registries.startEmpty();
  try {
    scratch.registry = registries.npm;
    released(scratch, registries);
    made(scratch);
    rmSync(DIST, { recursive: true, force: true });
    cpSync(join(scratch.clone, 'dist'), DIST, { recursive: true });
    registries.publishAll(DIST);
    broken(scratch);
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
