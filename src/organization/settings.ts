import { CfnResource, Stack } from 'aws-cdk-lib';
import { StageAccount } from '../stage-account';
import { AccountCall, AccountCallProps } from '../support/account-call';
import { createAfter } from '../support/dependencies';

/**
 * Errors after which AWS's own handlers make their calls again. The SDK does not: of the errors of Organizations, only
 * TooManyRequestsException is among those that it repeats.
 *
 * @see https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-organizations
 * @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/service-error-classification/src/constants.ts
 */
export const DISTURBED = ['ConcurrentModificationException', 'PolicyChangesInProgressException'];

/**
 * Trusted access of services, and policy types, of the organization. It is in a stack of its own, so that a call that
 * fails rolls back neither the organization nor a unit nor an account.
 */
export class Settings extends Stack {
  private last?: CfnResource;

  constructor(root: StageAccount, private readonly rootId: string) {
    super(root, 'settings', { description: 'Which services may act in the organization, and which types of policies it has' });
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
      parameters: { PolicyType: policyType, RootId: this.rootId },
      alreadySo: 'PolicyTypeAlreadyEnabledException',
      allowed: ['organizations:EnablePolicyType'],
      resources: [this.formatArn({
        service: 'organizations', region: '', resource: 'root', resourceName: `*/${this.rootId}`,
      })],
    });
  }

  /** AWS Organizations rejects concurrent changes. */
  private call(id: string, props: AccountCallProps): void {
    if (!this.node.tryFindChild(id)) {
      const call = new AccountCall(this, id, { ...props, again: DISTURBED });
      if (this.last) {
        createAfter(call.first, this.last);
      }
      this.last = call.last;
    }
  }
}
