import { MultiAccountOrg, StageOptions } from '../../src';
import { acme, callOf, discovered, orgProps, Resource, Synthesized, synthesize, testApp } from '../orgs';

const STRUCTURE = 'acme/root/structure';

function organization(stages: Array<[string, StageOptions]>): Synthesized {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps());
  stages.forEach(([name, options]) => org.addStage(name, options));
  return synthesize(app);
}

function units(synthesized: Synthesized): Array<{ id: string; resource: Resource }> {
  return synthesized.find('AWS::Organizations::OrganizationalUnit', STRUCTURE);
}

describe('the structure of an organization', () => {
  const { app, org, audit } = discovered(acme);
  org.addAuditTrail({ storedIn: audit });
  const synthesized = synthesize(app);

  test('holds no account, so that a creation that fails can be taken back', () => {
    expect(synthesized.find('AWS::Organizations::Account', STRUCTURE)).toEqual([]);
  });

  test('is protected from being destroyed once there is an account, for before that it is taken back', () => {
    expect(synthesized.stack(STRUCTURE).terminationProtection).toBe(true);
    expect(synthesize(acme().app).stack(STRUCTURE).terminationProtection).toBeFalsy();
  });

  test.each(['AWS::Organizations::Organization', 'AWS::Organizations::OrganizationalUnit'])(
    'takes back a %s only while it is created', type => {
      const found = synthesized.find(type, STRUCTURE);
      expect(found).not.toEqual([]);
      for (const { id, resource } of found) {
        expect([id, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain']);
      }
    });

  test('changes one thing after another, because AWS Organizations refuses more', () => {
    const changes = Object.entries(synthesized.resources(STRUCTURE))
      .filter(([, { Type }]) => Type.startsWith('AWS::Organizations::') || Type === 'Custom::AWS').map(([id]) => id);
    const after = (id: string): string[] =>
      (synthesized.resources(STRUCTURE)[id].DependsOn ?? []).filter(other => changes.includes(other));
    expect(changes.length).toBeGreaterThan(5);
    expect(changes.map(id => after(id).length).sort()).toEqual([0, ...changes.slice(1).map(() => 1)]);
    expect(new Set(changes.flatMap(after)).size).toBe(changes.length - 1);
    expect(after('Organization')).toEqual([]);
  });

  test('calls what CloudFormation has no type for, and never undoes it', () => {
    const calls = synthesized.find('Custom::AWS', STRUCTURE).map(({ resource }) => resource);
    expect(calls.map(callOf)).toEqual([
      'CloudFormation.activateOrganizationsAccess', 'Organizations.enableAWSServiceAccess', 'Organizations.enablePolicyType',
    ]);
    for (const { Properties } of calls) {
      expect(Properties.Update).toEqual(Properties.Create);
      expect(Properties.Delete).toBeUndefined();
    }
  });

  test('allows its calls exactly what they need', () => {
    const actions = synthesized.find('AWS::IAM::Policy', STRUCTURE)
      .flatMap(({ resource }) => resource.Properties.PolicyDocument.Statement)
      .map(({ Action }: { Action: string | string[] }) => Action);
    expect(actions).toEqual([
      ['cloudformation:ActivateOrganizationsAccess', 'organizations:EnableAWSServiceAccess', 'iam:CreateServiceLinkedRole', 'iam:GetRole'],
      'organizations:EnableAWSServiceAccess',
      'organizations:EnablePolicyType',
    ]);
  });

  test('leaves ids to the other stacks of root, in parameters that stay as long as an account may read them', () => {
    const parameters = synthesized.find('AWS::SSM::Parameter', STRUCTURE).map(({ resource }) => resource);
    expect(parameters.map(({ Properties }) => Properties.Name)).toEqual([
      '/acme/root-id', expect.stringMatching(/^\/acme\/.*ousecurity/), expect.stringMatching(/^\/acme\/.*ouworkloads/),
      expect.stringMatching(/^\/acme\/.*ouproduction/),
    ]);
    expect(parameters.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(parameters.map(() => 'RetainExceptOnCreate'));
    expect(synthesized.outputs(STRUCTURE)).toEqual({});
  });
});

describe('an organizational unit', () => {
  test('is created once, whatever number of stages are in it', () => {
    const synthesized = organization([
      ['prod', { organizationalUnit: 'workloads' }], ['dev', { organizationalUnit: 'workloads' }],
      ['testing', { organizationalUnit: 'workloads/lower' }],
    ]);
    expect(units(synthesized).map(({ resource }) => resource.Properties.Name)).toEqual(['workloads', 'lower']);
  });

  test('nests five deep, each below the one before', () => {
    const synthesized = organization([['prod', { organizationalUnit: 'a/b/c/d/e' }]]);
    const found = units(synthesized);
    expect(found.map(({ resource }) => resource.Properties.Name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(found.map(({ resource }) => resource.Properties.ParentId)).toEqual([
      { 'Fn::GetAtt': ['Organization', 'RootId'] }, ...found.slice(0, -1).map(({ id }) => ({ 'Fn::GetAtt': [id, 'Id'] })),
    ]);
  });

  test('may be called the same below another', () => {
    const synthesized = organization([['prod', { organizationalUnit: 'a/shared' }], ['dev', { organizationalUnit: 'b/shared' }]]);
    expect(units(synthesized).map(({ resource }) => resource.Properties.Name)).toEqual(['a', 'shared', 'b', 'shared']);
  });

  test.each(['Workloads (2026)', '生産', 'Resource', 'Default', 'Organization', 'calls', "it's", 'a,b', 'a:b'])(
    'may be called %j', name => {
      const synthesized = organization([['prod', { organizationalUnit: name }]]);
      expect(units(synthesized).map(({ resource }) => resource.Properties.Name)).toEqual([name]);
    });

  test('leaves its id under a name that SSM takes, however long its path is', () => {
    const path = Array.from({ length: 5 }, (_, index) => String.fromCharCode(97 + index).repeat(128)).join('/');
    const app = testApp();
    new MultiAccountOrg(app, 'acme', orgProps({ namespace: 'a'.repeat(24) })).addStage('prod', { organizationalUnit: path });
    const parameters = synthesize(app).find('AWS::SSM::Parameter', STRUCTURE);
    expect(parameters).toHaveLength(6);
    for (const { resource: { Properties: { Name } } } of parameters) {
      expect(Name.length).toBeLessThanOrEqual(1011);
      expect(Name).toMatch(/^(\/[A-Za-z0-9.-]+)+$/);
    }
  });

  test.each(['Resource', 'Default', 'a-b', 'a b'])('has an id of its own beside others like it: %j', name => {
    const synthesized = organization([['prod', { organizationalUnit: name }], ['dev', { organizationalUnit: `${name}x` }],
      ['testing', { organizationalUnit: 'ab' }]]);
    expect(units(synthesized)).toHaveLength(3);
  });
});
