import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';
import { JobPermission } from 'projen/lib/github/workflows-model';

/** The workflow that runs `.ci/run`, all of the evidence, on every pull request. */
export class Evidence extends Component {
  constructor(project: JsiiProject) {
    super(project);
    const workflow = project.github!.addWorkflow('evidence');
    workflow.on({ pullRequest: {}, workflowDispatch: {} });
    workflow.addJob('evidence', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 120,
      env: { CI: 'true' },
      steps: [
        // a release is rehearsed in a clone of this, which wants the whole history
        { uses: 'actions/checkout@v5', with: { 'fetch-depth': 0 } },
        { uses: 'actions/setup-node@v6', with: { 'node-version': project.minNodeVersion } },
        { uses: 'actions/setup-python@v6', with: { 'python-version': '3.11' } },
        { uses: 'actions/setup-java@v5', with: { 'distribution': 'temurin', 'java-version': '17' } },
        { uses: 'actions/setup-go@v6', with: { 'go-version': 'stable' } },
        { uses: 'actions/setup-dotnet@v5', with: { 'dotnet-version': '8.x' } },
        { run: 'bash .ci/run' },
      ],
    });
  }
}
