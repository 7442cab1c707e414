import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AssumePolicies } from './assume-policies';
import {
  DirectoryGroup, DirectoryUser, IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess, RoleAssignment,
} from './people-directory';
import { addSigningInUser, checkIamName, checkUserName, MAX_USER_NAME, ownCredentials } from './signing-in';
import { ICrossAccountAccessRole } from '../cross-account-access-role';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { describeMfa, together } from '../organization/trusts';
import { AccountCall } from '../support/account-call';
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
      managedPolicies: [ownCredentials(this.stack, `${namespace}-own-credentials`, { accountId: root.accountId, withKeys: true })],
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
    checkUserName(userName);
    take('userName', userName, MAX_USER_NAME, this.userNames);
    if (groups.length >= MAX_GROUPS) {
      throw new Error(`groups of user '${userId}' are ${groups.length}: IAM allows ${MAX_GROUPS}, including the group of all users`);
    }
    [`${this.organization.namespace}-everybody`, ...groups.map(({ groupName }) => groupName)].forEach(groupName =>
      this.know('member', this.arn('user', userName), this.arn('group', groupName), ''));
    const iamGroups = [this.everybody, ...groups.map(({ iamGroup }) => iamGroup!)];
    const iamUser = addSigningInUser(this.stack, userId, userName, iamGroups);
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
    // the policy of everybody denies them all else without MFA, whatever the role asks for
    return { way: 'iam-user', conditions: together('mfa', ...terms), principal: `account ${this.organization.root.accountId}` };
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
}

function dayAfter(day: string): string {
  const next = new Date(day);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().replace('.000', '');
}

/** Names in IAM are not case-sensitive. */
function take(property: string, name: string, max: number, taken: Set<string>): void {
  checkIamName(property, name, max);
  if (taken.has(name.toLowerCase())) {
    throw new Error(`${property} '${name}' is taken already: choose another`);
  }
  taken.add(name.toLowerCase());
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_GROUPS = 10;
const MAX_GROUP_NAME = 128;

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
