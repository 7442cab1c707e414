// fails when an example of the docs is not translated to every language, or did not compile before it was
const { readFileSync } = require('node:fs');

const LANGUAGES = ['python', 'java', 'csharp', 'go'];
const assembly = JSON.parse(readFileSync('.jsii', 'utf8'));
const snippets = Object.values(JSON.parse(readFileSync('.jsii.tabl.json', 'utf8')).snippets);

const examples = Object.values(assembly.types)
  .flatMap(type => [type, ...type.properties ?? [], ...type.methods ?? [], ...type.members ?? [], type.initializer ?? {}])
  .flatMap(({ docs }) => docs?.example ?? []);
const inReadme = assembly.readme.markdown.match(/^```ts/gm).length;
const expected = new Set(examples).size + inReadme;

const problems = [
  ...snippets.length === expected ? [] : [`${expected} examples in the docs, and ${snippets.length} are translated`],
  ...snippets.flatMap(({ location, didCompile, translations }) => [
    ...didCompile ? [] : ['does not compile'],
    ...LANGUAGES.filter(language => !translations[language]?.source.trim()).map(language => `has no translation to ${language}`),
    // what rosetta cannot say it writes down as a tree of the syntax
    ...LANGUAGES.filter(language => /^\s*<\w+>|Object Literal|#error/m.test(translations[language]?.source ?? ''))
      .map(language => `has a fallback in ${language}`),
  ].map(problem => `the example at ${Object.values(location.api).join(' ')} ${JSON.stringify(location.field)} ${problem}`)),
];
problems.forEach(problem => console.error(`fails: ${problem}`));
console.log(`${snippets.length} examples in ${LANGUAGES.length} languages`);
process.exit(problems.length === 0 ? 0 : 1);
