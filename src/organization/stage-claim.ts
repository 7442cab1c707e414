import { StageClaim } from './problems';
import { StageAccess } from '../stage-access';
import { StageAddresses } from '../stage-addresses';

export interface AskedStage {
  readonly accountId?: string;
  readonly accountName?: string;
  readonly email?: string;
  readonly organizationalUnit?: string;
  readonly accountTags?: { [key: string]: string };
  readonly accountRemoval?: string;
  readonly region?: string;
  readonly bootstrapRoleName?: string;
  readonly addresses?: StageAddresses;
  readonly access?: StageAccess;
}

export interface AskingOrg {
  readonly managementAccountId?: string;
  readonly email?: string;
  readonly ownsManagementAccount: boolean;
  readonly sharesOneAccount: boolean;
}

/** Claim of a stage, from its own options, those that were left out, and those of its organization. */
export function stageClaim(name: string, asked: AskedStage, optionProblems: string[], org: AskingOrg): StageClaim {
  const createsAccount = org.ownsManagementAccount && asked.accountId === undefined;
  const email = asked.email ?? (org.email === undefined ? undefined : plusAddress(org.email, name));
  return {
    name,
    accountId: asked.accountId ?? (org.sharesOneAccount ? org.managementAccountId : undefined),
    email: createsAccount ? email : undefined,
    accountName: createsAccount ? asked.accountName ?? name : undefined,
    accountNameIsDerived: asked.accountName === undefined,
    optionProblems,
    organizationalUnit: org.ownsManagementAccount ? asked.organizationalUnit : undefined,
    accountTags: org.ownsManagementAccount ? asked.accountTags : undefined,
    emailIsDerived: asked.email === undefined,
    region: asked.region,
    bootstrapRoleName: org.sharesOneAccount ? undefined
      : asked.bootstrapRoleName ?? (createsAccount ? CREATED_BY_ORGANIZATIONS : undefined),
    addresses: asked.addresses,
    roleNames: asked.access?.roleNames,
    useless: createsAccount ? [] : given({
      email: asked.email,
      accountName: asked.accountName,
      organizationalUnit: org.ownsManagementAccount ? undefined : asked.organizationalUnit,
      accountTags: org.ownsManagementAccount ? undefined : asked.accountTags,
      accountRemoval: asked.accountRemoval,
      ...org.sharesOneAccount && { bootstrapRoleName: asked.bootstrapRoleName },
    }),
  };
}

/** Role that AWS Organizations makes in each account that it creates, for its management account. */
const CREATED_BY_ORGANIZATIONS = 'OrganizationAccountAccessRole';

/** Names of the properties that are given. */
export function given(props: { [property: string]: unknown }): string[] {
  return Object.keys(props).filter(property => props[property] !== undefined);
}

/** aws@acme.example and prod become aws+prod@acme.example, which most mail servers deliver to aws@acme.example. */
function plusAddress(email: string, tag: string): string {
  const at = email.lastIndexOf('@');
  return at < 0 ? email : `${email.slice(0, at)}+${tag}${email.slice(at)}`;
}
