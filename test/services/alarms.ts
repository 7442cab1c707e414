import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction, SsmIncidentAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { StageProfile } from '../../src';
import { Resource } from '../orgs';
import { stackIn } from './contract';

interface Alarmed extends Construct {
  readonly alarms: IAlarm[];
}

/** That every alarm of a service takes every action of whatever kind, and that the service knows all of its alarms. */
export function takesActions(
  define: (stack: Stack, id: string, options: { alarmActions: IAlarmAction[] }) => Alarmed,
): void {
  const stack = stackIn(StageProfile.PRODUCTION);
  const topicArn = 'arn:aws:sns:eu-west-1:222222222222:alarms';
  const it = define(stack, 'it', {
    alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'topic', topicArn)), new SsmIncidentAction('paged')],
  });
  const template = Template.fromStack(stack);
  const plan = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm-incidents::222222222222:response-plan/paged']] };
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn, plan], OKActions: [topicArn, plan] });
  expect(it.alarms.map(({ alarmArn }) => stack.resolve(alarmArn)['Fn::GetAtt'][0]))
    .toEqual(Object.keys(template.findResources('AWS::CloudWatch::Alarm')));
}

/** The description and threshold of an alarm by the end of its id. */
export function alarmOf(template: Template, id: string): [string, number] {
  const found = (Object.entries(template.findResources('AWS::CloudWatch::Alarm')) as Array<[string, Resource]>)
    .filter(([logicalId]) => logicalId.startsWith(`it${id}`));
  expect(found).toHaveLength(1);
  const { AlarmDescription, Threshold } = found[0][1].Properties;
  return [AlarmDescription, Threshold];
}
