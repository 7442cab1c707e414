import { Duration } from 'aws-cdk-lib';

/** Whether a caller needs multi-factor authentication, and how fresh. */
export class MfaRequirement {
  /** The caller signed in with multi-factor authentication. */
  public static readonly REQUIRED = new MfaRequirement(true);

  /**
   * For callers that have none to show: IAM Identity Center, and machines. Restrict them by name or external id
   * instead.
   */
  public static readonly NOT_REQUIRED = new MfaRequirement(false);

  /**
   * The caller signed in with multi-factor authentication, and not longer ago than this.
   *
   * @param age at least one second
   * @throws if the age is shorter
   */
  public static within(age: Duration): MfaRequirement {
    if (age.toMilliseconds() < 1000) {
      throw new Error(`age of ${age.toMilliseconds()} milliseconds lets nobody in: give at least one second`);
    }
    return new MfaRequirement(true, age);
  }

  private constructor(
    /** Whether the caller has to have signed in with multi-factor authentication. */
    public readonly required: boolean,
    /** Not longer ago than this, if that matters. */
    public readonly age?: Duration,
  ) {}

  /**
   * The conditions of a statement that this requirement adds.
   *
   * @internal
   */
  public _conditions(): Record<string, Record<string, string>> {
    return {
      ...this.required && { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      ...this.age && { NumericLessThan: { 'aws:MultiFactorAuthAge': this.age.toSeconds().toString() } },
    };
  }
}
