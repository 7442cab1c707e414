const newest = require('../newest.config.js');

/** Every service in every region, on the newest aws-cdk-lib: minutes, so a command of its own. */
module.exports = { ...newest, rootDir: '../..', testMatch: ['<rootDir>/test/regions/every-region.ts'] };
