// makes the compiled package load each file when a name of it is first used: who needs no service and no guardrail does
// not wait for them, as with the CDK's own package
const { readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const lib = join(__dirname, '..', 'lib');
const ALL = /^__exportStar\(require\("(\.\/[\w/-]+)"\), exports\);$/gm;
const SOME = /^(?:const|var) (\w+) = require\("(\.\/[\w/-]+)"\);$/gm;
// the indexes, and where one of several is chosen
const FILES = { 'services/index.js': /./, 'index.js': /./, 'people/people-source.js': /./, 'multi-account-org.js': /domains/ };

const getters = (path, names) =>
  `{ ${names.map(name => `get ${name}() { return require("${path}").${name}; }`).join(', ')} }`;

// in the very form that the compiler writes: whoever reads the names without running the file, as an import from an ES
// module does, knows no other
function exportAll(folder, path) {
  const names = Object.keys(require(join(folder, path)));
  const object = `lazily_${path.replace(/\W/g, '_')}`;
  return [
    `const ${object} = ${getters(path, names)};`,
    ...names.map(name =>
      `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return ${object}.${name}; } });`),
  ].join('\n');
}

function usedOf(object, text) {
  return [...new Set([...text.matchAll(new RegExp(`\\b${object}\\.(\\w+)`, 'g'))].map(([, name]) => name))];
}

for (const [name, only] of Object.entries(FILES)) {
  const file = join(lib, name);
  const before = readFileSync(file, 'utf8');
  const after = before
    .replace(ALL, (_, path) => exportAll(dirname(file), path))
    .replace(SOME, (line, object, path) => only.test(path) ? `const ${object} = ${getters(path, usedOf(object, before))};` : line);
  if (after === before && !before.includes('() { return require(')) {
    throw new Error(`${file} has nothing that could be loaded later: the compiler writes imports in another way now`);
  }
  writeFileSync(file, after);
}
