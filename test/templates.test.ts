import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration, Stack, Tags } from 'aws-cdk-lib';
import { InsightType } from 'aws-cdk-lib/aws-cloudtrail';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { version as VERSION } from 'aws-cdk-lib/package.json';
import {
  AccountAccessOptions, BreakGlass, IdentityCenter, MultiAccountOrg, People, PeopleSource, PermissionSetsOptions,
  TrailDataEvents,
} from '../src';
import { exampleApp } from './example';
import { acceptances, Context, FLAGS, Look, look, validates, VALIDATES_SINCE } from './nag';
import { Acme, acme, acmeOfKnownAccounts, acmeOfOneAccount, answers, discovered, EXISTING, newOutdir, ROOT, synthesize, testApp } from './orgs';

jest.setTimeout(60_000);

const EXAMPLE_IDS = Object.fromEntries(['audit', 'prod', 'staging', 'dev', 'testing']
  .map((stage, index) => [`aws+${stage}@acme.example`, String(222222222222 + index)]));

function withEverything({ app, org, audit, prod, dev }: Acme): App {
  org.addAuditTrail({
    storedIn: audit,
    readers: [audit.readOnly],
    infrequentAccessAfter: Duration.days(90),
    glacierAfter: Duration.days(365),
    objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(365)),
    cloudWatchLogsRetention: RetentionDays.ONE_YEAR,
    dataEvents: Object.values(TrailDataEvents),
    insightTypes: [InsightType.API_CALL_RATE, InsightType.API_ERROR_RATE],
  });
  org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.hasRole('admin') ? dev.admin : dev.readOnly, prod.readOnly] })] });
  return app;
}

const APPS: Array<[string, (context: Context) => App]> = [
  ['the example, before its accounts exist', exampleApp],
  ['the smallest example', context => exampleApp({ ...context, ...answers(exampleApp(context, 'minimal').synth(), EXAMPLE_IDS) }, 'minimal')],
  ['the example', context =>
    // checkov scans what is in this folder
    exampleApp({ ...context, ...answers(exampleApp(context).synth(), EXAMPLE_IDS) }, 'typescript', newOutdir('the-example'))],
  ['an organization that is created', context => withEverything(discovered(acme, undefined, context))],
  ['an organization that exists', context => withEverything(discovered(app => acme(app, { organization: EXISTING }), undefined, context))],
  ['an organization of member accounts', context => withEverything(acmeOfKnownAccounts(undefined, testApp(context)))],
  ['an organization of one account', context => withEverything(acmeOfOneAccount(testApp(context)))],
  ['people by account access', context => ofIdentityCenter(context, PeopleSource.accountAccess)],
  ['people by permission sets', context => ofIdentityCenter(context, PeopleSource.permissionSets)],
];

type Source = (options: AccountAccessOptions & PermissionSetsOptions) => PeopleSource;

function ofIdentityCenter(context: Context, source: Source): App {
  const { app, org, dev, prod } = acmeOfKnownAccounts(EXISTING, testApp(context));
  const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
  const [operators, ada] = [1, 2].map(number => `9067f5b8-0000-4000-8000-00000000000${number}`);
  new People(org, 'people', { source: source({ instance, createGroups: true, groupIds: { operators }, userIds: { ada } }) });
  const engineers = org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly, org.root.readOnly] });
  org.addGroup('operators', { canAssume: [prod.admin] });
  org.addUser('ada', { groups: [engineers] });
  new BreakGlass(org, 'break-glass');
  return app;
}

test('the flags of `cdk init` have the CDK validate templates', () => {
  expect(FLAGS['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
});

const WITHOUT_FLAGS: Context = {};

/** What is said of each app, with flags and without. */
const looks = new Map<string, Look>();

function lookAt(name: string, context: Context = WITHOUT_FLAGS): Look {
  const key = `${name}, ${context === FLAGS}`;
  const found = looks.get(key) ?? look(new Map(APPS).get(name)!(context));
  looks.set(key, found);
  return found;
}

type ConditionBlock = Record<string, Record<string, unknown>>;

/** The conditions of all statements that allow. */
function blocks(value: unknown): ConditionBlock[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { Effect, Condition } = value as { Effect?: string; Condition?: ConditionBlock };
  return Effect === 'Allow' ? [Condition ?? {}] : Object.values(value).flatMap(blocks);
}

describe.each(APPS)('%s', name => {
  test.each([['without flags', WITHOUT_FLAGS], ['with the flags of `cdk init`', FLAGS]])('has no finding of cdk-nag, %s', (_, context) => {
    expect(lookAt(name, context).findings).toEqual([]);
  });

  test('gives a reason for every rule of cdk-nag that it sets aside', () => {
    const reasons = acceptances(lookAt(name).synthesized);
    expect(reasons.filter(({ id, reason }) => !/^AwsSolutions-[A-Z]+\d+$/.test(id) || reason.length < 20)).toEqual([]);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  test('allows nothing to a request only because it lacks the key of a condition', () => {
    const { synthesized } = lookAt(name);
    const unguarded = [...synthesized.stacks.keys()].flatMap(path => blocks(synthesized.resources(path))
      .flatMap(block => Object.entries(block).filter(([operator]) => operator.startsWith('ForAllValues:'))
        .flatMap(([, values]) => Object.keys(values)).filter(key => block.Null?.[key] !== 'false').map(key => `${path} ${key}`)));
    expect(unguarded).toEqual([]);
  });

  test('has resources in every template, with the flags of `cdk init`', () => {
    const { synthesized } = lookAt(name, FLAGS);
    for (const path of synthesized.stacks.keys()) {
      const types = Object.values(synthesized.resources(path)).map(({ Type }) => Type).filter(type => type !== 'AWS::CDK::Metadata');
      expect([path, types.length > 0]).toEqual([path, true]);
    }
  });

  if (validates) {
    test('has no error of the CDK\'s own validation of templates', () => {
      expect(lookAt(name, FLAGS).violations.filter(violation => !violation.includes('does not exist yet'))).toEqual([]);
    });
  } else {
    test(`needs aws-cdk-lib 2.${VALIDATES_SINCE} to be validated by the CDK itself, runs in test:newest`, () => {
      expect(Number(VERSION.split('.')[1])).toBeLessThan(VALIDATES_SINCE);
    });
  }
});

describe('a consumer who does worse', () => {
  const define = (context: Context) => {
    const { app, prod } = acmeOfKnownAccounts(undefined, testApp(context));
    new CfnBucket(new Stack(prod, 'bare'), 'Bucket');
    new Stack(prod, 'empty');
    return app;
  };

  test('hears of it from cdk-nag', () => {
    expect(look(define({})).findings.filter(finding => finding.includes('AwsSolutions-S1'))).not.toEqual([]);
  });

  if (validates) {
    test('hears of it from the CDK', () => {
      expect(look(define(FLAGS)).violations.filter(violation => /^(error|fatal) /.test(violation))).not.toEqual([]);
    });
  }
});

test('the example is the organization that the README draws, and each stage has what its original had', () => {
  const { synthesized } = lookAt('the example');
  const stacksIn = (stage: string) => [...synthesized.stacks].filter(([path]) => path.startsWith(`acme/${stage}/`))
    .map(([path, { environment }]) => [path.split('/')[2], environment.account]).sort();
  const of = (stage: string, ...stacks: string[]) =>
    stacks.sort().map(stack => [stack, EXAMPLE_IDS[`aws+${stage}@acme.example`] ?? '111111111111']);
  const services = ['access', 'break-glass', 'dns', 'certificate', 'secrets', 'network', 'backing-services', 'kubernetes', 'jobs'];

  expect(stacksIn('root')).toEqual(of('root', 'access', 'break-glass', 'account-audit', 'account-dev', 'account-prod', 'account-staging',
    'account-testing', 'budgets', 'central-root-access', 'organization', 'people', 'structure', 'settings', 'unit-security', 'unit-workloads', 'dns', 'dns-audit',
    'dns-dev', 'dns-prod', 'dns-staging', 'dns-testing', 'policy-AuditAccountSeal-audit', 'policy-MembersStay', 'network', 'automation'));
  expect(stacksIn('audit')).toEqual(of('audit', 'access', 'break-glass', 'dns', 'certificate', 'secrets'));
  expect(stacksIn('prod')).toEqual(of('prod', ...services, 'reports'));
  for (const stage of ['staging', 'dev']) {
    expect(stacksIn(stage)).toEqual(of(stage, ...services));
  }
  expect(stacksIn('testing')).toEqual(of('testing', ...services, 'automation', 'state'));
  expect(stacksIn('audit-trail')).toEqual([
    ['account', '111111111111'], ['bucket', EXAMPLE_IDS['aws+audit@acme.example']],
    ...['protection-audit', 'stop-destroy', 'trail'].map(stack => [stack, '111111111111']),
  ]);
});

test('the example of an organization that exists has an account for each line of its table', () => {
  const { stacks } = synthesize(exampleApp({}, 'existing'));
  const paths = (below: string) => [...stacks.keys()].filter(path => path.startsWith(`acme/${below}`)).sort();
  const moved = ['audit', 'billing', 'reports', 'shop'];
  expect(paths('bootstrap/')).toEqual(['audit', 'billing', 'reports', 'sandbox', 'shop'].map(stage => `acme/bootstrap/${stage}`));
  expect(paths('root/adopted-')).toEqual(moved.map(stage => `acme/root/adopted-${stage}`));
  expect(paths('root/account-')).toEqual([]);
  expect(stacks.get('acme/audit-trail/bucket')!.environment.account).toBe('222222222222');
});

describe('the example with tags on all stages', () => {
  const app = exampleApp(answers(exampleApp().synth(), EXAMPLE_IDS));
  const org = app.node.children.find(MultiAccountOrg.isMultiAccountOrg)!;
  // `Name` is given by the CDK, too
  const given = { owner: 'acme', Name: 'acme' };
  org.allStages.forEach(stage => Object.entries(given).forEach(([key, value]) => Tags.of(stage).add(key, value)));
  const tagged = synthesize(app);
  const { synthesized: plain } = lookAt('the example');
  const resources = [...tagged.stacks.keys()].filter(path => !path.includes('/bootstrap/')).flatMap(path => {
    const before = plain.resources(path);
    return Object.entries(tagged.resources(path)).map(([id, resource]) => ({ path, resource, before: before[id] }));
  });

  test('has no key twice, in whatever case: to IAM that is the same', () => {
    const twice = resources.flatMap(({ path, resource }) => tagLists(resource.Properties)
      .filter(keys => new Set(keys.map(key => key.toLowerCase())).size < keys.length)
      .map(keys => `${path} ${resource.Type} ${keys}`));
    expect(twice).toEqual([]);
    const owned = resources.filter(({ resource }) => tagLists(resource.Properties).flat().includes('owner'));
    expect(owned.length).toBeGreaterThan(100);
  });

  // on an update, AWS's handlers of these add the tags of the stack to those of the resource, and a key with two values
  // is refused: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2244
  test('has the tags of their stacks on accounts, units and policies', () => {
    const ofOrganization = resources.filter(({ resource }) =>
      /^AWS::Organizations::/.test(resource.Type) && resource.Properties?.Tags);
    expect(ofOrganization.length).toBeGreaterThan(8);
    for (const { path, resource: { Properties } } of ofOrganization) {
      const own = new Map<string, string>(Properties.Tags.map((tag: Record<string, string>) => [tag.Key, tag.Value]));
      expect([path, Object.fromEntries(own)]).toEqual([path, given]);
      expect(tagged.stack(path).tags).toEqual(given);
    }
  });

  test('is the same in all else, so that a tag replaces nothing and calls nothing again', () => {
    for (const { path, resource, before } of resources) {
      expect([path, withoutTags(resource)]).toEqual([path, withoutTags(before)]);
    }
    const types = JSON.parse(readFileSync(join(__dirname, '../rehearsal/emulator/engine/shapes.json'), 'utf8'));
    const replaced = [...new Set(resources.map(({ resource }) => resource.Type))]
      .filter(type => types[type]?.new?.some((property: string) => property.endsWith('Tags')));
    expect(replaced).toEqual([]);
  });
});

/** The keys of each list of tags. */
function tagLists(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const items: Array<{ Key?: string; Value?: string }> = [value].flat();
  const keys = items.flatMap(item => item?.Key !== undefined && item.Value !== undefined ? [item.Key] : []);
  return keys.length > 0 ? [keys] : Object.values(value).flatMap(tagLists);
}

function withoutTags(resource: object): unknown {
  const text = JSON.stringify(resource, (key, value) => /^(HostedZone|Resource)?Tags$/.test(key) ? undefined : value);
  return JSON.parse(text);
}

test('the example asks for its accounts, for the zones of those that exist, and for nothing else', () => {
  const asked = (context: Context) =>
    (synthesize(exampleApp(context)).assembly.manifest.missing ?? []).map(({ provider, props }) => `${provider} ${props.account}`);
  const inRoot = (provider: string, count: number) => Array(count).fill(`${provider} 111111111111`);
  const { assembly } = synthesize(exampleApp());
  expect(asked({}).sort()).toEqual([...inRoot('availability-zones', 1), ...inRoot('cc-api-provider', 5)]);
  const found = asked(answers(assembly, EXAMPLE_IDS));
  expect(found.sort()).toEqual([ROOT, ...['prod', 'staging', 'dev', 'testing'].map(stage => EXAMPLE_IDS[`aws+${stage}@acme.example`])]
    .map(account => `availability-zones ${account}`).sort());
});
