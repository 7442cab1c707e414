import { Duration, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { IConstruct } from 'constructs';
import { AlarmSpec, percent } from '../support/alarms';
import { checkWhole } from '../support/numbers';

interface Thresholds {
  readonly nodes?: number;
  readonly cpuAlarmThreshold?: number;
  readonly memoryAlarmThreshold?: number;
  readonly evictionsAlarmThreshold?: number;
  readonly replicaLagAlarmThreshold?: Duration;
}

/** Alarms of a replication group. */
export function cacheAlarms(
  { node: { path } }: IConstruct, replicationGroupId: string, nodes: number, given: Thresholds,
): Record<string, AlarmSpec> {
  const { evictionsAlarmThreshold = 0, replicaLagAlarmThreshold } = given;
  const cpu = percent('cpuAlarmThreshold', given.cpuAlarmThreshold, 80);
  const memory = percent('memoryAlarmThreshold', given.memoryAlarmThreshold, 80);
  checkWhole('evictionsAlarmThreshold', evictionsAlarmThreshold, 0);
  if (given.nodes === 1 && replicaLagAlarmThreshold) {
    throw new Error('replicaLagAlarmThreshold has no effect, because nodes is 1: give more nodes, or leave it out');
  }
  const worst = (metric: string, statistic: string) => worstOfNodes(replicationGroupId, nodes, metric, statistic);
  return {
    CpuAlarm: {
      description: `${path} is busy: its engine uses more than ${Tokenization.stringifyNumber(cpu)} % of a CPU`,
      metric: worst('EngineCPUUtilization', 'Average'),
      threshold: cpu,
    },
    MemoryAlarm: {
      description: `${path} is almost full: more than ${Tokenization.stringifyNumber(memory)} % of its memory is used`,
      metric: worst('DatabaseMemoryUsagePercentage', 'Average'),
      threshold: memory,
    },
    EvictionsAlarm: {
      description: `${path} is full: it evicts keys`,
      metric: worst('Evictions', 'Sum'),
      threshold: evictionsAlarmThreshold,
    },
    ...nodes > 1 && {
      ReplicationLagAlarm: {
        description: `A replica of ${path} is more than ${(replicaLagAlarmThreshold ?? Duration.seconds(30)).toHumanString()} behind`,
        metric: worst('ReplicationLag', 'Average'),
        threshold: replicaLagAlarmThreshold?.toSeconds({ integral: false }) ?? 30,
      },
    },
  };
}

/** Nodes have separate metrics, and the primary changes. */
function worstOfNodes(
  replicationGroupId: string, nodes: number, metricName: string, statistic: string,
): cloudwatch.IMetric {
  const metrics = Array.from({ length: nodes }, (_, index) => new cloudwatch.Metric({
    namespace: 'AWS/ElastiCache',
    metricName,
    statistic,
    dimensionsMap: { CacheClusterId: `${replicationGroupId}-00${index + 1}` },
  }));
  return nodes === 1 ? metrics[0] : new cloudwatch.MathExpression({
    expression: 'MAX(METRICS())',
    label: metricName,
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`node${index + 1}`, metric])),
  });
}
