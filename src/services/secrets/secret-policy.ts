import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Location and encryption key of secrets. */
export interface SecretPlace {
  readonly stack: Stack;
  readonly path: string;
  readonly keyArn: string;
}

/** Statement of an identity policy. */
export interface Allowance {
  readonly actions: string[];
  readonly resourceArns: string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

export function readAllowances(place: SecretPlace): Allowance[] {
  return [
    {
      actions: ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
      resourceArns: [parameters(place)],
    },
    // requests for all parameters below a path have the path itself as resource
    { actions: ['ssm:GetParametersByPath'], resourceArns: [parameters(place).replace(/\/\*$/, '')] },
    { actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], resourceArns: [secrets(place)] },
    useByParameterStore(place, ['kms:Decrypt']),
    useBySecretsManager(place, ['kms:Decrypt'], [secrets(place)]),
  ];
}

export function writeAllowances(place: SecretPlace): Allowance[] {
  return [
    { actions: ['ssm:PutParameter'], resourceArns: [parameters(place)] },
    {
      actions: [
        'secretsmanager:CreateSecret',
        'secretsmanager:DescribeSecret',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecret',
      ],
      resourceArns: [secrets(place)],
    },
    // Encrypt for standard parameters, GenerateDataKey for advanced ones
    useByParameterStore(place, ['kms:Encrypt', 'kms:GenerateDataKey']),
    // it decrypts to validate access to the key, and to compare a new value with the current one
    useBySecretsManager(place, ['kms:Decrypt', 'kms:GenerateDataKey'], [secrets(place), 'RequestToValidateKeyAccess']),
  ];
}

/**
 * Denies encryption with other keys. Without a key ID, an AWS managed key is used, which everybody in the account who
 * may get parameters can use.
 */
export function refuseOtherKeys(place: SecretPlace): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
    notResources: [place.keyArn],
    conditions: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameters(place)] } },
  });
}

// what is below the path, not other paths with the same prefix

function parameters({ stack, path }: SecretPlace): string {
  return stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${path.slice(1)}/*` });
}

function secrets({ stack, path }: SecretPlace): string {
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${path}/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

// a key may be shared by several stores, so its use is limited to this one

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html */
function useByParameterStore(place: SecretPlace, actions: string[]): Allowance {
  return useOfKey(place, 'ssm', actions, { 'kms:EncryptionContext:PARAMETER_ARN': [parameters(place)] });
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
function useBySecretsManager(place: SecretPlace, actions: string[], of: string[]): Allowance {
  return useOfKey(place, 'secretsmanager', actions, { 'kms:EncryptionContext:SecretARN': of });
}

function useOfKey(
  { stack, keyArn }: SecretPlace, service: string, actions: string[], context: Record<string, string[]>,
): Allowance {
  return {
    actions,
    resourceArns: [keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `${service}.${stack.region}.amazonaws.com` },
      StringLike: context,
    },
  };
}
