import { limits, openWays, waysAround, waysThroughTheSeal } from './isolation/attacks';
import { isAllowed } from './isolation/evaluate';
import { EXPECTED, SEALED } from './isolation/expected';
import {
  breakSeal, MFA_LAYERS, Mutation, MUTATIONS, PEOPLE_MUTATIONS, REDUNDANT, SEAL, sealOf, unseal,
} from './isolation/mutations';
import { deeds, EXPECTED_DEEDS, OPEN_DEEDS } from './isolation/people';
import { resolve } from './isolation/resolve';
import { deviations, principals, targets } from './isolation/table';
import { Deployed, deployedExample, MEMBERS } from './isolation/templates';
import { readWorld, World } from './isolation/world';

/** A table that shrinks proves less: change this on purpose. */
const PAIRS = 16320;

const stacks = deployedExample();
const sealed = readWorld(stacks);
/** Most is asked of what guards itself, without the policies of the organization. */
const world = mutated();

function mutated(...changes: Array<Mutation['change']>): World {
  return changed(unseal, ...changes);
}

function changed(...changes: Array<Mutation['change']>): World {
  const copy = structuredClone(stacks) as Deployed[];
  changes.forEach(change => change(copy));
  return readWorld(copy);
}

async function unexpectedDeeds(of: World): Promise<string[]> {
  return (await deeds(of))
    .filter(({ name, allowed }) => !OPEN_DEEDS.includes(name) && allowed !== EXPECTED_DEEDS.includes(name))
    .map(({ name, allowed }) => `${name}: ${allowed ? 'allowed' : 'denied'}`);
}

describe('who can do what in the example', () => {
  test('is what the table says, for every principal and every target', async () => {
    const { pairs, unexpected } = await deviations(sealed, SEALED);

    expect(unexpected).toEqual([]);
    expect(pairs).toBe(PAIRS);
  }, 120_000);

  test('is the same without the policies of the organization, but that audit may deploy to itself', async () => {
    const { pairs, unexpected } = await deviations(world, EXPECTED);

    expect(unexpected).toEqual([]);
    expect(pairs).toBe(PAIRS);
  }, 120_000);

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

  test.failing.each(OPEN_DEEDS)('refuses: %s', async name => {
    expect(await deeds(world)).toContainEqual({ name, allowed: false });
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

describe('an attacker', () => {
  test.each(waysAround(world))('is not stopped by what guards itself: $name', async ({ principal, target }) => {
    expect(await isAllowed(principal, target)).toBe(true);
  });

  test.each(waysAround(sealed))('is stopped by the seal, in $sid: not $name', async step => {
    const broken = waysAround(changed(copy => breakSeal(copy, step.sid))).find(({ name }) => name === step.name)!;

    expect(await isAllowed(step.principal, step.target)).toBe(false);
    expect(await isAllowed(broken.principal, broken.target)).toBe(true);
  });

  test('deploys to audit from inside when the seal does not forbid it', async () => {
    const { unexpected } = await deviations(changed(copy => breakSeal(copy, 'NobodyInsideDeploys')), SEALED,
      ({ name }) => name === 'audit admin');

    expect(unexpected).toContain('audit admin → assume audit deploy: allowed');
  });

  test('knows every statement of the seal', () => {
    expect(sealOf(stacks)).toEqual(SEAL);
  });

  test.each(limits(sealed))('is not stopped outside of audit: $name', async ({ principal, target }) => {
    expect(await isAllowed(principal, target)).toBe(true);
  });

  test.failing.each(waysThroughTheSeal(sealed))('is stopped by the seal: $name', async ({ principal, target }) => {
    expect(await isAllowed(principal, target)).toBe(false);
  });

  test.failing.each(openWays(world))('who administers audit finds no way around: $name', async step => {
    expect(await isAllowed(step.principal, step.target)).toBe(false);
  });
});

describe('what the table is made of', () => {
  test('has every role of every template, as somebody who asks and as something asked for', () => {
    const roles = stacks.flatMap(({ template }) => Object.values(template.Resources))
      .filter(({ Type }) => Type === 'AWS::IAM::Role');

    // and one that AWS makes in each member
    expect(world.roles.size).toBe(roles.length + MEMBERS.length);
    expect(targets(world).filter(({ action }) => action === 'sts:AssumeRole')).toHaveLength(world.roles.size);
  });

  test.each([
    { 'Fn::ImportValue': 'acme:root-id' },
    { 'Fn::Select': [0, ['a']] },
    { 'Fn::GetAtt': ['trailsB7AA815D', 'DomainName'] },
    { Ref: 'nothing' },
  ])('refuses what it cannot resolve: %j', value => {
    const bucket = stacks.find(({ stack }) => stack === 'acme/audit-trail/bucket')!;

    expect(() => resolve(bucket, value)).toThrow(/^acme\/audit-trail\/bucket: /);
  });
});
