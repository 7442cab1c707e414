import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { MultiAccountOrg, OrganizationSource, StageAddresses, StageProfile } from '../../src';
import { orgProps, synthesize, testApp } from '../orgs';
import { CATALOGUE } from './catalogue';
import { leftBehind, lost, PROFILES, secretsInClear } from './contract';
import { given } from './given';
import { cases } from '../random';
import { tally } from '../tally';

jest.setTimeout(600_000);

// any subset of services, in any order, in any subset of stages

interface StageSpec {
  readonly profile: string;
  /** Which services, in which stack of the stage. */
  readonly services: Array<{ readonly service: string; readonly stack: number }>;
  readonly region: string;
}

const service = fc.record({ service: fc.constantFrom(...Object.keys(CATALOGUE)), stack: fc.nat(1) });
const stageSpec: fc.Arbitrary<StageSpec> = fc.record({
  profile: fc.constantFrom(...Object.keys(PROFILES)),
  services: fc.array(service, { maxLength: 8 }),
  region: fc.constantFrom('eu-west-1', 'eu-west-1', 'us-east-1'),
});
const spec = fc.array(stageSpec, { minLength: 1, maxLength: 3 });

function define(stages: StageSpec[]) {
  const app = testApp({ 'aws:cdk:disable-asset-staging': true });
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
  const added = stages.map(({ profile, region }, index) => org.addStage(`stage-${index}`, {
    accountId: String(300000000000 + index), addresses: StageAddresses.index(index), profile: PROFILES[profile], region,
  }));
  const domain = org.addDomain('acme.example', { stages: added });
  stages.forEach(({ services }, index) => {
    const stage = added[index];
    const ofStage = given(stage, index, () => domain.zoneOf(stage));
    services.forEach((each, position) => {
      const name = `services-${each.stack}`;
      const stack = stage.node.tryFindChild(name) as Stack | undefined ?? new Stack(stage, name);
      CATALOGUE[each.service](stack, `${each.service.toLowerCase()}-${position}`, ofStage);
    });
  });
  return { app, added, domain };
}

function check(stages: StageSpec[]): void {
  tally('organizations', stages);
  const { app } = define(stages);
  const synthesized = synthesize(app);
  for (const [path, stack] of synthesized.stacks) {
    const index = /^acme\/stage-(\d)\//.exec(path)?.[1];
    const profile: StageProfile = index === undefined ? StageProfile.ROOT : PROFILES[stages[Number(index)].profile];
    const resources = synthesized.resources(path);
    expect([path, synthesized.errors(path)]).toEqual([path, []]);
    const wrong = profile.removalPolicy === RemovalPolicy.RETAIN ? lost(resources) : leftBehind(resources);
    expect([path, wrong]).toEqual([path, []]);
    expect([path, secretsInClear(stack.template)]).toEqual([path, []]);
    expect([path, stack.environment.account]).toEqual([path, index === undefined ? '111111111111' : String(300000000000 + Number(index))]);
  }
}

test('any services in any stages, in any order, are kept or gone as their stage says', () => {
  fc.assert(fc.property(spec, check), cases(200));
});

test('every service in every stage at once is', () => {
  check(Object.keys(PROFILES).slice(0, 4).map(profile => ({
    profile, region: 'eu-west-1', services: Object.keys(CATALOGUE).map(name => ({ service: name, stack: 0 })),
  })));
});

test('the order of services changes none of them', () => {
  const some = fc.shuffledSubarray(Object.keys(CATALOGUE), { minLength: 2, maxLength: 5 });
  const shuffle = (names: string[]) => fc.shuffledSubarray(names, { minLength: names.length });
  const twice = some.chain(names => fc.tuple(fc.constant(names), shuffle(names)));
  fc.assert(fc.property(twice,
    ([names, shuffled]) => {
      const templates = [names, shuffled].map(order => {
        tally('organizations', order);
        const { app, added: [stage], domain } = define([{ profile: 'production', region: 'eu-west-1', services: [] }]);
        const stack = new Stack(stage, 'services');
        const ofStage = given(stage, 0, () => domain.zoneOf(stage));
        order.forEach(name => CATALOGUE[name](stack, name.toLowerCase(), ofStage));
        const synthesized = synthesize(app);
        return Object.keys(synthesized.resources('acme/stage-0/services')).sort();
      });
      expect(templates[1]).toEqual(templates[0]);
    }), cases(20));
});
