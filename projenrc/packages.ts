import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

/** The packages of all languages, and what proves that they work. */
export class Packages extends Component {
  constructor(project: JsiiProject) {
    super(project);
    const packageAll = project.tasks.tryFind('package-all')!;
    packageAll.reset('node projenrc/package-all.js');
    packageAll.description = 'Pack for every language whose tools are there, and say which are left out';

    const languages = project.addTask('test:languages', {
      description: 'Synthesize the reference organization in every language, from the packages, and compare the templates',
    });
    languages.spawn(project.preCompileTask);
    languages.spawn(project.compileTask);
    languages.spawn(packageAll);
    languages.exec('ts-node -T --project tsconfig.dev.json test/languages/main.ts', { receiveArgs: true });
  }
}
