import { CfnResource, CfnWaitConditionHandle, Fn, Stack } from 'aws-cdk-lib';
import { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { StageAccount } from '../stage-account';
import { lookUpAccountId } from './account-lookup';
import { AccountRemoval, MemberAccount } from './member-account';
import { IManagement, IOrganization } from './organization';
import { OrganizationPolicies, OrganizationPolicyOptions } from './organization-policies';
import { OrganizationSource } from './organization-source';
import { organizationalUnitProblem, policyTypeProblem, servicePrincipalProblem } from './rules';
import { Structure } from './structure';
import { AccountCall } from '../support/account-call';
import { deployAfter } from '../support/dependencies';
import { roleOrUser } from '../support/principals';
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
  /** As given. */
  readonly roleName?: string;
  readonly removal: AccountRemoval;
}

/**
 * The stacks of root that create an organization and its accounts, where the management account is ours.
 *
 * The stack `organization` contains what concerns all accounts and depends on all of them, so that deploying it
 * deploys everything.
 */
export class Management implements IManagement {
  private readonly root: StageAccount;
  private readonly accounts = new Map<string, MemberAccount>();
  private readonly afterAccounts: Stack[] = [];
  private readonly policies: OrganizationPolicies;
  private lastAccount?: MemberAccount;
  private structureStack?: Structure;
  private organizationStack?: Stack;

  constructor(private readonly organization: IOrganization, private readonly props: ManagementProps) {
    this.root = organization.root;
    this.policies = new OrganizationPolicies({
      namespace: this.root.namespace,
      accountIdOf: stage => this.accountIdOf(stage),
      organizationalUnitIdOf: path => this.organizationalUnitIdOf(path),
      // an existing organization has accounts that are not ours to change
      everything: () => props.source._existing
        ? [...new Set(organization.stages.map(stage => this.accountIdOf(stage)))] : [this.organizationalUnitIdOf()],
    });
  }

  public get existingOrganizationId(): string | undefined {
    return this.props.source._existing?.organizationId;
  }

  public get organizationId(): string {
    return this.structure().organizationId;
  }

  public addStack(id: string, description?: string): Stack {
    const stack = this.root.addStack(id, { description });
    [...this.accounts.values()].forEach(account => deployAfter(stack, account));
    this.afterAccounts.push(stack);
    if (this.organizationStack) {
      deployAfter(this.organizationStack, stack);
    }
    return stack;
  }

  public accountIdOf(stage: StageAccount, _scope?: IConstruct): string {
    if (stage !== this.root && !this.organization.stages.includes(stage)) {
      throw new Error(`stage '${stage.node.path}' is none of '${this.organization.node.path}': give one of its stages`);
    }
    return this.accounts.get(stage.node.id)?.parameterValue ?? stage.accountId;
  }

  public organizationalUnitIdOf(path?: string): string {
    refuse(path === undefined ? [] : organizationalUnitProblem('path', path));
    return this.structure().placeOf(path);
  }

  public enableServiceAccess(servicePrincipal: string): void {
    refuse(servicePrincipalProblem('servicePrincipal', servicePrincipal));
    this.structure().enableServiceAccess(servicePrincipal);
  }

  public enablePolicyType(policyType: string): void {
    refuse(policyTypeProblem('policyType', policyType));
    this.structure().enablePolicyType(policyType);
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
      // in a function of its own: within the JSON of the call, the end of the dynamic reference is not recognized
      parameters: { AccountId: Fn.sub(this.accountIdOf(stage)), ServicePrincipal: servicePrincipal },
      alreadySo: 'AccountAlreadyRegisteredException',
      allowed: ['organizations:RegisterDelegatedAdministrator'],
    });
    this.policies.append(call.node.findChild('Resource').node.defaultChild as CfnResource);
  }

  public addPolicy(id: string, policy: OrganizationPolicyOptions): void {
    this.enablePolicyType(policy.policyType.name);
    this.policies.add(this.aboutAllAccounts(), id, policy);
  }

  public spare(principal: IPrincipal): void {
    this.policies.spare(roleOrUser('principal', principal));
  }

  /** Defines an account, and returns its ID if it is known. */
  public createAccount(account: NewAccount): string | undefined {
    const structure = this.structure();
    const accountId = lookUpAccountId(structure, account.email);
    structure.terminationProtection ||= accountId !== undefined;
    const stack = new MemberAccount(this.root, {
      ...account,
      parentId: structure.placeOf(account.organizationalUnit),
      exists: accountId !== undefined,
    });
    // AWS creates one account at a time
    deployAfter(stack, this.lastAccount ?? structure);
    this.lastAccount = stack;
    this.accounts.set(account.stageName, stack);
    [this.aboutAllAccounts(), ...this.afterAccounts].forEach(waiting => deployAfter(waiting, stack));
    return accountId;
  }

  // created on demand: an existing organization may need neither, and a stack without resources cannot be deployed

  private structure(): Structure {
    return this.structureStack ??= new Structure(this.root, this.props);
  }

  private aboutAllAccounts(): Stack {
    if (!this.organizationStack) {
      this.organizationStack = this.root.addStack('organization', { description: 'What is about all accounts' });
      // the CLI deploys no stack without resources, and nothing that it depends on
      new CfnWaitConditionHandle(this.organizationStack, 'All');
      tellWhoseNames(this.organizationStack);
      [this.structure(), ...this.afterAccounts].forEach(stack => deployAfter(this.organizationStack!, stack));
    }
    return this.organizationStack;
  }
}

function refuse([problem]: string[]): void {
  if (problem !== undefined) {
    throw new Error(problem);
  }
}
