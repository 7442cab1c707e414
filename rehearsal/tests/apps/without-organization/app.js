// member accounts only: one of them acts as root, nobody creates an organization
const cdk = require('aws-cdk-lib');
const { Construct } = require('constructs');

const app = new cdk.App();
const acme = new Construct(app, 'acme');
const region = 'eu-west-1';
for (const [name, account] of [['root', '111111111111'], ['prod', '222222222222']]) {
  const stage = new cdk.Stage(acme, name, { env: { account, region } });
  const stack = new cdk.Stack(stage, 'access');
  if (name === 'prod') new cdk.CfnResource(new cdk.NestedStack(stack, 'nested'), 'topic', { type: 'AWS::SNS::Topic' });
  if (process.env.UNSTABLE) new cdk.CfnOutput(stack, 'now', { value: `${Date.now()}` });
  new cdk.CfnResource(stack, 'role', {
    type: 'AWS::IAM::Role',
    properties: {
      RoleName: `acme-${name}-admin`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' }],
      },
    },
  });
}
