import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Where secrets are, and what encrypts them. */
export interface SecretPlace {
  readonly stack: Stack;
  readonly path: string;
  readonly keyArn: string;
}

/** What a policy allows. */
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
    // all parameters below a path are asked for by the path itself
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
    // the one is for standard parameters, the other for advanced ones
    useByParameterStore(place, ['kms:Encrypt', 'kms:GenerateDataKey']),
    // it decrypts to see whether it may use the key at all, and whether what is there is the same
    useBySecretsManager(place, ['kms:Decrypt', 'kms:GenerateDataKey'], [secrets(place), 'RequestToValidateKeyAccess']),
  ];
}

/**
 * What is written without naming a key is encrypted by one of AWS, which is for everybody in the account who may get
 * parameters.
 */
export function refuseOtherKeys(place: SecretPlace): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
    notResources: [place.keyArn],
    conditions: { StringLike: { 'kms:EncryptionContext:PARAMETER_ARN': [parameters(place)] } },
  });
}

// what is below the path, and not another path that begins with the same letters

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

// a key may serve several places, so it is used for what is in this one only

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
