import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { StageProfile } from '../../../src';
import { DynamoTable, DynamoTableProps } from '../../../src/services/tables/dynamo-table';
import { Resource, testApp } from '../../orgs';
import { behavesLikeAService, PROFILES, templateIn } from '../contract';

const ID = { name: 'id', type: dynamodb.AttributeType.STRING };
const KEY = 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const AT = { name: 'at', type: dynamodb.AttributeType.NUMBER };

type Options = Omit<DynamoTableProps, 'partitionKey'>;

function define(stack: Stack, id: string, options?: Options): DynamoTable {
  return new DynamoTable(stack, id, { partitionKey: ID, ...options });
}

function tableIn(profile: StageProfile, options?: Options): Resource {
  const template = templateIn(profile, (stack, id) => define(stack, id, options));
  return Object.values(template.findResources('AWS::DynamoDB::GlobalTable'))[0] as Resource;
}

const EVERYTHING: Options = {
  sortKey: AT,
  globalSecondaryIndexes: [{ indexName: 'by-owner', partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING } }],
  localSecondaryIndexes: [{ indexName: 'by-size', sortKey: { name: 'size', type: dynamodb.AttributeType.NUMBER } }],
  timeToLiveAttribute: 'expires',
  dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
};

describe('a table', () => behavesLikeAService(define));

describe('a table with everything', () => behavesLikeAService((stack, id) => {
  // without a region, the CDK cannot render the key
  const encryptionKey = Token.isUnresolved(stack.region) ? undefined : kms.Key.fromKeyArn(stack, `${id}-key`, KEY);
  define(stack, id, { ...EVERYTHING, encryptionKey });
}));

test.each([
  ['production', 'RetainExceptOnCreate', true, 35], ['staging', 'RetainExceptOnCreate', true, 7],
  ['development', 'Delete', false, 1], ['testing', 'Delete', false, undefined],
  ['audit', 'RetainExceptOnCreate', true, 35], ['root', 'RetainExceptOnCreate', true, 35],
])('a table of %s has the deletion policy %s, protection %s and %s days to go back', (name, deletionPolicy, protection, days) => {
  expect(tableIn(PROFILES[name])).toMatchObject({
    DeletionPolicy: deletionPolicy,
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [{
        DeletionProtectionEnabled: protection,
        PointInTimeRecoverySpecification: days === undefined ? { PointInTimeRecoveryEnabled: false }
          : { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days },
      }],
    },
  });
});

test('a table goes back as far as DynamoDB can, if the profile wants more', () => {
  const long = StageProfile.PRODUCTION.customized('long', { backupRetention: Duration.days(400) });
  expect(tableIn(long).Properties.Replicas[0].PointInTimeRecoverySpecification.RecoveryPeriodInDays).toBe(35);
});

test('a table is kept where the profile wants snapshots, which DynamoDB does not take', () => {
  const snapshots = StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT });
  expect(tableIn(snapshots).DeletionPolicy).toBe('RetainExceptOnCreate');
});

test('a table is what it is asked to be, whatever the profile', () => {
  expect(tableIn(StageProfile.TESTING, {
    removalPolicy: RemovalPolicy.RETAIN, deletionProtection: true, backupRetention: Duration.days(3),
  })).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      Replicas: [{ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { RecoveryPeriodInDays: 3 } }],
    },
  });
  expect(tableIn(StageProfile.PRODUCTION, {
    removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false, backupRetention: Duration.days(0),
  })).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      Replicas: [{
        DeletionProtectionEnabled: false, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      }],
    },
  });
});

test('keys, indexes, expiration and stream are as given', () => {
  expect(tableIn(StageProfile.PRODUCTION, EVERYTHING).Properties).toMatchObject({
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{ IndexName: 'by-owner' }],
    LocalSecondaryIndexes: [{ IndexName: 'by-size' }],
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  });
});

test('a key that exists encrypts the table, and whoever may read may use it', () => {
  const template = templateIn(StageProfile.PRODUCTION, (stack, id) => {
    const role = new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    define(stack, id, { encryptionKey: kms.Key.fromKeyArn(stack, 'key', KEY) }).table.grantReadData(role);
  });
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: KEY } })],
  });
  const [table] = Object.keys(template.findResources('AWS::DynamoDB::GlobalTable'));
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements = policy.Properties.PolicyDocument.Statement as Array<{ Action: string[]; Resource: unknown }>;
  expect(statements.map(({ Resource: resource }) => resource)).toEqual(expect.arrayContaining([KEY]));
  expect(JSON.stringify(statements)).toContain(JSON.stringify({ 'Fn::GetAtt': [table, 'Arn'] }));
  expect(JSON.stringify(statements)).not.toContain('dynamodb:PutItem');
});

test.each<[string, Options, string]>([
  ['a long time', { backupRetention: Duration.days(36) }, 'backupRetention is 36 days: give whole days from 0 to 35'],
  ['half a day', { backupRetention: Duration.hours(12) }, 'backupRetention is 0.5 days: give whole days from 0 to 35'],
  ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT }, 'removalPolicy is SNAPSHOT, and CloudFormation takes none of this'],
])('a mistake of %s is told', (_, options, message) => {
  expect(() => tableIn(StageProfile.PRODUCTION, options)).toThrow(message);
});

test('a key in a stack that does not know its region is told', () => {
  const stack = new Stack(testApp(), 'anywhere');
  expect(() => define(stack, 'it', { encryptionKey: kms.Key.fromKeyArn(stack, 'key', KEY) }))
    .toThrow("encryptionKey is given in stack 'anywhere', which does not know its region");
});

test.each([[undefined], ['fail']])('what is set about deprecations, %s, is as before, and no obstacle', before => {
  const environment = process.env;
  process.env = { ...environment, JSII_DEPRECATED: before };
  try {
    expect(tableIn(StageProfile.PRODUCTION).Type).toBe('AWS::DynamoDB::GlobalTable');
    // what only the CDK refuses
    const index = { indexName: 'by-date', partitionKey: { name: 'date', type: dynamodb.AttributeType.STRING }, readCapacity: dynamodb.Capacity.fixed(1) };
    expect(() => tableIn(StageProfile.PRODUCTION, { globalSecondaryIndexes: [index] })).toThrow(/readCapacity/);
    expect(process.env.JSII_DEPRECATED).toBe(before);
  } finally {
    process.env = environment;
  }
});
