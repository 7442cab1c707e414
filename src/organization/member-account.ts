import { createHash } from 'crypto';
import { CfnDeletionPolicy, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-organizations';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { parameterName, parameterValue } from './parameters';
import { StageAccount } from '../stage-account';

/** Removal of an account whose stack is destroyed. Removing only the stage from the code never affects the account. */
export enum AccountRemoval {
  /** The account stays open and in the organization. */
  RETAIN = 'RETAIN',
  /**
   * The account is closed: AWS suspends it for 90 days, then deletes it with everything in it. Its e-mail address can
   * never be used for an account again, and an organization can close only a part of its accounts within 30 days.
   * The stack closes it only once it was deployed again after the account's ID is known; until then the account is
   * retained, so that a creation that fails closes nothing. An account whose stack failed when it was created is taken
   * over by its ID, and is not closed.
   */
  CLOSE_ACCOUNT = 'CLOSE_ACCOUNT',
}

export interface MemberAccountProps {
  readonly stageName: string;
  readonly accountName: string;
  readonly email: string;
  readonly parentId: string;
  readonly tags: { [key: string]: string };
  readonly roleName?: string;
  readonly removal: AccountRemoval;
  /** ID of the account, once it is known. */
  readonly accountId?: string;
  /** From `accountParameterName`. */
  readonly parameterName: string;
}

/**
 * One new account, in a stack of its own: a failure of another account does not roll it back. A stage that is removed
 * from the code leaves its stack behind, and finds it again when it is added back.
 */
export class MemberAccount extends Stack {
  /** ID of the account, for use in a stack of root. */
  public readonly parameterValue: string;

  constructor(root: StageAccount, props: MemberAccountProps) {
    const exists = props.accountId !== undefined;
    super(root, `account-${props.stageName}`, {
      description: `The account of ${props.stageName}`,
      // without its stack, the account stays open and can only be imported again. not before it exists: a stack whose
      // creation failed must be deleted before the next attempt
      terminationProtection: exists && props.removal === AccountRemoval.RETAIN,
    });
    const account = new CfnAccount(this, 'Account', {
      accountName: props.accountName,
      email: props.email,
      parentIds: [props.parentId],
      roleName: props.roleName,
    });
    // on the stack, too: of a key with another value on the stack, an update of the account would have both
    // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2244
    Object.entries(props.tags).forEach(([key, value]) => Tags.of(this).add(key, value));
    // a creation that is rolled back deletes by this policy as well, and a closed account's address is lost for ever
    account.cfnOptions.deletionPolicy = exists && props.removal === AccountRemoval.CLOSE_ACCOUNT
      ? CfnDeletionPolicy.DELETE : CfnDeletionPolicy.RETAIN;
    // name and e-mail cannot be changed, so a replacement is always a mistake: it must never close the account
    account.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;

    new CfnOutput(this, 'AccountId', { value: account.attrAccountId });
    const parameter = new CfnParameter(this, 'Id', {
      name: props.parameterName,
      type: 'String',
      value: account.attrAccountId,
      // where stacks go was looked up: SSM refuses the account if it is another one
      allowedPattern: exists ? `^${props.accountId}$` : undefined,
    });
    this.parameterValue = parameterValue(parameter.name!);
  }
}

/** Parameter that exists exactly if the stack of an account was deployed. Another address is another account. */
export function accountParameterName(namespace: string, stageName: string, email: string): string {
  return parameterName(namespace, 'account', `${stageName}-${createHash('sha256').update(email).digest('hex').slice(0, 8)}`);
}
