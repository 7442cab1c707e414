import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as fc from 'fast-check';
import { MultiAccountOrg, MultiAccountOrgProps, Network, StageAccount, StageOptions } from '../src';
import { lookups, orgProps, PROD, problems, ROOT, synthesize, testApp } from './orgs';
import { cases } from './random';
import { formatBlock, overlaps, parseBlock, size } from '../src/support/cidr';

type Stages = Record<string, StageOptions>;

function org(stages: Stages, props: Partial<MultiAccountOrgProps> = {}) {
  const app = testApp();
  const acme = new MultiAccountOrg(app, 'acme', orgProps(props));
  Object.entries(stages).forEach(([name, options]) => acme.addStage(name, options));
  return { app, acme, stage: (name: string) => acme.stages.find(({ node }) => node.id === name)! };
}

describe('a stage', () => {
  test.each<[string, StageOptions, Partial<MultiAccountOrgProps>, string]>([
    ['at an index of the pool', { addressIndex: 103 }, {}, '10.103.0.0/16'],
    ['at the first', { addressIndex: 0 }, {}, '10.0.0.0/16'],
    ['at the last', { addressIndex: 255 }, {}, '10.255.0.0/16'],
    ['in smaller blocks of another pool', { addressIndex: 5 }, { addressPool: '172.16.0.0/12', stagePrefixLength: 20 }, '172.16.80.0/20'],
    ['by itself', { cidr: '192.168.0.0/20' }, {}, '192.168.0.0/20'],
  ])('has its addresses %s', (_, options, props, expected) => {
    expect(org({ prod: options }, props).stage('prod').cidr).toBe(expected);
  });

  test('has others in other regions', () => {
    const prod = org({
      prod: { addressIndex: 3, regionalAddressIndexes: { 'eu-central-1': 13 }, regionalCidrs: { 'us-east-1': '10.23.0.0/16' } },
    }).stage('prod');
    expect(['eu-west-1', 'eu-central-1', 'us-east-1'].map(region => prod.cidrIn(region)))
      .toEqual(['10.3.0.0/16', '10.13.0.0/16', '10.23.0.0/16']);
  });

  test('keeps its addresses, whoever comes before it', () => {
    expect(org({ staging: { addressIndex: 2 }, data: { addressIndex: 9 }, prod: { addressIndex: 1 } }).stage('prod').cidr)
      .toBe(org({ prod: { addressIndex: 1 } }).stage('prod').cidr);
  });

  test('without addresses says how to give it some', () => {
    const prod = org({ prod: {} }).stage('prod');
    expect(() => prod.cidr).toThrow("stage 'prod' has no addresses: give it an addressIndex in its organization, or a cidr");
    expect(() => prod.cidrIn('eu-central-1'))
      .toThrow("stage 'prod' has no addresses in 'eu-central-1': give it regionalAddressIndexes in its organization, or regionalCidrs");
  });

  test('that stands alone has what it is given', () => {
    const alone = (cidr: string, regionalCidrs = {}) => new StageAccount(testApp(), 'prod', {
      accountId: PROD, managementAccountId: ROOT, namespace: 'acme', region: 'eu-west-1', cidr, regionalCidrs,
    });
    expect(alone('10.3.0.0/16', { 'eu-central-1': '10.13.0.0/16' }).cidrIn('eu-central-1')).toBe('10.13.0.0/16');
    expect(() => alone('10.3.1.0/16')).toThrow("stage 'prod': cidr '10.3.1.0/16' is not a block of addresses: give the first address and a length, like '10.1.0.0/16'");
    expect(() => alone('10.3.0.0/16', { 'eu-west-1': '10.4.0.0/16' })).toThrow('is the region of the stage itself');
    expect(() => alone('10.3.0.0/16', { 'eu-wst-1': '10.4.0.0/16' })).toThrow("regionalCidrs 'eu-wst-1'");
  });

  test('asks for the zones of its account only once that exists', () => {
    const asked = (options: StageOptions) => {
      const { app, stage } = org({ prod: { addressIndex: 1, ...options } });
      new ec2.Vpc(new Stack(stage('prod'), 'network'), 'Vpc', { maxAzs: 3 });
      return lookups(app.synth()).map(({ provider }) => provider);
    };
    expect(asked({})).toEqual(['cc-api-provider']);
    expect(asked({ accountId: PROD })).toEqual(['availability-zones']);
  });
});

describe('an organization refuses', () => {
  const OVERLAP = 'networks with the same addresses can never be connected, so give another';

  test.each<[string, Stages, Partial<MultiAccountOrgProps>, string[]]>([
    ['an index for two stages', { prod: { addressIndex: 3 }, dev: { addressIndex: 3 } }, {},
      [`addressIndex of stage 'dev' is 10.3.0.0/16 and overlaps addressIndex of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['an index for two regions', { prod: { addressIndex: 3, regionalAddressIndexes: { 'eu-central-1': 3 } } }, {},
      [`regionalAddressIndexes 'eu-central-1' of stage 'prod' is 10.3.0.0/16 and overlaps addressIndex of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['a part of another\'s block', { prod: { addressIndex: 3 }, dev: { cidr: '10.3.128.0/20' } }, {},
      [`cidr of stage 'dev' is 10.3.128.0/20 and overlaps addressIndex of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['root\'s index for a stage', { prod: { addressIndex: 100 } }, { rootAddressIndex: 100 },
      [`addressIndex of stage 'prod' is 10.100.0.0/16 and overlaps addressIndex of stage 'root', 10.100.0.0/16: ${OVERLAP}`]],
    ['an index outside of the pool', { prod: { addressIndex: 256 }, dev: { addressIndex: -1 }, test: { addressIndex: 1.5 } }, {},
      ["addressIndex of stage 'prod' 256 is not in addressPool '10.0.0.0/8': give a whole number from 0 to 255",
        "addressIndex of stage 'dev' -1 is not in addressPool '10.0.0.0/8': give a whole number from 0 to 255",
        "addressIndex of stage 'test' 1.5 is not in addressPool '10.0.0.0/8': give a whole number from 0 to 255"]],
    ['a block that is none', { prod: { cidr: '10.300.0.0/16' } }, {},
      ["cidr of stage 'prod' '10.300.0.0/16' is not a block of addresses: give the first address and a length, like '10.1.0.0/16'"]],
    ['a block that is no network of AWS', { prod: { cidr: '10.0.0.0/8' } }, {},
      ["cidr of stage 'prod' '10.0.0.0/8' has another size than a network of AWS: give a length of /16 to /28"]],
    ['two ways to say it', { prod: { cidr: '10.1.0.0/16', addressIndex: 2 } }, {},
      ["addressIndex of stage 'prod' would be ignored, because it has a cidr: leave one out"]],
    ['two ways to say it of a region',
      { prod: { regionalCidrs: { 'us-east-1': '10.1.0.0/16' }, regionalAddressIndexes: { 'us-east-1': 2 } } }, {},
      ["regionalAddressIndexes 'us-east-1' of stage 'prod' would be ignored, because regionalCidrs has it: leave one out"]],
    ['the stage\'s own region among the others', { prod: { regionalAddressIndexes: { 'eu-west-1': 2 } } }, {},
      ["regionalAddressIndexes 'eu-west-1' of stage 'prod' is the region of the stage itself: give it as cidr or addressIndex"]],
    ['a region that is none', { prod: { regionalAddressIndexes: { 'eu-wst-1': 2 } } }, {},
      ["regionalAddressIndexes 'eu-wst-1' of stage 'prod' 'eu-wst-1' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib"]],
    ['a pool that is none', { prod: { addressIndex: 1 } }, { addressPool: '10.0.0.1/8' },
      ["addressPool '10.0.0.1/8' is not a block of addresses: give the first address and a length, like '10.0.0.0/8'"]],
    ['a pool smaller than a stage', { prod: { addressIndex: 0 } }, { addressPool: '10.0.0.0/24', stagePrefixLength: 20 },
      ["addressPool '10.0.0.0/24' is smaller than one stage of stagePrefixLength 20: give a larger pool"]],
    ['a length that is none', { prod: { addressIndex: 0 } }, { stagePrefixLength: 8 },
      ['stagePrefixLength 8 is not the length of a network of AWS: give a whole number from 16 to 28']],
  ])('%s', (_, stages, props, expected) => {
    expect(problems(org(stages, props).app)).toEqual(expected);
  });

  test('networks that overlap, of any stages and regions', () => {
    const { app, stage } = org({ prod: { addressIndex: 1 }, dev: { addressIndex: 2 } });
    const network = (name: string, id: string, cidr?: string, region?: string) =>
      new Network(new Stack(stage(name), id, { env: { region } }), 'network', { cidr });
    network('prod', 'one', stage('prod').cidr);
    network('dev', 'one', stage('dev').cidr);
    network('dev', 'far', '10.1.64.0/18', 'us-east-1');
    network('prod', 'by-default');
    network('dev', 'by-default');
    expect(problems(app)).toEqual([
      `network 'acme/dev/by-default/network' is 10.0.0.0/16 and overlaps network 'acme/prod/by-default/network', 10.0.0.0/16: ${OVERLAP}`,
      `network 'acme/dev/far/network' is 10.1.64.0/18 and overlaps network 'acme/prod/one/network', 10.1.0.0/16: ${OVERLAP}`,
    ]);
  });

  test('nothing that is right', () => {
    expect(problems(org({ prod: { addressIndex: 1, regionalAddressIndexes: { 'us-east-1': 2 } }, dev: { cidr: '10.3.0.0/17' }, test: { cidr: '10.3.128.0/17' } }).app))
      .toEqual([]);
  });
});

test('new accounts are bootstrapped in the regions of all stacks', () => {
  const { app, stage } = org({ prod: {}, dev: { region: 'eu-central-1' } });
  new ec2.Vpc(new Stack(stage('prod'), 'far', { env: { region: 'us-east-1' } }), 'Vpc', { maxAzs: 1 });
  new ec2.Vpc(new Stack(stage('dev'), 'near'), 'Vpc', { maxAzs: 1 });
  expect(synthesize(app).one('AWS::CloudFormation::StackSet').Properties.StackInstancesGroup[0].Regions)
    .toEqual(['eu-west-1', 'eu-central-1', 'us-east-1']);
});

describe('blocks', () => {
  const blocks = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 4, max: 32 }))
    .map(([address, prefixLength]) => ({ first: address - address % size({ first: 0, prefixLength }), prefixLength }));

  test('are read as they are written', () => {
    fc.assert(fc.property(blocks, block => expect(parseBlock(formatBlock(block))).toEqual(block)));
  });

  test('overlap as the binary prefixes of their addresses say', () => {
    const bits = ({ first, prefixLength }: { first: number; prefixLength: number }) => first.toString(2).padStart(32, '0').slice(0, prefixLength);
    fc.assert(fc.property(fc.array(blocks, { maxLength: 12 }), all => {
      const owned = all.map((block, index) => ({ owner: String(index), block }));
      const involved = new Set(overlaps(owned).flat().map(({ owner }) => owner));
      const expected = owned.filter(one => owned.some(other => other !== one
        && (bits(one.block).startsWith(bits(other.block)) || bits(other.block).startsWith(bits(one.block)))));
      expect([...involved].sort()).toEqual(expected.map(({ owner }) => owner).sort());
    }), cases(500));
  });

  test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.1/31', ' 10.0.0.0/8', '1e1.0.0.0/8', '-1.0.0.0/8', '10.0.0.0/8/8'])('are not %p', text => {
    expect(parseBlock(text)).toBeUndefined();
  });
});
