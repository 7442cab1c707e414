import * as fc from 'fast-check';
import { AccountRemoval, MultiAccountOrgProps } from '../src';
import { lookups, problems, ROOT, strings, Synthesized, testApp } from './orgs';
import { cases } from './random';
import { accountsOf, CONTEXT, define, OrgSpec, orgSpec, StageSpec, synthesized, unitName, unitPath } from './random-organizations';
import { tally } from './tally';

jest.setTimeout(120_000);

describe('any organization', () => {
  test('keeps its accounts apart, whatever it is made of', () => {
    fc.assert(fc.property(orgSpec, spec => {
      const result = synthesized(spec);
      checkAccounts(spec, result);
      checkTemplates(spec, result);
    }), cases(160));
  });
});

function checkAccounts(spec: OrgSpec, result: Synthesized): void {
  const accounts = result.find('AWS::Organizations::Account');
  const owns = spec.situation === 'create' || spec.situation === 'existing';
  const created = owns ? spec.stages.filter(({ accountId }) => accountId === undefined) : [];
  expect(accounts.map(({ path }) => path).sort()).toEqual(created.map(({ name }) => `acme/root/account-${name}`).sort());
  const before = (path: string): string[] =>
    [...new Set(result.dependencies(path).flatMap(other => [other, ...before(other)]))];
  created.forEach(({ name, accountRemoval }, index) => {
    const path = `acme/root/account-${name}`;
    const { resource } = accounts.find(found => found.path === path)!;
    expect([resource.DeletionPolicy, resource.UpdateReplacePolicy])
      .toEqual([spec.found && accountRemoval === AccountRemoval.CLOSE_ACCOUNT ? 'Delete' : 'Retain', 'Retain']);
    expect(before(path).filter(other => other.includes('/account-')).sort()).toEqual(
      created.slice(0, index).map(other => `acme/root/account-${other.name}`).sort());
    expect(before(path).includes('acme/root/structure')).toBe(spec.situation === 'create');
  });

  const bootstraps = [...result.stacks.keys()].filter(path => path.startsWith('acme/bootstrap/'));
  const bootstrapped = bootstraps.map(path => path.split('/')[2]);
  expect(bootstrapped.filter(name => created.some(stage => stage.name === name)).sort())
    .toEqual(created.map(({ name }) => name).sort());
  expect(new Set(bootstraps.map(path => created.find(({ name }) => path.split('/')[2].startsWith(name)))).has(undefined)).toBe(false);
}

function checkTemplates(spec: OrgSpec, result: Synthesized): void {
  const accounts: Record<string, string> = { ...accountsOf(spec), root: ROOT };
  const left = result.find('AWS::SSM::Parameter').map(({ resource }) => resource.Properties.Name);
  expect(new Set(left).size).toBe(left.length);
  const names = new Set<string>();

  for (const [path, stack] of result.stacks) {
    const [, stage] = path.split('/');
    const { account } = stack.environment;
    if (stage !== 'audit-trail' && stage !== 'bootstrap') {
      expect([path, account]).toEqual([path, accounts[stage]]);
    }
    const resources = Object.values(result.resources(path));
    expect([path, resources.filter(({ Type }) => Type !== 'AWS::CDK::Metadata').length > 0]).toEqual([path, true]);
    expect(resources.length).toBeLessThanOrEqual(400);
    expect(JSON.stringify(stack.template).length).toBeLessThanOrEqual(500_000);

    const template = JSON.stringify(stack.template);
    expect([path, /"Fn::(ImportValue|GetStackOutput)"/.test(template)]).toEqual([path, false]);
    const { Parameters = {} } = stack.template;
    for (const { Type, Default } of Object.values<{ Type: string; Default: string }>(Parameters)) {
      if (Type === 'AWS::SSM::Parameter::Value<String>' && Default.startsWith('/acme/')) {
        expect([path, account, left.includes(Default)]).toEqual([path, ROOT, true]);
      }
    }
    // what `cdk import` may have to bring back has no parameters
    expect([path, template.includes('{{resolve:ssm:') && !path.startsWith('acme/audit-trail/')]).toEqual([path, false]);
    expect([path, result.dependencies(path).filter(other => other.split('/')[1] !== stage)]).toEqual([path, []]);

    const waiting = account === '000000000000' || template.includes('000000000000');
    expect([path, result.errors(path).length]).toEqual([path, waiting ? 1 : 0]);

    for (const { Type, Properties } of resources) {
      const name = Properties?.RoleName ?? Properties?.BucketName ?? Properties?.GroupName ?? Properties?.UserName
        ?? Properties?.TrailName ?? Properties?.AliasName ?? Properties?.ManagedPolicyName;
      if (typeof name === 'string') {
        const key = `${account} ${Type} ${name}`;
        expect([key, names.has(key) && account !== '000000000000']).toEqual([key, false]);
        names.add(key);
      }
    }
    const key = `${account} ${stack.environment.region} ${stack.stackName}`;
    expect([key, names.has(key) && account !== '000000000000']).toEqual([key, false]);
    names.add(key);
  }
  expect(lookups(result.assembly).filter(({ provider }) => provider === 'cc-api-provider').length)
    .toBe(Object.entries(accounts).filter(([, account]) => account === '000000000000').length);
}

/** What is wrong, and what the message has to name: the property and the value. */
interface Mistake {
  readonly org?: Partial<MultiAccountOrgProps>;
  readonly stage?: StageSpec;
  readonly named: string[];
}

const nastyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 0, maxLength: 30 }),
  fc.constantFrom('root', 'audit-trail', 'bootstrap', 'Prod', 'a--b', '-a', 'a_b', 'a/b', '__proto__', 'a'.repeat(25), '../x', ''),
).filter(name => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 24 || ['root', 'audit-trail', 'bootstrap'].includes(name));
const nastyWord = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constantFrom('', ' ', '12345', '__proto__', 'null', "it's"))
  .filter(word => !word.includes('\n'));

const mistake: fc.Arbitrary<Mistake> = fc.oneof(
  nastyName.filter(name => !/[\n\r]/.test(name)).map(name => ({ stage: { name }, named: [`stage '${name}'`] })),
  nastyWord.map(value => ({ org: { homeRegion: value }, named: ['homeRegion', value] })),
  nastyWord.map(value => ({ org: { managementAccountId: value }, named: ['managementAccountId', value] })),
  nastyWord.filter(value => !/^[a-z]([a-z0-9]|-(?!-|$))*$/.test(value)).map(value => ({ org: { namespace: value }, named: ['namespace', value] })),
  nastyWord.map(value => ({ org: { bootstrapRegions: ['eu-west-1', value] }, named: ['bootstrapRegions', value] })),
  nastyWord.map(value => ({ stage: { name: 'wrong', region: value }, named: ["region of stage 'wrong'", value] })),
  fc.constantFrom('eu-central-2', 'af-south-1').map(value =>
    ({ stage: { name: 'wrong', region: value }, named: ["region of stage 'wrong'", value] })),
  nastyWord.map(value => ({ stage: { name: 'wrong', email: value }, named: ["email of stage 'wrong'", value] })),
  nastyWord.map(value => ({ stage: { name: 'wrong', accountId: value }, named: ["accountId of stage 'wrong'", value] })),
  fc.string({ minLength: 51 }).map(value => ({ stage: { name: 'wrong', accountName: value }, named: ["accountName of stage 'wrong'", value] })),
  fc.array(unitName, { minLength: 6, maxLength: 6 }).map(names => names.join('/').toLowerCase())
    .map(value => ({ stage: { name: 'wrong', organizationalUnit: value }, named: ["organizationalUnit of stage 'wrong'", value] })),
  fc.constantFrom('', '/', 'a//b', 'a/', ' a').map(value =>
    ({ stage: { name: 'wrong', organizationalUnit: value }, named: ["organizationalUnit of stage 'wrong'", value] })),
);

const OUR_LINE = new RegExp(['namespace', 'managementAccountId', 'homeRegion', 'email', 'bootstrapRegions', 'stage', 'region',
  'accountId', 'accountName', 'organizationalUnit', 'existingOrganizationalUnits'].map(word => `^${word}\\b`).join('|'));

test('any mistakes are all named, in one error and in our words', () => {
  fc.assert(fc.property(orgSpec, fc.array(mistake, { minLength: 1, maxLength: 3 }), (spec, mistakes) => {
    tally('organizations', [spec, mistakes]);
    const app = testApp(CONTEXT);
    const wrong = mistakes.flatMap(({ stage }) => stage ?? []);
    // of one property the last mistake counts, and of stages all do
    const props: Partial<MultiAccountOrgProps> = Object.assign({}, spec.props, ...mistakes.map(({ org }) => org));
    const named = mistakes.filter(({ org }) => org === undefined || Object.entries(org)
      .every(([property, value]) => props[property as keyof MultiAccountOrgProps] === value));
    const org = define({ ...spec, situation: 'create', props, stages: spec.stages, trail: undefined }, app);
    wrong.forEach(({ name, ...options }) => org.addStage(name, options));

    const lines = problems(app);
    expect(lines.filter(line => !OUR_LINE.test(line))).toEqual([]);
    for (const { named: [property, value = ''] } of named) {
      expect(lines.filter(line => line.startsWith(property) && line.includes(value))).not.toEqual([]);
    }
  }), cases(250));
});

describe('what cannot be replaced', () => {
  const KEPT = ['AWS::Organizations::Organization', 'AWS::Organizations::OrganizationalUnit', 'AWS::Organizations::Account',
    'AWS::S3::Bucket', 'AWS::KMS::Key'];

  function kept(result: Synthesized): Map<string, string> {
    return new Map(KEPT.flatMap(type => result.find(type).map(({ path, id, resource }) =>
      [`${result.stack(path).stackName} ${id}`, JSON.stringify(
        [type, ...['AccountName', 'Email', 'Name', 'BucketName'].map(property => resource.Properties[property])])])));
  }

  const bare: Pick<OrgSpec, 'groups' | 'users' | 'found'> = { groups: [], users: [], found: false };
  const sorted = (resources: Map<string, string>) => [...resources].sort();

  test('keeps its logical id and its stack, in whatever order the stages come', () => {
    const pair = orgSpec.chain(spec => fc.record({
      spec: fc.constant({ ...spec, ...bare }),
      order: fc.shuffledSubarray(spec.stages, { minLength: spec.stages.length }),
    }));
    fc.assert(fc.property(pair, ({ spec, order }) => {
      const trail = spec.trail === undefined ? undefined
        : order.findIndex(({ name }) => name === spec.stages[spec.trail!].name);
      expect(sorted(kept(synthesized({ ...spec, stages: order, trail })))).toEqual(sorted(kept(synthesized(spec))));
    }), cases(40));
  });

  test('keeps its logical id and its stack, when stages are added or removed', () => {
    const pair = orgSpec.chain(spec => fc.record({
      spec: fc.constant({ ...spec, ...bare, trail: undefined }),
      fewer: fc.subarray(spec.stages),
    }));
    fc.assert(fc.property(pair, ({ spec, fewer }) => {
      const all = kept(synthesized(spec));
      for (const [id, what] of kept(synthesized({ ...spec, stages: fewer }))) {
        expect([id, all.get(id)]).toEqual([id, what]);
      }
    }), cases(40));
  });

  test('keeps its logical id and its stack, when stages move to other units', () => {
    const pair = orgSpec.chain(spec => fc.record({
      spec: fc.constant({ ...spec, ...bare, situation: 'create' as const, trail: undefined }),
      moves: fc.array(unitPath, { minLength: spec.stages.length, maxLength: spec.stages.length }),
    }));
    fc.assert(fc.property(pair, ({ spec, moves }) => {
      const moved = spec.stages.map((stage, index) =>
        stage.accountId === undefined ? { ...stage, organizationalUnit: moves[index] } : stage);
      const accounts = (stages: StageSpec[]) =>
        [...kept(synthesized({ ...spec, stages }))].filter(([, what]) => what.includes('::Account"'));
      expect(accounts(moved)).toEqual(accounts(spec.stages));
    }), cases(40));
  });
});

test('no account id gets into a template but by its own stage, root, or the trail', () => {
  fc.assert(fc.property(orgSpec.filter(({ stages }) => stages.length > 1), spec => {
    const result = synthesized({ ...spec, found: true, situation: 'existing', trail: undefined });
    const accounts = accountsOf({ ...spec, found: true, situation: 'existing' });
    for (const [path, { template }] of result.stacks) {
      const [, stage] = path.split('/');
      const others = Object.entries(accounts).filter(([name]) => name !== stage && stage !== 'root').map(([, id]) => id);
      expect([path, strings(template).filter(text => others.some(id => text.includes(id)))]).toEqual([path, []]);
    }
  }), cases(40));
});
