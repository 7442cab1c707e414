const Sequencer = require('@jest/test-sequencer').default;

// longest first: on a machine that has not run them before, jest goes by the size of the files, and ends with these alone
const LONGEST = ['isolation-services', 'services/properties', 'isolation', 'properties', 'templates'];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex(name => path.endsWith(`/test/${name}.test.ts`)) + 1 || LONGEST.length + 1;
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
