import { App, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as fc from 'fast-check';
import { matrixOf } from './page';
import {
  CrossAccountAccessRole, CrossAccountAccessRoleProps, IAssumable, IdentityCenter, MfaRequirement, MultiAccountOrg,
  People, PeopleSource, StageAccess, StageProfile, StageRoles,
} from '../../src';
import { schemaProblems } from '../facts-schema';
import { factsOf } from '../isolation/facts';
import { Arrival, asIamUser, byAccountAccess, byPermissionSet, liesOf, ofAccount, other, Who } from '../isolation/matrix';
import { ACCOUNTS, OUTSIDE } from '../isolation/templates';
import { EXISTING, ROOT, testApp } from '../orgs';
import { cases } from '../random';
import { tally } from '../tally';

jest.setTimeout(300_000);

const PARTNER = '777777777777';
const SUB = 'token.actions.githubusercontent.com:sub';
const NAMES = ['audit', 'prod', 'staging', 'dev'];
const PROFILES = [StageProfile.PRODUCTION, StageProfile.STAGING, StageProfile.DEVELOPMENT];
const MFA = [MfaRequirement.REQUIRED, MfaRequirement.NOT_REQUIRED, MfaRequirement.within(Duration.hours(1))];
const ACCESS = [StageAccess.ADMIN_AND_READ_ONLY, StageAccess.READ_ONLY, StageAccess.NONE];
const INSTANCE = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
const AWS_POLICIES = ['ReadOnlyAccess', 'AWSCloudFormationReadOnlyAccess'];
const ACTIONS = ['sns:ListTopics', 'sqs:ListQueues', 's3:ListAllMyBuckets'];
const NETWORK = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };

interface Source {
  readonly source: PeopleSource;
  readonly arrival: Arrival;
  readonly groupName: (id: string) => string;
  /** Whether it can say until when, and an external ID. */
  readonly hasTerms: boolean;
  /** Whether people are not in the role, but in a session that gives what it gives: whom it trusts does not matter. */
  readonly isBeside?: true;
  /** Principal that lets people of the source in, but for whom they are. */
  readonly gate?: string;
}

const SOURCES: Record<string, Source> = {
  'IAM users': { source: PeopleSource.iamUsers(), arrival: asIamUser, groupName: id => `acme-${id}`, hasTerms: true },
  'account access': {
    source: PeopleSource.accountAccess({ instance: INSTANCE }),
    arrival: byAccountAccess,
    groupName: id => id,
    hasTerms: false,
    gate: 'account-access.amazonaws.com',
  },
  'permission sets': {
    source: PeopleSource.permissionSets({ instance: INSTANCE }),
    arrival: byPermissionSet,
    groupName: id => id,
    hasTerms: false,
    isBeside: true,
  },
};

/** Whom roles may trust, of root and others, people and machines. */
const TRUSTED: Record<string, {
  readonly principal: iam.IPrincipal | ((stage: string) => iam.IPrincipal);
  readonly ofRoot?: true;
  readonly isMachine?: true;
}> = {
  root: { principal: new iam.AccountPrincipal(ROOT), ofRoot: true },
  office: { principal: new iam.AccountPrincipal(ROOT).withConditions(NETWORK), ofRoot: true },
  ada: { principal: new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:user/ada`), ofRoot: true },
  partner: { principal: new iam.AccountPrincipal(PARTNER) },
  pat: { principal: new iam.ArnPrincipal(`arn:aws:iam::${PARTNER}:user/pat`).withConditions(NETWORK) },
  members: { principal: new iam.OrganizationPrincipal('o-a1b2c3d4e5') },
  deployer: {
    principal: new iam.ArnPrincipal(`arn:aws:iam::${PARTNER}:role/deploy`).withConditions({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }), isMachine: true,
  },
  pipeline: { principal: stage => new iam.WebIdentityPrincipal(providerIn(stage), { StringLike: { [SUB]: 'repo:acme/shop:*' } }), isMachine: true },
  service: {
    principal: new iam.ServicePrincipal('ec2.amazonaws.com').withConditions({ StringEquals: { 'aws:SourceAccount': PARTNER } }), isMachine: true,
  },
};

const about = (...subjects: string[]) => (subject: string) => subjects.includes(subject);
// a provider is for the roles of its own account
const providerIn = (stage: string) => `arn:aws:iam::${ACCOUNTS[stage]}:oidc-provider/token.actions.githubusercontent.com`;
const user = (account: string, name: string) => `arn:aws:iam::${account}:user/${name}`;

/** Everybody who may come, but for the people. */
const STRANGERS: Who[] = [
  // whom root's account lets in is for its own policies
  {
    name: 'ada',
    is: about(`principal ${user(ROOT, 'ada')}`),
    ...ofAccount(user(ROOT, 'ada')),
    isSilent: trusted => trusted.some(who => [`account ${ROOT}`, 'principal *'].includes(who)),
  },
  { name: 'nobody of root', is: about(), ...ofAccount(user(ROOT, 'eve'), []) },
  { name: 'a partner', is: about(`account ${PARTNER}`, 'principal *'), ...ofAccount(user(PARTNER, 'kim')) },
  { name: 'pat', is: about(`account ${PARTNER}`, `principal ${user(PARTNER, 'pat')}`, 'principal *'), ...ofAccount(user(PARTNER, 'pat')) },
  {
    name: 'deployer',
    ...ofAccount(`arn:aws:iam::${PARTNER}:role/deploy`),
    is: about(`account ${PARTNER}`, `principal arn:aws:iam::${PARTNER}:role/deploy`, 'principal *'),
  },
  { name: 'a stranger', is: about('principal *'), ...ofAccount(user(OUTSIDE, 'mallory')) },
  ...NAMES.map(stage => ({
    name: `pipeline of ${stage}`, is: about(`federated ${providerIn(stage)}`), ...other(providerIn(stage), 'sts:AssumeRoleWithWebIdentity'),
  })),
  { name: 'another pipeline', is: about(), ...other(providerIn('prod').replace(/token.*/, 'gitlab.com'), 'sts:AssumeRoleWithWebIdentity') },
  ...['ec2.amazonaws.com', 'states.amazonaws.com', 'account-access.amazonaws.com'].map(service =>
    ({ name: service, is: about(`service ${service}`), ...other(service) })),
];

const roleSpec = fc.record({
  stage: fc.nat(),
  mfa: fc.constantFrom(...MFA),
  trusted: fc.subarray(Object.keys(TRUSTED), { minLength: 1, maxLength: 3 }),
  externalId: fc.option(fc.constantFrom('shop', 'bank'), { freq: 2 }),
  sessionNamedAfterUser: fc.option(fc.boolean(), { nil: undefined }),
  gives: fc.record({
    policies: fc.subarray(AWS_POLICIES, { minLength: 1 }),
    actions: fc.subarray(ACTIONS),
    added: fc.subarray(ACTIONS),
    named: fc.boolean(),
    boundary: fc.option(fc.constantFrom('ReadOnlyAccess', 'limit')),
    hours: fc.constantFrom(1, 2),
  }),
});
const groupSpec = fc.record({
  roles: fc.array(fc.nat(), { maxLength: 3 }),
  /** Or all that are not of the library, for which definitions matter. */
  ofOwn: fc.boolean(),
  ofAll: fc.option(fc.constantFrom('admin', 'read-only'), { freq: 1 }),
  ofProfile: fc.option(fc.constantFrom(...PROFILES)),
  until: fc.option(fc.constantFrom('2099-01-31', '2050-12-31'), { nil: undefined }),
});
const spec = fc.record({
  stages: fc.uniqueArray(fc.record({
    name: fc.constantFrom(...NAMES),
    profile: fc.constantFrom(...PROFILES),
    access: fc.constantFrom(...ACCESS),
  }),
  { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
  later: fc.constantFrom(...ACCESS),
  roles: fc.array(roleSpec, { maxLength: 3 }),
  imported: fc.option(fc.constantFrom(...MFA)),
  groups: fc.array(groupSpec, { minLength: 1, maxLength: 3 }),
});
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

const IMPORTED = `arn:aws:iam::${PARTNER}:role/legacy`;

const statement = (action: string, resource = '*') => new iam.PolicyStatement({ actions: [action], resources: [resource] });
const document = (action: string) => new iam.PolicyDocument({ statements: [statement(action)] });

function givenBy(
  scope: Stack, id: string, { policies, actions, named, boundary, hours }: Spec['roles'][number]['gives'],
): Pick<CrossAccountAccessRoleProps, 'managedPolicies' | 'inlinePolicies' | 'permissionsBoundary' | 'maxSessionDuration'> {
  const ofAws = (name: string) => iam.ManagedPolicy.fromAwsManagedPolicyName(name);
  return {
    managedPolicies: [
      ...policies.map(ofAws),
      ...named ? [new iam.ManagedPolicy(scope, `${id}-named`, { managedPolicyName: id, document: document('sns:*') })] : [],
    ],
    inlinePolicies: Object.fromEntries(actions.map((action, index) => [`inline-${index}`, document(action)])),
    permissionsBoundary: boundary === null ? undefined
      : boundary === 'limit' ? iam.ManagedPolicy.fromManagedPolicyName(scope, `${id}-limit`, boundary) : ofAws(boundary),
    maxSessionDuration: Duration.hours(hours),
  };
}

function defined({ stages, later, roles, imported, groups }: Spec, { source, hasTerms, isBeside }: Source): App {
  const app = testApp({ 'aws:cdk:disable-asset-staging': true });
  const org = new MultiAccountOrg(app, 'acme', { managementAccountId: ROOT, homeRegion: 'eu-west-1', organization: EXISTING });
  new People(org, 'people', { source });
  const added = stages.map(({ name, profile, access }) =>
    org.addStage(name, { profile, access, accountId: ACCOUNTS[name] }));
  let stackOfImport: Stack = Stack.of(org.root.admin);
  const own = roles.flatMap(({ stage, mfa, trusted, externalId, sessionNamedAfterUser, gives }, index) => {
    const home = added[stage % added.length];
    const machines = trusted.some(name => TRUSTED[name].isMachine);
    const withId = !isBeside && !trusted.includes('pipeline') && externalId !== null;
    // synthesis takes most of the time, by the number of stacks
    const stack = home.node.tryFindChild('own') as Stack ?? new Stack(home, 'own');
    const before = roles.slice(0, index).filter(one => one.stage % added.length === stage % added.length);
    const role = new CrossAccountAccessRole(stack, `own-${index}`, {
      // one of another stage may be called alike, and give something else
      roleName: home.conventionalName(`own-${before.length}`),
      trustedPrincipals: trusted.map(name => TRUSTED[name].principal).map(given => typeof given === 'function' ? given(home.node.id) : given),
      mfa: machines ? MfaRequirement.NOT_REQUIRED : mfa,
      externalId: withId ? externalId : undefined,
      sessionNamedAfterUser,
      ...givenBy(stack, `own-${index}`, gives),
    });
    gives.added.forEach(action => role.role.addToPrincipalPolicy(statement(action, 'arn:aws:sqs:*:*:a')));
    stackOfImport = stack;
    const asks = withId || trusted.includes('office');
    return (isBeside || trusted.some(name => TRUSTED[name].ofRoot)) && (hasTerms || !asks) ? [role] : [];
  });
  const legacy = imported && !isBeside ? [CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(stackOfImport, 'legacy',
    { accountId: PARTNER, roleName: 'legacy', mfa: imported })] : [];
  const all = [...added, org.root].flatMap(stage => stage.hasRole('read-only') ? [stage.readOnly] : []);
  const known: IAssumable[] = [...own, ...legacy, ...all];
  groups.forEach(({ roles: picks, ofOwn, ofAll, ofProfile, until }, index) => org.addGroup(`group-${index}`, {
    canAssume: [
      ...new Set([...isBeside && ofOwn ? own : [], ...picks.map(pick => known[pick % known.length])]),
      ...ofAll === null ? [] : [StageRoles.ofAll(ofAll)], ...ofProfile === null ? [] : [StageRoles.ofProfile(ofProfile, 'read-only')],
      org.root.admin,
    ],
    until: hasTerms ? until : undefined,
  }));
  org.addStage('testing', { access: later, accountId: ACCOUNTS.testing });
  return app;
}

describe.each(Object.entries(SOURCES))('the matrix of people of %s, and of partners and machines,', (kind, source) => {
  test('is what the evaluator says of the templates of any organization', async () => {
    await fc.assert(fc.asyncProperty(spec, async some => {
      const app = defined(some, source);
      app.synth();
      tally('organizations', [kind, some]);
      expect(schemaProblems(factsOf(app))).toEqual([]);
      const page = matrixOf(app);
      expect(page.problems).toEqual([]);
      expect(page.rows).toEqual(factsOf(app).facts.filter(fact => fact.kind === 'access')
        .map(({ subject, name, value }) => `${subject} | ${name} | ${value}`).sort());
      const groups = some.groups.map((_, index) => source.groupName(`group-${index}`));
      const strangers = STRANGERS.filter(({ name }) => name !== source.gate);
      const imported = some.imported && !source.isBeside ? [IMPORTED] : [];
      expect(await liesOf(app, strangers, groups, source.arrival, imported)).toEqual([]);
    }), cases(200));
  });
});
