// an app without an organization and without a root
const cdk = require('aws-cdk-lib');
const stack = new cdk.Stack(new cdk.App(), 'lonely');
new cdk.CfnWaitConditionHandle(stack, 'handle');
