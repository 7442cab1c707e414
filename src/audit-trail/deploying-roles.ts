import { Aws, Stack } from 'aws-cdk-lib';
import { qualifierOf, synthesizerNames } from '../support/synthesizer-names';

/** ARN of the role with which CloudFormation deploys a stack. Not set if its synthesizer names none. */
export function deploymentRoleArn({ synthesizer }: Stack): string | undefined {
  return synthesizer.cloudFormationExecutionRole?.replace(/\$\{AWS::Partition\}/g, Aws.PARTITION) || undefined;
}

/** Roles that deploy a stack, and buckets of its assets, as patterns of names for all accounts and regions. */
export function deploying(stack: Stack): { roles: string[]; buckets: string[] } {
  const qualifier = qualifierOf(stack);
  const names = synthesizerNames(stack);
  const roles = [
    names.cloudFormationExecutionRole, names.deployRoleArn, names.lookupRole,
    names.fileAssetPublishingRoleArn, names.imageAssetPublishingRoleArn,
  ];
  // the account may not exist yet, and it has stacks in other regions
  const anywhere = (name: string) => name.split(stack.account).join('*').split(stack.region).join('*');
  const patterns = (standard: string, found: Array<string | undefined>) => [
    standard,
    ...new Set(found.flatMap(name => name?.startsWith(standard.slice(0, -1)) === false ? [anywhere(name)] : [])),
  ];
  return {
    roles: patterns(`cdk-${qualifier}-*`, roles.map(arn => arn?.split(':role/')[1])),
    buckets: patterns(`cdk-${qualifier}-assets-*`, [names.bucketName]),
  };
}

/** Problems of a stack whose deployments have to be told from everybody else. */
export function deploymentProblems(stack: Stack): string[] {
  const { constructor: { name } } = stack.synthesizer;
  if (deploymentRoleArn(stack) === undefined) {
    return [`synthesizer of stack '${stack.node.path}' is a ${name}, which names no role with which CloudFormation deploys, `
      + 'so that nobody could change the bucket and its key: give the app a DefaultStackSynthesizer as its defaultStackSynthesizer'];
  }
  return deploying(stack).roles.filter(pattern => pattern.startsWith('*')).map(pattern =>
    `synthesizer of stack '${stack.node.path}' names a role '${pattern}', which could be any role in the account: `
    + 'give it a name that begins otherwise than with account or region');
}
