import { Token } from 'aws-cdk-lib';
import { Attribute, GlobalSecondaryIndexPropsV2, LocalSecondaryIndexProps, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import type { DynamoTableProps } from './dynamo-table';
import { fits } from '../support/constraints';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST = { globalSecondaryIndexes: 20, localSecondaryIndexes: 5 };

type Index = Partial<GlobalSecondaryIndexPropsV2> & LocalSecondaryIndexProps;

/** Checks names and types of keys, and the indexes of a table. */
export function checkKeys(props: DynamoTableProps): void {
  const { partitionKey, sortKey, timeToLiveAttribute } = props;
  const { globalSecondaryIndexes = [], localSecondaryIndexes = [] } = props;
  checkPair('', partitionKey, sortKey);
  if (localSecondaryIndexes.length > 0 && !sortKey) {
    throw new Error('localSecondaryIndexes have no effect in a table without a sortKey: give one, or globalSecondaryIndexes');
  }
  const types = new Map<string, Attribute>();
  const learn = (...keys: Array<Attribute | undefined>) => keys.forEach(key => key && checkAttribute(key, types));
  learn(partitionKey, sortKey);
  for (const [property, indexes] of Object.entries({ globalSecondaryIndexes, localSecondaryIndexes })) {
    const most = MOST[property as keyof typeof MOST];
    if (indexes.length > most) {
      throw new Error(`${property} are ${indexes.length}, and a table takes ${most}: give fewer`);
    }
    for (const index of indexes as Index[]) {
      checkIndex(index);
      checkPair(` of index '${index.indexName}'`, index.partitionKey ?? partitionKey, index.sortKey);
      learn(index.partitionKey, index.sortKey);
    }
  }
  const names = [...globalSecondaryIndexes, ...localSecondaryIndexes].map(({ indexName }) => indexName);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new Error(`index '${twice}' is there twice: give each index of a table another indexName`);
  }
  if (timeToLiveAttribute !== undefined) {
    checkName('timeToLiveAttribute', timeToLiveAttribute);
  }
}

function checkAttribute({ name, type }: Attribute, types: Map<string, Attribute>): void {
  checkName('attribute', name);
  const other = types.get(name);
  if (other && other.type !== type) {
    throw new Error(`attribute '${name}' has the types ${other.type} and ${type}: give the same wherever it is a key`);
  }
  types.set(name, { name, type });
}

function checkName(property: string, name: string): void {
  if (!fits('AWS::DynamoDB::GlobalTable.AttributeDefinitions.AttributeName', name)) {
    throw new Error(`${property} '${name}' has ${name.length} characters: give a name of 1 to 255`);
  }
}

function checkPair(of: string, partitionKey: Attribute, sortKey?: Attribute): void {
  if (sortKey && sortKey.name === partitionKey.name && !Token.isUnresolved(sortKey.name)) {
    throw new Error(`sortKey${of} is '${sortKey.name}', which is the partitionKey already: give another attribute, or leave it out`);
  }
}

function checkIndex({ indexName, projectionType, nonKeyAttributes }: Index): void {
  if (!fits('AWS::DynamoDB::GlobalTable.GlobalSecondaryIndexes.IndexName', indexName)) {
    throw new Error(`indexName '${indexName}' is not one: give 3 to 255 letters, digits, '_', '-' and '.'`);
  }
  const included = projectionType === ProjectionType.INCLUDE;
  if (included !== (nonKeyAttributes !== undefined && nonKeyAttributes.length > 0)) {
    throw new Error(`nonKeyAttributes of index '${indexName}' ${included ? 'are missing' : 'have no effect'}: give them with ProjectionType.INCLUDE, `
      + 'or neither');
  }
}
