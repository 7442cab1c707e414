import { CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';
import { DISTURBED } from './settings';
import { AccountCall } from '../support/account-call';
import { createAfter } from '../support/dependencies';

export interface ExistingAccountProps {
  readonly stageName: string;
  readonly accountId: string;
  /** Address of the account, if it was found by that. */
  readonly email?: string;
  /** Where it is moved. It stays where it is unless given. */
  readonly parentId?: string;
  readonly tags: { [key: string]: string };
}

/**
 * An account that is known by its ID: one that is given, or one that was created although its stack failed. It is moved
 * into its organizational unit if it is elsewhere, and gets its tags. Nothing else of it is changed.
 *
 * Not in the stack that creates an account: without the account in its template, that would apply its deletion policy.
 */
export class ExistingAccount extends Stack {
  /** ID of the account, for use in a stack of root. */
  public readonly parameterValue: string;

  constructor(root: StageAccount, { stageName, accountId, email, parentId, tags }: ExistingAccountProps) {
    const what = parentId === undefined ? 'tags' : 'place';
    super(root, `adopted-${stageName}`, { description: `The ${what} of the existing account of ${stageName}` });
    const name = parameterName(root.namespace, 'account', `${stageName}-${accountId}`);
    const id = new CfnParameter(this, 'Id', { name, type: 'String', value: accountId });
    const address = email === undefined ? undefined : this.holdAgainst(accountId, email, `${name}-email`);
    this.parameterValue = parameterValue(name);

    const moved = parentId === undefined ? undefined : this.move(accountId, parentId);
    const tagged = Object.keys(tags).length === 0 ? undefined : this.tag(accountId, tags);
    if (moved && tagged) {
      createAfter(tagged.first, moved.last);
    }
    [id, moved?.first, tagged?.first].forEach(resource => {
      if (address && resource) {
        createAfter(resource, address);
      }
    });
  }

  private move(accountId: string, parentId: string): Changes {
    const parents = new AccountCall(this, 'parents', {
      service: 'Organizations',
      action: 'listParents',
      parameters: { ChildId: accountId },
      // asked again for every destination: the account is where the last move has left it
      physicalId: Fn.join(' ', [accountId, parentId]),
      outputPaths: ['Parents.0.Id'],
      allowed: ['organizations:ListParents'],
    });
    const move = new AccountCall(this, 'move', {
      service: 'Organizations',
      action: 'moveAccount',
      parameters: {
        AccountId: accountId, SourceParentId: parents.getResponseField('Parents.0.Id'), DestinationParentId: parentId,
      },
      alreadySo: 'DuplicateAccountException',
      allowed: ['organizations:MoveAccount'],
    });
    return { first: parents.first, last: move.last };
  }

  private tag(accountId: string, tags: { [key: string]: string }): Changes {
    return new AccountCall(this, 'tag', {
      service: 'Organizations',
      action: 'tagResource',
      parameters: { ResourceId: accountId, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      again: DISTURBED,
      allowed: ['organizations:TagResource'],
      resources: [this.formatArn({ service: 'organizations', region: '', resource: 'account', resourceName: `*/${accountId}` })],
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

interface Changes {
  readonly first: CfnResource;
  readonly last: CfnResource;
}
