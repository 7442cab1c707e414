import { readFileSync } from 'fs';
import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';
import { GithubWorkflow } from 'projen/lib/github';
import { JobPermission, JobStep } from 'projen/lib/github/workflows-model';

const TOOLS = {
  python: { uses: 'actions/setup-python', with: { 'python-version': '3.11' } },
  java: { uses: 'actions/setup-java', with: { 'distribution': 'temurin', 'java-version': '17' } },
  go: { uses: 'actions/setup-go', with: { 'go-version': 'stable', 'cache': false } },
  dotnet: { uses: 'actions/setup-dotnet', with: { 'dotnet-version': '8.x' } },
};

/** A part of the evidence, which `.ci/run <name>` builds what it needs for, and runs alone. */
interface Lane {
  readonly name: string;
  /** What it proves: the name of the check on a pull request. */
  readonly promise: string;
  /** What it needs beside Node. */
  readonly tools?: Array<keyof typeof TOOLS>;
}

const LANES: Lane[] = JSON.parse(readFileSync('.ci/lanes.json', 'utf8'));

/** The workflow of a pull request: the lanes of `.ci/run`, each a check, with rights to read and nothing else. */
export class Evidence extends Component {
  constructor(project: JsiiProject) {
    super(project);
    const setup: JobStep[] = Object.entries(TOOLS).map(([tool, step]) => ({ name: `Set up ${tool}`, ...step, if: `contains(matrix.tools, '${tool}')` }));
    const workflow = new GithubWorkflow(project.github!, 'build', {
      limitConcurrency: true,
      concurrencyOptions: { group: '${{ github.workflow }}-${{ github.ref }}', cancelInProgress: true },
    });
    workflow.on({ pullRequest: {}, workflowDispatch: {} });
    workflow.addJob('evidence', {
      name: '${{ matrix.promise }}',
      runsOn: ['ubuntu-latest'],
      permissions: { contents: JobPermission.READ },
      timeoutMinutes: 60,
      strategy: {
        failFast: false,
        matrix: { include: LANES.map(({ name, promise, tools = [] }) => ({ lane: name, promise, tools: tools.join(' ') })) },
      },
      env: { CI: 'true' },
      steps: [
        // a release is rehearsed in a clone of this, which wants the whole history
        { name: 'Check out', uses: 'actions/checkout', with: { 'fetch-depth': 0, 'persist-credentials': false } },
        {
          name: 'Set up node',
          uses: 'actions/setup-node',
          with: { 'node-version': project.minNodeVersion, 'package-manager-cache': false },
        },
        ...setup,
        { name: 'Run the lane', run: 'bash .ci/run "${{ matrix.lane }}"' },
      ],
    });
    // the title is read, and nothing is written
    project.github!.tryFindWorkflow('pull-request-lint')!.file!.addOverride('jobs.validate.permissions', { 'pull-requests': 'read' });
  }
}
