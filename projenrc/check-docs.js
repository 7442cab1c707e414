// fails when a public type or member has no first line, an optional property no @default, or C# no XML of what is said
const { types } = JSON.parse(require('fs').readFileSync('.jsii', 'utf8'));

const undocumented = Object.values(types).flatMap(type => [
  ...type.docs?.summary ? [] : [type.name],
  ...[...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .filter(member => !member.docs?.summary && !member.overrides)
    .map(member => `${type.name}.${member.name}`),
  ...(type.datatype ? type.properties ?? [] : [])
    .filter(property => property.optional && !property.docs?.default)
    .map(property => `${type.name}.${property.name} (@default)`),
]);

// jsii-pacmak escapes the summary, parameters, what is returned, examples and remarks; these it writes as they are
const verbatim = ({ default: otherwise, see, custom }) => ({ default: otherwise, see, ...custom });
const malformed = Object.values(types).flatMap(type =>
  [type, type.initializer ?? {}, ...type.properties ?? [], ...type.methods ?? [], ...type.members ?? []]
    .flatMap(({ name = 'constructor', docs = {} }) => Object.entries(verbatim(docs))
      .filter(([, text]) => /[<>&]/.test(text ?? ''))
      .map(([tag, text]) => `${type.name}.${name} (@${tag} '${text}')`)));

undocumented.forEach(name => console.error(`fails: ${name} is not documented`));
malformed.forEach(name => console.error(`fails: ${name} is not XML, as the comments of C# are: say it without <, > and &`));
process.exit(undocumented.length + malformed.length === 0 ? 0 : 1);
