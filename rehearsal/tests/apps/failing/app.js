// two stacks that fail for reasons of their own, one that waits for the first, and one that has nothing to do with them
const cdk = require('aws-cdk-lib');
const { Construct } = require('constructs');

class Log extends Construct {
  constructor(scope, id) {
    super(scope, id);
    new cdk.CfnResource(this, 'bucket', { type: 'AWS::S3::Bucket', properties: { BucketName: 'acme_logs' } });
  }
}

const app = new cdk.App();
const root = new cdk.Stage(app, 'root', { env: { account: '111111111111', region: 'eu-west-1' } });
const [log, nested, after, fine] = ['log', 'nested', 'after', 'fine'].map((id) => new cdk.Stack(root, id));
new Log(log, 'log');
new Log(new cdk.NestedStack(nested, 'inner'), 'log');
new cdk.CfnResource(after, 'queue', { type: 'AWS::SQS::Queue' });
new cdk.CfnResource(fine, 'queue', { type: 'AWS::SQS::Queue' });
after.addDependency(log);
