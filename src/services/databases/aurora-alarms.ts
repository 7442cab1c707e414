import { Duration, Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmSpec, percent } from '../support/alarms';

interface Thresholds {
  readonly instanceType?: ec2.InstanceType;
  readonly readers?: number;
  readonly cpuAlarmThreshold?: number;
  readonly capacityAlarmThreshold?: number;
  readonly freeLocalStorageAlarmThreshold?: Size;
  readonly replicaLagAlarmThreshold?: Duration;
}

/** Alarms of a cluster. */
export function auroraAlarms(
  cluster: rds.DatabaseCluster, readers: number, given: Thresholds,
): Record<string, AlarmSpec> {
  const { path } = cluster.node.scope!.node;
  const { instanceType, capacityAlarmThreshold, freeLocalStorageAlarmThreshold, replicaLagAlarmThreshold } = given;
  if (instanceType && capacityAlarmThreshold !== undefined) {
    throw new Error(`capacityAlarmThreshold is ${capacityAlarmThreshold}, and has no effect on instances of type ${instanceType.toString()}: `
      + 'leave out one of both');
  }
  if (!instanceType && freeLocalStorageAlarmThreshold) {
    throw new Error('freeLocalStorageAlarmThreshold has no effect on serverless instances: give instanceType, or leave it out');
  }
  if (given.readers === 0 && replicaLagAlarmThreshold) {
    throw new Error('replicaLagAlarmThreshold has no effect, because readers is 0: give readers, or leave it out');
  }
  return {
    CpuAlarm: {
      description: `${path} is short of CPU`,
      metric: cluster.metricCPUUtilization(),
      threshold: percent('cpuAlarmThreshold', given.cpuAlarmThreshold, 90),
    },
    ...instanceType ? {
      LocalStorageAlarm: {
        description: `${path} is short of local storage, where it sorts and logs`,
        metric: cluster.metric('FreeLocalStorage', { statistic: 'Minimum' }),
        threshold: freeLocalStorageAlarmThreshold?.toBytes({ rounding: SizeRoundingBehavior.NONE }) ?? 1024 ** 3,
        alarmsBelow: true,
      },
    } : {
      CapacityAlarm: {
        description: `${path} needs more than its serverlessV2MaxCapacity`,
        metric: cluster.metricACUUtilization(),
        threshold: percent('capacityAlarmThreshold', capacityAlarmThreshold, 95),
      },
    },
    ...readers > 0 && {
      ReplicaLagAlarm: {
        description: `readers of ${path} are ${replicaLagAlarmThreshold?.toHumanString() ?? 'two seconds'} behind`,
        metric: cluster.metric('AuroraReplicaLagMaximum', { statistic: 'Maximum' }),
        threshold: replicaLagAlarmThreshold?.toMilliseconds({ integral: false }) ?? 2000,
      },
    },
  };
}
