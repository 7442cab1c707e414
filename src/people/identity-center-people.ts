import { NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IdentityCenterGroups, IdentityCenterOptions } from './identity-center';
import { DirectoryGroup, DirectoryUser, IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess, RoleAssignment } from './people-directory';
import { CrossAccountAccessRole, ICrossAccountAccessRole } from '../cross-account-access-role';
import { IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { StageAccount } from '../stage-account';
import { shown } from '../support/options';
import { keysAskedOf, readable } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

export interface IdentityCenterPeopleProps {
  readonly options: IdentityCenterOptions;
  /** ID of the stack in root, and its description. */
  readonly stack: string;
  readonly description: string;
  /** Construct ID of the access of all groups, and description of its nested stacks. */
  readonly kind: string;
  readonly partDescription: string;
  /** Name of the way in, for messages. */
  readonly way: string;
}

/** Where the access of a group to the roles of a stage is defined. */
export interface Place {
  /** Construct in a template that has room. */
  readonly scope: Construct;
  /** ID of the group in Identity Center. */
  readonly principalId: string;
  /** ID of the stage's account, as the template knows it. Not set without a stage. */
  readonly accountId?: string;
}

/** People of IAM Identity Center, in whatever way they get into the stages. */
export abstract class IdentityCenterPeople implements IPeopleDirectory {
  public readonly hasUsers: boolean;

  protected readonly organization: IOrganization;
  protected readonly stack: Stack;
  protected readonly groups: IdentityCenterGroups;
  private readonly principalIds = new Map<IPeopleGroup, string>();
  private readonly access: Construct;
  /** Of roles that were looked at. */
  private readonly asked = new Map<ICrossAccountAccessRole, string[]>();
  private readonly parts = new Map<string, Construct>();

  constructor(protected readonly scope: Construct, private readonly base: IdentityCenterPeopleProps) {
    this.organization = Organization.of(scope);
    if (!this.organization.management) {
      throw new Error(`'${scope.node.path}' cannot use IAM Identity Center, because the management account is not yours: have its owner do it`);
    }
    const { options, stack, description } = base;
    this.hasUsers = options.userIds !== undefined;
    this.stack = this.organization.root.addStack(stack, { region: options.instance.region, description });
    this.groups = new IdentityCenterGroups(this.stack, options);
    this.access = new Construct(this.stack, base.kind);
  }

  public addGroup({ groupId, groupName = groupId }: DirectoryGroup): IPeopleGroup {
    const group = { groupId, groupName };
    this.checkName(groupName);
    this.principalIds.set(group, this.groups.idOf(group));
    return group;
  }

  public addUser({ userId, userName = userId, groups }: DirectoryUser): IPeopleUser {
    this.groups.addMember(userId, userName, groups);
    return { userName };
  }

  public abstract assignRole(assignment: RoleAssignment): RoleAccess | undefined;

  /** Name that the roles of all stages have in common, such as `admin`. */
  protected lastPartOf({ node, roleName }: ICrossAccountAccessRole): string {
    const stage = node.scopes.find(StageAccount.isStageAccount);
    const prefix = stage?.conventionalName('') ?? '';
    return roleName.startsWith(prefix) ? roleName.slice(prefix.length) : roleName;
  }

  /** Refuses what the sessions of these people have no condition for. */
  protected refuseTerms({ group, role, until }: RoleAssignment): void {
    const whose = `group '${group.groupId}'`;
    if (until !== undefined) {
      throw new Error(`until of ${whose} is '${until}', which ${this.base.way} cannot say: leave it out, and remove the group then`);
    }
    if (role instanceof CrossAccountAccessRole && role._externalId !== undefined) {
      throw new Error(`canAssume of ${whose} has ${readable(role)}, which asks for an externalId, and ${this.base.way} sends none: `
        + 'give a role without');
    }
    const keys = this.asked.get(role) ?? this.keysAskedBy(role);
    this.asked.set(role, keys);
    const [key] = keys;
    if (key !== undefined) {
      throw new Error(`canAssume of ${whose} has ${readable(role)}, whose trustedPrincipals ask for '${key}', and ${this.base.way} asks for nothing: `
        + 'give a role without that condition');
    }
  }

  private keysAskedBy({ trustedPrincipals = [] }: ICrossAccountAccessRole): string[] {
    return trustedPrincipals.flatMap(trusted => keysAskedOf(trusted, this.organization.root.accountId));
  }

  private checkName(groupName: string): void {
    if (Token.isUnresolved(groupName) || !/^[^\p{Cc}]+$/u.test(groupName) || groupName.length > MAX_GROUP_NAME) {
      throw new Error(`groupName is ${shown(groupName).replace(/\p{Cc}/gu, '…')}, which is no name in IAM Identity Center: give 1 to ${MAX_GROUP_NAME} characters in one line, as a literal`);
    }
    const isSame = (known: IPeopleGroup) => idFor(known.groupName).toLowerCase() === idFor(groupName).toLowerCase();
    const other = [...this.principalIds.keys()].find(isSame);
    if (other) {
      throw new Error(`groupName '${groupName}' is that of group '${other.groupId}' as well: choose another, or give that group more roles`);
    }
  }

  /** Not set if the stack cannot know the account yet: that of another region knows only accounts that exist. */
  protected placeOf(group: IPeopleGroup, role: ICrossAccountAccessRole, stage?: StageAccount): Place | undefined {
    const accountId = stage && this.accountIn(stage);
    return accountId === NO_ACCOUNT ? undefined
      : { scope: this.partFor(group, role, stage), principalId: this.principalIds.get(group)!, accountId };
  }

  private accountIn(stage: StageAccount): string {
    const { management, root } = this.organization;
    return this.stack.region === root.region ? management!.accountIdOf(stage, this.stack) : stage.accountId;
  }

  /**
   * Each role name of a group has a template for 150 stages, so that nothing moves to another template, which would
   * make it there before it is gone here. It is that of a nested stack, which goes with its group: the CDK would leave
   * another behind, and what the group may no longer do.
   */
  private partFor({ groupName }: IPeopleGroup, role: ICrossAccountAccessRole, stage?: StageAccount): Construct {
    const number = partOf(stage ? this.organization.stages.indexOf(stage) : -1);
    const id = `${this.lastPartOf(role)}${number > 1 ? `.${number}` : ''}`;
    const key = JSON.stringify([groupName, id]);
    const group = this.access.node.tryFindChild(idFor(groupName)) ?? new Construct(this.access, groupName);
    const part = this.parts.get(key)
      ?? new Construct(new NestedStack(group, id, { description: this.base.partDescription }), 'roles');
    this.parts.set(key, part);
    return part;
  }
}

/** The CDK writes it so. */
function idFor(name: string): string {
  return name.replace(/\//g, '--');
}

/** @see https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Group.html */
const MAX_GROUP_NAME = 1024;
