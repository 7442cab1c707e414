// writes the documentation of the API in each language but TypeScript, whose is API.md: a release has it attached
const { execFileSync } = require('node:child_process');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');

const FOLDER = 'dist/docs';
const LANGUAGES = ['python', 'java', 'csharp', 'go'];

mkdirSync(FOLDER, { recursive: true });
execFileSync('npx', ['jsii-docgen', ...LANGUAGES.flatMap(language => ['-l', language]), '-o', `${FOLDER}/API`], { stdio: 'inherit' });

// jsii-docgen takes every public method of C# for private
const file = `${FOLDER}/API.csharp.md`;
const code = /^```csharp$[^]*?^```$/gm;
const before = readFileSync(file, 'utf8');
const after = before.replace(code, block => block.replace(/^private (?=.+\()/gm, 'public '));
if (after === before) {
  throw new Error(`${file} has no private method: jsii-docgen is mended, so take this out of ${__filename}`);
}
const [left] = after.match(code).filter(block => /\bprivate\b/.test(block));
if (left) {
  throw new Error(`${file} documents what is private:\n${left}`);
}
writeFileSync(file, after);
