import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { withoutDeprecations } from './deprecations';
import { StageProfile } from '../../stage-profile';
import { keepNamedOrDestroy } from '../../support/removal';
import { backupDays } from '../support/backups';

/** What may be said of a table. */
export interface DynamoTableProps {
  /** The attribute by which items are spread. It cannot be changed without a new table. */
  readonly partitionKey: dynamodb.Attribute;

  /**
   * The attribute by which items of one partition are sorted. It cannot be changed without a new table.
   *
   * @default - none: the partition key names one item
   */
  readonly sortKey?: dynamodb.Attribute;

  /**
   * Indexes with keys of their own.
   *
   * @default - none
   */
  readonly globalSecondaryIndexes?: dynamodb.GlobalSecondaryIndexPropsV2[];

  /**
   * Indexes that sort by another attribute. They need a sort key, and cannot be changed without a new table.
   *
   * @default - none
   */
  readonly localSecondaryIndexes?: dynamodb.LocalSecondaryIndexProps[];

  /**
   * The attribute that says when an item expires, in seconds since 1970.
   *
   * @default - items never expire
   */
  readonly timeToLiveAttribute?: string;

  /**
   * What a stream tells of every change.
   *
   * @default - there is no stream
   */
  readonly dynamoStream?: dynamodb.StreamViewType;

  /**
   * The key that encrypts the table. The stack has to know its region.
   *
   * @default - the key of the account that AWS manages for DynamoDB
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How far back the table can be restored, to any second, in whole days, from 0, which is not at all, to 35.
   *
   * @default - as far as the profile of the stage says, at most 35 days
   */
  readonly backupRetention?: Duration;

  /**
   * Whether DynamoDB refuses to delete the table. To destroy one that is protected, turn this off and deploy first.
   *
   * @default - what the profile of the stage says
   */
  readonly deletionProtection?: boolean;

  /**
   * What becomes of the table when it is removed from the code.
   *
   * @default - what the profile of the stage says
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines a table of DynamoDB, paid by request, encrypted by a key whose use CloudTrail tells.
 *
 * By the profile of the stage: whether it is kept and protected, and how far back it can be restored. For all else
 * there is `TableV2`.
 *
 * @example
 * const orders = new DynamoTable(stack, 'orders', {
 *   partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
 * });
 */
export class DynamoTable extends Construct {
  /** The table, with its grants and metrics. */
  public readonly table: dynamodb.ITableV2;

  /**
   * @throws if `backupRetention` is more than 35 days or not in whole days, the table is to be kept as a snapshot, or
   * there is a key in a stack without a region
   */
  constructor(scope: Construct, id: string, props: DynamoTableProps) {
    super(scope, id);
    const profile = StageProfile.of(this);
    const days = backupDays(props.backupRetention, profile.backupRetention);
    // before 2.269, TableV2 hands deprecated properties to its own grants, whatever it is given
    this.table = withoutDeprecations(() => new dynamodb.TableV2(this, 'Table', {
      partitionKey: props.partitionKey,
      sortKey: props.sortKey,
      globalSecondaryIndexes: props.globalSecondaryIndexes,
      localSecondaryIndexes: props.localSecondaryIndexes,
      timeToLiveAttribute: props.timeToLiveAttribute,
      dynamoStream: props.dynamoStream,
      billing: dynamodb.Billing.onDemand(),
      encryption: this.encryption(props.encryptionKey),
      pointInTimeRecoverySpecification: days > 0
        ? { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: days } : { pointInTimeRecoveryEnabled: false },
      deletionProtection: props.deletionProtection ?? profile.deletionProtection,
      removalPolicy: keepNamedOrDestroy(props.removalPolicy, profile.removalPolicy),
    }));
  }

  private encryption(key?: kms.IKey): dynamodb.TableEncryptionV2 {
    if (key && Token.isUnresolved(Stack.of(this).region)) {
      throw new Error(`encryptionKey is given in stack '${Stack.of(this).node.path}', which does not know its region, as `
        + 'TableV2 needs it to: give the stack an env with a region, or leave the key out');
    }
    return key ? dynamodb.TableEncryptionV2.customerManagedKey(key) : dynamodb.TableEncryptionV2.awsManagedKey();
  }
}
