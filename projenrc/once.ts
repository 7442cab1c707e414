import { Component, Task } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

const SOURCES = [
  'src', 'package.json', 'package-lock.json', 'README.md', 'projenrc/lazy-exports.js', 'projenrc/options.js', 'projenrc/slim.js',
  'review', 'projenrc/bundle-review.js',
];
// npm takes the second out again whenever it installs something
const COMPILED = ['lib/index.js', 'cli/review.js', 'node_modules/cdk-multi-account-org/package.json'];
const RELEASED = [...SOURCES, 'projenrc', '.projenrc.ts', 'cli', 'docs', 'rehearsal', 'rosetta', 'test/release', 'test/services'];

/** What many tasks stand on, made once for the same files. */
export class Once extends Component {
  /** `lib/`, as `compile` makes it. */
  public readonly compiled: Task;
  /** The examples of the docs in every language, as `rosetta` translates them. */
  public readonly translated: Task;
  /** `dist/`, and registries with what is in it, as a rehearsed release makes them. */
  public readonly packages: Task;

  constructor(project: JsiiProject) {
    super(project);
    this.compiled = project.addTask('compiled', { description: 'Compile, unless lib/ is of these very files' });
    this.compiled.exec(`node projenrc/run-once.js compiled ${COMPILED} ${SOURCES} sh -c 'projen pre-compile && projen compile'`);
    // who compiles by hand leaves something else
    const forget = 'rm -f node_modules/.cache/cdk-multi-account-org/compiled';
    project.compileTask.prependExec(forget);
    project.watchTask.prependExec(forget);

    this.translated = project.addTask('translated', { description: 'Translate the examples of the docs, unless they are of these very files' });
    this.translated.exec(`node projenrc/run-once.js translated .jsii.tabl.json ${[...SOURCES, 'rosetta', 'projenrc']} projen rosetta`);

    this.packages = project.addTask('packages', { description: 'Rehearse a release for its packages, unless dist/ is of these very files' });
    this.packages.exec(`node projenrc/run-once.js packages dist/version.txt ${RELEASED} projen test:release --without-unit-tests`);
  }
}
