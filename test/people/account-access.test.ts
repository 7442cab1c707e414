import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AccountAccessOptions, CrossAccountAccessRole, IdentityCenter, MultiAccountOrg, OrganizationSource, People, PeopleSource, StageAccess, StageRoles } from '../../src';
import { IdentityCenterGroups } from '../../src/people/identity-center';
import { schemaProblems } from '../facts-schema';
import { isAllowed } from '../isolation/evaluate';
import { factsOf } from '../isolation/facts';
import { deployedOf } from '../isolation/templates';
import { readWorld } from '../isolation/world';
import { accountRead, Acme, acme, acmeOfKnownAccounts, DEV, EXISTING, orgProps, problems, PROD, ROOT, strings, synthesize, Synthesized, testApp } from '../orgs';

const INSTANCE = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const STACK = 'acme/root/account-access';
const APPLICATION = `arn:aws:account-access:eu-west-1:${ROOT}:application/a-1`;
const ELSEWHERE = APPLICATION.replace('eu-west-1', 'us-west-2');
const [ENGINEERS, ADA, BOB] = [1, 2, 3].map(number => `9067f5b8-0000-4000-8000-00000000000${number}`);

function withAccess(defined: Acme, options: Partial<AccountAccessOptions> = {}, region = 'eu-west-1'): Acme {
  const instance = IdentityCenter.fromArn(INSTANCE, region);
  new People(defined.org, 'people', { source: PeopleSource.accountAccess({ instance, ...options }) });
  return defined;
}

function nestedOf(org: MultiAccountOrg) {
  return new Synthesized(org.root.synth()).nested;
}

/** Entitlements of an organization, as group and role. */
function entitlements(org: MultiAccountOrg): string[] {
  return nestedOf(org).flatMap(([path, { Resources }]) => Object.values<any>(Resources)
    .filter(({ Type }) => Type === 'AWS::AccountAccess::Entitlement')
    .map(({ Properties: { Entitlement: { PrincipalRole } } }) => `${/entitlements(engineers|operators)/.exec(path)![1]} ${strings(PrincipalRole.RoleArn).join('').replace(/.*role\//, '')}`));
}

describe('people of IAM Identity Center who assume roles by account access', () => {
  test('have an application of their instance, and no users, passwords or groups of IAM', () => {
    const { app, org, dev } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const synthesized = synthesize(app);
    expect(synthesized.one('AWS::AccountAccess::Application').Properties).toEqual({ IdentitySource: { IdentityCenter: { InstanceArn: INSTANCE } } });
    expect(synthesized.stack(STACK).environment).toMatchObject({ account: ROOT, region: 'eu-west-1' });
    for (const type of ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::SecretsManager::Secret', 'AWS::IdentityStore::Group']) {
      expect(synthesized.find(type)).toEqual([]);
    }
  });

  test('find their groups by the names, at deployment', () => {
    const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers');
    org.addGroup('operators', { groupName: 'Operations (EU)' });
    const calls = synthesize(app).find('Custom::AWS', STACK).map(({ resource }) => JSON.stringify(resource.Properties.Create));
    expect(calls.filter(call => call.includes('getGroupId')).map(call => /AttributeValue\\*":\\*"([^"\\]+)/.exec(call)![1])).toEqual(['engineers', 'Operations (EU)']);
    expect(calls.filter(call => call.includes('describeInstance') && call.includes(INSTANCE))).toHaveLength(1);
  });

  test('can have their groups created', () => {
    const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING), { createGroups: true });
    org.addGroup('engineers');
    expect(synthesize(app).one('AWS::IdentityStore::Group').Properties.DisplayName).toBe('engineers');
  });

  test('name by their IDs groups that are given so, and read nothing for them', () => {
    const synthesized = (options: Partial<AccountAccessOptions>) => {
      const { app, org, dev } = withAccess(acmeOfKnownAccounts(EXISTING), options);
      org.addGroup('engineers', { canAssume: [dev.admin] });
      const { template } = synthesize(app).stack(STACK);
      const granted = nestedOf(org).flatMap(([path, { Resources }]) => Object.entries<any>(Resources)
        .map(([id, { Properties }]) =>
          [path, id, Properties.Entitlement.PrincipalRole.Principal.IdentityCenter.GroupId]));
      return { granted, resources: JSON.stringify(template.Resources) };
    };
    const byName = synthesized({});
    for (const createGroups of [false, true]) {
      const byId = synthesized({ createGroups, groupIds: { engineers: ENGINEERS } });
      expect(byId.resources).not.toMatch(/getGroupId|AWS::IdentityStore/i);
      expect(byId.granted.map(([,, id]) => id)).toEqual([ENGINEERS]);
      // what names it is the same, so that nobody loses access
      expect(byId.granted.map(([path, id]) => [path, id])).toEqual(byName.granted.map(([path, id]) => [path, id]));
    }
  });

  test('can have some groups by their IDs, and the others created', () => {
    const options = { createGroups: true, groupIds: { 'aws-engineers': ENGINEERS } };
    const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING), options);
    org.addGroup('engineers', { groupName: 'aws-engineers' });
    org.addGroup('operators');
    expect(synthesize(app).one('AWS::IdentityStore::Group').Properties.DisplayName).toBe('operators');
  });

  test('are members of the groups that are created, by their IDs', () => {
    const options = { createGroups: true, userIds: { ada: ADA, bob: BOB } };
    const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING), options);
    const [engineers, operators] = ['engineers', 'operators'].map(id => org.addGroup(id));
    expect(org.addUser('ada', { groups: [engineers, operators] })).toEqual({ userName: 'ada' });
    org.addUser('robert', { userName: 'bob', groups: [operators] });
    expect(problems(app)).toEqual([]);
    const members = nestedOf(org).map(([path, { Parameters, Resources }]) => [
      /members(engineers|operators)/.exec(path)![1],
      Object.values<any>(Resources).map(({ Type, Properties: { GroupId, IdentityStoreId, MemberId } }) => {
        expect([Type, GroupId.Ref, IdentityStoreId.Ref]).toEqual(['AWS::IdentityStore::GroupMembership',
          expect.stringMatching(/group(engineers|operators).*GroupId$/), expect.stringMatching(/IdentityStoreId$/)]);
        return MemberId.UserId;
      }),
      Object.keys(Parameters).length,
    ]);
    expect(members).toEqual([['engineers', [ADA], 2], ['operators', [ADA, BOB], 2]]);
    expect(synthesize(app).find('AWS::IAM::User')).toEqual([]);
  });

  test('leave the application and groups, which have members, when these leave the code, and rename a group in place', () => {
    const kept = (groupName?: string) => {
      const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING), { createGroups: true });
      org.addGroup('engineers', { groupName });
      const synthesized = synthesize(app);
      return ['AWS::AccountAccess::Application', 'AWS::IdentityStore::Group'].flatMap(type => synthesized.find(type))
        .map(({ id, resource: { DeletionPolicy, UpdateReplacePolicy } }) => [id, DeletionPolicy, UpdateReplacePolicy]);
    };
    expect(kept().map(([, ...policies]) => policies)).toEqual(Array(2).fill(['RetainExceptOnCreate', 'Retain']));
    expect(kept('builders')).toEqual(kept());
  });

  test('have each entitlement in the same template, whatever else they may assume or are called in the code', () => {
    const where = (id: string, roles: string[]) => {
      const { org } = withAccess(acmeOfKnownAccounts(EXISTING));
      const scope = org.addStage('shop', {
        accountId: '888888888888',
        access: StageAccess.of(['a', 'b', 'c', 'd', 'e'].map(name =>
          ({ name, managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')] }))),
      });
      org.addGroup(id, { groupName: 'engineers', canAssume: roles.map(name => scope.role(name)) });
      return new Map(nestedOf(org).flatMap(([file, { Resources }]) =>
        Object.keys(Resources).map(logicalId => [logicalId, file])));
    };
    const all = where('engineers', ['a', 'b', 'c', 'd', 'e']);
    expect(all.size).toBe(5);
    for (const some of [where('engineers', ['e', 'b', 'd']), where('builders', ['d', 'e'])]) {
      expect([...all]).toEqual(expect.arrayContaining([...some]));
    }
  });

  test('have an application once the account access manager has trusted access, as one that exists has', () => {
    const calls = (options: Partial<AccountAccessOptions>) => {
      const { app } = withAccess(acmeOfKnownAccounts(EXISTING), options);
      return synthesize(app).find('Custom::AWS', 'acme/root/settings').map(({ resource }) => JSON.stringify(resource.Properties.Create))
        .filter(call => call.includes('enableAWSServiceAccess') && call.includes('account-access.amazonaws.com'));
    };
    // with its attempts
    expect(calls({})).toHaveLength(3);
    expect(calls({ applicationArn: APPLICATION })).toEqual([]);
  });

  test('use the application that the instance has', () => {
    const { app, org, dev } = withAccess(acmeOfKnownAccounts(EXISTING), { applicationArn: APPLICATION });
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const synthesized = synthesize(app);
    expect(synthesized.find('AWS::AccountAccess::Application')).toEqual([]);
    expect(strings(synthesized.find('AWS::IAM::Role', 'acme/dev/access'))).toContain(APPLICATION);
  });

  test('are entitled to exactly the roles of their groups, also of stages that are added later', () => {
    const { org, dev, prod } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers', { canAssume: [dev.admin, StageRoles.ofAll('read-only')] });
    org.addGroup('operators', { canAssume: [prod.admin, org.root.readOnly] });
    org.addStage('shop', { accountId: '888888888888' });
    expect(entitlements(org).sort()).toEqual([
      'engineers acme-audit-read-only', 'engineers acme-dev-admin', 'engineers acme-dev-read-only', 'engineers acme-prod-read-only',
      'engineers acme-shop-read-only', 'operators acme-prod-admin', 'operators acme-root-read-only',
    ]);
  });

  test('wait for an account that does not exist yet, by what root knows of it', () => {
    const { app, org, dev } = withAccess(acme());
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const synthesized = synthesize(app);
    expect(synthesized.dependencies(STACK)).toEqual(['acme/root/account-dev', 'acme/root/settings']);
    expect(strings(nestedOf(org).map(([, { Parameters }]) => Parameters)).map(name => `ssm:${name}`)).toContain(accountRead('dev'));
  });

  test('of an instance in another region get roles in accounts once these exist', () => {
    const created = withAccess(acme(), {}, 'us-west-2');
    created.org.addGroup('engineers', { canAssume: [created.dev.admin, created.org.root.readOnly] });
    expect(entitlements(created.org)).toEqual(['engineers acme-root-read-only']);
    synthesize(created.app);
    expect(factsOf(created.app).facts.filter(({ kind }) => kind === 'access').map(({ name }) => name)).toEqual(['stage root acme-root-read-only']);
    const known = withAccess(acmeOfKnownAccounts(EXISTING), {}, 'us-west-2');
    known.org.addGroup('engineers', { canAssume: [known.dev.admin] });
    expect(synthesize(known.app).stack(STACK).environment.region).toBe('us-west-2');
    expect(entitlements(known.org)).toEqual(['engineers acme-dev-admin']);
  });

  test('replace no role: but for their trust, roles are what they are with IAM users', () => {
    const rolesOf = ({ app, org, dev, prod }: Acme) => {
      org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });
      const found = synthesize(app).find('AWS::IAM::Role').filter(({ path }) => path.endsWith('/access'));
      return found.map(({ path, id, resource: { Properties: { AssumeRolePolicyDocument, ...others } } }) =>
        [path, id, others, AssumeRolePolicyDocument.Statement]);
    };
    const users = rolesOf(acmeOfKnownAccounts(EXISTING));
    const access = rolesOf(withAccess(acmeOfKnownAccounts(EXISTING)));
    const withoutTrust = (roles: unknown[][]) => roles.map(role => role.slice(0, 3));
    expect(withoutTrust(access)).toEqual(withoutTrust(users));
    const changed = access.filter((role, index) => JSON.stringify(role) !== JSON.stringify(users[index]));
    expect(changed.map(([path]) => path)).toEqual(['acme/dev/access', 'acme/prod/access']);
  });

  test('are let in as the application of root alone, into the roles of their groups alone', async () => {
    const { app, org, dev } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const { roles } = readWorld(deployedOf(app));
    const comes = (source: string, account = source.split(':')[4], service = 'account-access.amazonaws.com') => ({
      name: source,
      arn: service,
      identity: [],
      context: {
        'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': service, 'aws:SourceAccount': account, 'aws:SourceArn': source,
      },
    });
    const enter = async (who: ReturnType<typeof comes>, action: string) => {
      const trusting = [...roles].filter(([, { trust }]) => trust);
      const into = await Promise.all(trusting.map(async ([name, { arn, account, trust }]) =>
        await isAllowed(who, { name, action, resource: arn, account, policy: trust, context: {} }) ? [name] : []));
      return into.flat();
    };
    for (const action of ['sts:AssumeRole', 'sts:SetContext', 'sts:TagSession']) {
      expect(await enter(comes(APPLICATION), action)).toEqual(['staging dev-admin']);
      for (const stranger of [
        comes(APPLICATION.replace(ROOT, DEV)), comes(APPLICATION, DEV), comes(APPLICATION.replace('eu-west-1', 'us-east-1')),
        comes(APPLICATION.replace('application', 'other')), comes(APPLICATION, ROOT, 'sso.amazonaws.com'),
      ]) {
        expect(await enter(stranger, action)).toEqual([]);
      }
    }
  });

  test('are facts: who is entitled to what, and whom the role trusts', () => {
    const { app, org, dev } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers', { canAssume: [dev.admin] });
    synthesize(app);
    const file = factsOf(app);
    const role = `arn:aws:iam::${DEV}:role/acme-dev-admin`;
    expect(schemaProblems(file)).toEqual([]);
    const value = `StringEquals aws:SourceAccount "${ROOT}"; ArnLike aws:SourceArn "arn:aws:account-access:eu-west-1:${ROOT}:application/*"`;
    expect(file.facts.filter(({ kind }) => kind === 'access')).toEqual([
      { kind: 'access', subject: 'group engineers', name: 'stage dev acme-dev-admin', value: `account-access; ${value}`, source: 'acme/people' },
    ]);
    expect(file.facts).toContainEqual({ kind: 'trusts', subject: role, name: 'service account-access.amazonaws.com', value, source: dev.admin.node.path });
  });

  test.each<[string, Partial<AccountAccessOptions>, string[]]>([
    ['finds and creates', {}, ['account-access ', 'identity-center-group engineers', 'identity-center-group Operations (EU)']],
    ['has or creates itself', { applicationArn: ELSEWHERE, createGroups: true }, [
      `account-access ${ELSEWHERE}`, 'identity-center-new-group engineers', 'identity-center-new-group Operations (EU)',
    ]],
    ['knows by IDs', { createGroups: true, groupIds: { 'Operations (EU)': ENGINEERS }, userIds: { ada: ADA } }, [
      'account-access ', 'identity-center-new-group engineers', `identity-center-group-id ${ENGINEERS} Operations (EU)`, `identity-center-user-id ${ADA} ada`,
    ]],
  ])('say what their instance needs, so that check asks for what the app %s', (_, options, expected) => {
    const { app, org } = withAccess(acmeOfKnownAccounts(EXISTING), options, 'us-west-2');
    const engineers = org.addGroup('engineers');
    org.addGroup('operators', { groupName: 'Operations (EU)' });
    if (options.userIds) {
      org.addUser('ada', { groups: [engineers] });
    }
    synthesize(app);
    const file = factsOf(app);
    expect(schemaProblems(file)).toEqual([]);
    const needs = file.facts.filter(({ kind }) => kind === 'needs');
    expect(needs.map(({ name, value }) => `${name} ${value}`)).toEqual(
      ['identity-center us-west-2', ...expected].map(text => text.replace(' ', ` ${INSTANCE} `)));
    expect(needs.map(({ subject, source }) => `${subject} ${source}`)).toEqual(needs.map(() => `root ${STACK}/groups`));
  });

  test('of very many stages fit into templates', () => {
    const org = new MultiAccountOrg(testApp(), 'acme', orgProps({ organization: EXISTING, email: undefined }));
    new People(org, 'people', { source: PeopleSource.accountAccess({ instance: IdentityCenter.fromArn(INSTANCE, 'eu-west-1') }) });
    Array.from({ length: 200 }, (_, index) => org.addStage(`stage-${index}`, { accountId: String(200000000000 + index) }));
    ['one', 'two'].forEach(id => org.addGroup(id, { canAssume: [StageRoles.ofAll('admin'), StageRoles.ofAll('read-only')] }));
    const counts = nestedOf(org).map(([, { Resources }]) => Object.keys(Resources).length);
    expect(counts.sort((a, b) => a - b)).toEqual([50, 50, 50, 50, 150, 150, 150, 150]);
  });
});

test('whoever uses an instance says with one call what else it has to have', () => {
  const { app, org } = acmeOfKnownAccounts(EXISTING);
  new IdentityCenterGroups(org.root.addStack('sets'), { instance: IdentityCenter.fromArn(INSTANCE, 'eu-west-1') }).need('permission-sets');
  synthesize(app);
  const file = factsOf(app);
  expect(schemaProblems(file)).toEqual([]);
  expect(file.facts.filter(({ kind }) => kind === 'needs').map(({ name, value }) => [name, value])).toEqual([
    [`identity-center ${INSTANCE}`, 'eu-west-1'], [`permission-sets ${INSTANCE}`, ''],
  ]);
});

describe('mistakes', () => {
  test.each<[string, (defined: Acme) => unknown, string]>([
    ['an ARN', () => IdentityCenter.fromArn('ssoins-1', 'eu-west-1'), "instanceArn 'ssoins-1' is not that of an instance of IAM Identity Center: give one such as 'arn:aws:sso:::instance/ssoins-1234567890abcdef'"],
    ['a region', () => IdentityCenter.fromArn(INSTANCE, 'eu-wst-1'), "region 'eu-wst-1' is not a region"],
    ['a user', ({ org }) => org.addUser('ada'), "user 'ada' cannot be added, because the source of 'acme/people' makes no users: add the user where the others are, or give the ID of one that exists in userIds of the source"],
    ['a last day', ({ org, dev }) => org.addGroup('helpers', { canAssume: [dev.admin], until: '2099-01-01' }),
      "until of group 'helpers' is '2099-01-01', which the account access manager cannot say: leave it out, and remove the group then"],
    ['an external ID', ({ org, prod }) => org.addGroup('helpers', {
      canAssume: [new CrossAccountAccessRole(new Stack(prod, 'mine'), 'partner', {
        roleName: 'partner',
        externalId: 'shop',
        trustedPrincipals: [new iam.AccountPrincipal(ROOT)],
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      })],
    }), "canAssume of group 'helpers' has 'acme/prod/mine/partner', which asks for an externalId, and the account access manager sends none: give a role without"],
  ])('%s', (_, define, message) => {
    const defined = withAccess(acmeOfKnownAccounts(EXISTING));
    expect(() => define(defined)).toThrow(message);
  });

  test('are told where the management account is somebody else\'s', () => {
    expect(() => withAccess(acmeOfKnownAccounts(OrganizationSource.memberAccounts()))).toThrow(new Error(
      "'acme/people' cannot use IAM Identity Center, because the management account is not yours: have its owner do it"));
  });

  test('leave the problems of an app what they are', () => {
    const { app, org, prod } = withAccess(acmeOfKnownAccounts(EXISTING));
    org.addGroup('engineers', { canAssume: [prod.readOnly] });
    expect([PROD, problems(app)]).toEqual([PROD, []]);
  });
});
