import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import { Guardrail, Guardrails, GuardrailsProps, IGuardrail, MultiAccountOrg, OrganizationPolicyType, OrganizationSource, StageAccount, StageProfile } from '../../src';
import { EXISTING, orgProps, problems, ROOT, Synthesized, synthesize, testApp } from '../orgs';
import { cases } from '../random';
import { tally } from '../tally';

jest.setTimeout(120_000);

/**
 * Most that AWS takes, FullAWSAccess included.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const QUOTAS: Record<string, { readonly characters: number; readonly attached: number }> = {
  SERVICE_CONTROL_POLICY: { characters: 10_240, attached: 10 },
  RESOURCE_CONTROL_POLICY: { characters: 5_120, attached: 5 },
};

const OURS = Object.values(Guardrail).filter((value): value is IGuardrail => value instanceof Guardrail);
const UNITS = ['sandbox', 'workloads', 'workloads/production', 'security'];
const PROFILES = [StageProfile.PRODUCTION, StageProfile.STAGING, StageProfile.DEVELOPMENT, StageProfile.TESTING];

/** Of a consumer's, of so many characters. */
function own(name: string, policyType: OrganizationPolicyType, size: number): IGuardrail {
  const deeds = { stops: [{ deedName: 'delete', action: 's3:DeleteBucket' }], letsPass: [{ deedName: 'create', action: 's3:CreateBucket' }] };
  return Guardrail.of(name, {
    policyType,
    statements: [new iam.PolicyStatement({
      sid: name.replace(/-/g, ''),
      effect: iam.Effect.DENY,
      principals: policyType === OrganizationPolicyType.RESOURCE_CONTROL ? [new iam.StarPrincipal()] : undefined,
      actions: ['s3:DeleteBucket'],
      resources: [`arn:aws:s3:::${'a'.repeat(size)}`],
    })],
    ...deeds,
  });
}

const ofOurs = fc.constantFrom(...OURS);
const guardrail: fc.Arbitrary<IGuardrail> = fc.oneof(
  { weight: 3, arbitrary: ofOurs },
  { weight: 1, arbitrary: fc.constantFrom(Guardrail.allowedServices(['s3']), Guardrail.allowedInstanceTypes(['t3.*']), Guardrail.requiredTags(['team'])) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.stringMatching(/^[a-z]{3,9}-own$/),
      fc.constantFrom(OrganizationPolicyType.SERVICE_CONTROL, OrganizationPolicyType.RESOURCE_CONTROL),
      fc.integer({ min: 1, max: 8_000 }),
    ).map(([name, type, size]) => own(name, type, size)),
  },
);
const different = (one: fc.Arbitrary<IGuardrail>, maxLength: number) =>
  fc.uniqueArray(one, { maxLength, selector: ({ guardrailName }) => guardrailName });

interface LimitedSpec {
  readonly exists: boolean;
  readonly stages: Array<{ readonly unit?: string; readonly profile: StageProfile }>;
  readonly sets: Array<{
    readonly target: 'whole' | 'stages' | 'units';
    readonly indices: number[];
    readonly guardrails: IGuardrail[];
    readonly trial?: string;
    readonly excepted: number[];
    readonly spared: number;
  }>;
}

const listed = different(guardrail, 6).filter(({ length }) => length > 0);
const oneSet = fc.record({
  target: fc.constantFrom<'whole' | 'stages' | 'units'>('whole', 'stages', 'units'),
  indices: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
  guardrails: listed,
  trial: fc.option(fc.constantFrom(...UNITS), { nil: undefined }),
  excepted: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  spared: fc.nat(4),
});
/** So many on one unit that AWS may not attach them. */
const crowded = different(ofOurs, 13).filter(({ length }) => length > 7).map(some =>
  some.map(one => ({ target: 'units' as const, indices: [0], guardrails: [one], excepted: [], spared: 0 })));

const limited: fc.Arbitrary<LimitedSpec> = fc.record({
  exists: fc.boolean(),
  stages: fc.array(fc.record({
    unit: fc.option(fc.constantFrom(...UNITS), { nil: undefined }),
    profile: fc.constantFrom(...PROFILES),
  }), { minLength: 1, maxLength: 4 }),
  sets: fc.oneof(
    { weight: 4, arbitrary: fc.array(oneSet, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: crowded },
  ),
});

function define({ exists, stages, sets }: LimitedSpec): MultiAccountOrg {
  const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ organization: exists ? EXISTING : OrganizationSource.create() }));
  const added = stages.map(({ unit, profile }, index) => org.addStage(`s${index}`, { profile, organizationalUnit: unit }));
  const at = (indices: number[]): StageAccount[] => [...new Set(indices.map(index => added[index % added.length]))];
  sets.forEach(({ target, indices, guardrails: some, trial, excepted, spared }, index) => {
    const targets: GuardrailsProps = target === 'whole' ? {}
      : target === 'stages' ? { stages: at(indices) } : { organizationalUnits: indices.map(one => UNITS[one]) };
    // one that it is not for is a mistake
    const exceptStages = at(excepted).filter(stage => targets.stages?.includes(stage) ?? true);
    new Guardrails(org, `limits-${index}`, {
      ...targets,
      guardrails: some,
      includeDefaults: target === 'whole' && index === sets.findIndex(set => set.target === 'whole'),
      adjustments: trial === undefined && exceptStages.length === 0 ? []
        : [{ guardrail: some[0], trialOn: trial, exceptStages }],
      spare: [...Array(spared).keys()].map(one => new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/spared-${one}`)),
    });
  });
  return org;
}

interface Found {
  readonly name: string;
  readonly type: string;
  readonly targets: string[];
  readonly content: { readonly Statement: Array<{ readonly Sid: string }> };
}

function policies(synthesized: Synthesized): Found[] {
  return synthesized.find('AWS::Organizations::Policy').map(({ resource: { Properties } }) => ({
    name: Properties.Name,
    type: Properties.Type,
    targets: Properties.TargetIds.map((target: unknown) => JSON.stringify(target)),
    content: Properties.Content,
  }));
}

/** What AWS would refuse. */
function refusals(found: Found[]): string[] {
  const long = found.filter(({ type, content }) => JSON.stringify(content).length > QUOTAS[type].characters);
  const counts = new Map<string, number>();
  found.forEach(({ type, targets }) => targets.forEach(target => counts.set(`${type} ${target}`, (counts.get(`${type} ${target}`) ?? 1) + 1)));
  return [
    ...long.map(({ name }) => `${name} is too long`),
    ...[...counts].filter(([key, count]) => count > QUOTAS[key.split(' ')[0]].attached).map(([key, count]) => `${key} has ${count}`),
    ...found.filter(({ content }) => new Set(content.Statement.map(({ Sid }) => Sid)).size < content.Statement.length).map(({ name }) => `${name} has a Sid twice`),
  ];
}

const OUR_ERRORS = new RegExp([
  "^guardrail '[a-z-]+' has \\d+ characters, .*: divide it into several",
  "^((stage|unit) '.+'|the whole organization) has \\d+ policies of type",
].join('|'));

test('any guardrails on any units and stages fit what AWS takes, or are refused', () => {
  const answers = { fit: 0, refused: 0 };
  fc.assert(fc.property(limited, spec => {
    tally('guardrail-sets', spec);
    let org: MultiAccountOrg;
    try {
      org = define(spec);
    } catch (error) {
      expect((error as Error).message).toMatch(OUR_ERRORS);
      answers.refused++;
      return;
    }
    const told = problems(org.node.root as never);
    if (told.length === 0) {
      expect(refusals(policies(synthesize(org.node.root as never)))).toEqual([]);
      answers.fit++;
    } else {
      expect(told.filter(problem => !OUR_ERRORS.test(problem))).toEqual([]);
      answers.refused++;
    }
  }), cases(80));
  // both kinds were drawn, also where few are
  expect(answers.fit).toBeGreaterThan(0);
  expect(answers.refused).toBeGreaterThan(0);
});

test('one that is added changes the policies of no other target', () => {
  fc.assert(fc.property(different(ofOurs, 5), different(ofOurs, 5), ofOurs, (some, others, one) => {
    const made = (of: IGuardrail[]) => {
      const org = new MultiAccountOrg(testApp(), 'acme', orgProps());
      const lists: Array<[string, IGuardrail[]]> = [['sandbox', of], ['workloads', others]];
      lists.filter(([, { length }]) => length > 0)
        .forEach(([unit, given]) => new Guardrails(org, unit, { organizationalUnits: [unit], guardrails: given }));
      return policies(synthesize(org.node.root as never));
    };
    fc.pre(!some.some(({ guardrailName }) => guardrailName === one.guardrailName));
    const [before, after] = [made(some), made([...some, one])];
    const of = (found: Found[], unit: string) => found.filter(({ name }) => name.startsWith(`acme-${unit}-`));
    expect(of(after, 'workloads')).toEqual(of(before, 'workloads'));
    // of its own target, all but one
    const same = of(after, 'sandbox').filter(policy => of(before, 'sandbox').some(({ name, content }) =>
      name === policy.name && JSON.stringify(content) === JSON.stringify(policy.content)));
    expect(same.length).toBeGreaterThanOrEqual(of(after, 'sandbox').length - 1);
  }), cases(40));
});
