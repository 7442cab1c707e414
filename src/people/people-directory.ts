import * as iam from 'aws-cdk-lib/aws-iam';
import { ICrossAccountAccessRole } from '../cross-account-access-role';
import { StageAccount } from '../stage-account';

/** Group of people, whichever directory it is in. */
export interface IPeopleGroup {
  /** ID with which it was added. */
  readonly groupId: string;

  /** Name in its directory. */
  readonly groupName: string;

  /** Group of IAM, for policies of your own. Not set where people are not IAM users. */
  readonly iamGroup?: iam.IGroup;
}

/** User, whichever directory it is in. */
export interface IPeopleUser {
  /** Name with which the user signs in. */
  readonly userName: string;

  /** User of IAM, for policies and groups of your own. Not set where people are not IAM users. */
  readonly iamUser?: iam.IUser;
}

/** Group that is added to a directory. */
export interface DirectoryGroup {
  /** ID of the group, unique in the organization. */
  readonly groupId: string;

  /**
   * Name of the group.
   *
   * @default - decided by the directory
   */
  readonly groupName?: string;
}

/** User that is added to a directory. */
export interface DirectoryUser {
  /** ID of the user, unique in the organization. */
  readonly userId: string;

  /**
   * Name with which the user signs in.
   *
   * @default - decided by the directory
   */
  readonly userName?: string;

  /** Groups of the directory that the user is a member of, as `addGroup` has returned them. */
  readonly groups: IPeopleGroup[];
}

/** Role that the members of a group are to assume. */
export interface RoleAssignment {
  /** Group, as `addGroup` has returned it. */
  readonly group: IPeopleGroup;

  /** Role that they are to assume. */
  readonly role: ICrossAccountAccessRole;

  /**
   * Stage that has the role.
   *
   * @default - the role is in none: its ARN is all that is known of it
   */
  readonly stage?: StageAccount;

  /**
   * Last day on which they may assume it, in UTC, such as `2027-01-31`. Throw an error if the directory cannot say so.
   *
   * @default - no last day
   */
  readonly until?: string;
}

/** Access that a group has got to a role. */
export interface RoleAccess {
  /** Way in which its members get there: lower-case words with hyphens, such as `iam-user` or `account-access`. */
  readonly way: string;

  /**
   * Conditions of the directory, in the words of the facts: `mfa`, `mfa within 3600 seconds`, `until 2027-01-31`, or
   * one of IAM, such as `StringEquals aws:SourceVpc "vpc-1"`.
   *
   * @default - none
   */
  readonly conditions?: string[];

  /**
   * Principal as which they arrive, such as `account 111111111111`, `service account-access.amazonaws.com` or
   * `federated arn:…`. What the role asks of it is a condition too, and without trust in it there is no access.
   *
   * @default - `conditions` are all that there are
   */
  readonly principal?: string;
}

/** Directory of people in an organization: what a `PeopleSource` becomes in it. */
export interface IPeopleDirectory {
  /** True if it makes users or members of its groups, so that `addUser` is for it. */
  readonly hasUsers: boolean;

  /** Adds a group. Called once for each ID. */
  addGroup(group: DirectoryGroup): IPeopleGroup;

  /** Adds a user. Called once for each ID, and only if it has users. */
  addUser(user: DirectoryUser): IPeopleUser;

  /**
   * Lets the members of a group assume a role. Called once for each group and role.
   *
   * @returns how they get there, which the fact `access` tells, or nothing if they do not until an account exists
   */
  assignRole(assignment: RoleAssignment): RoleAccess | undefined;
}
