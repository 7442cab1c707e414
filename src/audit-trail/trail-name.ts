import { Token } from 'aws-cdk-lib';

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html */
export function trailNameProblem(property: string, name: string): string[] {
  const isName = /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/.test(name) && name.length >= 3 && name.length <= 128
    && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  return Token.isUnresolved(name) || isName ? [] : [`${property} '${name}' is not the name of a trail: give 3 to 128 letters and digits, with single `
    + 'periods, underscores and hyphens between them, and no IP address'];
}
