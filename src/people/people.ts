import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess } from './people-directory';
import { PeopleSource } from './people-source';
import { CrossAccountAccessRole, IAssumable, ICrossAccountAccessRole } from '../cross-account-access-role';
import { literalIn } from '../organization/facts';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { placeOf, stageOf, together, Trust, trustsOf, waysIn } from '../organization/trusts';
import { StageAccount } from '../stage-account';
import { checkOptions, checkProps, shown } from '../support/options';
import { readable } from '../support/principals';

/** Options of a group. */
export interface GroupOptions {
  /**
   * Roles that members of the group may assume, such as `dev.admin`, or the roles in several stages, such as
   * `StageRoles.ofProfile`. The group gives no access to other stages. About 1,000 roles fit into the policies of one
   * group of IAM: those that do not fit into the first are in nested stacks.
   *
   * @default - none
   */
  readonly canAssume?: IAssumable[];

  /**
   * Name of the group.
   *
   * @default - the ID; of IAM users, the namespace of the organization and the ID, such as `acme-engineers`
   */
  readonly groupName?: string;

  /**
   * Last day on which members may assume the roles, in UTC, such as `2027-01-31`. Sessions that they have by then last
   * as long as the roles allow. Once it is over, synthesis warns.
   *
   * @default - no last day
   */
  readonly until?: string;
}

/** Options of a user. */
export interface UserOptions {
  /**
   * Groups that the user is a member of, as `addGroup` returns them.
   *
   * @default - none: the user can only sign in and manage their own credentials
   */
  readonly groups?: IPeopleGroup[];

  /**
   * Name with which the user signs in.
   *
   * @default - the ID
   */
  readonly userName?: string;
}

/** Properties of `People`. */
export interface PeopleProps {
  /**
   * Source of the people: the directory that they are in.
   *
   * @default PeopleSource.iamUsers()
   */
  readonly source?: PeopleSource;

  /**
   * Source that the people come from, while they move to another: groups and their roles are in both, users where they
   * can be, so that nobody is without access. Destroy its stack while it is here, then leave it out.
   *
   * @default - people do not move
   */
  readonly movingFrom?: PeopleSource;
}

/**
 * Defines the people of an organization, and which roles they may assume. To access accounts, people assume roles: no
 * source gives them anything else.
 *
 * An organization has one such construct. `addGroup` and `addUser` of the organization create it with IAM users if it
 * does not exist.
 *
 * @example
 * const instance = IdentityCenter.fromArn('arn:aws:sso:::instance/ssoins-1234567890abcdef', 'eu-west-1');
 * new People(acme, 'people', { source: PeopleSource.accountAccess({ instance }) });
 * acme.addGroup('engineers', { canAssume: [dev.admin, prod.readOnly] });
 */
export class People extends Construct {
  /** Returns the people of an organization. If there are none, they are created under an ID that no stage can have. */
  public static of(organization: IOrganization): People {
    return PEOPLE.get(organization) ?? new People(organization, 'People');
  }

  private readonly organization: IOrganization;
  private readonly directories: IPeopleDirectory[];
  private readonly groups = new Map<string, IPeopleGroup>();
  /** Groups as each directory knows them, by those that `addGroup` returns. */
  private readonly known = new Map<IPeopleGroup, IPeopleGroup[]>();
  private readonly userIds = new Set<string>();
  private readonly access: Access[] = [];

  /**
   * @throws if the organization already has its people, or they move from the source that they have
   */
  constructor(scope: Construct, id: string, props: PeopleProps = {}) {
    super(scope, checked(scope, id));
    checkProps(this, 'PeopleProps', props);
    this.organization = Organization.of(this);
    PEOPLE.set(this.organization, this);
    this.organization.addFacts({ facts: () => this.facts() });
    const { source = PeopleSource.iamUsers(), movingFrom } = props;
    if (movingFrom === source) {
      throw new Error(`movingFrom of '${this.node.path}' is the source that people move to: give the one that they come from, or leave it out`);
    }
    this.directories = [source, ...movingFrom ? [movingFrom] : []].map(one => one.bind(this));
  }

  /**
   * Adds a group.
   *
   * @throws if the ID or name is already taken, if `canAssume` has something that is no role, or if `until` is no day.
   * Synthesis fails if its roles exceed the limits of a group, or one is there under two names
   */
  public addGroup(id: string, options: GroupOptions = {}): IPeopleGroup {
    checkId('group', id, this.groups.has(id));
    checkOptions('GroupOptions', options, ` of group '${id}'`);
    const { canAssume = [], groupName, until } = options;
    checkAssumables(id, canAssume);
    this.checkUntil(id, until);
    const known = this.directories.map(directory => directory.addGroup({ groupId: id, groupName }));
    const [first, second] = known;
    const group = second
      ? { groupId: id, groupName: first.groupName, iamGroup: first.iamGroup ?? second.iamGroup } : first;
    this.groups.set(id, group);
    this.known.set(group, known);
    const roles = new Set<ICrossAccountAccessRole>();
    const assume = (visited?: StageAccount) => canAssume.flatMap(assumable => assumable.rolesIn(visited))
      .filter(role => !roles.has(role)).forEach(role => {
        roles.add(role);
        const stage = stageOf(this.organization, role);
        this.directories.forEach((directory, index) => {
          const access = directory.assignRole({ group: known[index], role, stage, until });
          if (access) {
            this.access.push({ group: known[index], role, access });
          }
        });
      });
    assume();
    this.organization.visitStages({ visit: assume });
    this.organization.addValidation({
      validate: () => roles.size === 0 && canAssume.length > 0
        ? [`canAssume of group '${id}' matches no role: check the name of the role and the profiles of the stages`]
        : twiceProblems(id, [...roles]),
    });
    return group;
  }

  /**
   * Adds a user. A user of IAM signs in to root and can manage their own password, access keys and MFA devices. Without
   * MFA, they can only manage their password and device. The initial password is stored in Secrets Manager of root.
   *
   * A user of IAM Identity Center exists there, has an ID in `userIds` of the source, and becomes a member of the
   * groups, which the source creates.
   *
   * @throws if the ID or name is already taken, if there are more groups than IAM allows, if a group is named twice or
   * is none of these people, if the source has no users, or if its users have no ID or its groups other members
   */
  public addUser(id: string, options: UserOptions = {}): IPeopleUser {
    checkId('user', id, this.userIds.has(id));
    checkOptions('UserOptions', options, ` of user '${id}'`);
    const { groups = [], userName } = options;
    this.checkGroups(id, groups);
    const users = this.directories.flatMap((directory, index) => directory.hasUsers
      ? [directory.addUser({ userId: id, groups: groups.map(group => this.known.get(group)![index]), userName })] : []);
    if (users.length === 0) {
      throw new Error(`user '${id}' cannot be added, because the source of '${this.node.path}' makes no users: add the user where the others are, `
        + 'or give the ID of one that exists in userIds of the source');
    }
    this.userIds.add(id);
    return users.find(({ iamUser }) => iamUser) ?? users[0];
  }

  private checkUntil(id: string, until?: string): void {
    if (until === undefined) {
      return;
    }
    if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || isNaN(Date.parse(until)) || dayOf(new Date(until)) !== until) {
      throw new Error(`until of group '${id}' is '${until}': give a day, such as '2027-01-31'`);
    }
    if (dayOf(new Date()) > until) {
      // what is in no stack is not shown
      Annotations.of(this.organization.root.admin).addWarningV2('cdk-multi-account-org:accessIsOver', `group '${id}' may assume its roles until '${until}', which is over: `
        + 'give a later day, or remove the group');
    }
  }

  private checkGroups(id: string, groups: IPeopleGroup[]): void {
    const twice = groups.find((group, index) => groups.indexOf(group) !== index);
    if (twice) {
      throw new Error(`groups of user '${id}' have group '${twice.groupId}' twice: name it once`);
    }
    const foreign = groups.find(group => this.groups.get(group.groupId) !== group);
    if (foreign) {
      throw new Error(`groups of user '${id}' have ${shown(foreign.groupId)}, which is no group of '${this.node.path}': give what addGroup returns`);
    }
  }

  /** Whom a role trusts is known at last only: a row for each way in. */
  private facts(): Fact[] {
    const literal = literalIn(this.organization);
    const known = new Map<ICrossAccountAccessRole, Trust[]>();
    const trustsIn = (role: CrossAccountAccessRole) => {
      const trusts = known.get(role) ?? trustsOf(role, literal);
      known.set(role, trusts);
      return trusts;
    };
    return this.access.flatMap(({ group, role, access: { way, conditions = [], principal } }) => {
      const name = placeOf(this.organization, role);
      const ways = principal !== undefined && role instanceof CrossAccountAccessRole
        ? waysIn(trustsIn(role), principal) : [[]];
      return ways.map(asked => ({
        kind: 'access', subject: `group ${group.groupName}`, name, value: [way, ...together(...conditions, ...asked)].join('; '), source: this.node.path,
      }));
    });
  }
}

interface Access {
  readonly group: IPeopleGroup;
  readonly role: ICrossAccountAccessRole;
  readonly access: RoleAccess;
}

function checked(scope: Construct, id: string): string {
  const organization = Organization.of(scope);
  const other = PEOPLE.get(organization);
  if (other) {
    throw new Error(`'${organization.node.path}' has its people at '${other.node.path}' already: define them before the first group or user`);
  }
  return id;
}

function checkId(kind: string, id: string, isTaken: boolean): void {
  if (typeof id !== 'string' || id === '') {
    const given = shown(id === '' ? undefined : id);
    throw new Error(`id of a ${kind} is ${given}: give one, such as '${kind === 'group' ? 'engineers' : 'ada'}'`);
  }
  if (isTaken) {
    throw new Error(`${kind} '${id}' is added already: choose another id`);
  }
}

/** In UTC. */
function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
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
