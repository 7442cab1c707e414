import { Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmSpec } from '../support/alarms';

/** Differences between the Aurora engines. */
export interface AuroraEngine {
  readonly engine: rds.IClusterEngine;
  /** Class with the versions that the CDK knows. */
  readonly versions: object;
  readonly port: number;
  /** Parameters that enforce TLS and enable logs. */
  readonly parameters: Record<string, string>;
  readonly logs: string[];
  /** Capacity of serverless instances of this version. Undefined if it has none. */
  readonly capacity?: CapacityRange;
  readonly backtrackWindow?: Duration;
  /** Alarms specific to this engine. */
  readonly alarms?: (cluster: rds.DatabaseCluster) => Record<string, AlarmSpec>;
}

/** Range of the capacity of serverless instances, in Aurora capacity units. */
export interface CapacityRange {
  /** With 0, they can pause. */
  readonly least: number;
  readonly most: number;
}

/** First minor version of each major one with a range, the latest range first. Later major versions have that. */
export type Ranges = Array<CapacityRange & { readonly since: Record<number, number> }>;

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html#aurora-serverless-v2.how-it-works.capacity */
export function capacityOf(ranges: Ranges, major: number, minor: number): CapacityRange | undefined {
  return ranges.find(({ since }) => major > Math.max(...Object.keys(since).map(Number)) || minor >= since[major]);
}
