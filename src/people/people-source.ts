import { Construct } from 'constructs';
import { AccountAccess, AccountAccessOptions } from './account-access';
import { IamUsers } from './iam-users';
import { IPeopleDirectory } from './people-directory';
import { PermissionSets, PermissionSetsOptions } from './permission-sets';
import { checkOptions } from '../support/options';

/** Source of the people of an organization: the directory that they are in. To be extended by one of your own. */
export abstract class PeopleSource {
  /** Users and groups of IAM in root, who sign in there and assume the roles of the stages. */
  public static iamUsers(): PeopleSource {
    IAM_USERS.source ??= new class extends PeopleSource {
      public bind(scope: Construct): IPeopleDirectory {
        return new IamUsers(scope);
      }
    }();
    return IAM_USERS.source;
  }

  /**
   * People of IAM Identity Center, who assume the same roles as IAM users do, by AWS's account access manager: the
   * roles stay what they are, and trust its application as well. Groups are in Identity Center, and so are users.
   * Whether they sign in with MFA, and how long ago, is for Identity Center to ask: their sessions do not tell the
   * roles.
   *
   * @see https://docs.aws.amazon.com/account-access/latest/APIReference/Welcome.html
   * @throws where it is used, if the management account is not yours
   */
  public static accountAccess(options: AccountAccessOptions): PeopleSource {
    checkOptions('AccountAccessOptions', options);
    return new class extends PeopleSource {
      public bind(scope: Construct): IPeopleDirectory {
        return new AccountAccess(scope, options);
      }
    }();
  }

  /**
   * People of IAM Identity Center, who get permission sets: one for each definition of a role, such as `acme-admin`,
   * which gives in the account of a stage what the role gives there. The roles stay as they are, and trust nobody new.
   *
   * People get into roles that AWS makes, `AWSReservedSSO_…`, and not into those of the stages: what these ask of a
   * caller, such as MFA, is for Identity Center to ask, and policies of resources that name the role of a stage do not
   * mean them. A role whose policies hold something of its account cannot be a permission set, and is refused. Policies
   * and boundaries of your own are found by their names in each account, and have to be there before it is assigned.
   *
   * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
   * @throws where it is used, if the management account is not yours or `relayState` is no URL
   */
  public static permissionSets(options: PermissionSetsOptions): PeopleSource {
    checkOptions('PermissionSetsOptions', options);
    return new class extends PeopleSource {
      public bind(scope: Construct): IPeopleDirectory {
        return new PermissionSets(scope, options);
      }
    }();
  }

  /**
   * Called once for the people of an organization.
   *
   * @param scope the `People`, in whose organization it defines what it needs
   */
  public abstract bind(scope: Construct): IPeopleDirectory;
}

// one for all, so that it is known again
const IAM_USERS: { source?: PeopleSource } = {};
