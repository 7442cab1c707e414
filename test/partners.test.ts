import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CrossAccountAccessRole, CrossAccountAccessRoleProps, IdentityCenter, MfaRequirement, People, PeopleSource, PermissionSetPrincipal } from '../src';
import { Context, isAllowed } from './isolation/evaluate';
import { factsOf } from './isolation/facts';
import { allow, Policy } from './isolation/policy';
import { resolve } from './isolation/resolve';
import { deployedOf } from './isolation/templates';
import { Acme, acmeOfKnownAccounts, DEV, EXISTING, PROD, problems, ROOT, synthesize } from './orgs';

// who gets into a role, as AWS decides it: partners and machines, by what their role trusts

const PARTNER = '666666666666';
const ARN = `arn:aws:iam::${PROD}:role/it`;
const NOT_REQUIRED = { mfa: MfaRequirement.NOT_REQUIRED };
const ISSUER = 'token.actions.githubusercontent.com';

function roleIn({ prod }: Acme, props: Partial<CrossAccountAccessRoleProps>): CrossAccountAccessRole {
  return new CrossAccountAccessRole(new Stack(prod, 'role'), 'it', {
    roleName: 'it',
    trustedPrincipals: [],
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    ...props,
  });
}

function trustOf(props: Partial<CrossAccountAccessRoleProps>): Policy {
  const acme = acmeOfKnownAccounts(EXISTING);
  roleIn(acme, props);
  synthesize(acme.app);
  const stack = deployedOf(acme.app).find(({ stack: path }) => path === 'acme/prod/role')!;
  const role = Object.values(stack.template.Resources).find(({ Type }) => Type === 'AWS::IAM::Role')!;
  return resolve({ ...stack, neighbours: [] }, role.Properties!.AssumeRolePolicyDocument) as Policy;
}

interface Somebody {
  readonly arn: string;
  readonly context?: Context;
  readonly action?: string;
  /** Without a policy of their own that says so. */
  readonly isUnprepared?: boolean;
}

function getsIn(policy: Policy, { arn, context, action = 'sts:AssumeRole', isUnprepared = false }: Somebody): Promise<boolean> {
  const account = arn.split(':')[4];
  const role = /assumed-role\/(.*)\/[^/]+$/.exec(arn)?.[1];
  return isAllowed({
    name: arn,
    // the ARN of a session has no path
    arn: arn.replace(/assumed-role\/.*\/([^/]+\/[^/]+)$/, 'assumed-role/$1'),
    identity: isUnprepared ? [] : [allow('sts:AssumeRole')],
    context: {
      'aws:PrincipalArn': role === undefined ? arn : `arn:aws:iam::${account}:role/${role}`,
      'aws:PrincipalAccount': account,
      'sts:RoleSessionName': 'ada',
      ...role === undefined && { 'aws:username': 'ada' },
      ...context,
    },
  }, { name: 'it', action, resource: ARN, account: PROD, policy, context: {} });
}

const user = (account: string) => `arn:aws:iam::${account}:user/ada`;
const session = (account: string, role: string) => `arn:aws:sts::${account}:assumed-role/${role}/ada`;
const OF_OURS: Context = { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5', 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-a1b2/ou-a1b2-c3d4e5f6/'] };
const OF_OTHERS: Context = { 'aws:PrincipalOrgID': 'o-z1b2c3d4e5', 'aws:PrincipalOrgPaths': ['o-z1b2c3d4e5/r-z1b2/'] };
const WITH_MFA: Context = { 'aws:MultiFactorAuthPresent': 'true' };
const WITHOUT_MFA: Context = { 'aws:MultiFactorAuthPresent': 'false' };

describe('a role that trusts an organization', () => {
  const trustedPrincipals = [new iam.OrganizationPrincipal('o-a1b2c3d4e5')];
  const people = trustOf({ trustedPrincipals });
  const machines = trustOf({ trustedPrincipals, ...NOT_REQUIRED, externalId: 'shop' });

  test('names it in each statement that allows, whatever else it asks for', () => {
    [people, machines].forEach(({ Statement }) => Statement.filter(({ Effect }) => Effect === 'Allow').forEach(statement =>
      expect(statement).toMatchObject({ Principal: { AWS: '*' }, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })));
  });

  test.each<[boolean, string, Somebody]>([
    [true, 'a user of a member with MFA', { arn: user(DEV), context: { ...OF_OURS, ...WITH_MFA } }],
    [false, 'a user of a member without MFA', { arn: user(DEV), context: { ...OF_OURS, ...WITHOUT_MFA } }],
    [false, 'a user of a member by keys', { arn: user(DEV), context: OF_OURS }],
    [false, 'a user of a member whom nothing there allows to', { arn: user(DEV), context: { ...OF_OURS, ...WITH_MFA }, isUnprepared: true }],
    [false, 'a role of a member', { arn: session(DEV, 'pipeline'), context: OF_OURS }],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    [true, 'a user of the account that has the role, whom nothing there allows to', { arn: user(PROD), context: { ...OF_OURS, ...WITH_MFA }, isUnprepared: true }],
    [false, 'a user of another organization with MFA', { arn: user(PARTNER), context: { ...OF_OTHERS, ...WITH_MFA } }],
    [false, 'a user of no organization with MFA', { arn: user(PARTNER), context: WITH_MFA }],
  ])('lets in, or not (%s): %s', async (expected, _, somebody) => {
    expect(await getsIn(people, somebody)).toBe(expected);
  });

  test.each<[boolean, string, Somebody]>([
    [true, 'a role of a member by the external id', { arn: session(DEV, 'pipeline'), context: { ...OF_OURS, 'sts:ExternalId': 'shop' } }],
    [false, 'a role of a member without', { arn: session(DEV, 'pipeline'), context: OF_OURS }],
    [false, 'a stranger by the external id', { arn: session(PARTNER, 'pipeline'), context: { ...OF_OTHERS, 'sts:ExternalId': 'shop' } }],
    [false, 'a stranger of no organization by the external id', { arn: session(PARTNER, 'pipeline'), context: { 'sts:ExternalId': 'shop' } }],
  ])('and asks machines for an external id lets in, or not (%s): %s', async (expected, _, somebody) => {
    expect(await getsIn(machines, somebody)).toBe(expected);
  });

  test.each<[boolean, string, string[] | undefined]>([
    [true, 'the unit', ['o-a1b2c3d4e5/r-a1b2/ou-a1b2-c3d4e5f6/']],
    [true, 'a unit below', ['o-a1b2c3d4e5/r-a1b2/ou-a1b2-c3d4e5f6/ou-a1b2-99999999/']],
    [false, 'another unit', ['o-a1b2c3d4e5/r-a1b2/ou-a1b2-00000000/']],
    [false, 'no organization', undefined],
  ])('or a unit of it lets in, or not (%s): a role of %s', async (expected, _, paths) => {
    const unit = new iam.AnyPrincipal().withConditions({
      'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-a1b2/ou-a1b2-c3d4e5f6/*' },
    });
    const context = paths && { 'aws:PrincipalOrgPaths': paths };
    expect(await getsIn(trustOf({ trustedPrincipals: [unit], ...NOT_REQUIRED }), { arn: session(DEV, 'pipeline'), context })).toBe(expected);
  });
});

describe('a role that trusts a permission set', () => {
  const trust = trustOf({ trustedPrincipals: [new PermissionSetPrincipal(DEV, 'Support')], ...NOT_REQUIRED });
  const reserved = (region: string, name: string, account = DEV) => session(account, `aws-reserved/sso.amazonaws.com/${region}AWSReservedSSO_${name}`);

  // only AWS makes roles below /aws-reserved/, and changes what is there
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-and-iam-roles.html
  // https://repost.aws/knowledge-center/identity-center-aws-reserved-sso
  test.each<[boolean, string, string]>([
    [true, 'the set, of us-east-1', reserved('', 'Support_0123456789abcdef')],
    [true, 'the set, of another region', reserved('eu-west-1/', 'Support_0123456789abcdef')],
    [true, 'the set, once its role was made again', reserved('eu-west-1/', 'Support_fedcba9876543210')],
    [false, 'another set', reserved('eu-west-1/', 'Billing_0123456789abcdef')],
    [false, 'a set whose name goes on', reserved('eu-west-1/', 'SupportAdmins_0123456789abcdef')],
    [false, 'a set whose name goes on after an underscore', reserved('eu-west-1/', 'Support_Admins_0123456789abcdef')],
    [false, 'a set whose name ends alike', reserved('eu-west-1/', 'No-Support_0123456789abcdef')],
    [false, 'the set in another account', reserved('eu-west-1/', 'Support_0123456789abcdef', PARTNER)],
    [false, 'a role that an administrator names so', session(DEV, 'AWSReservedSSO_Support_0123456789abcdef')],
    [false, 'a role that an administrator names so, at a similar path',
      session(DEV, 'mine/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Support_0123456789abcdef')],
    [false, 'a user of the account', user(DEV)],
  ])('lets in, or not (%s): %s', async (expected, _, arn) => {
    expect(await getsIn(trust, { arn, context: WITH_MFA })).toBe(expected);
  });

  test('shows it in the facts', () => {
    const acme = acmeOfKnownAccounts();
    roleIn(acme, { trustedPrincipals: [new PermissionSetPrincipal(DEV, 'Support')], ...NOT_REQUIRED });
    synthesize(acme.app);
    const role = `arn:aws:iam::${DEV}:role/aws-reserved/sso.amazonaws.com`;
    expect(factsOf(acme.app).facts.filter(({ kind, subject }) => kind === 'trusts' && subject === ARN)).toEqual([{
      kind: 'trusts',
      subject: ARN,
      name: `account ${DEV}`,
      value: `ArnLike aws:PrincipalArn ["${role}/AWSReservedSSO_Support_${'?'.repeat(16)}","${role}/*/AWSReservedSSO_Support_${'?'.repeat(16)}"]`,
      source: 'acme/prod/role/it',
    }]);
  });
});

describe('a role that trusts a foreign pipeline', () => {
  const trustedPrincipals = [new iam.ArnPrincipal(`arn:aws:iam::${PARTNER}:role/pipeline`)];
  const trust = trustOf({ trustedPrincipals, ...NOT_REQUIRED, externalId: 'acme-prod' });

  test.each<[boolean, string, Somebody]>([
    [true, 'the pipeline by the external id', { arn: session(PARTNER, 'pipeline'), context: { 'sts:ExternalId': 'acme-prod' } }],
    [false, 'the pipeline without', { arn: session(PARTNER, 'pipeline') }],
    [false, 'the pipeline by that of another customer', { arn: session(PARTNER, 'pipeline'), context: { 'sts:ExternalId': 'other-prod' } }],
    [false, 'the pipeline whom nothing there allows to', {
      arn: session(PARTNER, 'pipeline'), context: { 'sts:ExternalId': 'acme-prod' }, isUnprepared: true,
    }],
    [false, 'another role of that account', { arn: session(PARTNER, 'other'), context: { 'sts:ExternalId': 'acme-prod' } }],
  ])('lets in, or not (%s): %s', async (expected, _, somebody) => {
    expect(await getsIn(trust, somebody)).toBe(expected);
  });

  test('of the same app gets the right to assume it on its own side', () => {
    const acme = acmeOfKnownAccounts();
    const pipeline = new iam.Role(new Stack(acme.dev, 'pipeline'), 'Role', {
      roleName: 'pipeline', assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com'),
    });
    roleIn(acme, { trustedPrincipals: [pipeline], ...NOT_REQUIRED }).grantAssume(pipeline);
    const synthesized = synthesize(acme.app);
    expect(problems(acme.app)).toEqual([]);
    expect(synthesized.one('AWS::IAM::Policy', 'acme/dev/pipeline').Properties.PolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${PROD}:role/it`]] },
    }]);
    expect(JSON.stringify(synthesized.find('AWS::IAM::Role', 'acme/prod/role'))).toContain(`:iam::${DEV}:role/pipeline`);
  });
});

describe('a role that trusts a repository on GitHub', () => {
  const subjects = ['repo:acme/shop:environment:prod', 'repo:acme@1234/shop@5678:environment:prod'];
  const provider = `arn:${Aws.PARTITION}:iam::${PROD}:oidc-provider/${ISSUER}`;
  const trust = trustOf({
    trustedPrincipals: [new iam.WebIdentityPrincipal(provider, {
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: subjects },
    })],
    ...NOT_REQUIRED,
  });

  // the evaluator has no principals of a provider
  test('asks for both forms of its subject, in one environment, for AWS', () => {
    expect(trust.Statement.filter(({ Effect }) => Effect === 'Allow')).toEqual([{
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: `arn:aws:iam::${PROD}:oidc-provider/${ISSUER}` },
      Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: subjects } },
    }]);
  });
});

test('people of Identity Center may assume a role that trusts a pipeline, because they enter by the account access manager', () => {
  const acme = acmeOfKnownAccounts(EXISTING);
  const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
  new People(acme.org, 'people', { source: PeopleSource.accountAccess({ instance }) });
  const pipeline = new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/pipeline`);
  acme.org.addGroup('engineers', { canAssume: [roleIn(acme, { trustedPrincipals: [pipeline], ...NOT_REQUIRED })] });
  expect(problems(acme.app)).toEqual([]);
});
