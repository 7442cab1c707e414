import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import { readmeExamples } from './consumer/readme';
import { EXISTING, orgProps, problems, testApp } from './orgs';
import { REPOSITORY } from './packages';
import * as constructs from '../src';

const GUIDES = ['README.md', ...readdirSync(join(REPOSITORY, 'docs', 'guides')).map(guide => `docs/guides/${guide}`)];
const { IdentityCenter, MultiAccountOrg, StageAddresses, StageProfile } = constructs;

const STAGES = { prod: 'PRODUCTION', staging: 'STAGING', dev: 'DEVELOPMENT', audit: 'AUDIT' } as const;

/** What examples speak of without defining it each time. */
function given(code: string) {
  const asked = testApp();
  const acme = new MultiAccountOrg(asked, 'acme', orgProps({ organization: EXISTING }));
  const defined = Object.entries(STAGES).filter(([id]) => !code.includes(`acme.addStage('${id}'`));
  const stages = defined.map(([id, profile], index) => {
    const accountId = `${index + 2}`.repeat(12);
    const options = { profile: StageProfile[profile], accountId, addresses: StageAddresses.index(index) };
    return [id, acme.addStage(id, options)] as const;
  });
  const stack = new cdk.Stack(stages[0]?.[1] ?? acme.root, 'jobs');
  return {
    asked,
    names: {
      ...cdk,
      Construct,
      iam,
      s3,
      ...constructs,
      acme,
      ...Object.fromEntries(stages),
      stack,
      app: testApp(),
      vpc: new ec2.Vpc(stack, 'vpc'),
      instance: IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1'),
    },
  };
}

function run(code: string): string[] {
  const { asked, names } = given(code);
  const scope: Record<string, unknown> = { ...names, require, exports: {} };
  const script = transpile(code, { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 });
  // in a block, so that an example may define a name that is there
  new Function(...Object.keys(scope), `{ ${script} }`)(...Object.values(scope));
  return problems(asked);
}

/** Each example, after those of the same guide that define a guardrail which it uses; what both import stands once. */
const examples = GUIDES.flatMap(guide => {
  const codes = readmeExamples('ts', readFileSync(join(REPOSITORY, guide), 'utf8').replace(/^ {3}/gm, ''));
  return codes.map((code, index) => {
    const before = codes.slice(0, index).filter(other =>
      [...other.matchAll(/^const ([A-Z_]+) = /gm)].some(([, name]) => code.includes(name)));
    const lines = [...before, code].flatMap(one => one.split('\n'));
    return [guide, index + 1, lines.filter((line, at) => !line.startsWith('import ') || lines.indexOf(line) === at).join('\n')] as const;
  });
});

test.each(examples)('%s: example %d is valid', (_, __, code) => {
  expect(run(code)).toEqual([]);
});

test('there are examples', () => {
  expect(new Set(examples.map(([guide]) => guide)).size).toBeGreaterThan(2);
});

test('an example that is wrong is told', () => {
  expect(() => run("acme.addGroup('a', { canAsume: [] });")).toThrow('canAsume');
  expect(() => run('new Nothing(acme);')).toThrow('Nothing');
});
