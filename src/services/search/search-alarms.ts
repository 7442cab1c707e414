import { Size, SizeRoundingBehavior, Tokenization } from 'aws-cdk-lib';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import { AlarmSpec, percent } from '../support/alarms';
import { checkFreeStorage } from '../support/free-storage';

interface Thresholds {
  readonly freeStorageAlarmThreshold?: Size;
  readonly cpuAlarmThreshold?: number;
  readonly memoryAlarmThreshold?: number;
}

/** Alarms of a domain. */
export function searchAlarms(
  domain: opensearch.Domain, dataNodes: number, volumeSize: number, given: Thresholds,
): Record<string, AlarmSpec> {
  const { path } = domain.node.scope!.node;
  const { freeStorageAlarmThreshold: free } = given;
  const cpu = percent('cpuAlarmThreshold', given.cpuAlarmThreshold, 80);
  const memory = percent('memoryAlarmThreshold', given.memoryAlarmThreshold, 95);
  checkFreeStorage(free, 'volumeSize', volumeSize);
  return {
    RedAlarm: {
      description: `${path} is red: a primary shard is missing`,
      metric: domain.metricClusterStatusRed(),
      threshold: 0,
    },
    // a single node cannot hold replicas
    ...dataNodes > 1 && {
      YellowAlarm: {
        description: `${path} is yellow: a replica is missing`,
        metric: domain.metricClusterStatusYellow(),
        threshold: 0,
      },
    },
    StorageAlarm: {
      description: free ? `A node of ${path} is short of storage`
        : `A node of ${path} has less than a quarter of its storage left`,
      metric: domain.metricFreeStorageSpace(),
      threshold: free?.toMebibytes({ rounding: SizeRoundingBehavior.NONE }) ?? volumeSize * 1024 / 4,
      alarmsBelow: true,
    },
    WritesBlockedAlarm: {
      description: `${path} refuses to write`,
      metric: domain.metricClusterIndexWritesBlocked(),
      threshold: 0,
    },
    CpuAlarm: {
      description: `A node of ${path} is busy: it uses more than ${Tokenization.stringifyNumber(cpu)} % of its CPU`,
      metric: domain.metricCPUUtilization(),
      threshold: cpu,
    },
    MemoryAlarm: {
      description: `A node of ${path} is short of memory: it uses more than ${Tokenization.stringifyNumber(memory)} % of its heap`,
      metric: domain.metricJVMMemoryPressure(),
      threshold: memory,
    },
  };
}
