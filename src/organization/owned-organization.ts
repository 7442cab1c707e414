import { Lazy, Stack } from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { OrganizationSource } from '../organization-source';
import { lookUpAccountId } from '../private/account-lookup';
import { createAfter, deployAfter } from '../private/dependencies';
import { StageAccount } from '../stage-account';
import { AuditAccountSeal, AuditAccountSealPolicy, MembersStayPolicy } from './audit-account-seal';
import { Bootstrap } from './bootstrap';
import { AccountRemoval, MemberAccount } from './member-account';
import { Structure } from './structure';

export interface OwnedOrganizationProps {
  readonly source: OrganizationSource;
  readonly existingOrganizationalUnits: { [path: string]: string };
  readonly bootstrapRegions: () => string[];
  readonly bootstrapExecutionPolicies: IManagedPolicy[];
}

export interface NewAccount {
  readonly stageName: string;
  readonly accountName: string;
  readonly email: string;
  readonly organizationalUnit?: string;
  readonly removal: AccountRemoval;
}

/**
 * What comes with the management account: the stacks of root that make an organization and its accounts.
 *
 * The stack `organization` holds what is about all accounts and waits for all of them, so that deploying it deploys the
 * whole.
 */
export class OwnedOrganization {
  private readonly accounts = new Map<string, MemberAccount>();
  private lastAccount?: MemberAccount;
  private structureStack?: Structure;
  private organizationStack?: Stack;
  private readonly deployedWith = new Set<Stack>();
  private bootstrap?: Bootstrap;

  constructor(private readonly root: StageAccount, private readonly props: OwnedOrganizationProps) {
    if (!props.source._existing) {
      this.bootstrapAccounts();
    }
  }

  /** Defines an account, and says its id as far as it is known. */
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
    this.bootstrapAccounts();
    deployAfter(this.organization(), stack);
    return accountId;
  }

  /** Has every account recorded by CloudTrail, and seals the one that keeps the records. */
  public prepareAudit(storedIn: StageAccount, seal: AuditAccountSeal): void {
    const structure = this.structure();
    structure.enableServiceAccess('cloudtrail.amazonaws.com');
    if (seal === AuditAccountSeal.ROOT_DEPLOYS_ONLY) {
      structure.enablePolicyType('SERVICE_CONTROL_POLICY');
      const { namespace } = this.root;
      const accountId = this.accountReference(storedIn);
      const sealing = new AuditAccountSealPolicy(this.organization(), `AuditAccountSeal-${storedIn.node.id}`, {
        namespace, accountId, stageName: storedIn.node.id,
      });
      const stay = new MembersStayPolicy(this.organization(), 'MembersStay', {
        namespace,
        targetIds: this.props.source._existing
          ? Lazy.list({ produce: () => [...new Set([accountId, ...this.createdAccountIds()])] })
          : [structure.placeOf()],
      });
      // AWS Organizations refuses changes at the same time
      createAfter(stay, sealing);
    }
  }

  /** Has another stack of root deployed by `organization`, after the accounts that it mentions. */
  public deployWith(stack: Stack, stages: StageAccount[]): void {
    for (const account of stages.flatMap(({ node }) => this.accounts.get(node.id) ?? [])) {
      deployAfter(stack, account);
    }
    this.deployedWith.add(stack);
    if (this.organizationStack) {
      deployAfter(this.organizationStack, stack);
    }
  }

  /** The account of a stage, as a stack of root writes it before the account exists. */
  public accountReference(stage: StageAccount): string {
    return this.accounts.get(stage.node.id)?.parameterValue ?? stage.accountId;
  }

  private bootstrapAccounts(): void {
    if (!this.bootstrap) {
      const structure = this.structure();
      structure.activateStackSets();
      this.bootstrap = new Bootstrap(this.organization(), 'Bootstrap', {
        root: this.root,
        regions: this.props.bootstrapRegions,
        executionPolicies: this.props.bootstrapExecutionPolicies,
        targetId: structure.placeOf(),
        // an organization that exists has accounts which are none of our business
        onlyAccounts: this.props.source._existing
          ? () => this.createdAccountIds() : undefined,
      });
    }
  }

  private createdAccountIds(): string[] {
    return [...this.accounts.values()].map(account => account.parameterValue);
  }

  // an organization that exists may need nothing of us, and a stack without resources cannot be deployed

  private structure(): Structure {
    return this.structureStack ??= new Structure(this.root, this.props);
  }

  private organization(): Stack {
    if (!this.organizationStack) {
      this.organizationStack = new Stack(this.root, 'organization', { description: 'What is about all accounts' });
      [this.structure(), ...this.deployedWith].forEach(stack => deployAfter(this.organizationStack!, stack));
    }
    return this.organizationStack;
  }
}
