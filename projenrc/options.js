// writes down which options there are and of which kinds, from the interfaces: JavaScript tells nobody of a wrong one
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');

const src = join(__dirname, '..', 'src');
const index = join(src, 'index.ts');
const program = ts.createProgram([index], { strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS });
const checker = program.getTypeChecker();
const PLAIN = ts.TypeFlags.String | ts.TypeFlags.Number | ts.TypeFlags.BooleanLike;

// what to write for a value of our own classes and enums; those of the CDK differ between its versions
const values = {};

/** `string`, `StageProfile`, `string[]`, `{string}`. */
function kindOf(type) {
  const some = checker.getNonNullableType(type);
  if (checker.isArrayType(some)) {
    return `${kindOf(checker.getTypeArguments(some)[0])}[]`;
  }
  if (some.getStringIndexType()) {
    return `{${kindOf(some.getStringIndexType())}}`;
  }
  if (some.flags & PLAIN && !(some.flags & ts.TypeFlags.EnumLike)) {
    return checker.typeToString(some);
  }
  const { symbol } = some;
  const isOurs = symbol.declarations.some(declaration => declaration.getSourceFile().fileName.startsWith(src));
  const given = isOurs ? [...symbol.exports?.values() ?? []].map(member => valueOf(symbol, member, some)).filter(Boolean) : [];
  if (given.length > 0) {
    values[symbol.name] = some.isClass() ? given.slice(0, 1) : given;
  }
  // the CDK returns object literals for some of its abstract classes
  const isAbstract = symbol.declarations.some(declaration => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Abstract);
  return `${!some.isClass() ? '' : isAbstract ? 'object ' : 'class '}${symbol.name}`;
}

function valueOf({ name }, member, type) {
  const declaration = member.valueDeclaration;
  if (declaration === undefined || member.name.startsWith('_')) {
    return undefined;
  }
  const made = checker.getTypeOfSymbolAtLocation(member, declaration);
  const [call] = made.getCallSignatures();
  const result = call ? call.getReturnType() : made;
  const isOne = type.isClass() ? result === type : Boolean(member.flags & ts.SymbolFlags.EnumMember);
  return !isOne ? undefined : `${name}.${member.name}${!call ? '' : call.parameters.length > 0 ? '(…)' : '()'}`;
}

const options = Object.fromEntries(checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(index))).flatMap(exported => {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (!(symbol.flags & ts.SymbolFlags.Interface) || /^I[A-Z]/.test(symbol.name)) {
    return [];
  }
  return [[symbol.name, Object.fromEntries(checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map(property => {
    const declaration = property.valueDeclaration;
    return [property.name, kindOf(checker.getTypeOfSymbolAtLocation(property, declaration)) + (declaration.questionToken ? '' : '!')];
  }))]];
}));

const lines = record => Object.entries(record).sort(([one], [other]) => one < other ? -1 : 1)
  .map(([name, value]) => `  ${name}: ${JSON.stringify(value).replace(/"([\w]+)":/g, '$1:').replace(/"/g, '\'')},`).join('\n');
writeFileSync(join(src, 'support', 'known-options.ts'), `// made by projenrc/options.js from the interfaces of src: do not edit
/* eslint-disable */

/** Kinds of the options of each interface, with \`!\` if they are required. */
export const OPTIONS: Record<string, Record<string, string>> = {
${lines(options)}
};

/** What to write for a value of a class or an enum. */
export const VALUES: Record<string, string[]> = {
${lines(values)}
};
`);
