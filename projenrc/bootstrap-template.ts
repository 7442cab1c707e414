import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

/** Takes the bootstrap template out of the CDK CLI: generated, shipped with its licence, never committed. */
export class BootstrapTemplate extends Component {
  public static readonly TASK = 'bootstrap-template';

  constructor(project: JsiiProject) {
    super(project);
    const task = project.addTask(BootstrapTemplate.TASK, {
      description: "Take the bootstrap template and its licence out of the CDK CLI's package",
    });
    task.exec('mkdir -p bootstrap');
    task.exec([
      'cp -f node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml',
      'node_modules/aws-cdk/LICENSE node_modules/aws-cdk/NOTICE bootstrap/',
    ].join(' '));
    project.preCompileTask.spawn(task);
    project.gitignore.exclude('/bootstrap/');
    project.npmignore?.include('/bootstrap/');
  }
}
