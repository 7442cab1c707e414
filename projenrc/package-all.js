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

const missing = Object.fromEntries(Object.entries(LANGUAGES).map(([language, tools]) =>
  [language, tools.filter(([command, ...words]) => spawnSync(command, words).status !== 0).map(([command]) => command)]));
const targets = isPacked => Object.keys(LANGUAGES).filter(language => (missing[language].length === 0) === isPacked)
  .flatMap(language => ['--target', language]);

Object.keys(LANGUAGES).forEach(language => rmSync(`dist/${language}`, { recursive: true, force: true }));
run('npx', 'jsii-pacmak', ...targets(true));
// what can be said without a compiler is said all the same
if (targets(false).length > 0) {
  run('npx', 'jsii-pacmak', ...targets(false), '--code-only');
}
console.log(`\n${Object.entries(missing).map(([language, tools]) => `${language.padEnd(8)}${tools.length === 0 ? 'packed'
  : `left out, because there is no '${tools.join(`' and no '`)}': its sources are in dist/${language}`}`).join('\n')}`);
