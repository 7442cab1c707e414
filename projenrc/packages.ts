import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

/** The packages of all languages, their documentation, and what proves that they work. */
export class Packages extends Component {
  constructor(project: JsiiProject) {
    super(project);
    const docs = project.addTask('docs:api', { description: 'Write the documentation of the API in each language into dist/docs' });
    docs.exec('node projenrc/docs-api.js');

    const packageAll = project.tasks.tryFind('package-all')!;
    packageAll.reset('node projenrc/package-all.js');
    packageAll.description = 'Pack for every language whose tools are there, and say which are left out';

    const languages = project.addTask('test:languages', {
      description: 'Synthesize the reference organization in every language, from the packages, and compare the templates',
    });
    languages.spawn(project.preCompileTask);
    languages.spawn(project.compileTask);
    languages.spawn(project.tasks.tryFind('rosetta')!);
    languages.spawn(packageAll);
    languages.exec('rehearsal/python.sh test/languages/syntax.py');
    languages.exec('ts-node -T --project tsconfig.dev.json test/languages/main.ts', { receiveArgs: true });

    const consumer = project.addTask('test:consumer', {
      description: 'Do what the README asks of somebody new, in an app that is new, on the oldest and the newest aws-cdk-lib',
    });
    consumer.spawn(project.preCompileTask);
    consumer.spawn(project.compileTask);
    ['js', 'python'].forEach(language => {
      consumer.exec(`rm -rf dist/${language}`);
      consumer.spawn(project.tasks.tryFind(`package:${language}`)!);
    });
    consumer.exec('ts-node -T --project tsconfig.dev.json test/consumer/main.ts');
  }
}
