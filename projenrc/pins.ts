import { readFileSync } from 'fs';
import { Component, YamlFile } from 'projen';
import { JsiiProject } from 'projen/lib/cdk';

const PINS = '.github/workflows/pins.yml';

/** The commit of each action, for all workflows: written by hand, where Dependabot finds it. */
export class Pins extends Component {
  constructor(project: JsiiProject) {
    super(project);
    for (const [, pin, action] of readFileSync(PINS, 'utf8').matchAll(/uses: (([\w./-]+)@[0-9a-f]{40}) # v/g)) {
      project.github!.actions.set(action, pin);
    }
    new YamlFile(project, '.github/dependabot.yml', {
      committed: true,
      obj: {
        version: 2,
        updates: [{
          'package-ecosystem': 'github-actions',
          'directory': '/',
          'schedule': { interval: 'monthly' },
          'cooldown': { 'default-days': 5 },
          'groups': { actions: { patterns: ['*'] } },
          'commit-message': { prefix: 'chore', include: 'scope' },
        }],
      },
    });
  }

  public postSynthesize(): void {
    const { workflows } = (this.project as JsiiProject).github!;
    const uses = workflows.flatMap(({ file }) => [...readFileSync(file!.absolutePath, 'utf8').matchAll(/uses: (\S+)/g)]);
    const loose = uses.map(([, action]) => action).filter(action => !/@[0-9a-f]{40}$/.test(action));
    if (loose.length > 0) {
      throw new Error(`${PINS} has no commit for ${[...new Set(loose)].join(', ')}: add it, with the version behind it`);
    }
  }
}
