import { IStackSynthesizer, Stack } from 'aws-cdk-lib';

/** Names that a `DefaultStackSynthesizer` has of what it expects in an account, most of them in private fields. */
interface SynthesizerNames {
  readonly deployRoleArn?: string;
  readonly fileAssetPublishingRoleArn?: string;
  readonly imageAssetPublishingRoleArn?: string;
  readonly bucketName?: string;
  readonly repositoryName?: string;
  readonly bootstrapStackVersionSsmParameter?: string;
}

export function synthesizerNames({ synthesizer }: Stack): IStackSynthesizer & SynthesizerNames {
  return synthesizer;
}

/** Roles that a synthesizer names: property of the synthesizer -> path and name, such as `/team/deployer`. */
export function synthesizerRoles(stack: Stack): Map<string, string> {
  const names = synthesizerNames(stack);
  const arns: Record<string, string | undefined> = {
    cloudFormationExecutionRole: names.cloudFormationExecutionRole,
    deployRoleArn: names.deployRoleArn,
    lookupRoleArn: names.lookupRole,
    fileAssetPublishingRoleArn: names.fileAssetPublishingRoleArn,
    imageAssetPublishingRoleArn: names.imageAssetPublishingRoleArn,
  };
  return new Map(Object.entries(arns).flatMap(([property, arn]) => {
    const [, path] = /:role(\/.+)$/.exec(arn ?? '') ?? [];
    return path === undefined ? [] : [[property, path]];
  }));
}

export function qualifierOf({ synthesizer }: Stack): string {
  return synthesizer.bootstrapQualifier ?? 'hnb659fds';
}
