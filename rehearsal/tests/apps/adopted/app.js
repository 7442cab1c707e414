// an organization that exists: its ids are given, and so are those of its accounts
const cdk = require('aws-cdk-lib');
const { Construct } = require('constructs');
const organizations = require('aws-cdk-lib/aws-organizations');

const app = new cdk.App();
const acme = new Construct(app, 'acme');
const region = 'eu-west-1';
const root = new cdk.Stage(acme, 'root', { env: { account: '111111111111', region } });
const first = new cdk.Stack(root, 'organization');
const account = new organizations.CfnAccount(first, 'new', {
  accountName: 'new', email: 'aws+new@acme.example', parentIds: ['ou-ab12-abcdefgh'],
});
account.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);
new cdk.CfnOutput(first, 'organization-id', { value: 'o-abcdefghij' });
new cdk.CfnOutput(first, 'root-id', { value: 'r-ab12' });
const prod = new cdk.Stage(acme, 'prod', { env: { account: '222222222222', region } });
new cdk.CfnResource(new cdk.Stack(prod, 'services'), 'topic', { type: 'AWS::SNS::Topic' });
