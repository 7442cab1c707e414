import { IdentityCenter, IPeopleGroup, IPeopleUser, People, PeopleSource } from '../../src';
import { factsOf } from '../isolation/facts';
import { Acme, acmeOfKnownAccounts, EXISTING, problems, ROOT, synthesize, Synthesized } from '../orgs';

const ACCESS = PeopleSource.accountAccess({ instance: IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1') });
const USERS = PeopleSource.iamUsers();

function moving(source: PeopleSource, movingFrom: PeopleSource): Acme & { group: IPeopleGroup; user: IPeopleUser } {
  const defined = acmeOfKnownAccounts(EXISTING);
  new People(defined.org, 'people', { source, movingFrom });
  const group = defined.org.addGroup('engineers', { canAssume: [defined.dev.admin] });
  return { ...defined, group, user: defined.org.addUser('ada', { groups: [group] }) };
}

/** Stacks of people, and what is in them. */
function people({ app }: { app: Acme['app'] }): [string, string][] {
  const { stacks } = synthesize(app);
  return ['people', 'account-access'].map(id => [id, JSON.stringify(stacks.get(`acme/root/${id}`)?.template.Resources)]);
}

describe('people who move', () => {
  test.each([['to account access', ACCESS, USERS], ['to IAM users', USERS, ACCESS]])('%s are in both, with the same access', (_, source, movingFrom) => {
    const { app } = moving(source, movingFrom);
    synthesize(app);
    const access = factsOf(app).facts.filter(({ kind }) => kind === 'access').map(({ subject, name, value }) => [subject, name, value]);
    expect(access.sort()).toEqual([
      ['group acme-engineers', 'stage dev acme-dev-admin', 'iam-user; mfa; session named after user'],
      ['group engineers', 'stage dev acme-dev-admin',
        `account-access; StringEquals aws:SourceAccount "${ROOT}"; ArnLike aws:SourceArn "arn:aws:account-access:eu-west-1:${ROOT}:application/*"`],
    ]);
    expect(problems(app)).toEqual([]);
  });

  test('have a group of IAM and users as long as one of both has', () => {
    for (const { group, user } of [moving(ACCESS, USERS), moving(USERS, ACCESS)]) {
      expect([group.groupId, group.iamGroup, user.iamUser]).toEqual(['engineers', expect.anything(), expect.anything()]);
    }
    expect(moving(ACCESS, USERS).group.groupName).toBe('engineers');
    expect(moving(USERS, ACCESS).group.groupName).toBe('acme-engineers');
  });

  test('are members of groups that are created in the one, and users of the other', () => {
    const userIds = { ada: '9067f5b8-0000-4000-8000-000000000000' };
    const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
    const { org, user } = moving(PeopleSource.accountAccess({ instance, createGroups: true, userIds }), USERS);
    expect([user.userName, user.iamUser]).toEqual(['ada', expect.anything()]);
    const synthesized = new Synthesized(org.root.synth());
    expect(synthesized.one('AWS::IAM::User').Properties.UserName).toBe('ada');
    expect(JSON.stringify(synthesized.nested)).toContain(userIds.ada);
  });

  test('find and leave in AWS what is there without the other source', () => {
    const alone = (source: PeopleSource) => {
      const defined = acmeOfKnownAccounts(EXISTING);
      new People(defined.org, 'people', { source });
      const group = defined.org.addGroup('engineers', { canAssume: [defined.dev.admin] });
      if (source === USERS) {
        defined.org.addUser('ada', { groups: [group] });
      }
      return defined;
    };
    const [users] = people(alone(USERS));
    const [, access] = people(alone(ACCESS));
    expect(people(moving(ACCESS, USERS))).toEqual([users, access]);
    expect(people(moving(USERS, ACCESS))).toEqual([users, access]);
  });

  test('come from another source than the one that they move to', () => {
    expect(() => new People(acmeOfKnownAccounts().org, 'people', { movingFrom: PeopleSource.iamUsers() })).toThrow(new Error(
      "movingFrom of 'acme/people' is the source that people move to: give the one that they come from, or leave it out"));
  });
});
