import { Lazy, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { IManagement, OrganizationPolicyOptions, OrganizationPolicyType, StageAccount } from '../../src';
import { schemaProblems } from '../facts-schema';
import { factsOf } from '../isolation/facts';
import { accountRead, Acme, acme, callOf, discovered, EXISTING, problems, synthesize, testApp } from '../orgs';

const ORGANIZATION = 'acme/root/organization';
const DENY = new iam.PolicyStatement({ sid: 'NoUsers', effect: iam.Effect.DENY, actions: ['iam:CreateUser'], resources: ['*'] });

function managed(define: (management: IManagement, acme: Acme) => void, defined = acme()) {
  define(defined.org.management!, defined);
  return defined;
}

/** As AWS takes it in a resource control policy. */
const ANYBODY = DENY.copy({ principals: [new iam.StarPrincipal()] });

describe('a policy of an organization', () => {
  const policy = (options: Partial<OrganizationPolicyOptions> = {}, defined = acme()) => {
    const { app } = managed(management => management.addPolicy('no-users', {
      policyType: OrganizationPolicyType.SERVICE_CONTROL, statements: [DENY], ...options,
    }), defined);
    return synthesize(app).one('AWS::Organizations::Policy');
  };

  test('is of the whole organization, named by its id, and goes with the code', () => {
    const { Properties, DeletionPolicy } = policy();
    expect(Properties).toEqual({
      Name: 'acme-no-users',
      Type: 'SERVICE_CONTROL_POLICY',
      TargetIds: ['ssm:/acme/root-id'],
      Content: { Version: '2012-10-17', Statement: [{ Sid: 'NoUsers', Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' }] },
    });
    expect(DeletionPolicy).toBe('Delete');
    expect(policy({ removalPolicy: RemovalPolicy.RETAIN }).DeletionPolicy).toBe('Retain');
  });

  test('that is kept has a stack of its own, so that it is found again when it comes back', () => {
    const kept = {
      policyType: OrganizationPolicyType.SERVICE_CONTROL, statements: [DENY], removalPolicy: RemovalPolicy.RETAIN,
    };
    const { app } = managed(management => {
      management.addPolicy('first', kept);
      management.addPolicy('second', kept);
      management.addPolicy('gone', { ...kept, removalPolicy: undefined });
    });
    const synthesized = synthesize(app);
    expect(synthesized.find('AWS::Organizations::Policy').map(({ path, id }) => [path, id])).toEqual([
      ['acme/root/policy-first', 'first'], ['acme/root/policy-second', 'second'], [ORGANIZATION, 'gone'],
    ]);
    // by the one command, after all accounts, and one after another
    expect(synthesized.dependencies(ORGANIZATION)).toEqual(expect.arrayContaining(['acme/root/policy-first', 'acme/root/policy-second']));
    expect(synthesized.dependencies('acme/root/policy-first')).toEqual(['acme/root/account-dev', 'acme/root/settings']);
    expect(synthesized.dependencies('acme/root/policy-second')).toContain('acme/root/policy-first');
    expect(synthesized.stack('acme/root/policy-first').terminationProtection).toBeFalsy();
  });

  test('that is kept is divided if it is of more stages than a template takes', () => {
    const { org } = acme(undefined, { organization: EXISTING });
    const policyType = OrganizationPolicyType.SERVICE_CONTROL;
    const add = (id: string, options: Partial<OrganizationPolicyOptions>) =>
      org.management!.addPolicy(id, { policyType, statements: [DENY], ...options });
    add('all-kept', { removalPolicy: RemovalPolicy.RETAIN });
    Array.from({ length: 150 }, (_, index) => org.addStage(`s${index}`, { accountId: `${100_000_000_000 + index}` }));
    const [last] = org.stages.slice(-1);
    add('kept', { policyName: 'kept', stages: org.stages, organizationalUnits: ['sandbox'], removalPolicy: RemovalPolicy.RETAIN });
    add('last', { stages: [last], removalPolicy: RemovalPolicy.RETAIN });
    const synthesized = synthesize(org.root);
    const found = synthesized.find('AWS::Organizations::Policy');
    const told = found.map(({ path, resource: { Properties } }) =>
      [path, Properties.Name, Properties.TargetIds.length]);
    expect(told.sort()).toEqual([
      ['acme/root/policy-all-kept', 'acme-all-kept', 150], ['acme/root/policy-all-kept-2', 'acme-all-kept-2', 3],
      ['acme/root/policy-kept', 'kept', 151], ['acme/root/policy-kept-2', 'kept-2', 3],
      // its place in the organization is nothing to it
      ['acme/root/policy-last', 'acme-last', 1],
    ].sort());
    expect(found.find(({ id }) => id === 'allkept')!.resource.Properties.TargetIds.slice(0, 4))
      .toEqual([...['audit', 'prod', 'dev'].map(stage => accountRead(stage)), '100000000000']);
    // by the one command, and not at the same time
    expect(synthesized.dependencies(ORGANIZATION)).toContain('acme/root/policy-kept-2');
    expect(synthesized.dependencies('acme/root/policy-kept')).toContain('acme/root/policy-all-kept-2');
  });

  test.each([
    ['is created', undefined], ['exists', EXISTING],
  ])('is told with what it is attached to, where the organization %s', (_, organization) => {
    const { app, org, prod, dev } = acme(undefined, { organization });
    const policyType = OrganizationPolicyType.SERVICE_CONTROL;
    const add = (id: string, options: Partial<OrganizationPolicyOptions>) =>
      org.management!.addPolicy(id, { policyType, statements: [DENY], ...options });
    add('all', {});
    add('some', { policyName: 'some', stages: [prod], organizationalUnits: ['sandbox'] });
    add('named-later', { policyName: Lazy.string({ produce: () => 'later' }), stages: [dev] });
    org.management!.attachPolicy('some', dev);
    org.management!.attachPolicy('all', dev);
    app.synth();
    const facts = factsOf(app).facts.filter(({ kind }) => kind === 'organization-policy');
    expect(facts.map(({ subject, name, value }) => [subject, name, value])).toEqual([
      ['organization', 'acme-all'], ['stage prod', 'some'], ['unit sandbox', 'some'], ['stage dev', 'some'], ['stage dev', 'named-later'],
    ].map(fact => [...fact, 'SERVICE_CONTROL_POLICY']));
    expect(schemaProblems(factsOf(app))).toEqual([]);
  });

  test('is of all stages, where the organization is not ours alone', () => {
    const defined = acme(undefined, { organization: EXISTING });
    const { TargetIds } = policy({}, defined).Properties;
    expect(TargetIds).toEqual(['audit', 'prod', 'dev'].map(stage => accountRead(stage)));
  });

  test('is of the stages and units that are named', () => {
    const defined = acme();
    const { TargetIds } = policy({ stages: [defined.prod], organizationalUnits: ['sandbox'] }, defined).Properties;
    expect(TargetIds).toEqual([accountRead('prod'), 'ssm:/acme/unit/sandbox']);
  });

  test('is of a kind that has no statements', () => {
    const content = '{"tags":{"owner":{"tag_key":{"@@assign":"owner"}}}}';
    const { Properties } = policy({ policyType: OrganizationPolicyType.of('TAG_POLICY'), statements: undefined, content });
    expect([Properties.Type, Properties.Content]).toEqual(['TAG_POLICY', JSON.parse(content)]);
  });

  test.each([['statements and content', { content: '{}' }], ['neither statements nor content nor document', { statements: undefined }]])(
    'is refused with %s', (what, options) => {
      expect(() => policy(options)).toThrow(`policy 'no-users' has ${what}: give one of them`);
    });

  test.each([['stages', { stages: [] }], ['organizationalUnits', { organizationalUnits: [] }]])('is refused with empty %s', (what, options) => {
    expect(() => policy(options)).toThrow(`policy 'no-users' has ${what} that name none, so that it would be attached to nothing: name one`);
  });

  test('is refused if it is longer than AWS takes', () => {
    const { app } = managed(management => management.addPolicy('long', {
      policyType: OrganizationPolicyType.RESOURCE_CONTROL,
      statements: [ANYBODY.copy({ resources: Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::bucket-${index}`) })],
    }));
    expect(problems(app)).toEqual([
      expect.stringMatching(/^policy 'long' has \d+ characters: AWS takes 5120, so divide it, spare fewer/),
    ]);
  });

  test('is refused if it is one more than AWS attaches to one target, with its own', () => {
    const add = (count: number) => managed((management, { dev }) => [...Array(count).keys()].forEach(number => management.addPolicy(`p${number}`, {
      policyType: OrganizationPolicyType.RESOURCE_CONTROL, statements: [ANYBODY], ...number < 4 ? { stages: [dev] } : { organizationalUnits: ['workloads'] },
    })));
    expect(problems(add(8).app)).toEqual([]);
    const { app } = managed((management, { dev }) => ['a', 'b', 'c', 'd', 'e'].forEach(id => management.addPolicy(id, {
      policyType: OrganizationPolicyType.RESOURCE_CONTROL, statements: [ANYBODY], stages: [dev],
    })));
    expect(problems(app)).toEqual([
      "stage 'dev' has 5 policies of type RESOURCE_CONTROL_POLICY, acme-a, acme-b, acme-c, acme-d, acme-e, and AWS attaches 4: "
        + 'merge some, or attach them to another part of the path: an organizational unit, or the whole organization',
    ]);
  });

  test('has its kind enabled first, and comes after the others', () => {
    const { app } = managed(management => ['one', 'two', 'three'].forEach(id => management.addPolicy(id, {
      policyType: OrganizationPolicyType.RESOURCE_CONTROL, statements: [ANYBODY],
    })));
    const synthesized = synthesize(app);
    const calls = synthesized.find('Custom::AWS', 'acme/root/settings').map(({ id, resource }) => [id, JSON.stringify(resource)]);
    expect(calls.filter(([id, call]) => !id.includes('attempt') && call.includes('RESOURCE_CONTROL_POLICY'))).toHaveLength(1);
    const { one, two, three } = synthesized.resources(ORGANIZATION);
    expect([one.DependsOn, two.DependsOn, three.DependsOn]).toEqual([undefined, ['one'], ['two']]);
  });

  test('stops nobody who is spared, whoever added it, in whatever order', () => {
    const arn = 'arn:aws:iam::333333333333:role/break-glass';
    const { app } = managed(management => {
      management.addPolicy('before', { policyType: OrganizationPolicyType.SERVICE_CONTROL, statements: [DENY] });
      management.spare(new iam.ArnPrincipal(arn));
      management.addPolicy('after', {
        policyType: OrganizationPolicyType.SERVICE_CONTROL,
        statements: [DENY.copy({
          conditions: {
            ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/other' }, Bool: { 'aws:ViaAWSService': 'false' },
          },
        })],
      });
    });
    const { before, after } = synthesize(app).resources(ORGANIZATION);
    expect(before.Properties.Content.Statement[0].Condition).toEqual({ ArnNotLike: { 'aws:PrincipalArn': [arn] } });
    expect(after.Properties.Content.Statement[0].Condition).toEqual({
      ArnNotLike: { 'aws:PrincipalArn': ['arn:aws:iam::*:role/other', arn] }, Bool: { 'aws:ViaAWSService': 'false' },
    });
  });

  test('stops nobody who is spared, however the policy is written', () => {
    const arn = 'arn:aws:iam::333333333333:role/break-glass';
    const { app } = managed(management => {
      management.spare(new iam.ArnPrincipal(arn));
      management.spare(new iam.ArnPrincipal(arn));
      management.addPolicy('json', {
        policyType: OrganizationPolicyType.of('SERVICE_CONTROL_POLICY'),
        content: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*' } }),
      });
    });
    expect(synthesize(app).resources(ORGANIZATION).json.Properties.Content.Statement).toEqual([
      { Effect: 'Deny', Action: 'iam:CreateUser', Resource: '*', Condition: { ArnNotLike: { 'aws:PrincipalArn': [arn] } } },
    ]);
  });

  test('is refused if it is no JSON, has a name that is taken, or is of the stage of another organization', () => {
    const policyType = OrganizationPolicyType.SERVICE_CONTROL;
    expect(() => managed(management => management.addPolicy('c', { policyType, content: '{a' }))).toThrow(/^content of policy 'c' is not valid JSON/);
    expect(() => managed(management => ['c', 'c'].forEach(id => management.addPolicy(id, { policyType, statements: [DENY] }))))
      .toThrow("policy 'c' is there already: give one of them another ID");
    const { prod } = acme();
    expect(() => managed(management => management.addPolicy('c', { policyType, statements: [DENY], stages: [prod] })))
      .toThrow("stage 'acme/prod' is none of 'acme': give one of its stages");
  });

  test('spares nobody who is not one role or user', () => {
    expect(() => managed(management => management.spare(new iam.AnyPrincipal())))
      .toThrow(/give roles or users one by one/);
  });
});

describe('the management account', () => {
  test('lets an account administer a service, once it exists', () => {
    const { app } = managed((management, { audit }) => {
      management.registerDelegatedAdministrator('guardduty.amazonaws.com', audit);
      management.registerDelegatedAdministrator('securityhub.amazonaws.com', audit);
      management.registerDelegatedAdministrator('guardduty.amazonaws.com', audit);
    });
    const synthesized = synthesize(app);
    const calls = synthesized.find('Custom::AWS', ORGANIZATION).filter(({ id }) => !id.includes('attempt'));
    const [, , attempt] = synthesized.find('Custom::AWS', ORGANIZATION).filter(({ id }) => id.includes('attempt'));
    expect(calls.map(({ resource }) => callOf(resource))).toEqual(Array(2).fill('Organizations.registerDelegatedAdministrator'));
    expect(JSON.stringify(calls[0].resource.Properties.Create)).toContain(accountRead('audit'));
    expect(attempt.resource.DependsOn).toContain(calls[0].id);
    expect(synthesized.find('Custom::AWS', 'acme/root/settings').filter(({ id }) => !id.includes('attempt'))
      .map(({ resource }) => resource.Properties.Create)
      .filter(call => /enableAWSServiceAccess.*(guardduty|securityhub)/.test(call))).toHaveLength(2);
  });

  test.each<[string, string, (acme: Acme) => StageAccount]>([
    ['', "servicePrincipal '' is not an AWS service principal: give a literal", ({ audit }) => audit],
    ['guardduty', "servicePrincipal 'guardduty' is not an AWS service principal", ({ audit }) => audit],
    ['guardduty.amazonaws.com', "stage 'root' cannot administer 'guardduty.amazonaws.com'", ({ org }) => org.root],
  ])('lets nobody administer %s', (servicePrincipal, message, stage) => {
    expect(() => managed((management, defined) =>
      management.registerDelegatedAdministrator(servicePrincipal, stage(defined)))).toThrow(message);
  });

  test('lets in each service, also one whose name begins like that of another', () => {
    const services = ['license-manager.amazonaws.com', 'license-manager.member-account.amazonaws.com'];
    const { app } = managed(management =>
      [...services, ...services].forEach(service => management.enableServiceAccess(service)));
    const calls = synthesize(app).find('Custom::AWS', 'acme/root/settings').filter(({ id }) => !id.includes('attempt'))
      .map(({ resource }) => JSON.stringify(resource.Properties.Create));
    expect(services.map(service => calls.filter(call => call.includes(`"${service}`) || call.includes(`\\"${service}`)).length)).toEqual([1, 1]);
  });

  test.each(['tag-policy', '', 'TAG_POLICY '])('enables no type of policies named %p', policyType => {
    expect(() => managed(management => management.enablePolicyType(policyType)))
      .toThrow(`policyType '${policyType}' is not a policy type: give its name in AWS Organizations like 'TAG_POLICY'`);
  });

  test('knows the id of the organization, as root writes it', () => {
    const id = (defined: Acme) => {
      const { app } = managed(management =>
        new CfnParameter(management.addStack('reader'), 'Id', { type: 'String', value: management.organizationId }), defined);
      const synthesized = synthesize(app);
      return [synthesized.one('AWS::SSM::Parameter', 'acme/root/reader').Properties.Value, defined.org.management!.existingOrganizationId];
    };
    expect(id(acme())).toEqual(['ssm:/acme/organization-id', undefined]);
    expect(id(acme(undefined, { organization: EXISTING }))).toEqual(['o-a1b2c3d4e5', 'o-a1b2c3d4e5']);
  });

  test('knows the ids of units that nobody is in yet', () => {
    const { app } = managed(management =>
      new CfnParameter(management.addStack('reader'), 'Id', {
        type: 'String', value: management.organizationalUnitIdOf('sandbox'),
      }));
    const units = synthesize(app).find('AWS::Organizations::OrganizationalUnit');
    expect(units.map(({ resource }) => resource.Properties.Name)).toContain('sandbox');
    expect(() => managed(management => management.organizationalUnitIdOf('sandbox/'))).toThrow("path 'sandbox/' has a part ''");
  });
});

describe('what names an account that does not exist yet', () => {
  const NOT_YET = "it names an account that does not exist yet, of 'audit', 'prod', 'dev': deploy 'acme/root/organization' first";

  function errors(path: string, define: (acme: Acme) => void): string[] {
    const defined = acme();
    define(defined);
    return synthesize(defined.app).errors(path);
  }
  const naming = (scope: StageAccount | Stage, { prod }: Acme) =>
    new CfnParameter(new Stack(scope, 'naming'), 'Role', { type: 'String', value: prod.admin.roleArn });

  test('is not deployed: in root, in another stage, in a stack of the app', () => {
    expect(errors('acme/root/naming', defined => naming(defined.org.root, defined))).toEqual([NOT_YET]);
    expect(errors('other/naming', defined => naming(new Stage(defined.app, 'other'), defined))).toEqual([NOT_YET]);
    expect(errors('acme/dev/naming', defined => naming(defined.dev, defined)))
      .toEqual(["account 'dev' does not exist yet: deploy 'acme/root/organization' first"]);
  });

  test('is not deployed: a Stage below a stage', () => {
    expect(errors('acme/prod/blue/naming', defined => naming(new Stage(defined.prod, 'blue'), defined)))
      .toEqual(["account 'prod' does not exist yet: deploy 'acme/root/organization' first"]);
  });

  test('is not deployed: a Stage that comes before the organization', () => {
    const app = testApp();
    const early = new Stage(app, 'early');
    const defined = acme(app);
    naming(early, defined);
    expect(synthesize(app).errors('early/naming')).toEqual([NOT_YET]);
  });

  test.each(['00000000-0000-0000-0000-000000000000', '1000000000000', '0000000000000'])('is not meant by %s', value => {
    const saying = (text: string) => errors('acme/root/plain', ({ org }) =>
      new CfnParameter(new Stack(org.root, 'plain'), 'It', { type: 'String', value: text }));
    expect([saying(value), saying('arn:aws:iam::000000000000:root')]).toEqual([[], [NOT_YET]]);
  });

  test('is deployed once it exists', () => {
    const defined = discovered(app => {
      const known = acme(app);
      naming(known.org.root, known);
      return known;
    });
    expect(synthesize(defined.app).errors('acme/root/naming')).toEqual([]);
  });
});
