import { IConstruct } from 'constructs';
import { IAssumable, ICrossAccountAccessRole } from './cross-account-access-role';
import { StageAccount } from './stage-account';
import { StageProfile } from './stage-profile';

/** The roles of all stages of a kind, also of those that are added later. */
export class StageRoles implements IAssumable {
  /**
   * The roles of this name in all stages of a profile. A stage that has none of that name is left out.
   *
   * @param profile as it was given to the stages
   * @param roleName such as `admin` or `read-only`
   */
  public static ofProfile(profile: StageProfile, roleName: string): StageRoles {
    return new StageRoles(profile, roleName);
  }

  /**
   * The roles of this name in all stages but root.
   *
   * @param roleName such as `read-only`
   */
  public static ofAll(roleName: string): StageRoles {
    return new StageRoles(undefined, roleName);
  }

  private constructor(private readonly profile: StageProfile | undefined, private readonly roleName: string) {}

  /**
   * The roles that are meant of a stage.
   *
   * @param stage one that there is or that is added later
   */
  public rolesIn(stage?: IConstruct): ICrossAccountAccessRole[] {
    return stage && StageAccount.isStageAccount(stage) && stage.hasRole(this.roleName)
      && [undefined, stage.profile].includes(this.profile) ? [stage.role(this.roleName)] : [];
  }
}
