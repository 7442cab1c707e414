import { CfnDeletionPolicy, CfnResource, Token } from 'aws-cdk-lib';
import { CfnGroup } from 'aws-cdk-lib/aws-identitystore';
import { Construct } from 'constructs';
import { Fact, IOrganization, Organization } from '../organization/organization';
import { AccountCall } from '../support/account-call';
import { checkValue, refuse } from '../support/options';
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

/** What an instance has to have, as facts of the kind `needs` name it: so `check` knows of no source of people. */
export type InstanceNeed = 'identity-center' | 'permission-sets' | 'account-access' | 'identity-center-group' | 'identity-center-new-group';

/** Groups of an instance, in a stack of root in its region. Their IDs are known at deployment. */
export class IdentityCenterGroups extends Construct {
  private readonly store: AccountCall;
  private readonly organization: IOrganization;
  private readonly needs: Fact[] = [];

  /** @param areCreated whether they are created here: found by their names otherwise */
  constructor(scope: Construct, private readonly instance: IdentityCenter, private readonly areCreated: boolean) {
    super(scope, 'groups');
    this.store = new AccountCall(this, 'instance', {
      service: 'SSOAdmin',
      action: 'describeInstance',
      parameters: { InstanceArn: instance.instanceArn },
      physicalId: instance.instanceArn,
      outputPaths: ['IdentityStoreId'],
      allowed: ['sso:DescribeInstance'],
      resources: [instance.instanceArn],
    });
    this.organization = Organization.of(scope);
    const other = CREATING.get(this.organization);
    if (areCreated && other) {
      throw new Error(`createGroups of '${scope.node.path}' is true, and '${other}' creates them already: leave it out of one of both`);
    }
    if (areCreated) {
      CREATING.set(this.organization, scope.node.path);
    }
    this.organization.addFacts({ facts: () => this.needs });
    this.need('identity-center', instance.region);
  }

  /** Says what else the instance has to have. */
  public need(need: InstanceNeed, value = ''): void {
    const name = `${need} ${this.instance.instanceArn}`;
    this.needs.push({ kind: 'needs', subject: this.organization.root.node.id, name, value, source: this.node.path });
  }

  /** Returns the ID in the directory of the group with this name. */
  public idOf(groupId: string, groupName: string): string {
    this.need(this.areCreated ? 'identity-center-new-group' : 'identity-center-group', groupName);
    const identityStoreId = this.store.getResponseField('IdentityStoreId');
    if (this.areCreated) {
      // its members are somebody else's
      return retained(new CfnGroup(this, `group-${groupId}`, { identityStoreId, displayName: groupName })).attrGroupId;
    }
    return new AccountCall(this, `group-${groupId}`, {
      service: 'IdentityStore',
      action: 'getGroupId',
      parameters: {
        IdentityStoreId: identityStoreId,
        AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: groupName } },
      },
      physicalId: `${this.instance.instanceArn} ${groupName}`,
      outputPaths: ['GroupId'],
      allowed: ['identitystore:GetGroupId'],
    }).getResponseField('GroupId');
  }
}

/** Stack that creates the groups of an organization. */
const CREATING = new WeakMap<IOrganization, string>();

/** Keeps what people have made of it. */
export function retained<T extends CfnResource>(resource: T): T {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  return resource;
}
