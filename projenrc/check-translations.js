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

/** The elements of each array in C#, which has no type of its own. */
function arrays(source) {
  // neither quotes nor what they quote ends an element
  const text = source.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\/\/.*/g, '');
  return [...text.matchAll(/new \[\] \{/g)].map(({ index, 0: start }) => {
    const elements = [''];
    for (let at = index + start.length, depth = 0; depth >= 0 && at < text.length; at++) {
      depth += /[({[]/.test(text[at]) ? 1 : /[)}\]]/.test(text[at]) ? -1 : 0;
      if (depth === 0 && text[at] === ',') {
        elements.push('');
      } else if (depth >= 0) {
        elements[elements.length - 1] += text[at];
      }
    }
    return elements.map(element => element.trim());
  });
}

/** What can be seen of the type of an element. */
function kind(element) {
  const [, created] = /^new (\w+)/.exec(element) ?? [];
  return created ?? (/^["\d]/.test(element) ? 'a literal' : element === '' ? 'nothing' : 'an expression');
}

/** What rosetta translates to C# that its compiler refuses. */
function refused(source) {
  const mixed = arrays(source).map(elements => [...new Set(elements.map(kind))])
    .filter(kinds => kinds.length > 1 || kinds[0] === 'nothing');
  return [
    ...mixed.map(kinds => `has an array of ${kinds.join(' and ')}, which has no type in C#: give it elements of one type`),
    ...source.includes('Dictionary<string, int>')
      ? ['has a map of numbers, which rosetta makes a map of int in C#, where the library takes double: show it without'] : [],
  ];
}

const problems = [
  ...snippets.length === expected ? [] : [`${expected} examples in the docs, and ${snippets.length} are translated`],
  ...snippets.flatMap(({ location, didCompile, translations }) => [
    ...didCompile ? [] : ['does not compile'],
    ...LANGUAGES.filter(language => !translations[language]?.source.trim()).map(language => `has no translation to ${language}`),
    // what rosetta cannot say it writes down as a tree of the syntax
    ...LANGUAGES.filter(language => /^\s*<\w+>|Object Literal|#error/m.test(translations[language]?.source ?? ''))
      .map(language => `has a fallback in ${language}`),
    ...refused(translations.csharp?.source ?? ''),
  ].map(problem => `the example at ${Object.values(location.api).join(' ')} ${JSON.stringify(location.field)} ${problem}`)),
];
problems.forEach(problem => console.error(`fails: ${problem}`));
console.log(`${snippets.length} examples in ${LANGUAGES.length} languages`);
process.exit(problems.length === 0 ? 0 : 1);
