// takes out of the compiled scripts what the package has elsewhere, or not at all. Comments are in its declarations.
// Source maps lead to files that are not in it, and a runner that follows them, as the one of `cdk init` does, follows
// them for the creation trace of every construct
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { ModuleKind, ScriptTarget, transpileModule } = require('typescript');

const lib = join(__dirname, '..', 'lib');
const compilerOptions = { allowJs: true, removeComments: true, target: ScriptTarget.ESNext, module: ModuleKind.CommonJS };

const files = readdirSync(lib, { recursive: true }).filter(name => name.endsWith('.js')).map(name => join(lib, name));
files.forEach(file => writeFileSync(file, transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText));
