import { App } from 'aws-cdk-lib';
import { AccountRemoval, MultiAccountOrg, StageOptions } from '../../src';
import { accountRead, acme, discovered, orgProps, strings, synthesize, Synthesized, testApp } from '../orgs';

const PROD_STACK = 'acme/root/account-prod';

function define(options: StageOptions, app = testApp()): { app: App } {
  new MultiAccountOrg(app, 'acme', orgProps()).addStage('prod', options);
  return { app };
}

function prod(options: StageOptions = {}): Synthesized {
  return synthesize(define(options).app);
}

function existing(options: StageOptions = {}): Synthesized {
  return synthesize(discovered(app => define(options, app)).app);
}

describe('a new account', () => {
  test('is in a stack of its own, with nothing beside it but its id for other stacks of root', () => {
    const resources = Object.values(prod().resources(PROD_STACK)).map(({ Type }) => Type);
    expect(resources.filter(type => type !== 'AWS::CDK::Metadata')).toEqual(['AWS::Organizations::Account', 'AWS::SSM::Parameter']);
    expect(prod().one('AWS::SSM::Parameter', PROD_STACK).Properties).toEqual({
      Name: accountRead('prod').replace('ssm:', ''), Type: 'String', Value: { 'Fn::GetAtt': ['Account', 'AccountId'] },
    });
  });

  test('is read by another name once it is another account', () => {
    const name = (options: StageOptions) => prod(options).one('AWS::SSM::Parameter', PROD_STACK).Properties.Name;
    expect(name({ email: 'aws+other@acme.example' })).toBe(accountRead('prod', 'aws+other@acme.example').replace('ssm:', ''));
    expect(name({ email: 'aws+other@acme.example' })).not.toBe(name({}));
    expect(name({ organizationalUnit: 'workloads' })).toBe(name({}));
  });

  test('is not taken for another one, whatever the lookup has found', () => {
    const found = discovered(app => define({}, app), { 'aws+prod@acme.example': '333333333333' });
    expect(synthesize(found.app).one('AWS::SSM::Parameter', PROD_STACK).Properties.AllowedPattern).toBe('^333333333333$');
  });

  test('is called after its stage and has its address, below the root of the organization', () => {
    expect(prod().one('AWS::Organizations::Account').Properties).toEqual({
      AccountName: 'prod', Email: 'aws+prod@acme.example', ParentIds: ['ssm:/acme/root-id'],
    });
  });

  test('is below its organizational unit', () => {
    const synthesized = prod({ organizationalUnit: 'workloads/production' });
    const [parent] = synthesized.one('AWS::Organizations::Account').Properties.ParentIds;
    const parameter = synthesized.one('AWS::SSM::Parameter', 'acme/root/unit-workloads--production');
    const unit = synthesized.find('AWS::Organizations::OrganizationalUnit').find(({ resource }) => resource.Properties.Name === 'production')!;
    expect(`ssm:${parameter.Properties.Name}`).toBe(parent);
    expect(unit.path).toBe('acme/root/unit-workloads--production');
    expect(parameter.Properties.Value).toEqual({ 'Fn::GetAtt': [unit.id, 'Id'] });
  });

  test.each<[string, StageOptions]>([['if nothing is said', {}], ['when told so', { accountRemoval: AccountRemoval.RETAIN }]])(
    'is retained %s', (_, options) => {
      expect(prod(options).one('AWS::Organizations::Account'))
        .toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    });

  test('has its stack protected once it exists, for before that the CLI deletes a stack that failed', () => {
    expect(prod().stack(PROD_STACK).terminationProtection).toBeFalsy();
    expect(existing().stack(PROD_STACK).terminationProtection).toBe(true);
  });

  test('is closed only when asked, once it exists, and never for a replacement', () => {
    const options = { accountRemoval: AccountRemoval.CLOSE_ACCOUNT };
    expect(prod(options).one('AWS::Organizations::Account'))
      .toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(existing(options).one('AWS::Organizations::Account'))
      .toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' });
    expect(existing(options).stack(PROD_STACK).terminationProtection).toBeFalsy();
  });

  test('says its id, and nothing else', () => {
    expect(prod().outputs(PROD_STACK)).toEqual({
      AccountId: { Value: { 'Fn::GetAtt': ['Account', 'AccountId'] } },
    });
  });

  test('names its address in its own stack alone', () => {
    const { app, org, dev } = acme();
    org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin] })] });
    const synthesized = synthesize(app);
    for (const [path, { template }] of synthesized.stacks) {
      const addresses = strings(template).filter(text => text.includes('@acme.example'));
      expect([path, addresses]).toEqual([path, path.startsWith('acme/root/account-')
        ? [`aws+${path.slice('acme/root/account-'.length)}@acme.example`] : []]);
    }
  });
});

test('no stack but that of an account, and the bootstraps of the CDK CLI, says anything to the outside', () => {
  const { app, org, audit } = acme();
  org.addAuditTrail({ storedIn: audit });
  org.addUser('ada');
  const synthesized = synthesize(app);
  const outputs = [...synthesized.stacks.keys()].filter(path => Object.keys(synthesized.outputs(path)).length > 0);
  expect(outputs.sort()).toEqual([
    'acme/bootstrap/audit', 'acme/bootstrap/dev', 'acme/bootstrap/prod',
    'acme/root/account-audit', 'acme/root/account-dev', 'acme/root/account-prod',
  ]);
});
