import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { OrganizationSource } from '../organization-source';
import { lookUpAccountId } from '../private/account-lookup';
import { StageAccount } from '../stage-account';
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

/** What comes with the management account: the stacks of root that make an organization and its accounts. */
export class OwnedOrganization {
  private readonly accounts: MemberAccount[] = [];
  private structureStack?: Structure;
  private bootstrapStack?: Bootstrap;

  constructor(private readonly root: StageAccount, private readonly props: OwnedOrganizationProps) {
    if (!props.source._existing) {
      this.bootstrap();
    }
  }

  /** Defines an account, and says its id as far as it is known. */
  public createAccount(account: NewAccount): string | undefined {
    const structure = this.structure();
    const bootstrap = this.bootstrap();
    const stack = new MemberAccount(this.root, { ...account, parentId: structure.placeOf(account.organizationalUnit) });
    // AWS creates one account at a time
    stack.addDependency(this.accounts[this.accounts.length - 1] ?? structure);
    bootstrap.addDependency(stack);
    this.accounts.push(stack);
    return lookUpAccountId(structure, account.email);
  }

  /** Lets a service of AWS act in all accounts. */
  public enableServiceAccess(servicePrincipal: string): void {
    this.structure().enableServiceAccess(servicePrincipal);
  }

  /** An organization that exists may need nothing of us, and a stack without resources cannot be deployed. */
  private structure(): Structure {
    return this.structureStack ??= new Structure(this.root, this.props);
  }

  private bootstrap(): Bootstrap {
    if (!this.bootstrapStack) {
      const structure = this.structure();
      structure.activateStackSets();
      this.bootstrapStack = new Bootstrap(this.root, {
        regions: this.props.bootstrapRegions,
        executionPolicies: this.props.bootstrapExecutionPolicies,
        targetId: structure.placeOf(),
        // an organization that exists has accounts which are none of our business
        onlyAccounts: this.props.source._existing ? () => this.accounts.map(account => account.importedId) : undefined,
      });
      this.bootstrapStack.addDependency(structure);
    }
    return this.bootstrapStack;
  }
}
