import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import { readmeExamples } from './consumer/readme';
import { EXISTING, orgProps, problems, testApp } from './orgs';
import { REPOSITORY } from './packages';
import * as library from '../src';

const GUIDES = join(REPOSITORY, 'docs', 'guides');
const { IdentityCenter, MultiAccountOrg, StageProfile } = library;

/** What guides speak of without defining it each time. */
function given() {
  const app = testApp();
  const acme = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING }));
  const [prod, staging, dev, audit] = ['PRODUCTION', 'STAGING', 'DEVELOPMENT', 'AUDIT'].map((profile, index) =>
    acme.addStage(['prod', 'staging', 'dev', 'audit'][index], {
      accountId: `${index + 2}`.repeat(12), profile: StageProfile[profile as keyof typeof StageProfile] as StageProfile,
    }));
  const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
  return { app, acme, prod, dev, audit, staging, instance };
}

function run(code: string): string[] {
  const { app, ...names } = given();
  const scope: Record<string, unknown> = { ...library, ...names, require, exports: {} };
  const script = transpile(code, { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 });
  // in a block, so that an example may give what it defines a name that is there
  new Function(...Object.keys(scope), `{ ${script} }`)(...Object.values(scope));
  return problems(app);
}

/** Each example, after those of the same guide that define a guardrail which it uses; what both import stands once. */
const examples = readdirSync(GUIDES).flatMap(guide => {
  const codes = readmeExamples('ts', readFileSync(join(GUIDES, guide), 'utf8').replace(/^ {3}/gm, ''));
  return codes.map((code, index) => {
    const before = codes.slice(0, index).filter(other => [...other.matchAll(/^const ([A-Z_]+) = /gm)].some(([, name]) => code.includes(name)));
    const lines = [...before, code].flatMap(one => one.split('\n'));
    return [guide, index + 1, lines.filter((line, at) => !line.startsWith('import ') || lines.indexOf(line) === at).join('\n')] as const;
  });
});

test.each(examples)('%s: example %d is valid', (_, __, code) => {
  expect(run(code)).toEqual([]);
});

test('guides have examples', () => {
  expect(new Set(examples.map(([guide]) => guide)).size).toBeGreaterThan(1);
});

test('an example that is wrong is told', () => {
  expect(() => run("acme.addGroup('a', { canAsume: [] });")).toThrow('canAsume');
  expect(() => run('new Nothing(acme);')).toThrow('Nothing');
});
