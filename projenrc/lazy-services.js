// makes the compiled package load a service when it is first used: who needs none does not wait for all of them
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const lib = join(__dirname, '..', 'lib');
const STAR = /__exportStar\(require\("(\.\/[\w/-]+)"\), exports\);/g;
const MARK = 'lazily_';

// in the very form that the compiler writes: whoever reads the names without running the file, as an import from an ES
// module does, knows no other
function lazy(folder, path) {
  const names = Object.keys(require(join(folder, path)));
  const object = `${MARK}${path.replace(/\W/g, '_')}`;
  return [
    `const ${object} = { ${names.map(name => `get ${name}() { return require("${path}").${name}; }`).join(', ')} };`,
    ...names.map(name =>
      `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return ${object}.${name}; } });`),
  ].join('\n');
}

for (const [folder, only] of [[join(lib, 'services'), /./], [lib, /^\.\/services$/]]) {
  const file = join(folder, 'index.js');
  const before = readFileSync(file, 'utf8');
  const after = before.replace(STAR, (star, path) => only.test(path) ? lazy(folder, path) : star);
  if (after === before && !before.includes(MARK)) {
    throw new Error(`${file} has nothing that could be loaded later: the compiler writes exports in another way now`);
  }
  writeFileSync(file, after);
}
