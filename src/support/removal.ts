import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of something of which CloudFormation takes no snapshot. Where the profile wants one, it is kept.
 *
 * @throws if it is asked for a snapshot explicitly
 */
export function keepOrDestroy(given: RemovalPolicy | undefined, ofProfile: RemovalPolicy): RemovalPolicy {
  if (given === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY');
  }
  return given ?? (ofProfile === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN : ofProfile);
}

/** The same for what has a name of its own: a creation that is rolled back must not keep the name from the next one. */
export function keepNamedOrDestroy(given: RemovalPolicy | undefined, ofProfile: RemovalPolicy): RemovalPolicy {
  const removalPolicy = keepOrDestroy(given, ofProfile);
  return removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy;
}
