import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import Ajv from 'ajv';
import { Annotations, App, IPolicyValidationPluginBeta1, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { assemblyOf } from './assemblies';
import { Assembly } from '../../review/assembly/assembly';
import { errorsOf } from '../../review/assembly/messages';
import { diff } from '../../review/diff/diff';
import { plan } from '../../review/plan/plan';
import { Table } from '../../review/report/document';
import { markdown } from '../../review/report/markdown';
import { pagesOf } from '../../review/report/report';
import { Network, StageAddresses } from '../../src';
import { acme, acmeOfKnownAccounts, newOutdir, testApp } from '../orgs';
import { REPOSITORY } from '../packages';

/** An app of a stage and what is wrong with it. */
function wrong(app: App): void {
  const { prod } = acmeOfKnownAccounts(undefined, app);
  const stack = new Stack(prod, 'shop');
  Annotations.of(new Queue(stack, 'orders')).addError('not before\n  Monday');
  ['first', 'second'].forEach(id => Annotations.of(new Queue(stack, id)).addWarningV2('acme:small', 'is small'));
  Annotations.of(stack).addInfo('nobody has to know');
}

test('errors and warnings are those of the constructs, wherever the assembly has them', () => {
  const { messages } = assemblyOf(wrong);
  expect(messages).toEqual([
    { level: 'error', path: 'acme/prod/shop/orders', stack: 'acme/prod/shop', text: 'not before Monday', isPending: false },
    { level: 'warning', path: 'acme/prod/shop/first', stack: 'acme/prod/shop', text: 'is small [ack: acme:small]', isPending: false },
    { level: 'warning', path: 'acme/prod/shop/second', stack: 'acme/prod/shop', text: 'is small [ack: acme:small]', isPending: false },
  ]);
  const app = testApp();
  wrong(app);
  const { directory } = app.synth();
  const inside = join(directory, 'assembly-acme-prod');
  const manifest = JSON.parse(readFileSync(join(inside, 'manifest.json'), 'utf8'));
  const [id] = Object.keys(manifest.artifacts).filter(name => /shop/.test(name) && !name.endsWith('.assets'));
  const { additionalMetadataFile: file, ...rest } = manifest.artifacts[id];
  manifest.artifacts[id] = { ...rest, metadata: JSON.parse(readFileSync(join(inside, file), 'utf8')) };
  writeFileSync(join(inside, 'manifest.json'), JSON.stringify(manifest));
  expect(Assembly.read(directory).messages).toEqual(messages);
});

test('what the library refuses is an error of the app; of an account that is not there yet, it is one for later', () => {
  const errors = (define: typeof acme) => assemblyOf(app => {
    const { prod } = define(app);
    new Network(new Stack(prod, 'shop'), 'network', { availabilityZones: 5, addresses: StageAddresses.cidr('10.0.0.0/16') });
  }).messages.filter(({ level, path }) => level === 'error' && path === 'acme/prod/shop/network');
  const known = errors(app => acmeOfKnownAccounts(undefined, app));
  const text = expect.stringMatching(/^availabilityZones is 5, and only/);
  expect(known).toEqual([expect.objectContaining({ text, isPending: false })]);
  expect(errorsOf(known)).toEqual(known);
  expect(errorsOf(errors(acme))).toEqual([]);
});

const RULES: IPolicyValidationPluginBeta1 = {
  name: 'acme-rules',
  validate: ({ templatePaths: [templatePath] }) => ({
    success: false,
    violations: [{
      ruleName: 'NoQueues', description: 'queues are not allowed', violatingResources: [{ resourceLogicalId: 'orders', templatePath, locations: [] }],
    }],
  }),
};

test('what a plugin for validation finds is an error, in either file that the CDK writes', () => {
  const exit = process.exitCode;
  const quiet = (['log', 'error', 'warn'] as const).map(level => jest.spyOn(console, level).mockImplementation());
  // as the CDK CLI synthesizes it
  const app = testApp({ '@aws-cdk/core:failSynthOnValidationErrors': false }, { policyValidationBeta1: [RULES] });
  new Queue(new Stack(app, 'shop'), 'orders').node.defaultChild;
  const { directory } = app.synth();
  quiet.forEach(({ mockRestore }) => mockRestore());
  process.exitCode = exit;
  const { messages } = Assembly.read(directory);
  expect(messages).toEqual([expect.objectContaining({ level: 'error', text: 'queues are not allowed (NoQueues of acme-rules)' })]);
  const old = newOutdir();
  writeFileSync(join(old, 'manifest.json'), '{}');
  writeFileSync(join(old, 'policy-validation-report.json'), JSON.stringify({
    pluginReports: [{
      summary: { pluginName: 'acme-rules', status: 'failure' },
      violations: [{ ruleName: 'NoQueues', description: 'queues are not allowed', violatingConstructs: [{ constructPath: 'shop/orders' }] }],
    }],
  }));
  expect(Assembly.read(old).messages).toEqual([{ ...messages[0], path: 'shop/orders' }]);
});

test('annotations are told once, where a new app has them in its validation report, too', () => {
  const exit = process.exitCode;
  const quiet = (['log', 'error', 'warn'] as const).map(level => jest.spyOn(console, level).mockImplementation());
  const flags = { '@aws-cdk/core:annotationsInValidationReport': true, '@aws-cdk/core:failSynthOnValidationErrors': false };
  const assembly = assemblyOf(wrong, flags);
  quiet.forEach(({ mockRestore }) => mockRestore());
  process.exitCode = exit;
  expect(assembly.messages.map(({ level, path }) => `${level} ${path}`)).toEqual([
    'error acme/prod/shop/orders', 'warning acme/prod/shop/first', 'warning acme/prod/shop/second',
  ]);
});

test('the report has them on top, errors first, and each message once', () => {
  const page = pagesOf(assemblyOf(wrong));
  expect(page.sections.map(({ title }) => title).slice(0, 2)).toEqual(['Errors and warnings', 'Organization']);
  expect(page.sections[0].blocks.find((block): block is Table => block.kind === 'table')!.rows).toEqual([
    [[{ badge: 'error', tone: 'warning' }], 'not before Monday', 'acme/prod/shop/orders'],
    [[{ badge: 'warning', tone: 'warning' }], 'is small [ack: acme:small]', [{ summary: '2 constructs', lines: ['acme/prod/shop/first', 'acme/prod/shop/second'] }]],
  ]);
  expect(markdown(page)).toContain('**The CDK CLI does not deploy an app with 1 error.**');
  const later = pagesOf(assemblyOf(app => {
    const { org, audit } = acme(app);
    org.addAuditTrail({ storedIn: audit });
  })).sections[0];
  expect(later.title).toBe('Not deployed yet');
  expect(later.blocks).toEqual([expect.objectContaining({ kind: 'fold', summary: '8 errors of stacks that wait for accounts' })]);
  expect(pagesOf(assemblyOf(app => void acmeOfKnownAccounts(undefined, app))).sections[0].title).toBe('Organization');
});

async function said(command: (words: string[]) => Promise<number>, ...words: string[]): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation(text => lines.push(`${text}`) > 0);
  try {
    await command(words);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

test('plan and diff say that the app does not deploy, in words and as data', async () => {
  const [base, now] = [() => undefined, wrong].map(write => {
    const app = testApp();
    write(app);
    return app.synth().directory;
  });
  const errors = [{ stack: 'acme/prod/shop', path: 'acme/prod/shop/orders', text: 'not before Monday' }];
  const [head, path, text] = (await said(plan, '--assembly', now)).split('\n');
  expect([head, path, text]).toEqual([
    'The app has 1 error, so that the CDK CLI does not deploy it:', '  acme/prod/shop/orders', '    not before Monday',
  ]);
  expect(await said(diff, base, '--assembly', now)).toContain('does not deploy it:\nacme/prod/shop/orders: not before Monday\n');
  expect(await said(diff, base, '--assembly', now, '--markdown')).toContain('**The app has 1 error, so that the CDK CLI does not deploy it:**');
  expect(await said(plan, '--assembly', base)).not.toContain('error');
  for (const [name, json] of [['plan', await said(plan, '--assembly', now, '--json')], ['diff', await said(diff, base, '--assembly', now, '--json')]]) {
    const schema = JSON.parse(readFileSync(join(REPOSITORY, 'docs', `${name}.schema.json`), 'utf8'));
    const validate = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
    validate(JSON.parse(json));
    expect(validate.errors ?? []).toEqual([]);
    expect(JSON.parse(json).errors).toEqual(errors);
  }
});
