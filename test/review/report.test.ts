import { createHash } from 'crypto';
import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { assemblyOf } from './assemblies';
import { written } from './written';
import { Fact } from '../../review/assembly/assembly';
import { accessOf } from '../../review/report/access';
import { Card, cards, fit } from '../../review/report/cards';
import { Block, Picture, Table, Text, visible } from '../../review/report/document';
import { html } from '../../review/report/html';
import { markdown } from '../../review/report/markdown';
import { pagesOf, report } from '../../review/report/report';
import { mayBe, shown } from '../../review/report/values';
import { AuroraPostgres, BreakGlass, Guardrail, Guardrails, MultiAccountOrg, Network, StageAddresses, StageProfile } from '../../src';
import { newOutdir, orgProps, testApp } from '../orgs';

function write(app: App): void {
  const org = new MultiAccountOrg(app, 'acme', orgProps({ rootAddresses: StageAddresses.index(100) }));
  const audit = org.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
  const prod = org.addStage('prod', { organizationalUnit: 'workloads/production', addresses: StageAddresses.index(103) });
  const dev = org.addStage('dev', { profile: StageProfile.DEVELOPMENT, organizationalUnit: 'workloads', addresses: StageAddresses.index(101) });
  org.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
  new Guardrails(org, 'guardrails', { guardrails: [Guardrail.allowedRegions(['eu-west-1', 'us-east-1'])] });
  new BreakGlass(org, 'break-glass');
  const engineers = org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });
  org.addUser('ada', { groups: [engineers] });
  org.addDomain('acme.example', { stages: [prod] });
  org.addFacts({ facts: () => [{ kind: 'budget', subject: 'dev', name: 'monthly-usd', value: '1000', source: 'acme/budgets' }] });
  const { topic } = new Alerts(new Stack(prod, 'alerts'));
  const stack = new Stack(prod, 'shop');
  const { vpc } = new Network(stack, 'network', { addresses: prod.addresses });
  new AuroraPostgres(stack, 'postgres', { vpc });
  const failures = new Metric({ namespace: 'Shop', metricName: 'Failures' });
  const alarm = new Alarm(stack, 'failures', { metric: failures, threshold: 3, evaluationPeriods: 2, alarmDescription: 'orders fail' });
  alarm.addAlarmAction(new SnsAction(topic));
}

class Alerts {
  public readonly topic: Topic;

  constructor(stack: Stack) {
    this.topic = new Topic(stack, 'topic');
    this.topic.addSubscription(new EmailSubscription('pager@acme.example'));
  }
}

const assembly = assemblyOf(write, { 'aws:cdk:enable-path-metadata': true });
const page = pagesOf(assembly);

function all(blocks: Block[]): Block[] {
  return blocks.flatMap(block => ['fold', 'panel'].includes(block.kind)
    ? [block, ...all((block as Extract<Block, { kind: 'fold' }>).blocks)] : [block]);
}

function blocksOf(id: string, of = page): Block[] {
  return all(of.sections.find(section => section.id === id)?.blocks ?? []);
}

function tableOf(id: string, caption: string, of = page): string[][] {
  const found = blocksOf(id, of).find((block): block is Table => block.kind === 'table' && block.caption === caption);
  return (found?.rows ?? []).map(cells => cells.map(plain));
}

function plain(text: Text): string {
  return typeof text === 'string' ? text : text.map(piece => typeof piece === 'string' ? piece
    : 'line' in piece ? '\n' : 'opens' in piece ? `[${piece.label}]` : 'summary' in piece ? `${piece.summary}: ${piece.lines.join(', ')}`
      : Object.values(piece)[0]).join('');
}

test('what an account that is not there is called is said where there is one', () => {
  const said = (of = page) => blocksOf('organization', of).flatMap(block => block.kind === 'text' ? plain(block.text) : []);
  expect(said()).toContain('Below, 000000000000 stands for an account that is not there yet.');
  expect(said(pagesOf(written([fact('stage', 'root', 'account-id', '111111111111')])))).toEqual([]);
});

test('the matrix has each fact of access in the cell of its stage and subject, and nothing else', () => {
  const head = blocksOf('access').find((block): block is Table => block.kind === 'table')!.head.map(plain);
  expect(head).toEqual(['Stage', 'engineers', 'break-glass']);
  const words = (role: string, ...rest: string[]) => [`[${role}]`, ...rest].join('\n');
  const emergency = words('break-glass', 'iam-user, mfa within 1 h');
  expect(tableOf('access', 'Who gets into which role')).toEqual([
    ['root', '', emergency],
    ['audit', '', emergency],
    ['prod', words('read-only', 'iam-user, mfa, session named after user'), emergency],
    ['dev', words('admin', 'iam-user, mfa, session named after user'), emergency],
  ]);
  expect(accessOf(assembly.organizations[0])).toHaveLength(assembly.organizations[0].facts.filter(({ kind }) => kind === 'access').length);
  expect(tableOf('access', 'Users that the app makes')).toEqual([['ada', 'acme-everybody, acme-engineers']]);
});

test('a role opens the facts behind it and the trust of the template', () => {
  const panel = blocksOf('access').find((block): block is Extract<Block, { kind: 'panel' }> =>
    block.kind === 'panel' && block.title === 'acme-dev-admin in dev')!;
  const facts = panel.blocks.find((block): block is Table => block.kind === 'table')!;
  expect(facts.rows.map(cells => cells.map(plain).slice(0, 2))).toEqual([
    ['trusts', 'arn:aws:iam::000000000000:role/acme-dev-admin'],
    ['access', 'group acme-engineers'],
    ['can-assume', 'arn:aws:iam::111111111111:group/acme-engineers'],
  ]);
  const code = panel.blocks.find((block): block is Extract<Block, { kind: 'code' }> => block.kind === 'code')!;
  const [role] = [...assembly.stack('acme/dev/access')!.resources.values()].filter(({ properties }) => properties.RoleName === 'acme-dev-admin');
  expect(JSON.parse(code.text)).toEqual(role.properties.AssumeRolePolicyDocument);
});

test('a condition with a semicolon in its value stays one', () => {
  const value = 'trust; StringEquals sts:ExternalId "a; b;c"; mfa';
  const facts = [fact('access', 'account 999999999999', 'stage prod shop', value)];
  const [{ way, conditions }] = accessOf({ namespace: 'acme', path: 'acme', stages: [], facts });
  expect([way, ...conditions]).toEqual(['trust', 'StringEquals sts:ExternalId "a; b;c"', 'mfa']);
});

test('who and what would look alike has its whole name', () => {
  const subjects = ['group acme-engineers', 'group engineers', 'group acme-auditors', 'principal arn:aws:iam::777777777777:user/pat',
    'principal arn:aws:iam::333333333333:user/pat'];
  const alike = pagesOf(written([
    fact('stage', 'prod', 'account-id', '333333333333'),
    ...subjects.flatMap(who => ['acme-prod-admin', 'admin'].map(role => fact('access', who, `stage prod ${role}`, 'trust'))),
  ]));
  const matrix = blocksOf('access', alike).find((block): block is Table => block.kind === 'table')!;
  expect(matrix.head.map(plain)).toEqual(
    ['Stage', 'group acme-engineers', 'group engineers', 'auditors', 'user/pat of 777777777777', 'user/pat of prod']);
  expect(matrix.rows.map(([, cell]) => plain(cell))).toEqual(['[acme-prod-admin]\ntrust\n[admin]\ntrust']);
});

test('guardrails in force are those of all above an account, without its exceptions, and root has no control policy', () => {
  const stages = ['root', 'prod', 'dev'].flatMap(name => [
    fact('stage', name, 'region', 'eu-west-1'), ...name === 'root' ? [fact('stage', name, 'organization', 'created')]
      : [fact('stage', name, 'organizational-unit', 'workloads/shop')],
  ]);
  const of = pagesOf(written([
    ...stages,
    fact('guardrail', 'organization', 'deny-root-user', 'SERVICE_CONTROL_POLICY'),
    fact('guardrail', 'organization', 'tags', 'TAG_POLICY'),
    fact('guardrail', 'unit workloads', 'regions', 'SERVICE_CONTROL_POLICY'),
    fact('guardrail', 'unit other', 'nothing', 'SERVICE_CONTROL_POLICY'),
    fact('guardrail-exception', 'unit workloads', 'regions', 'stage dev'),
    // what guardrails are made of is said already
    fact('organization-policy', 'organization', 'acme-guardrails', 'SERVICE_CONTROL_POLICY'),
    fact('guardrail-statement', 'acme-guardrails', 'DenyRootUser', 'deny-root-user'),
    fact('organization-policy', 'stage dev', 'acme-own', 'SERVICE_CONTROL_POLICY'),
  ]));
  expect(tableOf('organization', 'Accounts', of).map(([name, ...rest]) => [name, rest.pop()])).toEqual([
    ['root', '1: tags'], ['prod', '3: deny-root-user, tags, regions'], ['dev', '3: deny-root-user, tags, acme-own'],
  ]);
  expect(of.figures.find(({ label }) => label === 'guardrails')!.value).toBe('5');
});

test('records flow to where they are kept, for as long as the bucket says, to who reads them', () => {
  const rows = tableOf('records', 'Records and where they are kept');
  expect(rows.map(([stage]) => stage)).toEqual(['root', 'audit', 'prod', 'dev']);
  expect(rows[2].slice(1)).toEqual([
    'cloudtrail', 's3://acme-audit-trail-000000000000/AWSLogs/o-*/000000000000/', 'stack acme/audit-trail/bucket',
    '7 years, locked for 365 days (governance)', 'arn:aws:iam::000000000000:role/acme-audit-read-only',
  ]);
  const logs = tableOf('records', 'Log groups that stay in their account').map(([stage, , kept]) => `${stage} ${kept.replace(/ \(\d+\)/, '')}`);
  expect(logs).toEqual(['root 365 days', 'prod 365 days']);
});

test('services have their size and protection, and an alarm names whom it tells, also by a topic of another stack', () => {
  const rows = tableOf('services', 'Services of prod');
  expect(rows).toContainEqual(['shop/network/Vpc', 'network', '10.103.0.0/16, 3 zones, 3 NAT gateways', '', '', 'kept']);
  expect(rows).toContainEqual(['shop/postgres/Cluster', 'aurora-postgresql 16.8', '3 × 2–32 ACU', '35 d', 'protected', 'kept']);
  const alarms = tableOf('services', 'Alarms of prod');
  expect(alarms).toContainEqual(['orders fail', 'Failures ≥ 3 for 10 min', 'pager@acme.example (email)']);
  expect(alarms).toContainEqual(['acme/prod/shop/postgres is short of CPU', 'CPUUtilization > 90 for 15 min', 'nobody']);
});

test('what runs by the hour is counted, for each stage and together', () => {
  const rows = tableOf('running', 'What runs by the hour, or costs by itself');
  expect(rows.map(([stage]) => stage)).toEqual(expect.arrayContaining(['prod']));
  expect(rows.find(([stage]) => stage === 'prod')![1]).toContain('3 NAT gateways');
});

test('addresses are drawn in their pool, and domains name who delegates them', () => {
  const map = blocksOf('services').find((block): block is Picture => block.kind === 'picture')!;
  expect(map.title).toBe('Map of 10.96.0.0/12');
  expect(map.svg).toContain('<title>dev 10.101.0.0/16 eu-west-1</title>');
  expect([...map.svg.matchAll(/class="free"/g)]).toHaveLength(13);
  expect(tableOf('services', 'Domains and who delegates them'))
    .toEqual([['acme.example', 'root', 'whoever registered it'], ['prod.acme.example', 'prod', 'acme.example']]);
});

test('facts that no section knows are in a table', () => {
  expect(tableOf('facts', 'budget')).toEqual([['dev', 'monthly-usd', '1000', 'acme/budgets']]);
});

test('the page runs nothing, asks for nothing, and names its style by hash', () => {
  const text = html(page);
  const [, style] = /<style>([^]*?)<\/style>/.exec(text)!;
  expect(text).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(text.replace(style, '')).not.toMatch(/<script|<[^>]+ (on[a-z]+|style)=|<[^>]+(src|href)="(?!#|data:,)|@import|url\(/);
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const targets = [...text.matchAll(/ (?:popovertarget="|href="#)([^"]+)"/g)].map(([, id]) => id);
  expect(targets.filter(id => !ids.includes(id))).toEqual([]);
});

const HOSTILE = '<img src=x onerror=alert(1)>"\'`|*_[a](b) & \u{1f600} \u05d0\u05d1 \u202e @acme #1 </script>';

test('names are text, whatever is in them', () => {
  const hostile = written([
    fact('stage', HOSTILE, 'region', HOSTILE), fact('stage', HOSTILE, 'email', HOSTILE), fact('stage', HOSTILE, 'organizational-unit', `${HOSTILE}/x`),
    fact('stage', HOSTILE, 'cidr eu-west-1', '10.0.0.0/16'),
    fact('guardrail', 'organization', HOSTILE, HOSTILE), fact('guardrail-exception', 'organization', HOSTILE, `principal ${HOSTILE}`),
    fact('access', `group ${HOSTILE}`, 'stage prod admin', HOSTILE), fact('records', HOSTILE, HOSTILE, `s3://${HOSTILE}/a/`),
    fact('reads', HOSTILE, `s3://${HOSTILE}/`, ''), fact('domain', HOSTILE, HOSTILE, HOSTILE), fact('budget', HOSTILE, HOSTILE, HOSTILE),
  ]);
  const text = html(pagesOf(hostile));
  expect(text).not.toMatch(/<img|<\/script|\u202e/);
  expect(text.match(/⟨U\+202E⟩/g)!.length).toBeGreaterThan(10);
  const md = markdown(pagesOf(hostile));
  expect(md).not.toMatch(/<img|<\/script|\u202e|(^|[^\\])\*_|[^\\]\[a|(^|\W)@acme|(^|\W)#1/m);
  const cellsIn = (line: string) => line.split(/(?<!\\)\|/).length;
  const [head, row] = ['| Stage | Account', '⚠ not there yet'].map(words => md.split('\n').find(line => line.startsWith('|') && line.includes(words))!);
  expect(cellsIn(row)).toBe(cellsIn(head));
});

test('whatever is there is shown: no organization, stages without facts, facts of no stage', () => {
  const nothing = pagesOf(assemblyOf(app => void new Topic(new Stack(app, 'alone'), 'topic')));
  expect(nothing.title).toBe('app');
  expect(html(nothing)).toContain('in no stage');
  const half = pagesOf(written([
    fact('stage', 'prod', 'cidr eu-west-1', 'anything'), fact('access', 'group a', 'arn:aws:iam::1:role/x', ''),
    fact('access', 'group b', 'stage nowhere y', 'trust'), fact('records', 'gone', 'cloudtrail', 's3://nobody/x/'), fact('guardrail', 'stage other', 'g', ''),
  ]));
  expect(tableOf('records', 'Records and where they are kept', half)).toEqual([['gone', 'cloudtrail', 's3://nobody/x/', 'not in this app', 'not known', 'nobody is named']]);
  expect(tableOf('access', 'Who gets into which role', half).map(([stage]) => stage)).toEqual(['prod', 'nowhere', 'roles of no stage']);
  expect(html(half)).toContain('</html>');
});

test('two organizations of one app have their own sections', () => {
  const two = pagesOf(assemblyOf(app => ['acme', 'other'].forEach(namespace =>
    void new MultiAccountOrg(app, namespace, orgProps({ namespace, managementAccountId: namespace === 'acme' ? '111111111111' : '999999999999' })))));
  expect(two.title).toBe('acme, other');
  const ids = two.sections.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(two.sections.map(({ title }) => title)).toContain('Services of other');
});

test('Markdown for a comment leaves out what a comment has no room for, and says so', () => {
  const many = Array.from({ length: 400 }, (_, index) => fact('access', 'group a', `stage s${index} role`, 'iam-user; mfa'));
  const text = markdown(pagesOf(written(many)));
  expect(text).toContain('Trusts of roles and the facts behind them are in the page.');
  expect(text).toContain('| s399 | role<br>iam-user, mfa |');
  expect(text).not.toContain('<details>');
  expect(markdown(page)).not.toContain('in the page');
});

test('the command writes the organization chart alone, of each organization', async () => {
  const picturesOf = async (app: App) => {
    const folder = newOutdir();
    const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await report(['--assembly', app.synth().directory, '--picture', '-o', join(folder, 'chart.svg')]);
    } finally {
      out.mockRestore();
    }
    return Object.fromEntries(readdirSync(folder).map(file => [file, readFileSync(join(folder, file), 'utf8')]));
  };
  const app = testApp();
  write(app);
  const one = await picturesOf(app);
  expect(Object.keys(one)).toEqual(['chart.svg']);
  expect(one['chart.svg']).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^]*>workloads<[^]*<\/svg>\n$/);
  const two = testApp();
  ['acme', 'other'].forEach((namespace, index) =>
    void new MultiAccountOrg(two, namespace, orgProps({ namespace, managementAccountId: `${index + 1}`.repeat(12) })));
  expect(Object.keys(await picturesOf(two))).toEqual(['chart-acme.svg', 'chart-other.svg']);
  const none = testApp();
  new Stack(none, 'alone');
  await expect(picturesOf(none)).rejects.toThrow('picture is of an organization, and the app has none: leave it out');
});

test('the command writes the page, or Markdown', async () => {
  const app = testApp();
  write(app);
  const { directory } = app.synth();
  const said: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation(text => said.push(`${text}`) > 0);
  const file = join(newOutdir(), 'page.html');
  try {
    expect(await report(['--assembly', directory, '--output', file])).toBe(0);
    expect(await report(['--assembly', directory, '--markdown'])).toBe(0);
    expect(await report(['--help'])).toBe(0);
    await expect(report(['--assembly', directory, '-o', join(directory, 'no', 'page.html')]))
      .rejects.toThrow(/^output '.*page.html' cannot be written \(ENOENT.*\): give a file in a folder that is there$/);
  } finally {
    out.mockRestore();
  }
  const [name, text, help] = said;
  expect(name).toBe(`${file}\n`);
  expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
  expect(text).toMatch(/^# acme\n[^]*\n## Access\n/);
  expect(text).toContain('| prod | read-only<br>iam-user, mfa, session named after user |');
  expect(text).toContain('- **acme** (');
  expect(help).toMatch(/^usage: cdk-multi-account-org report/);
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Boxes that lie over each other without that one is in the other. */
function overlaps({ svg }: Picture): Box[][] {
  const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)]
    .map(([, ...sides]) => sides.map(Number)).map(([x, y, width, height]) => ({ x, y, width, height }));
  const isIn = (one: Box, two: Box) => one.x >= two.x && one.y >= two.y
    && one.x + one.width <= two.x + two.width && one.y + one.height <= two.y + two.height;
  const isApart = (one: Box, two: Box) => one.x + one.width <= two.x || two.x + two.width <= one.x
    || one.y + one.height <= two.y || two.y + two.height <= one.y;
  return boxes.flatMap((one, index) => boxes.slice(index + 1)
    .filter(two => !isApart(one, two) && !isIn(one, two) && !isIn(two, one)).map(two => [one, two]));
}

test.each([
  ['one unit of 500 accounts', 1, 500], ['60 units of 3', 60, 3], ['12 units of 25', 12, 25], ['300 units of 1', 300, 1], ['4 units of 2', 4, 2],
])('no box lies over another, and the picture is no wider than a page: %s', (_, units, accounts) => {
  const boxes: Card[] = Array.from({ length: units }, (__, unit) => ({
    id: `${unit}`,
    title: `unit ${unit}`,
    chips: Array.from({ length: accounts }, (___, account) => ({ title: `account ${account}`, lines: ['no account yet'], kind: `${account % 4}` })),
  }));
  const top: Card = { id: 'top', title: 'acme', notes: [{ title: '9 guardrails', words: Array.from({ length: 9 }, () => 'deny-root-user') }] };
  const picture = cards('chart', '', [top, ...boxes], boxes.map(({ id }) => ({ from: 'top', to: id })), []);
  expect(picture.svg.match(/class="chip"/g)).toHaveLength(units * accounts);
  expect(overlaps(picture)).toEqual([]);
  expect(picture.width).toBeLessThanOrEqual(1120);
});

test('what does not fit is shortened between signs, and said in full', () => {
  expect(fit('production', 200, 12)).toBe('production');
  expect(fit('\u{1f469}\u200d\u{1f4bb}'.repeat(20), 60, 12)).toMatch(/^(\u{1f469}\u200d\u{1f4bb})*…$/u);
  const name = 'a very long name of a unit '.repeat(5).trim();
  expect(cards('chart', '', [{ id: 'a', title: name }], [], []).svg).toContain(`<title>${name}</title>`);
  expect(visible('a\u202eb\u0007\u200b\u{e0041}\n')).toBe('a⟨U+202E⟩b⟨U+0007⟩⟨U+200B⟩⟨U+E0041⟩\n');
});

test('values of templates are read as far as they are known', () => {
  const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'bucket' }]] };
  expect(shown(arn)).toBe('arn:aws:s3:::…');
  expect(shown({ 'Fn::Sub': '${AWS::AccountId}-x' })).toBe('…-x');
  expect(shown('a-{{resolve:ssm:/acme/account}}')).toBe('a-…');
  expect(mayBe('acme-1', { 'Fn::Sub': 'acme-${Number}' })).toBe(true);
  expect(mayBe('acme-1', { Ref: 'bucket' })).toBe(false);
  expect(mayBe('acme.1', 'acme-1')).toBe(false);
});

function fact(kind: string, subject: string, name: string, value: string): Fact {
  return { kind, subject, name, value, source: 'acme/x' };
}
