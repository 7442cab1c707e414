import { Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** Account ID of a stage whose own account does not exist yet. AWS assigns it to nobody. */
export const NO_ACCOUNT = '000000000000';

// each rule returns the problems of the value, if any

/** @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html */
export function accountIdProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: the CDK would deploy to whatever account the caller is in, so give the 12 digits`];
  }
  return /^\d{12}$/.test(value) && value !== NO_ACCOUNT
    ? [] : [`${property} '${value}' is not an account id: give its 12 digits as a string`];
}

export function regionProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: stacks need to know their region at synth, give it as a literal`];
  }
  // asked for each stack; loading them all takes as long as the library
  regions ??= new Set(RegionInfo.regions.map(({ name }) => name));
  return regions.has(value)
    ? [] : [`${property} '${value}' is not a region that this aws-cdk-lib knows: check the spelling, or update aws-cdk-lib`];
}

let regions: Set<string> | undefined;

/** Names shared between accounts start with the namespace; 24 characters leave room for the rest in a bucket's 63. */
export function namespaceProblem(property: string, value: string): string[] {
  if (Token.isUnresolved(value)) {
    return [`${property} is a token: the names of roles and parameters start with it, so give it as a literal`];
  }
  if (!isNamePart(value)) {
    return [`${property} '${value}' cannot start the names of roles and buckets: give 1 to 24 lower-case letters, `
      + 'digits and single hyphens, starting with a letter'];
  }
  const [, reserved] = RESERVED_BEGINNING.exec(value) ?? [];
  return reserved === undefined ? [] : [`${property} '${value}' starts with '${reserved}', which AWS keeps for itself in the names of `
    + 'parameters and buckets: give another'];
}

/**
 * Beginnings of names that no parameter and no bucket may have.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const RESERVED_BEGINNING = /^(aws|ssm|sthree(?=-|$)|amzn-s3-demo(?=-|$))/;

export function stageNameProblem(value: string): string[] {
  if (Token.isUnresolved(value)) {
    return ['name of a stage is a token: ids and names are made of it, so give it as a literal'];
  }
  if (value in {}) {
    return [`stage '${value}' cannot be the name of a construct: choose another name`];
  }
  return isNamePart(value)
    ? [] : [`stage '${value}' cannot be part of names: give 1 to 24 lower-case letters, digits and single hyphens, `
      + 'starting with a letter'];
}

function isNamePart(value: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) && value.length <= 24;
}

/** An account is in one partition, and no role leads from one into another. */
export function partitionProblem(property: string, region: string, homeRegion: string): string[] {
  const [there, here] = [region, homeRegion].map(name => RegionInfo.get(name).partition);
  return there === here || there === undefined || here === undefined ? []
    : [`${property} '${region}' is in partition '${there}', and homeRegion '${homeRegion}' in '${here}', which share neither accounts nor roles: `
      + 'give that one a MultiAccountOrg of its own'];
}
