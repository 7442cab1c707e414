import { Aws, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { IAssumable, ICrossAccountAccessRole } from '../cross-account-access-role';
import { describeMfa } from '../organization/facts';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { StageAccount } from '../stage-account';
import { AssumePolicies } from './assume-policies';
import { AccountCall } from '../support/account-call';
import { accept } from '../support/nag';
import { checkOptions, shown } from '../support/options';
import { kindsOf, readable } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

/** Options of a group. */
export interface GroupOptions {
  /**
   * Roles that members of the group may assume, such as `dev.admin`, or the roles in several stages, such as
   * `StageRoles.ofProfile`. The group gives no access to other stages. About 1,000 roles fit into the policies of one
   * group: those that do not fit into the first are in nested stacks.
   *
   * @default - none
   */
  readonly canAssume?: IAssumable[];

  /**
   * Name of the group.
   *
   * @default - the namespace of the organization and the ID, such as `acme-engineers`
   */
  readonly groupName?: string;
}

/** Options of a user. */
export interface UserOptions {
  /**
   * Groups that the user is a member of.
   *
   * @default - none: the user can only sign in and manage their own credentials
   */
  readonly groups?: iam.IGroup[];

  /**
   * Name with which the user signs in.
   *
   * @default - the ID
   */
  readonly userName?: string;
}

/**
 * Defines the users and groups of an organization, in root only. To access other accounts, users assume roles. An
 * organization has one such construct; its `addGroup` and `addUser` create it if it does not exist.
 */
export class People extends Construct {
  /** Returns the people of an organization. If there are none, they are created under an ID that no stage can have. */
  public static of(organization: IOrganization): People {
    return PEOPLE.get(organization) ?? new People(organization, 'People');
  }

  private readonly organization: IOrganization;
  private readonly stage: StageAccount;
  private readonly stack: Stack;
  private readonly everybody: iam.Group;
  private readonly known: Fact[] = [];
  private readonly namesOfGroups = new Map<iam.IGroup, string>();
  private readonly groupNames = new Set<string>();
  private readonly userNames = new Set<string>();

  /**
   * @throws if the organization already has its people
   */
  constructor(scope: Construct, id: string) {
    super(scope, checked(scope, id));
    const organization = this.organization = Organization.of(this);
    PEOPLE.set(organization, this);
    this.stage = organization.root;
    this.stack = this.stage.addStack('people', { description: 'The people of the organization, and which roles they may assume' });
    new AccountCall(this.stack, 'password-policy', {
      service: 'IAM',
      action: 'updateAccountPasswordPolicy',
      parameters: PASSWORD_POLICY,
      allowed: ['iam:UpdateAccountPasswordPolicy'],
    });
    const groupName = `${this.stage.namespace}-everybody`;
    this.take('groupName', groupName, MAX_GROUP_NAME, this.groupNames);
    organization.addFacts({ facts: () => this.known });
    this.everybody = new iam.Group(this.stack, 'everybody', {
      groupName,
      managedPolicies: [this.ownCredentials()],
    });
    this.namesOfGroups.set(this.everybody, groupName);
  }

  /**
   * Adds a group of users.
   *
   * @throws if the ID or name is already taken, or `canAssume` has something that is no role. Synthesis fails if its
   * roles exceed the limits of a group, or one is there under two names
   */
  public addGroup(id: string, options: GroupOptions = {}): iam.Group {
    this.checkId('group', id);
    checkOptions('GroupOptions', options, ` of group '${id}'`);
    const { canAssume = [] } = options;
    const groupName = options.groupName ?? `${this.stage.namespace}-${id}`;
    this.take('groupName', groupName, MAX_GROUP_NAME, this.groupNames);
    checkAssumables(id, canAssume);
    const group = new iam.Group(this.stack, `group-${id}`, { groupName });
    this.namesOfGroups.set(group, groupName);
    const policies = new AssumePolicies(group);
    const roles = new Set<ICrossAccountAccessRole>();
    const assume = (stage?: StageAccount) => canAssume.flatMap(assumable => assumable.rolesIn(stage))
      .filter(role => !roles.has(role)).forEach(role => {
        roles.add(role);
        this.letAssume(group, id, role, policies);
      });
    assume();
    this.organization.visitStages({ visit: assume });
    this.organization.addValidation({
      validate: () => roles.size === 0 && canAssume.length > 0
        ? [`canAssume of group '${id}' matches no role: check the name of the role and the profiles of the stages`]
        : [...policies.problems(id, roles.size), ...twiceProblems(id, [...roles])],
    });
    return group;
  }

  /**
   * Adds a user to root, who can sign in and manage their own password, access keys and MFA devices. Without MFA,
   * users can only manage their password and device. The initial password is stored in Secrets Manager of root.
   *
   * @throws if the ID or name is already taken, if there are more groups than IAM allows, or a group is named twice or
   * of another account
   */
  public addUser(id: string, options: UserOptions = {}): iam.User {
    this.checkId('user', id);
    checkOptions('UserOptions', options, ` of user '${id}'`);
    const userName = options.userName ?? id;
    const groups = options.groups ?? [];
    this.take('userName', userName, MAX_USER_NAME, this.userNames);
    if (userName.length < 2) {
      throw new Error(`userName '${userName}' is too short to be the name of a session, which AWS wants to have 2 characters: choose another`);
    }
    this.checkGroups(id, groups);
    [this.everybody, ...groups].forEach(group =>
      this.know('member', this.arn('user', userName), this.nameOf(group), ''));
    const password = new Secret(this.stack, `password-${id}`, {
      description: `First password of ${userName}, to be changed at sign-in; call the device for MFA '${userName}' too`,
      generateSecretString: { passwordLength: 24, requireEachIncludedType: true, excludeCharacters: NO_SYMBOLS_TO_IAM },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    accept(password, { rule: 'AwsSolutions-SMG4', reason: 'the password is used once: AWS asks for another one at sign-in' });
    return new iam.User(this.stack, `user-${id}`, {
      userName,
      password: password.secretValue,
      passwordResetRequired: true,
      groups: [this.everybody, ...groups],
    });
  }

  private checkId(kind: string, id: string): void {
    if (typeof id !== 'string' || id === '') {
      const given = shown(id === '' ? undefined : id);
      throw new Error(`id of a ${kind} is ${given}: give one, such as '${kind === 'group' ? 'engineers' : 'ada'}'`);
    }
    if (this.stack.node.tryFindChild(`${kind}-${id}`)) {
      throw new Error(`${kind} '${id}' is added already: choose another id`);
    }
  }

  private checkGroups(id: string, groups: iam.IGroup[]): void {
    if (groups.length >= MAX_GROUPS) {
      throw new Error(`groups of user '${id}' are ${groups.length}: IAM allows ${MAX_GROUPS}, including the group of all users`);
    }
    const names = [this.everybody, ...groups].map(group => this.nameOf(group).toLowerCase());
    const twice = groups.find((_, index) => names.indexOf(names[index + 1]) <= index);
    if (twice) {
      throw new Error(`groups of user '${id}' have ${readable(twice)} twice, or the group of all users: name each other group once`);
    }
    const foreign = groups.find(({ env: { account } }) =>
      !Token.isUnresolved(account) && account !== this.stage.accountId);
    if (foreign) {
      throw new Error(`groups of user '${id}' have ${readable(foreign)} of account '${foreign.env.account}', and users are in root: give groups of root`);
    }
  }

  private letAssume(group: iam.Group, id: string, role: ICrossAccountAccessRole, policies: AssumePolicies): void {
    this.organization.addValidation({ validate: () => this.trustProblems(id, role) });
    const { management, stages } = this.organization;
    const index = stages.findIndex(({ node }) => role.node.path.startsWith(`${node.path}/`));
    // the id that the lookup has found decides only where stacks go
    const accountId = stages[index] && management?.accountIdOf(stages[index], this.stack);
    policies.add(role, accountId, partOf(index) === 1);
    this.know('can-assume', this.arn('group', this.namesOfGroups.get(group)!), role.roleArn, describeMfa(role.mfa));
  }

  /** Users of root can assume a role only if it trusts root's account or a user in it. */
  private trustProblems(id: string, role: ICrossAccountAccessRole): string[] {
    const { accountId } = this.stage;
    const trusted = role.trustedPrincipals?.flatMap(principal => principal instanceof iam.AccountPrincipal
      ? [String(principal.accountId)] : kindsOf(principal).map(([, name]) => name.split(':')[4] ?? name));
    // an invalid ID is reported separately
    const isTrusted = trusted?.some(name => name === accountId || Token.isUnresolved(name)) ?? true;
    return isTrusted || accountId === NO_ACCOUNT ? [] : [
      `canAssume of group '${id}' has ${readable(role)}, which trusts ${role.trustedPrincipals!.map(readable).join(', ')} `
        + `and nobody of root's account '${accountId}': add that to its trustedPrincipals`,
    ];
  }

  private know(kind: string, subject: string, name: string, value: string): void {
    this.known.push({ kind, subject, name, value, source: this.node.path });
  }

  /** ARN of a group, or its path if AWS generates the name. */
  private nameOf(group: iam.IGroup): string {
    const name = this.namesOfGroups.get(group) ?? group.groupName;
    return Token.isUnresolved(name) ? group.node.path : this.arn('group', name);
  }

  private arn(type: string, name: string): string {
    return `arn:${Aws.PARTITION}:iam::${this.stage.accountId}:${type}/${name}`;
  }

  /** Names in IAM are not case-sensitive. */
  private take(property: string, name: string, max: number, taken: Set<string>): void {
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

  /** Users manage their own password, access keys and devices; without MFA, only password and device. */
  private ownCredentials(): iam.ManagedPolicy {
    const iamArn = (resource: string) => `arn:${Aws.PARTITION}:iam::${this.stage.accountId}:${resource}/\${aws:username}`;
    const own = [iamArn('user'), iamArn('mfa')];
    const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    // requests signed with access keys lack this key, and are without MFA too
    const withoutMfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
    const policy = new iam.ManagedPolicy(this.stack, 'own-credentials', {
      managedPolicyName: `${this.stage.namespace}-own-credentials`,
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

function checked(scope: Construct, id: string): string {
  const organization = Organization.of(scope);
  const other = PEOPLE.get(organization);
  if (other) {
    throw new Error(`'${organization.node.path}' has its people at '${other.node.path}' already: define them before the first group or user`);
  }
  return id;
}

function checkAssumables(id: string, canAssume: IAssumable[]): void {
  const other = canAssume.find(assumable => typeof assumable.rolesIn !== 'function');
  if (other !== undefined) {
    throw new Error(`canAssume of group '${id}' has ${readable(other as unknown as iam.IGrantable)}, which is no role of this library: `
      + 'give roles such as `dev.admin`, or StageRoles');
  }
}

/** Roles under two names, whose conditions may differ. */
function twiceProblems(id: string, roles: ICrossAccountAccessRole[]): string[] {
  const firsts = new Map<string, ICrossAccountAccessRole>();
  return roles.flatMap(role => {
    const first = firsts.get(role.roleArn);
    firsts.set(role.roleArn, first ?? role);
    return first ? [`canAssume of group '${id}' has the role '${role.roleName}' twice, as ${readable(first)} and ${readable(role)}: name it once`] : [];
  });
}

const PEOPLE = new WeakMap<IOrganization, People>();

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
