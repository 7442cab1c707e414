import { CfnWaitConditionHandle, Stack, Stage } from 'aws-cdk-lib';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { StageAccount } from '../stage-account';
import { formerRegion, lookUpAccount } from './account-lookup';
import { ExistingAccount } from './existing-account';
import { AccountRemoval, accountParameterName, MemberAccount } from './member-account';
import { IManagement, IOrganization } from './organization';
import { isKept, OrganizationPolicies, OrganizationPolicyOptions, policyTypeOf } from './organization-policies';
import { OrganizationSource } from './organization-source';
import { partOf } from './parameters';
import { AUTHORIZING } from './policy-statements';
import { organizationalUnitProblem, policyTypeProblem, servicePrincipalProblem } from './rules';
import { DISTURBED, Settings } from './settings';
import { Structure } from './structure';
import { AccountCall } from '../support/account-call';
import { deployAfter } from '../support/dependencies';
import { refuse } from '../support/options';
import { exempted } from '../support/principals';
import { tellWhoseNames } from '../support/taken-names';

export interface ManagementProps {
  readonly source: OrganizationSource;
  readonly existingOrganizationalUnits: { [path: string]: string };
}

export interface NewAccount {
  readonly stageName: string;
  readonly accountName: string;
  readonly email: string;
  readonly organizationalUnit?: string;
  readonly tags: { [key: string]: string };
  /** As given. */
  readonly roleName?: string;
  readonly removal: AccountRemoval;
}

export interface AdoptedAccount {
  readonly stageName: string;
  readonly accountId: string;
  readonly organizationalUnit?: string;
  readonly tags: { [key: string]: string };
}

/**
 * The stacks of root that create an organization and its accounts, where the management account is ours.
 *
 * The stack `organization` contains what concerns all accounts and depends on all of them, so that deploying it
 * deploys everything.
 */
export class Management implements IManagement {
  private readonly root: StageAccount;
  private readonly accounts = new Map<string, MemberAccount | ExistingAccount>();
  private readonly late: Stack[] = [];
  private readonly guards: string[] = [];
  private readonly guardedUnits: string[] = [];
  private readonly policies = new OrganizationPolicies();
  private readonly structure: Structure;
  private readonly parts = new Map<number, Stack>();
  private lastPolicy?: Stack;
  private settingsStack?: Settings;
  private organizationStack?: Stack;
  private former?: string;

  constructor(private readonly organization: IOrganization, private readonly props: ManagementProps) {
    this.root = organization.root;
    this.structure = new Structure(this.root, props);
    if (!props.source._existing) {
      this.aboutAllAccounts();
    }
    organization.addFacts({
      facts: () => this.policies.targets().map(({ subject, name, type }) =>
        ({ kind: 'organization-policy', subject, name, value: type, source: this.root.node.path })),
    });
    this.root.node.addValidation({ validate: () => this.policies.problems() });
    this.root.node.addValidation({
      validate: () => this.former === undefined ? [] : [`homeRegion '${this.root.region}' is not '${this.former}', for which `
        + 'cdk.context.json has accounts: it cannot be changed once the stacks of root are there, so put it back, or remove these '
        + 'entries if nothing is deployed there'],
    });
  }

  public get existingOrganizationId(): string | undefined {
    return this.props.source._existing?.organizationId;
  }

  public get organizationId(): string {
    return this.structure.organizationId;
  }

  public addStack(id: string, description?: string): Stack {
    const stack = this.root.addStack(id, { description });
    this.deployLate(stack);
    if (this.organizationStack) {
      deployAfter(this.organizationStack, stack);
    }
    return stack;
  }

  public accountIdOf(stage: StageAccount, scope?: IConstruct): string {
    if (stage !== this.root && !this.organization.stages.includes(stage)) {
      throw new Error(`stage '${stage.node.path}' is none of '${this.organization.node.path}': give one of its stages`);
    }
    const account = this.accounts.get(stage.node.id);
    if (account && scope && Stage.of(scope) === this.root) {
      deployAfter(Stack.of(scope), account);
    }
    return account?.parameterValue ?? stage.accountId;
  }

  public organizationalUnitIdOf(path?: string, scope?: IConstruct): string {
    refuse(path === undefined ? [] : organizationalUnitProblem('path', path));
    const id = this.structure.placeOf(path);
    const created = this.structure.stackOf(path);
    if (created && scope && Stage.of(scope) === this.root) {
      deployAfter(Stack.of(scope), created);
    }
    return id;
  }

  public addOrganizationalUnit(path: string): void {
    this.organizationalUnitIdOf(path);
    // deployed by the command that deploys everything, even where there is nothing else
    this.aboutAllAccounts();
  }

  /** Paths of the organizational units that anything uses. */
  public get organizationalUnits(): string[] {
    return this.structure.paths;
  }

  public enableServiceAccess(servicePrincipal: string): void {
    refuse(servicePrincipalProblem('servicePrincipal', servicePrincipal));
    this.settings().enableServiceAccess(servicePrincipal);
  }

  public _enableServiceAccessFor(stack: Stack, servicePrincipal: string): void {
    this.enableServiceAccess(servicePrincipal);
    deployAfter(stack, this.settings());
  }

  public enablePolicyType(policyType: string): void {
    refuse(policyTypeProblem('policyType', policyType));
    this.settings().enablePolicyType(policyType);
  }

  public registerDelegatedAdministrator(servicePrincipal: string, stage: StageAccount): void {
    if (stage === this.root) {
      throw new Error(`stage '${stage.node.id}' cannot administer '${servicePrincipal}', because AWS does not allow it for the management account: `
        + 'give another stage');
    }
    this.enableServiceAccess(servicePrincipal);
    const id = `administer-${servicePrincipal}-${stage.node.id}`;
    if (this.aboutAllAccounts().node.tryFindChild(id)) {
      return;
    }
    const call = new AccountCall(this.aboutAllAccounts(), id, {
      service: 'Organizations',
      action: 'registerDelegatedAdministrator',
      parameters: { AccountId: this.accountIdOf(stage), ServicePrincipal: servicePrincipal },
      alreadySo: 'AccountAlreadyRegisteredException',
      again: DISTURBED,
      allowed: ['organizations:RegisterDelegatedAdministrator'],
    });
    this.policies.append(call.first, call.last);
  }

  public addPolicy(id: string, policy: OrganizationPolicyOptions): void {
    this.policies.check(id, policy);
    this.enablePolicyType(policyTypeOf(policy).name);
    // what goes with the code is in a stack that stays in the code
    this.policies.add(id, policy, policy.policyName ?? `${this.root.namespace}-${id}`,
      part => isKept(policy) ? this.addPolicyStack(part === 1 ? id : `${id}-${part}`, policy) : this.aboutAccounts(part));
    if (policy.stages || policy.organizationalUnits) {
      policy.stages?.forEach(stage => this.attachPolicy(id, stage));
      policy.organizationalUnits?.forEach(path => this.attachToUnit(id, path));
      this.guardUnits(policy);
    } else if (this.props.source._existing) {
      // it has accounts that are not ours to change, so each of ours is a target
      this.organization.visitStages({ visit: stage => this.attachPolicy(id, stage) });
    } else {
      this.policies.attach(id, 'the whole organization', this.organizationalUnitIdOf());
    }
  }

  public attachPolicy(id: string, stage: StageAccount): void {
    const { name } = this.policies.typeOf(id);
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_authorization_policies.html
    if (AUTHORIZING.includes(name) && stage === this.root) {
      throw new Error(`policy '${id}' cannot be attached to stage 'root', whose account no ${name} binds, because it manages the organization: `
        + 'leave it out');
    }
    const accountId = this.accountIdOf(stage);
    this.policies.attach(id, `stage '${stage.node.id}'`, accountId, this.organization.stages.indexOf(stage));
  }

  /**
   * Stack of one retained policy, which is not deleted when the policy leaves the code. It has no termination
   * protection: a stack whose creation failed could not be deleted, and destroying one leaves the policy in force.
   */
  private addPolicyStack(id: string, policy: OrganizationPolicyOptions): Stack {
    return this.afterPolicies(this.addStack(`policy-${id}`, `A policy that stays when it leaves the code: ${policyTypeOf(policy).name}`));
  }

  /** AWS rejects concurrent changes. */
  private afterPolicies(stack: Stack): Stack {
    if (this.lastPolicy) {
      deployAfter(stack, this.lastPolicy);
    }
    return this.lastPolicy = stack;
  }

  public get sparedArns(): string[] {
    return this.policies.sparedArns;
  }

  public spare(principal: IGrantable): void {
    this.policies.spare(exempted('principal', principal));
  }

  public _spareGuarded(roles: string, userArn: string, guards: string[]): void {
    this.policies.spareGuarded(roles, userArn, guards);
    this.guards.push(...guards);
    this.guardedUnits.forEach(path => guards.forEach(id => this.attachToUnit(id, path)));
  }

  /** Units of an organization that exists have accounts that are no stages, and the guards are for all stages. */
  private guardUnits(policy: OrganizationPolicyOptions): void {
    const { organizationalUnits = [] } = policy;
    if (this.props.source._existing && AUTHORIZING.includes(policyTypeOf(policy).name)) {
      this.guardedUnits.push(...organizationalUnits);
      organizationalUnits.forEach(path => this.guards.forEach(id => this.attachToUnit(id, path)));
    }
  }

  private attachToUnit(id: string, path: string): void {
    this.policies.attach(id, `unit '${path}'`, this.organizationalUnitIdOf(path));
  }

  /** Defines an account, and returns its ID if it is known. */
  public createAccount({ organizationalUnit, ...account }: NewAccount): string | undefined {
    const { stageName } = account;
    const name = accountParameterName(this.root.namespace, stageName, account.email);
    const asking = Stack.of(this.root.admin);
    const { accountId, hasStack, problems } = lookUpAccount(asking, account.email, name);
    this.former ??= accountId === undefined ? formerRegion(asking, account.email) : undefined;
    const parentId = this.structure.placeOf(organizationalUnit);
    this.add(stageName, accountId !== undefined && !hasStack
      ? new ExistingAccount(this.root, { ...account, accountId, parentId })
      : new MemberAccount(this.root, { ...account, parentId, accountId, parameterName: name }));
    if (accountId !== undefined) {
      this.structure.protect(organizationalUnit);
    }
    if (problems.length > 0) {
      this.root.node.addValidation({ validate: () => problems });
    }
    return accountId;
  }

  /** Moves an account that is given into its organizational unit, and tags it, if either is asked for. */
  public adoptAccount({ stageName, accountId, organizationalUnit, tags }: AdoptedAccount): void {
    if (organizationalUnit === undefined && Object.keys(tags).length === 0) {
      return;
    }
    const parentId = organizationalUnit === undefined ? undefined : this.structure.placeOf(organizationalUnit);
    this.structure.append(new ExistingAccount(this.root, { stageName, accountId, parentId, tags }));
    if (organizationalUnit !== undefined) {
      this.structure.protect(organizationalUnit);
    }
    this.aboutAllAccounts();
  }

  /** Called once all accounts are known. */
  public complete(): void {
    this.structure.complete();
  }

  private add(stageName: string, account: MemberAccount | ExistingAccount): void {
    this.structure.append(account);
    this.accounts.set(stageName, account);
    this.aboutAllAccounts();
  }

  // created on demand: an existing organization may need neither, and a stack without resources cannot be deployed

  private settings(): Settings {
    if (!this.settingsStack) {
      this.settingsStack = new Settings(this.root, this.structure.placeOf());
      this.structure.finishBefore(this.settingsStack);
      this.late.forEach(stack => deployAfter(stack, this.settingsStack!));
    }
    return this.settingsStack;
  }

  private aboutAllAccounts(): Stack {
    if (!this.organizationStack) {
      this.organizationStack = this.root.addStack('organization', { description: 'What is about all accounts' });
      // the CLI deploys no stack without resources, and nothing that it depends on
      new CfnWaitConditionHandle(this.organizationStack, 'All');
      tellWhoseNames(this.organizationStack);
      this.late.forEach(stack => deployAfter(this.organizationStack!, stack));
      this.deployLate(this.organizationStack);
      // these stay when the last of their policies leaves the code, so that AWS deletes that, too
      const { organization } = this;
      organization.visitStages({ visit: stage => this.aboutAccounts(partOf(organization.stages.indexOf(stage))) });
    }
    return this.organizationStack;
  }

  /** As one template cannot name all accounts: what is about those of this part. */
  private aboutAccounts(part: number): Stack {
    const known = this.parts.get(part) ?? (part === 1 ? this.aboutAllAccounts() : undefined);
    if (known) {
      return known;
    }
    const stack = this.afterPolicies(this.addStack(`organization-${part}`, 'What is about further accounts'));
    new CfnWaitConditionHandle(stack, 'All');
    this.parts.set(part, stack);
    return stack;
  }

  private deployLate(stack: Stack): void {
    this.structure.finishBefore(stack);
    if (this.settingsStack) {
      deployAfter(stack, this.settingsStack);
    }
    this.late.push(stack);
  }
}

