import { Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { MultiAccountOrg, MultiAccountOrgProps, OrganizationPolicyType } from '../../src';
import { accountRead, acme, callOf, EXISTING, orgProps, problems, strings, synthesize, testApp } from '../orgs';

const ORGANIZATION = 'acme/root/organization';

function alone(paths: string[], props: Partial<MultiAccountOrgProps> = {}) {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  paths.forEach(path => org.management!.addOrganizationalUnit(path));
  return { app, org, management: org.management! };
}

describe('an organizational unit without accounts', () => {
  test('is created with those above it, five levels deep, and is kept as all others', () => {
    const synthesized = synthesize(alone(['a/b/c/d/e', 'suspended', 'a/b']).app);
    const units = synthesized.find('AWS::Organizations::OrganizationalUnit');
    const parameter = (path: string) => `ssm:${synthesized.one('AWS::SSM::Parameter', path).Properties.Name}`;
    expect(units.map(({ path, resource }) => [path, resource.Properties])).toEqual([
      ['acme/root/unit-a', { Name: 'a', ParentId: 'ssm:/acme/root-id' }],
      ...['b', 'c', 'd', 'e'].map((name, index) => [
        `acme/root/unit-${['a', 'b', 'c', 'd', 'e'].slice(0, index + 2).join('--')}`, { Name: name, ParentId: parameter(units[index].path) },
      ]),
      ['acme/root/unit-suspended', { Name: 'suspended', ParentId: 'ssm:/acme/root-id' }],
    ]);
    for (const { resource } of units) {
      expect([resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  test('is deployed by the one command, also where nothing else is', () => {
    const { app } = alone(['workloads/sdlc'], { organization: EXISTING });
    const synthesized = synthesize(app);
    expect(synthesized.dependencies(ORGANIZATION)).toEqual(['acme/root/unit-workloads--sdlc']);
    expect(synthesized.dependencies('acme/root/unit-workloads--sdlc')).toEqual(['acme/root/unit-workloads']);
  });

  test('is not created if it exists, and is no mistake then: stages, policies and this use it', () => {
    const { app, management } = alone(['suspended'], {
      organization: EXISTING, existingOrganizationalUnits: { suspended: 'ou-a1b2-c3d4e5f6', sandbox: 'ou-a1b2-c3d4e5f7', unused: 'ou-a1b2-c3d4e5f8' },
    });
    management.addPolicy('deny', { policyType: OrganizationPolicyType.of('TAG_POLICY'), content: '{}', organizationalUnits: ['sandbox'] });
    expect(problems(app)).toEqual(["existingOrganizationalUnits 'unused' has no effect, because neither a stage nor a policy names it: leave it out"]);
    const used = alone(['suspended'], { organization: EXISTING, existingOrganizationalUnits: { suspended: 'ou-a1b2-c3d4e5f6' } });
    expect(used.management.organizationalUnitIdOf('suspended')).toBe('ou-a1b2-c3d4e5f6');
    expect(synthesize(used.app).find('AWS::Organizations::OrganizationalUnit')).toEqual([]);
  });

  test.each([
    ['a/b/c/d/e/f', "path 'a/b/c/d/e/f' is 6 levels deep: AWS Organizations nests at most 5"],
    ['suspended/', "path 'suspended/' has a part ''"],
    ['ou-a1b2-c3d4e5f6', "path 'ou-a1b2-c3d4e5f6' is an id: give a path, such as 'workloads'"],
  ])('is refused at %p', (path, message) => {
    expect(() => alone([path])).toThrow(message);
  });

  test('has one spelling, whoever names it', () => {
    const { app, org } = alone(['Suspended', 'suspended']);
    org.addStage('prod', { organizationalUnit: 'suspended' });
    expect(problems(app)).toEqual([expect.stringContaining("organizationalUnit 'suspended' is claimed by")]);
  });
});

describe('a policy of your own', () => {
  const { app, org, prod } = acme();
  const management = org.management!;
  management.addOrganizationalUnit('suspended');
  const own = new Stack(org.root, 'own');
  const policy = (id: string, targetId: string) =>
    new CfnPolicy(own, id, { name: id, type: 'SERVICE_CONTROL_POLICY', content: {}, targetIds: [targetId] });
  const ids = [
    management.organizationalUnitIdOf('suspended', own), management.accountIdOf(prod, own), management.organizationalUnitIdOf(undefined, own),
  ];
  ids.forEach((id, index) => policy(`p${index}`, id));
  const synthesized = synthesize(app);

  test('is attached to a unit, an account and the whole organization', () => {
    expect(synthesized.find('AWS::Organizations::Policy', 'acme/root/own').map(({ resource }) => resource.Properties.TargetIds))
      .toEqual([['ssm:/acme/unit/suspended'], [accountRead('prod')], ['ssm:/acme/root-id']]);
  });

  test('is deployed after what it is attached to', () => {
    expect(synthesized.dependencies('acme/root/own')).toEqual(expect.arrayContaining([
      'acme/root/account-prod', 'acme/root/structure', 'acme/root/unit-suspended',
    ]));
  });

  test('in another stage waits for nothing of root', () => {
    const other = acme();
    const elsewhere = new Stack(other.prod, 'elsewhere');
    other.org.management!.organizationalUnitIdOf('suspended', elsewhere);
    expect(synthesize(other.app).dependencies('acme/prod/elsewhere')).not.toContain('acme/root/unit-suspended');
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
test.each([
  'access-analyzer.amazonaws.com', 'auditmanager.amazonaws.com', 'config-multiaccountsetup.amazonaws.com', 'ipam.amazonaws.com',
  'license-manager.member-account.amazonaws.com', 'malware-protection.guardduty.amazonaws.com', 'resource-explorer-2.amazonaws.com',
  'member.org.stacksets.cloudformation.amazonaws.com', 'storage-lens.s3.amazonaws.com', 'sso.amazonaws.com',
])('the service %s is let in, and administered by an account, once each', service => {
  const { app, org, audit } = acme();
  [1, 2].forEach(() => org.management!.enableServiceAccess(service));
  [1, 2].forEach(() => org.management!.registerDelegatedAdministrator(service, audit));
  const calls = synthesize(app).find('Custom::AWS').filter(({ id }) => !id.includes('attempt')).map(({ resource }) => resource);
  const told = calls.map(call => [callOf(call), strings(call.Properties.Create).join('')]).filter(([, text]) => text.includes(`"ServicePrincipal":"${service}"`));
  expect(told.map(([call]) => call)).toEqual(['Organizations.enableAWSServiceAccess', 'Organizations.registerDelegatedAdministrator']);
  // what is so already is no failure
  expect(told[1][1]).toContain('AccountAlreadyRegisteredException');
  expect(told[1][1]).toContain(accountRead('audit'));
});
