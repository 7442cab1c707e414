import { Duration } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { AuroraCluster, AuroraClusterProps } from './aurora-cluster';
import { AuroraEngine, capacityOf, CapacityRange } from './aurora-engine';
import { accept } from '../../support/nag';
import { checkProps } from '../../support/options';

/** Properties of an `AuroraMysql`. */
export interface AuroraMysqlProps extends AuroraClusterProps {
  /**
   * Initial engine version. AWS upgrades minor versions automatically. A version that AWS added later than the
   * library's data is accepted if the context key `cdk-multi-account-org:availableInAws` lists it, such as
   * `aurora-mysql 8.4.mysql_aurora.8.4.9`.
   *
   * @default - 3.10.1, with long-term support
   */
  readonly version?: rds.AuroraMysqlEngineVersion;

  /**
   * Time that the cluster can be backtracked in place, up to 72 hours. Change records are billed. It cannot be enabled
   * later.
   *
   * @default - no backtrack: backups can be restored to any second, into another cluster
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
   */
  readonly backtrackWindow?: Duration;
}

// the previous version with long-term support, 3.04, does not support auto-pause
const LONG_TERM_SUPPORT = rds.AuroraMysqlEngineVersion.of('8.0.mysql_aurora.3.10.1', '8.0');

/**
 * Defines an Aurora MySQL cluster.
 *
 * It is private, encrypted, and requires TLS. Database users can use IAM authentication, and RDS manages the password
 * of the master user in a secret. Connections and changes of schema and privileges are audited, and slow queries are
 * logged. The stage's profile determines size, readers, backups, deletion protection and removal. Instances are
 * serverless unless `instanceType` is given. Nobody can connect until `connections` allows it.
 *
 * @example
 * const mysql = new AuroraMysql(stack, 'mysql', { vpc });
 * mysql.connections.allowDefaultPortFrom(service);
 */
export class AuroraMysql extends AuroraCluster {
  /**
   * @throws if a name or window is invalid, or a prop is out of range, would have no effect together with another one,
   * or is not supported by the version, the region or the instances
   */
  constructor(scope: Construct, id: string, props: AuroraMysqlProps) {
    super(scope, id, props);
    checkProps(this, 'AuroraMysqlProps', props);
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
      versions: rds.AuroraMysqlEngineVersion,
      port: 3306,
      parameters: {
        require_secure_transport: 'ON',
        server_audit_logging: '1',
        server_audit_events: 'CONNECT,QUERY_DCL,QUERY_DDL',
        slow_query_log: '1',
      },
      logs: ['audit', 'error', 'general', 'slowquery'],
      capacity: capacity(version.auroraMysqlFullVersion),
      backtrackWindow,
    };
  }
}

function capacity(version: string): CapacityRange | undefined {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(version) ?? [];
  // of a major version, AWS chooses the minor one
  return major === undefined ? { least: 0.5, most: 256 } : capacityOf([
    { least: 0, most: 256, since: { 3: 8 } },
    { least: 0.5, most: 256, since: { 3: 6 } },
    { least: 0.5, most: 128, since: { 3: 2 } },
  ], Number(major), Number(minor));
}
