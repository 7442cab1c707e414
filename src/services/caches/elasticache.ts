import { RemovalPolicy } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { RedisEngine } from './redis-engine';
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
