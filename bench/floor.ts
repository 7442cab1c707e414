import { createHash } from 'crypto';
import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import {
  App, Aws, CfnDeletionPolicy, CfnOutput, CfnParameter as TemplateParameter, CfnResource, CfnWaitConditionHandle,
  DockerImageAssetLocation, FileAssetLocation, ISynthesisSession, Stack, StackSynthesizer, Stage, Validations,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnAccount, CfnOrganization } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { accountIdOf, emailOf, REGION, ROOT, stageNames } from './case';

/** The same templates, written by hand with the L1s of the CDK. */
export function floor(app: App, count: number): void {
  const acme = new Construct(app, 'acme');
  const root = new Stage(acme, 'root', { stageName: 'acme-root', env: { account: ROOT, region: REGION } });
  access(root, 'root');

  const structure = new Stack(root, 'structure', { description: 'The organization', terminationProtection: true });
  const organization = new CfnOrganization(structure, 'Organization', { featureSet: 'ALL' });
  keep(organization, CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE);
  new CfnParameter(structure, 'RootId', { name: '/acme/root-id', type: 'String', value: organization.attrRootId });

  const all = new Stack(root, 'organization', { description: 'What is about all accounts' });
  new CfnWaitConditionHandle(all, 'All');
  deployAfter(all, structure);

  const bootstraps = new Stage(acme, 'bootstrap');
  Validations.of(bootstraps).acknowledge(...['W1001', 'W2001'].map(rule => (
    { id: `CloudFormation-Validate::${rule}`, reason: 'the template is that of the CDK CLI' })));
  const template = bootstrapTemplate();

  let last: Stack = structure;
  for (const name of stageNames(count)) {
    const stack = new Stack(root, `account-${name}`, { description: `The account of ${name}`, terminationProtection: true });
    const rootId = new TemplateParameter(stack, 'RootId', {
      type: 'AWS::SSM::Parameter::Value<String>', default: '/acme/root-id', description: '[cdk:skip]',
    });
    rootId.overrideLogicalId('acmerootid17dbe600');
    const account = new CfnAccount(stack, 'Account', {
      accountName: name, email: emailOf(name), parentIds: [rootId.valueAsString],
    });
    keep(account, CfnDeletionPolicy.RETAIN);
    new CfnOutput(stack, 'AccountId', { value: account.attrAccountId });
    new CfnParameter(stack, 'Id', {
      name: `/acme/account/${name}-${createHash('sha256').update(emailOf(name)).digest('hex').slice(0, 8)}`,
      type: 'String',
      value: account.attrAccountId,
      allowedPattern: `^${accountIdOf(name)}$`,
    });
    deployAfter(stack, last);
    deployAfter(all, stack);
    last = stack;
    new Stack(bootstraps, name, {
      stackName: 'CDKToolkit', env: { account: accountIdOf(name), region: REGION }, synthesizer: new BootstrapSynthesizer(template),
    });
    access(new Stage(acme, name, { stageName: `acme-${name}`, env: { account: accountIdOf(name), region: REGION } }), name);
  }

  // policies for further accounts than one template can name would be here
  for (let part = 2; part <= Math.ceil(count / 150); part++) {
    const further = new Stack(root, `organization-${part}`, { description: 'What is about further accounts' });
    new CfnWaitConditionHandle(further, 'All');
    deployAfter(further, last);
    deployAfter(all, further);
    last = further;
  }
}

const ROLES = [
  {
    role: 'admin',
    logicalId: 'admin430D0ED3',
    policy: 'AdministratorAccess',
    age: { NumericLessThan: { 'aws:MultiFactorAuthAge': '43200' } },
  },
  { role: 'read-only', logicalId: 'readonlyB3336627', policy: 'ReadOnlyAccess', age: {} },
];

function access(stage: Stage, name: string): void {
  const stack = new Stack(stage, 'access', { description: `Lets people of root into ${name}` });
  for (const { role, logicalId, policy, age } of ROLES) {
    const resource = new iam.CfnRole(stack, role, {
      roleName: `acme-${name}-${role}`,
      description: `${policy} for people of root`,
      managedPolicyArns: [`arn:${Aws.PARTITION}:iam::aws:policy/${policy}`],
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: `arn:${stack.partition}:iam::${ROOT}:root` },
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' }, ...age },
        }, {
          Effect: 'Deny',
          Action: 'sts:AssumeRole',
          Principal: { AWS: '*' },
          Condition: { StringNotEquals: { 'sts:RoleSessionName': '${aws:username}' }, Null: { 'aws:username': 'false' } },
        }],
      },
    });
    resource.overrideLogicalId(logicalId);
    resource.addMetadata('cdk_nag', {
      rules_to_suppress: [{
        id: 'AwsSolutions-IAM4', reason: `what ${role} is for, these policies say; root says who may assume it`,
      }],
    });
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

/** The template of the CDK CLI, with values for what the CDK would find fault with. */
function bootstrapTemplate(): string {
  const template = JSON.parse(readFileSync(join(__dirname, '..', 'bootstrap', 'bootstrap-template.json'), 'utf8'));
  const values: Record<string, string[]> = {
    TrustedAccounts: [ROOT],
    TrustedAccountsForLookup: [ROOT],
    CloudFormationExecutionPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  };
  [...Object.keys(values), 'ContainerAssetsRepositoryName'].forEach(name => delete template.Parameters[name]);
  delete template.Conditions.HasCustomContainerAssetsRepositoryName;
  const { StagingBucket, ContainerAssetsRepository } = template.Resources;
  ContainerAssetsRepository.Properties.RepositoryName = ContainerAssetsRepository.Properties.RepositoryName['Fn::If'][2];
  delete StagingBucket.Properties.AccessControl;
  return JSON.stringify(template, (_, value) => values[value?.Ref] ?? value);
}

/** Deploys a template by the role that Organizations makes. */
class BootstrapSynthesizer extends StackSynthesizer {
  constructor(private readonly template: string) {
    super();
  }

  public addFileAsset(): FileAssetLocation {
    throw new Error('no assets');
  }

  public addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error('no assets');
  }

  public synthesize(session: ISynthesisSession): void {
    const { account, templateFile } = this.boundStack;
    writeFileSync(join(session.assembly.outdir, templateFile), this.template);
    this.emitArtifact(session, { assumeRoleArn: `arn:aws:iam::${account}:role/OrganizationAccountAccessRole` });
  }
}
