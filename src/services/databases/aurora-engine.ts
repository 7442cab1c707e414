import { Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AlarmSpec } from '../support/alarms';

/** What differs between the engines of Aurora. */
export interface AuroraEngine {
  readonly engine: rds.IClusterEngine;
  readonly port: number;
  readonly masterUsername: string;
  /** By which it refuses connections without TLS, and logs. */
  readonly parameters: Record<string, string>;
  readonly logs: string[];
  /** Whether serverless instances of this version can pause. */
  readonly pauses: boolean;
  readonly backtrackWindow?: Duration;
  /** What goes wrong with this engine only. */
  readonly alarms?: (cluster: rds.DatabaseCluster) => Record<string, AlarmSpec>;
}
