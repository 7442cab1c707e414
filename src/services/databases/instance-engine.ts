import * as rds from 'aws-cdk-lib/aws-rds';
import { IConstruct } from 'constructs';
import { checkEngineVersion } from '../../support/aws-data';

/** Differences between the engines of an RDS instance. */
export interface Engine {
  readonly port: number;
  readonly logs: string[];
  readonly parameters: Record<string, string>;
}

const POSTGRES: Engine = {
  port: 5432, logs: ['postgresql', 'upgrade'], parameters: { 'rds.force_ssl': '1' },
};

const MYSQL: Engine = {
  port: 3306,
  logs: ['error', 'slowquery'],
  // by default to a table, from which nothing is sent to CloudWatch
  parameters: { require_secure_transport: '1', slow_query_log: '1', log_output: 'FILE' },
};

const ENGINES: Record<string, Engine> = { postgres: POSTGRES, mysql: MYSQL, mariadb: MYSQL };

const VERSIONS: Record<string, object> = {
  postgres: rds.PostgresEngineVersion, mysql: rds.MysqlEngineVersion, mariadb: rds.MariaDbEngineVersion,
};

/** @throws if the engine is not supported, or has no version, or one that AWS does not have */
export function engineOf(scope: IConstruct, { engineType, engineVersion }: rds.IInstanceEngine): Engine {
  const engine = ENGINES[engineType];
  if (!engine) {
    throw new Error(`engine is ${engineType}: give one of ${Object.keys(ENGINES).join(', ')}, or use the DatabaseInstance of the CDK`);
  }
  if (!engineVersion?.fullVersion) {
    throw new Error(`engine is ${engineType} of no version: give one, as DatabaseInstanceEngine.${engineType}({ version })`);
  }
  checkEngineVersion(scope, 'engine', { name: engineType, version: engineVersion.fullVersion }, VERSIONS[engineType]);
  return engine;
}
