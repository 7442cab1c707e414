import { App, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { CrossAccountAccessRole, CrossAccountAccessRoleProps, Fact, IFacts, MfaRequirement, MultiAccountOrg } from '../src';
import { schemaProblems } from './facts-schema';
import { claims, factsOf, lies, templatesOf } from './isolation/facts';
import { acme, acmeOfKnownAccounts, DEV, discovered, orgProps, problems, PROD, synthesize, testApp } from './orgs';
import { cases } from './random';
import { defined, orgSpec } from './random-organizations';
import { tally } from './tally';

jest.setTimeout(300_000);

const everything = orgSpec.map(spec => ({ ...spec, found: true }));

describe('the facts of any organization', () => {
  test('are what the evaluator says of its templates', async () => {
    let pairs = 0;
    await fc.assert(fc.asyncProperty(everything, async spec => {
      const app = defined(spec);
      app.synth();
      const file = factsOf(app, spec.props.namespace);
      const templates = templatesOf(app);
      const all = claims(file.facts, templates);
      all.forEach(({ what, claimed }) => tally('facts', [spec, what, claimed]));
      pairs += all.length;
      expect(schemaProblems(file)).toEqual([]);
      expect(await lies(file.facts, templates)).toEqual([]);
    }), cases(200));
    expect(pairs).toBeGreaterThan(1000 * Number(process.env.RANDOM_CASES ?? 1));
  });
});

describe('a lie', () => {
  const { app, org, audit, dev, prod } = discovered(acme);
  org.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
  const engineers = org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });
  org.addGroup('operators', { canAssume: [prod.admin] });
  org.addUser('ada', { groups: [engineers] });
  synthesize(app);
  const { facts } = factsOf(app);
  const templates = templatesOf(app);
  const told = (planted: Fact[]) => lies(planted, templates);
  const is = (kind: string, text: string) => (fact: Fact) =>
    fact.kind === kind && Object.values(fact).some(value => value.includes(text));
  const changed = (which: (fact: Fact) => boolean, change: Partial<Fact>) =>
    facts.map(fact => which(fact) ? { ...fact, ...change } : fact);

  test('is none in what was written', async () => {
    expect(await told(facts)).toEqual([]);
  });

  test.each<[string, Fact[]]>([
    ['a right that is left out', facts.filter(fact => !is('can-assume', 'acme-dev-admin')(fact))],
    ['a right that nobody has', changed(is('can-assume', 'acme-dev-admin'), { name: prod.admin.roleArn })],
    ['a right without its condition', changed(fact => fact.kind === 'can-assume' || fact.kind === 'trusts', { value: '' })],
    ['a trust that is left out', facts.filter(fact => !is('trusts', 'acme-prod-read-only')(fact))],
    ['a group that nobody is in', changed(is('member', 'acme-engineers'), { name: 'arn:aws:iam::111111111111:group/acme-operators' })],
    ['records that go elsewhere', changed(is('records', 'prod'), { value: 's3://acme-elsewhere/AWSLogs/' })],
    ['a reader who is not let in', changed(fact => fact.kind === 'reads', { subject: 'arn:aws:iam::222222222222:role/acme-audit-admin' })],
    ['a reader who is left out', facts.filter(fact => fact.kind !== 'reads')],
  ])('is told: %s', async (_, planted) => {
    expect(planted).not.toEqual(facts);
    expect(await told(planted)).not.toEqual([]);
  });
});

test('say under which conditions a role trusts whom, wherever in the app it is', () => {
  const { app, prod } = acmeOfKnownAccounts();
  const trusting = (scope: Construct, props: Partial<CrossAccountAccessRoleProps>) => new CrossAccountAccessRole(scope, 'it', {
    roleName: scope.node.id,
    trustedPrincipals: [new iam.AccountPrincipal(DEV)],
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    ...props,
  });
  const provider = `arn:aws:iam::${PROD}:oidc-provider/token.actions.githubusercontent.com`;
  trusting(new Stack(prod, 'word'), { externalId: 'shop' });
  // what the role asks for takes the place of what the principal does
  const people = new iam.ArnPrincipal(`arn:aws:iam::${DEV}:user/ada`).withConditions({
    Bool: { 'aws:MultiFactorAuthPresent': 'false' }, StringEquals: { 'sts:ExternalId': 'theirs', 'aws:SourceVpc': 'vpc-1' },
  });
  trusting(new Stack(prod, 'words'), { externalId: 'ours', trustedPrincipals: [people] });
  const of = (name: string) => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:user/${name}`);
  trusting(new Stack(prod, 'together'), {
    mfa: MfaRequirement.NOT_REQUIRED,
    trustedPrincipals: [new iam.CompositePrincipal(of('ada').withConditions({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }), of('bob'))],
  });
  trusting(new Stack(prod, 'pipeline'), {
    trustedPrincipals: [new iam.WebIdentityPrincipal(provider, {
      StringLike: { 'token.actions.githubusercontent.com:sub': ['repo:acme/shop:*', 'repo:acme/web:*'] },
    })],
    mfa: MfaRequirement.NOT_REQUIRED,
  });
  trusting(new Stack(new Stage(app, 'elsewhere'), 'stack', { env: { account: PROD, region: 'eu-west-1' } }), {});
  trusting(new Stack(new Stage(app, 'foreign'), 'stack', { env: { account: '999999999999', region: 'eu-west-1' } }), {});
  synthesize(app);
  const file = factsOf(app);
  expect(schemaProblems(file)).toEqual([]);
  expect(file.facts.filter(({ kind, source }) => kind === 'trusts' && source.endsWith('/it')).map(({ name, value, source }) => [source, name, value])).toEqual([
    ['acme/prod/word/it', `account ${DEV}`, 'mfa; StringEquals sts:ExternalId "shop"'],
    ['acme/prod/words/it', `principal arn:aws:iam::${DEV}:user/ada`, 'mfa; StringEquals sts:ExternalId "ours"; StringEquals aws:SourceVpc "vpc-1"'],
    ['acme/prod/together/it', `principal arn:aws:iam::${DEV}:user/ada`, 'StringEquals aws:SourceVpc "vpc-1"; session named after user'],
    ['acme/prod/together/it', `principal arn:aws:iam::${DEV}:user/bob`, 'session named after user'],
    ['acme/prod/pipeline/it', `federated ${provider}`, 'StringLike token.actions.githubusercontent.com:sub ["repo:acme/shop:*","repo:acme/web:*"]'],
    ['elsewhere/stack/it', `account ${DEV}`, 'mfa; session named after user'],
  ]);
});

describe('facts of a concern', () => {
  function organization(facts: Fact[] | IFacts): { app: App; org: MultiAccountOrg } {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps());
    org.addFacts(Array.isArray(facts) ? { facts: () => facts } : facts);
    return { app, org };
  }
  const fact: Fact = { kind: 'budget', subject: 'prod', name: 'monthly', value: '100', source: 'acme/budgets' };

  test('are written beside the manifest, as they are', () => {
    const { app } = organization([fact]);
    app.synth();
    expect(factsOf(app)).toMatchObject({ version: 1, namespace: 'acme', facts: expect.arrayContaining([fact]) });
  });

  test.each<[string, string, boolean]>([
    ['region', 'me-south-1', true],
    ['region', '1', false],
    ['quota vpc L-F678F1CE eu-west-1', '8', true],
    ['quota vpc L-F678F1CE eu-west-1', 'many', false],
    ['quota vpc eu-west-1', '8', false],
    ...Object.entries({
      'identity-center': ['eu-west-1', ''],
      'permission-sets': ['', 'on'],
      'account-access': ['', 'a-1'],
      'identity-center-group': ['engineers', ''],
      'identity-center-new-group': ['engineers', ''],
      'identity-center-group-id': ['9067f5b8-0000-4000-8000-000000000000 engineers', 'engineers'],
      'identity-center-user-id': ['9067f5b8-0000-4000-8000-000000000000 ada', '9067f5b8-0000-4000-8000-000000000000'],
    }).flatMap(([need, [fitting, other]]): [string, string, boolean][] => {
      const name = `${need} arn:aws:sso:::instance/ssoins-1234567890abcdef`;
      return [[name, fitting, true], [name, other, false], [need, fitting, false]];
    }),
  ])('name what is needed as the schema says: %s, %s', (name, value, fits) => {
    const { app } = organization([{ ...fact, kind: 'needs', name, value }]);
    app.synth();
    expect(schemaProblems(factsOf(app)).length === 0).toBe(fits);
  });

  test.each<[string, Partial<Fact>, RegExp]>([
    ['a token', { value: '${Token[TOKEN.1]}' }, /fact 'budget' of 'acme\/budgets' has a token as its value: give what is known at synth/],
    ['a kind that is none', { kind: 'Budget of prod' }, /fact 'Budget of prod' of 'acme\/budgets' has an invalid kind/],
    ['nobody', { subject: '' }, /fact 'budget' of 'acme\/budgets' is incomplete/],
  ])('are refused if they are of %s', (_, part, message) => {
    const { app } = organization({ facts: () => [{ ...fact, ...part }] });
    expect(problems(app).join()).toMatch(message);
  });
});
