import { App, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CrossAccountAccessRole, MfaRequirement, StageAccess, StageAccount, StageAccountProps, StageProfile } from '../src';
import { PROD, ROOT, synthesize, testApp } from './orgs';

function stageOf(props: Partial<StageAccountProps> = {}, id = 'prod', app: App = testApp()): StageAccount {
  return new StageAccount(app, id, {
    accountId: PROD, managementAccountId: ROOT, region: 'eu-west-1', namespace: 'acme', ...props,
  });
}

function accessOf(stage: StageAccount): Template {
  return Template.fromStack(stage.node.findChild('access') as Stack);
}

describe('a stage that stands alone', () => {
  test('gives its account, region and profile to every stack in it', () => {
    const stage = stageOf({ profile: StageProfile.STAGING });
    const stack = new Stack(stage, 'backing-services');
    expect([stack.account, stack.region]).toEqual([PROD, 'eu-west-1']);
    expect([stage.accountId, stage.account, stage.region]).toEqual([PROD, PROD, 'eu-west-1']);
    expect(StageProfile.of(stack)).toBe(StageProfile.STAGING);
  });

  test('lets a stack say another region', () => {
    const stack = new Stack(stageOf(), 'certificates', { env: { region: 'us-east-1' } });
    expect([stack.account, stack.region]).toEqual([PROD, 'us-east-1']);
  });

  test('is PRODUCTION, with both roles and MFA, if nothing is said', () => {
    const stage = stageOf();
    expect(stage.profile).toBe(StageProfile.PRODUCTION);
    expect([stage.admin.roleName, stage.readOnly.roleName]).toEqual(['acme-prod-admin', 'acme-prod-read-only']);
    const roles = accessOf(stage).findResources('AWS::IAM::Role');
    expect(Object.keys(roles)).toHaveLength(2);
    const conditions = new Map(Object.values(roles).map(({ Properties }) => {
      const { RoleName, AssumeRolePolicyDocument: { Statement } } = Properties;
      const [allow, deny] = Statement;
      expect(Statement).toEqual([{
        Action: 'sts:AssumeRole',
        Condition: expect.anything(),
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ROOT}:root`]] } },
      }, expect.objectContaining({ Effect: 'Deny' })]);
      expect(deny.Condition.StringNotEquals).toEqual({ 'sts:RoleSessionName': '${aws:username}' });
      return [RoleName, allow.Condition];
    }));
    expect(Object.fromEntries(conditions)).toEqual({
      'acme-prod-admin': { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '43200' } },
      'acme-prod-read-only': { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    });
  });

  test('has no limit to the age of MFA where the profile is not hardened', () => {
    const [admin] = Object.values(accessOf(stageOf({ profile: StageProfile.DEVELOPMENT })).findResources('AWS::IAM::Role'));
    expect(admin.Properties.AssumeRolePolicyDocument.Statement[0].Condition).toEqual({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
  });

  test('calls its stacks after namespace and stage', () => {
    const stage = stageOf();
    expect([stage.stageName, new Stack(stage, 'backing-services').stackName]).toEqual(['acme-prod', 'acme-prod-backing-services']);
  });

  test('puts names together that other accounts have to know', () => {
    expect(stageOf().conventionalName('assets')).toBe('acme-prod-assets');
  });

  test('knows itself from anything else', () => {
    const stage = stageOf();
    expect([stage, stage.node.root].map(StageAccount.isStageAccount)).toEqual([true, false]);
  });

  test('asks for no account and carries no error', () => {
    const app = testApp();
    stageOf({}, 'prod', app);
    const synthesized = synthesize(app);
    expect(synthesized.assembly.manifest.missing).toBeUndefined();
    expect(synthesized.errors('prod/access')).toEqual([]);
  });
});

describe('the access to a stage', () => {
  test.each([
    [StageAccess.ADMIN_AND_READ_ONLY, [':iam::aws:policy/AdministratorAccess', ':iam::aws:policy/ReadOnlyAccess']],
    [StageAccess.READ_ONLY, [':iam::aws:policy/ReadOnlyAccess']],
  ])('by %s is by %j', (access, policies) => {
    const roles = Object.values(accessOf(stageOf({ access })).findResources('AWS::IAM::Role'));
    expect(roles.map(({ Properties }) => Properties.ManagedPolicyArns[0]['Fn::Join'][1][2])).toEqual(policies);
  });

  test('by NONE leaves no stack without resources behind', () => {
    const app = testApp();
    stageOf({ access: StageAccess.NONE }, 'prod', app);
    expect(synthesize(app).stacks.size).toBe(0);
  });

  test.each([
    [StageAccess.READ_ONLY, 'admin', "stage 'prod' has no admin role: define the stage with access StageAccess.ADMIN_AND_READ_ONLY"],
    [StageAccess.NONE, 'admin', "stage 'prod' has no admin role: define the stage with access StageAccess.ADMIN_AND_READ_ONLY"],
    [StageAccess.NONE, 'readOnly', "stage 'prod' has no read-only role: define the stage with access StageAccess.READ_ONLY"],
  ] as const)('by %s fails when its %s is asked for', (access, role, message) => {
    expect(() => stageOf({ access })[role]).toThrow(message);
  });

  test.each([
    ['not required', MfaRequirement.NOT_REQUIRED, undefined],
    ['not older than a quarter of an hour', MfaRequirement.within(Duration.minutes(15)), {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '900' },
    }],
  ])('with MFA %s asks so', (_, accessMfa, condition) => {
    for (const { Properties } of Object.values(accessOf(stageOf({ accessMfa })).findResources('AWS::IAM::Role'))) {
      expect(Properties.AssumeRolePolicyDocument.Statement[0].Condition).toEqual(condition);
    }
  });

  test('may be a role of your own', () => {
    const stage = stageOf({ access: StageAccess.NONE });
    const role = new CrossAccountAccessRole(new Stack(stage, 'my-access'), 'deployer', {
      roleName: stage.conventionalName('deployer'),
      trustedPrincipals: [new iam.AccountPrincipal(ROOT)],
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess')],
    });
    expect(role.roleName).toBe('acme-prod-deployer');
  });
});

describe('a stage fails', () => {
  test.each<[string, Partial<StageAccountProps>, string]>([
    ['with an account id that is none', { accountId: 'prod' },
      "stage 'prod': accountId 'prod' is not an account id: give its 12 digits as a string"],
    ['with a token as account id', { accountId: Aws.ACCOUNT_ID }, "stage 'prod': accountId is a token"],
    ['with a root account id that is none', { managementAccountId: '0' },
      "stage 'prod': managementAccountId '0' is not an account id: give its 12 digits as a string"],
    ['with a token as root account id', { managementAccountId: Aws.ACCOUNT_ID }, "stage 'prod': managementAccountId is a token"],
    ['with a region that is none', { region: 'mars' }, "stage 'prod': region 'mars' is not a region"],
    ['with a token as region', { region: Aws.REGION }, "stage 'prod': region is a token"],
    ['with a namespace that is none', { namespace: 'Acme' }, "stage 'prod': namespace 'Acme' cannot start the names"],
  ])('%s', (_, props, message) => {
    expect(() => stageOf(props)).toThrow(message);
  });

  test.each(['Prod', '', 'a_b', 'a'.repeat(25)])('with a name that is none: %j', id => {
    expect(() => stageOf({}, id)).toThrow(`stage '${id}': stage '${id}' cannot be part of names`);
  });

  test('with all that is wrong in one error', () => {
    expect(() => stageOf({ accountId: '1', managementAccountId: '2', region: 'mars', namespace: 'A' }, 'B')).toThrow(new RegExp([
      "^stage 'B': stage 'B' .*", "accountId '1' .*", "managementAccountId '2' .*", "region 'mars' .*", "namespace 'A' .*$",
    ].join('; ')));
  });
});

describe('access of your own', () => {
  const billing = { name: 'billing', managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('job-function/Billing')] };

  test('has the roles that are given, by their names', () => {
    const stage = stageOf({ access: StageAccess.of([{ ...billing, mfa: MfaRequirement.within(Duration.hours(1)) }]) });
    expect([stage.hasRole('billing'), stage.hasRole('admin')]).toEqual([true, false]);
    expect([stage.role('billing').roleName, stage.role('billing').mfa.age?.toHours()]).toEqual(['acme-prod-billing', 1]);
    expect(() => stage.role('support')).toThrow(
      "stage 'prod' has no support role: define the stage with access StageAccess.of with a role 'support'");
  });

  test('may be more than that of the library', () => {
    const access = StageAccess.ADMIN_AND_READ_ONLY.and(billing);
    const stage = stageOf({ access });
    expect(access.roleNames).toEqual(['admin', 'read-only', 'billing']);
    expect([stage.admin, stage.readOnly, stage.role('billing')].map(({ roleName }) => roleName))
      .toEqual(['acme-prod-admin', 'acme-prod-read-only', 'acme-prod-billing']);
  });

  test.each(['Billing', 'billing-', 'admin'])('fails with a role %s beside those of the library', name => {
    expect(() => StageAccess.ADMIN_AND_READ_ONLY.and({ ...billing, name })).toThrow(`role '${name}' cannot be part of names, or is given twice`);
  });
});
