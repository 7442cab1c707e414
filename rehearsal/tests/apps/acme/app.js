// an organization in level 1 constructs: what the library makes, written out, with switches for the tests
const { readFileSync } = require('node:fs');
const { join, dirname } = require('node:path');
const cdk = require('aws-cdk-lib');
const schema = require('aws-cdk-lib/cloud-assembly-schema');
const cr = require('aws-cdk-lib/custom-resources');
const iam = require('aws-cdk-lib/aws-iam');
const kms = require('aws-cdk-lib/aws-kms');
const s3 = require('aws-cdk-lib/aws-s3');
const logs = require('aws-cdk-lib/aws-logs');
const cloudtrail = require('aws-cdk-lib/aws-cloudtrail');
const secrets = require('aws-cdk-lib/aws-secretsmanager');
const organizations = require('aws-cdk-lib/aws-organizations');

const root = { account: '111111111111', region: 'eu-west-1' };
const names = (process.env.STAGES ?? 'audit,prod,dev').split(',');
const unitOf = (name) => (name === 'audit' ? 'security' : 'workloads');
const email = (name) => `aws+${name}@acme.example`;
const trailName = 'acme-trail';
const bucketName = 'acme-audit-trail-111111111111';

const app = new cdk.App();
const { Construct } = require('constructs');
const acme = new Construct(app, 'acme');
const rootStage = new cdk.Stage(acme, 'root', { env: root });

// the accounts -------------------------------------------------------------------------------------------------------
const structure = new cdk.Stack(rootStage, 'structure');
const organization = new organizations.CfnOrganization(structure, 'organization', { featureSet: 'ALL' });
organization.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);

function call(id, service, action, parameters, actions) {
  const resource = new cr.AwsCustomResource(structure, id, {
    onUpdate: { service, action, parameters, physicalResourceId: cr.PhysicalResourceId.of(id) },
    policy: cr.AwsCustomResourcePolicy.fromStatements([
      new iam.PolicyStatement({ actions, resources: ['*'] }),
    ]),
    installLatestAwsSdk: false,
  });
  resource.node.addDependency(organization);
  return resource;
}
call('stacksets', 'CloudFormation', 'activateOrganizationsAccess', {}, [
  'cloudformation:ActivateOrganizationsAccess', 'organizations:EnableAWSServiceAccess', 'iam:CreateServiceLinkedRole', 'iam:GetRole',
]);
call('trail-access', '@aws-sdk/client-organizations', 'EnableAWSServiceAccessCommand',
  { ServicePrincipal: 'cloudtrail.amazonaws.com' }, ['organizations:EnableAWSServiceAccess']);
call('scp', 'Organizations', 'enablePolicyType',
  { RootId: organization.attrRootId, PolicyType: 'SERVICE_CONTROL_POLICY' }, ['organizations:EnablePolicyType']);

const units = {};
for (const name of names.map(unitOf)) {
  units[name] ??= new organizations.CfnOrganizationalUnit(structure, `unit-${name}`, { name, parentId: organization.attrRootId });
}

const accountStacks = names.map((name) => {
  const stack = new cdk.Stack(rootStage, `account-${name}`);
  const account = new organizations.CfnAccount(stack, 'account', {
    accountName: name, email: email(name), parentIds: [units[unitOf(name)].ref],
  });
  account.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);
  return stack;
});
if (!process.env.UNCHAINED) accountStacks.slice(1).forEach((stack, index) => stack.addDependency(accountStacks[index]));

const first = new cdk.Stack(rootStage, 'organization');
[structure, ...accountStacks].forEach((stack) => first.addDependency(stack));
const cli = process.env.CDK_CLI_HOME ?? dirname(require.resolve('aws-cdk/package.json'));
new cdk.CfnStackSet(first, 'bootstrap', {
  stackSetName: 'cdk-bootstrap',
  permissionModel: 'SERVICE_MANAGED',
  autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
  callAs: 'SELF',
  capabilities: ['CAPABILITY_NAMED_IAM'],
  managedExecution: { Active: true },
  templateBody: readFileSync(join(cli, 'lib/api/bootstrap/bootstrap-template.yaml'), 'utf8'),
  parameters: [
    { parameterKey: 'TrustedAccounts', parameterValue: root.account },
    { parameterKey: 'TrustedAccountsForLookup', parameterValue: root.account },
    { parameterKey: 'CloudFormationExecutionPolicies', parameterValue: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    { parameterKey: 'FileAssetsBucketKmsKeyId', parameterValue: 'AWS_MANAGED_KEY' },
  ],
  stackInstancesGroup: [{ regions: [root.region], deploymentTargets: { organizationalUnitIds: [organization.attrRootId] } }],
});
new organizations.CfnPolicy(first, 'deny-leaving', {
  name: 'deny-leaving', type: 'SERVICE_CONTROL_POLICY', targetIds: [organization.attrRootId],
  content: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }] },
});

// the stages ---------------------------------------------------------------------------------------------------------
function accountOf(name) {
  const { key, props } = cdk.ContextProvider.getKey(first, {
    provider: schema.ContextProvider.CC_API_PROVIDER,
    props: {
      typeName: 'AWS::Organizations::Account', propertyMatch: { Email: email(name) },
      propertiesToReturn: ['AccountId'], expectedMatchCount: 'exactly-one', dummyValue: [],
    },
  });
  const value = app.node.tryGetContext(key);
  if (Array.isArray(value) && value.length === 1) return value[0].AccountId;
  first.reportMissingContext({ key, provider: schema.ContextProvider.CC_API_PROVIDER, props });
  return undefined;
}

const accounts = {};
for (const name of names) {
  const account = accounts[name] = accountOf(name);
  const stage = new cdk.Stage(acme, name, { env: { account: account ?? '000000000000', region: root.region } });
  const stacks = [new cdk.Stack(stage, 'access')];
  new iam.CfnRole(stacks[0], 'admin', {
    roleName: `acme-${name}-admin`,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${root.account}:root` }, Action: 'sts:AssumeRole' }],
    },
    managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  });
  if (name === 'dev') {
    const services = new cdk.Stack(stage, 'services');
    stacks.push(services);
    new logs.CfnLogGroup(services, 'log', { retentionInDays: 7 });
    new cdk.CfnResource(services, 'unknown', {
      type: 'AWS::Bedrock::Guardrail',
      properties: { Name: 'nobody-emulates-this', BlockedInputMessaging: 'no', BlockedOutputsMessaging: 'no' },
    });
  }
  if (!account) {
    stacks.forEach((stack) => cdk.Annotations.of(stack).addError(
      `account '${name}' does not exist yet: deploy 'acme/root/organization' first`));
  }
}

// people -------------------------------------------------------------------------------------------------------------
const people = new cdk.Stack(rootStage, 'people');
const password = new secrets.CfnSecret(people, 'password', { generateSecretString: { passwordLength: 24 } });
const group = new iam.CfnGroup(people, 'engineers', { groupName: 'engineers' });
new iam.CfnUser(people, 'ada', {
  userName: 'ada', groups: [group.ref],
  loginProfile: { password: `{{resolve:secretsmanager:${password.ref}}}`, passwordResetRequired: true },
});
new iam.CfnManagedPolicy(people, 'assume', {
  groups: [group.ref],
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] },
});

// the trail ----------------------------------------------------------------------------------------------------------
if (names.includes('audit')) {
  const trailStage = new cdk.Stage(acme, 'audit-trail');
  const audit = { account: accounts.audit ?? '000000000000', region: root.region };
  const bucketStack = new cdk.Stack(trailStage, 'bucket', { env: audit });
  const trailStack = new cdk.Stack(trailStage, 'trail', { env: root });
  trailStack.addDependency(bucketStack);
  if (!accounts.audit) cdk.Annotations.of(bucketStack).addError("account 'audit' does not exist yet");
  const source = { 'aws:SourceArn': `arn:aws:cloudtrail:${root.region}:${root.account}:trail/${trailName}` };
  const service = { Service: 'cloudtrail.amazonaws.com' };
  const key = new kms.CfnKey(bucketStack, 'key', {
    enableKeyRotation: true,
    keyPolicy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${audit.account}:root` }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: service, Action: ['kms:GenerateDataKey*', 'kms:DescribeKey'], Resource: '*', Condition: { StringEquals: source } },
      ],
    },
  });
  new kms.CfnAlias(bucketStack, 'alias', { aliasName: 'alias/acme-audit-trail', targetKeyId: key.ref });
  const bucket = new s3.CfnBucket(bucketStack, 'bucket', {
    bucketName, objectLockEnabled: true, versioningConfiguration: { status: 'Enabled' },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    lifecycleConfiguration: { rules: [{ status: 'Enabled', noncurrentVersionExpiration: { noncurrentDays: 365 } }] },
    bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.attrArn }, bucketKeyEnabled: true }] },
  });
  const condition = { StringEquals: { ...source, 's3:x-amz-acl': 'bucket-owner-full-control' } };
  new s3.CfnBucketPolicy(bucketStack, 'policy', {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: service, Action: 's3:GetBucketAcl', Resource: bucket.attrArn, Condition: { StringEquals: source } },
        { Effect: 'Allow', Principal: service, Action: 's3:PutObject', Resource: `${bucket.attrArn}/AWSLogs/*`, Condition: condition },
      ],
    },
  });
  new cloudtrail.CfnTrail(trailStack, 'trail', {
    trailName, s3BucketName: bucketName, isLogging: true, isOrganizationTrail: true, isMultiRegionTrail: true,
    includeGlobalServiceEvents: true, enableLogFileValidation: true,
    kmsKeyId: `arn:aws:kms:${root.region}:${audit.account}:alias/acme-audit-trail`,
  });
}
