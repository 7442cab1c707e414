import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnOrganization } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { OrganizationSource } from './organization-source';
import { OrganizationalUnit } from './organizational-unit';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';
import { deployAfter } from '../support/dependencies';

export interface StructureProps {
  readonly source: OrganizationSource;
  readonly existingOrganizationalUnits: { [path: string]: string };
}

/**
 * The organization, its organizational units and its accounts: a stack each, so that a failure takes nothing else back,
 * deployed one after another, because AWS Organizations rejects concurrent changes.
 */
export class Structure {
  private readonly stacks: Stack[] = [];
  private readonly waiting: Stack[] = [];
  private readonly organization?: CfnOrganization;
  private readonly units = new Map<string, OrganizationalUnit>();
  private readonly asked = new Set<string>();
  private readonly existingUnits: Map<string, string>;

  constructor(private readonly root: StageAccount, private readonly props: StructureProps) {
    this.existingUnits = new Map(Object.entries(props.existingOrganizationalUnits));
    if (!props.source._existing) {
      const stack = this.append(new Stack(root, 'structure', { description: 'The organization' }));
      this.organization = new CfnOrganization(stack, 'Organization', { featureSet: 'ALL' });
      // deleted only if its own creation is rolled back, when it is still empty; retained from then on
      this.organization.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      this.tell('RootId', 'root-id', this.organization.attrRootId);
    }
  }

  /** ID of the organization, for use in a stack of root. */
  public get organizationId(): string {
    if (this.props.source._existing) {
      return this.props.source._existing.organizationId;
    }
    this.tell('OrganizationId', 'organization-id', this.organization!.attrId);
    return parameterValue(parameterName(this.root.namespace, 'organization-id'), this.root.accountId);
  }

  /** ID of the organization's root or of an organizational unit, for use in a stack of root. */
  public placeOf(path?: string): string {
    if (path === undefined) {
      return this.props.source._existing?.organizationRootId ?? parameterValue(parameterName(this.root.namespace, 'root-id'));
    }
    this.asked.add(path);
    return this.existingUnits.get(path) ?? parameterValue(this.unit(path).parameterName);
  }

  /** Stack that creates an organizational unit, or the organization. None if it exists. */
  public stackOf(path?: string): Stack | undefined {
    return path === undefined ? this.organization?.stack : this.units.get(path);
  }

  /** Paths of the organizational units that are used. */
  public get paths(): string[] {
    return [...this.asked];
  }

  /** Protects the stacks of an organizational unit and of all above it. Before an account is there, they may fail. */
  public protect(path?: string): void {
    const names = path?.split('/') ?? [];
    const units = names.map((_, index) => this.units.get(names.slice(0, index + 1).join('/')));
    [this.organization?.stack, ...units].forEach(stack => {
      if (stack) {
        stack.terminationProtection = true;
      }
    });
  }

  /** Adds a stack to those that are deployed one after another. */
  public append<T extends Stack>(stack: T): T {
    if (this.stacks.length > 0) {
      deployAfter(stack, this.stacks[this.stacks.length - 1]);
    }
    this.stacks.push(stack);
    return stack;
  }

  /** Deploys a stack after all of these, including those that are added later. */
  public finishBefore(stack: Stack): void {
    this.waiting.push(stack);
  }

  /**
   * Has those that wait do so for the last stack, which waits for all others. Only once all are known: for each
   * dependency, the CDK follows all others, and a thousand stacks would take minutes.
   */
  public complete(): void {
    if (this.stacks.length > 0) {
      this.waiting.forEach(stack => deployAfter(stack, this.stacks[this.stacks.length - 1]));
    }
  }

  private unit(path: string): OrganizationalUnit {
    const known = this.units.get(path);
    if (known) {
      return known;
    }
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined;
    const unit = this.append(new OrganizationalUnit(this.root, path, this.placeOf(parent)));
    this.units.set(path, unit);
    return unit;
  }

  private tell(id: string, name: string, value: string): void {
    const { stack } = this.organization!;
    if (!stack.node.tryFindChild(id)) {
      new CfnParameter(stack, id, { name: parameterName(this.root.namespace, name), type: 'String', value });
    }
  }
}
