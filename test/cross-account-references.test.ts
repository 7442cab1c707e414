import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { version } from 'aws-cdk-lib/package.json';
import { MultiAccountOrg, StageAccount } from '../src';
import { acmeOfKnownAccounts, orgProps, problems, strings, synthesize, testApp } from './orgs';

// older ones refuse by themselves, each reference in words of its own
const resolvesByItself = Number(version.split('.')[1]) >= 254;

const BY_US = 'which would let it read there: give the resource a name and use the name, as in `Bucket.fromBucketName`';
const BY_THE_CDK = /cannot reference|cross-account|physical name|consum/i;

function refer(producer: StageAccount, consumer: StageAccount): { app: App } {
  const vpc = new ec2.CfnVPC(new Stack(producer, 'producer'), 'Vpc', { cidrBlock: '10.0.0.0/16' });
  new ssm.CfnParameter(new Stack(consumer, 'consumer'), 'Parameter', { type: 'String', value: vpc.attrVpcId });
  return { app: producer.node.root as App };
}

function told(app: App): string[] {
  try {
    return problems(app);
  } catch (error) {
    return [(error as Error).message];
  }
}

describe(`a reference to another account (aws-cdk-lib ${version})`, () => {
  test(`is refused ${resolvesByItself ? 'by us, with the way out' : 'by the CDK'}`, () => {
    const { prod, dev } = acmeOfKnownAccounts();
    const [problem, ...more] = told(refer(prod, dev).app);
    expect(more).toEqual([]);
    expect(problem).toEqual(resolvesByItself
      ? expect.stringMatching(/^a stack of another account refers to a value of 'acme\/prod\/producer.*' in account '3/)
      : expect.stringMatching(BY_THE_CDK));
    expect(problem.endsWith(BY_US)).toBe(resolvesByItself);
  });

  test('is refused of a stage that stands alone too', () => {
    const app = testApp();
    const [one, two] = ['333333333333', '444444444444'].map((accountId, index) => new StageAccount(app, `stage-${index}`, {
      accountId, managementAccountId: '111111111111', region: 'eu-west-1', namespace: 'acme',
    }));
    refer(one, two);
    expect(told(app)).toHaveLength(1);
  });

  test('is refused between two organizations', () => {
    const { app, prod } = acmeOfKnownAccounts();
    const other = new MultiAccountOrg(app, 'beta', orgProps({ managementAccountId: '777777777777' }))
      .addStage('prod', { accountId: '888888888888' });
    refer(prod, other);
    expect(told(app)).toHaveLength(1);
  });

  test('is refused from root', () => {
    const { prod, org } = acmeOfKnownAccounts();
    expect(told(refer(prod, org.root).app)).toHaveLength(1);
  });
});

test('a name is no reference', () => {
  const { app, prod, dev } = acmeOfKnownAccounts();
  const bucket = new s3.Bucket(new Stack(prod, 'producer'), 'Bucket', { bucketName: 'acme-prod-assets' });
  const consumer = new Stack(dev, 'consumer');
  new ssm.StringParameter(consumer, 'Parameter', { stringValue: bucket.bucketName });
  const template = synthesize(app).stack('acme/dev/consumer').template;
  expect(strings(template)).toContain('acme-prod-assets');
  expect(strings(template).filter(text => /ImportValue|GetStackOutput/.test(text))).toEqual([]);
});

test('a reference within one account is fine', () => {
  const { app, prod } = acmeOfKnownAccounts();
  refer(prod, prod);
  expect(synthesize(app).dependencies('acme/prod/consumer')).toEqual(['acme/prod/producer']);
});

test('no reference of the library itself leaves root', () => {
  const { app, org, audit } = acmeOfKnownAccounts();
  org.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
  for (const [path, stack] of synthesize(app).stacks) {
    expect([path, strings(stack.template).filter(text => /ImportValue|GetStackOutput/.test(text))]).toEqual([path, []]);
  }
});
