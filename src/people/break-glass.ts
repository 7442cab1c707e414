import { Duration, Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct, IConstruct } from 'constructs';
import { addSigningInUser, checkUserName, ownCredentials } from './signing-in';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { MfaRequirement } from '../mfa-requirement';
import { Fact, IManagement, IOrganization, Organization } from '../organization/organization';
import { OrganizationPolicyType } from '../organization/organization-policies';
import { OF_RCPS } from '../organization/policy-statements';
import { describeMfa } from '../organization/trusts';
import { StageAccount } from '../stage-account';
import { deploying, namelessProblems } from '../support/deploying-roles';
import { accept } from '../support/nag';
import { checkProps } from '../support/options';
import { callIt } from '../support/principals';

/** Properties of `BreakGlass`. */
export interface BreakGlassProps {
  /**
   * Name with which the user signs in: 2 to 64 characters.
   *
   * @default - the namespace of the organization and `break-glass`, such as `acme-break-glass`
   */
  readonly userName?: string;
}

/**
 * Access when everything else fails: one IAM user of root, outside of the `People` and of IAM Identity Center, and in
 * root and every stage, later ones included, a role `<namespace>-<stage>-break-glass` with full access, which only that
 * user may assume, for an hour, having signed in with MFA within the hour. Put its hardware key into a safe: its
 * policy does not ask which kind of device it is.
 *
 * Its stacks depend on no other. Service control policies and resource control policies of all constructs spare the
 * roles, what is added with `IManagement.addPolicy` included. Two policies of its own keep everybody in the accounts
 * from making, changing, passing on or assuming a role of such a name, unless they become a role that deploys: that is
 * for `Guardrail.PROTECT_DEPLOYMENT` to prevent. Of an organization whose management account is
 * not yours, have its owner spare the roles. An audit trail still keeps what its policies keep from everybody.
 *
 * @see https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_permissions_emergency_process.html
 * @example
 * new BreakGlass(acme, 'break-glass');
 */
export class BreakGlass extends Construct {
  /** Name with which the user signs in. */
  public readonly userName: string;

  private readonly organization: IOrganization;
  private readonly userArn: string;
  private readonly roles: CrossAccountAccessRole[] = [];

  /**
   * @throws if the organization has one already, or if the name is no name of a user
   */
  constructor(scope: Construct, id: string, props: BreakGlassProps = {}) {
    super(scope, checked(scope, id));
    checkProps(this, 'BreakGlassProps', props);
    const organization = this.organization = Organization.of(this);
    const { root, namespace, management } = organization;
    this.userName = props.userName ?? `${namespace}-${NAME}`;
    checkUserName(this.userName);
    DEFINED.set(organization, this);
    const { partition = 'aws' } = RegionInfo.get(root.region!);
    this.userArn = `arn:${partition}:iam::${root.accountId}:user/${this.userName}`;
    this.addUser();
    this.addRole(root);
    organization.visitStages({ visit: stage => this.addRole(stage) });
    organization.addFacts({ facts: () => this.facts() });
    organization.addValidation({ validate: () => this.nameProblems() });
    if (management) {
      this.guard(management);
      organization.addValidation({ validate: () => namelessProblems(this.stacks) });
    }
  }

  private addUser(): void {
    const { root, namespace } = this.organization;
    const stack = root.addStack(NAME, { description: 'Access when everything else fails, by a user with a role in root' });
    const own = ownCredentials(stack, `${namespace}-${NAME}-credentials`, { accountId: root.accountId, withKeys: false });
    const group = new iam.Group(stack, 'group', { groupName: `${namespace}-${NAME}-users`, managedPolicies: [own] });
    // a list of the accounts would wait for each of them: whom a role lets in, its trust policy says
    group.addToPolicy(new iam.PolicyStatement({ actions: ['sts:AssumeRole'], resources: [this.pattern], conditions: MFA._conditions() }));
    accept(group, { rule: 'AwsSolutions-IAM5', reason: 'one role in each account, which lets in nobody but this user' });
    addSigningInUser(stack, NAME, this.userName, [group]);
  }

  private addRole(stage: StageAccount): void {
    const { root } = this.organization;
    const stack = stage === root ? root.node.findChild(NAME)
      : stage.addStack(NAME, { description: `Access to ${stage.node.id} when everything else fails` });
    const role = new CrossAccountAccessRole(stack, 'role', {
      roleName: stage.conventionalName(NAME),
      description: 'Full access when everything else fails',
      // as a principal, AWS would store the user's ID, and let nobody in once the user is made again
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
      trustedPrincipals: [new iam.AccountPrincipal(root.accountId).withConditions({ ArnEquals: { 'aws:PrincipalArn': this.userArn } })],
      mfa: MFA,
      maxSessionDuration: Duration.hours(1),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
    callIt(role, `${this.node.path} of ${stage.node.id}`);
    accept(role, { rule: 'AwsSolutions-IAM4', reason: 'nobody knows what an emergency needs' });
    this.roles.push(role);
  }

  /** The policies of the organization spare a name, so nobody may come by it. */
  private guard(management: IManagement): void {
    const service = `${this.node.id}-service-control`;
    const resource = `${this.node.id}-resource-control`;
    management.addPolicy(service, {
      policyType: OrganizationPolicyType.SERVICE_CONTROL,
      description: `Only deployments make and change roles for ${NAME}`,
      statements: [
        new iam.PolicyStatement({
          sid: 'BreakGlassStaysAsDeployed',
          effect: iam.Effect.DENY,
          actions: [
            'iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy',
            'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole',
          ],
          resources: [this.pattern],
          conditions: { ArnNotLike: { 'aws:PrincipalArn': Lazy.uncachedList({ produce: () => this.deployers() }) } },
        }),
        new iam.PolicyStatement({
          // a service assumes what is passed to it
          sid: 'BreakGlassIsNotPassedOn', effect: iam.Effect.DENY, actions: ['iam:PassRole'], resources: [this.pattern],
        }),
      ],
    });
    const byResource = (sid: string, actions: string[], resources: string[], conditions: iam.Conditions) =>
      new iam.PolicyStatement({
        sid, effect: iam.Effect.DENY, principals: [new iam.StarPrincipal()], actions, resources, conditions,
      });
    management.addPolicy(resource, {
      policyType: OrganizationPolicyType.RESOURCE_CONTROL,
      description: `Only its user assumes roles for ${NAME}`,
      statements: [
        // whatever a role of such a name trusts: services and identity providers have no ARN
        byResource('OnlyItsUserBreaksGlass', ['sts:AssumeRole*'], [this.pattern], { ArnNotEquals: { 'aws:PrincipalArn': this.userArn } }),
        // other organizations may have roles of such a name
        byResource('NobodyElsesBreakGlass', [...OF_RCPS, 'sts:*'], ['*'], {
          ArnLike: { 'aws:PrincipalArn': this.pattern }, StringNotEquals: { 'aws:PrincipalOrgID': management.organizationId },
        }),
      ],
    });
    management._spareGuarded(this.pattern, this.userArn, [service, resource]);
  }

  /** Policies take a role by its name. */
  private nameProblems(): string[] {
    const pattern = new RegExp(`^${this.organization.namespace}-.*-${NAME}$`);
    const isTaken = (one: IConstruct): one is CrossAccountAccessRole =>
      one instanceof CrossAccountAccessRole && !this.roles.includes(one) && pattern.test(one.roleName);
    return this.organization.node.findAll().filter(isTaken).map(role =>
      `roleName '${role.roleName}' of '${role.node.path}' is a name of '${this.node.path}', which nobody but its user may assume: choose another`);
  }

  /** Of roles in all accounts, those to come included. */
  private get pattern(): string {
    return `arn:*:iam::*:role/${this.organization.namespace}-*-${NAME}`;
  }

  private get stacks() {
    return this.roles.map(({ stack }) => stack);
  }

  private deployers(): string[] {
    const bootstrapping = this.organization.stages.flatMap(({ bootstrapRoleName }) => bootstrapRoleName ?? []);
    const names = [...this.stacks.flatMap(stack => deploying(stack).roles), ...bootstrapping];
    return [...new Set(names.map(name => `arn:*:iam::*:role/${name}`))].sort();
  }

  private facts(): Fact[] {
    const { root, stages } = this.organization;
    return [root, ...stages].map((stage, index) => ({
      kind: 'access',
      subject: NAME,
      name: `stage ${stage.node.id} ${this.roles[index].roleName}`,
      value: `iam-user; ${describeMfa(MFA)}`,
      source: this.node.path,
    }));
  }
}

function checked(scope: Construct, id: string): string {
  const organization = Organization.of(scope);
  const other = DEFINED.get(organization);
  if (other) {
    throw new Error(`'${organization.node.path}' has its break-glass at '${other.node.path}' already: leave one of them out`);
  }
  return id;
}

const NAME = 'break-glass';
const MFA = MfaRequirement.within(Duration.hours(1));
const DEFINED = new WeakMap<IOrganization, BreakGlass>();
