import { existsSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { PROVIDER_ERROR_KEY } from 'aws-cdk-lib/cx-api';
import { MultiAccountOrg, OrganizationSource } from '../../src';
import {
  ACME_IDS, acme, acmeOfKnownAccounts, acmeOfOneAccount, answers, AUDIT, discovered, EXISTING, lookups, orgProps, PROD,
  problems, ROOT, stackLookup, strings, synthesize, testApp,
} from '../orgs';

const NOT_YET = (stage: string) => `account '${stage}' does not exist yet: deploy 'acme/root/organization' first`;

function withTrailAndServices(app: App) {
  const defined = acme(app);
  defined.org.addAuditTrail({ storedIn: defined.audit });
  for (const id of ['network', 'postgres']) {
    new Stack(defined.prod, id);
  }
  return defined;
}

describe('as long as no account exists', () => {
  const { app } = withTrailAndServices(testApp());
  const synthesized = synthesize(app);

  test('each is asked for by its e-mail, in root', () => {
    expect(lookups(synthesized.assembly).map(({ provider, props }) => ({ provider, props }))).toEqual(
      ['audit', 'prod', 'dev'].map(stage => ({
        provider: 'cc-api-provider',
        props: expect.objectContaining({
          account: ROOT,
          region: 'eu-west-1',
          typeName: 'AWS::Organizations::Account',
          propertyMatch: { Email: `aws+${stage}@acme.example` },
          propertiesToReturn: ['AccountId'],
          expectedMatchCount: 'exactly-one',
        }),
      })),
    );
  });

  test.each([
    ['acme/prod/access', 'prod'], ['acme/prod/network', 'prod'], ['acme/prod/postgres', 'prod'], ['acme/dev/access', 'dev'],
    ['acme/audit/access', 'audit'],
  ])('%s carries an error that says what to do', (path, stage) => {
    expect(synthesized.errors(path)).toEqual([NOT_YET(stage)]);
  });

  test('the bucket of the trail carries one too, because it names such an account', () => {
    expect(synthesized.errors('acme/audit-trail/bucket')).toEqual([
      "it names an account that does not exist yet, of 'audit', 'prod', 'dev': deploy 'acme/root/organization' first",
    ]);
  });

  test.each(['trail', 'protection-audit', 'stop-destroy'])('%s carries none, because it reads the id, and waits for the bucket', name => {
    const before = (path: string): string[] =>
      synthesized.dependencies(path).flatMap(other => [other, ...before(other)]);
    expect(synthesized.errors(`acme/audit-trail/${name}`)).toEqual([]);
    expect(before(`acme/audit-trail/${name}`)).toContain('acme/audit-trail/bucket');
  });

  test('nothing of root carries an error', () => {
    const ofRoot = [...synthesized.stacks.keys()].filter(path => path.startsWith('acme/root/'));
    expect(ofRoot).toHaveLength(12);
    expect(ofRoot.flatMap(path => synthesized.errors(path))).toEqual([]);
  });

  test('the stages are in the account that AWS gives to nobody', () => {
    expect(synthesized.stack('acme/prod/access').environment.account).toBe('000000000000');
  });

  test('the stack to be deployed first is there', () => {
    expect(synthesized.stack('acme/root/organization').environment).toMatchObject({ account: ROOT, region: 'eu-west-1' });
  });
});

describe('once the accounts exist', () => {
  const synthesized = synthesize(discovered(withTrailAndServices).app);

  test('nothing is asked for', () => {
    expect(lookups(synthesized.assembly)).toEqual([]);
  });

  test('no stack carries an error', () => {
    expect([...synthesized.stacks.keys()].flatMap(path => synthesized.errors(path))).toEqual([]);
  });

  test.each([
    ['acme/prod/access', PROD], ['acme/prod/network', PROD], ['acme/audit-trail/bucket', AUDIT], ['acme/audit-trail/trail', ROOT],
    ['acme/root/organization', ROOT],
  ])('%s goes to its account', (path, account) => {
    expect(synthesized.stack(path).environment).toMatchObject({ account, region: 'eu-west-1' });
  });

  test('nothing is left of the account that stood in', () => {
    for (const [path, stack] of synthesized.stacks) {
      expect([path, strings(stack.template).filter(text => text.includes('000000000000'))]).toEqual([path, []]);
    }
  });
});

test('accounts that exist in part are deployed to in part', () => {
  const { app } = discovered(acme, { 'aws+prod@acme.example': PROD });
  const synthesized = synthesize(app);
  expect(synthesized.errors('acme/prod/access')).toEqual([]);
  expect(synthesized.errors('acme/dev/access')).toEqual([NOT_YET('dev')]);
  expect(lookups(synthesized.assembly).map(({ props }) => props.propertyMatch?.Email))
    .toEqual(['aws+audit@acme.example', 'aws+dev@acme.example']);
});

describe('a lookup that failed', () => {
  const first = acme().app.synth();
  const context = Object.fromEntries(lookups(first).map(({ key }) =>
    [key, { [PROVIDER_ERROR_KEY]: 'expected exactly one resource but found 0', $dontSaveContext: true }]));
  const synthesized = synthesize(acme(testApp(context)).app);

  test('is asked again', () => {
    expect(lookups(synthesized.assembly).map(({ key }) => key)).toEqual(lookups(first).map(({ key }) => key));
  });

  test('leaves root deployable', () => {
    expect(synthesized.errors('acme/root/structure')).toEqual([]);
    expect(synthesized.errors('acme/root/organization')).toEqual([]);
  });

  test('leaves the stage waiting', () => {
    expect(synthesized.errors('acme/prod/access')).toEqual([NOT_YET('prod')]);
  });
});

test.each([
  ['no account', []], ['an account without an id', [{}]], ['a word', 'prod'], ['no id', [{ AccountId: 'prod' }]], ['zeros', [{ AccountId: '000000000000' }]],
  ['a number', [{ AccountId: 333333333333 }]], ['two accounts', [{ AccountId: PROD }, { AccountId: AUDIT }]], ['an object', { AccountId: PROD }],
])('an answer that is %s is told', (_, answer) => {
  expect(problems(acme(testApp({ [keyOfProd()]: answer })).app)).toEqual([
    `cdk.context.json has ${JSON.stringify(answer)} for the account of 'aws+prod@acme.example': remove it with \`npx cdk context --reset\`, `
    + 'so that it is looked up again',
  ]);
});

test('no answer leaves the stage waiting, and is asked for again', () => {
  const key = keyOfProd();
  const synthesized = synthesize(acme(testApp({ [key]: null })).app);
  expect(synthesized.errors('acme/prod/access')).toEqual([NOT_YET('prod')]);
  expect(lookups(synthesized.assembly).map(lookup => lookup.key)).toContain(key);
});

function keyOfProd(): string {
  return lookups(acme().app.synth()).find(({ props }) => props.propertyMatch?.Email === 'aws+prod@acme.example')!.key;
}

test.each([7, { Value: PROD }, 'prod'])('an answer that is %j, of the parameter of an account, is told', answer => {
  const { 'aws+prod@acme.example': found } = ACME_IDS;
  const context = { [keyOfProd()]: [{ AccountId: found }], [stackLookup('/acme/account/prod-99ce0640')]: answer };
  expect(problems(acme(testApp(context)).app)).toEqual([
    `account '${found}' of 'aws+prod@acme.example' in cdk.context.json is not ${JSON.stringify(answer).replace(/"/g, "'")}, which the same file has as value `
    + "of '/acme/account/prod-99ce0640': remove both with `npx cdk context --reset`, so that they are looked up again",
  ]);
});

test('an account that is found twice, or is another one, fails', () => {
  const first = acme().app.synth();
  const same = answers(first, { 'aws+prod@acme.example': PROD, 'aws+dev@acme.example': PROD, 'aws+audit@acme.example': ROOT });
  expect(problems(acme(testApp(same)).app)).toEqual([
    expect.stringMatching(`^accountId '${ROOT}' is claimed by 'root' and 'audit': `),
    expect.stringMatching(`^accountId '${PROD}' is claimed by 'prod' and 'dev': `),
  ]);
});

test('an address of the stage is what it is found by', () => {
  const app = testApp();
  new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod', { email: 'production@acme.example' });
  expect(lookups(app.synth()).map(({ props }) => props.propertyMatch)).toEqual([{ Email: 'production@acme.example' }]);
});

test('the message names the path of root, wherever the organization is', () => {
  const app = testApp();
  const stack = new MultiAccountOrg(app, 'beta', orgProps()).addStage('prod');
  expect(stack.node.path).toBe('beta/prod');
  expect(synthesize(app).errors('beta/prod/access'))
    .toEqual(["account 'prod' does not exist yet: deploy 'beta/root/organization' first"]);
});

describe('in an organization that exists', () => {
  test('new accounts are found in the same way', () => {
    const synthesized = synthesize(discovered(app => acme(app, { organization: EXISTING })).app);
    expect(synthesized.stack('acme/dev/access').environment.account).toBe(ACME_IDS['aws+dev@acme.example']);
  });

  test('an account that is given is not asked for', () => {
    const app = testApp();
    new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING })).addStage('prod', { accountId: PROD });
    expect(lookups(app.synth())).toEqual([]);
  });
});

test.each([
  ['of member accounts', () => acmeOfKnownAccounts(OrganizationSource.memberAccounts())],
  ['of one account', () => acmeOfOneAccount()],
])('an organization %s asks for nothing', (_, define) => {
  const synthesized = synthesize(define().app);
  expect(lookups(synthesized.assembly)).toEqual([]);
  expect([...synthesized.stacks.keys()].flatMap(path => synthesized.errors(path))).toEqual([]);
});

test('two organizations ask for their own', () => {
  const app = testApp();
  new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod');
  new MultiAccountOrg(app, 'beta', orgProps({ managementAccountId: AUDIT, email: 'aws@beta.example' })).addStage('prod');
  const assembly = app.synth();
  expect(answers(assembly, { 'aws+prod@acme.example': PROD, 'aws+prod@beta.example': PROD })).toEqual({
    [lookups(assembly)[0].key]: [{ AccountId: PROD }],
    [stackLookup('/acme/account/prod-99ce0640')]: PROD,
    [lookups(assembly)[1].key]: [{ AccountId: PROD }],
    [stackLookup('/beta/account/prod-48dee013', { account: AUDIT, region: 'eu-west-1' })]: PROD,
  });
  expect(lookups(assembly).map(({ props }) => (props as { account?: string }).account)).toEqual([ROOT, AUDIT]);
});

test('what an earlier synthesis reported is forgotten, and not told of accounts that have been found since', () => {
  const app = testApp();
  acme(app);
  const report = join(app.outdir, 'validation-report.json');
  writeFileSync(report, JSON.stringify({ version: 'stale' }));
  app.synth();
  // a CDK that validates has written its own by now
  expect(existsSync(report) ? readFileSync(report, 'utf8') : '').not.toContain('stale');
});

describe('an id in the context that is not the one which the stack of the account has written', () => {
  const found = answers(acme().app.synth(), ACME_IDS);
  const key = (email: string) => Object.keys(found).find(name => name.includes(email))!;
  const swapped = { ...found, [key('aws+audit@')]: [{ AccountId: PROD }], [key('aws+prod@')]: [{ AccountId: AUDIT }] };

  test('fails, for each account', () => {
    const told = (name: string, id: string, other: string, parameter: string) =>
      `account '${id}' of 'aws+${name}@acme.example' in cdk.context.json is not '${other}', which the same file has as value of '${parameter}': `
      + 'remove both with `npx cdk context --reset`, so that they are looked up again';
    expect(problems(acme(testApp(swapped)).app)).toEqual([
      told('audit', PROD, AUDIT, '/acme/account/audit-f3f09fc1'), told('prod', AUDIT, PROD, '/acme/account/prod-99ce0640'),
    ]);
  });

  test('is fine as it was found, and once it is looked up again', () => {
    expect(problems(acme(testApp(found)).app)).toEqual([]);
    const { [key('aws+audit@')]: _, [key('aws+prod@')]: __, ...rest } = swapped;
    expect(problems(acme(testApp(rest)).app)).toEqual([]);
  });
});

test('another home region fails once accounts were found from the first', () => {
  const found = answers(acme().app.synth(), ACME_IDS);
  const abroad = (context: Record<string, unknown>) => problems(acme(testApp(context), { homeRegion: 'eu-central-1' }).app);
  expect(abroad(found)).toEqual(["homeRegion 'eu-central-1' is not 'eu-west-1', for which cdk.context.json has accounts: it cannot be changed "
    + 'once the stacks of root are there, so put it back, or remove these entries if nothing is deployed there']);
  expect(abroad({})).toEqual([]);
});
