import { Principal, Target } from './isolation/evaluate';
import { deeds, doers } from './isolation/services/deeds';
import { expectedOf } from './isolation/services/expected';
import { Ids } from './isolation/services/ids';
import { GRANTS, REDUNDANT, Weakening, weakenings } from './isolation/services/mutations';
import { organizationWithServices } from './isolation/services/organization';
import { servicePrincipals } from './isolation/services/principals';
import { serviceTargets } from './isolation/services/targets';
import { deviationsOf, refuseUnknown } from './isolation/table';
import { Deployed, deployed } from './isolation/templates';
import { readWorld } from './isolation/world';
import { tally } from './tally';

/** A table that shrinks proves less: change this on purpose. */
const PAIRS = 77_792;
/** At least: versions of the CDK differ. */
const WEAKENINGS = 155;

const stacks = deployed(organizationWithServices);
const ids = new Ids(stacks);
const [who, what] = asked(stacks);
const expected = expectedOf(readWorld(stacks), what);

function asked(from: Deployed[]): [Principal[], Target[]] {
  const world = readWorld(from);
  return [servicePrincipals(world, ids), serviceTargets(world, ids)];
}

function differs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** What is not as expected any more: only who and what has another policy now can tell, of the same services. */
async function told({ change, services }: Weakening): Promise<string[]> {
  tally('mutations', expect.getState().currentTestName);
  const copy = structuredClone(stacks) as Deployed[];
  change(copy);
  const [principals, targets] = asked(copy);
  const others = new Set([
    ...principals.filter(({ identity }, index) => differs(identity, who[index].identity)),
    ...targets.filter(({ policy, known }, index) => differs([policy, known], [what[index].policy, what[index].known])),
  ].map(({ name }) => name));
  const { unexpected } = await deviationsOf(expected, principals,
    targets.filter(({ action }) => services.includes(action.split(':')[0])),
    (principal, target) => others.has(principal.name) || others.has(target.name));
  const done = await Promise.all(deeds(targets).filter(({ takes }) => takes.some(({ action }) => services.includes(action.split(':')[0])))
    .map(async deed => (await doers(deed, principals.filter(({ name }) => others.has(name) && !deed.by.includes(name))))
      .map(name => `${name} → ${deed.name}: allowed`)));
  return [...unexpected, ...done.flat()];
}

describe('who can do what to what the services add', () => {
  test('is what the table says, for every principal and every target', async () => {
    refuseUnknown(expected, who, what);
    const { pairs, unexpected } = await deviationsOf(expected, who, what);

    expect(unexpected).toEqual([]);
    expect(pairs).toBe(PAIRS);
  }, 120_000);

  test.each(deeds(what))('$name', async deed => {
    expect(await doers(deed, who)).toEqual(deed.by);
  });
});

describe('the table tells when a template is weakened', () => {
  const all = weakenings(stacks);
  const isRedundant = ({ name }: Weakening) => REDUNDANT.some(([pattern]) => pattern.test(name));

  test('in so many ways', () => {
    expect(all.length).toBeGreaterThanOrEqual(WEAKENINGS);
    expect(REDUNDANT.filter(([pattern]) => !all.some(({ name }) => pattern.test(name)))).toEqual([]);
  });

  test.each(all.filter(each => !isRedundant(each)))('$name', async weakening => {
    expect(await told(weakening)).toContainEqual(expect.stringMatching(/: allowed$/));
  });

  test.each(GRANTS)('$name', async grant => {
    expect(await told(grant)).toContain(grant.shows);
  });

  test.each(all.filter(isRedundant))('but not for what something else says as well: $name', async weakening => {
    expect(await told(weakening)).toEqual([]);
  });
});
