// makes the compiled package load a service when it is first used: who needs none does not wait for all of them
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const lib = join(__dirname, '..', 'lib');
const STAR = /__exportStar\(require\("(\.\/[\w-]+)"\), exports\);/g;
const GET = '{ enumerable: true, configurable: true, get: () =>';

function lazy(folder, path) {
  const names = Object.keys(require(join(folder, path)));
  return [
    // tells the names to who reads the file without running it, as an import from an ES module does
    ...names.map(name => `exports.${name} = void 0;`),
    ...names.map(name => `Object.defineProperty(exports, "${name}", ${GET} require("${path}").${name} });`),
  ].join('\n');
}

for (const [folder, only] of [[join(lib, 'services'), /./], [lib, /^\.\/services$/]]) {
  const file = join(folder, 'index.js');
  const before = readFileSync(file, 'utf8');
  const after = before.replace(STAR, (star, path) => only.test(path) ? lazy(folder, path) : star);
  if (after === before && !before.includes(GET)) {
    throw new Error(`${file} has nothing that could be loaded later: the compiler writes exports in another way now`);
  }
  writeFileSync(file, after);
}
