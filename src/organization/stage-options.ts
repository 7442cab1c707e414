import { AccountRemoval } from './member-account';
import { StageAccountOptions } from '../stage-account';

/** What may be said of a stage of an organization. */
export interface StageOptions extends StageAccountOptions {
  /**
   * The account of the stage, if it exists: 12 digits. It is used as it is, and neither moved, renamed nor closed.
   *
   * @default - a new account, found by its e-mail once it exists
   */
  readonly accountId?: string;

  /**
   * The name of the new account, 1 to 50 characters. AWS does not let CloudFormation change it later.
   *
   * @default - the name of the stage
   */
  readonly accountName?: string;

  /**
   * The e-mail address of the new account's root user, 6 to 64 characters, unique in all of AWS. It cannot be changed
   * later.
   *
   * @default - that of the organization with the stage's name: `aws@acme.example` gives `aws+prod@acme.example`
   */
  readonly email?: string;

  /**
   * The organizational unit of the new account, by its path, such as `workloads/production`. What does not exist is
   * created. Another path later moves the account.
   *
   * @default - the root of the organization
   */
  readonly organizationalUnit?: string;

  /**
   * What becomes of the new account when its stack, `<org>/root/account-<stage>`, is destroyed.
   *
   * @default AccountRemoval.RETAIN
   */
  readonly accountRemoval?: AccountRemoval;

  /**
   * The region of the stage's stacks, unless one says otherwise.
   *
   * @default - the organization's home region
   */
  readonly region?: string;

  /**
   * Which block of the organization's `addressPool` the stage's network gets, from 0: with the pool `10.0.0.0/8`,
   * index 103 is `10.103.0.0/16`. Never change it: a network keeps its addresses for life.
   *
   * @default - none, unless `cidr` is given
   */
  readonly addressIndex?: number;

  /**
   * The same for the stage's networks in other regions, by region. Indexes are unique over all stages and regions.
   *
   * @default - none, unless `regionalCidrs` is given
   */
  readonly regionalAddressIndexes?: { [region: string]: number };
}
