import { Fn, Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';
import { AccountCall } from '../support/account-call';

export interface ExistingAccountProps {
  readonly stageName: string;
  readonly accountId: string;
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

  constructor(root: StageAccount, { stageName, accountId, parentId }: ExistingAccountProps) {
    super(root, `adopted-${stageName}`, { description: `The place of the existing account of ${stageName}` });
    const name = parameterName(root.namespace, 'account', `${stageName}-${accountId}`);
    new CfnParameter(this, 'Id', { name, type: 'String', value: accountId });
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
}
