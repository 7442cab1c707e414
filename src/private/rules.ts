import { Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** The account of a stage whose own account does not exist yet. AWS gives it to nobody. */
export const NO_ACCOUNT = '000000000000';

// each rule returns what is wrong with the value, or nothing

/** @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html */
export function accountIdProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: the CDK would deploy to whatever account the caller is in; give the 12 digits, `
      + 'or leave it out and the account is looked up by its e-mail'];
  }
  return /^\d{12}$/.test(value) && value !== NO_ACCOUNT
    ? [] : [`${property} '${value}' is not an account id: give its 12 digits as a string`];
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
export function emailProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: accounts are found by their e-mail, so give it as a literal`];
  }
  if (value.length < 6 || value.length > 64) {
    return [`${property} '${value}' has ${value.length} characters: AWS takes 6 to 64`];
  }
  if (value !== value.toLowerCase()) {
    return [`${property} '${value}' has capital letters: AWS takes addresses as the same whatever their case, but finds an `
      + 'account by the very letters, so write it in lower case'];
  }
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
    ? [] : [`${property} '${value}' is not an e-mail address: give one like 'aws@acme.example'`];
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
export function accountNameProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: an account cannot be renamed by a deployment, so give it as a literal`];
  }
  return /^[\u0020-\u007E]{1,50}$/.test(value)
    ? [] : [`${property} '${value}' is not an account name: AWS takes 1 to 50 printable ASCII characters`];
}

export function regionProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: stacks need to know their region at synth, give it as a literal`];
  }
  return RegionInfo.regions.some(region => region.name === value)
    ? [] : [`${property} '${value}' is not a region that this aws-cdk-lib knows: mind the spelling, or update aws-cdk-lib`];
}

/**
 * Names that two accounts agree on start with the namespace; 24 characters leave room for the rest in a bucket's 63.
 */
export function namespaceProblem(property: string, value: string): string[] {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) && value.length <= 24
    ? [] : [`${property} '${value}' cannot start the names of roles and buckets: give 1 to 24 lower-case letters, `
      + 'digits and single hyphens, starting with a letter'];
}

export function stageNameProblem(value: string): string[] {
  if (value in {}) {
    return [`stage '${value}' cannot be the name of a construct: choose another name`];
  }
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) && value.length <= 24
    ? [] : [`stage '${value}' cannot be part of names: give 1 to 24 lower-case letters, digits and single hyphens, `
      + 'starting with a letter'];
}

/** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const OU_DEPTH = 5;

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganizationalUnit.html */
export function organizationalUnitProblem(property: string, path: string): string[] {
  if (Token.isUnresolved(path)) {
    return [`${property} is a token: the ids of organizational units depend on their paths, so give it as a literal`];
  }
  const names = path.split('/');
  if (names.length > OU_DEPTH) {
    return [`${property} '${path}' is ${names.length} levels deep: AWS Organizations nests at most ${OU_DEPTH}`];
  }
  const bad = names.find(name => name.trim() !== name || name.length < 1 || name.length > 128);
  return bad === undefined ? [] : [`${property} '${path}' has a part '${bad}': separate names of 1 to 128 characters, `
    + 'without outer spaces, by single slashes'];
}

export function idProblem(property: string, value: string, pattern: RegExp, example: string): string[] {
  return pattern.test(value) ? [] : [`${property} '${value}' is not such an id: give one like '${example}'`];
}

/** One problem for each value that several owners claim. */
export function collisions(
  what: string, claims: ReadonlyArray<{ readonly owner: string; readonly value: string }>, wayOut: string,
): string[] {
  const owners = new Map<string, string[]>();
  for (const { owner, value } of claims) {
    owners.set(value, [...owners.get(value) ?? [], owner]);
  }
  return [...owners].filter(([, names]) => names.length > 1).map(([value, names]) =>
    `${what} '${value}' is claimed by ${names.map(name => `'${name}'`).join(' and ')}: ${wayOut}`);
}
