import { isAllowed, Principal, Target } from './evaluate';
import { allow } from './policy';
import { principals, trailArn, user } from './table';
import { ACCOUNTS, REGION } from './templates';
import { World } from './world';

const IAM = `arn:aws:iam::${ACCOUNTS.root}`;
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNTS.root}:secret:ada-a1b2c3`;
const SEAL = `arn:aws:organizations::${ACCOUNTS.root}:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4`;
const PROD = `arn:aws:organizations::${ACCOUNTS.root}:account/o-a1b2c3d4e5/${ACCOUNTS.prod}`;

/** What somebody may want to do in root, beside assuming roles. */
const DEEDS: Target[] = [
  deed('see the password policy', 'iam:GetAccountPasswordPolicy', '*'),
  deed('list devices', 'iam:ListVirtualMFADevices', '*'),
  deed('change own password', 'iam:ChangePassword', `${IAM}:user/ada`),
  deed('see own user', 'iam:GetUser', `${IAM}:user/ada`),
  deed('create own device', 'iam:CreateVirtualMFADevice', `${IAM}:mfa/ada`),
  deed('enable own device', 'iam:EnableMFADevice', `${IAM}:user/ada`),
  deed('delete own device', 'iam:DeleteVirtualMFADevice', `${IAM}:mfa/ada`),
  deed('resync own device', 'iam:ResyncMFADevice', `${IAM}:user/ada`),
  deed('list own devices', 'iam:ListMFADevices', `${IAM}:user/ada`),
  deed('deactivate own device', 'iam:DeactivateMFADevice', `${IAM}:user/ada`),
  deed('create own key', 'iam:CreateAccessKey', `${IAM}:user/ada`),
  deed('list own keys', 'iam:ListAccessKeys', `${IAM}:user/ada`),
  deed('delete own key', 'iam:DeleteAccessKey', `${IAM}:user/ada`),
  deed("change another's password", 'iam:ChangePassword', `${IAM}:user/eve`),
  deed("reset another's password", 'iam:UpdateLoginProfile', `${IAM}:user/eve`),
  deed('reset own password', 'iam:UpdateLoginProfile', `${IAM}:user/ada`),
  deed('create a device under another name', 'iam:CreateVirtualMFADevice', `${IAM}:mfa/eve`),
  deed("enable another's device", 'iam:EnableMFADevice', `${IAM}:user/eve`),
  deed("delete another's device", 'iam:DeleteVirtualMFADevice', `${IAM}:mfa/eve`),
  deed("resync another's device", 'iam:ResyncMFADevice', `${IAM}:user/eve`),
  deed("see another's user", 'iam:GetUser', `${IAM}:user/eve`),
  deed("deactivate another's device", 'iam:DeactivateMFADevice', `${IAM}:user/eve`),
  deed("create another's key", 'iam:CreateAccessKey', `${IAM}:user/eve`),
  deed('join a group', 'iam:AddUserToGroup', `${IAM}:group/acme-operators`),
  deed('write own policy', 'iam:PutUserPolicy', `${IAM}:user/ada`),
  deed("rewrite the group's policy", 'iam:PutGroupPolicy', `${IAM}:group/acme-engineers`),
  deed("rewrite everybody's policy", 'iam:CreatePolicyVersion', `${IAM}:policy/acme-own-credentials`),
  deed('create a user', 'iam:CreateUser', `${IAM}:user/mallory`),
  deed('federate', 'sts:GetFederationToken', `arn:aws:sts::${ACCOUNTS.root}:federated-user/ada`),
  deed('list buckets', 's3:ListAllMyBuckets', '*'),
  deed('read first passwords', 'secretsmanager:GetSecretValue', SECRET),
  deed('close prod', 'organizations:CloseAccount', PROD),
  deed('stop the trail', 'cloudtrail:StopLogging', trailArn(ACCOUNTS.root, 'acme-trail')),
  deed('unseal audit', 'organizations:DetachPolicy', SEAL),
];

// who has stolen keys changes a password only by the old one
const BY_KEYS = [
  'see the password policy', 'list devices', 'change own password', 'see own user', 'list own devices',
];
const ENROLMENT = ['create own device', 'enable own device', 'delete own device', 'resync own device'];
const SIGNED_IN = [...BY_KEYS, ...ENROLMENT];
const WITH_MFA = [...SIGNED_IN, 'deactivate own device', 'create own key', 'list own keys', 'delete own key'];

interface Deed {
  readonly name: string;
  readonly allowed: boolean;
}

/** What a real user, one whom somebody else has allowed everything, and who only reads in root can do. */
export async function deeds(world: World): Promise<Deed[]> {
  const everybody = world.groups.get('acme-everybody')!;
  const users = [
    ...user('ada', world.users.get('ada')!.groups.flatMap(group => world.groups.get(group)!)),
    ...user('administrator', [...everybody, allow('*')], 'ada'),
    ...principals(world).filter(({ name }) => name.startsWith('root read-only')),
  ];
  return Promise.all(users.flatMap(somebody => DEEDS.map(async target =>
    ({ name: nameOf(somebody, target), allowed: await isAllowed(somebody, target) }))));
}

/** What is allowed of it. */
export const EXPECTED_DEEDS = [
  ...['ada by keys', 'administrator by keys'].flatMap(who => BY_KEYS.map(what => `${who} → ${what}`)),
  ...['ada without MFA', 'administrator without MFA'].flatMap(who => SIGNED_IN.map(what => `${who} → ${what}`)),
  ...WITH_MFA.map(what => `ada with MFA → ${what}`),
  ...DEEDS.map(({ name }) => `administrator with MFA → ${name}`),
  ...['root read-only', 'root read-only, switched to with MFA'].flatMap(who => [
    'see the password policy', 'list devices', 'see own user', "see another's user", 'list own devices',
    'list own keys', 'list buckets',
  ].map(what => `${who} → ${what}`)),
];

/** Whoever signs in for the first time has no device yet, and has to get one. */
export const FIRST_DEVICE = ['ada', 'administrator']
  .flatMap(who => ENROLMENT.map(what => `${who} without MFA → ${what}`));

/**
 * A second device of the thief's choice, with which keys alone would become keys with MFA. A session that keys get
 * without a code is not by keys for a policy, and AWS lets it call nothing of IAM.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export const NO_DEVICE_BY_KEYS = ['ada', 'administrator']
  .flatMap(who => ENROLMENT.map(what => `${who} by keys → ${what}`));

export const NOBODY_ELSES_WITHOUT_MFA = ['administrator by keys', 'administrator without MFA'].flatMap(who => [
  "change another's password", "see another's user", 'create a device under another name', "enable another's device",
  "delete another's device", "resync another's device",
].map(what => `${who} → ${what}`));

function nameOf(somebody: Principal, target: Target): string {
  return `${somebody.name} → ${target.name}`;
}

function deed(name: string, action: string, resource: string): Target {
  return { name, action, resource, account: ACCOUNTS.root, context: {} };
}
