import { Duration } from 'aws-cdk-lib';
import { checkValue } from './support/options';

/** Multi-factor authentication (MFA) that a role requires of its callers. */
export class MfaRequirement {
  /** Callers must have signed in with MFA. */
  public static readonly REQUIRED = new MfaRequirement(true);

  /**
   * For callers that cannot present MFA: IAM Identity Center, and machines. Restrict them by name or external ID
   * instead.
   */
  public static readonly NOT_REQUIRED = new MfaRequirement(false);

  /**
   * Callers must have signed in with MFA within this time.
   *
   * @param age whole seconds, at least one
   * @throws if the age is shorter, or has parts of a second
   */
  public static within(age: Duration): MfaRequirement {
    checkValue('age', age, 'class Duration');
    const seconds = age.toSeconds({ integral: false });
    if (seconds < 1 || !Number.isInteger(seconds)) {
      throw new Error(`age is ${seconds} seconds: give a whole number, 1 or more`);
    }
    return new MfaRequirement(true, age);
  }

  private constructor(
    /** Requires callers to have signed in with MFA. */
    public readonly required: boolean,
    /** Maximum time since callers signed in with MFA, if limited. */
    public readonly age?: Duration,
  ) {}

  /**
   * Conditions that this requirement adds to a policy statement.
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
