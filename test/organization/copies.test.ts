import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import * as Library from '../../src';
import { AUDIT, orgProps, PROD, problems, synthesize, testApp } from '../orgs';

// as an app has it whose dependencies bring another copy
const other = anotherCopy();

function anotherCopy(): typeof Library {
  let copy: typeof Library | undefined;
  const shared = ['aws-cdk-lib', 'aws-cdk-lib/aws-iam', 'aws-cdk-lib/region-info', 'constructs'].map(name => [name, jest.requireActual<object>(name)] as const);
  jest.isolateModules(() => {
    shared.forEach(([name, loaded]) => jest.doMock(name, () => loaded));
    copy = jest.requireActual<typeof Library>('../../src');
  });
  return copy!;
}

function twoOrganizations(email: string, account = AUDIT) {
  const app = testApp();
  const acme = new Library.MultiAccountOrg(app, 'acme', orgProps());
  const beta = new other.MultiAccountOrg(app, 'beta', orgProps({ managementAccountId: account, email }));
  return { app, acme, beta };
}

test('the copies are two', () => {
  expect(other.MultiAccountOrg).not.toBe(Library.MultiAccountOrg);
});

test('organizations of two copies work side by side', () => {
  const { app, acme, beta } = twoOrganizations('aws@beta.example');
  for (const [org, { AuditTrail, StageProfile }] of [[acme, Library], [beta, other]] as const) {
    const audit = org.addStage('audit', { profile: StageProfile.AUDIT });
    new AuditTrail(org, 'audit-trail', { storedIn: audit });
    new Topic(new Stack(org.addStage('prod'), 'data'), 'topic');
    org.addUser('jane', { groups: [org.addGroup('admins', { canAssume: [org.stages[1].admin] })] });
  }
  const paths = [...synthesize(app).stacks.keys()];
  expect(paths.filter(path => path.startsWith('acme/')).map(path => path.slice(5)))
    .toEqual(paths.filter(path => path.startsWith('beta/')).map(path => path.slice(5)));
});

test.each([
  ['an account', () => twoOrganizations('aws@beta.example', orgProps().managementAccountId), "accountId '111111111111' is claimed by 'acme' and 'beta'"],
  ['an address', () => twoOrganizations('aws@acme.example'), "email 'aws+prod@acme.example' is claimed by 'acme' and 'beta'"],
])('organizations of two copies cannot share %s', (_, define, problem) => {
  const { app, acme, beta } = define();
  [acme, beta].forEach(org => org.addStage('prod'));
  expect(problems(app)).toContainEqual(expect.stringContaining(problem));
});

test('a stack in a stage of the one cannot have the name of one in the account of the other', () => {
  const { app, acme, beta } = twoOrganizations('aws@beta.example');
  new Topic(new Stack(acme.addStage('prod', { accountId: PROD }), 'one', { stackName: 'data' }), 'topic');
  new Topic(new Stack(beta.addStage('dev'), 'two', { stackName: 'data' }), 'topic');
  expect(problems(app)).toEqual([]);
});

test('a profile, roles and addresses of another copy are taken', () => {
  const app = testApp();
  const acme = new Library.MultiAccountOrg(app, 'acme', orgProps({ organization: other.OrganizationSource.create() }));
  const stage = acme.addStage('prod', {
    profile: other.StageProfile.TESTING,
    access: other.StageAccess.READ_ONLY,
    accessMfa: other.MfaRequirement.NOT_REQUIRED,
    addresses: other.StageAddresses.index(3),
    accountRemoval: other.AccountRemoval.CLOSE_ACCOUNT,
  });
  expect(problems(app)).toEqual([]);
  expect([stage.profile.name, stage.cidr, stage.hasRole('admin')]).toEqual(['testing', '10.3.0.0/16', false]);
});
