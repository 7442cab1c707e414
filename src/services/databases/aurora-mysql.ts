import { Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { AuroraCluster, AuroraClusterProps } from './aurora-cluster';
import { AuroraEngine } from './aurora-engine';
import { accept } from '../../support/nag';

/** What may be said of an Aurora cluster of MySQL. */
export interface AuroraMysqlProps extends AuroraClusterProps {
  /**
   * The version of the engine to begin with. AWS upgrades minor versions by itself.
   *
   * @default - 3.10.1, of which AWS promises long-term support
   */
  readonly version?: rds.AuroraMysqlEngineVersion;

  /**
   * How far the cluster can be wound back in place, up to 72 hours. Changes are charged for that. It cannot be switched
   * on later.
   *
   * @default - not at all: backups can be restored to any second, into another cluster
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
   */
  readonly backtrackWindow?: Duration;
}

// of 3.04, the one with long-term support before, a cluster could not pause
const LONG_TERM_SUPPORT = rds.AuroraMysqlEngineVersion.of('8.0.mysql_aurora.3.10.1', '8.0');

/**
 * Defines an Aurora cluster of MySQL.
 *
 * It is private, encrypted, and demands TLS. Users of the database can sign in by IAM, the password of the master user
 * is known to RDS and its secret alone. Connections, changes of the schema and of rights are audited, and slow queries
 * logged. Size, readers, backups, protection, and what becomes of the data follow the profile of the stage. Instances
 * are serverless unless `instanceType` is given. Nobody may connect until `connections` lets them in.
 *
 * @example
 * const mysql = new AuroraMysql(stack, 'mysql', { vpc });
 * mysql.connections.allowDefaultPortFrom(service);
 */
export class AuroraMysql extends AuroraCluster {
  /**
   * @throws if a prop is out of its range, has no effect beside another one, or is more than the version or the
   * instances support
   */
  constructor(scope: Construct, id: string, props: AuroraMysqlProps) {
    super(scope, id, props);
    if (props.backtrackWindow === undefined) {
      accept(this, {
        rule: 'AwsSolutions-RDS14', reason: 'backtrack is charged for each change; backups can be restored to any second without it',
      });
    }
  }

  /** @internal */
  protected _engine({ version = LONG_TERM_SUPPORT, backtrackWindow }: AuroraMysqlProps): AuroraEngine {
    const hours = backtrackWindow?.toHours({ integral: false }) ?? 0;
    if (hours > 72) {
      throw new Error(`backtrackWindow is ${hours} hours: give up to 72`);
    }
    return {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version }),
      port: 3306,
      masterUsername: 'admin',
      parameters: {
        require_secure_transport: 'ON',
        server_audit_logging: '1',
        server_audit_events: 'CONNECT,QUERY_DCL,QUERY_DDL',
        slow_query_log: '1',
      },
      logs: ['audit', 'error', 'general', 'slowquery'],
      pauses: pauses(version.auroraMysqlFullVersion),
      backtrackWindow,
    };
  }
}

function pauses(version: string): boolean {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 3 || Number(major) === 3 && Number(minor) >= 8;
}
