// guardrails, and stacks of a member that one of them stops whoever deploys: each by the name of the guardrail
const { join } = require('node:path');
const { App, CfnResource } = require('aws-cdk-lib');
const { Effect, PolicyStatement } = require('aws-cdk-lib/aws-iam');
const { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } = require('aws-cdk-lib/custom-resources');
const { Guardrail, Guardrails, MultiAccountOrg, OrganizationPolicyType, OrganizationSource } = require(join(__dirname, '../../../..'));

// the IDs of an organization that exists, or nothing
const { ORGANIZATION } = process.env;
const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111',
  homeRegion: 'eu-west-1',
  ...ORGANIZATION ? { organization: OrganizationSource.existing(JSON.parse(ORGANIZATION)) } : { email: 'aws@acme.example' },
});
const prod = acme.addStage('prod', ORGANIZATION ? { accountId: '333333333333' } : {});
new Guardrails(acme, 'guardrails', {
  guardrails: [
    Guardrail.allowedRegions(['eu-west-1']),
    Guardrail.of('no-topics', {
      policyType: OrganizationPolicyType.SERVICE_CONTROL,
      statements: [new PolicyStatement({ sid: 'Mine', effect: Effect.DENY, actions: ['sns:CreateTopic'], resources: ['*'] })],
      stops: [{ deedName: 'create a topic', action: 'sns:CreateTopic' }],
      letsPass: [{ deedName: 'create a queue', action: 'sqs:CreateQueue' }],
    }),
  ],
});
const cluster = { Engine: 'aurora-mysql', MasterUsername: 'ada', ManageMasterUserPassword: true };
const resources = {
  'deny-iam-users': ['AWS::IAM::User', {}],
  'require-encryption': ['AWS::RDS::DBCluster', cluster],
  'require-imdsv2': ['AWS::EC2::Instance', { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', MetadataOptions: { HttpTokens: 'optional' } }],
  'deny-public-databases': ['AWS::RDS::DBInstance', {
    Engine: 'mysql', DBInstanceClass: 'db.t3.micro', AllocatedStorage: '20', MasterUsername: 'ada', ManageMasterUserPassword: true, PubliclyAccessible: true,
  }],
  'no-topics': ['AWS::SNS::Topic', {}],
  fine: ['AWS::RDS::DBCluster', { ...cluster, StorageEncrypted: true }],
  // others than deployments may not
  spared: ['AWS::IAM::OIDCProvider', { Url: 'https://token.acme.example', ClientIdList: ['sts.amazonaws.com'] }],
};
for (const [name, [type, properties]] of Object.entries(resources)) {
  new CfnResource(prod.addStack(name), 'it', { type, properties });
}
new AwsCustomResource(prod.addStack('allowed-regions'), 'it', {
  onCreate: {
    service: 'SQS', action: 'createQueue', parameters: { QueueName: 'acme' }, region: 'eu-central-1', physicalResourceId: PhysicalResourceId.of('acme'),
  },
  policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
  installLatestAwsSdk: false,
});
