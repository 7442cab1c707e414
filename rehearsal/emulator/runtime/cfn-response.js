'use strict';

// the module that CloudFormation puts beside the code of a template
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html

const https = require('node:https');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';
exports.send = (event, context, status, data, physicalId, noEcho) => new Promise((resolve) => {
  const body = JSON.stringify({
    Status: status,
    Reason: `See the details in CloudWatch Log Stream: ${context.logStreamName}`,
    PhysicalResourceId: physicalId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: data,
  });
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  const ended = (outcome) => { resolve(outcome); context.done(); };
  const request = https.request({ hostname, port: 443, path: pathname + search, method: 'PUT', headers }, (response) => {
    response.resume();
    ended(response.statusCode);
  });
  request.on('error', ended);
  request.end(body);
});
