import { IConstruct } from 'constructs';
import { IAssumable, ICrossAccountAccessRole } from './cross-account-access-role';
import { StageAccount } from './stage-account';
import { StageProfile } from './stage-profile';

/** Roles in several stages, including stages that are added later. */
export class StageRoles implements IAssumable {
  /**
   * Roles with this name in all stages with a profile. Stages without such a role are skipped.
   *
   * @param profile as passed to the stages
   * @param roleName such as `admin` or `read-only`
   */
  public static ofProfile(profile: StageProfile, roleName: string): StageRoles {
    return new StageRoles(profile, roleName);
  }

  /**
   * Roles with this name in all stages except root.
   *
   * @param roleName such as `read-only`
   */
  public static ofAll(roleName: string): StageRoles {
    return new StageRoles(undefined, roleName);
  }

  private constructor(private readonly profile: StageProfile | undefined, private readonly roleName: string) {}

  /**
   * Returns the matching roles in a stage.
   *
   * @param stage an existing one, or one that is added later
   */
  public rolesIn(stage?: IConstruct): ICrossAccountAccessRole[] {
    return stage && StageAccount.isStageAccount(stage) && stage.hasRole(this.roleName)
      && [undefined, stage.profile].includes(this.profile) ? [stage.role(this.roleName)] : [];
  }
}
