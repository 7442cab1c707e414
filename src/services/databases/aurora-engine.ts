import { Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmSpec } from '../support/alarms';

/** Differences between the Aurora engines. */
export interface AuroraEngine {
  readonly engine: rds.IClusterEngine;
  readonly port: number;
  /** Parameters that enforce TLS and enable logs. */
  readonly parameters: Record<string, string>;
  readonly logs: string[];
  /** Support of this version for auto-pause of serverless instances. */
  readonly pauses: boolean;
  readonly backtrackWindow?: Duration;
  /** Alarms specific to this engine. */
  readonly alarms?: (cluster: rds.DatabaseCluster) => Record<string, AlarmSpec>;
}
