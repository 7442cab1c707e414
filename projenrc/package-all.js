// packs the library for every language whose tools this machine has, and says which it left out
const { spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');

const LANGUAGES = {
  js: [['npm', '--version']],
  python: [['python3', '--version']],
  java: [['javac', '-version'], ['mvn', '--version']],
  go: [['go', 'version']],
  dotnet: [['dotnet', '--version']],
};

function run(command, ...words) {
  const { status } = spawnSync(command, words, { stdio: 'inherit' });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

const report = Object.entries(LANGUAGES).map(([language, tools]) => {
  rmSync(`dist/${language}`, { recursive: true, force: true });
  const missing = tools.filter(([command, ...words]) => spawnSync(command, words).status !== 0).map(([command]) => command);
  if (missing.length === 0) {
    run('npx', 'projen', `package:${language}`);
    return `${language.padEnd(8)}packed`;
  }
  // what can be said without a compiler is said all the same
  run('npx', 'jsii-pacmak', '--target', language, '--code-only');
  return `${language.padEnd(8)}left out, because there is no '${missing.join(`' and no '`)}': its sources are in dist/${language}`;
});
console.log(`\n${report.join('\n')}`);
