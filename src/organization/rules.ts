import { Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

// each rule returns the problems of the value, if any

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
export function emailProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: accounts are found by their e-mail, so give it as a literal`];
  }
  if (value.length < 6 || value.length > 64) {
    return [`${property} '${value}' has ${value.length} characters: AWS takes 6 to 64`];
  }
  if (value !== value.toLowerCase()) {
    return [`${property} '${value}' has capital letters: AWS ignores the case of addresses, but not in the lookup of an `
      + 'account, so write it in lower case'];
  }
  return ADDRESS.test(value)
    ? [] : [`${property} '${value}' is not an e-mail address that AWS accepts: give one like 'aws@acme.example'`];
}

// printable ASCII without what the reference excludes. a label of a domain is not empty and has no outer hyphen
const ADDRESS = /^(?!\.)[!#$*+\--9=?^-z{}~]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
export function accountNameProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: an account cannot be renamed by a deployment, so give it as a literal`];
  }
  return /^[\u0020-\u007E]{1,50}$/.test(value)
    ? [] : [`${property} '${value}' is not an account name: AWS takes 1 to 50 printable ASCII characters`];
}

/** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const ACCOUNT_TAGS = 50;

/**
 * CloudFormation, which has them on the stack of the account as well, takes no value that is empty.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Tag.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
 */
export function accountTagProblems(property: string, tags: { [key: string]: string }): string[] {
  const all = Object.entries(tags);
  const textProblem = (what: string, text: string, most: number) => text.length < 1 || text.length > most
    ? [`${what} has ${text.length} characters: AWS takes 1 to ${most}`]
    : TAG_TEXT.test(text) ? [] : [`${what} has characters that AWS does not take: use letters, digits, spaces and _.:/=+-@`];
  return [
    ...all.length <= ACCOUNT_TAGS ? [] : [`${property} has ${all.length} tags: AWS takes ${ACCOUNT_TAGS}, so leave some out`],
    ...all.flatMap(([key, value]) => {
      if (Token.isUnresolved(key) || Token.isUnresolved(value)) {
        const which = Token.isUnresolved(key) ? 'a key' : `value of '${key}'`;
        return [`${which} in ${property} is a token: tags are on the stack of the account as well, so give it as a literal`];
      }
      return [
        ...textProblem(`key '${key}' in ${property}`, key, 128),
        ...!/^aws:/i.test(key) ? [] : [`key '${key}' in ${property} begins with 'aws:', which AWS reserves: choose another one`],
        ...textProblem(`value of '${key}' in ${property}`, value, 256),
      ];
    }),
  ];
}

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export function roleNameProblem(property: string, value: string): string[] {
  return /^[\w+=,.@-]{1,64}$/.test(value)
    ? [] : [`${property} '${value}' is not the name of a role: give one without its path, like 'OrganizationAccountAccessRole'`];
}

/** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const OU_DEPTH = 5;

/** The first part is that of the root. @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html */
export const UNIT_ID = /^ou-([0-9a-z]{4,32})-[a-z0-9]{8,32}$/;

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html */
export function organizationalUnitProblem(property: string, path: string): string[] {
  if (Token.isUnresolved(path)) {
    return [`${property} is a token: the ids of organizational units depend on their paths, so give it as a literal`];
  }
  const names = path.split('/');
  if (names.length > OU_DEPTH) {
    return [`${property} '${path}' is ${names.length} levels deep: AWS Organizations nests at most ${OU_DEPTH}`];
  }
  if (UNIT_ID.test(path) && /\d/.test(path)) {
    return [`${property} '${path}' is an id: give a path, such as 'workloads', and its id by existingOrganizationalUnits`];
  }
  const bad = names.find(name => name.trim() !== name || name.length < 1 || name.length > 128);
  return bad === undefined ? [] : [`${property} '${path}' has a part '${bad}': separate names of 1 to 128 characters, `
    + 'without outer spaces, by single slashes'];
}

/**
 * AWS has all regions that it opened after March 2019 switched off in an account that is created.
 *
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export function optInProblem(property: string, region: string): string[] {
  return RegionInfo.get(region).isOptInRegion
    ? [`${property} '${region}' is an opt-in region, which is off in new accounts: choose another one, or set regionsAreEnabled and enable it `
      + 'in each of them, which can take hours'] : [];
}

export function servicePrincipalProblem(property: string, value: string): string[] {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(value)
    ? [] : [`${property} '${value}' is not an AWS service principal: give a literal like 'guardduty.amazonaws.com'`];
}

export function policyTypeProblem(property: string, value: string): string[] {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(value)
    ? [] : [`${property} '${value}' is not a policy type: give its name in AWS Organizations like 'TAG_POLICY'`];
}

export function idProblem(property: string, value: string, pattern: RegExp, example: string): string[] {
  return pattern.test(value) ? [] : [`${property} '${value}' is not a valid id: give one like '${example}'`];
}

/** One problem for each value claimed by several owners, of which one is ours. */
export function collisions(
  what: string, claims: ReadonlyArray<{ readonly owner: string; readonly value: string }>, wayOut: string,
  isOurs = (_owner: string) => true,
): string[] {
  const owners = new Map<string, Set<string>>();
  for (const { owner, value } of claims) {
    const names = owners.get(value) ?? new Set();
    owners.set(value, names.add(owner));
  }
  return [...owners].map(([value, names]) => ({ value, names: [...names] }))
    .filter(({ names }) => names.length > 1 && names.some(isOurs))
    .map(({ value, names }) => `${what} '${value}' is claimed by ${names.map(name => `'${name}'`).join(' and ')}: ${wayOut}`);
}
