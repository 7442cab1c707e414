/** Which organization exists already. */
export interface ExistingOrganization {
  /** The id of the organization, such as `o-a1b2c3d4e5`. */
  readonly organizationId: string;

  /** The id of its root, such as `r-a1b2`: the place of stages without an organizational unit. */
  readonly organizationRootId: string;
}

/**
 * Where the organization comes from. There are three situations: we own the management account, we own member accounts
 * only, or everything lives in a single account.
 */
export class OrganizationSource {
  /** We own the management account, and it has no organization yet: it is created, and an account for each stage. */
  public static create(): OrganizationSource {
    return new OrganizationSource(true, false);
  }

  /**
   * We own the management account of an organization that exists: it is adopted, and left as it is. Stages without an
   * `accountId` get a new account in it.
   */
  public static existing(organization: ExistingOrganization): OrganizationSource {
    return new OrganizationSource(true, false, organization);
  }

  /** We own member accounts only. One of them acts as root, and every stage names its account. */
  public static memberAccounts(): OrganizationSource {
    return new OrganizationSource(false, false);
  }

  /** Everything lives in one account: all stages share it, and their names keep them apart. */
  public static singleAccount(): OrganizationSource {
    return new OrganizationSource(false, true);
  }

  private constructor(
    /** @internal */ public readonly _ownsManagementAccount: boolean,
    /** @internal */ public readonly _sharesOneAccount: boolean,
    /** @internal */ public readonly _existing?: ExistingOrganization,
  ) {}
}
