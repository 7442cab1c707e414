import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Removal policy of a resource without CloudFormation snapshots. If the profile wants one, the resource is retained.
 *
 * @throws if a snapshot is requested explicitly
 */
export function keepOrDestroy(given: RemovalPolicy | undefined, ofProfile: RemovalPolicy): RemovalPolicy {
  if (given === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY');
  }
  return given ?? (ofProfile === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN : ofProfile);
}

/** The same for resources with a fixed name: a rolled back creation must not keep the name from the next one. */
export function keepNamedOrDestroy(given: RemovalPolicy | undefined, ofProfile: RemovalPolicy): RemovalPolicy {
  const removalPolicy = keepOrDestroy(given, ofProfile);
  return removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : removalPolicy;
}

/** Applies a removal policy to all resources of a construct whose types match. */
export function applyToTypes(scope: IConstruct, types: RegExp, removalPolicy: RemovalPolicy): void {
  scope.node.findAll().filter(CfnResource.isCfnResource).filter(({ cfnResourceType }) => types.test(cfnResourceType))
    .forEach(resource => resource.applyRemovalPolicy(removalPolicy));
}
