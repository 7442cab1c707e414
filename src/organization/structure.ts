import { CfnResource, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnOrganization, CfnOrganizationalUnit } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { OrganizationSource } from './organization-source';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';
import { AccountCall, AccountCallProps } from '../support/account-call';
import { createAfter } from '../support/dependencies';

export interface StructureProps {
  readonly source: OrganizationSource;
  readonly existingOrganizationalUnits: { [path: string]: string };
}

/** ID of a root or organizational unit, as used in this stack and in other stacks of the account. */
interface Place {
  readonly here: string;
  readonly elsewhere: string;
}

/**
 * The organization and its organizational units, in a stack without accounts: a creation that fails half-way is rolled
 * back completely, and the next one starts afresh.
 */
export class Structure extends Stack {
  private readonly root: Place;
  private readonly organization?: CfnOrganization;
  private readonly existingOrganizationId?: string;
  private readonly units = new Map<string, Place>();
  private last?: CfnResource;

  constructor(private readonly stage: StageAccount, props: StructureProps) {
    super(stage, 'structure', {
      description: 'The organization, its organizational units, and which services may act in it',
    });
    for (const [path, id] of Object.entries(props.existingOrganizationalUnits)) {
      this.units.set(path, { here: id, elsewhere: id });
    }
    const existing = props.source._existing;
    this.existingOrganizationId = existing?.organizationId;
    if (existing) {
      this.root = { here: existing.organizationRootId, elsewhere: existing.organizationRootId };
    } else {
      this.organization = new CfnOrganization(this, 'Organization', { featureSet: 'ALL' });
      this.root = this.keep(this.organization, this.organization.attrRootId, 'root-id');
    }
  }

  /** ID of the organization, for another stack of this account. */
  public get organizationId(): string {
    if (this.existingOrganizationId !== undefined) {
      return this.existingOrganizationId;
    }
    const name = parameterName(this.stage.namespace, 'organization-id');
    if (!this.node.tryFindChild('OrganizationId')) {
      new CfnParameter(this, 'OrganizationId', { name, type: 'String', value: this.organization!.attrId });
    }
    return parameterValue(name);
  }

  /** Parent of the accounts of this path, for another stack of this account. */
  public placeOf(path?: string): string {
    return (path === undefined ? this.root : this.unit(path.split('/'))).elsewhere;
  }

  /** Enables trusted access for an AWS service in the organization. */
  public enableServiceAccess(servicePrincipal: string): void {
    // all of the name: license-manager has a second one below its first
    this.call(`enable-${servicePrincipal.replace(/\.amazonaws\.com(\.cn)?$/, '')}`, {
      service: 'Organizations',
      action: 'enableAWSServiceAccess',
      parameters: { ServicePrincipal: servicePrincipal },
      allowed: ['organizations:EnableAWSServiceAccess'],
    });
  }

  /** Enables a policy type. An organization with all features has service control policies from the start. */
  public enablePolicyType(policyType: string): void {
    this.call(`enable-${policyType.toLowerCase().replace(/_/g, '-')}`, {
      service: 'Organizations',
      action: 'enablePolicyType',
      parameters: { PolicyType: policyType, RootId: this.root.here },
      alreadySo: 'PolicyTypeAlreadyEnabledException',
      allowed: ['organizations:EnablePolicyType'],
    });
  }

  private unit(names: string[]): Place {
    const path = names.join('/');
    return this.units.get(path) ?? this.createUnit(path, names);
  }

  private createUnit(path: string, names: string[]): Place {
    const parent = names.length > 1 ? this.unit(names.slice(0, -1)) : this.root;
    const scope = names.reduce<Construct>((above, name) =>
      above.node.tryFindChild(`ou:${name}`) as Construct ?? new Construct(above, `ou:${name}`), this);
    const unit = new CfnOrganizationalUnit(scope, 'Resource', { name: names[names.length - 1], parentId: parent.here });
    const place = this.keep(unit, unit.attrId, Names.uniqueResourceName(scope, { maxLength: 128 }));
    this.units.set(path, place);
    return place;
  }

  private keep(resource: CfnResource, id: string, name: string): Place {
    // deleted only if its own creation is rolled back, when it is still empty; retained from then on
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.oneAfterAnother(resource);
    const parameter = new CfnParameter(resource, 'Id', {
      name: parameterName(this.stage.namespace, name),
      type: 'String',
      value: id,
    });
    // stacks of accounts in the unit still read it after their stages are removed from the code
    parameter.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return { here: id, elsewhere: parameterValue(parameter.name!) };
  }

  private call(id: string, props: AccountCallProps): void {
    if (!this.node.tryFindChild(id)) {
      this.oneAfterAnother(new AccountCall(this, id, props).node.findChild('Resource').node.defaultChild as CfnResource);
    }
  }

  /** AWS Organizations rejects concurrent changes. */
  private oneAfterAnother(resource: CfnResource): void {
    if (this.last) {
      createAfter(resource, this.last);
    }
    this.last = resource;
  }
}
