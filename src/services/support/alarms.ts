import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmSpec {
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** Otherwise it is alarming to be above the threshold. */
  readonly alarmsBelow?: boolean;
}

/** Alarms that go off after three periods in a row, and tell a topic where there is one. */
export function addAlarms(scope: Construct, topic: sns.ITopic | undefined, alarms: Record<string, AlarmSpec>): void {
  for (const [id, { description, metric, threshold, alarmsBelow }] of Object.entries(alarms)) {
    const alarm = new cloudwatch.Alarm(scope, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 3,
      comparisonOperator: alarmsBelow
        ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      // a database that is paused, or not there yet, reports nothing
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    if (topic) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }
}
