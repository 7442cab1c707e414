import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Aws, CfnDeletionPolicy, CfnOutput, CfnResource, CfnStackSet, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnAccount, CfnOrganization } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { accountIdOf, emailOf, REGION, ROOT, stageNames } from './case';

/** The same stacks and resources, written by hand with the L1s of the CDK. */
export function floor(app: App, count: number): void {
  const acme = new Construct(app, 'acme');
  const root = new Stage(acme, 'root', { stageName: 'acme-root', env: { account: ROOT, region: REGION } });
  access(root, 'root');

  const structure = new Stack(root, 'structure', { terminationProtection: true });
  const organization = new CfnOrganization(structure, 'Organization', { featureSet: 'ALL' });
  keep(organization, CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE);
  const parameter = new CfnParameter(organization, 'Id', { name: '/acme/root-id', type: 'String', value: organization.attrRootId });
  keep(parameter, CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE);
  const rootId = '{{resolve:ssm:/acme/root-id}}';
  activateStackSets(structure).node.addDependency(organization);

  const bootstrap = new Stack(root, 'organization');
  stackSet(bootstrap, rootId);
  deployAfter(bootstrap, structure);

  let last: Stack = structure;
  for (const name of stageNames(count)) {
    const stack = new Stack(root, `account-${name}`, { terminationProtection: true });
    const account = new CfnAccount(stack, 'Account', { accountName: name, email: emailOf(name), parentIds: [rootId] });
    keep(account, CfnDeletionPolicy.RETAIN);
    new CfnOutput(stack, 'AccountId', { value: account.attrAccountId });
    new CfnParameter(stack, 'Id', { name: `/acme/account/${name}`, type: 'String', value: account.attrAccountId });
    deployAfter(stack, last);
    deployAfter(bootstrap, stack);
    last = stack;
    access(new Stage(acme, name, { stageName: `acme-${name}`, env: { account: accountIdOf(name), region: REGION } }), name);
  }
}

function access(stage: Stage, name: string): void {
  const stack = new Stack(stage, 'access', { description: `Lets people of root into ${name}` });
  for (const [role, policy] of [['admin', 'AdministratorAccess'], ['read-only', 'ReadOnlyAccess']]) {
    const resource = new iam.CfnRole(stack, role, {
      roleName: `acme-${name}-${role}`,
      description: `${policy} for people of root`,
      managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${policy}`],
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: `arn:${Aws.PARTITION}:iam::${ROOT}:root` },
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
        }],
      },
    });
    resource.addMetadata('cdk_nag', { rules_to_suppress: [{ id: 'AwsSolutions-IAM4', reason: 'what the role is for' }] });
  }
}

/** By the name that the version has: newer ones tell everybody who uses the old one. */
function deployAfter(stack: Stack, other: Stack): void {
  const { addStackDependency = stack.addDependency } = stack as { addStackDependency?(on: Stack): void };
  addStackDependency.call(stack, other);
}

function keep(resource: CfnResource, policy: CfnDeletionPolicy): void {
  resource.cfnOptions.deletionPolicy = policy;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

/** The one thing without an L1: the same custom resource as the library's, once, whatever the number of stages. */
function activateStackSets(stack: Stack): Construct {
  const call = {
    service: 'CloudFormation',
    action: 'activateOrganizationsAccess',
    physicalResourceId: PhysicalResourceId.of('CloudFormation-activateOrganizationsAccess'),
  };
  return new AwsCustomResource(stack, 'activate-stack-sets', {
    resourceType: 'Custom::AWS',
    onCreate: call,
    onUpdate: call,
    installLatestAwsSdk: false,
    logGroup: new LogGroup(stack, 'calls'),
    policy: AwsCustomResourcePolicy.fromStatements([
      new iam.PolicyStatement({ actions: ['cloudformation:ActivateOrganizationsAccess'], resources: ['*'] }),
    ]),
  });
}

function stackSet(stack: Stack, rootId: string): void {
  keep(new CfnStackSet(stack, 'Bootstrap', {
    stackSetName: 'acme-bootstrap',
    permissionModel: 'SERVICE_MANAGED',
    capabilities: ['CAPABILITY_NAMED_IAM'],
    templateBody: readFileSync(join(__dirname, '..', 'bootstrap', 'bootstrap-template.yaml'), 'utf8'),
    parameters: [{ parameterKey: 'TrustedAccounts', parameterValue: ROOT }],
    autoDeployment: { enabled: true, retainStacksOnAccountRemoval: true },
    stackInstancesGroup: [{ deploymentTargets: { organizationalUnitIds: [rootId] }, regions: [REGION] }],
  }), CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE);
}
