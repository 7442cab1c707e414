import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

/** Takes the bootstrap template out of the CDK CLI, as JSON: generated, shipped with its licence, never committed. */
export class BootstrapTemplate extends Component {
  public static readonly TASK = 'bootstrap-template';

  constructor(project: JsiiProject) {
    super(project);
    const task = project.addTask(BootstrapTemplate.TASK, {
      description: "Take the bootstrap template and its licence out of the CDK CLI's package",
    });
    task.exec('mkdir -p bootstrap');
    for (const file of ['LICENSE', 'NOTICE']) {
      task.exec(`cp node_modules/aws-cdk/${file} bootstrap/`);
    }
    task.exec('node projenrc/take-bootstrap-template.js');
    project.preCompileTask.spawn(task);
    // whoever packs, packs it, whatever ran before
    project.setScript('prepack', `projen ${BootstrapTemplate.TASK}`);
    project.tasks.tryFind('package:js')!.exec('tar -tzf dist/js/*.tgz package/bootstrap/bootstrap-template.json');
    project.gitignore.exclude('/bootstrap/');
    project.npmignore?.include('/bootstrap/');
  }
}
