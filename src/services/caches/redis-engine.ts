/** ElastiCache engine that is compatible with Redis, and its version. */
export class RedisEngine {
  /** Valkey 7.2. */
  public static readonly VALKEY_7_2 = RedisEngine.valkey('7.2');
  /** Valkey 8.0. */
  public static readonly VALKEY_8_0 = RedisEngine.valkey('8.0');
  /** Valkey 8.1. */
  public static readonly VALKEY_8_1 = RedisEngine.valkey('8.1');
  /** Valkey 8.2. */
  public static readonly VALKEY_8_2 = RedisEngine.valkey('8.2');
  /** Redis OSS 7.1, the last version. */
  public static readonly REDIS_OSS_7_1 = RedisEngine.redisOss('7.1');

  /**
   * Custom version of Valkey.
   *
   * @param version such as `8.0`
   * @throws if the version is older than 7.2 or invalid
   */
  public static valkey(version: string): RedisEngine {
    return new RedisEngine('valkey', checkedVersion(version, 7.2));
  }

  /**
   * Custom version of Redis OSS.
   *
   * @param version such as `7.0`
   * @throws if the version is older than 6.2 or invalid
   */
  public static redisOss(version: string): RedisEngine {
    return new RedisEngine('redis', checkedVersion(version, 6.2));
  }

  private constructor(
    /** Name of the engine: `valkey` or `redis`. */
    public readonly engineName: string,
    /** Version of the engine. */
    public readonly engineVersion: string,
  ) {}

  /**
   * Parameter group family.
   *
   * @internal
   */
  public get _family(): string {
    const [major] = this.engineVersion.split('.');
    return this.engineName === 'redis' && major === '6' ? 'redis6.x' : `${this.engineName}${major}`;
  }
}

function checkedVersion(version: string, oldest: number): string {
  if (!/^\d+\.\d+$/.test(version) || Number(version) < oldest) {
    throw new Error(`version is '${version}': give major and minor version, ${oldest} or newer, such as '${oldest}'`);
  }
  return version;
}
