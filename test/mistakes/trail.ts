import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { InsightType } from 'aws-cdk-lib/aws-cloudtrail';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import * as fc from 'fast-check';
import {
  AccountTrail, AuditAccountSeal, AuditTrailBucket, AuditTrailBucketProps, AuditTrailProps, DomainOptions,
  MultiAccountOrg, Network, OrganizationSource, StageAccount, StageAddresses, StageDns, StageDnsProps, StageProfile,
  TrailDataEvents, TrailReference, TrailReferenceProps,
} from '../../src';
import { formatBlock } from '../../src/support/cidr';
import { acmeOfKnownAccounts, AUDIT, DEV, orgProps, PROD, ROOT, testApp } from '../orgs';
import { Mistake, mistake } from './mistake';

const nothing = undefined as unknown;
const { index, cidr } = StageAddresses;
const CLIENT = 'arn:aws:iam::666666666666:role/client';

// the trail

function trail(app: App, props: Partial<AuditTrailProps>): void {
  const { org, audit } = acmeOfKnownAccounts(OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' }), app);
  org.addAuditTrail({ storedIn: audit, ...props });
}

function bucket(app: App, props: Partial<AuditTrailBucketProps>): void {
  new AuditTrailBucket(new Stack(app, 'stack', { env: { account: AUDIT, region: 'eu-west-1' } }), 'trails', {
    bucketName: 'acme-trails',
    keyAlias: 'alias/acme-trails',
    trails: [TrailReference.ofAccount({ accountId: PROD, region: 'eu-west-1', trailName: 'acme-trail' })],
    ...props,
  });
}

function reference(props: Partial<TrailReferenceProps>): TrailReference {
  return TrailReference.ofAccount({ accountId: PROD, region: 'eu-west-1', trailName: 'acme-trail', ...props });
}

const part = fc.stringMatching(/^[A-Za-z0-9]{1,20}$/);
const days = (from: number, to: number) => fc.integer({ min: from, max: to });
const NAME = ['is not the name of a trail', 'give 3 to 128 letters and digits'];
const BUCKET = ['is not a valid bucket name', 'give 3 to 56 lower-case letters'];

const TRAIL: Mistake[] = [
  mistake('trailName: too short', fc.stringMatching(/^[A-Za-z0-9]{0,2}$/),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('trailName: too long', fc.stringMatching(/^[a-z]{129,160}$/),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('trailName: a letter that CloudTrail does not take', fc.tuple(part, fc.constantFrom(' ', '/', 'ä', ':', '+', '*', '@'), part).map(parts => parts.join('')),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('trailName: signs side by side', fc.tuple(part, fc.stringMatching(/^[._-]{2,3}$/), part).map(parts => parts.join('')),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('trailName: a sign at an end', fc.tuple(part, fc.constantFrom('.', '_', '-'), fc.boolean()).map(([name, sign, first]) => first ? sign + name : name + sign),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('trailName: an address', fc.ipV4(),
    (_, trailName) => reference({ trailName }), trailName => [`trailName '${trailName}'`, 'no IP address']),
  mistake('trailName of an AccountTrail: not one', fc.constantFrom('a', 'a b', 'a--b', '10.0.0.1'),
    (app, trailName) => {
      const stack = new Stack(app, 'stack');
      const attributes = { accountId: AUDIT, region: 'eu-west-1', bucketName: 'acme-trails', keyAlias: 'alias/acme' };
      new AccountTrail(stack, 'trail', { trailName, bucket: AuditTrailBucket.fromAuditTrailBucketAttributes(stack, 'trails', attributes) });
    }, trailName => [`trailName '${trailName}'`, ...NAME]),
  mistake('accountId of a trail: not 12 digits', fc.stringMatching(/^\d{0,11}$|^\d{13,15}$/),
    (_, accountId) => reference({ accountId }), accountId => [`accountId '${accountId}'`, 'give its 12 digits as a string']),
  mistake('region of a trail: not one', fc.stringMatching(/^[a-z]{2}-[a-z]{9,12}-\d$/),
    (_, region) => reference({ region }), region => [`region '${region}'`, 'check the spelling']),
  mistake('organizationId of a trail: not one', fc.stringMatching(/^[a-z0-9]{1,12}$/),
    (_, organizationId) => TrailReference.ofOrganization({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail', organizationId }),
    organizationId => [`organizationId '${organizationId}'`, "give one like 'o-a1b2c3d4e5'"]),
  mistake('storedIn: missing', [nothing as StageAccount, null as unknown as StageAccount],
    (app, storedIn) => trail(app, { storedIn }), () => ['storedIn is missing', 'StageProfile.AUDIT']),
  mistake('storedIn: root', [0],
    app => { const { org } = acmeOfKnownAccounts(undefined, app); org.addAuditTrail({ storedIn: org.root }); },
    () => ["storedIn 'acme/root' is not a stage added to 'acme'", 'StageProfile.AUDIT']),
  mistake('storedIn: a stage of another organization', [0],
    app => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      const { audit } = acmeOfKnownAccounts(undefined, testApp());
      org.addAuditTrail({ storedIn: audit });
    }, () => ["storedIn 'acme/audit' is not a stage added to 'acme'"]),
  mistake('storedIn: a stage for testing', fc.stringMatching(/^[a-z]{5,8}$/),
    (app, id) => {
      const { org } = acmeOfKnownAccounts(undefined, app);
      org.addAuditTrail({ storedIn: org.addStage(id, { accountId: '555555555555', profile: StageProfile.TESTING }) });
    }, id => [`storedIn 'acme/${id}'`, 'which keeps nothing', 'StageProfile.AUDIT']),
  mistake('addAuditTrail: twice', [0],
    app => {
      const { org, audit, prod } = acmeOfKnownAccounts(undefined, app);
      [audit, prod].forEach(storedIn => org.addAuditTrail({ storedIn }));
    },
    () => ["'acme' has an audit trail already, stored in 'audit'", 'add only one']),
  mistake('auditAccountSeal: none of them', fc.stringMatching(/^[A-Z]{2,9}$/).filter(seal => seal !== 'NONE'),
    (app, seal) => trail(app, { auditAccountSeal: seal as AuditAccountSeal }), seal => [`auditAccountSeal '${seal}'`, 'ROOT_DEPLOYS_ONLY, NONE']),
  mistake('auditAccountSeal: without the management account', Object.values(AuditAccountSeal),
    (app, auditAccountSeal) => {
      const { org, audit } = acmeOfKnownAccounts(undefined, app);
      org.addAuditTrail({ storedIn: audit, auditAccountSeal });
    },
    seal => [`auditAccountSeal ${seal} has no effect`, 'leave it out']),
  mistake('readers: nothing', [undefined, null],
    (app, reader) => trail(app, { readers: [reader as unknown as iam.IGrantable] }), () => ['entry 1 of readers', 'is missing']),
  mistake('readers: a string', fc.stringMatching(/^[a-z]+\.readOnly$/),
    (app, reader) => trail(app, { readers: [reader as unknown as iam.IGrantable] }), reader => ['entry 1 of readers', `is '${reader}'`, 'give an IGrantable']),
  mistake('readers: a whole account', fc.stringMatching(/^[1-9]\d{11}$/),
    (app, id) => trail(app, { readers: [new iam.AccountPrincipal(id)] }), id => [`readers holds all of account '${id}'`, 'give roles or users one by one']),
  mistake('readers: a service', ['lambda', 'ec2', 'athena'],
    (app, name) => trail(app, { readers: [new iam.ServicePrincipal(`${name}.amazonaws.com`)] }),
    name => [`readers holds service '${name}.amazonaws.com'`, 'give roles or users one by one']),
  mistake('readers: everybody', ['*', 'arn:aws:iam::*:root', `arn:aws:iam::${PROD}:role/*`],
    (app, arn) => trail(app, { readers: [new iam.ArnPrincipal(arn)] }), arn => [`readers holds '${arn}'`, 'give roles or users one by one']),
  mistake('readers: a role under a condition', fc.stringMatching(/^[a-z]{1,12}$/),
    (app, name) => trail(app, { readers: [new iam.ArnPrincipal(`arn:aws:iam::${PROD}:role/${name}`).withConditions({ Bool: { 'aws:SecureTransport': 'true' } })] }),
    name => [`readers holds 'arn:aws:iam::${PROD}:role/${name}'`, 'under conditions that cannot be asked for here']),
  mistake('readers: an account that is none', fc.stringMatching(/^\d{1,11}$/),
    (app, id) => trail(app, { readers: [new iam.ArnPrincipal(`arn:aws:iam::${id}:role/siem`)] }), id => [`readers holds 'arn:aws:iam::${id}:role/siem'`, 'give roles or users']),
  mistake('readers: the role of a function in the same account', ['lambda', 'ecs-tasks', 'ec2'],
    (app, name) => {
      const { org, audit } = acmeOfKnownAccounts(undefined, app);
      const role = new iam.Role(new Stack(audit, 'functions'), 'role', { roleName: 'reader', assumedBy: new iam.ServicePrincipal(`${name}.amazonaws.com`) });
      org.addAuditTrail({ storedIn: audit, readers: [role] });
    }, name => ["readers holds 'acme/audit/functions/role'", `${name}.amazonaws.com`]),
  mistake('grantRead: nothing', [undefined, null],
    (app, reader) => {
      const { org, audit } = acmeOfKnownAccounts(undefined, app);
      org.addAuditTrail({ storedIn: audit }).grantRead(reader as unknown as iam.IGrantable);
    },
    () => ['grantRead holds nothing', 'give roles or users']),
  mistake('administrators: a whole account', fc.stringMatching(/^[1-9]\d{11}$/),
    (app, id) => bucket(app, { administrators: [new iam.AccountPrincipal(id)] }), id => [`administrators holds all of account '${id}'`]),
  mistake('trails: empty', [0], app => bucket(app, { trails: [] }), () => ['trails is empty', 'name at least one']),
  mistake('trails: nothing', [nothing as TrailReference],
    (app, one) => bucket(app, { trails: [reference({}), one] }), () => ['entry 2 of trails', 'is missing']),
  mistake('bucketName: not a name of S3', fc.constantFrom('Acme', 'ab', '-acme', 'acme-', 'acme_trail', 'a..b', 'a.-b'),
    (app, bucketName) => bucket(app, { bucketName }), bucketName => [`bucketName '${bucketName}'`, ...BUCKET]),
  mistake('bucketName: too long for that of the access logs', fc.stringMatching(/^[a-z]{57,63}$/),
    (app, bucketName) => bucket(app, { bucketName }), bucketName => [`bucketName '${bucketName}'`, ...BUCKET]),
  mistake('bucketName: one that S3 keeps for itself', fc.tuple(fc.constantFrom('xn--', 'sthree-', 'amzn-s3-demo-'), fc.stringMatching(/^[a-z]{3,8}$/)).map(parts => parts.join('')),
    (app, bucketName) => bucket(app, { bucketName }), bucketName => [`bucketName '${bucketName}'`, 'as S3 names things of its own']),
  mistake('bucketName: a token', [0],
    app => bucket(app, { bucketName: Lazy.string({ produce: () => 'acme' }) }), () => ['bucketName is a token', 'give it as a literal']),
  mistake('keyAlias: not one', ['acme', 'alias/', 'alias/a b', 'alias/aws/s3', 'alias/ä'],
    (app, keyAlias) => bucket(app, { keyAlias }), keyAlias => [`keyAlias '${keyAlias}'`, "give 'alias/'"]),
  mistake('expiration: not in days', fc.integer({ min: 1, max: 23 }),
    (app, hours) => trail(app, { expiration: Duration.hours(hours) }), () => ['expiration is ', 'give whole days, 1 or more']),
  mistake('infrequentAccessAfter: sooner than AWS moves objects', days(1, 29),
    (app, count) => trail(app, { infrequentAccessAfter: Duration.days(count) }), count => [`infrequentAccessAfter is ${count} days`, 'give 30 or more']),
  mistake('glacierAfter: after the objects are gone', fc.tuple(days(30, 100), days(1, 100)),
    (app, [expires, more]) =>
      trail(app, { expiration: Duration.days(expires), glacierAfter: Duration.days(expires + more) }),
    ([expires, more]) => [`glacierAfter of ${expires + more} days is not before expiration of ${expires} days`]),
  mistake('glacierAfter: too soon after infrequentAccessAfter', fc.tuple(days(30, 100), days(1, 29)),
    (app, [first, more]) =>
      trail(app, { infrequentAccessAfter: Duration.days(first), glacierAfter: Duration.days(first + more) }),
    ([first, more]) => [`glacierAfter of ${first + more} days`, 'give a later time']),
  mistake('objectLockDefaultRetention: longer than the objects are kept', days(1, 300),
    (app, kept) => trail(app, {
      expiration: Duration.days(kept),
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(kept + 1)),
    }),
    kept => [`objectLockDefaultRetention of ${kept + 1} days is longer than expiration of ${kept} days`]),
  mistake('objectLockDefaultRetention: of a bucket without a lock', days(1, 300),
    (app, kept) => trail(app, {
      objectLockEnabled: false, objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(kept)),
    }),
    () => ['objectLockEnabled is false', 'leave out one of them']),
  mistake('dataEvents: nothing', [0],
    app => trail(app, { dataEvents: [nothing as TrailDataEvents] }), () => ['entry 1 of dataEvents', 'is missing']),
  mistake('dataEvents: twice', [TrailDataEvents.S3_OBJECTS, TrailDataEvents.LAMBDA_FUNCTIONS],
    (app, one) => trail(app, { dataEvents: [one, TrailDataEvents.of(one.resourceType)] }), one => [`dataEvents names '${one.resourceType}' twice`]),
  mistake('TrailDataEvents: not a type', fc.stringMatching(/^[a-z0-9:.]{0,20}$/),
    (_, type) => TrailDataEvents.of(type), type => [`resourceType '${type}'`, "'AWS::SNS::Topic'"]),
  mistake('insightTypes: nothing', [0],
    app => trail(app, { insightTypes: [InsightType.API_CALL_RATE, nothing as InsightType] }), () => ['entry 2 of insightTypes', 'is missing']),
  mistake('cloudWatchLogsRetention: days that CloudWatch Logs does not offer', days(8, 13),
    (app, count) => trail(app, { cloudWatchLogsRetention: count as RetentionDays }), count => [`cloudWatchLogsRetention is ${count}`, 'give one of RetentionDays']),
  mistake('fromAuditTrailBucketAttributes: an account that is none', fc.stringMatching(/^\d{1,11}$/),
    (app, accountId) => AuditTrailBucket.fromAuditTrailBucketAttributes(new Stack(app, 'stack'), 'trails',
      { accountId, region: 'eu-west-1', bucketName: 'acme-trails', keyAlias: 'alias/acme' }),
    accountId => [`accountId '${accountId}'`, 'give its 12 digits']),
];

// addresses

interface Stages {
  readonly prod: StageAccount;
  readonly dev: StageAccount;
  readonly bare: StageAccount;
}

function addressed(app: App, write: (stages: Stages) => void): void {
  const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
  write({
    prod: org.addStage('prod', { accountId: PROD, addresses: index(1).forRegion('us-east-1', index(2)) }),
    dev: org.addStage('dev', { accountId: DEV, addresses: index(3) }),
    bare: org.addStage('bare', { accountId: AUDIT }),
  });
}

function network(stage: StageAccount, addresses?: StageAddresses, region?: string): void {
  new Network(new Stack(stage, 'network', { env: { region } }), 'network', { addresses });
}

function existing(stage: StageAccount, block: string): void {
  const stack = new Stack(stage, 'existing');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
  Network.fromNetworkAttributes(stack, 'network', { vpc, cidr: block });
}

/** Blocks within the sixteen bits of another. */
const within = (second: number) => fc.integer({ min: 16, max: 24 }).chain(prefixLength =>
  fc.nat(2 ** (prefixLength - 16) - 1).map(at =>
    formatBlock({ first: (10 * 256 + second) * 65536 + at * 2 ** (32 - prefixLength), prefixLength })));
const unparsed = fc.constantFrom('10.1.0.0', '10.1.0.1/16', '10.300.0.0/16', '10.01.0.0/16', '10.1.0.0/33', 'fd00::/16', 'prod');
const OVERLAP = 'networks with the same addresses can never be connected';
const members = (app: App, addresses: StageAddresses) => new MultiAccountOrg(app, 'acme', orgProps({
  organization: OrganizationSource.memberAccounts(), email: undefined,
})).addStage('prod', { accountId: PROD, addresses });

const ADDRESSES: Mistake[] = [
  mistake('Network: the addresses of another stage', within(1),
    (app, block) => addressed(app, ({ dev }) => network(dev, cidr(block))), block => [block, "addresses of stage 'dev', 10.3.0.0/16", '`dev.addresses`']),
  mistake('Network: no addresses, in a stage that has some', ['eu-west-1'],
    app => addressed(app, ({ dev }) => network(dev)), () => ["network 'acme/dev/network/network', 10.0.0.0/16", "addresses of stage 'dev', 10.3.0.0/16"]),
  mistake('Network: nobody\'s addresses, in a stage that has some', within(77),
    (app, block) => addressed(app, ({ dev }) => network(dev, cidr(block))), block => [block, 'give it those']),
  mistake('Network: those of its stage in another region', within(1),
    (app, block) => addressed(app, ({ prod }) => network(prod, cidr(block), 'us-east-1')), block => [block, "addresses of stage 'prod' in 'us-east-1', 10.2.0.0/16"]),
  mistake('Network: those of another stage, in a stage without', within(2),
    (app, block) => addressed(app, ({ bare }) => network(bare, cidr(block))), block => [block, "addresses of stage 'prod' in 'us-east-1', 10.2.0.0/16", OVERLAP]),
  mistake('Network: those of a stage, imported in another', within(1),
    (app, block) => addressed(app, ({ dev }) => existing(dev, block)), block => [block, "addresses of stage 'prod', 10.1.0.0/16", OVERLAP]),
  mistake('Network: those of another network of the stage', within(1),
    (app, block) => addressed(app, ({ prod }) => { network(prod, prod.addresses); existing(prod, block === '10.1.0.0/16' ? '10.1.0.0/17' : block); }),
    () => ["network 'acme/prod/network/network', 10.1.0.0/16", OVERLAP]),
  mistake('Network: addresses that are no StageAddresses', ['10.1.0.0/16', '1'],
    (app, block) => network(new StageAccount(app, 'prod', { accountId: PROD, managementAccountId: ROOT, region: 'eu-west-1', namespace: 'acme' }),
      block as unknown as StageAddresses), block => ['addresses of', `is '${block}'`, 'such as StageAddresses.index']),
  mistake('Network: an index outside of an organization', fc.nat(255),
    (app, at) => new Network(new Stack(app, 'stack'), 'network', { addresses: index(at) }), at => [`at index ${at}`, 'only an organization has a pool']),
  mistake('Network: larger or smaller than a VPC that is divided', fc.constantFrom(8, 12, 15, 25, 28),
    (app, length) => new Network(new Stack(app, 'stack'), 'network', { addresses: cidr(`10.0.0.0/${length}`) }), length => [`a /${length}`, 'give a /16 to a /24']),
  mistake('Network: a block that is none', unparsed,
    (app, block) => new Network(new Stack(app, 'stack'), 'network', { addresses: cidr(block) }), block => [`addresses are '${block}'`, "give one like '10.1.0.0/16'"]),
  mistake('fromNetworkAttributes: a block that is none', unparsed,
    (app, block) => addressed(app, ({ bare }) => existing(bare, block)), block => [`cidr '${block}'`, "give one like '10.1.0.0/16'"]),
  mistake('addresses of a stage: a block that is none', unparsed,
    (app, block) => members(app, cidr(block)), block => [`addresses of stage 'prod' are '${block}'`, "give one like '10.1.0.0/16'"]),
  mistake('addresses of a stage: no network of AWS', fc.constantFrom(8, 15, 29, 32),
    (app, length) => members(app, cidr(`10.0.0.0/${length}`)), length => [`'10.0.0.0/${length}'`, 'give a length of /16 to /28']),
  mistake('addresses of a stage: an index outside of the pool', fc.oneof(fc.integer({ min: 256, max: 9999 }), fc.integer({ min: -99, max: -1 })),
    (app, at) => members(app, index(at)), at => [`at index ${at}`, 'give a whole number from 0 to 255']),
  mistake('addresses of a stage: those of another', fc.nat(255),
    (app, at) => {
      const org = new MultiAccountOrg(app, 'acme', orgProps({ organization: OrganizationSource.memberAccounts(), email: undefined }));
      org.addStage('prod', { accountId: PROD, addresses: index(at) });
      org.addStage('dev', { accountId: DEV, addresses: index(at) });
    }, at => [`addresses of stage 'dev', 10.${at}.0.0/16`, `addresses of stage 'prod', 10.${at}.0.0/16`, OVERLAP]),
  mistake('addresses of a stage: a region that is none', fc.stringMatching(/^[a-z]{2}-[a-z]{9,12}-\d$/),
    (app, region) => members(app, index(1).forRegion(region, index(2))), region => [`'${region}' is not a region`, 'check the spelling']),
  mistake('StageAddresses.index: no number', [nothing, NaN, '1'],
    (_, at) => index(at as number), () => ['index of StageAddresses is no number', 'give a whole number from 0']),
  mistake('StageAddresses.cidr: missing', [nothing, ''],
    (_, block) => cidr(block as string), () => ['cidr of StageAddresses is missing', "like '10.7.0.0/16'"]),
];

// domains

function domain(app: App, name: string, options: Partial<DomainOptions> = {}): void {
  const { org, prod } = acmeOfKnownAccounts(undefined, app);
  org.addDomain(name, { stages: [prod], ...options });
}

function stageDns(app: App, props: Partial<StageDnsProps>): void {
  new StageDns(new Stack(app, 'stack'), 'dns', { domainName: 'prod.acme.example', ...props });
}

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const notADomain = fc.constantFrom('acme', 'Acme.example', 'acme.example.', '-acme.example', 'acme..example', 'acme example.com', 'äcme.example', 'https://acme.example');
const ONE = 'a name is delegated to one hosted zone only';

const DOMAINS: Mistake[] = [
  mistake('addDomain: not a domain', notADomain,
    (app, name) => domain(app, name), name => [`domainName '${name}'`, "give one like 'acme.example'"]),
  mistake('addDomain: no name', ['', nothing as string],
    (app, name) => domain(app, name), () => ['domainName', 'give']),
  mistake('addDomain: a token', [0],
    app => domain(app, Lazy.string({ produce: () => 'acme.example' })), () => ['domainName is a token', 'give it as a literal']),
  mistake('addDomain: twice', label,
    (app, name) => {
      const { org, prod, dev } = acmeOfKnownAccounts(undefined, app);
      [prod, dev].forEach(stage => org.addDomain(`${name}.example`, { stages: [stage] }));
    }, name => [`domain '${name}.example' is already added`, 'name all its stages in one addDomain']),
  mistake('addDomain: the name of a stage in another', label,
    (app, name) => {
      const { org, prod, dev } = acmeOfKnownAccounts(undefined, app);
      org.addDomain(`${name}.example`, { stages: [prod] });
      org.addDomain(`prod.${name}.example`, { stages: [dev] });
    }, name => [`domain 'prod.${name}.example' of 'acme'`, `the zone of stage 'prod' in domain '${name}.example'`, ONE]),
  mistake('addDomain: below another that does not delegate to it', label.filter(name => name !== 'prod'),
    (app, name) => {
      const { org, prod, dev } = acmeOfKnownAccounts(undefined, app);
      org.addDomain(`${name}.acme.example`, { stages: [dev] });
      org.addDomain('acme.example', { stages: [prod] });
    }, name => [`domain '${name}.acme.example' of 'acme' is below domain 'acme.example'`, 'ZoneDelegationRecord']),
  mistake('addDomain: below the zone of a stage', label,
    (app, name) => {
      const { org, prod, dev } = acmeOfKnownAccounts(undefined, app);
      org.addDomain('acme.example', { stages: [prod] });
      org.addDomain(`${name}.prod.acme.example`, { stages: [dev] });
    }, name => [`domain '${name}.prod.acme.example' of 'acme' is below the zone of stage 'prod'`, 'ZoneDelegationRecord']),
  mistake('addDomain: in two organizations', label,
    (app, name) => {
      const { org, prod } = acmeOfKnownAccounts(undefined, app);
      const beta = new MultiAccountOrg(app, 'beta', orgProps({
        managementAccountId: '555555555555', organization: OrganizationSource.memberAccounts(), email: undefined,
      }));
      org.addDomain(`${name}.example`, { stages: [prod] });
      beta.addDomain(`${name}.example`, { stages: [beta.addStage('prod', { accountId: '666666666666' })] });
    }, name => [`domain '${name}.example' of 'beta'`, `domain '${name}.example' of 'acme'`, ONE]),
  mistake('addDomain: beside a hosted zone of the same name', ['prod.acme.example', 'PROD.acme.example', 'acme.example'],
    (app, zoneName) => {
      const { org, prod } = acmeOfKnownAccounts(undefined, app);
      org.addDomain('acme.example', { stages: [prod] });
      new route53.PublicHostedZone(new Stack(prod, 'zones'), 'zone', { zoneName });
    }, () => ["hosted zone 'acme/prod/zones/zone' has the same name as", ONE]),
  mistake('addDomain: beside a stack called dns', ['root', 'prod'] as const,
    (app, name) => {
      const { org, prod } = acmeOfKnownAccounts(undefined, app);
      new Stack(name === 'root' ? org.root : prod, 'dns');
      org.addDomain('acme.example', { stages: [prod] });
    }, name => [`'acme/${name}/dns' has the id of the stack that addDomain adds`, 'give yours another id']),
  mistake('addDomain: before a stack called dns', ['root', 'prod'] as const,
    (app, name) => {
      const { org, prod } = acmeOfKnownAccounts(undefined, app);
      org.addDomain('acme.example', { stages: [prod] });
      new Stack(name === 'root' ? org.root : prod, 'dns');
    }, name => [`'dns' is taken in 'acme/${name}' by a Stack`, 'give the Stack another id']),
  mistake('stages of addDomain: nothing', [0],
    app => domain(app, 'acme.example', { stages: [nothing as StageAccount] }), () => ['entry 1 of stages', 'is missing']),
  mistake('stages of addDomain: missing', [0],
    app => domain(app, 'acme.example', { stages: undefined }), () => ["stages of domain 'acme.example' is missing", 'give it']),
  mistake('stages of addDomain: one twice, or of another organization', ['prod', 'audit'] as const,
    (app, name) => {
      const { org, prod } = acmeOfKnownAccounts(undefined, app);
      org.addDomain('acme.example', { stages: [prod, name === 'prod' ? prod : acmeOfKnownAccounts(undefined, testApp()).audit] });
    }, name => [`stage 'acme/${name}' is named twice, or is none of 'acme'`, 'name each of its stages once']),
  mistake('zoneOf: a stage that is not in the domain', [0],
    app => {
      const { org, prod, dev } = acmeOfKnownAccounts(undefined, app);
      org.addDomain('acme.example', { stages: [prod] }).zoneOf(dev);
    }, () => ["stage 'dev' has no part of 'acme.example'", 'name it in the stages of addDomain']),
  mistake('StageDns: not a domain', notADomain,
    (app, domainName) => stageDns(app, { domainName }), name => [`domainName '${name}'`, "give one like 'acme.example'"]),
  mistake('parentDomainName: not above the domain', label,
    (app, name) => stageDns(app, { parentDomainName: `${name}.other`, delegationRoleArn: CLIENT }),
    name => [`parentDomainName '${name}.other' is not above domainName 'prod.acme.example'`]),
  mistake('delegationRoleArn: not one', ['acme-delegation', 'arn:aws:iam::42:role/x', `arn:aws:iam::${ROOT}:user/x`],
    (app, delegationRoleArn) => stageDns(app, { delegationRoleArn }), arn => [`delegationRoleArn '${arn}'`, 'is not the ARN of a role']),
];

export const TRAIL_MISTAKES: Mistake[] = [...TRAIL, ...ADDRESSES, ...DOMAINS];
