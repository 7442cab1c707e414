import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { missingTool, REPOSITORY, run } from '../packages';

// the examples of the docs in C#, each in a class of its own, for a compiler where there is one, and for a parser

/** Where the parser finds them. */
const FOLDER = join(REPOSITORY, 'node_modules', '.cache', 'translations');

interface Snippet {
  readonly location: { readonly api: Record<string, string>; readonly field: { readonly line?: number } };
  readonly translations: Record<string, { readonly source: string }>;
}

const USING = /^using .*;\n?/gm;
// rosetta indents what is in a class
const TYPE = /^(?:public )?class [^]*?^}\n?/gm;

function indented(text: string, by: number): string[] {
  return text.trim() === '' ? [] : [text.trim().replace(/^(?=.)/gm, ' '.repeat(by))];
}

function wrapped({ location, translations: { csharp: { source } } }: Snippet, fixture: string, index: number): string {
  // who shows what has to be imported shows everything
  const whole = /^using /.test(source.trimStart());
  const declared = whole ? '' : fixture.replace(USING, '');
  return [
    `// ${[...Object.values(location.api), location.field.line ?? ''].join(' ').trim()}`,
    // which rosetta never says
    'using System.Collections.Generic;',
    ...(whole ? source : fixture).match(USING)!.map(line => line.trim()),
    `namespace Example${index}`,
    '{',
    '    class Example',
    '    {',
    ...indented(declared, 8),
    ...indented((source.match(TYPE) ?? []).join('\n'), 8),
    '        void Run()',
    '        {',
    ...indented(source.replace(USING, '').replace(TYPE, ''), 12),
    '        }',
    '    }',
    '}',
    '',
  ].join('\n');
}

/** Writes a file for each example of the docs, and returns how many. */
export function writeTranslations(folder: string): number {
  const { snippets } = JSON.parse(readFileSync(join(REPOSITORY, '.jsii.tabl.json'), 'utf8'));
  const { output } = run(REPOSITORY, 'npx', ['jsii-rosetta', 'snippet', 'rosetta/default.ts-fixture', '--language', 'csharp']);
  // beside the translation stands what node says of its age
  const fixture = output.slice(output.indexOf('using ')).match(/^(using .*;|\w+ \w+;)$/gm)!.join('\n');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  Object.values<Snippet>(snippets).forEach((snippet, index) =>
    writeFileSync(join(folder, `Example${index + 1}.cs`), wrapped(snippet, fixture, index + 1)));
  return Object.keys(snippets).length;
}

if (require.main === module) {
  const missing = missingTool([['dotnet', '--version']]);
  const compiled = missing ? `only parsed, not compiled, because there is no '${missing}' here` : 'parsed, then compiled';
  console.log(`${writeTranslations(FOLDER)} examples of the docs in C#: ${compiled}`);
}
