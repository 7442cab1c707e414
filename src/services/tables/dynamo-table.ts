import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { withoutDeprecations } from './deprecations';
import { checkKeys } from './table-keys';
import { StageProfile } from '../../stage-profile';
import { checkProps } from '../../support/options';
import { keepNamedOrDestroy } from '../../support/removal';
import { backupDays } from '../support/backups';

/** Properties of a `DynamoTable`. */
export interface DynamoTableProps {
  /** Partition key. Changing it replaces the table. */
  readonly partitionKey: dynamodb.Attribute;

  /**
   * Sort key. Changing it replaces the table.
   *
   * @default - none: the partition key alone identifies an item
   */
  readonly sortKey?: dynamodb.Attribute;

  /**
   * Global secondary indexes, with keys of their own.
   *
   * @default - none
   */
  readonly globalSecondaryIndexes?: dynamodb.GlobalSecondaryIndexPropsV2[];

  /**
   * Local secondary indexes, which sort by another attribute. They need a sort key, and changing them replaces the
   * table.
   *
   * @default - none
   */
  readonly localSecondaryIndexes?: dynamodb.LocalSecondaryIndexProps[];

  /**
   * Name of the attribute with the expiry time of an item, in seconds since 1970.
   *
   * @default - items never expire
   */
  readonly timeToLiveAttribute?: string;

  /**
   * Information that a stream captures about each change.
   *
   * @default - no stream
   */
  readonly dynamoStream?: dynamodb.StreamViewType;

  /**
   * KMS key that encrypts the table. The stack must have an explicit region.
   *
   * @default - the AWS managed key for DynamoDB
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Retention of continuous backups, in whole days from 0 to 35. The table can be restored to any second of that time.
   * With 0, point-in-time recovery is off.
   *
   * @default - as far as the profile of the stage says, at most 35 days
   */
  readonly backupRetention?: Duration;

  /**
   * Enables deletion protection. To destroy a protected table, turn this off and deploy first.
   *
   * @default - from the stage's profile
   */
  readonly deletionProtection?: boolean;

  /**
   * Removal policy of the table.
   *
   * @default - from the stage's profile
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Defines a DynamoDB table with on-demand billing, encrypted with a KMS key whose use is recorded in CloudTrail.
 *
 * The stage's profile determines removal, deletion protection and point-in-time recovery. For other settings, use
 * `TableV2`.
 *
 * @example
 * const orders = new DynamoTable(stack, 'orders', {
 *   partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
 * });
 */
export class DynamoTable extends Construct {
  /** Underlying table, with its grants and metrics. */
  public readonly table: dynamodb.ITableV2;

  /**
   * @throws if a key or an index is invalid, `backupRetention` is more than 35 days or not in whole days,
   * `removalPolicy` is SNAPSHOT, or `encryptionKey` is given in a stack without a region
   */
  constructor(scope: Construct, id: string, props: DynamoTableProps) {
    super(scope, id);
    checkProps(this, 'DynamoTableProps', props);
    const profile = StageProfile.of(this);
    checkKeys(props);
    const days = backupDays(props.backupRetention, profile.backupRetention);
    // before 2.269, TableV2 passes deprecated properties to its own grants
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
