import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CrossAccountAccessRole, IAssumable, IPeopleDirectory, IPeopleGroup, MfaRequirement, MultiAccountOrg, OrganizationSource, People, PeopleSource, StageAccess, StageProfile, StageRoles } from '../../src';
import { schemaProblems } from '../facts-schema';
import { factsOf } from '../isolation/facts';
import { accountRead, Acme, acme, acmeOfKnownAccounts, DEV, EXISTING, orgProps, problems, PROD, Resource as Deployed, ROOT, strings, synthesize, Synthesized, testApp } from '../orgs';

const PEOPLE = 'acme/root/people';

function people(define: (acme: Acme) => void): Synthesized {
  const defined = acmeOfKnownAccounts(OrganizationSource.create());
  define(defined);
  return synthesize(defined.app);
}

function statements(synthesized: Synthesized, type: string): Array<{ [key: string]: any }> {
  return synthesized.find(type, PEOPLE).flatMap(({ resource }) => resource.Properties.PolicyDocument.Statement);
}

describe('the people of an organization', () => {
  test('are in root and nowhere else', () => {
    const synthesized = people(({ org, dev }) => org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin] })] }));
    for (const type of ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::ManagedPolicy', 'AWS::SecretsManager::Secret']) {
      expect(new Set(synthesized.find(type).map(({ path }) => path))).toEqual(new Set([PEOPLE]));
    }
    expect(synthesized.stack(PEOPLE).environment.account).toBe(ROOT);
  });

  test('have no stack where there are none', () => {
    expect([...synthesize(acme().app).stacks.keys()]).not.toContain(PEOPLE);
  });

  test('can be added without the management account', () => {
    const { app, org, dev } = acmeOfKnownAccounts();
    org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin] })] });
    expect(synthesize(app).find('AWS::IAM::User')).toHaveLength(1);
  });

  test('wait for no account that they have nothing to do with', () => {
    const { app, org } = acme();
    org.addGroup('engineers', { canAssume: [org.root.admin] });
    const synthesized = synthesize(app);
    expect([synthesized.errors(PEOPLE), synthesized.dependencies(PEOPLE)]).toEqual([[], []]);
  });

  test('may enter an account that does not exist yet: they wait for it, by what root knows of it', () => {
    const { app, org, dev } = acme();
    org.addGroup('engineers', { canAssume: [dev.admin] });
    const synthesized = synthesize(app);
    expect(synthesized.errors(PEOPLE)).toEqual([]);
    expect(synthesized.dependencies(PEOPLE)).toEqual(['acme/root/account-dev']);
    expect(strings(synthesized.find('AWS::IAM::Policy', PEOPLE))).toContain(accountRead('dev'));
  });

  test('follow the password policy of CIS', () => {
    const [call] = people(({ org }) => org.addUser('ada')).find('Custom::AWS', PEOPLE);
    const { service, action, parameters } = JSON.parse(call.resource.Properties.Create);
    expect([service, action]).toEqual(['IAM', 'updateAccountPasswordPolicy']);
    expect(parameters).toEqual({
      MinimumPasswordLength: 14,
      PasswordReusePrevention: 24,
      RequireLowercaseCharacters: true,
      RequireUppercaseCharacters: true,
      RequireNumbers: true,
      RequireSymbols: true,
      AllowUsersToChangePassword: true,
    });
    expect(call.resource.Properties.Delete).toBeUndefined();
  });
});

describe('a group', () => {
  test('is called after the namespace, or as it is told', () => {
    const groups = people(({ org }) => {
      org.addGroup('engineers');
      org.addGroup('operators', { groupName: 'Operators' });
    }).find('AWS::IAM::Group');
    expect(groups.map(({ resource }) => resource.Properties.GroupName)).toEqual(['acme-everybody', 'acme-engineers', 'Operators']);
  });

  test('may assume exactly what it is given, on the terms of the role', () => {
    const synthesized = people(({ org, dev, prod }) => org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] }));
    const arn = (account: string, name: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/${name}`]],
    });
    const assume = { Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, Effect: 'Allow' };
    expect(statements(synthesized, 'AWS::IAM::Policy').filter(({ Action }) => Action === 'sts:AssumeRole')).toEqual([
      { ...assume, Resource: [arn(PROD, 'acme-prod-read-only'), arn(DEV, 'acme-dev-admin')] },
    ]);
  });

  test('may assume nothing if nothing is said', () => {
    const synthesized = people(({ org }) => org.addGroup('engineers'));
    expect(statements(synthesized, 'AWS::IAM::Policy').filter(({ Action }) => Action === 'sts:AssumeRole')).toEqual([]);
  });

  test('fails when there is one of that id', () => {
    const { org } = acme();
    org.addGroup('engineers');
    expect(() => org.addGroup('engineers')).toThrow(/group.*engineers/);
  });

  test('fails when it is called as the one of everybody', () => {
    const { app, org } = acme();
    expect(() => {
      org.addGroup('everybody');
      app.synth();
    }).toThrow(/everybody/);
  });

  test.each(['a b', 'a/b', '', 'a'.repeat(129)])('fails when it is called %j, which is no name in IAM', groupName => {
    expect(() => acme().org.addGroup('engineers', { groupName })).toThrow(/^groupName '.*' is not a name in IAM: give 1 to 128 /);
  });

  test('may have the longest name of IAM', () => {
    const { app, org } = acme();
    org.addGroup('engineers', { groupName: 'a'.repeat(128) });
    expect(problems(app)).toEqual([]);
  });

  test.each<[unknown[], string]>([
    [[undefined], "entry 1 of canAssume of group 'engineers' is missing: give it, and check that the variable it comes from is set and spelled right"],
    [['dev.admin'], "entry 1 of canAssume of group 'engineers' is 'dev.admin': give an IAssumable"],
    [[new iam.AccountPrincipal(DEV)], `canAssume of group 'engineers' has all of account '${DEV}', which is no role of this library: give roles such as \`dev.admin\`, or StageRoles`],
  ])('fails when it is to assume what is no role: %j', (canAssume, message) => {
    expect(() => acme().org.addGroup('engineers', { canAssume: canAssume as IAssumable[] }))
      .toThrow(new Error(message));
  });

  test('fails when it has a role under two names, and not when it has it by its stages too', () => {
    const { app, org, prod } = acmeOfKnownAccounts();
    const again = CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(new Stack(org.root, 'imports'), 'again',
      { accountId: PROD, roleName: 'acme-prod-admin', mfa: MfaRequirement.NOT_REQUIRED });
    org.addGroup('engineers', { canAssume: [prod.admin, StageRoles.ofAll('admin')] });
    org.addGroup('operators', { canAssume: [prod.admin, again] });
    expect(problems(app)).toEqual([
      "canAssume of group 'operators' has the role 'acme-prod-admin' twice, as 'prod.admin' and 'acme/root/imports/again': name it once",
    ]);
  });

  test.each(['', undefined])('fails without an id: %j', id => {
    expect(() => acme().org.addGroup(id as string)).toThrow(new Error("id of a group is missing: give one, such as 'engineers'"));
    expect(() => acme().org.addUser(id as string)).toThrow(new Error("id of a user is missing: give one, such as 'ada'"));
  });

  test('fails when another is called the same', () => {
    const { app, org } = acme();
    org.addGroup('engineers');
    expect(() => {
      org.addGroup('others', { groupName: 'acme-engineers' });
      app.synth();
    }).toThrow(/groupName 'acme-engineers'/);
  });

  test('fails when it is to assume a role that the stage was defined without', () => {
    const org = new MultiAccountOrg(testApp(), 'acme', orgProps());
    const stage = org.addStage('prod', { access: StageAccess.READ_ONLY });
    expect(() => org.addGroup('engineers', { canAssume: [stage.admin] })).toThrow("stage 'prod' has no admin role");
  });
});

describe('access for a time', () => {
  const withUntil = (until: string) => {
    const defined = acmeOfKnownAccounts();
    defined.org.addGroup('helpers', { canAssume: [defined.dev.admin], until });
    return defined;
  };

  const warningsOf = (app: App) => synthesize(app).stack('acme/root/access').messages.map(({ entry }) => String(entry.data));

  afterEach(() => jest.useRealTimers());

  test('ends with its last day, beside what the role asks for, and is a fact', () => {
    jest.useFakeTimers({ now: Date.parse('2026-12-31T23:59:59Z') });
    const { app } = withUntil('2026-12-31');
    const synthesized = synthesize(app);
    const [{ Condition }] = statements(synthesized, 'AWS::IAM::Policy').filter(({ Action }) => Action === 'sts:AssumeRole');
    expect(Condition).toEqual({
      Bool: { 'aws:MultiFactorAuthPresent': 'true' }, DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' },
    });
    expect(schemaProblems(factsOf(app))).toEqual([]);
    expect(factsOf(app).facts).toContainEqual(expect.objectContaining({
      kind: 'can-assume', subject: `arn:aws:iam::${ROOT}:group/acme-helpers`, value: 'mfa; until 2026-12-31',
    }));
    expect(warningsOf(app)).toEqual([]);
  });

  test('warns once it is over, and the app is still synthesized', () => {
    jest.useFakeTimers({ now: Date.parse('2027-01-01T00:00:00Z') });
    const { app } = withUntil('2026-12-31');
    expect(problems(app)).toEqual([]);
    expect(warningsOf(app)).toEqual([expect.stringMatching("^group 'helpers' may assume its roles until '2026-12-31', which is over: give a later day")]);
  });

  test.each(['31.12.2026', '2027-02-30', '2027-13-01', '', 'tomorrow'])('is given as a day, and not as %j', until => {
    expect(() => withUntil(until)).toThrow(new Error(`until of group 'helpers' is '${until}': give a day, such as '2027-01-31'`));
  });
});

/** A source of people that somebody else wrote. */
class Elsewhere extends PeopleSource {
  public readonly told: unknown[] = [];

  constructor(private readonly hasUsers: boolean) {
    super();
  }

  public bind(scope: Construct): IPeopleDirectory {
    this.told.push(scope.node.path);
    return {
      hasUsers: this.hasUsers,
      addGroup: group => { this.told.push(group); return { groupId: group.groupId, groupName: `elsewhere ${group.groupId}` }; },
      addUser: user => { this.told.push(user); return { userName: user.userId }; },
      assignRole: ({ group, role, stage, until }) => {
        this.told.push([group.groupName, role.roleName, stage?.node.id, until]);
        return { way: 'badge', conditions: [`until ${until}`] };
      },
    };
  }
}

describe('people of a source of your own', () => {
  test('are told to it: groups, users, and each role once, also of stages that are added later', () => {
    const { app, org, dev } = acmeOfKnownAccounts();
    const source = new Elsewhere(true);
    new People(org, 'staff', { source });
    const group = org.addGroup('engineers', { canAssume: [dev.admin, StageRoles.ofAll('admin')], until: '2099-01-01' });
    org.addUser('ada', { groups: [group] });
    org.addStage('shop', { accountId: '888888888888' });
    expect(source.told).toEqual([
      'acme/staff', { groupId: 'engineers', groupName: undefined },
      ...['dev', 'audit', 'prod'].map(stage => ['elsewhere engineers', `acme-${stage}-admin`, stage, '2099-01-01']),
      { userId: 'ada', userName: undefined, groups: [group] },
      ['elsewhere engineers', 'acme-shop-admin', 'shop', '2099-01-01'],
    ]);
    expect(problems(app)).toEqual([]);
    expect([...synthesize(app).stacks.keys()]).not.toContain(PEOPLE);
    expect(factsOf(app).facts.filter(({ kind, name }) => kind === 'access' && name.startsWith('stage dev'))).toEqual([{
      kind: 'access', subject: 'group elsewhere engineers', name: 'stage dev acme-dev-admin', value: 'badge; until 2099-01-01', source: 'acme/staff',
    }]);
  });

  test('have users only if it makes them', () => {
    const { org } = acme();
    new People(org, 'staff', { source: new Elsewhere(false) });
    expect(() => org.addUser('ada')).toThrow(new Error("user 'ada' cannot be added, because the source of 'acme/staff' makes no users: add the user where the others are, or give the ID of one that exists in userIds of the source"));
  });
});

describe('a user', () => {
  test('signs in with the id, or as told', () => {
    const users = people(({ org }) => {
      org.addUser('ada');
      org.addUser('engineer', { userName: 'engineer@acme.example' });
    }).find('AWS::IAM::User');
    expect(users.map(({ resource }) => resource.Properties.UserName)).toEqual(['ada', 'engineer@acme.example']);
  });

  test('belongs to everybody and to the groups given', () => {
    const synthesized = people(({ org }) =>
      org.addUser('ada', { groups: [org.addGroup('engineers'), org.addGroup('operators')] }));
    const names = synthesized.one('AWS::IAM::User').Properties.Groups.map(({ Ref }: { Ref: string }) =>
      synthesized.resources(PEOPLE)[Ref].Properties.GroupName);
    expect(names).toEqual(['acme-everybody', 'acme-engineers', 'acme-operators']);
  });

  test('has a first password that is random, long, kept as a secret, and to be changed', () => {
    const synthesized = people(({ org }) => org.addUser('ada'));
    const [{ id, resource }] = synthesized.find('AWS::SecretsManager::Secret');
    expect(resource.Properties.GenerateSecretString)
      .toMatchObject({ PasswordLength: 24, RequireEachIncludedType: true });
    expect(synthesized.one('AWS::IAM::User').Properties.LoginProfile).toEqual({
      Password: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: id }, ':SecretString:::}}']] },
      PasswordResetRequired: true,
    });
  });

  test('has no keys, and no policy of its own', () => {
    const synthesized = people(({ org }) => org.addUser('ada'));
    expect(synthesized.find('AWS::IAM::AccessKey')).toEqual([]);
    expect(Object.keys(synthesized.one('AWS::IAM::User').Properties).sort())
      .toEqual(['Groups', 'LoginProfile', 'UserName']);
  });

  test('leaks nothing into outputs', () => {
    expect(people(({ org }) => org.addUser('ada')).outputs(PEOPLE)).toEqual({});
  });

  test('fails when there is one of that id', () => {
    const { org } = acme();
    org.addUser('ada');
    expect(() => org.addUser('ada')).toThrow(/ada/);
  });

  test('gets a first password whose symbols IAM counts for some', () => {
    const { app, org } = acme();
    org.addUser('ada');
    const { ExcludeCharacters } = synthesize(app).one('AWS::SecretsManager::Secret').Properties.GenerateSecretString;
    const drawn = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'].filter(symbol => !ExcludeCharacters.includes(symbol));
    // as the documentation of the password policy lists them
    expect(drawn.filter(symbol => !"!@#$%^&*()_+-=[]{}|'".includes(symbol))).toEqual([]);
    expect(drawn.length).toBeGreaterThan(10);
  });

  test('fails with a name that is none in IAM', () => {
    expect(() => acme().org.addUser('a person')).toThrow("userName 'a person' is not a name in IAM: give");
  });

  test('fails when another signs in with the same name', () => {
    const { app, org } = acme();
    org.addUser('ada');
    expect(() => {
      org.addUser('engineer', { userName: 'ada' });
      app.synth();
    }).toThrow(/userName 'ada'/);
  });

  test.each<[string, (acme: Acme) => Array<IPeopleGroup | undefined>]>([
    ["entry 1 of groups of user 'ada' is missing: give it, and check that the variable it comes from is set and spelled right", () => [undefined]],
    ["groups of user 'ada' have group 'engineers' twice: name it once", ({ org }) => Array(2).fill(org.addGroup('engineers'))],
    ["groups of user 'ada' have 'engineers', which is no group of 'acme/People': give what addGroup returns",
      () => [acme().org.addGroup('engineers')]],
  ])('fails with groups when %s', (message, groups) => {
    const organization = acmeOfKnownAccounts();
    const given = groups(organization) as IPeopleGroup[];
    expect(() => organization.org.addUser('ada', { groups: given })).toThrow(new Error(message));
  });

  test('fails with a name that is a token', () => {
    expect(() => acme().org.addUser('ada', { userName: Lazy.string({ produce: () => 'ada' }) }))
      .toThrow(new Error('userName is a token: policies and facts are made of it, so give it as a literal'));
  });

  test('belongs to nine groups at most, since AWS takes ten with that of everybody', () => {
    const { app, org } = acme();
    const groups = Array.from({ length: 10 }, (_, index) => org.addGroup(`group-${index}`));
    expect(() => org.addUser('ada', { groups: groups.slice(1) })).not.toThrow();
    expect(() => {
      org.addUser('engineer', { groups });
      app.synth();
    }).toThrow(/groups of user 'engineer'/);
  });
});

// without white space, 5,120 characters of all inline policies of a group, and 6,144 of a managed one
test.each([[20, 0], [60, 0], [120, 1], [300, 3]])('what a group is to assume, %i roles, fits into its policies', (count, managed) => {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING, email: undefined }));
  const accounts = Array.from({ length: count }, (_, index) => String(200000000000 + index));
  const roles = accounts.map((accountId, index) => org.addStage(`stage-${index}`, { accountId, access: StageAccess.READ_ONLY }).readOnly);
  org.addGroup('auditors', { canAssume: roles });
  const synthesized = new Synthesized(org.root.synth({ skipValidation: true }));
  const [[, inline]] = Object.entries(synthesized.resources(PEOPLE)).filter(([id]) => id.startsWith('groupauditorsCanAssume'));
  expect(synthesized.nested).toHaveLength(managed);
  const policies = [inline, ...synthesized.nested.flatMap(([, { Resources }]) => Object.values<Deployed>(Resources))];
  expect(policies.map(({ Type }) => Type)).toEqual(['AWS::IAM::Policy', ...Array(managed).fill('AWS::IAM::ManagedPolicy')]);
  expect(inline.Properties.Groups).toEqual([{ Ref: expect.stringMatching('^groupauditors') }]);
  for (const { resource } of synthesized.find('AWS::CloudFormation::Stack', PEOPLE)) {
    expect(Object.values(resource.Properties.Parameters)).toEqual(inline.Properties.Groups);
  }
  policies.slice(1).forEach(({ Properties }) => expect(Properties.Groups).toEqual([{ Ref: expect.stringContaining('groupauditors') }]));
  for (const { PolicyDocument } of policies.map(({ Properties }) => Properties)) {
    expect(PolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, Effect: 'Allow', Resource: expect.anything(),
    }]);
  }
  const arns = policies.flatMap(({ Properties }) => strings(Properties.PolicyDocument).filter(text => text.startsWith(':iam::')));
  expect(arns.sort()).toEqual(accounts.map((id, index) => `:iam::${id}:role/acme-stage-${index}-read-only`).sort());
  for (const { Type, Properties } of policies) {
    const document = JSON.stringify(Properties.PolicyDocument)
      .replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws$1"');
    expect(document).not.toContain('Fn::');
    expect(document.length).toBeLessThanOrEqual(Type === 'AWS::IAM::Policy' ? 5120 : 6144);
  }
});

test('the accounts of what does not fit into the first policy are read where they are used', () => {
  const org = new MultiAccountOrg(testApp(), 'acme', orgProps());
  org.addGroup('auditors', { canAssume: [StageRoles.ofAll('read-only')] });
  const stages = Array.from({ length: 100 }, (_, index) => org.addStage(`stage-${index}`, { access: StageAccess.READ_ONLY }));
  const synthesized = new Synthesized(org.root.synth());
  const reads = (template: { readonly [section: string]: any }) =>
    Object.values<{ Type: string; Default: string }>(template.Parameters).filter(({ Type }) => Type.startsWith('AWS::SSM::'))
      .map(({ Default }) => `ssm:${Default}`);
  const [[, nested]] = synthesized.nested;
  const found = [...reads(synthesized.stack(PEOPLE).template), ...reads(nested)].filter(name => name.includes('/account/'));
  expect(found.sort()).toEqual(stages.map(({ node }) => accountRead(node.id)).sort());
  expect(reads(nested).length).toBeGreaterThan(5);
  expect(synthesized.dependencies(PEOPLE)).toContain('acme/root/account-stage-99');
});

test('the order of parameters is that of the roles, whatever numbers the CDK gives to tokens', () => {
  const number = () => Number(/\d+/.exec(Lazy.string({ produce: () => '' }))![0]);
  const org = new MultiAccountOrg(testApp(), 'acme', orgProps());
  const first = org.addStage('first');
  // as text, a longer number is smaller
  const longer = 10 ** String(number()).length;
  while (number() < longer - 1) { /* takes the next one */ }
  const second = org.addStage('second');
  org.addGroup('engineers', { canAssume: [first.admin, second.admin] });
  const { Parameters } = synthesize(org.node.root as App).stack(PEOPLE).template;
  expect(Object.keys(Parameters).filter(name => name.startsWith('acmeaccount'))).toEqual([
    expect.stringMatching(/^acmeaccountfirst/), expect.stringMatching(/^acmeaccountsecond/),
  ]);
});

test('an imported role is in the account that it is said to be in, whichever stage imports it', () => {
  const { app, org, dev, prod } = acmeOfKnownAccounts(EXISTING);
  const imported = (id: string, accountId: string) => CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(
    Stack.of(dev.admin), id, { accountId, roleName: id, mfa: MfaRequirement.NOT_REQUIRED });
  org.addGroup('auditors', { canAssume: [imported('theirs', PROD), imported('own', DEV), org.root.readOnly, prod.readOnly] });
  expect(strings(statements(synthesize(app), 'AWS::IAM::Policy').map(({ Resource }) => Resource)).filter(arn => arn.endsWith('/theirs')))
    .toEqual([`:iam::${PROD}:role/theirs`]);
  expect(factsOf(app).facts.filter(({ kind }) => kind === 'access').map(({ name, value }) => [name, value])).toEqual([
    [`arn:aws:iam::${PROD}:role/theirs`, 'iam-user; mfa'],
    ['stage dev own', 'iam-user; mfa'],
    ['stage root acme-root-read-only', 'iam-user; mfa; session named after user'],
    ['stage prod acme-prod-read-only', 'iam-user; mfa; session named after user'],
  ]);
});

test('roles that do not fit into all policies of a group are told', () => {
  const { app, org, dev } = acmeOfKnownAccounts();
  const roles = Array.from({ length: 1300 }, (_, index) => CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(dev, `role-${index}`, {
    accountId: DEV, roleName: `acme-of-another-app-${index}`,
  }));
  org.addGroup('auditors', { canAssume: roles });
  expect(problems(app)).toEqual(["canAssume of group 'auditors' has 1300 roles, which take 12 managed policies: "
    + 'IAM allows 10 in one group, so divide it, and give its users both groups']);
});

describe('everybody', () => {
  const synthesized = people(({ org }) => org.addUser('ada'));
  const own = statements(synthesized, 'AWS::IAM::ManagedPolicy');

  test('looks after what is their own', () => {
    expect(own.filter(({ Effect }) => Effect === 'Allow').map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['SeeTheRules', ['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices']],
      ['OwnPassword', ['iam:ChangePassword', 'iam:GetUser']],
      ['OwnDevice', [
        'iam:CreateVirtualMFADevice', 'iam:DeleteVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ListMFADevices',
        'iam:ResyncMFADevice',
      ]],
      ['OwnKeysAndChangeOfDevice', [
        'iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:UpdateAccessKey',
        'iam:DeactivateMFADevice',
      ]],
    ]);
  });

  test('does so with what carries their name alone', () => {
    const theirs = own.filter(statement => statement.Effect === 'Allow' && statement.Sid !== 'SeeTheRules');
    for (const { Sid, Resource } of theirs) {
      for (const resource of [Resource].flat()) {
        const arn = strings(resource).join('');
        expect([Sid, arn]).toEqual([Sid, expect.stringMatching(`:iam::${ROOT}:(user|mfa)/\\$\\{aws:username\\}$`)]);
      }
    }
  });

  test('does nothing else without MFA', () => {
    const denial = own.find(({ Sid }) => Sid === 'NothingElseWithoutMfa')!;
    expect(denial).toMatchObject({
      Effect: 'Deny', Resource: '*', Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    });
    expect(denial.NotAction).toEqual(expect.arrayContaining(['iam:ChangePassword', 'iam:EnableMFADevice', 'sts:GetSessionToken']));
    expect(denial.NotAction.filter((action: string) => /AssumeRole|AccessKey|Deactivate|\*/.test(action))).toEqual([]);
  });

  test('changes keys and devices with MFA only', () => {
    expect(own.find(({ Sid }) => Sid === 'OwnKeysAndChangeOfDevice')!.Condition)
      .toEqual({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  });
});

test('a user can be given a group of IAM that is defined elsewhere', () => {
  const { org } = acme();
  const user = org.addUser('ada').iamUser!;
  user.addToGroup(iam.Group.fromGroupName(new Stack(org.root, 'more-people'), 'imported', 'billing'));
  expect(Template.fromStack(Stack.of(user)).findResources('AWS::IAM::User')).toMatchObject({
    [Stack.of(user).getLogicalId(user.node.defaultChild as iam.CfnUser)]: { Properties: { Groups: expect.arrayContaining(['billing']) } },
  });
});

test('a name of roles that no stage has is told', () => {
  const { app, org } = acmeOfKnownAccounts();
  org.addGroup('auditors', { canAssume: [StageRoles.ofAll('readonly')] });
  expect(problems(app)).toEqual(["canAssume of group 'auditors' matches no role: check the name of the role and the profiles of the stages"]);
});

describe('roles of a kind of stages', () => {
  const assumed = (define: (org: MultiAccountOrg) => unknown) => {
    const { app, org } = acmeOfKnownAccounts();
    define(org);
    const found = synthesize(app).find('AWS::IAM::Policy', PEOPLE);
    return found.filter(({ resource }) => resource.Properties.Groups)
      .flatMap(({ resource }) => [resource.Properties.PolicyDocument.Statement[0].Resource].flat())
      .map((arn: unknown) => /role\/([\w-]+)/.exec(JSON.stringify(arn))![1]);
  };

  test('are those of all stages of the profile, also of a stage that is added later', () => {
    expect(assumed(org => {
      org.addGroup('engineers', { canAssume: [StageRoles.ofProfile(StageProfile.DEVELOPMENT, 'admin')] });
      org.addStage('sandbox', { profile: StageProfile.DEVELOPMENT, accountId: '777777777777' });
      org.addStage('shop', { profile: StageProfile.PRODUCTION, accountId: '888888888888' });
    })).toEqual(['acme-dev-admin', 'acme-sandbox-admin']);
  });

  test('are those of all stages, each once, and of none that has no such role', () => {
    expect(assumed(org => {
      org.addStage('shop', { accountId: '888888888888', access: StageAccess.NONE });
      const [audit] = org.stages;
      org.addGroup('auditors', { canAssume: [StageRoles.ofAll('read-only'), audit.readOnly, audit.readOnly] });
    }).sort()).toEqual(['acme-audit-read-only', 'acme-dev-read-only', 'acme-prod-read-only']);
  });
});
