import { writeFileSync } from 'fs';
import { join, parse } from 'path';
import { Assembly, Organization } from '../assembly/assembly';
import { CommandLine, CommandProps } from '../command-line';
import { accessMatrix } from './access';
import { chart, orgChart } from './chart';
import { controls } from './controls';
import { counted, Figure, Section } from './document';
import { Guardrails } from './guardrails';
import { html, Page, svgFile } from './html';
import { markdown } from './markdown';
import { otherFacts } from './other-facts';
import { problems } from './problems';
import { recordsFlow } from './records';
import { running } from './running';
import { services } from './services';
import { stacksOf } from './values';
import { priceItems } from '../prices/price-items';
import { Prices } from '../prices/prices';
import { counted as countedIn } from '../prices/quantities';
import { UsageError } from '../usage-error';

export const COMMAND: CommandProps = {
  name: 'report',
  about: 'Writes what the app makes as one page: accounts, access, records, services, errors, what auditors ask. Asks no AWS account.',
  options: [
    { name: 'output', short: 'o', value: 'file', help: 'where it is written (default: report.html)' },
    { name: 'markdown', help: 'write the same as Markdown, to standard output where no file is given' },
    { name: 'picture', help: 'write the organization chart alone, as SVG (default: organization.svg)' },
    { name: 'prices', value: 'file', help: 'show what runs by the hour as money, too, by the prices that check --prices has written' },
    { name: 'price-items', help: 'write as JSON which prices that needs, and where they are in AWS\'s price list' },
  ],
  examples: [
    ['', 'a page that opens without a network'],
    ['--markdown > report.md', 'the same for the comment of a pull request'],
    ['--prices prices.json', 'what runs by the hour as money, too'],
    ['--picture -o docs/organization.svg', 'the organization chart for a README'],
  ],
};

export async function report(words: string[]): Promise<number> {
  const line = new CommandLine(COMMAND, words);
  if (line.is('help')) {
    process.stdout.write(line.help);
    return 0;
  }
  const kinds = ['markdown', 'picture', 'price-items'].filter(name => line.is(name));
  if (kinds.length > 1) {
    throw new UsageError(`--${kinds.join(' and --')} exclude each other: leave one of them out`);
  }
  const assembly = await line.assembly();
  const output = line.text('output');
  if (line.is('picture')) {
    return written(pictures(assembly, output ?? 'organization.svg'));
  }
  if (line.is('price-items')) {
    process.stdout.write(`${JSON.stringify(priceItems(countedIn(assembly)), undefined, 2)}\n`);
    return 0;
  }
  const prices = line.text('prices');
  const pages = pagesOf(assembly, prices === undefined ? undefined : Prices.read(prices));
  if (line.is('markdown') && output === undefined) {
    process.stdout.write(markdown(pages));
    return 0;
  }
  return written({ [output ?? 'report.html']: line.is('markdown') ? markdown(pages) : html(pages) });
}

function written(files: Record<string, string>): number {
  Object.entries(files).forEach(([file, content]) => {
    try {
      writeFileSync(file, content);
    } catch (error) {
      throw new Error(`output '${file}' cannot be written (${(error as Error).message}): give a file in a folder that is there`);
    }
    process.stdout.write(`${file}\n`);
  });
  return 0;
}

/** A file for each organization; where there are several, their names say which. */
function pictures({ organizations }: Assembly, file: string): Record<string, string> {
  if (organizations.length === 0) {
    throw new Error('picture is of an organization, and the app has none: leave it out');
  }
  const { dir, name, ext } = parse(file);
  const fileOf = (namespace: string) => organizations.length === 1 ? file : join(dir, `${name}-${namespace}${ext}`);
  return Object.fromEntries(organizations.map(organization =>
    [fileOf(organization.namespace), svgFile(orgChart(organization))]));
}

/** What an app is taken for that has no organization. */
const NONE: Organization = { namespace: 'app', path: '', stages: [], facts: [] };

/** The report of an assembly, before it is HTML or Markdown. */
export function pagesOf(assembly: Assembly, prices?: Prices): Page {
  const organizations = assembly.organizations.length > 0 ? assembly.organizations : [NONE];
  const several = organizations.length > 1;
  const names = organizations.map(({ namespace }) => namespace);
  const sectionsOfOne = (organization: Organization, index: number) => sectionsOf(assembly, organization, prices).map(
    section => several ? { ...section, id: `${section.id}-${index}`, title: `${section.title} of ${organization.namespace}` } : section);
  return {
    title: names.join(', '),
    about: several ? 'Organizations in AWS, as the code has them' : 'An organization in AWS, as the code has it',
    figures: figures(assembly, organizations),
    sections: [...problems(assembly), ...organizations.flatMap(sectionsOfOne)],
  };
}

function sectionsOf(assembly: Assembly, organization: Organization, prices?: Prices): Section[] {
  return [
    chart(organization),
    accessMatrix(assembly, organization),
    recordsFlow(assembly, organization),
    services(assembly, organization),
    running(assembly, organization, prices),
    controls(assembly, organization),
    ...otherFacts(organization),
  ];
}

function figures(assembly: Assembly, organizations: Organization[]): Figure[] {
  const stages = organizations.flatMap(organization => organization.stages);
  const facts = organizations.flatMap(organization => organization.facts);
  const missing = stages.filter(({ account }) => account === undefined).length;
  const subjects = new Set(facts.filter(({ kind }) => kind === 'access').map(({ subject }) => subject));
  const stacks = new Set(organizations.flatMap(organization => stacksOf(assembly, organization)));
  const figure = (value: number, one: string, several?: string): Figure => {
    const [number, ...label] = counted(value, one, several).split(' ');
    return { value: number, label: label.join(' ') };
  };
  return [
    figure(stages.length, 'stage'),
    ...missing > 0 ? [figure(missing, 'account that is not there yet', 'accounts that are not there yet')] : [],
    figure(stacks.size, 'stack'),
    figure([...stacks].reduce((sum, { resources }) => sum + resources.size, 0), 'resource'),
    figure(new Guardrails(facts).names.length, 'guardrail'),
    figure(subjects.size, 'subject with access', 'subjects with access'),
  ];
}
