import { MultiAccountOrg, StageOptions } from '../../src';
import { acme, callOf, discovered, orgProps, Resource, strings, Synthesized, synthesize, testApp } from '../orgs';

const STRUCTURE = 'acme/root/structure';
const SETTINGS = 'acme/root/settings';

function organization(stages: Array<[string, StageOptions]>): Synthesized {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps());
  stages.forEach(([name, options]) => org.addStage(name, options));
  return synthesize(app);
}

function units(synthesized: Synthesized): Array<{ path: string; resource: Resource }> {
  return synthesized.find('AWS::Organizations::OrganizationalUnit');
}

test('what a stack of root reads is a parameter of its template', () => {
  const { template } = synthesize(acme().app).stack('acme/root/account-prod');
  expect(Object.entries(template.Parameters).filter(([id]) => id !== 'BootstrapVersion')).toEqual([
    // the CDK CLI keeps the value of a parameter by its logical id, and updates each time without the description
    [expect.stringMatching(/^acmeunitworkloadsproduction[0-9a-f]{8}$/), {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/acme/unit/workloads--production',
      Description: '[cdk:skip]',
    }],
  ]);
  expect(JSON.stringify(template)).not.toContain('{{resolve:');
});

test('what is about all accounts waits for each, in whatever order they are defined', () => {
  const { app, org, audit } = acme();
  org.addAuditTrail({ storedIn: audit });
  org.addStage('late');
  const synthesized = synthesize(app);
  const waitsFor = (path: string): string[] =>
    synthesized.dependencies(path).flatMap(other => [other, ...waitsFor(other)]);
  const accounts = synthesized.find('AWS::Organizations::Account').map(found => found.path);
  expect(accounts).toHaveLength(4);
  for (const path of ['organization', 'settings', 'policy-MembersStay']) {
    expect(waitsFor(`acme/root/${path}`)).toEqual(expect.arrayContaining(accounts));
  }
});

describe('the structure of an organization', () => {
  const { app, org, audit } = discovered(acme);
  org.addAuditTrail({ storedIn: audit });
  const synthesized = synthesize(app);
  const UNITS = ['acme/root/unit-security', 'acme/root/unit-workloads', 'acme/root/unit-workloads--production'];

  test('is a stack for the organization and for each of its units, so that a failure takes back nothing else', () => {
    expect(synthesized.find('AWS::Organizations::Organization').map(({ path }) => path)).toEqual([STRUCTURE]);
    expect(units(synthesized).map(({ path }) => path)).toEqual(UNITS);
    for (const path of [STRUCTURE, ...UNITS]) {
      expect([path, Object.values(synthesized.resources(path)).filter(({ Type }) => Type.startsWith('AWS::Organizations::')).length])
        .toEqual([path, 1]);
      expect([path, synthesized.find('Custom::AWS', path)]).toEqual([path, []]);
    }
  });

  test.each([STRUCTURE, ...UNITS])('has %s protected from being destroyed once there is an account, for before that it is taken back', path => {
    expect(synthesized.stack(path).terminationProtection).toBe(true);
    expect(synthesize(acme().app).stack(path).terminationProtection).toBeFalsy();
  });

  test('protects no unit before there is an account in it', () => {
    const found = synthesize(discovered(acme, { 'aws+dev@acme.example': '444444444444' }).app);
    expect(UNITS.map(path => found.stack(path).terminationProtection ?? false)).toEqual([false, true, false]);
    expect(found.stack(STRUCTURE).terminationProtection).toBe(true);
  });

  test('takes each of them back only while it is created', () => {
    const found = [...synthesized.find('AWS::Organizations::Organization'), ...units(synthesized)];
    expect(found).toHaveLength(4);
    for (const { path, resource } of found) {
      expect([path, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([path, 'RetainExceptOnCreate', 'Retain']);
    }
  });

  test('changes one thing after another, because AWS Organizations refuses more', () => {
    const changes = [...synthesized.stacks.keys()].filter(path => /^acme\/root\/(structure|unit-|account-)/.test(path));
    const after = (path: string): string[] => synthesized.dependencies(path);
    expect(changes).toHaveLength(7);
    expect(changes.map(path => after(path).length).sort()).toEqual([0, ...changes.slice(1).map(() => 1)]);
    expect(new Set(changes.flatMap(after)).size).toBe(changes.length - 1);
    expect(after(STRUCTURE)).toEqual([]);
  });

  test('leaves ids to the other stacks of root', () => {
    const names = (path: string) => synthesized.find('AWS::SSM::Parameter', path).map(({ resource }) => resource.Properties.Name);
    expect(names(STRUCTURE)).toEqual(['/acme/root-id']);
    expect(UNITS.flatMap(names)).toEqual(['/acme/unit/security', '/acme/unit/workloads', '/acme/unit/workloads--production']);
    expect([STRUCTURE, ...UNITS].map(path => synthesized.outputs(path))).toEqual([{}, {}, {}, {}]);
  });

  test('keeps the stack of a unit as it is when another one leaves the code', () => {
    const rest = organization([['dev', { organizationalUnit: 'workloads' }]]);
    expect(rest.stack(UNITS[1]).template).toEqual(synthesized.stack(UNITS[1]).template);
    expect(rest.resources(STRUCTURE)).toEqual(synthesized.resources(STRUCTURE));
  });
});

describe('the settings of an organization', () => {
  const { app, org, audit } = discovered(acme);
  org.addAuditTrail({ storedIn: audit });
  const synthesized = synthesize(app);
  const calls = synthesized.find('Custom::AWS', SETTINGS).map(({ resource }) => resource);

  test('call what CloudFormation has no type for, and never undo it', () => {
    expect(new Set(calls.map(callOf))).toEqual(new Set(['Organizations.enableAWSServiceAccess', 'Organizations.enablePolicyType']));
    for (const { Properties } of calls) {
      expect(Properties.Update).toEqual(Properties.Create);
      expect(Properties.Delete).toBeUndefined();
    }
  });

  test('make each call again if something else changes the organization, and fail with the last one', () => {
    const ignored = calls.map(({ Properties }) => /"ignoreErrorCodesMatching":"([^"]*)"/.exec(strings(Properties.Create).join(''))?.[1]);
    const again = 'ConcurrentModificationException|PolicyChangesInProgressException';
    const last = (given?: string) => expect.arrayContaining([given, given === undefined ? again : `${given}|${again}`]);
    expect(ignored).toEqual(last());
    expect(ignored).toEqual(last('PolicyTypeAlreadyEnabledException'));
    expect(ignored.filter(pattern => pattern?.includes('Concurrent'))).toHaveLength(4);
    expect(ignored).toHaveLength(6);
  });

  test('are made one after another', () => {
    const resources = synthesized.resources(SETTINGS);
    const ids = Object.keys(resources).filter(id => resources[id].Type === 'Custom::AWS');
    const after = (id: string) => (resources[id].DependsOn ?? []).filter(other => ids.includes(other));
    expect(ids.map(id => after(id).length).sort()).toEqual([0, ...ids.slice(1).map(() => 1)]);
    expect(new Set(ids.flatMap(after)).size).toBe(ids.length - 1);
    const [first] = ids.filter(id => after(id).length === 0);
    expect(first).toContain('attempt1');
  });

  test('allow their calls exactly what they need', () => {
    const allowed = synthesized.find('AWS::IAM::Policy', SETTINGS)
      .flatMap(({ resource }) => resource.Properties.PolicyDocument.Statement)
      .map(statement => [statement.Action, strings(statement.Resource).join('')]);
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
    expect(allowed).toEqual([
      ['organizations:EnableAWSServiceAccess', '*'],
      ['organizations:EnablePolicyType', expect.stringMatching(/arn:.*:organizations::111111111111:root\/\*\/.*\/acme\/root-id/)],
    ]);
  });

  test('come after the accounts, and before what needs them', () => {
    expect(synthesized.dependencies(SETTINGS)).toContain('acme/root/account-dev');
    expect(synthesized.dependencies('acme/root/organization')).toContain(SETTINGS);
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
      'ssm:/acme/root-id',
      ...found.slice(0, -1).map(({ path }) => `ssm:${synthesized.one('AWS::SSM::Parameter', path).Properties.Name}`),
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
    const parameters = synthesize(app).find('AWS::SSM::Parameter').filter(found => found.path.includes('/unit-'));
    expect(parameters).toHaveLength(5);
    for (const { resource: { Properties: { Name } } } of parameters) {
      expect(Name.length).toBeLessThanOrEqual(1011);
      expect(Name).toMatch(/^(\/[A-Za-z0-9.-]+)+$/);
    }
    expect(new Set(parameters.map(({ resource }) => resource.Properties.Name)).size).toBe(5);
  });

  test.each([
    ['a/b', 'a-b'], ['a/b', 'a--b'], ['a-/b', 'a/-b'], ['a (b)', 'a b'], ['-', '- -'], ['constructor', 'toString'],
  ])('is told from %j by the name of its stack and parameter if it is %j', (one, other) => {
    const synthesized = organization([['prod', { organizationalUnit: one }], ['dev', { organizationalUnit: other }]]);
    const names = units(synthesized)
      .map(({ path }) => [synthesized.stack(path).stackName, synthesized.one('AWS::SSM::Parameter', path).Properties.Name]);
    for (const [stackName] of names) {
      expect(stackName).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
    }
    expect(new Set(names.flat()).size).toBe(2 * names.length);
  });

  test.each(['Resource', 'Default', 'a-b', 'a b'])('has an id of its own beside others like it: %j', name => {
    const synthesized = organization([['prod', { organizationalUnit: name }], ['dev', { organizationalUnit: `${name}x` }],
      ['testing', { organizationalUnit: 'ab' }]]);
    expect(units(synthesized)).toHaveLength(3);
    expect(new Set(units(synthesized).map(({ path }) => synthesized.stack(path).stackName)).size).toBe(3);
  });
});
