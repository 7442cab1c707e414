import { Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { ALL_REGIONS, refusals } from './judged';
import { place } from './place';
import { defaultType } from '../../src/services/support/instance-types';
import { synthesize, testApp } from '../orgs';
import { CATALOGUE } from '../services/catalogue';
import { PROFILES } from '../services/contract';

jest.setTimeout(120_000);

const stackIn = (region: string) => new Stack(testApp(), 'services', { env: { account: '222222222222', region } });
const HOME = 'eu-west-1';

describe.each(Object.keys(CATALOGUE))('%s with default props', service => {
  test.each(Object.entries(PROFILES))('of profile %s has in each region what it asks for, or says what to do', (_, profile) => {
    const { resources } = everything(service, profile, HOME);
    const elsewhere = ALL_REGIONS.filter(region => refusals(stackIn(region), resources).length > 0);
    for (const region of elsewhere) {
      const there = everything(service, profile, region);
      expect([region, there.refused ?? refusals(stackIn(region), there.resources)])
        .toEqual([region, there.refused ? expect.stringMatching(/AWS's data of .*: use another region/) : []]);
    }
  });
});

function everything(service: string, profile: typeof PROFILES[string], region: string) {
  const { app, refused } = place(service, profile, region);
  if (refused) {
    return { refused, resources: {} };
  }
  const synthesized = synthesize(app);
  const resources = [...synthesized.stacks.keys()].flatMap(path => Object.entries(synthesized.resources(path))
    .map(([id, resource]) => [`${path} ${id}`, resource]));
  return { resources: Object.fromEntries(resources), refused: undefined };
}

// a change of this list changes the class of an instance that exists: it is what a release has to say
test('a default that a region lacks is another type there, of the same size', () => {
  const replaced = (name: string, ...types: string[]) => types.flatMap(type => ALL_REGIONS
    .map(region => [region, defaultType(stackIn(region), { name }, type)] as [string, InstanceType])
    .filter(([, there]) => there.toString() !== type).map(([region, there]) => `${type} ${region} ${there.toString()}`));
  const databases = [
    't4g.micro ca-west-1 t3.micro', 't4g.medium ca-west-1 t3.medium', 'm7g.large af-south-1 m6g.large', 'm7g.large ap-east-1 m6g.large',
    'm7g.large ca-west-1 m6g.large', 'm7g.large eu-south-1 m6g.large', 'm7g.large us-gov-west-1 m6g.large',
  ];
  expect(replaced('postgres', 't4g.micro', 't4g.medium', 'm7g.large')).toEqual(databases);
  expect(replaced('mysql', 't4g.micro', 't4g.medium', 'm7g.large')).toEqual(databases);
  expect(replaced('mariadb', 't4g.micro', 't4g.medium', 'm7g.large')).toEqual(databases);
  expect(replaced('elasticache', 't4g.micro', 't4g.medium', 'm7g.large')).toEqual([
    't4g.micro me-central-1 t3.micro', 't4g.micro me-south-1 t3.micro', 't4g.medium me-central-1 t3.medium', 't4g.medium me-south-1 t3.medium',
    'm7g.large ca-west-1 m6g.large', 'm7g.large eu-south-1 m6g.large',
  ]);
  expect(replaced('opensearch', 't3.small', 'm6g.large', 'r6g.large')).toEqual([
    'm6g.large ap-east-2 m7g.large', 'm6g.large ap-southeast-6 m7g.large', 'm6g.large ap-southeast-7 m7g.large', 'm6g.large mx-central-1 m7g.large',
    'r6g.large ap-east-2 r7g.large', 'r6g.large ap-southeast-6 r7g.large', 'r6g.large ap-southeast-7 r7g.large', 'r6g.large mx-central-1 r7g.large',
  ]);
});

test.each([
  ['12.22', 'm7g.large', 'm6g.large'], ['13.23', 'm7g.large', 'm7g.large'], ['11.22-rds.20260514', 't4g.micro', 't3.micro'],
])('a default that version %s of PostgreSQL lacks, %s, is %s', (version, type, instead) => {
  expect(defaultType(stackIn(HOME), { name: 'postgres', version }, type).toString()).toBe(instead);
});
