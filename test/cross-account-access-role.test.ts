import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CrossAccountAccessRole, CrossAccountAccessRoleProps, MfaRequirement } from '../src';
import { AUDIT, DEV, PROD, ROOT, strings, synthesize, testApp } from './orgs';

const READ_ONLY = iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess');

function stackOf(account: string, app: App = testApp()): Stack {
  return new Stack(app, `stack-of-${account}`, { env: { account, region: 'eu-west-1' } });
}

function roleIn(stack: Stack, props: Partial<CrossAccountAccessRoleProps> = {}): CrossAccountAccessRole {
  return new CrossAccountAccessRole(stack, 'role', {
    roleName: 'acme-prod-support',
    trustedPrincipals: [new iam.AccountPrincipal(ROOT)],
    managedPolicies: [READ_ONLY],
    ...props,
  });
}

function propertiesOf(props: Partial<CrossAccountAccessRoleProps>): { [name: string]: any } {
  const stack = stackOf(PROD);
  roleIn(stack, props);
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'))[0].Properties;
}

describe('a role for another account', () => {
  test('asks for MFA and nothing else, if nothing is said', () => {
    const properties = propertiesOf({});
    expect(properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      Effect: 'Allow',
      Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ROOT}:root`]] } },
    }, {
      Action: 'sts:AssumeRole',
      Condition: { StringNotEquals: { 'sts:RoleSessionName': '${aws:username}' }, Null: { 'aws:username': 'false' } },
      Effect: 'Deny',
      Principal: { AWS: '*' },
    }]);
    expect(Object.keys(properties).sort()).toEqual(['AssumeRolePolicyDocument', 'ManagedPolicyArns', 'RoleName']);
  });

  test('trusts exactly who is given, each under all conditions', () => {
    const { Statement } = propertiesOf({
      trustedPrincipals: [
        new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:user/ada`), new iam.ArnPrincipal(`arn:aws:iam::${AUDIT}:user/auditor`),
      ],
      mfa: MfaRequirement.within(Duration.hours(1)),
      externalId: 'acme:support/1',
    }).AssumeRolePolicyDocument;
    expect(Statement.map(({ Principal }: { Principal: unknown }) => Principal)).toEqual([
      { AWS: `arn:aws:iam::${ROOT}:user/ada` }, { AWS: `arn:aws:iam::${AUDIT}:user/auditor` },
    ]);
    for (const { Condition } of Statement) {
      expect(Condition).toEqual({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
        StringEquals: { 'sts:ExternalId': 'acme:support/1' },
      });
    }
  });

  test.each([
    ['by those of others, who send an external id', { externalId: 'shop' }, false],
    ['if told so', { sessionNamedAfterUser: false }, false],
    ['by others too, if told so', { externalId: 'shop', sessionNamedAfterUser: true }, true],
  ])('lets users name their sessions or not, %s', (_, props, denies) => {
    const { Statement } = propertiesOf(props).AssumeRolePolicyDocument;
    expect(Statement.map(({ Effect }: { Effect: string }) => Effect)).toEqual(denies ? ['Allow', 'Deny'] : ['Allow']);
  });

  test('keeps the conditions that a principal has', () => {
    const principal = new iam.AccountPrincipal(ROOT).withConditions({ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } });
    expect(propertiesOf({ trustedPrincipals: [principal] }).AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
      Bool: { 'aws:MultiFactorAuthPresent': 'true' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    });
  });

  test('asks for no MFA when told so', () => {
    const statement = propertiesOf({ mfa: MfaRequirement.NOT_REQUIRED }).AssumeRolePolicyDocument.Statement[0];
    expect(statement).not.toHaveProperty('Condition');
  });

  test('is what its props say', () => {
    const boundary = iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess');
    const properties = propertiesOf({
      maxSessionDuration: Duration.hours(12),
      description: 'for support',
      permissionsBoundary: boundary,
      managedPolicies: undefined,
      inlinePolicies: {
        read: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })] }),
      },
    });
    expect(properties).toMatchObject({
      RoleName: 'acme-prod-support', MaxSessionDuration: 43200, Description: 'for support', Policies: [{ PolicyName: 'read' }],
    });
    expect(strings(properties.PermissionsBoundary).join('')).toContain('policy/PowerUserAccess');
  });

  test('has an ARN and a page for switching made of literals', () => {
    const role = roleIn(stackOf(PROD));
    expect(role.roleArn).toMatch(new RegExp(`^arn:[^:]+:iam::${PROD}:role/acme-prod-support$`));
    expect(role.switchRoleUrl).toBe(
      `https://signin.aws.amazon.com/switchrole?account=${PROD}&roleName=acme-prod-support&displayName=acme-prod-support`);
  });

  test.each([
    ['eu-west-1', 'signin.aws.amazon.com'], ['cn-north-1', 'signin.amazonaws.cn'], ['us-gov-west-1', 'signin.amazonaws-us-gov.com'],
    [undefined, 'signin.aws.amazon.com'],
  ])('has a page for switching in the console of its partition, %s', (region, host) => {
    const stack = new Stack(testApp(), 'stack', { env: { account: PROD, region } });
    expect(roleIn(stack).switchRoleUrl).toMatch(new RegExp(`^https://${host}/switchrole\\?account=${PROD}&`));
  });

  test('has no page for switching in a partition whose console is not known', () => {
    const stack = new Stack(testApp(), 'stack', { env: { account: PROD, region: 'eusc-de-east-1' } });
    expect(() => roleIn(stack).switchRoleUrl)
      .toThrow("switchRoleUrl of role 'acme-prod-support' is not known in partition 'aws-eusc': switch roles in the console there");
  });

  test('warns of a property that it does not have', () => {
    const app = testApp();
    const stack = new Stack(app, 'stack', { env: { account: PROD, region: 'eu-west-1' } });
    roleIn(stack, { maxSesionDuration: Duration.hours(2) } as never);
    expect(synthesize(app).stack('stack').messages.map(({ level, entry }) => [level, entry.data])).toEqual([
      ['warning', expect.stringContaining("'maxSesionDuration' of 'stack/role' is no option: did you mean 'maxSessionDuration'? "
        + '[ack: cdk-multi-account-org:unknownOption]')],
    ]);
  });

  test('is a principal by its ARN', () => {
    const role = roleIn(stackOf(PROD));
    expect(role.grantPrincipal.policyFragment.principalJson).toEqual({ AWS: [role.roleArn] });
  });
});

describe('a role for another account fails', () => {
  test.each<[string, Partial<CrossAccountAccessRoleProps>, string]>([
    ['without a name', { roleName: '' }, "roleName '' is not a name in IAM: give 1 to 64 letters, digits and +=,.@_-"],
    ['with a name too long', { roleName: 'a'.repeat(65) }, `roleName '${'a'.repeat(65)}' is not a name in IAM`],
    ['with a path as name', { roleName: 'a/b' }, "roleName 'a/b' is not a name in IAM"],
    ['when nobody is trusted', { trustedPrincipals: [] },
      "trustedPrincipals of role 'acme-prod-support' is empty: name at least one who may assume it"],
    ['when it may do nothing', { managedPolicies: [] },
      "role 'acme-prod-support' may do nothing: give managedPolicies or inlinePolicies"],
    ['when it may do nothing by no policy', { managedPolicies: undefined, inlinePolicies: {} },
      "role 'acme-prod-support' may do nothing: give managedPolicies or inlinePolicies"],
    ['with a session under an hour', { maxSessionDuration: Duration.minutes(59) },
      "maxSessionDuration of role 'acme-prod-support' is 3540 seconds: AWS takes 1 to 12 hours"],
    ['with a session over twelve hours', { maxSessionDuration: Duration.seconds(43201) },
      "maxSessionDuration of role 'acme-prod-support' is 43201 seconds: AWS takes 1 to 12 hours"],
    ['with an external id too short', { externalId: 'x' },
      "externalId 'x' is not a valid external id: give 2 to 1,224 letters, digits and +=,.@:/_-"],
    ['with an external id that is none', { externalId: 'two words' }, "externalId 'two words' is not a valid external id"],
    ['with no external id in its place', { externalId: '' }, "externalId '' is not a valid external id"],
  ])('%s', (_, props, message) => {
    expect(() => roleIn(stackOf(PROD), props)).toThrow(message);
  });

  test.each<[string, iam.IPrincipal]>([
    ['everybody', new iam.AnyPrincipal()],
    ['everybody by star', new iam.StarPrincipal()],
    ['everybody among others', new iam.CompositePrincipal(new iam.AccountPrincipal(ROOT), new iam.AnyPrincipal())],
  ])('when it trusts %s', (_, principal) => {
    expect(() => roleIn(stackOf(PROD), { trustedPrincipals: [principal] }))
      .toThrow(/trustedPrincipals of role '.*' holds everybody, as '\*': name/);
  });

  test.each([Duration.seconds(0), Duration.millis(500), Duration.millis(1500)])('with MFA within %s', age => {
    expect(() => MfaRequirement.within(age)).toThrow(/age is [\d.]+ seconds: give a whole number, 1 or more/);
  });
});

test('a name that is known later is taken', () => {
  expect(() => roleIn(stackOf(PROD), { roleName: Lazy.string({ produce: () => 'later' }) })).not.toThrow();
});

describe('a grant to assume', () => {
  const app = testApp();
  const root = stackOf(ROOT, app);
  const group = new iam.Group(root, 'engineers');
  const required = roleIn(stackOf(PROD, app), { mfa: MfaRequirement.within(Duration.hours(2)) });
  const notRequired = roleIn(stackOf(DEV, app), { mfa: MfaRequirement.NOT_REQUIRED, roleName: 'acme-dev-machine' });
  const imported = CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(root, 'imported', {
    accountId: AUDIT, roleName: 'acme-audit-read-only',
  });
  const relaxed = CrossAccountAccessRole.fromCrossAccountAccessRoleAttributes(root, 'relaxed', {
    accountId: AUDIT, roleName: 'acme-audit-machine', mfa: MfaRequirement.NOT_REQUIRED,
  });
  [required, notRequired, imported, relaxed].forEach(role => role.grantAssume(group));
  const policies = Object.values(Template.fromStack(root).findResources('AWS::IAM::Policy'));
  const arn = (account: string, role: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/${role}`]] });

  test('names the role and asks what the role asks', () => {
    expect(policies).toHaveLength(1);
    expect(policies[0].Properties.PolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '7200' } },
        Effect: 'Allow',
        Resource: arn(PROD, 'acme-prod-support'),
      },
      { Action: 'sts:AssumeRole', Effect: 'Allow', Resource: arn(DEV, 'acme-dev-machine') },
      {
        Action: 'sts:AssumeRole',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
        Effect: 'Allow',
        Resource: arn(AUDIT, 'acme-audit-read-only'),
      },
      { Action: 'sts:AssumeRole', Effect: 'Allow', Resource: arn(AUDIT, 'acme-audit-machine') },
    ]);
  });

  test('makes neither account wait for the other', () => {
    expect(root.dependencies).toEqual([]);
    const words = strings(Template.fromStack(root).toJSON());
    expect(words.filter(word => /ImportValue|GetStackOutput/.test(word))).toEqual([]);
  });

  test('leaves the page for switching to an imported role', () => {
    expect(imported.switchRoleUrl).toBe(
      `https://signin.aws.amazon.com/switchrole?account=${AUDIT}&roleName=acme-audit-read-only&displayName=acme-audit-read-only`);
  });
});
