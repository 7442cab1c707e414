import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BreakGlass, BreakGlassProps, Guardrail, Guardrails, OrganizationPolicyType, OrganizationSource, People, PeopleSource } from '../../src';
import { schemaProblems } from '../facts-schema';
import { factsOf } from '../isolation/facts';
import { acme, Acme, acmeOfKnownAccounts, acmeOfOneAccount, EXISTING, PROD, ROOT, strings, synthesize } from '../orgs';

function withBreakGlass(defined: Acme, props?: BreakGlassProps): Acme {
  new BreakGlass(defined.org, 'break-glass', props);
  return defined;
}

describe('a break-glass user', () => {
  test('is in root, in a stack of its own, with a first password, and no keys', () => {
    const synthesized = synthesize(withBreakGlass(acmeOfKnownAccounts(EXISTING)).app);
    const stack = 'acme/root/break-glass';
    expect(synthesized.stack(stack).environment).toMatchObject({ account: ROOT, region: 'eu-west-1' });
    expect(synthesized.dependencies(stack)).toEqual([]);
    const { UserName, LoginProfile } = synthesized.one('AWS::IAM::User').Properties;
    expect({ UserName, LoginProfile }).toEqual({
      UserName: 'acme-break-glass', LoginProfile: { Password: expect.anything(), PasswordResetRequired: true },
    });
    expect(synthesized.find('AWS::SecretsManager::Secret', stack)).toHaveLength(1);
    expect(JSON.stringify(synthesized.find('AWS::IAM::ManagedPolicy', stack))).not.toContain('AccessKey');
    expect(synthesized.find('AWS::IAM::AccessKey')).toEqual([]);
  });

  test('can have a name of its own, which its roles trust', () => {
    const { app, org } = withBreakGlass(acmeOfKnownAccounts(EXISTING), { userName: 'red-button' });
    const synthesized = synthesize(app);
    expect(synthesized.one('AWS::IAM::User').Properties.UserName).toBe('red-button');
    expect(strings(synthesized.find('AWS::IAM::Role', 'acme/prod/break-glass'))).toContain(`arn:aws:iam::${ROOT}:user/red-button`);
    expect(org.node.findChild('break-glass')).toMatchObject({ userName: 'red-button' });
  });

  test.each(['', 'a', 'two words', 'x'.repeat(65)])('has a name in IAM, and not %p', userName => {
    expect(() => withBreakGlass(acme(), { userName })).toThrow(/^userName '/);
  });

  test('is none of the people, and there with any of them', () => {
    const { app, org, dev } = withBreakGlass(acmeOfKnownAccounts(EXISTING));
    new People(org, 'people', { source: PeopleSource.iamUsers() });
    org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin] })] });
    const users = synthesize(app).find('AWS::IAM::User');
    expect(users.map(({ path, resource }) => [path, resource.Properties.UserName])).toEqual(expect.arrayContaining([
      ['acme/root/break-glass', 'acme-break-glass'], ['acme/root/people', 'ada'],
    ]));
    expect(JSON.stringify(users.find(({ path }) => path === 'acme/root/break-glass')!.resource)).not.toContain('everybody');
  });

  test('is there once', () => {
    const { org } = withBreakGlass(acme());
    expect(() => new BreakGlass(org, 'another')).toThrow("'acme' has its break-glass at 'acme/break-glass' already: leave one of them out");
  });
});

describe('a break-glass role', () => {
  test('is in root and in each stage, later ones included, in a stack that waits for no other', () => {
    const { app, org } = withBreakGlass(acmeOfKnownAccounts(EXISTING));
    org.addStage('later', { accountId: '555555555555' });
    const synthesized = synthesize(app);
    const roles = synthesized.find('AWS::IAM::Role').filter(({ path }) => path.endsWith('/break-glass'));
    expect(roles.map(({ path, resource }) => `${path} ${resource.Properties.RoleName}`).sort()).toEqual(
      ['audit', 'dev', 'later', 'prod', 'root'].map(stage => `acme/${stage}/break-glass acme-${stage}-break-glass`));
    for (const { path, resource } of roles) {
      expect(resource.Properties.MaxSessionDuration).toBe(3600);
      expect(strings(resource.Properties.ManagedPolicyArns).join('')).toContain('AdministratorAccess');
      expect(synthesized.dependencies(path)).toEqual([]);
    }
  });

  test('trusts the account of the user, whose ID changes when it is made again, and the ARN in a condition', () => {
    const [{ resource }] = synthesize(withBreakGlass(acmeOfKnownAccounts(EXISTING)).app).find('AWS::IAM::Role', 'acme/prod/break-glass');
    const [statement] = resource.Properties.AssumeRolePolicyDocument.Statement;
    expect(strings(statement.Principal)).toContain(`:iam::${ROOT}:root`);
    expect(statement.Condition).toEqual({
      ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ROOT}:user/acme-break-glass` },
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
    });
  });

  test('is there without the management account, and with no policies', () => {
    const synthesized = synthesize(withBreakGlass(acmeOfKnownAccounts(OrganizationSource.memberAccounts())).app);
    expect(synthesized.find('AWS::IAM::Role').filter(({ path }) => path.endsWith('/break-glass'))).toHaveLength(4);
    expect(synthesized.find('AWS::Organizations::Policy')).toEqual([]);
  });

  test('has a name of its own for each stage of one account', () => {
    const { app, org } = acmeOfOneAccount();
    new BreakGlass(org, 'break-glass');
    const roles = synthesize(app).find('AWS::IAM::Role').filter(({ path }) => path.endsWith('/break-glass'));
    expect(new Set(roles.map(({ resource }) => resource.Properties.RoleName)).size).toBe(org.stages.length + 1);
  });

  test('is a fact', () => {
    const { app } = withBreakGlass(acmeOfKnownAccounts(EXISTING));
    app.synth();
    const file = factsOf(app);
    expect(file.facts.filter(({ kind }) => kind === 'access')).toEqual(['root', 'audit', 'prod', 'dev'].map(stage => ({
      kind: 'access',
      subject: 'break-glass',
      name: `stage ${stage} acme-${stage}-break-glass`,
      value: 'iam-user; mfa within 3600 seconds',
      source: 'acme/break-glass',
    })));
    expect(file.facts.filter(({ kind, source }) => kind === 'trusts' && source === 'acme/prod/break-glass/role')).toMatchObject([
      { subject: `arn:aws:iam::${PROD}:role/acme-prod-break-glass`, value: expect.stringContaining('user/acme-break-glass') },
    ]);
    expect(schemaProblems(file)).toEqual([]);
  });
});

describe('the policies that keep others from the name of a break-glass role', () => {
  const policies = (defined: Acme) => synthesize(defined.app).find('AWS::Organizations::Policy', 'acme/root/organization')
    .map(({ resource: { Properties: { Name, TargetIds } } }) =>
      ({ name: Name as string, targets: (TargetIds as unknown[]).map(target => JSON.stringify(target)) }));

  test.each(['before', 'after'])('are on each unit of an organization that exists, where policies spare the role, which are defined %s', order => {
    const defined = acmeOfKnownAccounts(EXISTING);
    const guardrails = () => new Guardrails(defined.org, 'guardrails', {
      organizationalUnits: ['workloads'], guardrails: [Guardrail.DENY_ROOT_USER],
    });
    const breakGlass = () => withBreakGlass(defined);
    (order === 'before' ? [guardrails, breakGlass] : [breakGlass, guardrails]).forEach(define => define());
    const all = policies(defined);
    const [{ targets: [unit] }] = all.filter(({ name }) => name.startsWith('acme-guardrails'));
    const guards = all.filter(({ name }) => name.startsWith('acme-break-glass'));
    expect(guards.map(({ name }) => name).sort()).toEqual(['acme-break-glass-resource-control', 'acme-break-glass-service-control']);
    for (const { targets } of guards) {
      expect(targets).toHaveLength(4);
      expect(targets).toContain(unit);
    }
  });

  test('are on a whole organization that is new, and spare nobody', () => {
    const defined = withBreakGlass(acme());
    defined.org.management!.addPolicy('no-topics', {
      policyType: OrganizationPolicyType.SERVICE_CONTROL,
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['sns:CreateTopic'], resources: ['*'] })],
    });
    const found = synthesize(defined.app).find('AWS::Organizations::Policy', 'acme/root/organization');
    const contentOf = (name: string) =>
      found.find(({ resource }) => resource.Properties.Name === name)!.resource.Properties.Content;
    const spares = (name: string) => JSON.stringify(contentOf(name)).includes('"ArnNotLike":{"aws:PrincipalArn":["arn:*:iam::*:role/acme-*-break-glass"]}');
    expect(spares('acme-no-topics')).toBe(true);
    expect(['service', 'resource'].map(kind => spares(`acme-break-glass-${kind}-control`))).toEqual([false, false]);
    expect(policies(defined).map(({ targets }) => targets.length)).toEqual([1, 1, 1]);
  });
});
