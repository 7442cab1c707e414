import { readFileSync } from 'fs';
import { createRequire } from 'module';
import { join } from 'path';
import { markdown } from '../../review/diff/markdown';
import { ACCEPTED } from '../../review/diff/review';
import { REPOSITORY } from '../packages';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly if?: string;
  readonly permissions: Record<string, string>;
  readonly steps: Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

// projen parses YAML, and brings what it does so with
const { parse } = createRequire(require.resolve('projen/package.json'))('yaml') as { parse(text: string): Workflow };

const guide = readFileSync(join(REPOSITORY, 'docs', 'guides', 'reviewing-changes.md'), 'utf8');
const text = /```yaml\n(.+?)```/s.exec(guide)![1];
const workflow = parse(text);
const { diff, comment } = workflow.jobs;

test('each action is a commit, with its version behind it', () => {
  const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(uses.length).toBe([...diff.steps, ...comment.steps].filter(step => step.uses).length);
  uses.forEach(action => expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/));
});

test('code of a pull request runs where nothing can be written', () => {
  expect(workflow.on).toBe('pull_request');
  expect(workflow.permissions).toEqual({});
  expect(diff.permissions).toEqual({ contents: 'read' });
  expect(diff.steps[0].with).toEqual({ 'fetch-depth': 2, 'persist-credentials': false });
  expect(text).not.toMatch(/secrets\./);
  // what writes does not check out, and knows the code's text as a file only
  expect(comment.permissions).toEqual({ 'pull-requests': 'write' });
  expect(comment.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
  expect(comment.steps.filter(({ uses = '' }) => /checkout|setup/.test(uses))).toEqual([]);
  [...diff.steps, ...comment.steps].forEach(({ run = '' }) => expect(run).not.toContain('${{'));
});

test('its comment is found again by what begins the Markdown', () => {
  const [mark] = markdown({ changes: [], stale: [], file: ACCEPTED, errors: [], notes: [] }).split('\n');
  expect(comment.steps.find(({ env }) => env?.MARK)?.env?.MARK).toBe(mark);
});
