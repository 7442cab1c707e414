import { Component } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';
import { Once } from './once';
import { TS_NODE } from './tests';

/** What has to hold before a release, and what proves that a release reaches those who install it. */
export class Releases extends Component {
  constructor(project: JsiiProject, once: Once) {
    super(project);
    const check = project.addTask('release:check', {
      description: 'Hold the API and the logical ids against the last release',
    });
    check.exec('node projenrc/release-check.js');
    const inRelease = { condition: 'node -e "if (!process.env.RELEASE) process.exit(1)"' };
    project.postCompileTask.spawn(check, inRelease);
    project.postCompileTask.spawn(project.tasks.tryFind('docs:api')!, inRelease);
    project.release!.publisher.addGitHubPostPublishingSteps({
      name: 'Attach the documentation of each language',
      if: '${{ !inputs.dry_run }}',
      env: { GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
      run: 'gh release upload "$(cat dist/releasetag.txt)" dist/docs/*.md --clobber -R "$GITHUB_REPOSITORY"',
    });

    const rehearsal = project.addTask('test:release', {
      description: 'Make a release in a clone, and publish it to registries on this machine, from which the languages install it',
    });
    rehearsal.spawn(once.compiled);
    rehearsal.exec(`${TS_NODE} test/release/main.ts`, { receiveArgs: true });
  }
}
