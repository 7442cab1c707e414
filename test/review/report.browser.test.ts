import { spawnSync } from 'child_process';
import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { pathToFileURL } from 'url';
import { App, Stack } from 'aws-cdk-lib';
import { Browser, launch, Page } from 'puppeteer-core';
import { assemblyOf } from './assemblies';
import { written } from './written';
import { Assembly } from '../../review/assembly/assembly';
import { orgChart } from '../../review/report/chart';
import { html, svgFile } from '../../review/report/html';
import { pagesOf } from '../../review/report/report';
import { BreakGlass, Guardrail, Guardrails, Network, StageAddresses, StageProfile } from '../../src';
import { exampleApp } from '../example';
import { acme, newOutdir } from '../orgs';

// the page as a browser has it: laid out, judged by axe, with whatever it asks for. CHROMIUM names the browser

const chromium = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome']
  .find(name => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
// a machine without one skips these, which the count of tests says
const inBrowser = chromium ? test : test.skip;
const where = chromium ? '' : ': skipped, because there is no Chromium here (install one, or name it by CHROMIUM)';
const IN_PAGE = readFileSync(join(__dirname, 'in-page.js'), 'utf8');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

jest.setTimeout(300_000);

let browser: Browser | undefined;
beforeAll(async () => {
  if (chromium) {
    const path = spawnSync('sh', ['-c', 'command -v "$0"', chromium], { encoding: 'utf8' }).stdout.trim();
    browser = await launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  }
});
afterAll(() => browser?.close());

/** Stages in units of two levels, each with its network and who gets in. */
function fifty(): Assembly {
  return assemblyOf(app => {
    const { org, audit } = acme(app);
    org.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
    new Guardrails(org, 'guardrails', { guardrails: [Guardrail.allowedRegions(['eu-west-1', 'us-east-1'])] });
    new BreakGlass(org, 'break-glass');
    const profiles = [StageProfile.PRODUCTION, StageProfile.STAGING, StageProfile.DEVELOPMENT, StageProfile.TESTING];
    const stages = Array.from({ length: 46 }, (_, index) => org.addStage(`team-${index}`, {
      profile: profiles[index % 4], organizationalUnit: `workloads/group-${index % 7}`, addresses: StageAddresses.index(index + 1),
    }));
    stages.forEach(stage => new Network(new Stack(stage, 'network'), 'network', { addresses: stage.addresses }));
    ['engineers', 'operators', 'auditors', 'support'].forEach((name, index) => {
      const some = stages.slice(index * 7, index * 7 + 9);
      org.addGroup(name, { canAssume: some.map(stage => index % 2 === 0 ? stage.readOnly : stage.admin) });
    });
  });
}

/** So many that the templates would take a minute: what is drawn comes from facts. */
function fiveHundred(): Assembly {
  const fact = (kind: string, subject: string, name: string, value: string) => ({ kind, subject, name, value, source: 'acme' });
  const bucket = 's3://acme-audit-trail';
  return written(Array.from({ length: 500 }, (_, index) => `team-${index}`).flatMap((stage, index) => [
    fact('stage', stage, 'organizational-unit', index < 200 ? 'workloads/products' : `workloads/group-${index % 12}`),
    fact('stage', stage, 'profile', ['production', 'staging', 'development'][index % 3]),
    fact('stage', stage, 'cidr eu-west-1', `10.${Math.floor(index / 16)}.${index % 16 * 16}.0/20`),
    fact('access', `group ${['engineers', 'operators'][index % 2]}`, `stage ${stage} acme-${stage}-admin`, 'iam-user; mfa'),
    fact('records', stage, 'cloudtrail', `${bucket}/${stage}/`),
    fact('domain', stage, `${stage}.acme.example`, 'acme.example'),
  ]));
}

interface Case {
  readonly name: string;
  readonly assembly: () => Assembly;
  readonly bytes: number;
  /** axe takes minutes for 500 rows, in which is nothing that 50 have not. */
  readonly schemes: Array<'light' | 'dark'>;
}

const PAGES: Case[] = [
  {
    name: 'the example', assembly: () => read(exampleApp({ 'aws:cdk:enable-path-metadata': true })), bytes: 300_000, schemes: ['light', 'dark'],
  },
  { name: 'examples/minimal', assembly: () => read(exampleApp({}, 'minimal')), bytes: 100_000, schemes: ['light', 'dark'] },
  { name: '50 accounts', assembly: fifty, bytes: 1_000_000, schemes: ['light'] },
  { name: '500 accounts', assembly: fiveHundred, bytes: 3_000_000, schemes: [] },
];

function read(app: App): Assembly {
  return Assembly.read(app.synth().directory);
}

describe.each(PAGES)('$name', ({ assembly, bytes, schemes }) => {
  let file: string;

  beforeAll(() => {
    if (chromium) {
      file = join(newOutdir(), 'report.html');
      writeFileSync(file, html(pagesOf(assembly())));
    }
  });

  inBrowser(`asks for nothing, says nothing, and is small${where}`, async () => {
    expect(readFileSync(file).length).toBeLessThan(bytes);
    const { page, asked, said } = await opened(file, 'light');
    await page.evaluate('openAll()');
    expect(asked.map(url => url.slice(0, 5))).toEqual(['file:']);
    expect(said).toEqual([]);
    await page.close();
  });

  schemes.forEach(scheme => inBrowser(`has nothing serious for axe: ${scheme}${where}`, async () => {
    const { page } = await opened(file, scheme);
    await page.evaluate(AXE);
    await page.evaluate('openAll(12)');
    expect(await page.evaluate('violations()')).toEqual([]);
    for (const [section, inside] of [['access', '"Statement"'], ['controls', 'Looked for']]) {
      if (await page.evaluate(`focusFirst('${section}')`)) {
        await page.keyboard.press('Enter');
        expect(await page.evaluate('openedPanel()')).toContain(inside);
        expect(await page.evaluate('violations("[popover]:popover-open")')).toEqual([]);
        await page.keyboard.press('Escape');
        expect(await page.evaluate('openedPanel()')).toBe('');
      }
    }
    await page.close();
  }));

  inBrowser.each([1280, 400])(`has no boxes over each other, and no text beyond its box: %s px${where}`, async width => {
    const { page } = await opened(file, 'light', width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate('wrongBoxes()')).toEqual([]);
    await page.close();
  });
});

inBrowser(`the organization chart alone is an image of its own, whatever names are in it${where}`, async () => {
  const hostile = '<script>"&\'\u202e\u0007]]>';
  const fact = (kind: string, subject: string, name: string, value: string) => ({ kind, subject, name, value, source: 'acme' });
  const { organizations: [organization] } = written([
    fact('stage', hostile, 'profile', hostile), fact('stage', 'prod', 'organizational-unit', `a/${hostile}`),
    fact('guardrail', 'organization', hostile, 'SERVICE_CONTROL_POLICY'),
  ]);
  const file = join(newOutdir(), 'organization.svg');
  writeFileSync(file, svgFile(orgChart(organization)));
  const { page, asked, said } = await opened(file, 'dark');
  expect(await page.evaluate('document.documentElement.nodeName')).toBe('svg');
  expect(await page.evaluate('document.querySelector("parsererror, script")')).toBe(null);
  expect(await page.evaluate('document.querySelectorAll(".chip").length')).toBe(2);
  expect(await page.evaluate('getComputedStyle(document.querySelector(".card > rect")).fill')).toBe('rgb(26, 32, 41)');
  expect([asked.length, said]).toEqual([1, []]);
  await page.close();
});

interface Opened {
  readonly page: Page;
  readonly asked: string[];
  readonly said: string[];
}

async function opened(file: string, scheme: 'light' | 'dark', width = 1280): Promise<Opened> {
  const page = await browser!.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', request => asked.push(request.url()));
  page.on('console', message => said.push(message.text()));
  page.on('pageerror', error => said.push(String(error)));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(file).href);
  await page.evaluate(IN_PAGE);
  return { page, asked, said };
}
