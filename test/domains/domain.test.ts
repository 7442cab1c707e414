import { Lazy, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import {
  DomainOptions, MultiAccountOrg, OrganizationSource, StageAccount, StageDns, StageProfile,
} from '../../src';
import {
  accountRead, acme, Acme, acmeOfKnownAccounts, acmeOfOneAccount, AUDIT, DEV, discovered, EXISTING, orgProps, problems,
  PROD, ROOT, strings, synthesize, testApp,
} from '../orgs';

function withDomain({ app, org, prod, dev }: Acme, options: Partial<DomainOptions> = {}) {
  const domain = org.addDomain('acme.example', { stages: [prod, dev], ...options });
  return { app, org, prod, dev, domain };
}

const known = () => discovered(acme);
const inRoot = ({ path }: { path: string }) => path.startsWith('acme/root/dns');

describe('a domain of an organization', () => {
  test('has its zone in root, which stays, and says what the registrar has to know', () => {
    const synthesized = synthesize(withDomain(known()).app);
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = synthesized.one('AWS::Route53::HostedZone', 'acme/root/dns');
    // not that of a creation that failed: there must be one zone of that name
    expect([Properties.Name, DeletionPolicy, UpdateReplacePolicy]).toEqual(['acme.example.', 'RetainExceptOnCreate', 'Retain']);
    expect(Object.values(synthesized.outputs('acme/root/dns'))).toHaveLength(1);
  });

  test('has a zone in each named stage, and in no other', () => {
    const synthesized = synthesize(withDomain(known()).app);
    expect(synthesized.find('AWS::Route53::HostedZone').map(({ path, resource }) => [path, resource.Properties.Name])).toEqual([
      ['acme/dev/dns', 'dev.acme.example.'], ['acme/prod/dns', 'prod.acme.example.'], ['acme/root/dns', 'acme.example.'],
    ]);
  });

  test('is as the profile of each stage demands', () => {
    const synthesized = synthesize(withDomain(known()).app);
    expect(['prod', 'dev'].map(stage => synthesized.one('AWS::Route53::HostedZone', `acme/${stage}/dns`).DeletionPolicy))
      .toEqual(['RetainExceptOnCreate', 'Delete']);
  });

  test('lets each stage enter its own name servers, and nothing else', () => {
    const synthesized = synthesize(withDomain(known()).app);
    const policies = synthesized.find('AWS::IAM::Policy').filter(inRoot).map(({ resource }) => resource.Properties.PolicyDocument.Statement);
    expect(policies.map(([, change]) => change.Condition)).toEqual(['dev', 'prod'].map(stage => ({
      'ForAllValues:StringLike': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`${stage}.acme.example`],
        'route53:ChangeResourceRecordSetsRecordTypes': ['NS'],
        'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
      },
      'Null': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false',
        'route53:ChangeResourceRecordSetsRecordTypes': 'false',
        'route53:ChangeResourceRecordSetsActions': 'false',
      },
    })));
    expect(policies.flat().map(({ Action }) => Action)).toEqual(
      ['route53:ListHostedZonesByName', 'route53:ChangeResourceRecordSets', 'route53:ListHostedZonesByName', 'route53:ChangeResourceRecordSets']);
  });

  test('trusts each stage\'s account by what root knows of it, before it exists', () => {
    const trusts = (app: Acme) => synthesize(withDomain(app).app).find('AWS::IAM::Role').filter(inRoot).map(({ resource }) =>
      [resource.Properties.RoleName, strings(resource.Properties.AssumeRolePolicyDocument).find(text => text.startsWith('ssm:'))]);
    const expected = ['dev', 'prod'].map(stage =>
      [`acme-${stage}-dns-delegation`, accountRead(stage)]);
    expect(trusts(acme())).toEqual(expected);
    expect(trusts(known())).toEqual(expected);
  });

  test('trusts adopted accounts by their ids', () => {
    const trusts = synthesize(withDomain(acmeOfKnownAccounts()).app).find('AWS::IAM::Role').filter(inRoot)
      .map(({ resource }) => strings(resource.Properties.AssumeRolePolicyDocument).find(text => /iam::/.test(text)));
    expect(trusts).toEqual([DEV, PROD].map(id => `:iam::${id}:root`));
  });

  test('is delegated by the role of that name, in root', () => {
    const synthesized = synthesize(withDomain(known()).app);
    const { Properties } = synthesized.one('Custom::CrossAccountZoneDelegation', 'acme/prod/dns');
    expect(strings(Properties.AssumeRoleArn).join('')).toContain(`:iam::${ROOT}:role/acme-prod-dns-delegation`);
    expect([Properties.ParentZoneName, Properties.DelegatedZoneName]).toEqual(['acme.example', 'prod.acme.example']);
  });

  test('is there before any stage: `organization` deploys root\'s part, after every account', () => {
    const synthesized = synthesize(withDomain(known()).app);
    expect(synthesized.dependencies('acme/root/organization')).toContain('acme/root/dns');
    expect(synthesized.dependencies('acme/root/organization')).toContain('acme/root/dns-prod');
    // the last account waits for the others
    expect(synthesized.dependencies('acme/root/dns')).toEqual(['acme/root/account-dev']);
    expect(synthesized.dependencies('acme/root/dns-prod')).toEqual(
      ['acme/root/account-dev', 'acme/root/account-prod', 'acme/root/dns']);
  });

  test.each([['before', true], ['after', false]])('is so too in an organization that exists, with the domain %s the stage that needs the stack', (_, first) => {
    const app = testApp();
    const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: EXISTING }));
    const prod = org.addStage('prod', { accountId: PROD });
    const domain = () => org.addDomain('acme.example', { stages: [prod] });
    const newcomer = () => org.addStage('dev', { profile: StageProfile.DEVELOPMENT });
    (first ? [domain, newcomer] : [newcomer, domain]).forEach(step => step());
    expect(synthesize(app).dependencies('acme/root/organization')).toContain('acme/root/dns');
  });

  test('gives its zones to the stacks of their stages', () => {
    const { app, domain, prod } = withDomain(known());
    new route53.TxtRecord(new Stack(prod, 'shop'), 'Record', { zone: domain.zoneOf(prod), recordName: 'hello', values: ['there'] });
    const synthesized = synthesize(app);
    expect(synthesized.dependencies('acme/prod/shop')).toEqual(['acme/prod/dns']);
    expect(synthesized.one('AWS::Route53::RecordSet', 'acme/prod/shop').Properties.Name).toBe('hello.prod.acme.example.');
  });

  test('exports its zones also when no stack uses them any more, because one that left the code still does', () => {
    const outputs = (isUsed: boolean) => {
      const { app, domain, prod } = withDomain(known());
      if (isUsed) {
        new route53.TxtRecord(new Stack(prod, 'shop'), 'Record', { zone: domain.zoneOf(prod), recordName: 'hello', values: ['there'] });
      }
      return synthesize(app).outputs('acme/prod/dns');
    };
    expect(Object.keys(outputs(true))).toHaveLength(1);
    expect(outputs(false)).toEqual(outputs(true));
  });

  test('does not give one account\'s zone to another', () => {
    const { app, domain, prod, dev } = withDomain(known());
    new route53.TxtRecord(new Stack(dev, 'shop'), 'Record', { zone: domain.zoneOf(prod), values: ['there'] });
    expect(() => app.synth()).toThrow();
  });

  test('may have its zone already', () => {
    const { app, domain } = withDomain(known(), { hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
    const synthesized = synthesize(app);
    expect(synthesized.find('AWS::Route53::HostedZone', 'acme/root/dns')).toEqual([]);
    expect(synthesized.outputs('acme/root/dns')).toEqual({});
    expect(domain.zone.hostedZoneId).toBe('Z0123456789ABCDEFGHIJ');
    expect(strings(synthesized.find('AWS::IAM::Policy').filter(inRoot)[0].resource.Properties).join(' '))
      .toContain(':route53:::hostedzone/Z0123456789ABCDEFGHIJ');
    // by its id: there may be another zone of that name
    const { Properties } = synthesized.one('Custom::CrossAccountZoneDelegation', 'acme/prod/dns');
    expect([Properties.ParentZoneId, Properties.ParentZoneName]).toEqual(['Z0123456789ABCDEFGHIJ', undefined]);
    expect(JSON.stringify(synthesized.find('AWS::IAM::Policy').filter(inRoot))).not.toContain('ListHostedZonesByName');
  });

  test('shares roles and stacks with a second one', () => {
    const { app, org, prod } = withDomain(known());
    org.addDomain('acme-internal.example', { stages: [prod] });
    const synthesized = synthesize(app);
    // each in a stack of its own: it is there as long as the stage is, and no template grows
    expect(synthesized.find('AWS::IAM::Role').filter(inRoot).map(({ path, resource }) => [path, resource.Properties.RoleName]))
      .toEqual(['dev', 'prod'].map(stage => [`acme/root/dns-${stage}`, `acme-${stage}-dns-delegation`]));
    expect(synthesized.find('Custom::CrossAccountZoneDelegation', 'acme/prod/dns')).toHaveLength(2);
  });

  test('may have a part for root itself', () => {
    const { app, org } = known();
    org.addDomain('acme.example', { stages: [org.root] });
    expect(synthesize(app).find('AWS::Route53::HostedZone', 'acme/root/dns').map(({ resource }) => resource.Properties.Name))
      .toEqual(['acme.example.', 'root.acme.example.']);
  });

  test.each<[string, () => Acme]>([
    ['of member accounts', () => acmeOfKnownAccounts()],
    ['that exists', () => discovered(app => acme(app, { organization: EXISTING }))],
    ['of one account', () => acmeOfOneAccount()],
  ])('works in an organization %s', (_, define) => {
    const synthesized = synthesize(withDomain(define()).app);
    expect(synthesized.find('Custom::CrossAccountZoneDelegation')).toHaveLength(2);
  });

  test('keeps a stage whose account does not exist yet from being deployed, and root not', () => {
    const synthesized = synthesize(withDomain(acme()).app);
    expect([synthesized.errors('acme/prod/dns').length, synthesized.errors('acme/root/dns')]).toEqual([1, []]);
  });

  test('is refused twice, for strangers, and if it is none', () => {
    const { org, domain, prod, dev } = withDomain(known());
    const stranger = new MultiAccountOrg(testApp(), 'beta', orgProps()).addStage('prod');
    const add = (name: string, options: Partial<DomainOptions> = {}) => () =>
      org.addDomain(name, { stages: [prod], ...options });
    expect(add('acme.example')).toThrow("domain 'acme.example' is already added: name all its stages in one addDomain");
    expect(add('other.example', { stages: [stranger] })).toThrow("stage 'beta/prod' is named twice, or is none of 'acme': name each of its stages once");
    expect(add('other.example', { stages: [prod, prod] })).toThrow("stage 'acme/prod' is named twice");
    expect(add('Other.Example')).toThrow("domainName 'Other.Example' is not a domain");
    expect(() => domain.zoneOf(org.stages[0])).toThrow("stage 'audit' has no part of 'acme.example': name it in the stages of addDomain");
    expect(domain.zoneOf(dev).zoneName).toBe('dev.acme.example');
  });
});

test.each(['root', 'prod'] as const)('a stack of yours in %s that is called dns is not taken over', name => {
  const made = known();
  const yours = new Stack(name === 'root' ? made.org.root : made.prod, 'dns');
  expect(() => withDomain(made)).toThrow(`'acme/${name}/dns' has the id of the stack that addDomain adds to stage '${name}': give yours another id`);
  expect(yours.node.children).toEqual([]);
});

test('the longest names of a delegation fit', () => {
  const app = testApp();
  const org = new MultiAccountOrg(app, 'acme', orgProps({ namespace: 'n'.repeat(24), organization: OrganizationSource.memberAccounts(), email: undefined }));
  org.addDomain('acme.example', { stages: [org.addStage('s'.repeat(24), { accountId: AUDIT })] });
  const names = synthesize(app).find('AWS::IAM::Role').map(({ resource }) => resource.Properties.RoleName ?? '');
  expect(Math.max(...names.map(name => name.length))).toBeLessThanOrEqual(64);
});

describe('hosted zones of an app', () => {
  const ONE = 'a name is delegated to one hosted zone only, so leave out one of the two';
  const ENTER = 'which does not delegate to it: enter its name servers there by a ZoneDelegationRecord, or name its stages in that domain';
  const acmeDomain = "domain 'acme.example' of 'acme'";
  const prodZone = `the zone of stage 'prod' in ${acmeDomain}`;

  test.each<[string, (acme: Acme) => void, string[]]>([
    ['a domain with the name of a stage in another', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      org.addDomain('prod.acme.example', { stages: [dev] });
    }, [`domain 'prod.acme.example' of 'acme' has the same name as ${prodZone}: ${ONE}`]],
    ['the same in another order', ({ org, prod, dev }) => {
      org.addDomain('prod.acme.example', { stages: [dev] });
      org.addDomain('acme.example', { stages: [prod] });
    }, [`${prodZone} has the same name as domain 'prod.acme.example' of 'acme': ${ONE}`]],
    ['and of one that exists', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      org.addDomain('prod.acme.example', { stages: [dev], hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
    }, [`domain 'prod.acme.example' of 'acme' has the same name as ${prodZone}: ${ONE}`]],
    ['a domain below another, and one below a stage of it', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      org.addDomain('eu.acme.example', { stages: [dev] });
      org.addDomain('shop.prod.acme.example', { stages: [dev] });
    }, [
      `domain 'eu.acme.example' of 'acme' is below ${acmeDomain}, ${ENTER}`,
      `domain 'shop.prod.acme.example' of 'acme' is below ${prodZone}, ${ENTER}`,
    ]],
    ['the domain of another organization', ({ app, org, prod }) => {
      const members = new MultiAccountOrg(app, 'beta', orgProps({
        managementAccountId: '555555555555', organization: OrganizationSource.memberAccounts(), email: undefined,
      }));
      org.addDomain('acme.example', { stages: [prod] });
      members.addDomain('acme.example', { stages: [members.addStage('prod', { accountId: '666666666666' })] });
    }, [`domain 'acme.example' of 'beta' has the same name as ${acmeDomain}: ${ONE}`]],
    ['a zone of your own with the name of one of ours', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      new StageDns(new Stack(dev, 'zones'), 'it', { domainName: 'prod.acme.example' });
      new route53.PublicHostedZone(new Stack(prod, 'zones'), 'it', { zoneName: 'Acme.example.' });
    }, [
      `hosted zone 'acme/prod/zones/it' has the same name as ${acmeDomain}: ${ONE}`,
      `hosted zone 'acme/dev/zones/it/Zone' has the same name as ${prodZone}: ${ONE}`,
    ]],
  ])('are refused: %s', (_, write, expected) => {
    const organization = acmeOfKnownAccounts();
    write(organization);
    expect(problems(organization.app)).toEqual(expected);
  });

  const below = ({ app }: Acme) => [...synthesize(app).stacks.values()].flatMap(({ messages }) => messages)
    .map(({ entry }) => String(entry.data)).filter(text => text.includes('undelegatedZone'));

  test.each<[string, (acme: Acme) => void]>([
    ['a lower domain that the upper one delegates to', ({ org, prod, dev }) => {
      const upper = org.addDomain('acme.example', { stages: [prod] });
      const lower = org.addDomain('eu.acme.example', { stages: [dev] });
      new route53.ZoneDelegationRecord(new Stack(org.root, 'delegation'), 'eu', {
        zone: upper.zone, recordName: 'eu', nameServers: lower.zone.hostedZoneNameServers!,
      });
    }],
    ['a lower domain that exists', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      org.addDomain('eu.acme.example', { stages: [dev], hostedZoneId: 'Z0123456789ABCDEFGHIJ' });
    }],
    ['a zone of your own that delegates itself', ({ org, prod, dev }) => {
      org.addDomain('acme.example', { stages: [prod] });
      new StageDns(new Stack(dev, 'zones'), 'it', {
        domainName: 'shop.prod.acme.example', delegationRoleArn: `arn:aws:iam::${PROD}:role/delegation`,
      });
    }],
    ['a zone of your own that is the domain', ({ org }) => {
      const { hostedZoneId } = new route53.PublicHostedZone(new Stack(org.root, 'zones'), 'it', { zoneName: 'acme.example' });
      org.addDomain('acme.example', { stages: [org.root], hostedZoneId });
    }],
    ['a private zone, a zone beside, and one whose name is known later', ({ org, prod }) => {
      org.addDomain('acme.example', { stages: [prod] });
      const stack = new Stack(prod, 'zones');
      const vpc = Vpc.fromVpcAttributes(stack, 'vpc', { vpcId: 'vpc-12345678', availabilityZones: ['eu-west-1a'] });
      new route53.PrivateHostedZone(stack, 'private', { zoneName: 'prod.acme.example', vpc });
      new route53.PublicHostedZone(stack, 'beside', { zoneName: 'notacme.example' });
      new route53.CfnHostedZone(stack, 'later', { name: Lazy.string({ produce: () => 'later.prod.acme.example' }) });
    }],
  ])('are not refused, and have no warning: %s', (_, write) => {
    const organization = acmeOfKnownAccounts();
    write(organization);
    expect(below(organization)).toEqual([]);
  });

  test('have a warning where nothing in the app delegates to one of your own', () => {
    const organization = acmeOfKnownAccounts();
    organization.org.addDomain('acme.example', { stages: [organization.prod] });
    new route53.PublicHostedZone(new Stack(organization.prod, 'zones'), 'it', { zoneName: 'shop.prod.acme.example' });
    expect(below(organization)).toEqual([expect.stringContaining(`hosted zone 'shop.prod.acme.example' is below ${prodZone}, and nothing in the app `
      + 'delegates to it: enter its name servers there, by a ZoneDelegationRecord or by hand, or nobody finds it')]);
  });
});

test.each<[string, Partial<DomainOptions>, string]>([
  ['acme.example', { hostedZoneId: 'zone/Z0123456789ABCDEFGHIJ' },
    "hostedZoneId 'zone/Z0123456789ABCDEFGHIJ' is not the ID of a hosted zone: give one like 'Z0123456789ABCDEFGHIJ'"],
  ['', {}, "domainName is missing: give a domain like 'acme.example'"],
  ['acme.example', { stages: [undefined as unknown as StageAccount] },
    "entry 1 of stages of domain 'acme.example' is missing: give it, and check that the variable it comes from is set and spelled right"],
  ['acme.example', { stages: undefined }, "stages of domain 'acme.example' is missing: give it, and check that the variable it comes from is set and spelled right"],
])('a domain %j is refused with %j', (domainName, options, message) => {
  const { org, prod } = acme();
  expect(() => org.addDomain(domainName, { stages: [prod], ...options })).toThrow(new Error(message));
});
