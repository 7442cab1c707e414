import { App } from 'aws-cdk-lib';
import { MultiAccountOrg, MultiAccountOrgProps, OrganizationPolicyType, StageOptions } from '../../src';
import { answers, callOf, EXISTING, lookups, orgProps, PROD, stackLookup, strings, Synthesized, synthesize, testApp } from '../orgs';

const EMAIL = 'aws+prod@acme.example';
const MADE = stackLookup('/acme/account/prod-99ce0640');
const ADOPTED = 'acme/root/adopted-prod';

function define(app: App, options: StageOptions = {}, props: Partial<MultiAccountOrgProps> = {}): { app: App } {
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  const prod = org.addStage('prod', options);
  org.management!.addPolicy('regions', { policyType: OrganizationPolicyType.SERVICE_CONTROL, content: '{"Statement":[]}', stages: [prod] });
  return { app };
}

/** As after a creation that failed: the account is there, and the parameter of its stack is not. */
function withoutStack(options: StageOptions = {}, props: Partial<MultiAccountOrgProps> = {}): Synthesized {
  const found = answers(define(testApp(), options, props).app.synth(), { [EMAIL]: PROD });
  return synthesize(define(testApp({ ...found, [MADE]: 'no-stack' }), options, props).app);
}

function movesOf(synthesized: Synthesized): string[] {
  return synthesized.find('Custom::AWS', ADOPTED).map(({ resource }) => callOf(resource));
}

describe('an account that was created although its stack failed', () => {
  const synthesized = withoutStack({ organizationalUnit: 'workloads' });

  test('is not created again', () => {
    expect(synthesized.find('AWS::Organizations::Account')).toEqual([]);
    expect(synthesized.stacks.has('acme/root/account-prod')).toBe(false);
    expect(synthesized.stack('acme/prod/access').environment.account).toBe(PROD);
  });

  test('tells its id to the other stacks of root under a name of its own', () => {
    expect(synthesized.find('AWS::SSM::Parameter', ADOPTED).map(({ resource }) => resource.Properties))
      .toContainEqual({ Name: `/acme/account/prod-${PROD}`, Type: 'String', Value: PROD });
    const read = synthesized.find('AWS::Organizations::Policy', 'acme/root/organization').map(({ resource }) => resource.Properties.TargetIds);
    expect(read).toEqual([[`ssm:/acme/account/prod-${PROD}`]]);
  });

  test('is moved from where it is into its unit, unless it is there', () => {
    expect(movesOf(synthesized)).toEqual(['Organizations.describeAccount', 'Organizations.listParents', 'Organizations.moveAccount']);
    const [, parents, move] = synthesized.find('Custom::AWS', ADOPTED).map(({ id, resource }) => ({ id, text: strings(resource.Properties.Create) }));
    expect(move.text).toEqual(expect.arrayContaining([parents.id, 'Parents.0.Id', 'ssm:/acme/unit/workloads']));
    expect(move.text.join('')).toContain('"ignoreErrorCodesMatching":"DuplicateAccountException"');
    // asked again when it is to go elsewhere
    expect(parents.text).toContain('ssm:/acme/unit/workloads');
    expect(parents.text.join('')).not.toContain('ignoreErrorCodesMatching');
  });

  test('is neither moved nor told to others unless it has the address of the stage', () => {
    const [account, parents] = synthesized.find('Custom::AWS', ADOPTED);
    expect(strings(account.resource.Properties.Create).join('')).toContain(`"parameters":{"AccountId":"${PROD}"}`);
    const email = synthesized.find('AWS::SSM::Parameter', ADOPTED).find(({ id }) => id === 'Email')!;
    expect(email.resource.Properties).toMatchObject({
      Value: { 'Fn::GetAtt': [account.id, 'Account.Email'] }, AllowedPattern: '^aws\\+prod@acme\\.example$',
    });
    for (const id of ['Id', parents.id]) {
      expect(synthesized.resources(ADOPTED)[id].DependsOn).toContain('Email');
    }
  });

  test('comes after its unit, and before all that needs it', () => {
    expect(synthesized.dependencies(ADOPTED)).toEqual(['acme/root/unit-workloads']);
    expect(synthesized.dependencies('acme/root/organization')).toContain(ADOPTED);
    expect(synthesized.stack('acme/root/unit-workloads').terminationProtection).toBe(true);
  });

  test('is in the root of the organization if it has no unit', () => {
    expect(strings(withoutStack().resources(ADOPTED))).toContain('ssm:/acme/root-id');
  });

  test('is asked about no more', () => {
    expect(lookups(synthesized.assembly)).toEqual([]);
  });
});

test('whether a stack has made an account is asked once the account is found, and until then it is what a stack makes', () => {
  const first = define(testApp()).app.synth();
  expect(lookups(first).map(({ provider }) => provider)).toEqual(['cc-api-provider']);
  const { [MADE]: _, ...found } = answers(first, { [EMAIL]: PROD });
  const second = synthesize(define(testApp(found)).app);
  expect(lookups(second.assembly).map(({ key }) => key)).toEqual([MADE]);
  expect(second.find('AWS::Organizations::Account').map(({ path }) => path)).toEqual(['acme/root/account-prod']);
});

test('an account with its stack has no function in root', () => {
  const found = answers(define(testApp()).app.synth(), { [EMAIL]: PROD });
  const synthesized = synthesize(define(testApp(found)).app);
  expect(synthesized.stacks.has(ADOPTED)).toBe(false);
  expect(synthesized.find('AWS::Lambda::Function', 'acme/root/account-prod')).toEqual([]);
});

describe('an account that is given', () => {
  const props = { organization: EXISTING };

  test('is left where it is if no unit is given', () => {
    expect(synthesize(define(testApp(), { accountId: PROD }, props).app).stacks.has(ADOPTED)).toBe(false);
  });

  test('is moved into the unit that is given, which is created unless it exists', () => {
    const created = synthesize(define(testApp(), { accountId: PROD, organizationalUnit: 'workloads' }, props).app);
    // its id is in the code
    expect(movesOf(created)).toEqual(['Organizations.listParents', 'Organizations.moveAccount']);
    expect(created.dependencies(ADOPTED)).toEqual(['acme/root/unit-workloads']);
    const existing = synthesize(define(testApp(), { accountId: PROD, organizationalUnit: 'workloads' }, {
      ...props, existingOrganizationalUnits: { workloads: 'ou-a1b2-c3d4e5f6' },
    }).app);
    expect(existing.find('AWS::Organizations::OrganizationalUnit')).toEqual([]);
    expect(strings(existing.resources(ADOPTED)).join()).toContain('"DestinationParentId":"ou-a1b2-c3d4e5f6"');
  });
});
