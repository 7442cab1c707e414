import { bound } from './deeds';
import { candidates, mutated, Mutation, mutationsOf, policiesIn } from './mutations';
import { atEveryLevel, Defined, DEPLOYER, organizationWith, role } from './organizations';
import { siblings } from './siblings';
import { Asked, doers, isStopped, requestsOf, RULES, succeeds } from './table';
import { Guardrail } from '../../src';
import { Controls, readControls } from '../isolation/controls';
import { Deployed, deployed, MEMBERS } from '../isolation/templates';
import { readWorld } from '../isolation/world';
import { tally } from '../tally';

jest.setTimeout(600_000);

/** A table that shrinks proves less: change this on purpose. */
const PAIRS = 8183;
const MUTATIONS = 478;

let defined: Defined | undefined;
const stacks = deployed(organizationWith(made => {
  defined = made;
  atEveryLevel(made);
}));
const GUARDRAILS = [
  ...Guardrail.defaults(), Guardrail.PROTECT_DATA, Guardrail.onlyDeployersDeploy([role(DEPLOYER)]),
  Guardrail.allowedInstanceTypes(['t3.*']), Guardrail.DENY_PURCHASES,
].map(guardrail => bound(guardrail, defined!.org));
const requests = requestsOf(GUARDRAILS);
const world = readWorld(stacks);
const everybody = doers(world, MEMBERS);
/** Who is from elsewhere does it where only root's policies are, and where others are, too. */
const AIMS = ['audit', 'prod'];

describe('who can do which deed in an organization with guardrails at every level', () => {
  const controls: Controls = { ofPrincipals: world.controls, ofResources: world.resourceControls };

  test('has a rule for each guardrail', () => {
    expect(Object.keys(RULES).sort()).toEqual(GUARDRAILS.map(({ name }) => name).sort());
  });

  test('is what each guardrail says, for everybody and every deed', async () => {
    const unexpected: string[] = [];
    const stopped = new Set<string>();
    let pairs = 0;
    for (const by of everybody) {
      for (const stage of by.stage ? [by.stage] : AIMS) {
        const free = await Promise.all(requests.map(request => succeeds(by, request, stage)));
        const fenced = await Promise.all(requests.map(request => succeeds(by, request, stage, controls)));
        requests.forEach((request, index) => {
          const name = `${by.name} → ${request.name} in ${stage}`;
          const guardrail = isStopped(GUARDRAILS, by, request, stage);
          tally('guardrail-pairs', name);
          pairs += 1;
          if (fenced[index] !== (free[index] && guardrail === undefined)) {
            unexpected.push(`${name}: ${fenced[index] ? 'allowed' : 'denied'}, and ${guardrail ?? 'no guardrail'} stops it`);
          }
          if (free[index] && guardrail) {
            stopped.add(guardrail);
          }
        });
      }
    }
    expect(unexpected).toEqual([]);
    expect([...stopped].sort()).toEqual([...Object.keys(RULES), 'the seal'].sort());
    expect(pairs).toBe(PAIRS);
  });
});

/** What changes nothing when it is dropped alone, and why. */
const REDUNDANT = [
  { names: /^(?!RequireTls|OnlyDeployersDeploy)\w+ without ArnNotLike aws:PrincipalArn arn:aws:iam::111111111111:/, why: 'no policy of principals binds root' },
  { names: /^DenyRootUser without ArnNotLike/, why: 'who is excepted is no root user' },
  { names: /^ConfusedDeputyProtection without ArnNotLike/, why: 'who is excepted is no service' },
  { names: /^ConfusedDeputyProtection without Bool aws:PrincipalIsAWSService$/, why: 'who is no service has no source account' },
  {
    names: /^(AllowedInstanceTypes|AllowedInstanceTypeChanges|DenyPurchases) without ArnNotLike aws:PrincipalArn/,
    why: 'who is excepted is in another account',
  },
  { names: / s3:x-amz-acl authenticated-read$/, why: 'no deed gives this one of three lists' },
];

describe('the table tells when what is synthesized is weakened', () => {
  /** Without what keeps the trail: it says again what the guardrails say, and is tested by itself. */
  const guardrails = without(/^(MembersStay|AuditAccountSeal|protection)/);
  const relevant = guardrails.filter(({ template: { Resources } }) =>
    Object.values(Resources).some(({ Type }) => /^AWS::(Organizations|SSM)::|^Custom::AWS$/.test(Type)));
  const before = read(relevant);

  function without(ids: RegExp): Deployed[] {
    return stacks.map(each => ({
      ...each,
      template: {
        ...each.template,
        Resources: Object.fromEntries(Object.entries(each.template.Resources).filter(([id]) => !ids.test(id))),
      },
    }));
  }

  function read(of: Deployed[]): Controls {
    return readControls(of.map(each => ({ ...each, neighbours: of })));
  }

  const AIMED: Array<[RegExp, string[]]> = [
    [/cheap/, ['testing']], [/small/, ['dev']], [/protect-data/, [...AIMS, 'staging']], [/./, AIMS],
  ];

  /** The first who can do something now, or cannot any more. */
  async function told(mutation: Mutation): Promise<Asked | undefined> {
    const after = read(mutated(relevant, mutation));
    const [, stages] = AIMED.find(([policy]) => policy.test(mutation.policy.name))!;
    const asked = candidates(mutation, GUARDRAILS, requests, everybody, stages);
    for (const one of [...asked, ...await siblings(mutation, requests, everybody, stages)]) {
      const { by, request, stage } = one;
      if (await succeeds(by, request, stage, before) !== await succeeds(by, request, stage, after)) {
        return one;
      }
    }
    return undefined;
  }

  const all = mutationsOf(policiesIn(relevant));

  test('by at least one deed, but for what something else says as well', async () => {
    expect(all).toHaveLength(MUTATIONS);
    expect(REDUNDANT.filter(({ names }) => !all.some(({ name }) => names.test(name)))).toEqual([]);
    const silent: string[] = [];
    for (const mutation of all) {
      tally('mutations', `guardrails at every level: ${mutation.name}`);
      if (!REDUNDANT.some(({ names }) => names.test(mutation.name)) && !await told(mutation)) {
        silent.push(mutation.name);
      }
    }
    expect(silent).toEqual([]);
  });
});
