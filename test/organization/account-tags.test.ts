import { App, Lazy, Tags } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { MultiAccountOrg, MultiAccountOrgProps, OrganizationPolicyType, OrganizationSource, StageOptions } from '../../src';
import { answers, callOf, orgProps, problems, PROD, stackLookup, strings, Synthesized, synthesize, testApp } from '../orgs';

const ADOPTED = 'acme/root/adopted-prod';
const MADE = stackLookup('/acme/account/prod-99ce0640');
const TAGS = { 'team': 'shop', 'budget-alarm': 'me@acme.example' };

function define(app: App, options: StageOptions = {}, props: Partial<MultiAccountOrgProps> = {}) {
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  org.addStage('prod', { accountTags: TAGS, ...options });
  return { app, org };
}

function tagCalls(synthesized: Synthesized): string[] {
  return synthesized.find('Custom::AWS', ADOPTED).filter(({ id, resource }) => !id.includes('attempt') && callOf(resource).endsWith('tagResource'))
    .map(({ resource }) => strings(resource.Properties.Create).join(''));
}

const CALL = `"parameters":{"ResourceId":"${PROD}","Tags":[{"Key":"team","Value":"shop"},{"Key":"budget-alarm","Value":"me@acme.example"}]}`;

describe('the tags of an account', () => {
  test('are those of its stack as well, and of no other', () => {
    const synthesized = synthesize(define(testApp()).app);
    expect(synthesized.one('AWS::Organizations::Account').Properties.Tags).toEqual([
      { Key: 'budget-alarm', Value: 'me@acme.example' }, { Key: 'team', Value: 'shop' },
    ]);
    const tagged = [...synthesized.stacks].filter(([, { tags }]) => Object.keys(tags).length > 0);
    expect(tagged.map(([path, { tags }]) => [path, tags])).toEqual([['acme/root/account-prod', TAGS]]);
  });

  test('go before those of root, each key once', () => {
    const { app, org } = define(testApp());
    Object.entries({ team: 'platform', owner: 'acme' }).forEach(([key, value]) => Tags.of(org.root).add(key, value));
    const synthesized = synthesize(app);
    const expected = { ...TAGS, owner: 'acme' };
    expect(synthesized.one('AWS::Organizations::Account').Properties.Tags).toEqual(Object.entries(expected).sort()
      .map(([Key, Value]) => ({ Key, Value })));
    expect(synthesized.stack('acme/root/account-prod').tags).toEqual(expected);
  });

  test('are given to an account that exists by a call, which moves it only if it has a unit', () => {
    const tagged = synthesize(define(testApp(), { accountId: PROD }).app);
    expect(tagged.find('Custom::AWS', ADOPTED).filter(({ id }) => !id.includes('attempt')).map(({ resource }) => callOf(resource)))
      .toEqual(['Organizations.tagResource']);
    expect(tagCalls(tagged)).toEqual([expect.stringContaining(CALL)]);
    expect(JSON.stringify(tagged.resources(ADOPTED))).toContain(`:account/*/${PROD}`);
    expect(tagged.dependencies('acme/root/organization')).toContain(ADOPTED);

    const moved = synthesize(define(testApp(), { accountId: PROD, organizationalUnit: 'workloads' }).app);
    const calls = moved.find('Custom::AWS', ADOPTED);
    expect(tagCalls(moved)).toHaveLength(1);
    // AWS Organizations rejects concurrent changes
    const move = calls.find(({ resource }) => callOf(resource).endsWith('moveAccount'))!;
    const first = calls.find(({ id, resource }) => id.includes('attempt1') && callOf(resource).endsWith('tagResource'))!;
    expect(first.resource.DependsOn).toContain(move.id);
  });

  test('are given by a call to an account whose stack failed, once its address is known to be right', () => {
    const found = answers(define(testApp()).app.synth(), { 'aws+prod@acme.example': PROD });
    const synthesized = synthesize(define(testApp({ ...found, [MADE]: 'no-stack' })).app);
    expect(tagCalls(synthesized)).toEqual([expect.stringContaining(CALL)]);
    expect(synthesized.find('AWS::Organizations::Account')).toEqual([]);
  });

  test('that exists is as it is without them', () => {
    for (const accountTags of [undefined, {}]) {
      expect(synthesize(define(testApp(), { accountId: PROD, accountTags }).app).stacks.has(ADOPTED)).toBe(false);
    }
  });

  test.each<[string, Record<string, string>, string]>([
    ['too many', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])), 'has 51 tags: AWS takes 50, so leave some out'],
    ['without a key', { '': 'x' }, "key '' in accountTags of stage 'prod' has 0 characters: AWS takes 1 to 128"],
    ['with a long key', { ['k'.repeat(129)]: 'x' }, 'has 129 characters: AWS takes 1 to 128'],
    ['without a value', { team: '' }, "value of 'team' in accountTags of stage 'prod' has 0 characters: AWS takes 1 to 256"],
    ['with a long value', { team: 'x'.repeat(257) }, "value of 'team' in accountTags of stage 'prod' has 257 characters: AWS takes 1 to 256"],
    ['of AWS', { 'AWS:team': 'x' }, "key 'AWS:team' in accountTags of stage 'prod' begins with 'aws:', which AWS reserves: choose another one"],
    ['with other characters', { team: 'shop!' }, "value of 'team' in accountTags of stage 'prod' has characters that AWS does not take: use letters"],
    ['known later', { team: Lazy.string({ produce: () => 'x' }) }, "value of 'team' in accountTags of stage 'prod' is a token: tags are on the stack"],
  ])('are refused: %s', (_, accountTags, problem) => {
    expect(problems(define(testApp(), { accountTags }).app)).toEqual([expect.stringContaining(problem)]);
  });

  test('are as long as AWS takes, in any language', () => {
    const accountTags = { ['k'.repeat(128)]: 'x'.repeat(256), équipe: '店 1_.:/=+-@' };
    expect(problems(define(testApp(), { accountTags }).app)).toEqual([]);
  });

  test('have no effect without the management account', () => {
    const organization = OrganizationSource.memberAccounts();
    expect(problems(define(testApp(), { accountId: PROD }, { organization, email: undefined }).app)).toEqual([
      "accountTags of stage 'prod' has no effect, because no account is created without the management account: leave it out",
    ]);
  });
});

test('a tag of the whole app is once on each of 20 policies, which change one after another', () => {
  const { app, org } = define(testApp());
  const units = ['a', 'b', 'c', 'd'];
  for (let number = 0; number < 20; number++) {
    org.management!.addPolicy(`p${number}`, {
      policyType: OrganizationPolicyType.SERVICE_CONTROL,
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] })],
      organizationalUnits: [units[number % 4]],
    });
  }
  // tags do not cross a Stage in all versions of the CDK
  [app, ...org.allStages].forEach(scope => Tags.of(scope).add('team', 'platform'));
  const synthesized = synthesize(app);
  const all = [...synthesized.stacks.keys()].flatMap(path => Object.values(synthesized.resources(path)));
  const tagged = all.filter(({ Type, Properties }) => Type.startsWith('AWS::Organizations::') && Properties?.Tags);
  expect(tagged.map(({ Type }) => Type).filter(type => type.endsWith('Policy'))).toHaveLength(20);
  expect(tagged).toHaveLength(20 + units.length + 1);
  for (const { Properties } of tagged) {
    const keys = Properties.Tags.map(({ Key }: { Key: string }) => Key);
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys).toContain('team');
  }
  const policies = synthesized.find('AWS::Organizations::Policy');
  expect(policies.map(({ resource }) => resource.DependsOn))
    .toEqual([undefined, ...policies.slice(0, -1).map(({ id }) => [id])]);
  expect(new Set(policies.map(({ path }) => path))).toEqual(new Set(['acme/root/organization']));
});
