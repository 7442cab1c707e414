import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';
import { Once } from './once';
import { TS_NODE } from './tests';

/** The packages of all languages, their documentation, and what proves that they work. */
export class Packages extends Component {
  constructor(project: JsiiProject, once: Once) {
    super(project);
    const docs = project.addTask('docs:api', { description: 'Write the documentation of the API in each language into dist/docs' });
    docs.exec('node projenrc/docs-api.js');

    const packageAll = project.tasks.tryFind('package-all')!;
    packageAll.reset('node projenrc/package-all.js');
    packageAll.description = 'Pack for every language whose tools are there, and say which are left out';

    packageAll.exec('tar -tzf dist/js/*.tgz package/bootstrap/bootstrap-template.json');

    const languages = project.addTask('test:languages', {
      description: 'Synthesize the reference organization in every language, from registries that a release was published to, and compare',
    });
    languages.spawn(once.packages);
    languages.spawn(once.translated);
    languages.exec(`${TS_NODE} test/languages/translations.ts`);
    languages.exec('rehearsal/python.sh test/languages/syntax.py');
    languages.exec(`${TS_NODE} test/languages/main.ts`);

    const consumer = project.addTask('test:consumer', {
      description: 'Do what the README asks of somebody new, in an app that is new, on the oldest and the newest aws-cdk-lib',
    });
    consumer.spawn(once.packages);
    consumer.exec(`${TS_NODE} test/consumer/main.ts`);

    const nodes = project.addTask('test:nodes', { description: "A consumer's synth and some random cases by newer versions of Node" });
    nodes.spawn(once.packages);
    nodes.exec(`${TS_NODE} test/nodes/main.ts`);
  }
}
