import { Aws, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { AssumePolicies } from './assume-policies';
import {
  DirectoryGroup, DirectoryUser, IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess, RoleAssignment,
} from './people-directory';
import { ICrossAccountAccessRole } from '../cross-account-access-role';
import { describeMfa } from '../organization/facts';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { AccountCall } from '../support/account-call';
import { accept } from '../support/nag';
import { admitsUsersOf, readable } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

/** Users and groups of IAM in root. */
export class IamUsers implements IPeopleDirectory {
  public readonly hasUsers = true;

  private readonly organization: IOrganization;
  private readonly stack: Stack;
  private readonly everybody: iam.Group;
  private readonly known: Fact[] = [];
  private readonly policies = new Map<IPeopleGroup, AssumePolicies>();
  private readonly groupNames = new Set<string>();
  private readonly userNames = new Set<string>();

  constructor(private readonly scope: Construct) {
    const organization = this.organization = Organization.of(scope);
    const { root, namespace } = organization;
    this.stack = root.addStack('people', { description: 'The people of the organization, and which roles they may assume' });
    new AccountCall(this.stack, 'password-policy', {
      service: 'IAM',
      action: 'updateAccountPasswordPolicy',
      parameters: PASSWORD_POLICY,
      allowed: ['iam:UpdateAccountPasswordPolicy'],
    });
    const groupName = `${namespace}-everybody`;
    take('groupName', groupName, MAX_GROUP_NAME, this.groupNames);
    organization.addFacts({ facts: () => this.known });
    this.everybody = new iam.Group(this.stack, 'everybody', {
      groupName,
      managedPolicies: [this.ownCredentials()],
    });
  }

  public addGroup({ groupId, groupName = `${this.organization.namespace}-${groupId}` }: DirectoryGroup): IPeopleGroup {
    take('groupName', groupName, MAX_GROUP_NAME, this.groupNames);
    const iamGroup = new iam.Group(this.stack, `group-${groupId}`, { groupName });
    const group = { groupId, groupName, iamGroup };
    const policies = new AssumePolicies(iamGroup);
    this.policies.set(group, policies);
    this.organization.addValidation({ validate: () => policies.problems(groupId) });
    return group;
  }

  public addUser({ userId, userName = userId, groups }: DirectoryUser): IPeopleUser {
    take('userName', userName, MAX_USER_NAME, this.userNames);
    if (userName.length < 2) {
      throw new Error(`userName '${userName}' is too short to be the name of a session, which AWS wants to have 2 characters: choose another`);
    }
    if (groups.length >= MAX_GROUPS) {
      throw new Error(`groups of user '${userId}' are ${groups.length}: IAM allows ${MAX_GROUPS}, including the group of all users`);
    }
    [`${this.organization.namespace}-everybody`, ...groups.map(({ groupName }) => groupName)].forEach(groupName =>
      this.know('member', this.arn('user', userName), this.arn('group', groupName), ''));
    const password = new Secret(this.stack, `password-${userId}`, {
      description: `First password of ${userName}, to be changed at sign-in; call the device for MFA '${userName}' too`,
      generateSecretString: { passwordLength: 24, requireEachIncludedType: true, excludeCharacters: NO_SYMBOLS_TO_IAM },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    accept(password, { rule: 'AwsSolutions-SMG4', reason: 'the password is used once: AWS asks for another one at sign-in' });
    const iamUser = new iam.User(this.stack, `user-${userId}`, {
      userName,
      password: password.secretValue,
      passwordResetRequired: true,
      groups: [this.everybody, ...groups.map(({ iamGroup }) => iamGroup!)],
    });
    return { userName, iamUser };
  }

  public assignRole({ group, role, stage, until }: RoleAssignment): RoleAccess {
    const { management, stages } = this.organization;
    const index = stages.findIndex(one => one === stage);
    // the id that the lookup has found decides only where stacks go
    const accountId = index < 0 ? undefined : management?.accountIdOf(stages[index], this.stack);
    const conditions = { ...role.mfa._conditions(), ...until !== undefined && { DateLessThan: { 'aws:CurrentTime': dayAfter(until) } } };
    this.policies.get(group)!.add(role, conditions, accountId, partOf(index) === 1);
    const terms = [describeMfa(role.mfa), until === undefined ? '' : `until ${until}`].filter(Boolean);
    this.organization.addValidation({ validate: () => this.trustProblems(group.groupId, role) });
    this.know('can-assume', this.arn('group', group.groupName), role.roleArn, terms.join('; '));
    return { way: 'iam-user', conditions: terms };
  }

  /** A role lets users in only if it trusts root's account or users in it. */
  private trustProblems(groupId: string, role: ICrossAccountAccessRole): string[] {
    const { root: { accountId }, management } = this.organization;
    const isTrusted = role.trustedPrincipals?.some(trusted =>
      admitsUsersOf(trusted, accountId, management?.existingOrganizationId)) ?? true;
    // an invalid ID is reported separately
    return isTrusted || accountId === NO_ACCOUNT ? [] : [
      `canAssume of group '${groupId}' has ${readable(role)}, which trusts ${role.trustedPrincipals!.map(readable).join(', ')} `
        + `and no user of root's account '${accountId}': add that to its trustedPrincipals`,
    ];
  }

  private know(kind: string, subject: string, name: string, value: string): void {
    this.known.push({ kind, subject, name, value, source: this.scope.node.path });
  }

  private arn(type: string, name: string): string {
    return `arn:${Aws.PARTITION}:iam::${this.organization.root.accountId}:${type}/${name}`;
  }

  /** Users manage their own password, access keys and devices; without MFA, only password and device. */
  private ownCredentials(): iam.ManagedPolicy {
    const iamArn = (resource: string) => `arn:${Aws.PARTITION}:iam::${this.organization.root.accountId}:${resource}/\${aws:username}`;
    const own = [iamArn('user'), iamArn('mfa')];
    const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    // requests signed with access keys lack this key, and are without MFA too
    const withoutMfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
    const policy = new iam.ManagedPolicy(this.stack, 'own-credentials', {
      managedPolicyName: `${this.organization.namespace}-own-credentials`,
      statements: [
        new iam.PolicyStatement({ sid: 'SeeTheRules', actions: SEE_THE_RULES, resources: ['*'] }),
        new iam.PolicyStatement({ sid: 'OwnPassword', actions: OWN_PASSWORD, resources: [iamArn('user')] }),
        new iam.PolicyStatement({ sid: 'OwnDevice', actions: OWN_DEVICE, resources: own }),
        new iam.PolicyStatement({
          sid: 'OwnKeysAndChangeOfDevice', actions: [...OWN_KEYS, 'iam:DeactivateMFADevice'], resources: [iamArn('user')], conditions: withMfa,
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
}

function dayAfter(day: string): string {
  const next = new Date(day);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().replace('.000', '');
}

/** Names in IAM are not case-sensitive. */
function take(property: string, name: string, max: number, taken: Set<string>): void {
  if (Token.isUnresolved(name)) {
    throw new Error(`${property} is a token: policies and facts are made of it, so give it as a literal`);
  }
  if (!/^[\w+=,.@-]+$/.test(name) || name.length > max) {
    throw new Error(`${property} '${name}' is not a name in IAM: give 1 to ${max} letters, digits and +=,.@_-`);
  }
  if (taken.has(name.toLowerCase())) {
    throw new Error(`${property} '${name}' is taken already: choose another`);
  }
  taken.add(name.toLowerCase());
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_GROUPS = 10;
const MAX_GROUP_NAME = 128;
const MAX_USER_NAME = 64;

/** Secrets Manager generates these too, but the password policy does not count them as symbols. */
const NO_SYMBOLS_TO_IAM = '"\\,./:;<>?`~';

/** @see https://www.cisecurity.org/benchmark/amazon_web_services */
const PASSWORD_POLICY = {
  MinimumPasswordLength: 14,
  PasswordReusePrevention: 24,
  RequireLowercaseCharacters: true,
  RequireUppercaseCharacters: true,
  RequireNumbers: true,
  RequireSymbols: true,
  AllowUsersToChangePassword: true,
};

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
