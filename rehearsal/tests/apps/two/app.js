// two organizations in one app
const cdk = require('aws-cdk-lib');
const { Construct } = require('constructs');
const organizations = require('aws-cdk-lib/aws-organizations');

const app = new cdk.App();
for (const [name, account] of [['acme', '111111111111'], ['lab', '333333333333']]) {
  const root = new cdk.Stage(new Construct(app, name), 'root', { env: { account, region: 'eu-west-1' } });
  const stack = new cdk.Stack(root, 'organization', { stackName: `${name}-root-organization` });
  const organization = new organizations.CfnOrganization(stack, 'organization');
  organization.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);
  const member = new organizations.CfnAccount(stack, 'member', { accountName: 'member', email: `aws+member@${name}.example` });
  member.applyRemovalPolicy(cdk.RemovalPolicy.RETAIN);
  member.node.addDependency(organization);
}
