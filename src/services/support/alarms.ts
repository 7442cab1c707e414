import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { shown } from './numbers';

export interface AlarmSpec {
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** Raised below the threshold instead of above it. */
  readonly alarmsBelow?: boolean;
}

/** Alarms that are raised after three consecutive periods, with the same actions for ALARM and OK. */
export function addAlarms(
  scope: Construct, actions: cloudwatch.IAlarmAction[] | undefined, alarms: Record<string, AlarmSpec>,
): cloudwatch.Alarm[] {
  const checked = (actions ?? []).map(checkedAction);
  return Object.entries(alarms).map(([id, { description, metric, threshold, alarmsBelow }]) => {
    const alarm = new cloudwatch.Alarm(scope, id, {
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: 3,
      comparisonOperator: alarmsBelow
        ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      // a database that is paused or does not exist yet has no data
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...checked);
    alarm.addOkAction(...checked);
    return alarm;
  });
}

/** Threshold in percent, as given or by default. */
export function percent(property: string, given: number | undefined, byDefault: number): number {
  if (given !== undefined && !Token.isUnresolved(given) && !(given >= 0 && given <= 100)) {
    throw new Error(`${property} is ${shown(given)}: give a percentage, 0 to 100`);
  }
  return given ?? byDefault;
}

/** Action that is validated when its ARN is known: CloudWatch accepts only actions in its own region. */
function checkedAction(action: cloudwatch.IAlarmAction): cloudwatch.IAlarmAction {
  return {
    bind: (scope, alarm) => {
      const config = action.bind(scope, alarm);
      const [here, there] = [Stack.of(scope).region, regionOf(config.alarmActionArn)];
      if (there && here !== there && ![here, there].some(Token.isUnresolved)) {
        throw new Error(`alarmActions has one in ${there}, and the alarm that would take it is in ${here}: `
          + `give actions of ${here}, or none`);
      }
      return config;
    },
  };
}

/** Region in an ARN, or of the stack of its resource. Undefined if the action has none. */
function regionOf(arn: string): string | undefined {
  const { firstToken } = Tokenization.reverseString(arn);
  return arn.split(':')[3] ?? (Reference.isReference(firstToken) ? Stack.of(firstToken.target).region : undefined);
}
