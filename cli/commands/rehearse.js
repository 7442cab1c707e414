// @ts-check
'use strict';

const { python } = require('../python');

/** @type {import('../list').Command} */
module.exports = {
  summary: 'deploy the app into an emulated AWS on this machine',
  // as rehearsal/__main__.py has them
  options: () => [
    { name: 'app-dir', value: 'folder', help: 'folder of the app, where its cdk.json is' },
    { name: 'destroy', value: 'stage', help: 'afterwards destroy this stage' },
    { name: 'from', value: 'ref', multiple: true, help: 'first deploy the app as this git ref has it' },
    { name: 'twice', help: 'deploy a second time, and show that nothing changes' },
    { name: 'concurrency', value: 'number', help: 'stacks that are deployed at once' },
    { name: 'every-command-synthesizes', help: 'synthesize the app for each command' },
    { name: 'timeout', value: 'seconds', help: 'give up after this time' },
    { name: 'keep-output', value: 'folder', help: 'keep the output of each command and the cloud assembly' },
    { name: 'env', value: 'name', multiple: true, help: 'pass this variable on to the app' },
    { name: 'as', value: 'caller', help: 'who deploys' },
    { name: 'faults', value: 'name', multiple: true, help: 'AWS does this to the first attempt' },
    { name: 'world', value: 'file', help: 'what exists in AWS before' },
    { name: 'parameters', value: 'key=value', multiple: true, help: 'parameter of a stack' },
    { name: 'context', short: 'c', value: 'key=value', multiple: true, help: 'context of the app' },
    { name: 'json', value: 'file', help: 'write the summary as data' },
    { name: 'report', value: 'file', help: 'write the page of what was deployed' },
    { name: 'verbose', help: 'show everything that the CDK CLI prints' },
    { name: 'help', short: 'h', help: 'show all of it' },
  ],
  run: (words) => python('rehearsal', words),
};
