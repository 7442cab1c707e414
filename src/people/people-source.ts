import { Construct } from 'constructs';
import { IamUsers } from './iam-users';
import { IPeopleDirectory } from './people-directory';

/** Source of the people of an organization: the directory that they are in. To be extended by one of your own. */
export abstract class PeopleSource {
  /** Users and groups of IAM in root, who sign in there and assume the roles of the stages. */
  public static iamUsers(): PeopleSource {
    return new class extends PeopleSource {
      public bind(scope: Construct): IPeopleDirectory {
        return new IamUsers(scope);
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
