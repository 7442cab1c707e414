import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';

/** How much of everything a stage gets. What that means in instances and gigabytes, each service knows for itself. */
export enum StageSize {
  /** The smallest that works: nobody waits for it. */
  SMALL = 'SMALL',
  /** Enough to behave like the real thing. */
  MEDIUM = 'MEDIUM',
  /** What customers use. */
  LARGE = 'LARGE',
}

/** What a stage demands of everything that runs in it. */
export interface StageProfileOptions {
  /**
   * What becomes of data and their keys when they are removed from the code, or their stack is destroyed. `SNAPSHOT`
   * suits few types only: CloudFormation refuses it for a bucket, say.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether the service itself refuses to be deleted, where it can.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * How long backups are kept, in whole days. Zero days where a service allows it means no backups.
   *
   * @default Duration.days(35)
   */
  readonly backupRetention?: Duration;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly logRetention?: RetentionDays;

  /**
   * How much of everything there is.
   *
   * @default StageSize.LARGE
   */
  readonly size?: StageSize;

  /**
   * Over how many availability zones a service spreads.
   *
   * @default 3
   */
  readonly availabilityZones?: number;

  /**
   * What services of your own ask for besides, by name, such as `tier`: `trait` reads it.
   *
   * @default - none, or those of the profile that is customized
   */
  readonly traits?: { [name: string]: string };
}

/**
 * The policy of a stage: keep or destroy, protect or not, how long, how big. Never the settings of a service.
 *
 * A service asks `StageProfile.of` for its own. What a service is told itself wins over the profile.
 *
 * @example
 * const derived = StageProfile.STAGING.customized('derived', { removalPolicy: RemovalPolicy.DESTROY });
 * derived.applyTo(stack); // what is in the stack follows it, whatever the stage
 */
export class StageProfile {
  /** Kept, protected, three zones, 35 days of backups, a year of logs. */
  public static readonly PRODUCTION = new StageProfile('production', {});

  /**
   * Like production in kind and smaller in size: kept and protected, two zones, a week of backups, three months of
   * logs.
   */
  public static readonly STAGING = new StageProfile('staging', {
    backupRetention: Duration.days(7),
    logRetention: RetentionDays.THREE_MONTHS,
    size: StageSize.MEDIUM,
    availabilityZones: 2,
  });

  /** For daily work: deleted with the stack, nothing is protected, one day of backups. */
  public static readonly DEVELOPMENT = new StageProfile('development', {
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    backupRetention: Duration.days(1),
    logRetention: RetentionDays.ONE_MONTH,
    size: StageSize.SMALL,
    availabilityZones: 2,
  });

  /** Made to be destroyed: nothing is left behind. */
  public static readonly TESTING = new StageProfile('testing', {
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    backupRetention: Duration.days(0),
    logRetention: RetentionDays.ONE_WEEK,
    size: StageSize.SMALL,
    availabilityZones: 2,
  });

  /** For the account that holds the trails: kept and protected, small, ten years of logs. */
  public static readonly AUDIT = new StageProfile('audit', {
    logRetention: RetentionDays.TEN_YEARS,
    size: StageSize.SMALL,
  });

  /** For the account of the organization and its people: kept and protected, small. */
  public static readonly ROOT = new StageProfile('root', { size: StageSize.SMALL });

  /**
   * The profile in force at a construct: that of the closest scope around it that has one.
   *
   * Outside any stage it is PRODUCTION, so that forgetting the stage never loses data.
   */
  public static of(scope: IConstruct): StageProfile {
    const scopes = scope.node.scopes.reverse();
    const index = scopes.findIndex(candidate => PROFILE in candidate);
    const closest = scopes[index];
    // another profile around it would come too late
    scopes.slice(1, index + 1 || scopes.length).filter(candidate => !(ASKED in candidate))
      .forEach(candidate => Object.defineProperty(candidate, ASKED, { value: scope.node.path }));
    return closest ? (closest as unknown as Profiled)[PROFILE] : StageProfile.PRODUCTION;
  }

  /** What the profile is called. */
  public readonly name: string;
  /** What becomes of data when they are removed from the code. */
  public readonly removalPolicy: RemovalPolicy;
  /** Whether the service itself refuses to be deleted. */
  public readonly deletionProtection: boolean;
  /** How long backups are kept, in whole days. */
  public readonly backupRetention: Duration;
  /** How long logs are kept. */
  public readonly logRetention: RetentionDays;
  /** How much of everything there is. */
  public readonly size: StageSize;
  /** Over how many availability zones a service spreads. */
  public readonly availabilityZones: number;
  /** What services of your own ask for besides. */
  public readonly traits: { [name: string]: string };

  private constructor(name: string, options: StageProfileOptions) {
    this.name = name;
    this.removalPolicy = options.removalPolicy ?? RemovalPolicy.RETAIN;
    this.deletionProtection = options.deletionProtection ?? true;
    this.backupRetention = options.backupRetention ?? Duration.days(35);
    this.logRetention = options.logRetention ?? RetentionDays.ONE_YEAR;
    this.size = options.size ?? StageSize.LARGE;
    this.availabilityZones = options.availabilityZones ?? 3;
    this.traits = { ...options.traits };
  }

  /**
   * Defines a profile of your own. What is left out is as in this one.
   *
   * @param name what the profile is called, in tables and messages
   * @param options what differs from this one
   * @throws if `backupRetention` is not in whole days, or `availabilityZones` is not a whole number of 1 or more
   */
  public customized(name: string, options: StageProfileOptions = {}): StageProfile {
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
   * What the profile says of something that only services of your own know.
   *
   * @param name what it is, such as `tier`
   * @param otherwise what it is where the profile does not say it
   */
  public trait(name: string, otherwise: string): string {
    return Object.entries(this.traits).find(([trait]) => trait === name)?.[1] ?? otherwise;
  }

  /**
   * Puts this profile in force at a scope and everything below it, such as a plain stack. A `StageAccount` does so
   * itself.
   *
   * @param scope the scope; a profile that it already has is replaced
   * @throws if something there has asked for the profile already, and would not follow this one
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

// by Symbol.for, so that two copies of this library in one app understand each other
const PROFILE = Symbol.for('cdk-multi-account-org.StageProfile');

const ASKED = Symbol.for('cdk-multi-account-org.StageProfile.asked');

interface Asked {
  readonly [ASKED]: string;
}

/** Without what is left out, which is as it was. */
function given(options: StageProfileOptions): StageProfileOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

interface Profiled {
  readonly [PROFILE]: StageProfile;
}
