import { App } from 'aws-cdk-lib';
import { HTMLElement, parse } from 'node-html-parser';
import { Assembly } from '../../review/assembly/assembly';
import { html } from '../../review/report/html';
import { pagesOf } from '../../review/report/report';
import { factsOf } from '../isolation/facts';
import { ACCOUNTS } from '../isolation/templates';

/** What a reader of the report's access matrix takes from it. */
export interface Read {
  /** Facts of access, in the words of facts. */
  readonly rows: string[];
  /** What a cell opens and should not, or does not open. */
  readonly problems: string[];
}

/** Reads the page's matrix by what is seen of it: columns, rows, and in their cells roles with ways and conditions. */
export function matrixOf(app: App): Read {
  const page = parse(html(pagesOf(Assembly.read(app.outdir))));
  const table = page.querySelectorAll('#access table').find(one => textOf(one.querySelector('caption')) === 'Who gets into which role');
  const { facts } = factsOf(app);
  const subjects = [...new Set(facts.filter(({ kind }) => kind === 'access').map(({ subject }) => subject))];
  if (!table) {
    return { rows: [], problems: [] };
  }
  const [, ...columns] = table.querySelectorAll('thead tr').pop()!.querySelectorAll('th').map(textOf);
  const whos = columns.map(label => onlyOne(label, subjects.filter(subject => isCalled(subject, label))));
  const cells = table.querySelectorAll('tbody tr').flatMap(row => {
    const stage = textOf(row.querySelector('th'));
    return row.querySelectorAll('td').flatMap((cell, column) => rolesIn(cell).map(one => ({ ...one, stage, who: whos[column] })));
  });
  const read = cells.map(({ stage, who, panel, ways }) => {
    const opened = page.querySelector(`#${panel}`)!;
    const [, role, of] = /^(.+?)(?: in (\S+))?$/.exec(textOf(opened.querySelector('h3')))!;
    const name = of === undefined ? role : `stage ${of} ${role}`;
    const rows = ways.map(way => `${who} | ${name} | ${way}`);
    const shown = opened.querySelectorAll('tbody tr').map(row => row.querySelectorAll('th, td').map(textOf))
      .filter(([kind]) => kind === 'access').map(([, subject, place, value]) => `${subject} | ${place} | ${value}`);
    return {
      rows,
      problems: [
        ...of === undefined || of === stage ? [] : [`'${role}' of ${stage} opens that of ${of}`],
        ...rows.filter(row => !shown.includes(row)).map(row => `the panel of ${name} does not have ${row}`),
        ...of === undefined || trusts(app, of, role).includes(compact(opened.querySelector('pre'))) ? [] : [`the trust of ${name} is another`],
      ],
    };
  });
  return { rows: read.flatMap(({ rows }) => rows).sort(), problems: read.flatMap(({ problems }) => problems) };
}

interface Role {
  readonly panel: string;
  readonly ways: string[];
}

/** A role is a button, and each small line beneath is a way into it. */
function rolesIn(cell: HTMLElement): Role[] {
  const roles: Role[] = [];
  cell.querySelectorAll('button, small').forEach(one => {
    if (one.tagName === 'BUTTON') {
      roles.push({ panel: one.getAttribute('popovertarget')!, ways: [] });
    } else {
      roles[roles.length - 1].ways.push(inFacts(textOf(one)));
    }
  });
  return roles;
}

/** The page says hours and commas where facts have seconds and semicolons. */
function inFacts(way: string): string {
  return way.replace(/mfa within (\d+) h\b/, (_, hours) => `mfa within ${Number(hours) * 3600} seconds`)
    .replace(/, (?=[a-zA-Z])/g, '; ');
}

/** By the last part of its name, and where it is of an account, by that or its stage. */
function isCalled(subject: string, label: string): boolean {
  const [, name, place] = /^(\S+) of (\S+)$/.exec(label) ?? [];
  return name ? subject.endsWith(`:${ACCOUNTS[place] ?? place}:${name}`) : subject === label || subject.split(' ').pop()!.replace(/^acme-/, '') === label;
}

function onlyOne(label: string, found: string[]): string {
  return found.length === 1 ? found[0] : `${found.length} are called ${label}: ${found.join(', ')}`;
}

/** Trust of the roles of that name in the templates of a stage, as JSON. */
function trusts(app: App, stage: string, role: string): string[] {
  return app.synth().getNestedAssembly(`assembly-acme-${stage}`).stacks
    .flatMap(({ template }) => Object.values<Record<string, any>>(template.Resources ?? {}))
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties.RoleName === role)
    .map(({ Properties }) => JSON.stringify(Properties.AssumeRolePolicyDocument));
}

function compact(code: HTMLElement | null): string {
  return JSON.stringify(JSON.parse(textOf(code)));
}

function textOf(element: HTMLElement | null): string {
  return element?.text.trim() ?? '';
}
