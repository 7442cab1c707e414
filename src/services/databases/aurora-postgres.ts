import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { AuroraCluster, AuroraClusterProps } from './aurora-cluster';
import { AuroraEngine } from './aurora-engine';
import { checkWhole } from '../support/numbers';

/** What may be said of an Aurora cluster of PostgreSQL. */
export interface AuroraPostgresProps extends AuroraClusterProps {
  /**
   * The version of the engine to begin with. AWS upgrades minor versions by itself.
   *
   * @default AuroraPostgresEngineVersion.VER_16_8
   */
  readonly version?: rds.AuroraPostgresEngineVersion;

  /**
   * Number of transaction ids in use above which an alarm goes off. At 2 billion the cluster refuses to write;
   * autovacuum begins at 200 million.
   *
   * @default 1000000000
   */
  readonly transactionIdsAlarmThreshold?: number;
}

// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html
const FIRST_MINOR_THAT_PAUSES: Record<number, number> = { 13: 15, 14: 12, 15: 7, 16: 3 };

/**
 * Defines an Aurora cluster of PostgreSQL.
 *
 * It is private, encrypted, and demands TLS. Users of the database can sign in by IAM, the password of the master user
 * is known to RDS and its secret alone. Size, readers, backups, protection, and what becomes of the data follow the
 * profile of the stage. Instances are serverless unless `instanceType` is given. Nobody may connect until `connections`
 * lets them in.
 *
 * @example
 * const postgres = new AuroraPostgres(stack, 'postgres', { vpc });
 * postgres.connections.allowDefaultPortFrom(service);
 */
export class AuroraPostgres extends AuroraCluster {
  /**
   * @throws if a prop is out of its range, has no effect beside another one, or is more than the version or the
   * instances support
   */
  constructor(scope: Construct, id: string, props: AuroraPostgresProps) {
    super(scope, id, props);
  }

  /** @internal */
  protected _engine(props: AuroraPostgresProps): AuroraEngine {
    const { version = rds.AuroraPostgresEngineVersion.VER_16_8, transactionIdsAlarmThreshold = 1_000_000_000 } = props;
    checkWhole('transactionIdsAlarmThreshold', transactionIdsAlarmThreshold, 0, 2_000_000_000);
    return {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version }),
      port: 5432,
      masterUsername: 'postgres',
      parameters: { 'rds.force_ssl': '1' },
      logs: ['postgresql'],
      pauses: pauses(version.auroraPostgresFullVersion),
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

function pauses(version: string): boolean {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return Number(major) > 16 || Number(minor ?? Infinity) >= FIRST_MINOR_THAT_PAUSES[Number(major)];
}
