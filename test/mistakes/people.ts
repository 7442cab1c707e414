import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import { AccountAccessOptions, CrossAccountAccessRole, IdentityCenter, OrganizationSource, People, PeopleSource } from '../../src';
import { Acme, acmeOfKnownAccounts, EXISTING, ROOT } from '../orgs';
import { Mistake, mistake, wordOf } from './mistake';

const INSTANCE = 'arn:aws:sso:::instance/ssoins-1234567890abcdef';
const ID = '9067f5b8-0000-4000-8000-000000000000';
const word = wordOf(2, 12);

function of(app: App, source: PeopleSource, movingFrom?: PeopleSource, organization = EXISTING): Acme {
  const acme = acmeOfKnownAccounts(organization, app);
  new People(acme.org, 'staff', { source, movingFrom });
  return acme;
}

const instanceOfAcme = () => IdentityCenter.fromArn(INSTANCE, 'eu-west-1');
const access = (options: Partial<AccountAccessOptions> = {}) =>
  PeopleSource.accountAccess({ instance: instanceOfAcme(), ...options });

/** Mistakes with the sources of people. */
export const PEOPLE_MISTAKES: Mistake[] = [
  mistake('IdentityCenter: an ARN that is not that of an instance',
    fc.oneof(word, word.map(id => `arn:aws:sso:::instance/${id}`), fc.constantFrom('', 'ssoins-1234567890abcdef', 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef')),
    (_, arn) => IdentityCenter.fromArn(arn, 'eu-west-1'), arn => [`instanceArn '${arn}' is not that of an instance`, `give one such as '${INSTANCE}'`]),
  mistake('IdentityCenter: a region that AWS does not have', word,
    (_, region) => IdentityCenter.fromArn(INSTANCE, region), region => [`region '${region}'`]),
  mistake('accountAccess: of an organization whose management account is somebody else\'s', [0],
    app => of(app, access(), undefined, OrganizationSource.memberAccounts()),
    () => ["'acme/staff' cannot use IAM Identity Center", 'the management account is not yours', 'have its owner do it']),
  mistake('accountAccess: until', ['2099-01-31', '2098-12-31'],
    (app, until) => {
      const { org, dev } = of(app, access());
      org.addGroup('helpers', { canAssume: [dev.admin], until });
    }, until => [`until of group 'helpers' is '${until}'`, 'which the account access manager cannot say', 'leave it out']),
  mistake('accountAccess: a role that asks for an external ID', word,
    (app, externalId) => {
      const { org, prod } = of(app, access());
      const partner = new CrossAccountAccessRole(new Stack(prod, 'roles'), 'partner', {
        roleName: 'partner',
        externalId,
        trustedPrincipals: [new iam.AccountPrincipal(ROOT)],
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      });
      org.addGroup('helpers', { canAssume: [partner] });
    }, () => ["canAssume of group 'helpers' has 'acme/prod/roles/partner'", 'which asks for an externalId', 'give a role without']),
  mistake('accountAccess: an application that is none of the instance in root',
    fc.oneof(word, fc.constantFrom('', '*', ...['222222222222', ROOT].map(id => `arn:aws:account-access:us-west-2:${id}:application/app-1`), `arn:aws:account-access:eu-west-1:${ROOT}:application/*`)),
    (app, applicationArn) => of(app, access({ applicationArn })), arn => ['applicationArn is', arn, 'which is no application of the instance in root', `:${ROOT}:application/`]),
  mistake('accountAccess: a role that asks users for something else', ['aws:SourceIp', 'aws:SourceVpc', 'aws:RequestedRegion'],
    (app, key) => {
      const { org, prod } = of(app, access());
      const office = new CrossAccountAccessRole(new Stack(prod, 'roles'), 'office', {
        roleName: 'office',
        trustedPrincipals: [new iam.AccountPrincipal(ROOT).withConditions({ StringEquals: { [key]: 'acme' } })],
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      });
      org.addGroup('helpers', { canAssume: [office] });
    }, key => ["canAssume of group 'helpers' has 'acme/prod/roles/office'", `whose trustedPrincipals ask for '${key}'`, 'give a role without that condition']),
  mistake('groupName: no name in IAM Identity Center', ['', 'a\nb', 'a\tb', 'x'.repeat(1025)],
    (app, groupName) => { of(app, access()).org.addGroup('engineers', { groupName }); },
    name => [`groupName is '${name.replace(/\n|\t/, '…')}'`, 'which is no name in IAM Identity Center', 'as a literal']),
  mistake('groupName: of two groups of IAM Identity Center', word,
    (app, groupName) => {
      const { org } = of(app, access());
      org.addGroup('one', { groupName });
      org.addGroup('two', { groupName: groupName.toUpperCase() });
    }, name => [`groupName '${name.toUpperCase()}' is that of group 'one' as well`, 'choose another']),
  mistake('createGroups: by both sources of people who move', [0],
    app => {
      const both = { instance: instanceOfAcme(), createGroups: true };
      of(app, access(both), PeopleSource.permissionSets(both));
    },
    () => ["createGroups of 'acme/root/permission-sets' is true", "'acme/root/account-access' creates them already", 'leave it out of one']),
  mistake('groupIds: no ID of IAM Identity Center', fc.oneof(word, fc.constantFrom('', ID.slice(1), `${ID}0`, ID.replace(/-/g, ''))),
    (app, id) => of(app, access({ groupIds: { engineers: id } })),
    id => [`groupIds 'engineers' is '${id}', which is no ID of IAM Identity Center`, `give one such as '${ID}'`]),
  mistake('userIds: no ID of IAM Identity Center', word, (app, id) => of(app, access({ userIds: { ada: id } })),
    id => [`userIds 'ada' is '${id}', which is no ID`, `give one such as '${ID}'`]),
  mistake('groupIds: the ID of two groups', ['9067f5b8-a000-4000-8000-00000000000a', '906704b8c1-9067F5B8-A000-4000-8000-00000000000A'],
    (app, id) => of(app, access({ groupIds: { one: id, two: id.slice(0, 11) + id.slice(11).toLowerCase() } })),
    () => ["groupIds 'two' is the ID of 'one' as well", 'give each its own']),
  mistake('groupIds: of no group', word.filter(name => name !== 'engineers'), (app, name) => {
    of(app, access({ groupIds: { [name]: ID } })).org.addGroup('engineers');
  }, name => ["groupIds of 'acme/root/account-access' have", `'${name}', which is the groupName of no addGroup`, 'correct it']),
  mistake('userIds: of no user', word, (app, name) => of(app, access({ userIds: { [name]: ID } })),
    name => [`userIds of 'acme/root/account-access' have '${name}', which is the userName of no addUser`, 'correct it']),
  mistake('addUser: without an ID in IAM Identity Center', word.filter(name => name !== 'ada'), (app, id) => {
    const { org } = of(app, access({ createGroups: true, userIds: { ada: ID } }));
    org.addUser(id, { groups: [org.addGroup('engineers')] });
  }, id => [`user '${id}' has no ID in userIds`, `give that of '${id}' in IAM Identity Center`, 'leave out addUser']),
  mistake('addUser: into a group of IAM Identity Center that the app does not create',
    [{}, { groupIds: { engineers: ID.replace('9', '8') } }, { createGroups: true, groupIds: { engineers: ID.replace('9', '8') } }],
    (app, options) => {
      const { org } = of(app, access({ ...options, userIds: { ada: ID } }));
      org.addUser('ada', { groups: [org.addGroup('engineers')] });
    }, () => ["groups of user 'ada' have group 'engineers', which the app does not create", 'add the user in IAM Identity Center', 'createGroups']),
  mistake('addUser: one user of IAM Identity Center twice', word.filter(name => name !== 'ada'), (app, userName) => {
    const { org } = of(app, access({ createGroups: true, userIds: { [userName]: ID } }));
    ['ada', 'again'].forEach(id => org.addUser(id, { userName }));
  }, name => [`userName '${name}' is taken already`, 'choose another']),
  mistake('movingFrom: the source that people move to', [PeopleSource.iamUsers()],
    (app, movingFrom) => of(app, PeopleSource.iamUsers(), movingFrom),
    () => ["movingFrom of 'acme/staff' is the source that people move to", 'give the one that they come from']),
];
