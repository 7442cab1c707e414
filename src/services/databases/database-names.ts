import { Token } from 'aws-cdk-lib';

/** Names that an engine takes for its first database and its master user. */
interface NameRules {
  readonly longestUser: number;
  readonly longestDatabase: number;
  readonly reserved: RegExp;
}

// what all of these engines reserve: names of AWS and words of SQL
const SQL = 'rdsadmin|rdsrepladmin|all|and|as|asc|case|cast|check|collate|column|constraint|create|default|desc|distinct|else|exists|false|fetch|for'
  + '|foreign|from|grant|group|having|in|inner|into|join|leading|left|like|limit|natural|not|null|on|or|order|outer|primary|references'
  + '|right|select|table|then|to|trailing|true|union|unique|using|when|where|with';
const POSTGRES = new RegExp(`^(${SQL}|admin|pg_.*|template[01]|analyse|analyze|any|array|both|do|end|except|initially|intersect|offset|only|some|user)$`, 'i');
const MYSQL = new RegExp(`^(${SQL}|information_schema|mysql|performance_schema|sys)$`, 'i');

// how long the names of users may be was measured on AWS: its reference says 16, as MariaDB has it
const RULES: Record<string, NameRules> = {
  postgres: { longestUser: 63, longestDatabase: 63, reserved: POSTGRES },
  mysql: { longestUser: 32, longestDatabase: 64, reserved: MYSQL },
  mariadb: { longestUser: 16, longestDatabase: 64, reserved: MYSQL },
};

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function checkNames(engineType: string, databaseName: string | undefined, masterUsername: string): void {
  const { longestUser, longestDatabase, reserved } = RULES[engineType.includes('postgres') ? 'postgres' : engineType.replace('aurora-', '')];
  check('masterUsername', masterUsername, longestUser, reserved, 'dbadmin');
  if (databaseName !== undefined) {
    check('databaseName', databaseName, longestDatabase, reserved, 'orders');
  }
}

function check(property: string, name: string, longest: number, reserved: RegExp, example: string): void {
  if (Token.isUnresolved(name)) {
    return;
  }
  if (!/^[a-z][a-z0-9_]*$/i.test(name) || name.length > longest) {
    throw new Error(`${property} '${name}' is not one of this engine: give 1 to ${longest} letters, digits and underscores, a letter first, `
      + `like '${example}'`);
  }
  if (reserved.test(name)) {
    throw new Error(`${property} '${name}' is a word that this engine reserves: give another, like '${example}'`);
  }
}
