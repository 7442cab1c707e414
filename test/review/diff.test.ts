import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import Ajv from 'ajv';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Assembly } from '../../review/assembly/assembly';
import { changesBetween } from '../../review/diff/changes';
import { diff } from '../../review/diff/diff';
import { escaped, markdown } from '../../review/diff/markdown';
import { review, text as inText } from '../../review/diff/review';
import {
  Guardrail, Guardrails, GuardrailsProps, GroupOptions, ICrossAccountAccessRole, MfaRequirement, MultiAccountOrg,
  MultiAccountOrgProps, OrganizationPolicyType, StageAccount, StageAddresses, StageOptions, StageProfile,
} from '../../src';
import { discovered, newOutdir, orgProps, ROOT, testApp } from '../orgs';

const OTHER = '999999999999';

interface Acme {
  readonly org: MultiAccountOrg;
  readonly audit: StageAccount;
  readonly prod: StageAccount;
  readonly dev: StageAccount;
}

/** What may be planted: but for it, an organization is the same. */
interface Planted {
  readonly prod?: StageOptions;
  readonly dev?: StageOptions;
  readonly devName?: string;
  readonly engineers?: (acme: Acme) => GroupOptions;
  readonly guardrails?: (acme: Acme) => GuardrailsProps;
  readonly readers?: (acme: Acme) => ICrossAccountAccessRole[];
  readonly guardrailsId?: string;
  readonly natGateways?: number;
  readonly budget?: number;
  readonly more?: (acme: Acme) => void;
}

const REGIONS = Guardrail.allowedRegions(['eu-west-1']);
const GUARDRAILS = { includeDefaults: false, guardrails: [Guardrail.DENY_ROOT_USER, REGIONS] };

function write(app: App, planted: Planted = {}, namespace = 'acme', given: Partial<MultiAccountOrgProps> = {}): Acme {
  const org = new MultiAccountOrg(app, namespace, orgProps(given));
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
  const prod = org.addStage('prod', { organizationalUnit: 'workloads/production', ...planted.prod });
  const development = { profile: StageProfile.DEVELOPMENT, organizationalUnit: 'workloads', email: 'dev@acme.example' };
  const dev = org.addStage(planted.devName ?? 'dev', { ...development, ...planted.dev });
  const acme = { org, audit, prod, dev };
  org.addGroup('engineers', { canAssume: [dev.admin], ...planted.engineers?.(acme) });
  org.addGroup('operators', { canAssume: [prod.admin] });
  new Guardrails(org, planted.guardrailsId ?? 'guardrails', { ...GUARDRAILS, ...planted.guardrails?.(acme) });
  org.addAuditTrail({ storedIn: audit, readers: planted.readers?.(acme) });
  org.addFacts({
    facts: () => [{ kind: 'budget', subject: 'prod', name: 'monthly-usd', value: `${planted.budget ?? 1000}`, source: 'budgets' }],
  });
  new ec2.Vpc(new Stack(prod, 'network'), 'vpc', { natGateways: planted.natGateways ?? 1, maxAzs: 3 });
  const bucket = new s3.Bucket(new Stack(prod, 'shop'), 'orders', { enforceSSL: true });
  bucket.addToResourcePolicy(allow('s3:ListBucket', '888888888888', bucket.bucketArn));
  planted.more?.(acme);
  return acme;
}

function allow(action: string, account: string, resource?: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [action], principals: [new iam.AccountPrincipal(account)], resources: resource ? [resource] : undefined,
  });
}

const CONTEXT = { 'aws:cdk:enable-path-metadata': true };
const folderOf = (planted: Planted = {}) => {
  const app = testApp(CONTEXT);
  write(app, planted);
  return app.synth().directory;
};
const sentencesOf = (before: string, after: string) => changesBetween(Assembly.read(before), Assembly.read(after))
  .map(({ sentence, widens }) => `${widens ? '! ' : ''}${sentence}`);

const base = folderOf();
const json = (value: unknown) => JSON.stringify(value);
const rootOf = (account: string) => ({ AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] } });
const trust = (account: string, Condition?: object) =>
  json({ Action: 'sts:AssumeRole', ...Condition && { Condition }, Effect: 'Allow', Principal: rootOf(account) });
const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const WITHIN = { ...MFA, NumericLessThan: { 'aws:MultiFactorAuthAge': '43200' } };
const SESSION = 'in a session named after the user';

/** What is planted, what is told of it, and what if it is taken back. A change that widens access begins with `!`. */
const GONE_ADDRESS = /^AWS::EC2::EIP acme\/prod\/network\/vpc\/PublicSubnet[23]\/EIP: the address goes back to AWS, /;
const PLANTED: Array<[what: string, planted: Planted, told: Array<string | RegExp>, back: Array<string | RegExp>]> = [
  ['a role for a group', { engineers: ({ dev, prod }) => ({ canAssume: [dev.admin, prod.readOnly] }) },
    [`! group acme-engineers may now assume acme-prod-read-only in prod by iam-user, with mfa, ${SESSION}`],
    [`group acme-engineers may no longer assume acme-prod-read-only in prod by iam-user, with mfa, ${SESSION}`]],
  ['a last day', { engineers: () => ({ until: '2999-01-31' }) },
    ['group acme-engineers may assume acme-dev-admin in dev by iam-user: now only until 2999-01-31'],
    ['! group acme-engineers may assume acme-dev-admin in dev by iam-user: no longer only until 2999-01-31']],
  ['MFA of any age', { prod: { accessMfa: MfaRequirement.REQUIRED } }, [
    '! group acme-operators may assume acme-prod-admin in prod by iam-user: no longer only with mfa within 43200 seconds, now only with mfa',
    `! trust policy of acme/prod/access/admin has ${trust(ROOT, MFA)} instead of ${trust(ROOT, WITHIN)}`,
  ], [
    'group acme-operators may assume acme-prod-admin in prod by iam-user: now only with mfa within 43200 seconds',
    `trust policy of acme/prod/access/admin has ${trust(ROOT, WITHIN)} instead of ${trust(ROOT, MFA)}`,
  ]],
  ['a user', { more: ({ org }) => org.addUser('ada') },
    ['! user ada is now a member of group acme-everybody', 'root: 1 secret instead of none'],
    [/^AWS::SecretsManager::Secret .*: it is deleted with its value, /, 'user ada is no longer a member of group acme-everybody', 'root: no secret instead of 1']],
  ['a trusted account', { more: ({ dev }) => dev.admin.role.assumeRolePolicy!.addStatements(allow('sts:AssumeRole', OTHER)) }, [
    `! account ${OTHER} may now assume acme-dev-admin in dev by trust, ${SESSION}`,
    `! trust policy of acme/dev/access/admin gains ${trust(OTHER)}`,
  ], [
    `account ${OTHER} may no longer assume acme-dev-admin in dev by trust, ${SESSION}`,
    `trust policy of acme/dev/access/admin loses ${trust(OTHER)}`,
  ]],
  ['a reader of the trail', { readers: ({ audit }) => [audit.readOnly] }, [
    '! arn:aws:iam::000000000000:role/acme-audit-read-only may now read s3://acme-audit-trail-000000000000/',
    /^! policy of acme\/audit-trail\/bucket\/trails\/Key gains .*"ReadersDecrypt"/,
    /^! policy of .*\/trails\/AccessLogsPolicy has .*OnlyReadersRead"} instead of .*OnlyReadersRead"}$/,
    /^! policy of .*\/trails\/AccessLogsPolicy has .*OnlyReadersList"} instead of .*OnlyReadersList"}$/,
    /^! policy of .*\/trails\/AccessLogsPolicy gains .*"Effect":"Allow"/,
    /^! policy of .*\/trails\/Policy has .*OnlyReadersRead"} instead of .*OnlyReadersRead"}$/,
    /^! policy of .*\/trails\/Policy has .*OnlyReadersList"} instead of .*OnlyReadersList"}$/,
    /^! policy of .*\/trails\/Policy gains .*"Effect":"Allow"/,
  ], [
    'arn:aws:iam::000000000000:role/acme-audit-read-only may no longer read s3://acme-audit-trail-000000000000/',
    /^policy of acme\/audit-trail\/bucket\/trails\/Key loses .*"ReadersDecrypt"/,
    ...['AccessLogsPolicy', 'Policy'].flatMap(name => [
      new RegExp(`^policy of .*/trails/${name} has .*OnlyReadersRead"} instead of .*OnlyReadersRead"}$`),
      new RegExp(`^policy of .*/trails/${name} has .*OnlyReadersList"} instead of .*OnlyReadersList"}$`),
      new RegExp(`^policy of .*/trails/${name} loses .*"Effect":"Allow"`),
    ]),
  ]],
  ['one guardrail less', { guardrails: () => ({ guardrails: [REGIONS] }) },
    ['! all stages: deny-root-user no longer applies'], ['all stages: deny-root-user applies now']],
  ['an exception for a stage',
    { guardrails: ({ dev }) => ({ adjustments: [{ guardrail: Guardrail.DENY_ROOT_USER, exceptStages: [dev] }] }) },
    ['! dev: deny-root-user no longer applies'], ['dev: deny-root-user applies now']],
  ['an exception for a role', {
    guardrails: ({ org }) =>
      ({ adjustments: [{ guardrail: Guardrail.DENY_ROOT_USER, exceptPrincipals: [org.root.admin] }] }),
  }, [`! all stages: deny-root-user no longer applies to arn:aws:iam::${ROOT}:role/acme-root-admin`],
  [`all stages: deny-root-user applies to arn:aws:iam::${ROOT}:role/acme-root-admin now`]],
  ['a trial on a unit',
    { guardrails: () => ({ adjustments: [{ guardrail: Guardrail.DENY_ROOT_USER, trialOn: 'workloads/production' }] }) },
    ['! audit, dev: deny-root-user no longer applies'], ['audit, dev: deny-root-user applies now']],
  ['another unit', {
    prod: { organizationalUnit: 'sandbox' },
    more: ({ org }) => new Guardrails(org, 'units', { organizationalUnits: ['workloads'], guardrails: [Guardrail.DENY_PUBLIC_FUNCTIONS] }),
  }, ['dev: deny-public-functions applies now', 'prod: unit is sandbox instead of workloads/production'],
  ['! dev: deny-public-functions no longer applies', 'prod: unit is workloads/production instead of sandbox']],
  ['what a guardrail denies',
    { guardrails: () => ({ guardrails: [Guardrail.DENY_ROOT_USER, Guardrail.allowedRegions(['eu-west-1', 'eu-north-1'])] }) },
    [/^! organization policy acme\/root\/organization\/guardrails-service-control-1 has .*eu-north-1.* instead of /],
    [/^organization policy acme\/root\/organization\/guardrails-service-control-1 has .* instead of .*eu-north-1/]],
  ['a policy of the organization', {
    more: ({ org }) => org.management!.addPolicy('own', {
      policyType: OrganizationPolicyType.SERVICE_CONTROL,
      statements: [new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:DeleteBucket'], resources: ['*'] })],
    }),
  }, ['organization policy acme/root/organization/own gains {"Action":"s3:DeleteBucket","Effect":"Deny","Resource":"*"}'],
  ['! organization policy acme/root/organization/own loses {"Action":"s3:DeleteBucket","Effect":"Deny","Resource":"*"}']],
  ['a policy of a bucket', {
    more: ({ prod }) => (prod.node.findChild('shop').node.findChild('orders') as s3.Bucket).addToResourcePolicy(allow('s3:Get*', OTHER, '*')),
  }, [`! policy of acme/prod/shop/orders/Policy gains ${json({ Action: 's3:Get*', Effect: 'Allow', Principal: rootOf(OTHER), Resource: '*' })}`],
  [`policy of acme/prod/shop/orders/Policy loses ${json({ Action: 's3:Get*', Effect: 'Allow', Principal: rootOf(OTHER), Resource: '*' })}`]],
  ['permissions of a role that people get into', {
    more: ({ dev }) => dev.readOnly.role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyArn(dev, 'more', 'arn:aws:iam::aws:policy/IAMFullAccess')),
  }, ['! ManagedPolicyArns of acme/dev/access/read-only gains "arn:aws:iam::aws:policy/IAMFullAccess"'],
  ['ManagedPolicyArns of acme/dev/access/read-only loses "arn:aws:iam::aws:policy/IAMFullAccess"']],
  ['new roles and keys', {
    more: ({ prod }) => {
      const stack = new Stack(prod, 'machines');
      new iam.Role(stack, 'function', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
      new iam.Role(stack, 'partner', { assumedBy: new iam.AccountPrincipal(OTHER) });
      new s3.Bucket(stack, 'bucket', { encryption: s3.BucketEncryption.KMS, enforceSSL: true });
    },
  }, [`! trust policy of acme/prod/machines/partner gains ${trust(OTHER)}`, 'prod: 2 KMS keys instead of 1'],
  ['prod: 1 KMS key instead of 2']],
  ['an e-mail address', { dev: { email: 'other@acme.example' } },
    ['dev: e-mail address is other@acme.example instead of dev@acme.example'],
    ['dev: e-mail address is dev@acme.example instead of other@acme.example']],
  ['a profile', { dev: { profile: StageProfile.TESTING } },
    ['dev: profile is testing instead of development'], ['dev: profile is development instead of testing']],
  ['an address range', { dev: { addresses: StageAddresses.index(7) } },
    ['dev: address range in eu-west-1 is 10.7.0.0/16 now'], ['dev: address range in eu-west-1 is no longer 10.7.0.0/16']],
  ['another name', { devName: 'trial' }, [
    /^AWS::Organizations::Account acme\/root\/account-trial\/Account: AWS creates the account, /,
    `! group acme-engineers may now assume acme-trial-admin in trial by iam-user, with mfa, ${SESSION}`,
    `group acme-engineers may no longer assume acme-dev-admin in dev by iam-user, with mfa, ${SESSION}`,
    'dev is called trial now',
  ], [
    /^AWS::Organizations::Account acme\/root\/account-dev\/Account: AWS creates the account, /,
    `! group acme-engineers may now assume acme-dev-admin in dev by iam-user, with mfa, ${SESSION}`,
    `group acme-engineers may no longer assume acme-trial-admin in trial by iam-user, with mfa, ${SESSION}`,
    'trial is called dev now',
  ]],
  ['a stage', { more: ({ org }) => org.addStage('staging', { profile: StageProfile.STAGING }) }, [
    /^AWS::Organizations::Account acme\/root\/account-staging\/Account: AWS creates the account, /,
    'staging is new: e-mail address aws+staging@acme.example, profile staging, region eu-west-1, guardrails 3',
    'what cloudtrail records of staging is kept below s3://acme-audit-trail-000000000000/AWSLogs/o-*/000000000000/ now',
    'staging: 1 KMS key instead of none',
  ], [
    'staging leaves the code',
    'what cloudtrail records of staging is no longer kept below s3://acme-audit-trail-000000000000/AWSLogs/o-*/000000000000/',
    'staging: no KMS key instead of 1',
  ]],
  ['a domain', { more: ({ org, prod }) => org.addDomain('acme.example', { stages: [prod] }) }, [
    /^! permissions of acme\/root\/dns-prod\/delegation gains .*"route53:ListHostedZonesByName"/,
    /^! permissions of acme\/root\/dns-prod\/delegation gains .*"route53:ChangeResourceRecordSets"/,
    /^! permissions of acme\/prod\/dns\/.*\/Role gains .*:role\/acme-prod-dns-delegation/,
    /^! trust policy of acme\/root\/dns-prod\/delegation gains /,
    'root has the domain acme.example now, delegated by nobody here',
    'prod has the domain prod.acme.example now, delegated by acme.example',
    'root: 1 hosted zone instead of none',
    'prod: 1 hosted zone instead of none',
  ], [
    'root no longer has the domain acme.example',
    'prod no longer has the domain prod.acme.example',
    'root: no hosted zone instead of 1',
    'prod: no hosted zone instead of 1',
  ]],
  ['NAT gateways', { natGateways: 3 },
    ['prod: 3 Elastic IP addresses instead of 1', 'prod: 3 NAT gateways instead of 1'],
    [GONE_ADDRESS, GONE_ADDRESS, 'prod: 1 Elastic IP address instead of 3', 'prod: 1 NAT gateway instead of 3']],
  ["a third party's fact", { budget: 2000 },
    ['budget of prod, monthly-usd: 1000 became 2000'], ['budget of prod, monthly-usd: 2000 became 1000']],
];

function expectAll(found: string[], expected: Array<string | RegExp>): void {
  expect(found).toEqual(expected.map(one => typeof one === 'string' ? one : expect.stringMatching(one)));
}

test.each(PLANTED)('%s is told, and nothing else', (_, planted, told, back) => {
  const after = folderOf(planted);
  expectAll(sentencesOf(base, after), told);
  expectAll(sentencesOf(after, base), back);
});

test('a stage that leaves a unit leaves its guardrails', () => {
  const more = ({ org }: Acme) => new Guardrails(org, 'units', { organizationalUnits: ['workloads'], guardrails: [Guardrail.DENY_PUBLIC_FUNCTIONS] });
  const [before, after] = [folderOf({ more }), folderOf({ more, prod: { organizationalUnit: 'workloads-of-others' } })];
  expect(sentencesOf(before, after)).toEqual([
    '! prod: deny-public-functions no longer applies',
    'prod: unit is workloads-of-others instead of workloads/production',
  ]);
});

test('a guardrail with an exception is still told of what else changes', () => {
  const guardrails = (regions: string[], isExcepting: boolean) => ({ dev }: Acme) => {
    const guardrail = Guardrail.allowedRegions(regions);
    return { guardrails: [guardrail], adjustments: isExcepting ? [{ guardrail, exceptStages: [dev] }] : undefined };
  };
  const before = folderOf({ guardrails: guardrails(['eu-west-1'], false) });
  const after = folderOf({ guardrails: guardrails(['eu-west-1', 'eu-north-1'], true) });
  expectAll(sentencesOf(before, after), [
    '! dev: allowed-regions no longer applies', /^! organization policy .* has .*eu-north-1.* instead of /,
  ]);
});

test('what is only written otherwise is no difference', () => {
  const list = ({ dev, prod }: Acme) => [dev.admin, prod.readOnly];
  const statements = ['s3:GetObject', 's3:PutObject'].map(action => allow(action, OTHER, '*'));
  const more = (given: iam.PolicyStatement[]) => ({ prod }: Acme) => given.forEach(statement =>
    (prod.node.findChild('shop').node.findChild('orders') as s3.Bucket).addToResourcePolicy(statement.copy()));
  const before = folderOf({ engineers: acme => ({ canAssume: list(acme) }), more: more(statements) });
  const after = folderOf({
    engineers: acme => ({ canAssume: list(acme).reverse() }),
    guardrails: () => ({ guardrails: [...GUARDRAILS.guardrails].reverse() }),
    guardrailsId: 'rails',
    more: more([...statements].reverse()),
  });
  expect(readFileSync(join(before, 'acme.organization.json'), 'utf8')).not.toBe(readFileSync(join(after, 'acme.organization.json'), 'utf8'));
  expect(sentencesOf(before, after)).toEqual([]);
});

test('of an account that becomes known, nothing but its id is told', () => {
  const ids = { 'aws+audit@acme.example': '222222222222', 'aws+prod@acme.example': '333333333333', 'dev@acme.example': '444444444444' };
  const planted: Planted = { readers: ({ audit }) => [audit.readOnly] };
  const after = discovered(app => ({ app, ...write(app, planted) }), ids, CONTEXT).app.synth().directory;
  expect(sentencesOf(folderOf(planted), after))
    .toEqual(['audit: account is 222222222222 now', 'prod: account is 333333333333 now', 'dev: account is 444444444444 now']);
});

test('organizations are compared by their namespaces', () => {
  const both = (planted: Planted) => {
    const app = testApp(CONTEXT);
    write(app);
    write(app, { ...planted, dev: { email: 'beta@acme.example' } }, 'beta', { managementAccountId: '555555555555', email: 'aws@beta.example' });
    return app.synth().directory;
  };
  expect(sentencesOf(both({}), both({ budget: 5, natGateways: 2 }))).toEqual([
    'beta: prod: 2 Elastic IP addresses instead of 1', 'beta: prod: 2 NAT gateways instead of 1',
    'beta: budget of prod, monthly-usd: 1000 became 5',
  ]);
  expect(sentencesOf(base, both({})).filter(sentence => !sentence.includes('beta'))).toEqual([]);
});

test('a way in is wider unless another one asked for no more', () => {
  const withWays = (...values: string[]) => {
    const folder = newOutdir();
    cpSync(base, folder, { recursive: true });
    const file = join(folder, 'acme.organization.json');
    const content = JSON.parse(readFileSync(file, 'utf8'));
    const facts = values.map(value => ({ kind: 'access', subject: 'account 999999999999', name: 'stage prod shop', value, source: 'acme' }));
    writeFileSync(file, JSON.stringify({ ...content, facts: [...content.facts, ...facts] }));
    return folder;
  };
  const id = 'trust; StringEquals sts:ExternalId "a; mfa"';
  const who = 'account 999999999999 may';
  expect(sentencesOf(withWays('trust; mfa'), withWays('trust; mfa', 'trust; mfa; until 2999-01-31')))
    .toEqual([`${who} now assume shop in prod by trust, with mfa, until 2999-01-31`]);
  expect(sentencesOf(withWays(id), withWays(`${id}; mfa`)))
    .toEqual([`${who} assume shop in prod by trust: now only with mfa`]);
  expect(sentencesOf(withWays('trust; until 2999-01-31'), withWays('trust; until 2999-02-01')))
    .toEqual([`! ${who} assume shop in prod by trust: no longer only until 2999-01-31, now only until 2999-02-01`]);
  expect(sentencesOf(withWays('iam-user; mfa'), withWays('account-access'))).toEqual([
    `! ${who} now assume shop in prod by account-access`, `${who} no longer assume shop in prod by iam-user, with mfa`,
  ]);
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diff-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const after = folderOf({ engineers: ({ dev, prod }) => ({ canAssume: [dev.admin, prod.readOnly] }), budget: 2000 });
  const sentence = `group acme-engineers may now assume acme-prod-read-only in prod by iam-user, with mfa, ${SESSION}`;

  async function run(...words: string[]): Promise<{ code: number; output: string }> {
    const written: string[] = [];
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0);
    try {
      return { code: await diff(['--app-dir', folder, '--assembly', after, ...words]), output: written.join('') };
    } finally {
      stdout.mockRestore();
    }
  }

  test('ends with 3 until each widening is accepted by its line', async () => {
    const { code, output } = await run(base);
    expect(code).toBe(3);
    expect(output).toBe(`Access:\n  widens    ${sentence}\n\nOther facts:\n            budget of prod, monthly-usd: 1000 became 2000\n\n`
      + `1 change that widens is not accepted: accept each by its sentence as a line of '${join(folder, '.accepted-access')}'\n`);
    const file = join(folder, 'accepted');
    writeFileSync(file, `# why\n\n${sentence}\nbudget of prod, monthly-usd: 1000 became 2000\n`);
    const accepted = await run('--accepted', file, base);
    expect(accepted.code).toBe(0);
    expect(accepted.output).toContain(`  accepted  ${sentence}\n`);
    // what widens nothing needs no line
    expect(accepted.output).toContain(`line 4 of '${file}' accepts nothing, because no change has this sentence: budget of prod`);
    expect(await run(after)).toEqual({ code: 0, output: 'No difference.\n' });
  });

  test('reads the file beside cdk.json', async () => {
    writeFileSync(join(folder, '.accepted-access'), `${sentence}\r\n`);
    expect((await run(base)).code).toBe(0);
    rmSync(join(folder, '.accepted-access'));
  });

  test('writes JSON as its schema says', async () => {
    const schema = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'diff.schema.json'), 'utf8'));
    const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);
    const { code, output } = await run('--json', base);
    const written = JSON.parse(output);
    expect([code, validate(written), validate.errors]).toEqual([3, true, null]);
    expect(written.changes[0]).toEqual({ section: 'access', sentence, widens: true, accepted: false, added: [], removed: [] });
    expect(validate({ ...written, changes: [{ ...written.changes[0], sentence: 'two\nlines' }] })).toBe(false);
  });

  test.each<[words: string[], message: RegExp]>([
    [['one', 'two'], /diff takes one base, and there is 'two', too/],
    [['--json', '--markdown', base], /--json and --markdown exclude each other/],
    [['--accepted', join(folder, 'nothing'), base], /--accepted '.*nothing' is no file: write it, or leave the option out/],
    [[], /'main' is no folder, and '.*' is in no git repository/],
  ])('%j is told', (words, message) => expect(run(...words)).rejects.toThrow(message));

  test('shows its help', async () => {
    const { code, output } = await run('--help');
    expect([code, output]).toEqual([0, expect.stringContaining('usage: cdk-multi-account-org diff [options] [base]')]);
  });
});

describe('Markdown', () => {
  const after = folderOf({ prod: { accessMfa: MfaRequirement.within(Duration.days(1)) } });
  const changes = changesBetween(Assembly.read(base), Assembly.read(after));

  test('has tables, and statements to unfold', () => {
    const lines = markdown(review(changes, [])).split('\n');
    expect(lines[0]).toBe('<!-- cdk-multi-account-org diff -->');
    expect(lines).toContain('| **widens** | group acme-operators may assume acme-prod-admin in prod by iam-user: '
      + 'no longer only with mfa within 43200 seconds, now only with mfa within 86400 seconds |');
    expect(lines).toContain('<summary>trust policy of <code>acme&#47;prod&#47;access&#47;admin</code>: 1 gained, 1 lost, <strong>widens</strong></summary>');
    expect(lines).toContain('+       "aws:MultiFactorAuthAge": "86400"');
    expect(lines).toContain('-       "aws:MultiFactorAuthAge": "43200"');
  });

  test('nothing in a name is Markdown, HTML, a mention, a link or an emoji', () => {
    const name = '@team |a|b| <img src=x> `c` **d** [e](https://x.example) :bomb: #1 </code> \\| &lt; _f_ www.x.example ~~g~~';
    const sentence = `budget of ${name}: 1 is new`;
    const row = markdown(review([{ section: 'other', sentence, widens: true }], [])).split('\n').find(line => line.startsWith('| **'))!;
    const [, , cell, end] = row.split('|');
    expect(end).toBe('');
    // but for its tags, plain words, and references to characters, there is nothing
    expect(cell.replace(/<\/?code>|&#\d+;/g, '')).toMatch(/^[A-Za-z0-9 :.,;-]*$/);
    const text = cell.replace(/<\/?code>/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).trim();
    expect(text).toBe(sentence);
    for (const word of ['@team', ':bomb:', '#1', 'www.x.example']) {
      expect(escaped(word)).toMatch(/^<code>.*<\/code>[:.]?$/);
    }
  });

  test('says what a reader has to know of the base', () => {
    const noted = review([], [], undefined, { errors: [], notes: ["'package-lock.json' is not as at 'main'"] });
    expect(inText(noted)).toBe("No difference.\n'package-lock.json' is not as at 'main'.\n");
    expect(markdown(noted))
      .toContain('\n<code>&#39;package&#45;lock&#46;json&#39;</code> is not as at <code>&#39;main&#39;</code>.\n');
  });

  test('nothing in a statement is hidden, or turns what is beside it', () => {
    const hostile = '\u202eyned\u200b\u{e0041}`````';
    const statements = { added: [{ Effect: 'Allow', Sid: hostile }], removed: [] };
    const text = markdown(review([{ section: 'policies', sentence: `it ${hostile}`, about: hostile, widens: true, statements }], [`# ${hostile}`, hostile]));
    expect(text.replace(/[\n]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]|&#(8238|8203);/u);
    expect(text).toContain('+   "Sid": "\\u{202e}yned\\u{200b}\\u{e0041}`````"');
    expect(text).toMatch(/^``````diff$/m);
  });

  test('no sentence ends the block of code that it is in', () => {
    const text = markdown(review([{ section: 'other', sentence: '``` ````', widens: true }], []));
    expect(text).toContain('\n`````text\n``` ````\n`````\n');
  });

  test('fits into a comment', () => {
    const sentence = (index: number) => `budget of stage-${index}, monthly-usd: 1000 became 2000`;
    const many = Array.from({ length: 3000 }, (_, index) => ({ section: 'other' as const, sentence: sentence(index), widens: false }));
    const text = markdown(review(many, []));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\d+ more parts are too long for a comment: see the output of the command\.\n$/);
  });
});

test('a control character in a name is shown, and does nothing', () => {
  const [{ sentence }] = changesBetween(Assembly.read(base), Assembly.read(folderOf({
    more: ({ org }) => org.addFacts({ facts: () => [{ kind: 'note', subject: 'prod', name: 'text', value: 'a\nb\u001b[2J\u202e', source: 'notes' }] }),
  })));
  expect(sentence).toBe('note of prod, text: a\\u{a}b\\u{1b}[2J\\u{202e} is new');
});
