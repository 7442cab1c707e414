import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

const SRC = join(__dirname, '..', 'src');
const FOLDERS = readdirSync(SRC, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name);
// a folder beside these is a concern
const CONCERNS = FOLDERS.filter(name => !['support', 'services', 'organization'].includes(name));
// what concerns build on is on top
const NOUNS = readdirSync(SRC).filter(name => name.endsWith('.ts') && !['index.ts', 'multi-account-org.ts'].includes(name));

/** Lint: imports go down, and what jsii loses in silence is an error. */
export class Layers extends Component {
  constructor(project: JsiiProject) {
    super(project);
    const eslint = project.eslint!;
    // one project for all folders, whether or not jsii has written its own yet
    const config = project.tryFindObjectFile('.eslintrc.json');
    config?.addDeletionOverride('parserOptions.projectService');
    config?.addOverride('parserOptions.project', './tsconfig.dev.json');
    eslint.addRules({
      'max-len': ['error', { code: 120, ignoreUrls: true, ignoreTemplateLiterals: true, ignoreStrings: true }],
      'import/no-cycle': ['error'],
    });
    eslint.addRules({
      'import/no-restricted-paths': ['error', {
        zones: [
          only('support', [], 'support/ imports nothing of ours: hand in what it needs to know'),
          only('stage-profile.ts', ['support'], 'a profile knows nothing but the CDK'),
          only('stage-addresses.ts', ['support'], 'addresses know no stage: hand in what they need to know of it'),
          only('services', ['support', 'stage-profile.ts', 'stage-addresses.ts'],
            'a service asks StageProfile.of(this) and nothing else: then a consumer can write one as good as ours'),
          only(NOUNS, ['support'], 'what concerns build on knows an account and its profile, never the organization around it'),
          only('organization', ['support', ...NOUNS], 'the organization knows no concern: a concern asks Organization.of(this)'),
          ...CONCERNS.map(concern => only(concern, ['support', 'services', 'organization', ...NOUNS],
            'a concern knows the organization and no other concern: what two of them need is in support/')),
        ],
      }],
    });
    eslint.addOverride({
      files: published(SRC),
      rules: {
        '@typescript-eslint/no-explicit-any': 'error',
        'no-restricted-syntax': [
          'error',
          {
            selector: 'ExportNamedDeclaration > FunctionDeclaration, ExportNamedDeclaration > VariableDeclaration',
            message: 'jsii drops exported functions and constants: make it a static member',
          },
          {
            selector: 'TSUnionType > TSLiteralType > Literal',
            message: 'jsii turns a union of literals into a plain string: use an enum',
          },
        ],
      },
    } as never);
  }
}

/** What is at a place imports from there and from these, and from nowhere else of ours. */
function only(target: string | string[], from: string[], message: string) {
  const targets = [target].flat();
  return { target: targets.map(place => `./src/${place}`), from: './src', except: [...targets, ...from].map(place => `./${place}`), message };
}

/** The files that an index exports whole: the API in five languages. */
function published(folder: string): string[] {
  return [...readFileSync(join(folder, 'index.ts'), 'utf8').matchAll(/^export \* from '(.+)';$/gm)].flatMap(([, path]) =>
    path === './services' ? published(join(folder, 'services')) : [`${join(folder, path).slice(SRC.length - 3)}.ts`]);
}
