import { NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IdentityCenter, IdentityCenterGroups } from './identity-center';
import { DirectoryGroup, IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess, RoleAssignment } from './people-directory';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { StageAccount } from '../stage-account';
import { readable } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

export interface IdentityCenterPeopleProps {
  readonly instance: IdentityCenter;
  readonly createGroups?: boolean;
  /** ID of the stack in root, and its description. */
  readonly stack: string;
  readonly description: string;
  /** What a group gets, as the nested stacks are called, and their description. */
  readonly kind: string;
  readonly partDescription: string;
  /** Who lets people in, for messages. */
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
  public readonly hasUsers = false;

  protected readonly organization: IOrganization;
  protected readonly stack: Stack;
  protected readonly groups: IdentityCenterGroups;
  private readonly principalIds = new Map<IPeopleGroup, string>();
  private readonly parts = new Map<string, Construct>();
  private readonly counts = new Map<string, number>();

  constructor(protected readonly scope: Construct, private readonly base: IdentityCenterPeopleProps) {
    this.organization = Organization.of(scope);
    if (!this.organization.management) {
      throw new Error(`'${scope.node.path}' cannot use IAM Identity Center, because the management account is not yours: have its owner do it`);
    }
    const { instance, createGroups = false, stack, description } = base;
    this.stack = this.organization.root.addStack(stack, { region: instance.region, description });
    this.groups = new IdentityCenterGroups(this.stack, instance, createGroups);
  }

  public addGroup({ groupId, groupName = groupId }: DirectoryGroup): IPeopleGroup {
    const group = { groupId, groupName };
    this.principalIds.set(group, this.groups.idOf(groupName));
    return group;
  }

  public addUser(): IPeopleUser {
    throw new Error('people of IAM Identity Center are added there, or by the identity provider that it has them from');
  }

  public abstract assignRole(assignment: RoleAssignment): RoleAccess | undefined;

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
  }

  /** Not set if the stack cannot know the account yet: that of another region knows only accounts that exist. */
  protected placeOf(group: IPeopleGroup, stage?: StageAccount): Place | undefined {
    const accountId = stage && this.accountIn(stage);
    return accountId === NO_ACCOUNT ? undefined
      : { scope: this.partFor(group, stage), principalId: this.principalIds.get(group)!, accountId };
  }

  private accountIn(stage: StageAccount): string {
    const { management, root } = this.organization;
    return this.stack.region === root.region ? management!.accountIdOf(stage, this.stack) : stage.accountId;
  }

  /**
   * A template of a group takes three roles of each of its 150 stages, and further ones are in another, so that none
   * has 500 resources, and nothing moves to another when a stage is added. It is that of a nested stack, which goes
   * with its group: the CDK would leave another behind, and what the group may no longer do.
   */
  private partFor({ groupId }: IPeopleGroup, stage?: StageAccount): Construct {
    const counted = `${groupId}/${stage?.node.id ?? ''}`;
    const count = this.counts.get(counted) ?? 0;
    this.counts.set(counted, count + 1);
    const number = partOf(stage ? this.organization.stages.indexOf(stage) : -1);
    const further = Math.floor(count / (stage ? 3 : 40));
    // in front, where no name of a group can be taken for a number
    const id = `${this.base.kind}${further > 0 ? `${number}.${further + 1}` : number > 1 ? number : ''}-${groupId}`;
    const part = this.parts.get(id)
      ?? new Construct(new NestedStack(this.stack, id, { description: this.base.partDescription }), 'roles');
    this.parts.set(id, part);
    return part;
  }
}
