import { Construct } from 'constructs';
import { IOrganization, Organization } from '../organization/organization';
import { DISTURBED } from '../organization/settings';
import { AccountCall } from '../support/account-call';
import { createAfter } from '../support/dependencies';

/**
 * Central root access of an organization: root removes and restores the credentials of the root users of its accounts,
 * and opens sessions of these users for single tasks, such as deleting the policy of a bucket that nobody can read.
 * Accounts that are created from then on have no root credentials.
 *
 * It is never switched off again, also when it leaves the code. Root users of accounts that exist keep their
 * credentials, until somebody in root removes them. There is one for an organization.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management
 * @example
 * new CentralRootAccess(acme, 'central-root-access');
 */
export class CentralRootAccess extends Construct {
  /**
   * @throws if the management account is not yours, if the organization has another one, such as that of its
   * `Guardrails`, or root has a stack `central-root-access` of your own
   */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const organization = Organization.of(this);
    const { management } = organization;
    const first = FIRST.get(organization);
    if (first) {
      throw new Error(`'${this.node.path}' switches central root access on, as '${first}' does: leave one of them out`);
    }
    if (!management) {
      throw new Error(`'${this.node.path}' cannot switch central root access on, because the management account is not yours: `
        + 'have its owner do it');
    }
    FIRST.set(organization, this.node.path);
    management.enableServiceAccess('iam.amazonaws.com');
    const stack = management.addStack('central-root-access', 'What root may do for the root users of its accounts');
    // AWS calls Organizations on the way
    const [credentials, sessions] = ['OrganizationsRootCredentialsManagement', 'OrganizationsRootSessions'].map(feature =>
      new AccountCall(stack, feature, {
        service: 'IAM', action: `enable${feature}`, allowed: [`iam:Enable${feature}`], again: DISTURBED,
      }));
    createAfter(sessions.first, credentials.last);
  }
}

/** Paths of those that there are. */
const FIRST = new WeakMap<IOrganization, string>();
