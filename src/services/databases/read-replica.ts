import { CfnResource, Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { defineLogGroups, Fate, instanceIdentifier } from './databases';
import { createAfter } from '../../support/dependencies';
import { accept } from '../../support/nag';
import { AlarmSpec } from '../support/alarms';

/** Properties that a replica does not inherit from its source. */
export type ReplicaProps = Omit<rds.DatabaseInstanceReadReplicaProps, 'sourceDatabaseInstance'>;

/** Read replicas, created one after another: RDS rejects one while the source is busy with the previous one. */
export function defineReplicas(
  scope: Construct, count: number, source: rds.DatabaseInstance, props: ReplicaProps, logs: string[], fate: Fate,
): rds.DatabaseInstanceReadReplica[] {
  const replicas = Array.from({ length: count }, (_, index) =>
    defineReplica(new Construct(scope, `ReadReplica${index + 1}`), source, props, logs, fate));
  const resources = replicas.map(({ node }) => node.defaultChild as CfnResource);
  resources.slice(1).forEach((each, index) => createAfter(each, resources[index]));
  return replicas;
}

function defineReplica(
  scope: Construct, source: rds.DatabaseInstance, props: ReplicaProps, logs: string[], fate: Fate,
): rds.DatabaseInstanceReadReplica {
  const identifier = instanceIdentifier(scope);
  const replica = new rds.DatabaseInstanceReadReplica(scope, 'Instance', {
    ...props, sourceDatabaseInstance: source, instanceIdentifier: identifier,
  });
  defineLogGroups(scope, `/aws/rds/instance/${identifier}`, logs, fate, [replica.node.defaultChild as CfnResource]);
  const inherited = 'a replica in the same region has this from its source, and may not be told';
  accept(replica,
    { rule: 'AwsSolutions-RDS2', reason: inherited },
    { rule: 'AwsSolutions-RDS3', reason: 'a replica is the second instance itself, and does not take over' },
    { rule: 'AwsSolutions-RDS11', reason: inherited },
  );
  return replica;
}

/** Alarms on the lag of replicas. */
export function replicaAlarms(
  replicas: rds.DatabaseInstanceReadReplica[], threshold?: Duration,
): Record<string, AlarmSpec> {
  if (threshold && replicas.length === 0) {
    throw new Error('replicaLagAlarmThreshold has no effect without replicas: give readReplicas, or leave it out');
  }
  return Object.fromEntries(replicas.map((replica, index) => [`ReplicaLagAlarm${index + 1}`, {
    description: `${replica.node.path} is ${threshold?.toHumanString() ?? 'a minute'} behind`,
    metric: replica.metric('ReplicaLag', { statistic: 'Maximum' }),
    threshold: threshold?.toSeconds({ integral: false }) ?? 60,
  }]));
}
