// an app that synthesizes, and must not be deployed: for what the newest CDK's own validation finds, its author, or the CLI
const { appendFileSync } = require('node:fs');
const cdk = require('aws-cdk-lib-newest');
const { StringParameter } = require('aws-cdk-lib-newest/aws-ssm');

const invalid = process.env.INVALID;
const stack = new cdk.Stack(new cdk.Stage(new cdk.App(), 'root', { env: { account: '111111111111', region: 'eu-west-1' } }), 'access');
new cdk.CfnResource(stack, 'queue', { type: 'AWS::SQS::Queue', properties: invalid === 'template' ? { Nonsense: 1 } : {} });
if (invalid === 'annotation') cdk.Annotations.of(stack).addError('not before Monday');
if (invalid === 'lookup') new cdk.CfnOutput(stack, 'found', { value: StringParameter.valueFromLookup(stack, '/acme') });
if (process.env.SYNTHESES) {
  appendFileSync(process.env.SYNTHESES, `${process.env.CDK_VALIDATION !== 'false'} ${process.env.CDK_DEFAULT_REGION}\n`);
}
