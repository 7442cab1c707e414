import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';
import { BootstrapTemplate } from './bootstrap-template';
import { Once } from './once';

/** Runs a script of ours without checking its types, which lint does. */
export const TS_NODE = 'ts-node -T --project tsconfig.dev.json';

/** The test tasks: `test` is jest alone and needs Node only; each other kind of evidence has a task of its own. */
export class Tests extends Component {
  constructor(project: JsiiProject, once: Once) {
    super(project);
    const bootstrapTemplate = project.tasks.tryFind(BootstrapTemplate.TASK)!;
    // 2.262 and newer validate every template, 3 s each: the one test that wants it turns it on
    const jest = { env: { CDK_VALIDATION: 'false' } };

    project.testTask.reset();
    project.testTask.spawn(bootstrapTemplate);
    project.testTask.exec('jest --ci', { ...jest, receiveArgs: true });

    const update = project.tasks.tryFind('test:update') ?? project.addTask('test:update');
    update.reset();
    update.spawn(bootstrapTemplate);
    update.exec('jest --updateSnapshot', { ...jest, receiveArgs: true });

    const newest = project.addTask('test:newest', { description: 'Run the tests on the newest aws-cdk-lib' });
    newest.spawn(bootstrapTemplate);
    newest.exec('jest --ci --config test/newest.config.js', { ...jest, receiveArgs: true });

    const lint = project.addTask('lint', { description: 'Lint and type-check, mend nothing' });
    lint.exec('eslint --ext .ts --max-warnings 0 src test review examples bench docs projenrc .projenrc.ts', {
      env: { ESLINT_USE_FLAT_CONFIG: 'false' },
    });
    lint.exec('tsc --noEmit -p tsconfig.dev.json');
    lint.exec('tsc --noEmit --allowJs --strict --skipLibCheck --target es2022 --module node16 --types node cli/main.js cli/python.js cli/commands/*.js');

    const rosetta = project.addTask('rosetta', { description: 'Compile every example in the docs, and translate it to every language' });
    rosetta.exec('jsii-rosetta extract --strict --compile');
    rosetta.exec('node projenrc/check-translations.js');
    project.preCompileTask.exec('node projenrc/options.js');
    project.compileTask.exec('node projenrc/lazy-exports.js');
    project.compileTask.exec('node projenrc/slim.js');
    project.compileTask.exec('node projenrc/bundle-review.js');
    // the examples have a package.json of their own, and find this package where a consumer's would be; a link would
    // be a circle
    project.compileTask.exec('rm -rf node_modules/cdk-multi-account-org && mkdir node_modules/cdk-multi-account-org');
    project.compileTask.exec(
      'echo \'{ "main": "../../lib", "types": "../../lib/index.d.ts" }\' > node_modules/cdk-multi-account-org/package.json');
    project.postCompileTask.spawn(once.translated);
    project.postCompileTask.exec('node projenrc/check-docs.js');

    const table = project.addTask('services-table', { description: 'Write what each profile makes of each service into the docs' });
    table.exec(`${TS_NODE} docs/services-table.ts`, jest);
    project.postCompileTask.spawn(table);

    const guardrails = project.addTask('guardrails-table', { description: 'Write what each guardrail stops and lets pass into the docs' });
    guardrails.exec(`${TS_NODE} docs/guardrails-table.ts`, jest);
    project.postCompileTask.spawn(guardrails);

    const review = project.addTask('readme-review', { description: 'Write what the commands of a review say of the examples into the README' });
    review.exec(`${TS_NODE} docs/readme-review.ts`, jest);
    project.postCompileTask.spawn(review);

    const messages = project.addTask('messages', { description: 'Write what the library says of wrong input into the docs' });
    messages.exec('jest --ci test/mistakes/messages.test.ts', { env: { ...jest.env, UPDATE_MESSAGES: 'true' } });

    const rehearse = project.addTask('rehearse', { description: 'Deploy the reference organization on this machine' });
    rehearse.spawn(once.compiled);
    rehearse.exec('node cli/main.js rehearse --app-dir examples/typescript --twice --destroy testing', { receiveArgs: true });

    const templates = project.addTask('test:templates', {
      description: 'Lint every template that the tests make by cfn-lint, and scan those of the example by checkov',
    });
    templates.exec('rehearsal/python.sh projenrc/aws_data --check');
    templates.exec('test/cfn-lint.sh');
    templates.exec('test/checkov.sh');

    const data = project.addTask('aws-data', { description: 'Write what AWS has into a table for the library, and tell what changed' });
    data.exec('rehearsal/python.sh projenrc/aws_data', { receiveArgs: true });

    const regions = project.addTask('test:regions', {
      description: 'Judge every service of every profile in every region by the validator of the newest aws-cdk-lib',
    });
    regions.exec('jest --ci --config test/regions/every.config.js', { ...jest, receiveArgs: true });

    const rehearsal = project.addTask('test:rehearsal', { description: 'Test the emulator and the rehearsal, and failures of the example' });
    rehearsal.spawn(once.compiled);
    rehearsal.exec('rehearsal/test.sh', { receiveArgs: true });

    const aws = project.addTask('test:aws', {
      description: 'Ask a throw-away account of your own what only AWS can say: --list says what, and what it costs and leaves',
    });
    aws.exec('rehearsal/python.sh test/aws', { receiveArgs: true });

    const bench = project.addTask('bench', { description: 'Measure against the same resources written by hand' });
    bench.spawn(once.compiled);
    bench.exec(`${TS_NODE} bench/bench.ts`, { receiveArgs: true });

    const languages = project.addTask('bench:languages', { description: 'Measure Python against TypeScript, as test:languages has installed them' });
    languages.exec(`${TS_NODE} test/languages/ratio.ts`);

    const benchRehearsal = project.addTask('bench:rehearsal', {
      description: 'Measure rehearsals of many accounts and of large stacks, with --before also by the cli/main.js of another checkout',
    });
    benchRehearsal.spawn(once.compiled);
    benchRehearsal.exec(`${TS_NODE} bench/rehearsal.ts`, { receiveArgs: true });
  }
}
