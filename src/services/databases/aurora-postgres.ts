import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { AuroraCluster, AuroraClusterProps } from './aurora-cluster';
import { AuroraEngine, capacityOf, CapacityRange } from './aurora-engine';
import { checkProps } from '../../support/options';
import { checkWhole } from '../support/numbers';

/** Properties of an `AuroraPostgres`. */
export interface AuroraPostgresProps extends AuroraClusterProps {
  /**
   * Initial engine version. AWS upgrades minor versions automatically. A version that AWS added later than the
   * library's data is accepted if the context key `cdk-multi-account-org:availableInAws` lists it, such as
   * `aurora-postgresql 19.1`.
   *
   * @default AuroraPostgresEngineVersion.VER_16_8
   */
  readonly version?: rds.AuroraPostgresEngineVersion;

  /**
   * Number of used transaction IDs above which an alarm is raised. At 2 billion the cluster stops accepting writes;
   * autovacuum starts at 200 million.
   *
   * @default 1000000000
   */
  readonly transactionIdsAlarmThreshold?: number;
}

/**
 * Defines an Aurora PostgreSQL cluster.
 *
 * It is private, encrypted, and requires TLS. Database users can use IAM authentication, and RDS manages the password
 * of the master user in a secret. The stage's profile determines size, readers, backups, deletion protection and
 * removal. Instances are serverless unless `instanceType` is given. Nobody can connect until `connections` allows it.
 *
 * @example
 * const postgres = new AuroraPostgres(stack, 'postgres', { vpc });
 * postgres.connections.allowDefaultPortFrom(service);
 */
export class AuroraPostgres extends AuroraCluster {
  /**
   * @throws if a name or window is invalid, or a prop is out of range, would have no effect together with another one,
   * or is not supported by the version, the region or the instances
   */
  constructor(scope: Construct, id: string, props: AuroraPostgresProps) {
    super(scope, id, props);
    checkProps(this, 'AuroraPostgresProps', props);
  }

  /** @internal */
  protected _engine(props: AuroraPostgresProps): AuroraEngine {
    const { version = rds.AuroraPostgresEngineVersion.VER_16_8, transactionIdsAlarmThreshold = 1_000_000_000 } = props;
    checkWhole('transactionIdsAlarmThreshold', transactionIdsAlarmThreshold, 0, 2_000_000_000);
    return {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version }),
      versions: rds.AuroraPostgresEngineVersion,
      port: 5432,
      parameters: { 'rds.force_ssl': '1' },
      logs: ['postgresql'],
      capacity: capacity(version.auroraPostgresFullVersion),
      alarms: cluster => ({
        TransactionIdsAlarm: {
          description: `${this.node.path} runs out of transaction ids: look for what keeps autovacuum from its work`,
          metric: cluster.metric('MaximumUsedTransactionIDs', { statistic: 'Maximum' }),
          threshold: transactionIdsAlarmThreshold,
        },
      }),
    };
  }
}

function capacity(version: string): CapacityRange | undefined {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return capacityOf([
    { least: 0, most: 256, since: { 13: 15, 14: 12, 15: 7, 16: 3 } },
    { least: 0.5, most: 256, since: { 13: 13, 14: 10, 15: 5, 16: 1 } },
    { least: 0.5, most: 128, since: { 13: 6, 14: 3, 15: 2, 16: 1 } },
  ], Number(major), Number(minor ?? Infinity));
}
