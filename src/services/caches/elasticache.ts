import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { RedisEngine } from './redis-engine';
import { AlarmSpec } from '../support/alarms';
import { uniqueName } from '../support/unique-name';

/**
 * A log group for one kind of log. Below this name, groups do not add to the policy by which AWS delivers logs, whose
 * length is limited.
 */
export function logDelivery(
  scope: Construct, logType: string, retention: logs.RetentionDays, removalPolicy: RemovalPolicy,
): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
  const { logGroupName } = new logs.LogGroup(scope, logType, {
    logGroupName: `/aws/vendedlogs/elasticache/${uniqueName(scope)}/${logType}`, retention, removalPolicy,
  });
  return {
    logType,
    logFormat: 'json',
    destinationType: 'cloudwatch-logs',
    destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } },
  };
}

/** A parameter group with the parameters that differ from the engine's defaults. */
export function parameterGroup(
  scope: Construct, engine: RedisEngine, parameters: Record<string, string>, removalPolicy: RemovalPolicy,
): elasticache.CfnParameterGroup {
  if (parameters['cluster-enabled'] === 'yes') {
    throw new Error('parameters has \'cluster-enabled\': \'yes\', but a Redis is one shard: leave it out');
  }
  const group = new elasticache.CfnParameterGroup(scope, 'ParameterGroup', {
    cacheParameterGroupFamily: engine._family,
    description: `Parameters of ${scope.node.path}`,
    properties: parameters,
  });
  group.applyRemovalPolicy(removalPolicy);
  return group;
}

/** What goes wrong with a replication group of some nodes. */
export function cacheAlarms(scope: IConstruct, replicationGroupId: string, nodes: number): Record<string, AlarmSpec> {
  const worst = (metric: string, statistic: string) => worstOfNodes(replicationGroupId, nodes, metric, statistic);
  return {
    CpuAlarm: {
      description: `${scope.node.path} is busy: its engine uses more than 80 % of a CPU`,
      metric: worst('EngineCPUUtilization', 'Average'),
      threshold: 80,
    },
    MemoryAlarm: {
      description: `${scope.node.path} is almost full: more than 80 % of its memory is used`,
      metric: worst('DatabaseMemoryUsagePercentage', 'Average'),
      threshold: 80,
    },
    EvictionsAlarm: {
      description: `${scope.node.path} is full: it evicts keys`,
      metric: worst('Evictions', 'Sum'),
      threshold: 0,
    },
    ...nodes > 1 && {
      ReplicationLagAlarm: {
        description: `A replica of ${scope.node.path} is more than 30 seconds behind`,
        metric: worst('ReplicationLag', 'Average'),
        threshold: 30,
      },
    },
  };
}

/** Nodes are measured one by one, and which of them is the primary changes. */
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
