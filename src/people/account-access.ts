import { Aws, CfnResource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IdentityCenter, IdentityCenterOptions, retained } from './identity-center';
import { IdentityCenterPeople } from './identity-center-people';
import { RoleAccess, RoleAssignment } from './people-directory';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { Organization } from '../organization/organization';
import { shown } from '../support/options';

/** Options of `PeopleSource.accountAccess`. */
export interface AccountAccessOptions extends IdentityCenterOptions {
  /**
   * ARN of the application of the account access manager, if the instance has one: it takes a single one.
   *
   * @default - the application is created, once trusted access is enabled for the account access manager, and retained
   * when it leaves the code
   */
  readonly applicationArn?: string;
}

/** People of IAM Identity Center who assume the roles of the stages by AWS's account access manager. */
export class AccountAccess extends IdentityCenterPeople {
  private readonly applicationArn: string;

  constructor(scope: Construct, private readonly options: AccountAccessOptions) {
    const { instance, applicationArn } = options;
    checkApplication(scope, instance, applicationArn);
    super(scope, {
      options,
      stack: 'account-access',
      description: 'Which roles people of IAM Identity Center may assume',
      kind: 'entitlements',
      partDescription: 'Roles that a group of IAM Identity Center may assume',
      way: 'the account access manager',
    });
    this.groups.need('account-access', applicationArn);
    if (applicationArn === undefined) {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager-getting-started.html#enable-aam
      this.organization.management!._enableServiceAccessFor(this.stack, SERVICE);
    }
    // the types are newer than the oldest aws-cdk-lib that consumers may have
    this.applicationArn = applicationArn ?? retained(new CfnResource(this.stack, 'Application', {
      type: 'AWS::AccountAccess::Application',
      properties: { IdentitySource: { IdentityCenter: { InstanceArn: instance.instanceArn } } },
    })).getAtt('ApplicationArn').toString();
  }

  public assignRole(assignment: RoleAssignment): RoleAccess | undefined {
    const { group, role, stage } = assignment;
    this.refuseTerms(assignment);
    const place = this.placeOf(group, role, stage);
    if (place) {
      const { scope, principalId, accountId } = place;
      const roleArn = accountId === undefined ? role.roleArn : `arn:${Aws.PARTITION}:iam::${accountId}:role/${role.roleName}`;
      new CfnResource(scope, role.node.path, {
        type: 'AWS::AccountAccess::Entitlement',
        properties: {
          ApplicationArn: this.applicationArn,
          Entitlement: { PrincipalRole: { Principal: { IdentityCenter: { GroupId: principalId } }, RoleArn: roleArn } },
        },
      });
    }
    if (role instanceof CrossAccountAccessRole && !role._gates.has(GATE)) {
      role.role.assumeRolePolicy!.addStatements(this.trust());
      role._gates.add(GATE);
    }
    return place && { way: 'account-access', principal: GATE };
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
const GATE = `service ${SERVICE}`;

function checkApplication(scope: Construct, instance: IdentityCenter, applicationArn?: string): void {
  if (applicationArn === undefined) {
    return;
  }
  const { accountId } = Organization.of(scope).root;
  const start = `:account-access:${instance.region}:${accountId}:application/`;
  if (Token.isUnresolved(applicationArn) || !new RegExp(`^arn:aws[a-z-]*${start}[a-zA-Z0-9-]+$`).test(applicationArn)) {
    throw new Error(`applicationArn is ${shown(applicationArn)}, which is no application of the instance in root: give one such as 'arn:aws${start}app-1234567890abcdef'`);
  }
}
