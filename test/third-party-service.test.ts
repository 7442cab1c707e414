import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { StageProfile, StageSize } from '../src';
import { acme, testApp } from './orgs';
import { behavesLikeAService } from './services/contract';

interface QueueServiceProps {
  readonly removalPolicy?: RemovalPolicy;
}

/** A service as a consumer writes it: with the public API, and without a word about stages. */
class QueueService extends Construct {
  constructor(scope: Construct, id: string, props: QueueServiceProps = {}) {
    super(scope, id);
    const profile = StageProfile.of(this);
    const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
    const retentionPeriod = Duration.days(profile.size === StageSize.LARGE ? 14 : 1);
    const queueProps = { removalPolicy, enforceSSL: true, retentionPeriod };
    const deadLetters = new sqs.Queue(this, 'DeadLetters', queueProps);
    new sqs.Queue(this, 'Queue', { ...queueProps, deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 } });
    new logs.LogGroup(this, 'Logs', { retention: profile.logRetention, removalPolicy });
  }
}

function expectQueue(stack: Stack, deletionPolicy: string, days: number, logDays: number): void {
  const template = Template.fromStack(stack);
  template.hasResource('AWS::SQS::Queue', {
    DeletionPolicy: deletionPolicy, Properties: Match.objectLike({ MessageRetentionPeriod: days * 86400 }),
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: logDays });
}

describe('a service outside the library', () => {
  describe('keeps the promises of ours', () => behavesLikeAService((stack, id) => {
    new QueueService(stack, id);
  }));

  test('is as its stage demands, one line for all', () => {
    const { prod, dev, audit } = acme();
    const [inProd, inDev, inAudit] = [prod, dev, audit].map(stage => {
      const stack = new Stack(stage, 'backing-services');
      new QueueService(stack, 'queue');
      return stack;
    });
    expectQueue(inProd, 'Retain', 14, 365);
    expectQueue(inDev, 'Delete', 1, 30);
    expectQueue(inAudit, 'Retain', 1, 3653);
  });

  test('is destroyed in testing', () => {
    const { org } = acme();
    const stack = new Stack(org.addStage('testing', { profile: StageProfile.TESTING }), 'backing-services');
    new QueueService(stack, 'queue');
    expectQueue(stack, 'Delete', 1, 7);
  });

  test('may be there several times in one stage', () => {
    const { prod } = acme();
    const stack = new Stack(prod, 'backing-services');
    ['orders', 'invoices', 'mails'].forEach(id => new QueueService(stack, id));
    new QueueService(new Stack(prod, 'more'), 'orders');
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 86400 }, 6);
  });

  test('is as in production outside any stage', () => {
    const stack = new Stack(testApp(), 'alone');
    new QueueService(stack, 'queue');
    expectQueue(stack, 'Retain', 14, 365);
  });

  test('obeys an explicit prop before the profile', () => {
    const stack = new Stack(acme().prod, 'backing-services');
    new QueueService(stack, 'queue', { removalPolicy: RemovalPolicy.DESTROY });
    expectQueue(stack, 'Delete', 14, 365);
  });

  test('follows a profile that a plain stack has', () => {
    const stack = new Stack(testApp(), 'alone');
    StageProfile.TESTING.applyTo(stack);
    new QueueService(stack, 'queue');
    expectQueue(stack, 'Delete', 1, 7);
  });

  test('has the same logical ids in every stage', () => {
    const { prod, dev } = acme();
    const ids = [prod, dev].map(stage => {
      const stack = new Stack(stage, 'backing-services');
      new QueueService(stack, 'queue');
      return Object.keys(Template.fromStack(stack).toJSON().Resources).filter(id => id !== 'CDKMetadata');
    });
    expect(ids[0]).toEqual(ids[1]);
  });
});
