import { CfnDeletionPolicy, CfnResource, NestedStack, Token } from 'aws-cdk-lib';
import { CfnGroup, CfnGroupMembership } from 'aws-cdk-lib/aws-identitystore';
import { Construct } from 'constructs';
import { IPeopleGroup } from './people-directory';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { AccountCall } from '../support/account-call';
import { checkValue, refuse, shown } from '../support/options';
import { regionProblem } from '../support/rules';

/** Instance of IAM Identity Center that the management account has. */
export class IdentityCenter {
  /**
   * An instance that exists: no API makes one for an organization.
   *
   * @param instanceArn such as `arn:aws:sso:::instance/ssoins-1234567890abcdef`
   * @param region its primary region, which its ARN does not show
   * @throws if the ARN is not that of an instance, or the region is none of AWS
   */
  public static fromArn(instanceArn: string, region: string): IdentityCenter {
    checkValue('instanceArn', instanceArn, 'string');
    checkValue('region', region, 'string');
    if (Token.isUnresolved(instanceArn) || !/^arn:aws[a-z-]*:sso:::instance\/(sso)?ins-[\w.-]{16}$/.test(instanceArn)) {
      throw new Error(`instanceArn '${Token.isUnresolved(instanceArn) ? 'of a token' : instanceArn}' is not that of an instance of IAM Identity Center: `
        + "give one such as 'arn:aws:sso:::instance/ssoins-1234567890abcdef'");
    }
    refuse(regionProblem('region', region));
    return new IdentityCenter(instanceArn, region);
  }

  private constructor(
    /** ARN of the instance. */
    public readonly instanceArn: string,
    /** Primary region of the instance. */
    public readonly region: string,
  ) {}
}

/** Options of the sources of people that are in IAM Identity Center. */
export interface IdentityCenterOptions {
  /** Instance of IAM Identity Center in the management account. `permissionSets` needs it to have them switched on. */
  readonly instance: IdentityCenter;

  /**
   * Creates the groups in Identity Center, but for those in `groupIds`. Leave it out where an external identity
   * provider or somebody else has them: they are found by their names at deployment, which fails if there is none.
   *
   * @default false
   */
  readonly createGroups?: boolean;

  /**
   * IDs in the identity store of groups that exist, by the `groupName` that `addGroup` gives them, such as
   * `{ engineers: '9067f5b8-0000-4000-8000-000000000000' }`. Such a group is neither found by its name nor created. A
   * group that was found by its name, and gets the same ID here, keeps its access throughout: what says who has it is
   * replaced only if the ID is another.
   *
   * @default - groups are found by their names, or created
   */
  readonly groupIds?: { [groupName: string]: string };

  /**
   * IDs in the identity store of users that exist, by the `userName` that `addUser` gives them. `addUser` makes them
   * members of groups that are created here, and is for no others: the members of another group are somebody else's.
   *
   * @default - members are added by somebody else
   */
  readonly userIds?: { [userName: string]: string };
}

/** Need of an instance, as facts of the kind `needs` name it: so `check` knows of no source of people. */
export type InstanceNeed = 'identity-center' | 'permission-sets' | 'account-access' | 'identity-center-group'
  | 'identity-center-new-group' | 'identity-center-group-id' | 'identity-center-user-id';

/** Groups of an instance, in a stack of root in its region. Without an ID that is given, it is known at deployment. */
export class IdentityCenterGroups extends Construct {
  private readonly identityStoreId: string;
  private readonly organization: IOrganization;
  private readonly needs: Fact[] = [];
  private readonly groupIds: KnownIds;
  private readonly userIds: KnownIds;
  private readonly created = new Map<string, CfnGroup>();

  constructor(scope: Construct, private readonly options: IdentityCenterOptions) {
    super(scope, 'groups');
    this.groupIds = new KnownIds('groupIds', 'addGroup', options.groupIds);
    this.userIds = new KnownIds('userIds', 'addUser', options.userIds);
    const { instanceArn, region } = options.instance;
    // also if all groups have IDs: a template without resources cannot be deployed
    this.identityStoreId = new AccountCall(this, 'instance', {
      service: 'SSOAdmin',
      action: 'describeInstance',
      parameters: { InstanceArn: instanceArn },
      physicalId: instanceArn,
      outputPaths: ['IdentityStoreId'],
      allowed: ['sso:DescribeInstance'],
      resources: [instanceArn],
    }).getResponseField('IdentityStoreId');
    this.organization = Organization.of(scope);
    const other = CREATING.get(this.organization);
    if (options.createGroups && other) {
      throw new Error(`createGroups of '${scope.node.path}' is true, and '${other}' creates them already: leave it out of one of both`);
    }
    if (options.createGroups) {
      CREATING.set(this.organization, scope.node.path);
    }
    this.organization.addFacts({ facts: () => this.needs });
    this.organization.addValidation({
      validate: () => [this.groupIds, this.userIds].flatMap(ids => ids.unused(scope.node.path)),
    });
    this.need('identity-center', region);
  }

  /** Says what else the instance has to have. */
  public need(need: InstanceNeed, value = ''): void {
    const name = `${need} ${this.options.instance.instanceArn}`;
    this.needs.push({ kind: 'needs', subject: this.organization.root.node.id, name, value, source: this.node.path });
  }

  /** Returns the ID in the directory of the group with this name. */
  public idOf({ groupId, groupName }: IPeopleGroup): string {
    const { identityStoreId } = this;
    const known = this.groupIds.take(groupName);
    if (known !== undefined) {
      this.need('identity-center-group-id', `${known} ${groupName}`);
      return known;
    }
    const { createGroups, instance } = this.options;
    this.need(createGroups ? 'identity-center-new-group' : 'identity-center-group', groupName);
    if (createGroups) {
      // it may have members whom somebody else has added
      const created = retained(new CfnGroup(this, `group-${groupId}`, { identityStoreId, displayName: groupName }));
      this.created.set(groupId, created);
      return created.attrGroupId;
    }
    return new AccountCall(this, `group-${groupId}`, {
      service: 'IdentityStore',
      action: 'getGroupId',
      parameters: {
        IdentityStoreId: identityStoreId,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: groupName } },
      },
      physicalId: `${instance.instanceArn} ${groupName}`,
      outputPaths: ['GroupId'],
      allowed: ['identitystore:GetGroupId'],
    }).getResponseField('GroupId');
  }

  /** Makes a user a member of groups, which are created here. */
  public addMember(userId: string, userName: string, groups: IPeopleGroup[]): void {
    const foreign = groups.find(({ groupId }) => !this.created.has(groupId));
    if (foreign) {
      throw new Error(`groups of user '${userId}' have group '${foreign.groupId}', which the app does not create, so that others say who is in it: `
        + 'add the user in IAM Identity Center, or create the group by createGroups');
    }
    if (this.userIds.isTaken(userName)) {
      throw new Error(`userName '${userName}' is taken already: choose another`);
    }
    const memberId = this.userIds.take(userName);
    if (memberId === undefined) {
      throw new Error(`user '${userId}' has no ID in userIds: give that of '${userName}' in IAM Identity Center, `
        + 'or leave out addUser, and add the user to the group there');
    }
    this.need('identity-center-user-id', `${memberId} ${userName}`);
    for (const { groupId } of groups) {
      // a template for the members of each group, as all of them may be more than one takes
      const id = `members-${groupId}`;
      const members = this.node.tryFindChild(id)
        ?? new NestedStack(this, id, { description: 'Members of a group of IAM Identity Center' });
      // by the ID: one who is called otherwise stays a member
      new CfnGroupMembership(members, memberId, {
        identityStoreId: this.identityStoreId,
        groupId: this.created.get(groupId)!.attrGroupId,
        memberId: { userId: memberId },
      });
    }
  }
}

/** IDs in an identity store that are given, by names: each is there for somebody who is added. */
class KnownIds {
  private readonly ids: Map<string, string>;
  private readonly taken = new Set<string>();

  constructor(
    private readonly property: 'groupIds' | 'userIds', private readonly method: string,
    given: { [name: string]: string } = {},
  ) {
    this.ids = new Map(Object.entries(given));
    const names = new Map<string, string>();
    for (const [name, id] of this.ids) {
      if (Token.isUnresolved(id) || !STORE_ID.test(id)) {
        throw new Error(`${property} '${name}' is ${shown(id)}, which is no ID of IAM Identity Center: give one such as '9067f5b8-0000-4000-8000-000000000000', as a literal`);
      }
      const other = names.get(id.toLowerCase());
      if (other !== undefined) {
        throw new Error(`${property} '${name}' is the ID of '${other}' as well: give each its own, or leave out one of both`);
      }
      names.set(id.toLowerCase(), name);
    }
  }

  public isTaken(name: string): boolean {
    return this.taken.has(name);
  }

  public take(name: string): string | undefined {
    this.taken.add(name);
    return this.ids.get(name);
  }

  public unused(source: string): string[] {
    return [...this.ids.keys()].filter(name => !this.taken.has(name)).map(name =>
      `${this.property} of '${source}' have '${name}', which is the ${this.property.replace('Ids', 'Name')} of no ${this.method}: correct it, or leave it out`);
  }
}

/** @see https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeGroup.html */
const STORE_ID = /^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$/;

/** Stack that creates the groups of an organization. */
const CREATING = new WeakMap<IOrganization, string>();

/** Keeps what people have made of it. */
export function retained<T extends CfnResource>(resource: T): T {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  return resource;
}
