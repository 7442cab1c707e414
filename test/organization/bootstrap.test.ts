import { readFileSync } from 'fs';
import { join } from 'path';
import * as iam from 'aws-cdk-lib/aws-iam';
import { MultiAccountOrg, MultiAccountOrgProps, StageOptions } from '../../src';
import { DEV, orgProps, Resource, ROOT, strings, synthesize, testApp } from '../orgs';

function stackSet(props: Partial<MultiAccountOrgProps> = {}, stages: Array<[string, StageOptions]> = [['prod', {}]]): Resource {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps(props));
  stages.forEach(([name, options]) => org.addStage(name, options));
  return synthesize(app).one('AWS::CloudFormation::StackSet', 'acme/root/organization');
}

function parameters({ Properties }: Resource): Record<string, unknown> {
  return Object.fromEntries(Properties.Parameters.map(({ ParameterKey, ParameterValue }: Record<string, unknown>) =>
    [ParameterKey, ParameterValue]));
}

describe('the accounts of a new organization', () => {
  const created = stackSet();

  test('are prepared by the template of the CDK CLI itself', () => {
    const ours = readFileSync(join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.yaml'), 'utf8');
    const theirs = readFileSync(require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8');
    expect(created.Properties.TemplateBody).toBe(ours);
    expect(ours).toBe(theirs);
  });

  test('are prepared within what CloudFormation takes as a template', () => {
    expect(Buffer.byteLength(created.Properties.TemplateBody)).toBeLessThan(51200);
  });

  test('are prepared as soon as they are there, below the root of the organization', () => {
    expect(created.Properties).toMatchObject({
      StackSetName: 'acme-bootstrap',
      PermissionModel: 'SERVICE_MANAGED',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: true },
      ManagedExecution: { Active: true },
      OperationPreferences: { RegionConcurrencyType: 'PARALLEL', MaxConcurrentPercentage: 100, FailureTolerancePercentage: 0 },
      StackInstancesGroup: [{
        DeploymentTargets: { OrganizationalUnitIds: ['{{resolve:ssm:/acme/root-id}}'] }, Regions: ['eu-west-1'],
      }],
    });
  });

  test('trust root, to deploy and to look things up, and nobody else', () => {
    expect(parameters(created)).toMatchObject({
      TrustedAccounts: ROOT, TrustedAccountsForLookup: ROOT, Qualifier: 'hnb659fds', FileAssetsBucketKmsKeyId: 'AWS_MANAGED_KEY',
    });
    expect(Object.keys(parameters(created)).sort()).toEqual([
      'CloudFormationExecutionPolicies', 'FileAssetsBucketKmsKeyId', 'Qualifier', 'TrustedAccounts', 'TrustedAccountsForLookup',
    ]);
  });

  test('let CloudFormation do everything if nothing is said', () => {
    expect(strings(parameters(created).CloudFormationExecutionPolicies).join('')).toMatch(/:iam::aws:policy\/AdministratorAccess/);
  });

  test('let CloudFormation do what is said', () => {
    const { CloudFormationExecutionPolicies } = parameters(stackSet({
      bootstrapExecutionPolicies: ['PowerUserAccess', 'IAMFullAccess'].map(name => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    }));
    expect(strings(CloudFormationExecutionPolicies)).toEqual(expect.arrayContaining([
      ':iam::aws:policy/PowerUserAccess,arn:', ':iam::aws:policy/IAMFullAccess',
    ]));
  });

  test('stay prepared when the stack goes', () => {
    expect(created).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });
});

describe('the regions that are prepared', () => {
  test('are the home region and those of the stages, each once', () => {
    const { Properties } = stackSet({}, [['prod', {}], ['dev', { region: 'us-east-1' }], ['testing', { region: 'us-east-1' }]]);
    expect(Properties.StackInstancesGroup[0].Regions).toEqual(['eu-west-1', 'us-east-1']);
  });

  test('are those given', () => {
    const { Properties } = stackSet({ bootstrapRegions: ['us-east-1', 'eu-west-1'] });
    expect(Properties.StackInstancesGroup[0].Regions).toEqual(['us-east-1', 'eu-west-1']);
  });
});

test('the accounts of a new organization are all prepared, those that existed before it included', () => {
  const { Properties } = stackSet({}, [['prod', {}], ['dev', { accountId: DEV }]]);
  expect(Properties.StackInstancesGroup[0].DeploymentTargets).toEqual({ OrganizationalUnitIds: ['{{resolve:ssm:/acme/root-id}}'] });
});

test('a bootstrap qualifier of the app is passed on', () => {
  const app = testApp({ '@aws-cdk/core:bootstrapQualifier': 'acme1' });
  new MultiAccountOrg(app, 'acme', orgProps());
  expect(parameters(synthesize(app).one('AWS::CloudFormation::StackSet')).Qualifier).toBe('acme1');
});
