// @ts-check
'use strict';

const { python } = require('../python');

/** @type {import('../list').Command} */
module.exports = {
  summary: 'ask AWS, reading only, what would stop the app: before anything is created',
  // as check/__main__.py has them
  options: () => [
    { name: 'app-dir', value: 'folder', help: 'folder of the app, where its cdk.json is' },
    { name: 'assembly', value: 'folder', help: 'a cloud assembly instead of synthesizing the app' },
    { name: 'context', short: 'c', value: 'key=value', multiple: true, help: 'context of the app' },
    { name: 'profile', value: 'name', help: 'profile of ~/.aws/config' },
    { name: 'json', value: 'file', help: 'write the answers and the deployed stacks as data' },
    { name: 'prices', value: 'file', help: "write prices from AWS's price list, for report --prices" },
    { name: 'policy', help: 'print the IAM policy that the check needs' },
    { name: 'help', short: 'h', help: 'show all of it' },
  ],
  run: (words) => python('check', words),
};
