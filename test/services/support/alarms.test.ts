import { App, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction, SnsAction, SsmIncidentAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { addAlarms, percent } from '../../../src/services/support/alarms';

const REGION = 'eu-west-1';
const ELSEWHERE = 'us-east-1';

function stackIn(region?: string, app = new App()): Stack {
  return new Stack(app, region ?? 'anywhere', { env: { account: '222222222222', region } });
}

function alarmed(stack: Stack, ...actions: cloudwatch.IAlarmAction[]): cloudwatch.Alarm[] {
  const metric = new cloudwatch.Metric({ namespace: 'AWS/RDS', metricName: 'CPUUtilization', period: Duration.minutes(5) });
  return addAlarms(stack, actions, {
    High: { description: 'too much', metric, threshold: 90 },
    Low: { description: 'too little', metric, threshold: 10, alarmsBelow: true },
  });
}

function topicOf(stack: Stack, region: string): sns.ITopic {
  return sns.Topic.fromTopicArn(stack, `topic-${region}`, `arn:aws:sns:${region}:222222222222:alarms`);
}

test('alarms come in the order of their definition', () => {
  expect(alarmed(stackIn(REGION)).map(({ node }) => node.id)).toEqual(['High', 'Low']);
});

test('every alarm takes every action, when it goes off and when it is over', () => {
  const stack = stackIn(REGION);
  const heard = new lambda.Function(stack, 'heard', {
    runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = () => {}'),
  });
  alarmed(stack, new SnsAction(topicOf(stack, REGION)), new LambdaAction(heard, { useUniquePermissionId: true }));
  const template = Template.fromStack(stack);
  const actions = [`arn:aws:sns:${REGION}:222222222222:alarms`, stack.resolve(heard.functionArn)];
  template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: actions, OKActions: actions }, 2);
  template.resourceCountIs('AWS::Lambda::Permission', 2);
});

test('an action of another region is refused', () => {
  const stack = stackIn(REGION);
  expect(() => alarmed(stack, new SnsAction(topicOf(stack, ELSEWHERE))))
    .toThrow('alarmActions has one in us-east-1, and the alarm that would take it is in eu-west-1: give actions of eu-west-1, or none');
});

test('so is a topic of a stack of another region', () => {
  const app = new App();
  const topic = new sns.Topic(stackIn(ELSEWHERE, app), 'topic');
  expect(() => alarmed(stackIn(REGION, app), new SnsAction(topic))).toThrow('alarmActions has one in us-east-1');
});

test.each<[string, (stack: Stack) => cloudwatch.IAlarmAction, string?]>([
  ['a topic of the same stack', stack => new SnsAction(new sns.Topic(stack, 'topic')), REGION],
  ['a response plan, which is of no region', () => new SsmIncidentAction('paged'), REGION],
  ['an ARN that says where it is deployed', stack => new SnsAction(topicOf(stack, Aws.REGION)), REGION],
  ['a stack that does not know where it is deployed', stack => new SnsAction(topicOf(stack, ELSEWHERE)), undefined],
])('not refused: %s', (_, action, region) => {
  const stack = stackIn(region);
  alarmed(stack, action(stack));
  Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 2);
});

test('a percentage is given or by default', () => {
  expect([percent('cpu', 0, 90), percent('cpu', 100, 90), percent('cpu', undefined, 90)]).toEqual([0, 100, 90]);
});

test.each<[number, string]>([[-1, '-1'], [101, '101'], [NaN, 'not a number']])('%d is no percentage', (given, shown) => {
  expect(() => percent('cpuAlarmThreshold', given, 90)).toThrow(`cpuAlarmThreshold is ${shown}: give a percentage, 0 to 100`);
});
