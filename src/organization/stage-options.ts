import { AccountRemoval } from './member-account';
import { StageAccountOptions } from '../stage-account';

/** Options of a stage in an organization. */
export interface StageOptions extends StageAccountOptions {
  /**
   * ID of an existing account: 12 digits. It is used as it is, and not renamed or closed. It is moved only if an
   * `organizationalUnit` is given.
   *
   * @default - a new account, found by its e-mail address once it exists
   */
  readonly accountId?: string;

  /**
   * Name of the new account, 1 to 50 characters. CloudFormation cannot change it later.
   *
   * @default - the name of the stage
   */
  readonly accountName?: string;

  /**
   * E-mail address of the new account's root user, 6 to 64 characters, unique across AWS. It cannot be changed later.
   *
   * @default - derived from that of the organization: `aws@acme.example` becomes `aws+prod@acme.example`
   */
  readonly email?: string;

  /**
   * Path of the account's organizational unit, such as `workloads/production`. Missing units are created. Changing the
   * path moves the account. An existing account is moved there, too, by the stack `<org>/root/adopted-<stage>`.
   *
   * @default - the root of the organization for a new account; an existing one stays where it is
   */
  readonly organizationalUnit?: string;

  /**
   * Tags of the account in AWS Organizations, by their keys: up to 50. What is in the account has tags of its own, by
   * `Tags.of(stage)`. Those of an existing account are added and changed, and not removed when they leave the code.
   *
   * @default - none besides those that `Tags` adds to root
   */
  readonly accountTags?: { [key: string]: string };

  /**
   * Removal of the new account when its stack, `<org>/root/account-<stage>`, is destroyed.
   *
   * @default AccountRemoval.RETAIN
   */
  readonly accountRemoval?: AccountRemoval;

  /**
   * Default region of the stage's stacks.
   *
   * @default - the organization's home region
   */
  readonly region?: string;
}
