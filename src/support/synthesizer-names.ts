import { IStackSynthesizer, Stack } from 'aws-cdk-lib';

/**
 * Names of what the synthesizer of a stack expects in its account. A `DefaultStackSynthesizer` has all of them, but
 * tells few.
 */
export interface SynthesizerNames {
  readonly cloudFormationExecutionRole?: string;
  readonly deployRoleArn?: string;
  readonly lookupRole?: string;
  readonly fileAssetPublishingRoleArn?: string;
  readonly imageAssetPublishingRoleArn?: string;
  readonly bucketName?: string;
  readonly repositoryName?: string;
  readonly bootstrapStackVersionSsmParameter?: string;
}

export function synthesizerNames({ synthesizer }: Stack): SynthesizerNames {
  const names: IStackSynthesizer & SynthesizerNames = synthesizer;
  return names;
}

export function qualifierOf({ synthesizer }: Stack): string {
  return synthesizer.bootstrapQualifier ?? 'hnb659fds';
}
