const { jest } = require('../package.json');

// what the oldest makes is linted
delete process.env.KEEP_TEMPLATES;
// the oldest has all of them: these say whether the newest makes something else of an organization, and any that has the
// same constructs tells
process.env.RANDOM_CASES ??= '0.2';

/** The same tests on the newest aws-cdk-lib, which is what `cdk init` gives to a consumer. */
module.exports = {
  ...jest,
  rootDir: '..',
  // rules of ours alone judge these, whatever the CDK
  testPathIgnorePatterns: [...jest.testPathIgnorePatterns ?? [], '/test/public-values.test.ts', '/test/guardrails/isolation.test.ts', '/test/mistakes/messages.test.ts'],
  moduleNameMapper: {
    ...jest.moduleNameMapper,
    '^aws-cdk-lib$': 'aws-cdk-lib-newest',
    '^aws-cdk-lib/(.*)$': 'aws-cdk-lib-newest/$1',
  },
};
