import { Aws, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as fc from 'fast-check';
import { MultiAccountOrg, MultiAccountOrgProps, Network, StageAccount, StageAddresses, StageOptions } from '../src';
import { factsOf } from './isolation/facts';
import { lookups, orgProps, PROD, problems, ROOT, testApp } from './orgs';
import { cases } from './random';
import { formatBlock, inOrder, overlapping, overlaps, parseBlock, size } from '../src/support/cidr';

type Stages = Record<string, StageOptions>;

function org(stages: Stages, props: Partial<MultiAccountOrgProps> = {}) {
  const app = testApp();
  const acme = new MultiAccountOrg(app, 'acme', orgProps(props));
  Object.entries(stages).forEach(([name, options]) => acme.addStage(name, options));
  return { app, acme, stage: (name: string) => acme.stages.find(({ node }) => node.id === name)! };
}

const { index, cidr } = StageAddresses;

describe('a stage', () => {
  test.each<[string, StageAddresses, Partial<MultiAccountOrgProps>, string]>([
    ['at an index of the pool', index(103), {}, '10.103.0.0/16'],
    ['at the first', index(0), {}, '10.0.0.0/16'],
    ['at the last', index(255), {}, '10.255.0.0/16'],
    ['in smaller blocks of another pool', index(5), { addressPool: '172.16.0.0/12', stagePrefixLength: 20 }, '172.16.80.0/20'],
    ['by itself', cidr('192.168.0.0/20'), {}, '192.168.0.0/20'],
  ])('has its addresses %s', (_, addresses, props, expected) => {
    const prod = org({ prod: { addresses } }, props).stage('prod');
    expect(prod.cidr).toBe(expected);
    expect(new Network(new Stack(prod, 'network'), 'network', { addresses: prod.addresses }).cidr).toBe(expected);
  });

  test('has others in other regions', () => {
    const prod = org({
      prod: { addresses: index(3).forRegion('eu-central-1', index(13)).forRegion('us-east-1', cidr('10.23.0.0/16')) },
    }).stage('prod');
    const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'];
    const expected = ['10.3.0.0/16', '10.13.0.0/16', '10.23.0.0/16'];
    expect(regions.map(region => prod.cidrIn(region))).toEqual(expected);
    expect(regions.map(region =>
      new Network(new Stack(prod, region, { env: { region } }), 'network', { addresses: prod.addresses }).cidr)).toEqual(expected);
  });

  test('is not changed by what is made of its addresses', () => {
    const mine = index(3);
    const more = mine.forRegion('eu-central-1', index(13));
    const { app, stage } = org({ prod: { addresses: mine }, dev: { addresses: cidr('10.4.0.0/16') } });
    expect(() => stage('prod').cidrIn('eu-central-1')).toThrow("has no addresses in 'eu-central-1'");
    expect(problems(app)).toEqual([]);
    expect(org({ prod: { addresses: more } }).stage('prod').cidrIn('eu-central-1')).toBe('10.13.0.0/16');
  });

  test('keeps its addresses, whoever comes before it', () => {
    const [one, two, nine] = [index(1), index(2), index(9)].map(addresses => ({ addresses }));
    expect(org({ staging: two, data: nine, prod: one }).stage('prod').cidr).toBe(org({ prod: one }).stage('prod').cidr);
  });

  test('without addresses says how to give it some', () => {
    const { acme, stage } = org({ prod: {}, dev: { addresses: index(1) } });
    const missing = "stage 'prod' has no addresses: give addresses, such as StageAddresses.index(1)";
    expect(() => stage('prod').cidr).toThrow(new Error(missing));
    expect(() => stage('prod').cidrIn('eu-central-1')).toThrow(new Error(missing));
    expect(() => new Network(new Stack(stage('prod'), 'network'), 'network', { addresses: stage('prod').addresses })).toThrow(new Error(missing));
    expect(() => acme.root.cidr).toThrow(new Error("stage 'root' has no addresses: give rootAddresses, such as StageAddresses.index(1)"));
  });

  test('without addresses in a region that a stack uses says how to give it some', () => {
    const dev = org({ dev: { addresses: index(1) } }).stage('dev');
    const missing = new Error("stage 'dev' has no addresses in 'eu-central-1': add some to its addresses by forRegion('eu-central-1', …)");
    expect(() => dev.cidrIn('eu-central-1')).toThrow(missing);
    const elsewhere = new Stack(dev, 'elsewhere', { env: { region: 'eu-central-1' } });
    expect(() => new Network(elsewhere, 'network', { addresses: dev.addresses })).toThrow(missing);
    const anywhere = new Stack(dev, 'anywhere', { env: { region: Aws.REGION } });
    expect(() => new Network(anywhere, 'network', { addresses: dev.addresses }))
      .toThrow(new Error("addresses of stage 'dev' are of named regions, and that of the stack is a token: give the stack its region"));
  });

  test('has its addresses in the facts, by region', () => {
    const { app } = org({ prod: { addresses: index(3).forRegion('eu-central-1', cidr('10.13.0.0/16')) } });
    app.synth();
    expect(factsOf(app).facts.filter(({ name }) => name.startsWith('cidr ')).map(({ subject, name, value }) => [subject, name, value]))
      .toEqual([['prod', 'cidr eu-central-1', '10.13.0.0/16'], ['prod', 'cidr eu-west-1', '10.3.0.0/16']]);
  });

  test('that stands alone has what it is given', () => {
    const alone = (addresses: StageAddresses) => new StageAccount(testApp(), 'prod', {
      accountId: PROD, managementAccountId: ROOT, namespace: 'acme', region: 'eu-west-1', addresses,
    });
    const near = cidr('10.3.0.0/16');
    const prod = alone(near.forRegion('eu-central-1', cidr('10.13.0.0/16')));
    expect([prod.cidr, prod.cidrIn('eu-central-1')]).toEqual(['10.3.0.0/16', '10.13.0.0/16']);
    const pool = 'and only an organization has a pool: give the addresses of a stage in one, or a block, such as StageAddresses.cidr(\'10.1.0.0/16\')';
    expect(() => alone(index(3).forRegion('eu-central-1', index(4))))
      .toThrow(new Error(`stage 'prod': addresses are at index 3, ${pool}; addresses in 'eu-central-1' are at index 4, ${pool}`));
    expect(() => alone(cidr('10.3.1.0/16')))
      .toThrow(new Error("stage 'prod': addresses are '10.3.1.0/16', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'"));
    expect(() => alone(near.forRegion('eu-west-1', cidr('10.4.0.0/16')))).toThrow('are for the region of the stage itself');
    expect(() => alone(near.forRegion('eu-wst-1', cidr('10.4.0.0/16')))).toThrow("region of addresses 'eu-wst-1' is not a region");
    expect(() => alone(prod.addresses)).toThrow("addresses are those of stage 'prod'");
  });

  test('asks for the zones of its account only once that exists', () => {
    const asked = (options: StageOptions) => {
      const { app, stage } = org({ prod: { addresses: index(1), ...options } });
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
    ['an index for two stages', { prod: { addresses: index(3) }, dev: { addresses: index(3) } }, {},
      [`addresses of stage 'dev', 10.3.0.0/16, must not overlap addresses of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['an index for two regions', { prod: { addresses: index(3).forRegion('eu-central-1', index(3)) } }, {},
      [`addresses of stage 'prod' in 'eu-central-1', 10.3.0.0/16, must not overlap addresses of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['a part of another\'s block', { prod: { addresses: index(3) }, dev: { addresses: cidr('10.3.128.0/20') } }, {},
      [`addresses of stage 'dev', 10.3.128.0/20, must not overlap addresses of stage 'prod', 10.3.0.0/16: ${OVERLAP}`]],
    ['root\'s index for a stage', { prod: { addresses: index(100) } }, { rootAddresses: index(100) },
      [`addresses of stage 'prod', 10.100.0.0/16, must not overlap rootAddresses, 10.100.0.0/16: ${OVERLAP}`]],
    ['an index outside of the pool', { prod: { addresses: index(256) }, dev: { addresses: index(-1) }, test: { addresses: index(1.5) } },
      { rootAddresses: index(256) },
      ['rootAddresses', "addresses of stage 'prod'", "addresses of stage 'dev'", "addresses of stage 'test'"].map((whose, at) =>
        `${whose} are at index ${[256, 256, -1, 1.5][at]}, which is not in addressPool '10.0.0.0/8': give a whole number from 0 to 255`)],
    ['an index outside of the pool in another region', { prod: { addresses: index(1).forRegion('us-east-1', index(256)) } }, {},
      ["addresses of stage 'prod' in 'us-east-1' are at index 256, which is not in addressPool '10.0.0.0/8': give a whole number from 0 to 255"]],
    ['a block that is none', { prod: { addresses: cidr('10.300.0.0/16') } }, {},
      ["addresses of stage 'prod' are '10.300.0.0/16', which is not a block of IPv4 addresses that starts at its first address: give one like '10.1.0.0/16'"]],
    ['a block that is no network of AWS', { prod: { addresses: cidr('10.0.0.0/8') } }, {},
      ["addresses of stage 'prod' are '10.0.0.0/8', which has another size than a network of AWS: give a length of /16 to /28"]],
    ['a region twice', { prod: { addresses: index(1).forRegion('us-east-1', index(2)).forRegion('us-east-1', index(2)) } }, {},
      ["addresses of stage 'prod' in 'us-east-1' are given twice: leave one out"]],
    ['regions in a region', { prod: { addresses: index(1).forRegion('us-east-1', index(2).forRegion('us-east-2', index(3))) } }, {},
      ["addresses of stage 'prod' in 'us-east-1' have regions of their own: give each region by a forRegion of the first"]],
    ['the stage\'s own region among the others', { prod: { addresses: index(1).forRegion('eu-west-1', index(2)) } }, {},
      ["addresses of stage 'prod' in 'eu-west-1' are for the region of the stage itself: give them first, without forRegion"]],
    ['a region that is none', { prod: { addresses: index(1).forRegion('eu-wst-1', index(2)) } }, {},
      ["region of addresses of stage 'prod' 'eu-wst-1' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib"]],
    ['the addresses of another stage', { prod: { addresses: org({ dev: { addresses: index(1) } }).stage('dev').addresses } }, {},
      ["addresses of stage 'prod' are those of stage 'dev': give others, such as StageAddresses.index(1)"]],
    ['the addresses of a stage that has none, in a region', { prod: { addresses: index(1).forRegion('us-east-1', org({ dev: {} }).stage('dev').addresses) } }, {},
      ["addresses of stage 'prod' in 'us-east-1' are those of stage 'dev': give others, such as StageAddresses.cidr('10.1.0.0/16')"]],
    ['the addresses of a stage, in a region',
      { prod: { addresses: index(1).forRegion('us-east-1', org({ dev: { addresses: index(2) } }).stage('dev').addresses) } }, {},
      ["addresses of stage 'prod' in 'us-east-1' are those of stage 'dev': give others, such as StageAddresses.cidr('10.1.0.0/16')"]],
    ['a pool that is none', { prod: { addresses: index(1) } }, { addressPool: '10.0.0.1/8' },
      ["addressPool '10.0.0.1/8' is not a block of IPv4 addresses that starts at its first address: give one like '10.0.0.0/8'"]],
    ['a pool smaller than a stage', { prod: { addresses: index(0) } }, { addressPool: '10.0.0.0/24', stagePrefixLength: 20 },
      ["addressPool '10.0.0.0/24' is smaller than one stage of stagePrefixLength 20: give a larger pool"]],
    ['a length that is none', { prod: { addresses: index(0) } }, { stagePrefixLength: 8 },
      ['stagePrefixLength 8 is not the length of a network of AWS: give a whole number from 16 to 28']],
  ])('%s', (_, stages, props, expected) => {
    expect(problems(org(stages, props).app)).toEqual(expected);
  });

  test('addresses that are wrong together with all else, whatever is made of them', () => {
    const { app, stage } = org({ prod: { addresses: index(256) }, dev: { addresses: cidr('10.0.0.0/8') }, test: { region: 'eu-wst-1' } });
    ['prod', 'dev'].map(stage).forEach(each =>
      new Network(new Stack(each, 'network'), 'network', { addresses: each.addresses }));
    expect(problems(app)).toEqual([
      expect.stringMatching(/^region of stage 'test' 'eu-wst-1' is not a region/),
      expect.stringMatching(/^addresses of stage 'prod' are at index 256/),
      expect.stringMatching(/^addresses of stage 'dev' are '10.0.0.0\/8'/),
    ]);
  });

  test('networks that overlap, of any stages and regions', () => {
    const { app, stage } = org({ prod: { addresses: index(1) }, dev: { addresses: index(2) } });
    const network = (name: string, id: string, addresses?: StageAddresses, region?: string) =>
      new Network(new Stack(stage(name), id, { env: { region } }), 'network', { addresses });
    network('prod', 'one', stage('prod').addresses);
    network('dev', 'one', stage('dev').addresses);
    network('dev', 'far', cidr('10.1.64.0/18'), 'us-east-1');
    network('prod', 'by-default', undefined, 'us-east-1');
    network('dev', 'by-default', undefined, 'us-east-1');
    expect(problems(app)).toEqual([
      `network 'acme/dev/by-default/network', 10.0.0.0/16, must not overlap network 'acme/prod/by-default/network', 10.0.0.0/16: ${OVERLAP}`,
      `network 'acme/dev/far/network', 10.1.64.0/18, must not overlap network 'acme/prod/one/network', 10.1.0.0/16: ${OVERLAP}`,
    ]);
  });

  test('networks outside of the addresses of their stage', () => {
    const { app, acme, stage } = org({ prod: { addresses: index(1) }, dev: { addresses: index(2).forRegion('us-east-1', index(3)) } }, { rootAddresses: index(9) });
    const network = (scope: StageAccount, id: string, addresses?: StageAddresses, region?: string) =>
      new Network(new Stack(scope, id, { env: { region } }), 'network', { addresses });
    network(stage('dev'), 'by-default');
    network(stage('dev'), 'of-prod', stage('prod').addresses);
    network(stage('dev'), 'too-wide', cidr('10.3.0.0/16'));
    network(stage('dev'), 'far', cidr('10.2.0.0/17'), 'us-east-1');
    network(acme.root, 'other', cidr('10.8.0.0/16'));
    const own = (of: string, code: string) => `${of}: give it those, as \`${code}.addresses\`, or a part of them`;
    expect(problems(app)).toEqual([
      `network 'acme/root/other/network', 10.8.0.0/16, is not in ${own('rootAddresses, 10.9.0.0/16', 'root')}`,
      ...[['by-default', '10.0.0.0'], ['of-prod', '10.1.0.0'], ['too-wide', '10.3.0.0']].map(([id, first]) =>
        `network 'acme/dev/${id}/network', ${first}/16, is not in ${own("addresses of stage 'dev', 10.2.0.0/16", 'dev')}`),
      `network 'acme/dev/far/network', 10.2.0.0/17, is not in ${own("addresses of stage 'dev' in 'us-east-1', 10.3.0.0/16", 'dev')}`,
    ]);
  });

  test('networks in the addresses of another stage or region, which may have no network yet', () => {
    const { app, stage } = org({ prod: { addresses: index(1).forRegion('us-east-1', index(0)) }, dev: {}, test: {} });
    new Network(new Stack(stage('dev'), 'network'), 'network');
    new Network(new Stack(stage('prod'), 'far', { env: { region: 'eu-central-1' } }), 'network', { addresses: cidr('10.1.64.0/18') });
    const vpc = ec2.Vpc.fromVpcAttributes(stage('test').addStack('old'), 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
    Network.fromNetworkAttributes(stage('test').addStack('network'), 'network', { vpc, cidr: '10.1.128.0/17' });
    expect(problems(app)).toEqual([
      `network 'acme/prod/far/network', 10.1.64.0/18, must not overlap addresses of stage 'prod', 10.1.0.0/16: ${OVERLAP}`,
      `network 'acme/dev/network/network', 10.0.0.0/16, must not overlap addresses of stage 'prod' in 'us-east-1', 10.0.0.0/16: ${OVERLAP}`,
      // what exists stays
      `addresses of stage 'prod', 10.1.0.0/16, must not overlap network 'acme/test/network/network', 10.1.128.0/17: ${OVERLAP}`,
    ]);
  });

  test('no networks in a part of their addresses, in another region, without any, or that exist', () => {
    const { app, stage } = org({ prod: { addresses: index(1) }, dev: {} });
    ['10.1.0.0/17', '10.1.128.0/17'].forEach((part, at) =>
      new Network(new Stack(stage('prod'), `part-${at}`), 'network', { addresses: cidr(part) }));
    new Network(new Stack(stage('prod'), 'far', { env: { region: 'us-east-1' } }), 'network', { addresses: cidr('10.7.0.0/16') });
    new Network(new Stack(stage('dev'), 'network'), 'network');
    const vpc = ec2.Vpc.fromVpcAttributes(stage('prod').addStack('old'), 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
    Network.fromNetworkAttributes(stage('prod').addStack('network'), 'network', { vpc, cidr: '172.31.0.0/16' });
    expect(problems(app)).toEqual([]);
  });

  test('networks that overlap one that exists', () => {
    const { app, stage } = org({ prod: { addresses: index(1) }, dev: { addresses: index(2) } });
    const legacy = (name: string, id: string, vpcCidrBlock: string) => {
      const stack = new Stack(stage(name), id);
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: `vpc-${name}-${id}`, availabilityZones: ['eu-west-1a'], vpcCidrBlock });
      Network.fromNetworkAttributes(stack, 'network', { vpc });
    };
    const one = new Network(new Stack(stage('prod'), 'one'), 'network', { addresses: stage('prod').addresses });
    legacy('dev', 'old', '10.1.64.0/18');
    // neither can be changed
    legacy('prod', 'default', '172.31.0.0/16');
    legacy('dev', 'default', '172.31.0.0/16');
    // it is the same
    Network.fromNetworkAttributes(new Stack(stage('prod'), 'same'), 'network', { vpc: one.vpc, cidr: one.cidr });
    legacy('prod', 'by-id', one.cidr);
    // not known yet
    const stack = new Stack(stage('dev'), 'looked-up');
    Network.fromNetworkAttributes(stack, 'network', { vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' }) });
    expect(problems(app)).toEqual([
      `network 'acme/dev/old/network', 10.1.64.0/18, must not overlap network 'acme/prod/one/network', 10.1.0.0/16: ${OVERLAP}`,
    ]);
  });

  test('two networks of the same addresses, though one that exists has them as well', () => {
    const { app, stage } = org({ prod: { addresses: index(1) } });
    const old = new Stack(stage('prod'), 'old');
    const vpc = ec2.Vpc.fromVpcAttributes(old, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], vpcCidrBlock: '10.1.0.0/16' });
    Network.fromNetworkAttributes(old, 'network', { vpc });
    ['one', 'two'].forEach(id => new Network(new Stack(stage('prod'), id), 'network', { addresses: stage('prod').addresses }));
    expect(problems(app)).toEqual([
      `network 'acme/prod/two/network', 10.1.0.0/16, must not overlap network 'acme/prod/one/network', 10.1.0.0/16: ${OVERLAP}`,
    ]);
  });

  test('nothing that is right', () => {
    expect(problems(org({
      prod: { addresses: index(1).forRegion('us-east-1', index(2)) },
      dev: { addresses: cidr('10.3.0.0/17') },
      test: { addresses: cidr('10.3.128.0/17') },
    }).app)).toEqual([]);
  });
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
      const owned = all.map((block, at) => ({ owner: String(at), block }));
      const involved = new Set(overlaps(owned).flat().map(({ owner }) => owner));
      const expected = owned.filter(one => owned.some(other => other !== one
        && (bits(one.block).startsWith(bits(other.block)) || bits(other.block).startsWith(bits(one.block)))));
      expect([...involved].sort()).toEqual(expected.map(({ owner }) => owner).sort());
    }), cases(500));
  });

  test('are found among others as if each were looked at', () => {
    // close to each other
    const near = fc.tuple(fc.nat(255), fc.integer({ min: 26, max: 32 }))
      .map(([at, prefixLength]) => ({ first: at - at % size({ first: 0, prefixLength }), prefixLength }));
    fc.assert(fc.property(fc.array(near, { maxLength: 20 }), near, (all, block) => {
      const apart = all.flatMap((one, at) => [{ owner: String(at), block: one }])
        .filter(one => overlaps([...all.slice(0, Number(one.owner)).map(other => ({ owner: '', block: other })), one])
          .every(pair => !pair.includes(one)));
      const expected = apart.filter(one => overlaps([one, { owner: '', block }]).length > 0);
      expect(overlapping(inOrder(apart), block)).toEqual(inOrder(expected));
    }), cases(300));
  });

  test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.1/31', ' 10.0.0.0/8', '1e1.0.0.0/8', '-1.0.0.0/8', '10.0.0.0/8/8', '010.0.0.0/8', '10.00.0.0/8', '10.0.0.0/08'])('are not %p', text => {
    expect(parseBlock(text)).toBeUndefined();
  });
});
