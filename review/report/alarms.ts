import { all, nameOf, ofType, part, referred, shown, UNKNOWN } from './values';
import { Assembly, Resource, Stack } from '../assembly/assembly';

export interface Alarm {
  readonly name: string;
  readonly when: string;
  /** Whom it reaches. */
  readonly told: string[];
}

const SIGNS: Record<string, string> = {
  GreaterThanThreshold: '>', GreaterThanOrEqualToThreshold: '≥', LessThanThreshold: '<', LessThanOrEqualToThreshold: '≤',
};

/** @param endpoints whom topics tell */
export function alarmsOf(assembly: Assembly, stacks: Stack[], endpoints: Map<Resource, string[]>): Alarm[] {
  return stacks.flatMap(stack => ofType(stack, 'AWS::CloudWatch::Alarm').map(resource => {
    const { AlarmName, AlarmDescription, AlarmActions, ActionsEnabled } = resource.properties;
    const actions = ActionsEnabled === false ? [] : all(AlarmActions);
    return {
      name: shown(AlarmDescription) || shown(AlarmName) || nameOf(stack, resource),
      when: when(resource),
      told: [...new Set(actions.flatMap(action => {
        const topic = referred(assembly, stack, resource, action);
        const known = topic && endpoints.get(topic);
        const name = shown(action);
        return known ?? [topic ? `${nameOf(stack, topic)}, without a subscription` : name === UNKNOWN ? 'what only the deployment knows' : name];
      }))],
    };
  }));
}

function when({ properties }: Resource): string {
  const { MetricName, ComparisonOperator, Threshold, Period, EvaluationPeriods = 1, Metrics } = properties;
  const metric = MetricName ?? all(Metrics).map(one => part(one, 'MetricStat', 'Metric', 'MetricName')).find(Boolean) ?? 'an expression';
  const sign = SIGNS[shown(ComparisonOperator)] ?? shown(ComparisonOperator);
  const minutes = Number(Period) * Number(EvaluationPeriods) / 60;
  return `${shown(metric)} ${sign} ${shown(Threshold)}${isNaN(minutes) ? '' : ` for ${minutes} min`}`;
}

/** Endpoints by their topics. */
export function subscriptions(assembly: Assembly): Map<Resource, string[]> {
  const found = new Map<Resource, string[]>();
  assembly.stacks.forEach(stack => {
    const add = (topic: Resource | undefined, protocol: unknown, endpoint: unknown) => {
      if (topic) {
        found.set(topic, [...found.get(topic) ?? [], `${shown(endpoint)} (${shown(protocol)})`]);
      }
    };
    ofType(stack, 'AWS::SNS::Subscription').forEach(resource => {
      const { TopicArn, Protocol, Endpoint } = resource.properties;
      add(referred(assembly, stack, resource, TopicArn), Protocol, Endpoint);
    });
    ofType(stack, 'AWS::SNS::Topic').forEach(topic => all(topic.properties.Subscription)
      .forEach(one => add(topic, part(one, 'Protocol'), part(one, 'Endpoint'))));
  });
  return found;
}
