import { join } from 'path';
import { Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { ALL_REGIONS, refusals } from './judged';
import { place } from './place';
import { synthesize, testApp } from '../orgs';
import { CATALOGUE } from '../services/catalogue';
import { PROFILES } from '../services/contract';

// every service with default props, of every profile, in every region of the data: the newest CDK's validator finds
// nothing, or the library says itself what to do. `npm run test:regions` prints the table

const { CompositeEngine, TemplateContent } = jest.requireActual(
  join(__dirname, '../../node_modules/aws-cdk-lib-newest/node_modules/@aws/cloudformation-validate'));

interface Row {
  readonly services: number;
  readonly refused: string[];
  readonly found: string[];
}

const rows = new Map<string, Row>();
// a template is judged once in each region, whichever service or profile has it
const verdicts = new Map<string, string[]>();
let engine: any;

beforeAll(() => engine = new CompositeEngine());

afterAll(() => {
  const table = [...rows].map(([service, { services, refused, found }]) =>
    [service, services, refused.length, found.length].map(cell => String(cell).padEnd(20)).join(''));
  process.stdout.write([
    '', ['service', 'defined', 'own error', 'findings'].map(cell => cell.padEnd(20)).join(''), ...table,
    `${ALL_REGIONS.length} regions, ${Object.keys(PROFILES).length} profiles, ${verdicts.size} templates judged`, '',
  ].join('\n'));
});

function verdict(text: string, region: string): string[] {
  const key = `${region} ${text}`;
  const { domainSuffix, partition } = RegionInfo.get(region);
  const known = verdicts.get(key) ?? engine.validateTemplate(new TemplateContent(text), {
    detailLevel: 'STANDARD', pseudoParameterOverrides: { region, partition, urlSuffix: domainSuffix },
  }).diagnostics.filter(({ severity }: any) => ['ERROR', 'FATAL'].includes(severity)).map(({ ruleId, message }: any) => `${ruleId} ${message}`);
  verdicts.set(key, known);
  return known;
}

test.each(Object.keys(CATALOGUE))('%s', service => {
  const row: Row = { services: 0, refused: [], found: [] };
  for (const region of ALL_REGIONS) {
    const stack = new Stack(testApp(), 'services', { env: { account: '222222222222', region } });
    for (const profile of Object.values(PROFILES)) {
      const { app, refused } = place(service, profile, region);
      if (refused) {
        row.refused.push(`${region} ${profile.name}: ${refused}`);
        continue;
      }
      const synthesized = synthesize(app);
      row.found.push(...[...synthesized.stacks.keys()].flatMap(path => [
        ...verdict(JSON.stringify(synthesized.stacks.get(path)!.template), region),
        ...refusals(stack, synthesized.resources(path)),
      ]).map(line => `${region} ${profile.name}: ${line}`));
    }
  }
  rows.set(service, { ...row, services: ALL_REGIONS.length * Object.keys(PROFILES).length });
  expect(row.found).toEqual([]);
  expect(row.refused.filter(line => !line.includes('use another region'))).toEqual([]);
}, 1_200_000);
