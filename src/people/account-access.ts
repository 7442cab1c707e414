import { Aws, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IdentityCenter, IdentityCenterGroups } from './identity-center';
import { DirectoryGroup, IPeopleDirectory, IPeopleGroup, IPeopleUser, RoleAccess, RoleAssignment } from './people-directory';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { partOf } from '../organization/parameters';
import { StageAccount } from '../stage-account';
import { readable } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

/** Options of `PeopleSource.accountAccess`. */
export interface AccountAccessOptions {
  /** Instance of IAM Identity Center in the management account. */
  readonly instance: IdentityCenter;

  /**
   * ARN of the application of the account access manager, if the instance has one: it takes a single one.
   *
   * @default - the application is created
   */
  readonly applicationArn?: string;

  /**
   * Creates the groups in Identity Center. Leave it out where an external identity provider or somebody else has them:
   * they are found by their names at deployment, which fails if there is none.
   *
   * @default false
   */
  readonly createGroups?: boolean;
}

/** People of IAM Identity Center who assume the roles of the stages by AWS's account access manager. */
export class AccountAccess implements IPeopleDirectory {
  public readonly hasUsers = false;

  private readonly organization: IOrganization;
  private readonly stack: Stack;
  private readonly groups: IdentityCenterGroups;
  private readonly applicationArn: string;
  private readonly entitlements = new Map<string, Entitlements>();
  private readonly groupIds = new Map<IPeopleGroup, string>();
  private readonly trusting = new Set<CrossAccountAccessRole>();
  private readonly known: Fact[] = [];

  constructor(private readonly scope: Construct, private readonly options: AccountAccessOptions) {
    const { instance, applicationArn, createGroups = false } = options;
    this.organization = Organization.of(scope);
    if (!this.organization.management) {
      throw new Error(`'${scope.node.path}' cannot use IAM Identity Center, because the management account is not yours: have its owner do it`);
    }
    this.stack = this.organization.root.addStack('account-access', {
      region: instance.region, description: 'Which roles people of IAM Identity Center may assume',
    });
    this.groups = new IdentityCenterGroups(this.stack, instance, createGroups);
    this.groups.need('account-access', applicationArn);
    // the types are newer than the oldest aws-cdk-lib that consumers may have
    this.applicationArn = applicationArn ?? new CfnResource(this.stack, 'Application', {
      type: 'AWS::AccountAccess::Application',
      properties: { IdentitySource: { IdentityCenter: { InstanceArn: instance.instanceArn } } },
    }).getAtt('ApplicationArn').toString();
    this.organization.addFacts({ facts: () => this.known });
  }

  public addGroup({ groupId, groupName = groupId }: DirectoryGroup): IPeopleGroup {
    const group = { groupId, groupName };
    this.groupIds.set(group, this.groups.idOf(groupName));
    return group;
  }

  public addUser(): IPeopleUser {
    throw new Error('people of IAM Identity Center are added there, or by the identity provider that it has them from');
  }

  public assignRole(assignment: RoleAssignment): RoleAccess {
    const { group, role, stage } = assignment;
    refuseTerms(assignment);
    const accountId = this.accountIn(stage);
    // a region other than root's does not know accounts that do not exist yet
    if (accountId !== NO_ACCOUNT) {
      const roleArn = accountId === undefined ? role.roleArn : `arn:${Aws.PARTITION}:iam::${accountId}:role/${role.roleName}`;
      const key = `${group.groupId} ${partOf(stage ? this.organization.stages.indexOf(stage) : -1)}`;
      const entitlements = this.entitlements.get(key) ?? this.addEntitlements(group, key);
      entitlements.add(role.node.path, roleArn);
    }
    if (role instanceof CrossAccountAccessRole && !this.trusting.has(role)) {
      this.trusting.add(role);
      role.role.assumeRolePolicy!.addStatements(this.trust());
      const { accountId: root } = this.organization.root;
      this.know('trusts', role.roleArn, `Service ${SERVICE}`, `StringEquals aws:SourceAccount "${root}"; ArnLike aws:SourceArn "${this.source}"`);
    }
    return { way: 'account-access' };
  }

  private know(kind: string, subject: string, name: string, value: string): void {
    this.known.push({ kind, subject, name, value, source: this.scope.node.path });
  }

  private accountIn(stage: StageAccount | undefined): string | undefined {
    const { management, root } = this.organization;
    return stage && (this.stack.region === root.region ? management!.accountIdOf(stage, this.stack) : stage.accountId);
  }

  /** A nested stack goes with its group. The CDK would leave another behind, and what the group may no longer do. */
  private addEntitlements(group: IPeopleGroup, key: string): Entitlements {
    const number = Number(key.split(' ').pop());
    const id = `entitlements-${group.groupId}${number === 1 ? '' : `-${number}`}`;
    const entitlements = new Entitlements(this.stack, id, this.applicationArn, this.groupIds.get(group)!);
    this.entitlements.set(key, entitlements);
    return entitlements;
  }

  /**
   * Lets the application into a role. Whether the person has signed in with MFA is for Identity Center to ask.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html
   */
  private trust(): iam.PolicyStatement {
    return new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(SERVICE)],
      actions: ['sts:AssumeRole', 'sts:SetContext', 'sts:TagSession'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': this.organization.root.accountId }, ArnLike: { 'aws:SourceArn': this.source },
      },
    });
  }

  /** The ID of an application that is created is known at its deployment only, and an instance has one. */
  private get source(): string {
    const { instance, applicationArn } = this.options;
    return applicationArn ?? `arn:${Aws.PARTITION}:account-access:${instance.region}:${this.organization.root.accountId}:application/*`;
  }
}

const SERVICE = 'account-access.amazonaws.com';

/** Entitlements of a group, so many as one template takes. */
class Entitlements extends NestedStack {
  constructor(scope: Construct, id: string, private readonly applicationArn: string, private readonly groupId: string) {
    super(scope, id, { description: 'Roles that a group of IAM Identity Center may assume' });
  }

  public add(id: string, roleArn: string): void {
    new CfnResource(this, id, {
      type: 'AWS::AccountAccess::Entitlement',
      properties: {
        ApplicationArn: this.applicationArn,
        Entitlement: { PrincipalRole: { Principal: { IdentityCenter: { GroupId: this.groupId } }, RoleArn: roleArn } },
      },
    });
  }
}

/** Refuses what a session of the account access manager has no condition for. */
function refuseTerms({ group, role, until }: RoleAssignment): void {
  const whose = `group '${group.groupId}'`;
  if (until !== undefined) {
    throw new Error(`until of ${whose} is '${until}', which the account access manager cannot say: leave it out, and remove the group then`);
  }
  if (role instanceof CrossAccountAccessRole && role._externalId !== undefined) {
    throw new Error(`canAssume of ${whose} has ${readable(role)}, which asks for an externalId, and the account access manager sends none: `
      + 'give a role without');
  }
}
