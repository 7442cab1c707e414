import { App, DefaultStackSynthesizer, NestedStack, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CentralRootAccess, Guardrail, Guardrails, GuardrailsProps, IGuardrail, MultiAccountOrg, OrganizationPolicyType, StageProfile } from '../../src';
import { schemaProblems } from '../facts-schema';
import { factsOf } from '../isolation/facts';
import { acme, Acme, acmeOfKnownAccounts, EXISTING, orgProps, problems, ROOT, testApp, synthesize, Synthesized, accountRead, AUDIT, DEV, PROD } from '../orgs';

const LATE = new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/late`);

interface DeployedPolicy {
  readonly name: string;
  readonly type: string;
  readonly targets: unknown[];
  readonly statements: any[];
}

function withGuardrails(props?: GuardrailsProps, defined: Acme = acme(), id = 'guardrails'): Acme {
  new Guardrails(defined.org, id, props);
  return defined;
}

function policies(synthesized: Synthesized): DeployedPolicy[] {
  const found = synthesized.find('AWS::Organizations::Policy', 'acme/root/organization');
  return found.map(({ resource: { Properties: { Name, Type, TargetIds, Content } } }) =>
    ({ name: Name, type: Type, targets: TargetIds, statements: Content.Statement }));
}

function sids(list: DeployedPolicy[]): string[] {
  return list.flatMap(({ statements }) => statements.map(({ Sid }) => Sid as string));
}

/** Of so many characters. */
function large(name: string, size: number): IGuardrail {
  return Guardrail.of(name, {
    policyType: OrganizationPolicyType.SERVICE_CONTROL,
    statements: [new iam.PolicyStatement({
      sid: name.replace(/-/g, ''), effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: [`arn:aws:s3:::${'a'.repeat(size)}`],
    })],
    stops: [{ deedName: 'delete a bucket', action: 's3:DeleteBucket' }],
    letsPass: [{ deedName: 'create a bucket', action: 's3:CreateBucket' }],
  });
}

describe('guardrails', () => {
  test('are by default the careful ones, on the whole organization', () => {
    const found = policies(synthesize(withGuardrails().app));
    expect(found.map(({ name, type }) => [name, type])).toEqual([
      ['acme-guardrails-service-control-1', 'SERVICE_CONTROL_POLICY'],
      ['acme-guardrails-service-control-2', 'SERVICE_CONTROL_POLICY'],
      ['acme-guardrails-resource-control-1', 'RESOURCE_CONTROL_POLICY'],
      ['acme-guardrails-protect-data-service-control-1', 'SERVICE_CONTROL_POLICY'],
    ]);
    expect(new Set(found.slice(0, 3).map(({ targets }) => JSON.stringify(targets))).size).toBe(1);
    expect(sids(found)).toEqual(expect.arrayContaining(['DenyRootUser', 'DenyIamUsers', 'RequireTls']));
    expect(new Set(sids(found)).size).toBe(sids(found).length);
  });

  test('leave the other stacks of root as they are', () => {
    const others = (defined: Acme) => {
      const { stacks } = synthesize(defined.app);
      return ['access', 'structure', 'account-prod'].map(name => stacks.get(`acme/root/${name}`)!.template)
        .map(template => Object.keys(template.Parameters ?? {}));
    };
    const defined = acme();
    const adjustments = [{ guardrail: Guardrail.PROTECT_TRAILS, exceptStages: [defined.dev] }];
    withGuardrails({ guardrails: [Guardrail.RESOURCE_PERIMETER], adjustments }, defined);
    expect(synthesize(defined.app).dependencies('acme/root/access')).toEqual([]);
    expect(others(defined)).toEqual(others(acme()));
  });

  test('are attached to each stage of an existing organization, whose other accounts are not ours', () => {
    const found = policies(synthesize(withGuardrails(undefined, acmeOfKnownAccounts(EXISTING)).app));
    expect(found[0].targets).toEqual([AUDIT, PROD, DEV]);
  });

  test('of units and stages are only those that are named', () => {
    const defined = acme();
    withGuardrails({ stages: [defined.dev], guardrails: [Guardrail.allowedInstanceTypes(['t3.*'])] }, defined, 'small');
    withGuardrails({ organizationalUnits: ['sandbox'], guardrails: [Guardrail.QUARANTINE] }, defined, 'closed');
    const found = policies(synthesize(defined.app));
    expect(found.map(({ name, targets }) => [name, targets])).toEqual([
      ['acme-small-service-control-1', [accountRead('dev')]],
      ['acme-closed-service-control-1', [expect.anything()]],
    ]);
    expect(sids(found)).toEqual(['AllowedInstanceTypes', 'AllowedInstanceTypeChanges', 'Quarantine']);
  });

  test('can be left out, added, and replaced by their names', () => {
    const mine = large('deny-iam-users', 10);
    const { applied: guardrails } = new Guardrails(acme().org, 'guardrails', { without: [Guardrail.DENY_ROOT_USER], guardrails: [Guardrail.RESOURCE_PERIMETER, mine] });
    const names = guardrails.map(({ guardrailName }) => guardrailName);
    expect(names).not.toContain('deny-root-user');
    expect(names.slice(-2)).toEqual(['resource-perimeter', 'protect-data']);
    expect(guardrails).toContain(mine);
    expect(guardrails).not.toContain(Guardrail.DENY_IAM_USERS);
  });

  test('spare who is named, in policies of both types', () => {
    const breakGlass = new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/break-glass`);
    const found = policies(synthesize(withGuardrails({ spare: [breakGlass] }).app));
    const unspared = found.flatMap(({ statements }) => statements)
      .filter(({ Condition }) => ![Condition?.ArnNotLike?.['aws:PrincipalArn']].flat().includes(`arn:aws:iam::${ROOT}:role/break-glass`));
    expect(found.map(({ type }) => type)).toEqual(expect.arrayContaining(['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']));
    expect(unspared).toEqual([]);
  });

  test('spare deployments of stages and stacks that are added later', () => {
    const org = new MultiAccountOrg(testApp(), 'acme', orgProps());
    new Guardrails(org, 'guardrails');
    const prod = org.addStage('prod', { bootstrapRoleName: 'entrance' });
    new Stack(prod, 'shop', { stackName: 'shop', synthesizer: new DefaultStackSynthesizer({ qualifier: 'shop' }) });
    const statements = policies(synthesize(org.node.root as App)).flatMap(policy => policy.statements);
    const of = (sid: string) => statements.find(({ Sid }) => Sid === sid);
    for (const sid of ['ProtectTrails', 'ProtectAccessRoles', 'ProtectData']) {
      expect(of(sid).Condition.ArnNotLike['aws:PrincipalArn']).toEqual(expect.arrayContaining(
        ['cdk-hnb659fds-*', 'cdk-shop-*', 'entrance'].map(role => `arn:*:iam::*:role/${role}`)));
    }
    expect(of('ProtectDeploymentStacks').Resource).toContain('arn:*:cloudformation:*:*:stack/shop/*');
  });

  test('know a role into a stage as whom they spare', () => {
    const defined = acme();
    const { org: { root: { admin } } } = defined;
    withGuardrails({ guardrails: [Guardrail.onlyDeployersDeploy([admin])], spare: [admin] }, defined);
    const statements = policies(synthesize(defined.app)).flatMap(policy => policy.statements);
    const role = `:iam::${ROOT}:role/acme-root-admin`;
    expect(statements.filter(({ Condition }) => !JSON.stringify(Condition).includes(role))).toEqual([]);
    expect(factsOf(defined.app).facts).toContainEqual({
      kind: 'guardrail-exception', subject: 'organization', name: 'require-tls', value: `principal arn:aws${role}`, source: 'acme/guardrails',
    });
  });

  test('keep who is spared elsewhere, and whom a guardrail spares itself', () => {
    const defined = acme();
    withGuardrails({ guardrails: [] }, defined);
    defined.org.management!.spare(new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/late`));
    const trails = policies(synthesize(defined.app)).flatMap(({ statements }) => statements).find(({ Sid }) => Sid === 'ProtectTrails');
    expect(trails.Condition.ArnNotLike['aws:PrincipalArn'])
      .toEqual([
        'arn:*:iam::*:role/AWSControlTowerExecution', 'arn:*:iam::*:role/OrganizationAccountAccessRole', 'arn:*:iam::*:role/cdk-hnb659fds-*',
        'arn:*:iam::*:role/stacksets-exec-*', `arn:aws:iam::${ROOT}:role/late`,
      ]);
  });

  test('protect what is deployed under names of its own', () => {
    const defined = acme();
    const names = { imageAssetsRepositoryName: 'images', fileAssetsBucketName: 'files' };
    new Stack(defined.prod, 'legacy', { stackName: 'legacy', synthesizer: new DefaultStackSynthesizer(names) });
    const [first, second] = policies(synthesize(withGuardrails(undefined, defined).app));
    const statements = [...first.statements, ...second.statements];
    const resources = (sid: string) => statements.find(({ Sid }) => Sid === sid).Resource;
    expect(resources('ProtectDeploymentStacks')).toEqual(['CDKToolkit', 'acme-*', 'legacy'].map(name => `arn:*:cloudformation:*:*:stack/${name}/*`));
    expect(resources('ProtectDeploymentAssets')).toEqual(expect.arrayContaining([
      'arn:*:ecr:*:*:repository/cdk-hnb659fds-container-assets-*', 'arn:*:ecr:*:*:repository/images', 'arn:*:s3:::files/*',
    ]));
  });

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
  test('protect nested stacks with the stack that they are in, and name none of them', () => {
    const defined = acme();
    new NestedStack(new Stack(defined.prod, 'web'), 'pages');
    new NestedStack(new Stack(defined.prod, 'legacy', { stackName: 'legacy' }), 'pages');
    const [first, second] = policies(synthesize(withGuardrails(undefined, defined).app));
    const { Resource } = [...first.statements, ...second.statements].find(({ Sid }) => Sid === 'ProtectDeploymentStacks');
    expect(Resource).toEqual(['CDKToolkit', 'acme-*', 'legacy-*', 'legacy'].map(name => `arn:*:cloudformation:*:*:stack/${name}/*`));
  });

  test('keep administrators from becoming who is spared in their account', () => {
    const defined = acmeOfKnownAccounts(EXISTING);
    const role = (name: string, account = PROD) => new iam.ArnPrincipal(`arn:aws:iam::${account}:role/${name}`);
    withGuardrails({
      includeDefaults: true,
      spare: [role('emergencies'), role('of-root', ROOT)],
      adjustments: [{ guardrail: Guardrail.PROTECT_TRAILS, exceptPrincipals: [role('retention')] }],
    }, defined);
    defined.org.addAuditTrail({ storedIn: defined.audit });
    defined.org.management!.spare(role('late'));
    const statements = synthesize(defined.app).find('AWS::Organizations::Policy').flatMap(({ resource }) => resource.Properties.Content.Statement);
    const protectedBy = (sid: string) => statements.find(({ Sid }) => Sid === sid).Resource
      .filter((arn: string) => /emergencies|retention|late|of-root/.test(arn));
    expect(protectedBy('ProtectDeploymentRoles')).toEqual(['emergencies', 'late', 'retention'].map(name => `arn:aws:iam::${PROD}:role/${name}`));
    expect(protectedBy('RolesStayAsDeployed')).toEqual([`arn:aws:iam::${PROD}:role/late`]);
  });

  test('fill as few policies as they fit in, and one that is added changes one', () => {
    const some = ['one', 'two', 'three', 'four'].map(name => large(name, 3000));
    const before = policies(synthesize(withGuardrails({ guardrails: some.slice(0, 3), organizationalUnits: ['sandbox'] }).app));
    const after = policies(synthesize(withGuardrails({ guardrails: some, organizationalUnits: ['sandbox'] }).app));
    expect(before.map(({ statements }) => statements.length)).toEqual([2, 1]);
    expect(after.map(({ statements }) => statements.length)).toEqual([2, 2]);
    expect(after[0]).toEqual(before[0]);
  });

  test('leave room for principals that are spared later, and count those that are named', () => {
    const roles = (count: number) => [...Array(count).keys()].map(number => new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:role/break-glass-${number}`));
    const late = withGuardrails();
    roles(2).forEach(role => late.org.management!.spare(role));
    expect(policies(synthesize(late.app))).toHaveLength(4);
    const early = acme();
    roles(8).forEach(role => early.org.management!.spare(role));
    expect(policies(synthesize(withGuardrails({}, early).app)).length).toBeGreaterThan(4);
    expect(policies(synthesize(withGuardrails({ spare: roles(8) }).app)).length).toBeGreaterThan(4);
  });

  test('are facts', () => {
    const defined = acme();
    withGuardrails(undefined, defined);
    withGuardrails({ stages: [defined.dev], guardrails: [Guardrail.QUARANTINE] }, defined, 'closed');
    synthesize(defined.app);
    const found = factsOf(defined.app).facts.filter(({ kind }) => kind === 'guardrail');
    expect(found).toContainEqual({ kind: 'guardrail', subject: 'organization', name: 'require-tls', value: 'RESOURCE_CONTROL_POLICY', source: 'acme/guardrails' });
    expect(found).toContainEqual({ kind: 'guardrail', subject: 'stage dev', name: 'quarantine', value: 'SERVICE_CONTROL_POLICY', source: 'acme/closed' });
    expect(found).toHaveLength(Guardrail.defaults().length + ['audit', 'prod'].length + 1);
  });

  test('of a further construct are only those that it lists', () => {
    const defined = withGuardrails();
    new Guardrails(defined.org, 'notebooks', { includeDefaults: false, guardrails: [large('deny-notebooks', 1)] });
    const found = policies(synthesize(defined.app));
    expect(found.filter(({ name }) => name.includes('notebooks')).map(({ targets, statements }) => [targets, statements.length])).toEqual([[found[0].targets, 1]]);
  });

  test('of a profile are those of the stages that have it, also of one that is added later', () => {
    const defined = withGuardrails({ adjustments: [{ guardrail: Guardrail.PROTECT_DATA, exceptPrincipals: [LATE] }] });
    defined.org.addStage('staging', { profile: StageProfile.STAGING });
    defined.org.addStage('testing', { profile: StageProfile.TESTING });
    const [data] = policies(synthesize(defined.app)).filter(({ name }) => name.includes('protect-data'));
    expect(data.targets).toEqual(['audit', 'prod', 'staging'].map(stage => accountRead(stage)));
    expect(data.statements[0].Condition.ArnNotLike['aws:PrincipalArn']).toContain(LATE.arn);
    expect(policies(synthesize(withGuardrails({ without: [Guardrail.PROTECT_DATA] }).app))).toHaveLength(3);
    expect(policies(synthesize(withGuardrails({ guardrails: [Guardrail.PROTECT_DATA] }).app))).toHaveLength(3);
  });

  test('are tried on a unit, and nowhere else', () => {
    const adjustments = [{ guardrail: Guardrail.REQUIRE_IMDSV2, trialOn: 'sandbox' }, { guardrail: Guardrail.PROTECT_DATA, trialOn: 'sandbox' }];
    const defined = withGuardrails({ adjustments });
    const found = policies(synthesize(defined.app));
    const [{ targets: whole }] = found;
    expect(found.filter(policy => sids([policy]).some(sid => /Imdsv2|ProtectData/.test(sid)))
      .map(({ name, targets }) => [name, targets.length, JSON.stringify(targets) === JSON.stringify(whole)]))
      .toEqual([['acme-guardrails-trial-sandbox-service-control-1', 1, false], ['acme-guardrails-protect-data-service-control-1', 1, false]]);
    expect(factsOf(defined.app).facts).toContainEqual(
      { kind: 'guardrail', subject: 'unit sandbox', name: 'require-imdsv2', value: 'SERVICE_CONTROL_POLICY', source: 'acme/guardrails' });
  });

  test('have exceptions, by stage and by principal, of policies of both types', async () => {
    const defined = acmeOfKnownAccounts(EXISTING);
    withGuardrails({
      adjustments: [
        { guardrail: Guardrail.PROTECT_TRAILS, exceptStages: [defined.dev], exceptPrincipals: [LATE] },
        { guardrail: Guardrail.REQUIRE_TLS, exceptStages: [defined.dev, defined.prod], exceptPrincipals: [LATE] },
      ],
    }, defined);
    const statements = policies(synthesize(defined.app)).flatMap(policy => policy.statements);
    const conditions = (sid: string) => statements.find(({ Sid }) => Sid === sid).Condition;
    const trails = conditions('ProtectTrails');
    expect(trails.StringNotEquals).toEqual({ 'aws:PrincipalAccount': [DEV] });
    expect(trails.ArnNotLike['aws:PrincipalArn']).toEqual(expect.arrayContaining(['arn:*:iam::*:role/cdk-hnb659fds-*', LATE.arn]));
    expect(conditions('RequireTls')).toEqual({
      BoolIfExists: { 'aws:SecureTransport': 'false' },
      StringNotEquals: { 'aws:ResourceAccount': [DEV, PROD] },
      ArnNotLike: { 'aws:PrincipalArn': [LATE.arn] },
    });
    expect(JSON.stringify(conditions('DenyIamUsers'))).not.toContain(LATE.arn);
    const exceptions = factsOf(defined.app).facts.filter(({ kind, name, subject }) =>
      kind === 'guardrail-exception' && name === 'require-tls' && subject === 'organization');
    expect(exceptions.map(({ value }) => value)).toEqual(['stage dev', 'stage prod', `principal ${LATE.arn}`]);
  });

  test('say in facts which statement is of which', () => {
    const defined = withGuardrails();
    const deployed = policies(synthesize(defined.app))
      .flatMap(({ name, statements }) => statements.map(({ Sid }) => [name, Sid]));
    const found = factsOf(defined.app).facts.filter(({ kind }) => kind === 'guardrail-statement');
    expect(found.map(({ subject, name }) => [subject, name])).toEqual(deployed);
    const subject = 'acme-guardrails-service-control-2';
    expect(found.find(({ name }) => name === 'KeepImdsv2')).toMatchObject({ subject, value: 'require-imdsv2', source: 'acme/guardrails' });
    expect(schemaProblems(factsOf(defined.app))).toEqual([]);
    const names = [...Guardrail.defaults(), Guardrail.PROTECT_DATA].map(({ guardrailName }) => guardrailName);
    expect(new Set(found.map(({ value }) => value))).toEqual(new Set(names));
  });

  test('let the stack of an excepted stage go to another region', () => {
    const defined = acme();
    const allowed = Guardrail.allowedRegions(['eu-west-1']);
    const adjustments = [{ guardrail: allowed, exceptStages: [defined.dev] }];
    withGuardrails({ guardrails: [allowed], adjustments }, defined);
    defined.dev.addStack('edge', { region: 'us-east-1' });
    expect(problems(defined.app)).toEqual([]);
  });

  test('deny no region that a stack goes to', () => {
    const { app, dev } = withGuardrails({ guardrails: [Guardrail.allowedRegions(['eu-west-1'])] });
    dev.addStack('edge', { region: 'us-east-1' });
    expect(problems(app)).toContain("stack 'acme/dev/edge' goes to 'us-east-1', which guardrail 'allowed-regions' denies: "
      + 'add it to the regions, or deploy the stack to another');
  });
});

describe('central root access', () => {
  const calls = (synthesized: Synthesized) => synthesized.find('Custom::AWS', 'acme/root/central-root-access')
    .map(({ resource }) => JSON.parse(resource.Properties.Create).action as string);

  test('is on in a new organization, after trusted access', () => {
    const synthesized = synthesize(withGuardrails().app);
    expect(new Set(calls(synthesized))).toEqual(new Set(['enableOrganizationsRootCredentialsManagement', 'enableOrganizationsRootSessions']));
    expect(synthesized.dependencies('acme/root/central-root-access')).toContain('acme/root/settings');
    expect(JSON.stringify(synthesized.find('Custom::AWS', 'acme/root/settings'))).toContain('iam.amazonaws.com');
  });

  test.each<[string, GuardrailsProps | undefined, () => Acme]>([
    ['an organization that exists', undefined, () => acmeOfKnownAccounts(EXISTING)],
    ['units', { organizationalUnits: ['sandbox'], guardrails: [Guardrail.QUARANTINE] }, acme],
    ['whoever leaves it out', { centralRootAccess: false }, acme],
  ])('is as it is for %s', (_, props, defined) => {
    expect(calls(synthesize(withGuardrails(props, defined()).app))).toEqual([]);
  });

  test('can be switched on by itself', () => {
    const defined = acmeOfKnownAccounts(EXISTING);
    new CentralRootAccess(defined.org, 'central');
    expect(calls(synthesize(defined.app)).length).toBeGreaterThan(0);
    expect(() => new CentralRootAccess(acmeOfKnownAccounts().org, 'central')).toThrow('have its owner do it');
  });
});

describe('mistakes', () => {
  const refused: Array<[string, (defined: Acme) => unknown, string]> = [
    ['twice', ({ org }) => new Guardrails(org, 'guardrails', { guardrails: [large('one', 1), large('one', 2)] }),
      "guardrail 'one' is twice in the guardrails of 'acme/guardrails': list it once"],
    ['without one that is none', ({ org }) => new Guardrails(org, 'guardrails', { without: [Guardrail.QUARANTINE] }),
      "'quarantine' of without in 'acme/guardrails' is no default guardrail: leave it out"],
    ['without where there are no default ones', ({ org, dev }) => new Guardrails(org, 'guardrails', { stages: [dev], without: [Guardrail.DENY_ROOT_USER] }),
      "'deny-root-user' of without in 'acme/guardrails' is no default guardrail, none of which it includes: leave it out"],
    ['none', ({ org, dev }) => new Guardrails(org, 'guardrails', { stages: [dev] }),
      "'acme/guardrails' has no guardrails: list some in guardrails"],
    ['one that is too large', ({ org }) => new Guardrails(org, 'guardrails', { guardrails: [large('huge', 9000)] }),
      "guardrail 'huge' has 9085 characters, and a SERVICE_CONTROL_POLICY 10240, of which guardrails fill 7168: divide it into several"],
    ['the default ones twice', ({ org }) => [new Guardrails(org, 'guardrails'), new Guardrails(org, 'more')],
      "'acme/more' includes the default guardrails, as 'acme/guardrails' does: set includeDefaults to false"],
    ['the default ones for a unit', ({ org }) => new Guardrails(org, 'guardrails', { organizationalUnits: ['sandbox'], includeDefaults: true }),
      "'acme/guardrails' has includeDefaults with organizationalUnits, and the default guardrails are for the whole organization: "],
    ['an adjustment of one that does not apply', ({ org, dev }) => new Guardrails(org, 'guardrails', {
      adjustments: [{ guardrail: Guardrail.QUARANTINE, exceptStages: [dev] }],
    }), "guardrail 'quarantine' of adjustments in 'acme/guardrails' does not apply there: list it in guardrails, or leave it out"],
    ['an adjustment twice', ({ org, dev }) => new Guardrails(org, 'guardrails', {
      adjustments: [{ guardrail: Guardrail.REQUIRE_TLS, exceptStages: [dev] }, { guardrail: Guardrail.REQUIRE_TLS, trialOn: 'sandbox' }],
    }), "guardrail 'require-tls' is twice in the adjustments of 'acme/guardrails': give one with all that it needs"],
    ['an adjustment of nothing', ({ org }) => new Guardrails(org, 'guardrails', { adjustments: [{ guardrail: Guardrail.REQUIRE_TLS, exceptStages: [] }] }),
      "adjustment of guardrail 'require-tls' in 'acme/guardrails' changes nothing: give it trialOn, exceptStages or exceptPrincipals"],
    ['a unit of a trial', ({ org }) => new Guardrails(org, 'guardrails', { adjustments: [{ guardrail: Guardrail.REQUIRE_TLS, trialOn: '/sandbox' }] }),
      'trialOn'],
    ['a policy that was not added', ({ org, dev }) => org.management!.attachPolicy('none', dev), "policy 'none' is none that was added: add it with addPolicy first"],
    ['two with one statement ID', ({ org }) => new Guardrails(org, 'guardrails', { guardrails: [large('deny-one', 1), large('den-yone', 1)] }),
      "guardrails 'deny-one' and 'den-yone' have a statement each with the sid 'denyone': give each another one"],
    ['one ID twice', ({ org, dev }) => ['one', 'other'].map(name => new Guardrails(new Construct(org, name), 'guardrails', {
      stages: [dev], guardrails: [large(name, 1)],
    })), "policy 'guardrails-service-control-1' is there already: give one of them another ID"],
    ['a role of an account to come', ({ org, prod }) => new Guardrails(org, 'guardrails', { spare: [prod.admin] }),
      'of an account that does not exist yet'],
    ['one that allows', ({ org }) => new Guardrails(org, 'guardrails', {
      guardrails: [Guardrail.of('open', { ...large('open', 1).bind({} as never), statements: [new iam.PolicyStatement({ actions: ['*'], resources: ['*'] })] })],
    }), "guardrail 'open' has a statement that allows: give it statements that deny, as all else is allowed already"],
    ['one of resources without principals', ({ org }) => new Guardrails(org, 'guardrails', {
      guardrails: [Guardrail.of('open', { ...large('open', 1).bind({} as never), policyType: OrganizationPolicyType.RESOURCE_CONTROL })],
    }), "statement 'open' of guardrail 'open' has other principals than a StarPrincipal, which is all that a RESOURCE_CONTROL_POLICY takes: "
      + 'name them in a condition on aws:PrincipalArn'],
    ['a name', () => Guardrail.of('Deny Users', large('one', 1).bind({} as never)),
      "name 'Deny Users' of a guardrail is not valid: give lower-case letters, digits and single hyphens, starting with a letter"],
    ['no region', () => Guardrail.allowedRegions([]), 'regions is empty: name at least one'],
    ['a service', () => Guardrail.allowedServices(['dynamodb:*']), "services has 'dynamodb:*': give prefixes of actions, such as 'dynamodb'"],
    ['a type', () => Guardrail.allowedInstanceTypes(['t3']), "types has 't3': give types of instances, such as 't3.micro' or 't3.*'"],
    ['a key', () => Guardrail.requiredTags(['aws:team']),
      "keys has 'aws:team': give keys of tags, 1 to 128 letters, digits, spaces and _.:/=+-@, which do not begin with 'aws:'"],
    ['everybody deploys', () => Guardrail.onlyDeployersDeploy([new iam.StarPrincipal()]), 'deployers holds'],
    ['nobody owns root', () => new Guardrails(acmeOfKnownAccounts().org, 'guardrails'),
      "'acme/guardrails' cannot define guardrails, because the management account is not yours: have its owner define them"],
  ];

  test('services of all examples are allowed', () => {
    const { org } = acme();
    const { statements, stops } = Guardrail.allowedServices(['sagemaker', 'redshift', 'es']).bind({ organization: org, management: org.management! });
    expect(statements[0].toJSON().NotAction).toEqual(expect.arrayContaining(['es:*', 'redshift:*', 'sagemaker:*']));
    expect(stops).toEqual([]);
  });

  test.each(refused)('%s', (_, define, message) => {
    expect(() => define(acme())).toThrow(message);
  });
});
