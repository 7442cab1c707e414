import { Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** Account ID of a stage whose own account does not exist yet. AWS assigns it to nobody. */
export const NO_ACCOUNT = '000000000000';

// each rule returns the problems of the value, if any

/** @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html */
export function accountIdProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: the CDK would deploy to whatever account the caller is in; give the 12 digits, `
      + 'or leave it out and the account is looked up by its e-mail'];
  }
  return /^\d{12}$/.test(value) && value !== NO_ACCOUNT
    ? [] : [`${property} '${value}' is not an account id: give its 12 digits as a string`];
}

export function regionProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: stacks need to know their region at synth, give it as a literal`];
  }
  return RegionInfo.regions.some(region => region.name === value)
    ? [] : [`${property} '${value}' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib`];
}

/** Names shared between accounts start with the namespace; 24 characters leave room for the rest in a bucket's 63. */
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
