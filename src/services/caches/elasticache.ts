import { RemovalPolicy } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { RedisEngine } from './redis-engine';
import { uniqueName } from '../support/unique-name';

/**
 * Log group for one type of log. With this name prefix, groups add nothing to the resource policy for log delivery,
 * whose length is limited.
 */
export function logDelivery(
  scope: Construct, logType: string, retention: logs.RetentionDays, removalPolicy: RemovalPolicy, encryptionKey?: IKey,
): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
  const { logGroupName } = new logs.LogGroup(scope, logType, {
    logGroupName: `/aws/vendedlogs/elasticache/${uniqueName(scope)}/${logType}`, retention, removalPolicy, encryptionKey,
  });
  return {
    logType,
    logFormat: 'json',
    destinationType: 'cloudwatch-logs',
    destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } },
  };
}

/** Parameter group with the parameters that differ from the engine's defaults. */
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
