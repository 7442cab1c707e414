// has a measurement run on the newest aws-cdk-lib
const Module = require('node:module');

const { _resolveFilename: resolve } = Module;
Module._resolveFilename = (name, ...rest) => resolve(name.replace(/^aws-cdk-lib(?=\/|$)/, 'aws-cdk-lib-newest'), ...rest);
