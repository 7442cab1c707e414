import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { checkOptions, checkValue, enumProblem, refuse } from './support/options';

/** Size of the resources in a stage. Each service derives instance types and gigabytes from it. */
export enum StageSize {
  /** Smallest size that works, regardless of performance. */
  SMALL = 'SMALL',
  /** Large enough to behave like production. */
  MEDIUM = 'MEDIUM',
  /** Production size. */
  LARGE = 'LARGE',
}

/** Options of a custom `StageProfile`. */
export interface StageProfileOptions {
  /**
   * Removal policy of data and their keys, also applied when their stack is destroyed. `SNAPSHOT` suits few resource
   * types: CloudFormation rejects it for buckets, for example.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Enables deletion protection in services that support it.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Retention of backups, in whole days. Zero means no backups, where the service allows it.
   *
   * @default Duration.days(35)
   */
  readonly backupRetention?: Duration;

  /**
   * Retention of logs.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;

  /**
   * Size of the resources.
   *
   * @default StageSize.LARGE
   */
  readonly size?: StageSize;

  /**
   * Number of Availability Zones that a service uses.
   *
   * @default 3
   */
  readonly availabilityZones?: number;

  /**
   * Restricts what only development needs: MFA for the role `admin` is at most 12 hours old, nobody runs commands in
   * containers, and buckets are versioned.
   *
   * @default true
   */
  readonly hardened?: boolean;

  /**
   * Additional settings for services of your own, by name, such as `tier`. They are read with `trait`.
   *
   * @default - none, or those of the profile that is customized
   */
  readonly traits?: { [name: string]: string };
}

/**
 * Policy of a stage for removal, protection, retention and size. It has no settings of individual services.
 *
 * Services read it with `StageProfile.of`. Properties of the service itself take precedence.
 *
 * @example
 * const derived = StageProfile.STAGING.customized('derived', { removalPolicy: RemovalPolicy.DESTROY });
 * derived.applyTo(stack); // what is in the stack follows it, whatever the stage
 */
export class StageProfile {
  /** Retained and protected: three Availability Zones, 35 days of backups, one year of logs. */
  public static readonly PRODUCTION = new StageProfile('production', {});

  /**
   * Like production, but smaller: retained and protected, two Availability Zones, 7 days of backups, three months of
   * logs.
   */
  public static readonly STAGING = new StageProfile('staging', {
    backupRetention: Duration.days(7),
    logRetention: RetentionDays.THREE_MONTHS,
    size: StageSize.MEDIUM,
    availabilityZones: 2,
  });

  /** For daily work: deleted with the stack, not protected, one day of backups. */
  public static readonly DEVELOPMENT = new StageProfile('development', {
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    backupRetention: Duration.days(1),
    logRetention: RetentionDays.ONE_MONTH,
    size: StageSize.SMALL,
    availabilityZones: 2,
    hardened: false,
  });

  /** For stages that are meant to be destroyed: nothing is retained. */
  public static readonly TESTING = new StageProfile('testing', {
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    backupRetention: Duration.days(0),
    logRetention: RetentionDays.ONE_WEEK,
    size: StageSize.SMALL,
    availabilityZones: 2,
    hardened: false,
  });

  /** For the account that stores the audit trail: retained and protected, small, ten years of logs. */
  public static readonly AUDIT = new StageProfile('audit', {
    logRetention: RetentionDays.TEN_YEARS,
    size: StageSize.SMALL,
  });

  /** For the account of the organization and its users: retained and protected, small. */
  public static readonly ROOT = new StageProfile('root', { size: StageSize.SMALL });

  /**
   * Returns the profile that applies to a construct: that of the closest scope with a profile.
   *
   * Outside any stage it is PRODUCTION, so that data is never lost because the stage was forgotten.
   */
  public static of(scope: IConstruct): StageProfile {
    const scopes = scope.node.scopes.reverse();
    const index = scopes.findIndex(candidate => PROFILE in candidate);
    const closest = scopes[index];
    // another profile applied to these would come too late
    scopes.slice(1, index + 1 || scopes.length).filter(candidate => !(ASKED in candidate))
      .forEach(candidate => Object.defineProperty(candidate, ASKED, { value: scope.node.path }));
    return closest ? (closest as unknown as Profiled)[PROFILE] : StageProfile.PRODUCTION;
  }

  /** Name of the profile. */
  public readonly name: string;
  /** Removal policy of data and their keys. */
  public readonly removalPolicy: RemovalPolicy;
  /** Enables deletion protection in services that support it. */
  public readonly deletionProtection: boolean;
  /** Retention of backups, in whole days. */
  public readonly backupRetention: Duration;
  /** Retention of logs. */
  public readonly logRetention: RetentionDays;
  /** Size of the resources. */
  public readonly size: StageSize;
  /** Number of Availability Zones that a service uses. */
  public readonly availabilityZones: number;
  /** Restricts what only development needs. */
  public readonly hardened: boolean;
  /** Additional settings for services of your own. */
  public readonly traits: { [name: string]: string };

  private constructor(name: string, options: StageProfileOptions) {
    this.name = name;
    this.removalPolicy = options.removalPolicy ?? RemovalPolicy.RETAIN;
    this.deletionProtection = options.deletionProtection ?? true;
    this.backupRetention = options.backupRetention ?? Duration.days(35);
    this.logRetention = options.logRetention ?? RetentionDays.ONE_YEAR;
    this.size = options.size ?? StageSize.LARGE;
    this.availabilityZones = options.availabilityZones ?? 3;
    this.hardened = options.hardened ?? true;
    this.traits = { ...options.traits };
  }

  /**
   * Returns a custom profile. Options that are not given are taken from this profile.
   *
   * @param name name of the profile, in tables and messages
   * @param options settings that differ from this profile
   * @throws if an option is unknown or of another type, `backupRetention` is not in whole days, or `availabilityZones`
   * is not a whole number of 1 or more
   */
  public customized(name: string, options: StageProfileOptions = {}): StageProfile {
    checkValue('name of a profile', name, 'string');
    const whose = `of profile '${name}'`;
    checkOptions('StageProfileOptions', options, ` ${whose}`);
    refuse([
      ...enumProblem(`removalPolicy ${whose}`, options.removalPolicy, 'RemovalPolicy', RemovalPolicy),
      ...enumProblem(`logRetention ${whose}`, options.logRetention, 'RetentionDays', RetentionDays),
    ]);
    const days = options.backupRetention?.toDays({ integral: false });
    if (days !== undefined && !Number.isInteger(days)) {
      throw new Error(`backupRetention of profile '${name}' is ${days} days: give whole days`);
    }
    const zones = options.availabilityZones;
    if (zones !== undefined && (!Number.isInteger(zones) || zones < 1)) {
      throw new Error(`availabilityZones of profile '${name}' is ${zones}: give a whole number, 1 or more`);
    }
    return new StageProfile(name, { ...this, ...given(options), traits: { ...this.traits, ...options.traits } });
  }

  /**
   * Returns a setting for services of your own.
   *
   * @param name name of the setting, such as `tier`
   * @param otherwise value if the profile does not define it
   */
  public trait(name: string, otherwise: string): string {
    return Object.entries(this.traits).find(([trait]) => trait === name)?.[1] ?? otherwise;
  }

  /**
   * Applies this profile to a scope and everything below it, such as a plain stack. A `StageAccount` applies its own.
   *
   * @param scope scope to apply it to. A profile applied to it before is replaced
   * @throws if a construct in the scope has already read the profile, and would not follow this one
   */
  public applyTo(scope: IConstruct): void {
    const asked = (scope as Partial<Asked>)[ASKED];
    if (asked !== undefined) {
      throw new Error(`profile '${this.name}' comes too late for '${scope.node.path}', because '${asked}' has asked for the profile there: `
        + 'apply it first');
    }
    Object.defineProperty(scope, PROFILE, { value: this, configurable: true });
  }
}

// Symbol.for, so that several copies of this library in one app work together
const PROFILE = Symbol.for('cdk-multi-account-org.StageProfile');

const ASKED = Symbol.for('cdk-multi-account-org.StageProfile.asked');

interface Asked {
  readonly [ASKED]: string;
}

/** Omits options that are not given, so that they are not overridden. */
function given(options: StageProfileOptions): StageProfileOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

interface Profiled {
  readonly [PROFILE]: StageProfile;
}
