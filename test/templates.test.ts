import { App, Duration, Stack } from 'aws-cdk-lib';
import { InsightType } from 'aws-cdk-lib/aws-cloudtrail';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { version as VERSION } from 'aws-cdk-lib/package.json';
import { TrailDataEvents } from '../src';
import { exampleApp } from './example';
import { acceptances, Context, findings, FLAGS, validates, VALIDATES_SINCE, violations } from './nag';
import { Acme, acme, acmeOfKnownAccounts, acmeOfOneAccount, answers, discovered, EXISTING, synthesize, testApp } from './orgs';

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
  org.addUser('ada', { groups: [org.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] })] });
  return app;
}

const APPS: Array<[string, (context: Context) => App]> = [
  ['the example, before its accounts exist', exampleApp],
  ['the example', context => exampleApp({ ...context, ...answers(exampleApp(context).synth(), EXAMPLE_IDS) })],
  ['an organization that is created', context => withEverything(discovered(acme, undefined, context))],
  ['an organization that exists', context => withEverything(discovered(app => acme(app, { organization: EXISTING }), undefined, context))],
  ['an organization of member accounts', context => withEverything(acmeOfKnownAccounts(undefined, testApp(context)))],
  ['an organization of one account', context => withEverything(acmeOfOneAccount(testApp(context)))],
];

// the newest CDK tells on the console what it finds
beforeEach(() => jest.spyOn(console, 'error').mockImplementation());

test('the flags of `cdk init` have the CDK validate templates', () => {
  expect(FLAGS['@aws-cdk/core:validateAgainstDefaultRules']).toBe(true);
});

describe.each(APPS)('%s', (_, define) => {
  test.each([['without flags', {}], ['with the flags of `cdk init`', FLAGS]])('has no finding of cdk-nag, %s', (__, context) => {
    expect(findings(define(context))).toEqual([]);
  });

  test('gives a reason for every rule of cdk-nag that it sets aside', () => {
    const reasons = acceptances(synthesize(define({})));
    expect(reasons.filter(({ id, reason }) => !/^AwsSolutions-[A-Z]+\d+$/.test(id) || reason.length < 20)).toEqual([]);
  });

  test('has resources in every template, with the flags of `cdk init`', () => {
    const synthesized = synthesize(define(FLAGS));
    for (const path of synthesized.stacks.keys()) {
      const types = Object.values(synthesized.resources(path)).map(({ Type }) => Type).filter(type => type !== 'AWS::CDK::Metadata');
      expect([path, types.length > 0]).toEqual([path, true]);
    }
  });

  if (validates) {
    test('has no error of the CDK\'s own validation of templates', () => {
      expect(violations(define(FLAGS)).filter(violation => !violation.includes('does not exist yet'))).toEqual([]);
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
    expect(findings(define({})).filter(finding => finding.includes('AwsSolutions-S1'))).not.toEqual([]);
  });

  if (validates) {
    test('hears of it from the CDK', () => {
      expect(violations(define(FLAGS)).filter(violation => /^(error|fatal) /.test(violation))).not.toEqual([]);
    });
  }
});

test('the example is the organization that the README draws', () => {
  const synthesized = synthesize(APPS[1][1]({}));
  const chart = [...synthesized.stacks].map(([path, { environment }]) => `${path} in ${environment.account}`);
  const accountOf = (stage: string) => EXAMPLE_IDS[`aws+${stage}@acme.example`];
  expect(chart.sort()).toEqual([
    `acme/audit-trail/bucket in ${accountOf('audit')}`,
    'acme/audit-trail/trail in 111111111111',
    ...['audit', 'dev', 'prod'].map(stage => `acme/${stage}/access in ${accountOf(stage)}`),
    ...['access', 'account-audit', 'account-dev', 'account-prod', 'account-staging', 'account-testing', 'organization', 'people', 'structure']
      .map(stack => `acme/root/${stack} in 111111111111`),
    ...['staging', 'testing'].map(stage => `acme/${stage}/access in ${accountOf(stage)}`),
  ].sort());
});

test('the example asks for its accounts and for nothing else', () => {
  const { assembly } = synthesize(exampleApp());
  expect(Object.keys(answers(assembly, EXAMPLE_IDS))).toHaveLength(5);
  expect(assembly.manifest.missing).toHaveLength(5);
});
