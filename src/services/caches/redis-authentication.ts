import { RemovalPolicy, Token } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { RedisEngine } from './redis-engine';
import { accept } from '../../support/nag';
import { uniqueName } from '../support/unique-name';

/** Options of IAM authentication with a Redis. */
export interface RedisIamOptions {
  /**
   * Redis access string with the allowed commands, keys and channels.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
   * @default - all commands on all keys and channels
   */
  readonly accessString?: string;
}

/** Authentication of the clients of a Redis. */
export abstract class RedisAuthentication {
  /**
   * IAM authentication: clients sign a token that is valid for 15 minutes, and need `grantConnect`. There is one user,
   * whose name is `userName` of the Redis, and no secret to store or rotate.
   *
   * @param options permissions of the user
   * @throws if the access string disables the user
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
   */
  public static iam(options: RedisIamOptions = {}): RedisAuthentication {
    return new ByIam(options.accessString ?? 'on ~* &* +@all');
  }

  /**
   * Authentication with one secret for all clients, the auth token, for clients that do not support IAM. Everybody with
   * the token has full access.
   *
   * It is not rotated automatically. To rotate it, store a new value in the secret, and set the same value on the
   * replication group with `aws elasticache modify-replication-group` and the strategy `ROTATE`. Both tokens are valid
   * until you use the strategy `SET`. Deployments do not undo that.
   *
   * @param secret secret whose whole value is the token: 16 to 128 printable characters, with no punctuation other than
   * `!&#$^<>-`. Without it, one is generated.
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
   */
  public static authToken(secret?: secretsmanager.ISecret): RedisAuthentication {
    return new ByAuthToken(secret);
  }

  protected constructor() {}

  /** @internal */
  public abstract _define(scope: Construct, context: SignInContext): SignIn;
}

interface SignInContext {
  readonly engine: RedisEngine;
  readonly encryptionKey?: kms.IKey;
  /** Removal policy of users, which the replication group uses. */
  readonly companions: RemovalPolicy;
  /** Removal policy of secrets. */
  readonly records: RemovalPolicy;
}

interface SignIn {
  readonly userGroup?: elasticache.CfnUserGroup;
  readonly user?: elasticache.CfnUser;
  readonly secret?: secretsmanager.ISecret;
}

class ByIam extends RedisAuthentication {
  constructor(private readonly accessString: string) {
    super();
    if (!Token.isUnresolved(accessString) && !/(^|\s)on(\s|$)/.test(accessString)) {
      throw new Error(`accessString is '${accessString}', by which the user is disabled: begin it with \`on\``);
    }
  }

  public _define(scope: Construct, { engine, companions }: SignInContext): SignIn {
    if (parseFloat(engine.engineVersion) < 7) {
      throw new Error(`engine is Redis OSS ${engine.engineVersion}, and nobody can sign in to it by IAM: `
        + 'take 7.0 or newer, or RedisAuthentication.authToken()');
    }
    const name = uniqueName(scope);
    const common = { engine: engine.engineName };
    const user = new elasticache.CfnUser(scope, 'User', {
      ...common, userId: name, userName: name, accessString: this.accessString, authenticationMode: { Type: 'iam' },
    });
    // redis oss requires a user with this name, and valkey rejects one without a password
    const disabled = engine.engineName === 'redis' ? [new elasticache.CfnUser(scope, 'DefaultUser', {
      ...common,
      userId: uniqueName(scope, `off-${scope.node.id}`),
      userName: 'default',
      accessString: 'off +get ~keys*',
      noPasswordRequired: true,
    })] : [];
    const userGroup = new elasticache.CfnUserGroup(scope, 'UserGroup', {
      ...common, userGroupId: name, userIds: [...disabled, user].map(({ ref }) => ref),
    });
    [...disabled, user, userGroup].forEach(resource => resource.applyRemovalPolicy(companions));
    return { user, userGroup };
  }
}

class ByAuthToken extends RedisAuthentication {
  constructor(private readonly existing?: secretsmanager.ISecret) {
    super();
  }

  public _define(scope: Construct, { encryptionKey, records }: SignInContext): SignIn {
    if (this.existing) {
      return { secret: this.existing };
    }
    const secret = new secretsmanager.Secret(scope, 'AuthToken', {
      description: `Auth token of ${scope.node.path}`,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      encryptionKey,
    });
    secret.applyRemovalPolicy(records);
    accept(secret, {
      rule: 'AwsSolutions-SMG4', reason: 'only whoever knows all clients can rotate a token that they share',
    });
    return { secret };
  }
}
