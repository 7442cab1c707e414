import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import {
  ContainerRegistry, CrossAccountAccessRole, CrossAccountAccessRoleProps, GroupOptions, IAssumable, IPeopleDirectory,
  IPeopleGroup, MfaRequirement, OrganizationSource, People, PeopleSource, PermissionSetPrincipal, StageAccess,
  StageAccount, StageProfile, StageRoles, StaticSite, UserOptions,
} from '../../src';
import { Acme, acmeOfKnownAccounts, DEV, PROD, ROOT } from '../orgs';
import { annotation, Mistake, mistake, wordOf } from './mistake';

const nothing = undefined as unknown;
const NAMES = ['is not a name in IAM', 'digits and +=,.@_-'];
const word = wordOf(2, 12);
// letters that IAM does not take, inside of a name
const unnamed = fc.tuple(word, fc.constantFrom(' ', '/', 'ö', ':', '*', '#'), word).map(parts => parts.join(''));

// people

function group(app: App, id: string, options: (acme: Acme) => GroupOptions = () => ({})): void {
  const acme = acmeOfKnownAccounts(undefined, app);
  acme.org.addGroup(id, options(acme));
}

function user(app: App, id: string, options: (acme: Acme) => UserOptions = () => ({})): void {
  const acme = acmeOfKnownAccounts(undefined, app);
  acme.org.addUser(id, options(acme));
}

const CAN_ASSUME = "canAssume of group 'engineers'";
const imported = (scope: StageAccount, accountId: string, roleName: string, mfa?: MfaRequirement) =>
  CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(new Stack(scope, 'imports'), 'role', { accountId, roleName, mfa });

const PEOPLE: Mistake[] = [
  mistake('groupName: letters that IAM does not take', unnamed,
    (app, groupName) => group(app, 'engineers', () => ({ groupName })), name => [`groupName '${name}'`, ...NAMES]),
  mistake('groupName: too long', fc.stringMatching(/^[a-z]{129,140}$/),
    (app, groupName) => group(app, 'engineers', () => ({ groupName })), name => [`groupName '${name}'`, ...NAMES]),
  mistake('groupName: taken in other letters', word.filter(name => name !== 'everybody'),
    (app, name) => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      org.addGroup(name);
      org.addGroup('others', { groupName: `ACME-${name}` });
    }, name => [`groupName 'ACME-${name}' is taken already`, 'choose another']),
  mistake('groupName: that of all users', ['everybody', 'Everybody'],
    (app, id) => group(app, id), id => [`groupName 'acme-${id}' is taken already`, 'choose another']),
  mistake('groupName: a token', [0],
    app => group(app, 'engineers', () => ({ groupName: Lazy.string({ produce: () => 'a' }) })), () => ['groupName is a token', 'give it as a literal']),
  mistake('addGroup: letters that IAM does not take', unnamed.filter(id => !id.includes('/')),
    (app, id) => group(app, id), id => [`groupName 'acme-${id}'`, ...NAMES]),
  mistake('addGroup: twice', word.filter(name => name !== 'everybody'),
    (app, id) => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      ['one', 'two'].forEach(groupName => org.addGroup(id, { groupName }));
    }, id => [`group '${id}' is added already`, 'choose another id']),
  mistake('addGroup: no id', ['', nothing as string],
    (app, id) => group(app, id), () => ['id of a group is missing', "'engineers'"]),
  mistake('addGroup: an id that is no string', [Symbol('engineers') as unknown as string, NaN as unknown as string],
    (app, id) => group(app, id), () => ['id of a group is ', 'give one, such as']),
  mistake('canAssume: an entry that was never given', [2, 3],
    (app, length) => group(app, 'engineers', () => ({ canAssume: new Array<IAssumable>(length) })),
    () => ['entry 1 of canAssume', 'is missing']),
  mistake('until: not a day', fc.oneof(word, fc.constantFrom('2027-02-29', '2027-1-1', '01.02.2027', '2027-01-01T00:00:00Z', '2027')),
    (app, until) => group(app, 'engineers', () => ({ until })), until => [`until of group 'engineers' is '${until}'`, "give a day, such as '2027-01-31'"]),
  annotation('until: a day that is over', ['2020-02-29', '2026-11-01'],
    (app, until) => group(app, 'engineers', ({ dev }) => ({ until, canAssume: [dev.admin] })), until => [`group 'engineers' may assume its roles until '${until}'`, 'give a later day']),
  mistake('addUser: of a source that has no users', word, (app, id) => {
    const { org } = acmeOfKnownAccounts(undefined, app);
    class Elsewhere extends PeopleSource {
      public bind(): IPeopleDirectory {
        return { hasUsers: false } as IPeopleDirectory;
      }
    }
    new People(org, 'staff', { source: new Elsewhere() });
    org.addUser(id);
  }, id => [`user '${id}' cannot be added`, "the source of 'acme/staff' makes no users", 'add the user where the others are']),
  mistake('canAssume: nothing', [undefined, null],
    (app, one) => group(app, 'engineers', ({ dev }) => ({ canAssume: [dev.admin, one as unknown as IAssumable] })),
    () => ['entry 2 of canAssume', 'is missing']),
  mistake('canAssume: a string', word.map(name => `${name}.admin`),
    (app, one) => group(app, 'engineers', () => ({ canAssume: [one as unknown as IAssumable] })), one => ['entry 1 of canAssume', `is '${one}'`, 'give an IAssumable']),
  mistake('canAssume: a role of the CDK', word,
    (app, id) => group(app, 'engineers', ({ prod }) => {
      const one = new iam.Role(new Stack(prod, 'roles'), id, { assumedBy: new iam.AccountPrincipal(ROOT) });
      return { canAssume: [one as unknown as IAssumable] };
    }), id => [`${CAN_ASSUME} has 'acme/prod/roles/${id}'`, 'which is no role of this library', 'give roles']),
  mistake('canAssume: a list that is one role', [0],
    app => group(app, 'engineers', ({ dev }) => ({ canAssume: dev.admin as unknown as IAssumable[] })), () => [`${CAN_ASSUME} is`, 'give a list']),
  mistake('canAssume: roles that no stage has', word,
    (app, name) => group(app, 'engineers', () => ({ canAssume: [StageRoles.ofAll(`x-${name}`)] })),
    () => [`${CAN_ASSUME} matches no role`, 'check the name of the role']),
  mistake('canAssume: roles of a profile that no stage has', [StageProfile.STAGING, StageProfile.TESTING],
    (app, profile) => group(app, 'engineers', () => ({ canAssume: [StageRoles.ofProfile(profile, 'admin')] })),
    () => [`${CAN_ASSUME} matches no role`, 'the profiles of the stages']),
  mistake('canAssume: one role under two names', [undefined, MfaRequirement.NOT_REQUIRED, MfaRequirement.within(Duration.hours(1))],
    (app, mfa) => group(app, 'engineers', ({ org, prod }) => ({ canAssume: [prod.admin, imported(org.root, PROD, 'acme-prod-admin', mfa)] })),
    () => [`${CAN_ASSUME} has the role 'acme-prod-admin' twice, as 'prod.admin' and 'acme/root/imports/role'`, 'name it once']),
  mistake('canAssume: a role that trusts another account only', fc.stringMatching(/^[2-9]\d{11}$/),
    (app, id) => group(app, 'engineers', ({ prod }) => ({
      canAssume: [new CrossAccountAccessRole(new Stack(prod, 'roles'), 'partner', {
        roleName: 'partner', trustedPrincipals: [new iam.AccountPrincipal(id)], managedPolicies: [READ_ONLY],
      })],
    })), id => [`${CAN_ASSUME} has 'acme/prod/roles/partner', which trusts all of account '${id}'`, 'add that to its trustedPrincipals']),
  mistake('canAssume: a role that a stage was defined without', ['admin', 'read-only'],
    (app, name) => group(app, 'engineers', ({ org }) => ({
      canAssume: [org.addStage('bare', { accountId: '555555555555', access: StageAccess.NONE }).role(name)],
    })), name => [`stage 'bare' has no ${name} role`, 'define the stage with access']),
  mistake('userName: letters that IAM does not take', unnamed,
    (app, userName) => user(app, 'ada', () => ({ userName })), name => [`userName '${name}'`, ...NAMES]),
  mistake('userName: too long', fc.stringMatching(/^[a-z]{65,80}$/),
    (app, userName) => user(app, 'ada', () => ({ userName })), name => [`userName '${name}'`, ...NAMES]),
  mistake('userName: too short for a session', fc.stringMatching(/^[a-z]$/),
    (app, id) => user(app, id), id => [`userName '${id}' is too short`, 'choose another']),
  mistake('userName: taken in other letters', word,
    (app, id) => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      [id, id.toUpperCase()].forEach(name => org.addUser(name));
    }, id => [`userName '${id.toUpperCase()}' is taken already`, 'choose another']),
  mistake('userName: a token', [0],
    app => user(app, 'ada', () => ({ userName: Lazy.string({ produce: () => 'ada' }) })), () => ['userName is a token', 'give it as a literal']),
  mistake('addUser: twice', word,
    (app, id) => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      ['ada', 'grace'].forEach(userName => org.addUser(id, { userName }));
    }, id => [`user '${id}' is added already`, 'choose another id']),
  mistake('addUser: no id', ['', nothing as string],
    (app, id) => user(app, id), () => ['id of a user is missing', "'ada'"]),
  mistake('groups: nothing', [undefined, null],
    (app, one) => user(app, 'ada', () => ({ groups: [one as unknown as IPeopleGroup] })), () => ["entry 1 of groups of user 'ada' is missing"]),
  mistake('groups: one twice', word.filter(name => name !== 'everybody'),
    (app, id) => user(app, 'ada', ({ org }) => { const one = org.addGroup(id); return { groups: [one, one] }; }),
    id => [`groups of user 'ada' have group '${id}' twice`, 'name it once']),
  mistake('groups: that of another organization', word.filter(name => name !== 'everybody'),
    (app, id) => user(app, 'ada', () => ({ groups: [acmeOfKnownAccounts().org.addGroup(id)] })),
    id => [`groups of user 'ada' have '${id}'`, "no group of 'acme/People'", 'give what addGroup returns']),
  mistake('groups: more than IAM allows', fc.integer({ min: 10, max: 20 }),
    (app, count) => user(app, 'ada', ({ org }) => ({ groups: [...Array(count).keys()].map(at => org.addGroup(`group-${at}`)) })),
    count => [`groups of user 'ada' are ${count}`, 'IAM allows 10']),
];

// roles and who may assume them

const READ_ONLY = iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess');

function role(app: App, props: Partial<CrossAccountAccessRoleProps>): CrossAccountAccessRole {
  return new CrossAccountAccessRole(new Stack(app, 'stack', { env: { account: PROD, region: 'eu-west-1' } }), 'role', {
    roleName: 'it', trustedPrincipals: [new iam.AccountPrincipal(ROOT)], managedPolicies: [READ_ONLY], ...props,
  });
}

const trust = (app: App, ...trustedPrincipals: iam.IPrincipal[]) =>
  role(app, { trustedPrincipals, mfa: MfaRequirement.NOT_REQUIRED });
const TRUSTED = "trustedPrincipals of role 'it'";
const ISSUER = 'token.actions.githubusercontent.com';
const github = (conditions: iam.Conditions) =>
  new iam.WebIdentityPrincipal(`arn:aws:iam::${PROD}:oidc-provider/${ISSUER}`, conditions);

const EVERYBODY: Array<[string, fc.Arbitrary<iam.IPrincipal>]> = [
  ['everybody', fc.constantFrom(new iam.AnyPrincipal(), new iam.StarPrincipal(), new iam.ArnPrincipal('*'), new iam.AccountPrincipal('*'))],
  ['any account', fc.constantFrom('arn:aws:iam::*:root', 'arn:aws:iam::*:role/admin').map(arn => new iam.ArnPrincipal(arn))],
  ['a wildcard in a name', word.map(name => new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/${name}*`))],
  ['everybody under a condition that does not name them', fc.constantFrom<iam.Conditions>({ Bool: { 'aws:SecureTransport': 'true' } },
    { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }).map(conditions => new iam.AnyPrincipal().withConditions(conditions))],
  ['whatever organization they are of', fc.constantFrom<iam.Conditions>({ StringEquals: { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID}' } },
    { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } })
    .map(conditions => new iam.AnyPrincipal().withConditions(conditions))],
  ['everybody of GitHub', fc.constantFrom<iam.Conditions>({}, { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } }).map(github)],
  ['any repository of GitHub', fc.constantFrom('*', 'repo:*', 'repo::*', 'repo:*/shop:*').map(sub => github({ StringLike: { [`${ISSUER}:sub`]: sub } }))],
  ['owners on GitHub who begin alike', word.map(owner => github({ StringLike: { [`${ISSUER}:sub`]: `repo:${owner}*` } }))],
  ['who has no subject at GitHub', fc.constantFrom('ForAllValues:StringLike', 'StringLikeIfExists').map(operator =>
    github({ [operator]: { [`${ISSUER}:sub`]: 'repo:acme/shop:*' } }))],
];

const WHERE: Array<[string, (app: App, principal: iam.IPrincipal) => void, string]> = [
  ['trustedPrincipals', trust, TRUSTED],
  ['grantPull of a ContainerRegistry', (app, principal) =>
    new ContainerRegistry(new Stack(app, 'stack'), 'registry', { repositoryNames: ['web'] }).grantPull(principal), 'grantPull'],
  ['deployer of a StaticSite', (app, deployer) => new StaticSite(new Stack(app, 'stack'), 'site', { deployer }), 'deployer'],
];

const NOBODY: Array<[string, fc.Arbitrary<string>]> = [
  ['an account of too few digits', fc.stringMatching(/^\d{1,11}$/)],
  ['a bare name', word],
  ['a group', word.map(name => `arn:aws:iam::${DEV}:group/${name}`)],
  ['the ARN of something else', word.map(name => `arn:aws:s3:::${name}`)],
  ['a role of an account that is none', fc.stringMatching(/^\d{1,11}$/).map(id => `arn:aws:iam::${id}:role/admin`)],
];

const ROLES: Mistake[] = [
  ...WHERE.flatMap(([where, write, property]) => EVERYBODY.map(([who, principals]) =>
    mistake(`${where}: ${who}`, principals, write, () => [`${property} holds everybody`, 'name accounts, roles or users']))),
  ...NOBODY.map(([who, arns]) => mistake(`trustedPrincipals: ${who}`, arns, (app, arn) => trust(app, new iam.ArnPrincipal(arn)),
    arn => [`${TRUSTED} holds '${arn}'`, 'which no policy can name as a principal', 'the ARN of a role or user'])),
  mistake('trustedPrincipals: an AccountPrincipal of too few digits', fc.stringMatching(/^\d{1,11}$/),
    (app, id) => trust(app, new iam.AccountPrincipal(id)), id => [`${TRUSTED} holds '${id}'`, 'give the 12 digits of an account']),
  mistake('trustedPrincipals: an organization that is an example', ['o-xxxxxxxxxx', 'o-0000000000', 'o-aaaaaaaaaaaa'],
    (app, id) => trust(app, new iam.OrganizationPrincipal(id)), id => [`${TRUSTED} holds the organization '${id}'`, 'look it up']),
  mistake('trustedPrincipals: an organization that is none', fc.constantFrom('acme', 'o-', 'r-a1b2', 'O-A1B2C3D4E5'),
    (app, id) => trust(app, new iam.AnyPrincipal().withConditions({ StringEquals: { 'aws:PrincipalOrgID': id } })),
    id => [`${TRUSTED} holds the organization '${id}'`, 'look it up']),
  annotation('trustedPrincipals: an organization whose id root alone can read', ['prod', 'dev'] as const, (app, name) => {
    const known = acmeOfKnownAccounts(OrganizationSource.create(), app);
    new CrossAccountAccessRole(new Stack(known[name], 'roles'), 'it', {
      roleName: 'it', trustedPrincipals: [new iam.OrganizationPrincipal(known.org.management!.organizationId)], managedPolicies: [READ_ONLY],
    });
  }, () => ["it reads '/acme/organization-id', which only stacks of root can", 'give what that holds']),
  mistake('PermissionSetPrincipal: an ARN, or letters that no name has', fc.oneof(unnamed, fc.stringMatching(/^[a-z]{33,40}$/),
    fc.constant('arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'), fc.constantFrom('', 'Admin*')),
  (_, name) => new PermissionSetPrincipal(DEV, name), name => [`permissionSetName '${name}' cannot be that`, 'give its name, not the ARN']),
  mistake('PermissionSetPrincipal: no account', fc.constantFrom('', '4444', 'dev', '*'), (_, id) => new PermissionSetPrincipal(id, 'Support'),
    id => [`accountId of permission set 'Support' '${id}' is not an account id`, 'give its 12 digits']),
  mistake('PermissionSetPrincipal: nothing', [nothing as string, null as unknown as string],
    (_, name) => new PermissionSetPrincipal(DEV, name), () => ['permissionSetName is missing', 'give it']),
  mistake('mfa: of a permission set', fc.stringMatching(/^[A-Za-z]{1,32}$/),
    (app, name) => role(app, { trustedPrincipals: [new PermissionSetPrincipal(DEV, name)] }),
    name => [`permission set '${name}' of account '${DEV}' cannot present`, 'give MfaRequirement.NOT_REQUIRED']),
  mistake('trustedPrincipals: nothing', [nothing as iam.IPrincipal, null as unknown as iam.IPrincipal],
    (app, one) => trust(app, new iam.AccountPrincipal(ROOT), one), () => ['entry 2 of trustedPrincipals', 'is missing']),
  mistake('trustedPrincipals: a string', word,
    (app, one) => trust(app, one as unknown as iam.IPrincipal), one => ['entry 1 of trustedPrincipals', `is '${one}'`, 'give an IPrincipal']),
  mistake('trustedPrincipals: empty', [0], app => trust(app), () => [`${TRUSTED} is empty`, 'name at least one']),
  mistake('trustedPrincipals: missing', [0],
    app => role(app, { trustedPrincipals: undefined }), () => ['trustedPrincipals of', 'is missing']),
  mistake('mfa: of a service', ['codebuild', 'ec2', 'lambda'],
    (app, name) => role(app, { trustedPrincipals: [new iam.ServicePrincipal(`${name}.amazonaws.com`)] }),
    name => [`service '${name}.amazonaws.com' cannot present`, 'give MfaRequirement.NOT_REQUIRED']),
  mistake('mfa: of a role', word,
    (app, name) => role(app, { trustedPrincipals: [new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/${name}`)], mfa: MfaRequirement.within(Duration.hours(1)) }),
    name => [`'arn:aws:iam::${DEV}:role/${name}' cannot present`, 'give MfaRequirement.NOT_REQUIRED']),
  mistake('mfa: of a pipeline on GitHub', word,
    (app, name) => role(app, { trustedPrincipals: [github({ StringEquals: { [`${ISSUER}:sub`]: `repo:acme/${name}:ref:refs/heads/main` } })] }),
    () => [`${ISSUER}' cannot present`, 'give MfaRequirement.NOT_REQUIRED']),
  mistake('externalId: of who is federated', word,
    (app, externalId) => role(app, {
      externalId,
      mfa: MfaRequirement.NOT_REQUIRED,
      trustedPrincipals: [github({ StringEquals: { [`${ISSUER}:sub`]: 'repo:acme/shop:ref:refs/heads/main' } })],
    }), () => ["externalId of role 'it' cannot be sent by a federated principal", 'leave it out']),
  mistake('externalId: not one', fc.constantFrom('', 'a', 'a b', 'ä-1', 'a'.repeat(1225)),
    (app, externalId) => role(app, { externalId }), id => [`externalId '${id}' is not a valid external id`, 'give 2 to 1,224']),
  mistake('maxSessionDuration: out of the range of IAM', fc.oneof(fc.integer({ min: 1, max: 59 }), fc.integer({ min: 721, max: 5000 })),
    (app, minutes) => role(app, { maxSessionDuration: Duration.minutes(minutes) }), minutes => [`is ${minutes * 60} seconds`, 'AWS takes 1 to 12 hours']),
  mistake('managedPolicies: none, and no inlinePolicies', [undefined, []],
    (app, managedPolicies) => role(app, { managedPolicies }), () => ["role 'it' may do nothing", 'give managedPolicies or inlinePolicies']),
  mistake('fromCrossAccountAccessRoleAttributes: an account that is none', fc.stringMatching(/^\d{1,11}$/),
    (app, id) => imported(app as unknown as StageAccount, id, 'it'), id => [`accountId of role 'it' '${id}'`, 'give its 12 digits']),
  mistake('StageAccess.of: a name twice', word,
    (_, name) => StageAccess.of([{ name, managedPolicies: [READ_ONLY] }, { name, managedPolicies: [] }]), name => [`role '${name}'`, 'is given twice']),
  mistake('StageAccess.of: not a part of names', fc.constantFrom('Ops', 'ops_1', '-ops', 'ops-', 'o ps', '1ops', 'a--b'),
    (_, name) => StageAccess.of([{ name, managedPolicies: [READ_ONLY] }]), name => [`role '${name}' cannot be part of names`, 'lower-case letters']),
  mistake('StageAccess.and: a name that is there', ['admin', 'read-only'],
    (_, name) => StageAccess.ADMIN_AND_READ_ONLY.and({ name, managedPolicies: [READ_ONLY] }), name => [`role '${name}'`, 'is given twice']),
  mistake('StageAccount.admin: of a stage that was defined without', word,
    (app, id) => {
      const { org } = acmeOfKnownAccounts(OrganizationSource.memberAccounts(), app);
      org.addStage(`x-${id}`, { accountId: '555555555555', access: StageAccess.READ_ONLY }).admin.grantAssume(org.addGroup('engineers').iamGroup!);
    }, id => [`stage 'x-${id}' has no admin role`, 'define the stage with access']),
];

// grants

const GRANTS: Mistake[] = [
  mistake('grantAssume: nothing', [undefined, null],
    (app, one) => acmeOfKnownAccounts(undefined, app).prod.admin.grantAssume(one as unknown as iam.IGrantable),
    () => ["grantAssume of 'acme/prod/access/admin' holds nothing", 'give roles or users']),
  mistake('grantAssume: an ARN, which has no policy', word,
    (app, name) => acmeOfKnownAccounts(undefined, app).prod.admin.grantAssume(new iam.ArnPrincipal(`arn:aws:iam::${DEV}:role/${name}`)),
    name => [`is given 'arn:aws:iam::${DEV}:role/${name}'`, 'has no policy of its own', 'give a role, user or group']),
  mistake('grantAssume: an account', fc.stringMatching(/^[1-9]\d{11}$/),
    (app, id) => acmeOfKnownAccounts(undefined, app).prod.admin.grantAssume(new iam.AccountPrincipal(id)),
    id => [`is given all of account '${id}'`, 'has no policy of its own', 'give a role, user or group']),
  mistake('grantAssume: a role for people', ['admin', 'readOnly'] as const,
    (app, name) => {
      const { prod, dev } = acmeOfKnownAccounts(undefined, app);
      prod.admin.grantAssume(dev[name]);
    }, name => [`is given 'dev.${name}'`, 'has no policy of its own', 'give a role, user or group']),
  mistake('grantAssume: an imported role of another account', word,
    (app, name) => {
      const { prod } = acmeOfKnownAccounts(undefined, app);
      prod.admin.grantAssume(iam.Role.fromRoleArn(new Stack(prod, 'imports'), 'role', `arn:aws:iam::${DEV}:role/${name}`));
    }, () => ["is given 'acme/prod/imports/role'", 'has no policy of its own', 'give a role, user or group']),
];

export const ACCESS_MISTAKES: Mistake[] = [...PEOPLE, ...ROLES, ...GRANTS];
