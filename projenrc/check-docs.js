// fails when a public type or member has no first line, or one that asks instead of naming the thing, an optional property
// no @default, or C# no valid XML, and when a principal or grantee is taken in a place that no test of principals knows
const { readFileSync } = require('node:fs');

const { types } = JSON.parse(readFileSync('.jsii', 'utf8'));

const undocumented = Object.values(types).flatMap(type => [
  ...type.docs?.summary ? [] : [type.name],
  ...[...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .filter(member => !member.docs?.summary && !member.overrides)
    .map(member => `${type.name}.${member.name}`),
  ...(type.datatype ? type.properties ?? [] : [])
    .filter(property => property.optional && !property.docs?.default)
    .map(property => `${type.name}.${property.name} (@default)`),
]);

// still to be rewritten: files by the start of their path, members by name
const exempt = [];
const asking = Object.values(types).flatMap(type =>
  [type, ...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .filter(({ docs }) => /^(Wh(at|o|om|ose|ere|ich|ether|en|y)|How)\b/.test(docs?.summary))
    .map(member => ({
      name: member === type ? type.name : `${type.name}.${member.name}`,
      file: (member.locationInModule ?? type.locationInModule).filename,
      summary: member.docs.summary,
    })));
const isExempt = ({ name, file }, entry) => file.startsWith(entry) || name === entry;
const questions = asking.filter(member => !exempt.some(entry => isExempt(member, entry)));
const done = exempt.filter(entry => !asking.some(member => isExempt(member, entry)));

// jsii-pacmak escapes the summary, parameters, what is returned, examples and remarks; these it writes as they are
const verbatim = ({ default: otherwise, see, custom }) => ({ default: otherwise, see, ...custom });
const malformed = Object.values(types).flatMap(type =>
  [type, type.initializer ?? {}, ...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .flatMap(({ name = 'constructor', docs = {} }) => Object.entries(verbatim(docs))
      .filter(([, text]) => /[<>&]/.test(text ?? ''))
      .map(([tag, text]) => `${type.name}.${name} (@${tag} '${text}')`)));

const takesSomebody = type => /aws[-_]iam\.(IPrincipal|IGrantable)"/.test(JSON.stringify(type));
const places = Object.values(types).flatMap(type => [
  ...(type.methods ?? []).filter(({ parameters = [] }) => parameters.some(parameter => takesSomebody(parameter.type))),
  ...(type.datatype ? type.properties ?? [] : []).filter(property => takesSomebody(property.type)),
].map(({ name }) => `${type.name}.${name}`));
const known = readFileSync('test/principals.test.ts', 'utf8');
const untested = places.filter(place => !known.includes(`'${place}'`));

untested.forEach(place => console.error(`fails: ${place} takes somebody, and test/principals.test.ts does not know it`));
undocumented.forEach(name => console.error(`fails: ${name} is not documented`));
malformed.forEach(name => console.error(`fails: ${name} is not XML, as the comments of C# are: say it without <, > and &`));
questions.forEach(({ name, file, summary }) =>
  console.error(`fails: ${name} in ${file} begins with a question word ('${summary}'): name the thing, as in 'Retention of logs'`));
done.forEach(entry => console.error(`fails: '${entry}' needs no exemption any more: take it out of projenrc/check-docs.js`));
process.exit([undocumented, malformed, untested, questions, done].every(({ length }) => length === 0) ? 0 : 1);
