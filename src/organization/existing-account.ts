import { Fn, Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';
import { AccountCall } from '../support/account-call';
import { createAfter } from '../support/dependencies';

export interface ExistingAccountProps {
  readonly stageName: string;
  readonly accountId: string;
  /** Address of the account, if it was found by that. */
  readonly email?: string;
  readonly parentId: string;
}

/**
 * An account that is known by its ID: one that is given, or one that was created although its stack failed. It is moved
 * into its organizational unit if it is elsewhere, and nothing else of it is changed.
 *
 * Not in the stack that creates an account: without the account in its template, that would apply its deletion policy.
 */
export class ExistingAccount extends Stack {
  /** ID of the account, for use in a stack of root. */
  public readonly parameterValue: string;

  constructor(root: StageAccount, { stageName, accountId, email, parentId }: ExistingAccountProps) {
    super(root, `adopted-${stageName}`, { description: `The place of the existing account of ${stageName}` });
    const name = parameterName(root.namespace, 'account', `${stageName}-${accountId}`);
    const id = new CfnParameter(this, 'Id', { name, type: 'String', value: accountId });
    const address = email === undefined ? undefined : this.holdAgainst(accountId, email, `${name}-email`);
    this.parameterValue = parameterValue(name);

    const parents = new AccountCall(this, 'parents', {
      service: 'Organizations',
      action: 'listParents',
      parameters: { ChildId: accountId },
      // asked again for every destination: the account is where the last move has left it
      physicalId: Fn.join(' ', [accountId, parentId]),
      outputPaths: ['Parents.0.Id'],
      allowed: ['organizations:ListParents'],
    });
    if (address) {
      createAfter(id, address);
      createAfter(parents.first, address);
    }
    new AccountCall(this, 'move', {
      service: 'Organizations',
      action: 'moveAccount',
      parameters: {
        AccountId: accountId, SourceParentId: parents.getResponseField('Parents.0.Id'), DestinationParentId: parentId,
      },
      alreadySo: 'DuplicateAccountException',
      allowed: ['organizations:MoveAccount'],
    });
  }

  /** The ID was looked up, and is in the context: SSM refuses the address of another account. */
  private holdAgainst(accountId: string, email: string, name: string): CfnParameter {
    const account = new AccountCall(this, 'account', {
      service: 'Organizations',
      action: 'describeAccount',
      parameters: { AccountId: accountId },
      physicalId: accountId,
      outputPaths: ['Account.Email'],
      allowed: ['organizations:DescribeAccount'],
    });
    return new CfnParameter(this, 'Email', {
      name,
      type: 'String',
      value: account.getResponseField('Account.Email'),
      allowedPattern: `^${email.replace(/[^\w@-]/g, '\\$&')}$`,
    });
  }
}
