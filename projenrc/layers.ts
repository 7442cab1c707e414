import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

/** Lint: imports go one way, and what jsii loses in silence is an error. */
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
          {
            target: './src/private',
            from: './src',
            except: ['./private'],
            message: 'private/ holds pure functions: hand in what they need to know',
          },
          {
            target: './src/stage-profile.ts',
            from: './src',
            except: ['./private', './stage-profile.ts'],
            message: 'a profile knows nothing but the CDK',
          },
          ...['cross-account-access-role', 'audit-trail-bucket', 'organization-trail'].map(noun => ({
            target: `./src/${noun}.ts`,
            from: './src',
            except: ['./private', './trail-reference.ts', `./${noun}.ts`],
            message: 'a resource knows no stage and no organization: take what you need as a prop',
          })),
          {
            target: './src/stage-account.ts',
            from: ['./src/multi-account-org.ts', './src/people.ts', './src/audit-trail.ts', './src/organization'],
            message: 'a stage knows its account and its profile, never the organization around it',
          },
          {
            target: './src/services',
            from: './src',
            except: ['./services', './private', './stage-profile.ts'],
            message: 'a service asks StageProfile.of(this) and nothing else: then a consumer can write one as good as ours',
          },
        ],
      }],
    });
    eslint.addOverride({
      files: ['src/**/*.ts'],
      excludedFiles: ['src/private/**', 'src/**/private/**'],
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
