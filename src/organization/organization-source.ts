import { readOptions } from '../support/options';

/** IDs of an existing organization. */
export interface ExistingOrganization {
  /** ID of the organization, such as `o-a1b2c3d4e5`. */
  readonly organizationId: string;

  /** ID of the organization's root, such as `r-a1b2`: the parent of accounts without an organizational unit. */
  readonly organizationRootId: string;
}

/**
 * Source of the organization. You own either the management account, or only member accounts, or use a single account
 * for everything.
 */
export class OrganizationSource {
  /** You own the management account, and it has no organization yet: creates one, and an account for each stage. */
  public static create(): OrganizationSource {
    return new OrganizationSource('created', true, false);
  }

  /**
   * You own the management account of an existing organization, which is left as it is. Stages without an `accountId`
   * get a new account in it.
   */
  public static existing(organization: ExistingOrganization): OrganizationSource {
    const { options, problems, unknownOptions } = readOptions('ExistingOrganization', organization, ' of OrganizationSource.existing');
    // a valid value replaces one that is missing: all problems are reported together
    return new OrganizationSource('existing', true, false, { organizationId: 'o-0000000000', organizationRootId: 'r-0000', ...options }, [...unknownOptions, ...problems]);
  }

  /**
   * You own only member accounts. One of them acts as root, and every stage needs an `accountId`. Without the
   * management account, no policy of the organization holds the administrators of an account: they can stop its trail.
   */
  public static memberAccounts(): OrganizationSource {
    return new OrganizationSource('member-accounts', false, false);
  }

  /**
   * All stages share one account, and only their names keep them apart: the roles of a stage are not limited to it. So
   * stages have no role `admin`, which could change all other stages and the trail; use that of root.
   */
  public static singleAccount(): OrganizationSource {
    return new OrganizationSource('single-account', false, true);
  }

  private constructor(
    /** @internal */ public readonly _name: string,
    /** @internal */ public readonly _ownsManagementAccount: boolean,
    /** @internal */ public readonly _sharesOneAccount: boolean,
    /** @internal */ public readonly _existing?: ExistingOrganization,
    /** @internal */ public readonly _problems: string[] = [],
  ) {}
}
