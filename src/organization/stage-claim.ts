import { OrganizationSource } from '../organization-source';
import { addressClaims } from '../private/address-plan';
import { plusAddress } from '../private/email';
import { StageClaim } from '../private/org-problems';
import { StageOptions } from '../stage-options';

export interface Around {
  readonly source: OrganizationSource;
  readonly managementAccountId: string;
  readonly email?: string;
}

/** What a stage is asked to be, by what is said of it and of its organization. */
export function stageClaim(name: string, options: StageOptions, org: Around): StageClaim {
  const createsAccount = org.source._ownsManagementAccount && options.accountId === undefined;
  const email = options.email ?? (org.email === undefined ? undefined : plusAddress(org.email, name));
  const shared = org.source._sharesOneAccount ? org.managementAccountId : undefined;
  return {
    name,
    accountId: options.accountId ?? shared,
    email: createsAccount ? email : undefined,
    accountName: createsAccount ? options.accountName ?? name : undefined,
    organizationalUnit: createsAccount ? options.organizationalUnit : undefined,
    emailIsDerived: options.email === undefined,
    region: options.region,
    addresses: addressClaims(options),
    useless: createsAccount ? [] : given({
      email: options.email,
      accountName: options.accountName,
      organizationalUnit: options.organizationalUnit,
      accountRemoval: options.accountRemoval,
    }),
  };
}

/** The names of what is not left out. */
export function given(props: { [property: string]: unknown }): string[] {
  return Object.keys(props).filter(property => props[property] !== undefined);
}
