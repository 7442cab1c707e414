// fails when a public type or member has no first line, or an optional property no @default
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
undocumented.forEach(name => console.error(`fails: ${name} is not documented`));
process.exit(undocumented.length === 0 ? 0 : 1);
