import { Aws, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { accept } from '../support/nag';

// users of IAM who sign in to root, whatever for

/** Adds a user with a first password in a secret, which AWS asks to be changed at sign-in. */
export function addSigningInUser(stack: Stack, id: string, userName: string, groups: iam.IGroup[]): iam.User {
  const password = new Secret(stack, `password-${id}`, {
    description: `First password of ${userName}, to be changed at sign-in; call the device for MFA '${userName}' too`,
    generateSecretString: { passwordLength: 24, requireEachIncludedType: true, excludeCharacters: NO_SYMBOLS_TO_IAM },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  accept(password, { rule: 'AwsSolutions-SMG4', reason: 'the password is used once: AWS asks for another one at sign-in' });
  return new iam.User(stack, `user-${id}`, { userName, password: password.secretValue, passwordResetRequired: true, groups });
}

export interface OwnCredentialsOptions {
  readonly accountId: string;
  readonly withKeys: boolean;
}

/** Users manage their own password, devices and, with keys, access keys; without MFA, only password and device. */
export function ownCredentials(
  stack: Stack, managedPolicyName: string, { accountId, withKeys }: OwnCredentialsOptions,
): iam.ManagedPolicy {
  const iamArn = (resource: string) => `arn:${Aws.PARTITION}:iam::${accountId}:${resource}/\${aws:username}`;
  const own = [iamArn('user'), iamArn('mfa')];
  const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  // requests signed with access keys lack this key, and are without MFA too
  const withoutMfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
  const policy = new iam.ManagedPolicy(stack, 'own-credentials', {
    managedPolicyName,
    statements: [
      new iam.PolicyStatement({ sid: 'SeeTheRules', actions: SEE_THE_RULES, resources: ['*'] }),
      new iam.PolicyStatement({ sid: 'OwnPassword', actions: OWN_PASSWORD, resources: [iamArn('user')] }),
      new iam.PolicyStatement({ sid: 'OwnDevice', actions: OWN_DEVICE, resources: own }),
      new iam.PolicyStatement({
        sid: withKeys ? 'OwnKeysAndChangeOfDevice' : 'ChangeOfDevice',
        actions: [...withKeys ? OWN_KEYS : [], 'iam:DeactivateMFADevice'],
        resources: [iamArn('user')],
        conditions: withMfa,
      }),
      new iam.PolicyStatement({
        sid: 'NothingElseWithoutMfa',
        effect: iam.Effect.DENY,
        notActions: [...SEE_THE_RULES, ...OWN_PASSWORD, ...OWN_DEVICE, 'sts:GetSessionToken'],
        resources: ['*'],
        conditions: withoutMfa,
      }),
      new iam.PolicyStatement({
        sid: 'NobodyElsesWithoutMfa',
        effect: iam.Effect.DENY,
        actions: [...OWN_PASSWORD, ...OWN_DEVICE],
        notResources: own,
        conditions: withoutMfa,
      }),
      new iam.PolicyStatement({
        // stolen access keys could otherwise register a device, and have MFA from then on: it needs a console sign-in
        sid: 'NoDeviceByKeys',
        effect: iam.Effect.DENY,
        actions: OWN_DEVICE.filter(action => !action.startsWith('iam:List')),
        resources: ['*'],
        conditions: { Null: { 'aws:MultiFactorAuthPresent': 'true' } },
      }),
    ],
  });
  accept(policy, { rule: 'AwsSolutions-IAM5', reason: 'the variable is the name of the user who asks; the lists have no resource' });
  return policy;
}

/** Throws at what is no name in IAM. */
export function checkIamName(property: string, name: string, max: number): void {
  if (Token.isUnresolved(name)) {
    throw new Error(`${property} is a token: policies and facts are made of it, so give it as a literal`);
  }
  if (!/^[\w+=,.@-]+$/.test(name) || name.length > max) {
    throw new Error(`${property} '${name}' is not a name in IAM: give 1 to ${max} letters, digits and +=,.@_-`);
  }
}

/** Throws at what is no name of a user who assumes roles. */
export function checkUserName(userName: string): void {
  checkIamName('userName', userName, MAX_USER_NAME);
  if (userName.length < 2) {
    throw new Error(`userName '${userName}' is too short to be the name of a session, which AWS wants to have 2 characters: choose another`);
  }
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_USER_NAME = 64;

/** Secrets Manager generates these too, but the password policy does not count them as symbols. */
const NO_SYMBOLS_TO_IAM = '"\\,./:;<>?`~';

/**
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
 */
const SEE_THE_RULES = ['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices'];
const OWN_PASSWORD = ['iam:ChangePassword', 'iam:GetUser'];
// a device can be deleted only before it is enabled, or after it was deactivated
const OWN_DEVICE = [
  'iam:CreateVirtualMFADevice', 'iam:DeleteVirtualMFADevice', 'iam:EnableMFADevice', 'iam:ListMFADevices', 'iam:ResyncMFADevice',
];
const OWN_KEYS = [
  'iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:UpdateAccessKey',
];
