// takes the source maps out of the compiled package: they lead to files that are not in it, and a runner that follows them,
// as the one of `cdk init` does, follows them for the creation trace of every construct
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const lib = join(__dirname, '..', 'lib');
const MAP = /^\/\/# sourceMappingURL=data:.*$/m;

const files = readdirSync(lib, { recursive: true }).filter(name => name.endsWith('.js')).map(name => join(lib, name));
files.forEach(file => writeFileSync(file, readFileSync(file, 'utf8').replace(MAP, '')));
