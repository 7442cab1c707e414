import { App } from 'aws-cdk-lib';
import { exampleApp } from './example';
import {
  administrators, inside, insiders, limits, Step, UNSEALING, waysAround,
} from './isolation/attacks';
import { deployments, destructions } from './isolation/deployments';
import { isAllowed } from './isolation/evaluate';
import { EXPECTED, SEALED } from './isolation/expected';
import { MFA_LAYERS, Mutation, MUTATIONS, PEOPLE_MUTATIONS, REDUNDANT } from './isolation/mutations';
import { existingOrganization, organization } from './isolation/organization';
import {
  deeds, EXPECTED_DEEDS, FIRST_DEVICE, NO_DEVICE_BY_KEYS, NOBODY_ELSES_WITHOUT_MFA,
} from './isolation/people';
import { resolve } from './isolation/resolve';
import {
  beforeTheTrail, breakProtection, breakSeal, letGo, onlyAuditStays, protectionStatements, SEAL, sealOf, sealStatement,
  unseal,
  WITH_EXCEPTION,
} from './isolation/seal';
import { deviations, principals, targets } from './isolation/table';
import { ACCOUNTS, Deployed, deployed, deployedOf, MEMBERS } from './isolation/templates';
import { unlisted } from './isolation/unlisted';
import { readWorld, World } from './isolation/world';
import { testApp } from './orgs';
import { tally } from './tally';
import { BreakGlass } from '../src';

jest.setTimeout(120_000);

/** A table that shrinks proves less: change this on purpose. */
const PAIRS = 16836;

const POLICIES = /^AWS::(IAM|Organizations|KMS)::|^AWS::S3::BucketPolicy$/;

const stacks = deployed(organization);
const sealed = readWorld(stacks);
/** Most is asked of what guards itself, without the policies of the organization. */
const world = mutated();

function mutated(...changes: Array<Mutation['change']>): World {
  return changed(unseal, ...changes);
}

function changed(...changes: Array<Mutation['change']>): World {
  tally('mutations', expect.getState().currentTestName ?? 'none');
  const copy = structuredClone(stacks) as Deployed[];
  changes.forEach(change => change(copy));
  return readWorld(copy);
}

async function unexpectedDeeds(of: World): Promise<string[]> {
  return (await deeds(of))
    .filter(({ name, allowed }) => allowed !== EXPECTED_DEEDS.includes(name))
    .map(({ name, allowed }) => `${name}: ${allowed ? 'allowed' : 'denied'}`);
}

/** Which of the steps succeed. */
async function open(steps: Step[]): Promise<string[]> {
  const answers = await Promise.all(steps.map(({ principal, target }) => isAllowed(principal, target)));
  return names(steps.filter((_, index) => answers[index]));
}

function names(steps: ReadonlyArray<{ readonly name: string }>): string[] {
  return steps.map(({ name }) => name);
}

describe('who can do what in an organization', () => {
  test('is what the table says, for every principal and every target', async () => {
    const { pairs, unexpected } = await deviations(sealed, SEALED);

    expect(unexpected).toEqual([]);
    expect(pairs).toBe(PAIRS);
  });

  test('is the same without the policies of the organization, but that audit may deploy to itself', async () => {
    const { pairs, unexpected } = await deviations(world, EXPECTED);

    expect(unexpected).toEqual([]);
    expect(pairs).toBe(PAIRS);
  });

  test('allows nothing at all to strangers, to neighbours that only read, and without MFA', () => {
    const nobody = principals(world).filter(({ name }) => !EXPECTED.has(name)).map(({ name }) => name);

    expect(nobody).toEqual(expect.arrayContaining([
      'engineers without MFA', 'engineers by keys', 'engineers only by keys', 'operators by keys', 'ada by keys',
      'newcomer with MFA', 'administrator of everybody by keys', 'root stranger with no policy with MFA',
      'dev read-only', 'auditors without MFA',
      'outside mallory', 'outside acme-prod-admin', 'anybody on the internet', "prod's own trail", 'config',
    ]));
  });

  test('lets users look after their own password, device and keys, and without MFA after no keys', async () => {
    expect(await unexpectedDeeds(world)).toEqual([]);
  });

  test.each([...NO_DEVICE_BY_KEYS, ...NOBODY_ELSES_WITHOUT_MFA])('refuses: %s', async name => {
    expect(await deeds(world)).toContainEqual({ name, allowed: false });
  });

  test.each(FIRST_DEVICE)('lets who signs in for the first time: %s', async name => {
    expect(await deeds(world)).toContainEqual({ name, allowed: true });
  });
});

describe('the table tells when a template is weakened', () => {
  test.each(MUTATIONS)('$name', async ({ change, shows }) => {
    const { unexpected } = await deviations(mutated(change), EXPECTED, ({ name }) => shows.startsWith(`${name} →`));

    expect(unexpected).toContain(shows);
  });

  test.each(PEOPLE_MUTATIONS)('people: $name', async ({ change, shows }) => {
    expect(await unexpectedDeeds(mutated(change))).toContain(shows);
  });

  test.each(Object.keys(MFA_LAYERS))('an engineer without MFA is refused by %s alone', async kept => {
    const dropped = Object.entries(MFA_LAYERS).filter(([name]) => name !== kept).map(([, change]) => change);
    const { unexpected } = await deviations(mutated(...dropped), EXPECTED, ({ name }) => name === 'engineers by keys');

    expect(unexpected).toEqual([]);
  });

  test('an engineer without MFA is let in when all that asks for it is gone', async () => {
    const weakened = mutated(...Object.values(MFA_LAYERS));
    const { unexpected } = await deviations(weakened, EXPECTED, ({ name }) => name === 'engineers by keys');

    expect(unexpected).toEqual(['engineers by keys → assume dev admin: allowed']);
  });

  test.each(REDUNDANT)('but not for what another condition says as well: $name', async ({ change }) => {
    const { unexpected } = await deviations(mutated(change), EXPECTED, ({ arn = '', name }) =>
      arn.endsWith('.amazonaws.com') || /^audit|^outside/.test(name));

    expect(unexpected).toEqual([]);
  });
});

describe('the seal', () => {
  const existing = deployed(existingOrganization);
  const of = (sid: string, steps: Step[]) => steps.filter(step => (step as Step & { sid: string }).sid === sid);
  const statements = sealOf(stacks);
  const listed = (value?: string | string[]) => [value ?? []].flat();

  test('has these statements', () => {
    expect(statements.map(({ Sid }) => Sid)).toEqual(SEAL);
  });

  test.each(SEAL.flatMap(sid => insiders(sealed).map(({ name }) => [sid, name])))('stops by %s: %s', async (sid, who) => {
    const ways = (from: World) => of(sid, waysAround(from)).filter(({ principal }) => principal.name === who);
    const broken = changed(beforeTheTrail, copy => breakSeal(copy, sid));

    expect(await open(ways(world))).toEqual(names(ways(world)));
    expect(await open(ways(sealed))).toEqual([]);
    expect(await open(ways(broken))).toEqual(names(ways(broken)));
  });

  test.each(statements.flatMap(({ Sid, Action }) => listed(Action).map(action => [Sid!, action])))(
    'would let through, without naming it in %s: %s', async (sid, action) => {
      const changedWorld = changed(copy => {
        const statement = sealStatement(copy, sid);
        statement.Action = listed(statement.Action).filter(other => other !== action);
      });
      const weakened = waysAround(changedWorld, 'audit', administrators(changedWorld).slice(0, 1));
      const expected = of(sid, weakened).filter(({ target }) => target.action === action);

      expect(expected.length).toBeGreaterThan(0);
      expect(await open(weakened)).toEqual(names(expected));
    });

  test.each(statements.flatMap(({ Sid, Resource }) => listed(Resource)
    .filter(resource => resource !== Resource?.[0] || Resource.length > 1).map(resource => [Sid!, resource])))(
    'would let something through, without naming in %s: %s', async (sid, resource) => {
      const weakened = changed(copy => {
        const statement = sealStatement(copy, sid);
        statement.Resource = listed(statement.Resource).filter(other => other !== resource);
      });

      expect(await open(waysAround(weakened, 'audit', inside(weakened)))).not.toEqual([]);
    });

  test.each(WITH_EXCEPTION)('would let administrators through, with any role excepted from %s', async sid => {
    const weakened = waysAround(changed(copy => {
      sealStatement(copy, sid).Condition!.ArnNotLike['aws:PrincipalArn'] = 'arn:*:iam::*:role/*';
    }));

    expect(await open(weakened)).toEqual(expect.arrayContaining(
      names(of(sid, weakened).filter(({ principal }) => principal.name === 'audit admin'))));
  });

  test.each(WITH_EXCEPTION)('would stop deployments, without the exception from %s', async sid => {
    const steps = deployments(changed(copy => { delete sealStatement(copy, sid).Condition; }));

    expect(await open(steps)).not.toEqual(names(steps));
  });

  test.each(deployments(sealed))('lets root deploy: $name', async ({ principal, target }) => {
    expect(await isAllowed(principal, target)).toBe(true);
  });

  test.each(MEMBERS.filter(stage => stage !== 'audit'))('leaves %s alone, but that it stays', async stage => {
    const ways = (from: World) => waysAround(from, stage, administrators(from, stage));

    expect(await open(ways(world))).toEqual(names(ways(world)));
    expect(await open(ways(sealed))).toEqual(names(ways(sealed).filter(({ sid }) => sid !== 'MembersStay')));
    expect(await open(ways(changed(onlyAuditStays)))).toEqual(names(ways(sealed)));
  });

  test.each(MEMBERS)('keeps %s in an organization that exists, adopted or created', async stage => {
    const ways = (from: World) => of('MembersStay', waysAround(from, stage, administrators(from, stage)));
    const released = structuredClone(existing) as Deployed[];
    letGo(released, ACCOUNTS[stage]);

    expect(await open(ways(readWorld(existing)))).toEqual([]);
    expect(await open(ways(readWorld(released)))).toEqual(names(ways(sealed)));
  });

  test.each(limits(sealed))('does not concern: $name', async ({ principal, target }) => {
    expect(await isAllowed(principal, target)).toBe(true);
  });
});

describe('the protection of the trail', () => {
  const listed = (value?: string | string[]) => [value ?? []].flat();
  const statements = protectionStatements(stacks);

  test('is of these statements, of which none has an exception', () => {
    expect(statements.map(({ Sid, Effect }) => [Sid, Effect]))
      .toEqual(['RecordsStay', 'KeyStays', 'AliasStays'].map(sid => [sid, 'Deny']));
    expect(statements.flatMap(({ Condition = {} }) => Object.keys(Condition))).toEqual(['ForAnyValue:StringEquals']);
  });

  test('stops what root deploys, and not the rollback of the first creation', async () => {
    const first = destructions(changed(beforeTheTrail));

    expect(await open(first)).toEqual(names(first));
    expect(await open(destructions(sealed))).toEqual([]);
  });

  test.each(statements.map(({ Sid }) => Sid!))('would let deployments destroy, without %s', async sid => {
    const weakened = destructions(changed(copy => breakProtection(copy, sid)));

    expect(await open(weakened)).toEqual(names(weakened.filter(way => way.sid === sid)));
  });

  test.each(statements.flatMap(({ Sid, Action }) => listed(Action).map(action => [Sid!, action])))(
    'would let through, without naming it in %s: %s', async (sid, action) => {
      const weakened = changed(copy => {
        const statement = protectionStatements(copy).find(({ Sid }) => Sid === sid)!;
        statement.Action = listed(statement.Action).filter(other => other !== action);
      });
      const ways = destructions(weakened);

      expect(await open(ways)).toEqual(names(ways.filter(({ target }) => target.action === action)));
    });
});

describe('an attacker', () => {
  test.each(unlisted(world))('who administers audit does not, by what no policy names: $name', async ({ steps }) => {
    expect(await open(steps)).toEqual([]);
  });

  test('outside of audit changes nothing that deploys it', async () => {
    const ways = waysAround(world, 'audit', inside(world).slice(1))
      .filter(({ sid }) => !['NobodyInsideDeploys', 'MembersStay'].includes(sid));
    const outside = principals(world).filter(({ name }) => !name.startsWith('audit '));
    const steps = outside.flatMap(principal => ways.map(way =>
      ({ ...way, principal, name: `${principal.name} → ${way.target.name}` })));

    expect(await open(steps)).toEqual([]);
  }, 60_000);

  test('unseals audit and ends the trail by the administrators of root alone', async () => {
    const everybody = [...principals(world), ...insiders(world)];
    const steps = everybody.flatMap(principal =>
      UNSEALING.map(target => ({ principal, target, name: principal.name })));

    expect([...new Set(await open(steps))].sort()).toEqual([
      'administrator of everybody with MFA', 'root admin', 'root admin, switched to with MFA', 'root administrator by keys',
      'root administrator with MFA', 'root administrator without MFA', 'root cfn-exec',
    ]);
  }, 60_000);
});

describe('what the table is made of', () => {
  test('has every role of every template, as somebody who asks and as something asked for', () => {
    const roles = stacks.flatMap(({ template }) => Object.values(template.Resources))
      .filter(({ Type }) => Type === 'AWS::IAM::Role');

    // and one that AWS makes in each member
    expect(world.roles.size).toBe(roles.length + MEMBERS.length);
    expect(targets(world).filter(({ action }) => action === 'sts:AssumeRole')).toHaveLength(world.roles.size);
  });

  test('is in the example as well, whatever services its stages have', () => {
    const policies = (app: App) => deployedOf(app).flatMap(({ stack, template }) =>
      Object.entries(template.Resources).filter(([, { Type }]) => POLICIES.test(Type))
        .map(([id, { Properties }]): [string, unknown] => [`${stack} ${id}`, Properties]));
    const app = testApp();
    // policies of the trail spare it: who gets in by it is a table of its own
    new BreakGlass(organization(app), 'break-glass');
    const expected = policies(app);
    const inExample = new Map(policies(exampleApp()));

    expect(expected.length).toBeGreaterThan(20);
    expect(expected.map(([name]) => [name, inExample.get(name)])).toEqual(expected);
  }, 60_000);

  test.each([
    '{{resolve:ssm:/acme/root-id}}',
    { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] },
    { 'Fn::GetAtt': ['trailsB7AA815D', 'DomainName'] },
    { Ref: 'nothing' },
  ])('refuses what it cannot resolve: %j', value => {
    const bucket = stacks.find(({ stack }) => stack === 'acme/audit-trail/bucket')!;

    expect(() => resolve(bucket, value)).toThrow(/^acme\/audit-trail\/bucket: /);
  });
});
