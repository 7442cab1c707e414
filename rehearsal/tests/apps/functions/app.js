// custom resources as the CDK's constructs make them: each in a stack of its own
const cdk = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const s3 = require('aws-cdk-lib/aws-s3');
const sns = require('aws-cdk-lib/aws-sns');
const cr = require('aws-cdk-lib/custom-resources');
const triggers = require('aws-cdk-lib/triggers');

const app = new cdk.App();

function stack(name) {
  return new cdk.Stack(app, name, { env: { account: '222222222222', region: 'eu-west-1' } });
}

function inline(scope, name, code) {
  return new lambda.Function(scope, name, { code: lambda.Code.fromInline(code), handler: 'index.h', runtime: lambda.Runtime.NODEJS_22_X });
}

const throwing = stack('throwing');
const thrower = inline(throwing, 'fn', 'exports.h = () => { throw new Error(); }');
const thing = new cdk.CustomResource(throwing, 'thing', { serviceToken: thrower.functionArn, resourceType: 'Custom::Thing' });
new cdk.CfnOutput(throwing, 'answer', { value: thing.getAttString('Answer') });

for (const name of ['invoking', 'forbidden']) {
  const scope = stack(name);
  const invoked = inline(scope, 'fn', 'exports.h = async () => ({})');
  const resources = [invoked.functionArn];
  new cr.AwsCustomResource(scope, 'call', {
    onCreate: { service: 'Lambda', action: 'invoke', parameters: { FunctionName: invoked.functionName }, physicalResourceId: cr.PhysicalResourceId.of('once') },
    // the CDK makes it a right to `lambda:Invoke`, which is no action
    policy: name === 'forbidden'
      ? cr.AwsCustomResourcePolicy.fromSdkCalls({ resources })
      : cr.AwsCustomResourcePolicy.fromStatements([new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })]),
  });
}

function provided(name, complete) {
  const scope = stack(name);
  const provider = new cr.Provider(scope, 'provider', {
    onEventHandler: inline(scope, 'event', 'exports.h = async (event) => ({ PhysicalResourceId: `made-${event.ResourceProperties.Name}`, Data: { Answer: event.RequestType } })'),
    ...(complete ? { isCompleteHandler: inline(scope, 'complete', complete), queryInterval: cdk.Duration.seconds(600), totalTimeout: cdk.Duration.minutes(30) } : {}),
  });
  const made = new cdk.CustomResource(scope, 'thing', { serviceToken: provider.serviceToken, properties: { Name: 'x' } });
  new cdk.CfnOutput(scope, 'answer', { value: cdk.Fn.join(' ', [made.ref, made.getAttString('Answer')]) });
}
provided('provided');
provided('waited', "exports.h = async () => ({ IsComplete: true, Data: { Answer: 'complete' } })");
provided('endless', 'exports.h = async () => ({ IsComplete: false })');

const triggered = stack('triggered');
new triggers.TriggerFunction(triggered, 'trigger', { code: lambda.Code.fromInline("exports.h = async () => { throw new Error('not now'); }"), handler: 'index.h', runtime: lambda.Runtime.NODEJS_22_X });

const handled = stack('handled');
new iam.OpenIdConnectProvider(handled, 'oidc', { url: 'https://token.acme.example', thumbprints: ['a'.repeat(40)] });
new logs.LogRetention(handled, 'retention', { logGroupName: '/acme/kept', retention: logs.RetentionDays.ONE_WEEK });
const topic = new sns.Topic(handled, 'topic');
const bucket = new s3.Bucket(handled, 'bucket');
bucket.addEventNotification(s3.EventType.OBJECT_CREATED, { bind: () => ({ type: s3.BucketNotificationDestinationType.TOPIC, arn: topic.topicArn, dependencies: [topic] }) });
topic.grantPublish(new iam.ServicePrincipal('s3.amazonaws.com'));

app.synth();
