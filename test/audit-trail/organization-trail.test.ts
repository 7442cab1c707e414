import { App, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  AccountTrail, AuditTrailBucket, OrganizationTrail, OrganizationTrailProps, TrailDataEvents, TrailReference,
} from '../../src';
import { AUDIT, ROOT, testApp } from '../orgs';

type Kind = typeof OrganizationTrail | typeof AccountTrail;

function trailOf(kind: Kind, props: Partial<OrganizationTrailProps> = {}, app: App = testApp()): Template {
  const stack = new Stack(app, 'stack', { env: { account: ROOT, region: 'eu-west-1' } });
  new kind(stack, 'trail', {
    trailName: 'acme-trail',
    bucket: AuditTrailBucket.fromAuditTrailBucketAttributes(stack, 'trails', ELSEWHERE),
    ...props,
  });
  return Template.fromStack(stack);
}

const ELSEWHERE = {
  accountId: AUDIT, region: 'eu-central-1', bucketName: 'acme-audit-trail', keyAlias: 'alias/acme-audit-trail',
};
const KEY = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:eu-central-1:${AUDIT}:alias/acme-audit-trail`]] };

function bucketIn(scope: Construct): AuditTrailBucket {
  const stack = new Stack(scope, 'bucket', { env: { account: AUDIT, region: 'eu-central-1' } });
  return new AuditTrailBucket(stack, 'trails', {
    ...ELSEWHERE,
    trails: [TrailReference.ofOrganization({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail' })],
  });
}

describe.each<[string, Kind, boolean]>([
  ['the trail of an organization', OrganizationTrail, true], ['the trail of an account', AccountTrail, false],
])('%s', (_, kind, ofOrganization) => {
  test('records everywhere, signs its files, and writes to bucket and key by their names', () => {
    const trails = Object.values(trailOf(kind).findResources('AWS::CloudTrail::Trail'));
    expect(trails.map(({ Properties }) => Properties)).toEqual([{
      TrailName: 'acme-trail',
      S3BucketName: 'acme-audit-trail',
      KMSKeyId: KEY,
      IsLogging: true,
      IsOrganizationTrail: ofOrganization,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
    }]);
  });

  test('goes on recording when it is removed from the code, unless it was being created', () => {
    trailOf(kind).hasResource('AWS::CloudTrail::Trail', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('writes to a bucket that another app defines as to one of this app', () => {
    const app = testApp();
    const bucket = bucketIn(app);
    const template = trailOf(kind, { bucket }, app);
    expect(template.toJSON().Resources).toEqual(trailOf(kind).toJSON().Resources);
    const [stack] = app.node.children.filter(Stack.isStack).filter(({ node }) => node.id === 'stack');
    expect(stack.dependencies).toEqual([bucket.stack]);
  });

  test('does not wait for a bucket in another Stage', () => {
    const app = testApp();
    const template = trailOf(kind, { bucket: bucketIn(new Stage(app, 'audit')) }, app);
    expect(template.toJSON().Resources).toEqual(trailOf(kind).toJSON().Resources);
  });

  test('waits for the policies of a bucket in its own stack', () => {
    const bucket = bucketIn(testApp());
    new kind(bucket.stack, 'trail', { trailName: 'acme-trail', bucket });
    const template = Template.fromStack(bucket.stack);
    const [{ DependsOn }] = Object.values(template.findResources('AWS::CloudTrail::Trail'));
    expect(DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::S3::BucketPolicy'))));
  });

  test('is all there is, if nothing is said', () => {
    const resources = Object.values(trailOf(kind).toJSON().Resources as Record<string, { Type: string }>);
    expect(resources.map(({ Type }) => Type).filter(type => type !== 'AWS::CDK::Metadata')).toEqual(['AWS::CloudTrail::Trail']);
  });

  test('sends to a log group that outlives it', () => {
    const template = trailOf(kind, { cloudWatchLogsRetention: RetentionDays.SIX_MONTHS });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 180 }, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain',
    });
    // the trail stays as well, and writes with this role
    template.hasResource('AWS::IAM::Role', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const [[roleId, role]] = Object.entries(template.findResources('AWS::IAM::Role'));
    template.hasResource('AWS::CloudTrail::Trail', {
      Properties: {
        CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': [logGroup, 'Arn'] }, CloudWatchLogsRoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] },
      },
      DependsOn: Match.arrayWith([roleId]),
    });
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceArn': {
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:cloudtrail:eu-west-1:${ROOT}:trail/acme-trail`]],
          },
        },
      },
    }]);
    expect(role.Properties.Policies.flatMap(({ PolicyDocument }: any) => PolicyDocument.Statement)).toEqual([{
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
    }]);
  });

  test('records data where asked, and management still', () => {
    const template = trailOf(kind, {
      dataEvents: [
        TrailDataEvents.S3_OBJECTS, TrailDataEvents.LAMBDA_FUNCTIONS, TrailDataEvents.DYNAMODB_ITEMS,
        TrailDataEvents.of('AWS::SNS::Topic'),
      ],
    });
    const [{ Properties }] = Object.values(template.findResources('AWS::CloudTrail::Trail'));
    expect(Properties.AdvancedEventSelectors).toEqual([
      { Name: 'management', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
      ...['AWS::S3::Object', 'AWS::Lambda::Function', 'AWS::DynamoDB::Table', 'AWS::SNS::Topic'].map(type => ({
        Name: type,
        FieldSelectors: expect.arrayContaining([
          { Field: 'eventCategory', Equals: ['Data'] }, { Field: 'resources.type', Equals: [type] },
        ]),
      })),
    ]);
  });

  test('does not record its own writing', () => {
    const template = trailOf(kind, { dataEvents: [TrailDataEvents.S3_OBJECTS] });
    const [{ Properties }] = Object.values(template.findResources('AWS::CloudTrail::Trail'));
    expect(Properties.AdvancedEventSelectors[1].FieldSelectors).toContainEqual({
      Field: 'resources.ARN',
      NotStartsWith: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::acme-audit-trail/']] }],
    });
  });

  test.each([[{ dataEvents: [] }], [{ insightTypes: [] }]])('takes an empty list for nothing: %j', props => {
    const [{ Properties }] = Object.values(trailOf(kind, props).findResources('AWS::CloudTrail::Trail'));
    expect(Properties).not.toHaveProperty('AdvancedEventSelectors');
    expect(Properties).not.toHaveProperty('InsightSelectors');
  });

  test('tells of unusual activity where asked', () => {
    trailOf(kind, { insightTypes: [cloudtrail.InsightType.API_CALL_RATE, cloudtrail.InsightType.API_ERROR_RATE] })
      .hasResourceProperties('AWS::CloudTrail::Trail', {
        InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }],
      });
  });
});

describe('a trail by its name', () => {
  test('has the ARN that CloudTrail gives it', () => {
    expect(TrailReference.ofAccount({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail' }).trailArn)
      .toMatch(new RegExp(`^arn:[^:]+:cloudtrail:eu-west-1:${ROOT}:trail/acme-trail$`));
  });

  test('writes to the folder of its account', () => {
    expect(TrailReference.ofAccount({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail' }).folders).toEqual([ROOT]);
  });

  // CloudTrail's own examples
  const bad = ['', 'a', 'ab', 'a'.repeat(129), 'my-_namespace', 'my--namespace', 'a..b', 'a__b', '192.168.5.4', 'a b', '-abc', 'abc-', '.abc', 'äbc', 'a/b'];

  test.each(bad)('is refused as %j', trailName => {
    const message = `trailName '${trailName}' is not the name of a trail: give 3 to 128 letters and digits, with single periods, underscores and `
      + 'hyphens between them, and no IP address';
    const reference = { accountId: ROOT, region: 'eu-west-1', trailName };
    expect(() => TrailReference.ofAccount(reference)).toThrow(new Error(message));
    expect(() => TrailReference.ofOrganization(reference)).toThrow(new Error(message));
    const stack = new Stack(testApp(), 'stack');
    const bucket = AuditTrailBucket.fromAuditTrailBucketAttributes(stack, 'trails', ELSEWHERE);
    expect(() => new AccountTrail(stack, 'trail', { trailName, bucket })).toThrow(new Error(message));
    expect(() => new OrganizationTrail(stack, 'other', { trailName, bucket })).toThrow(new Error(message));
  });

  test.each(['abc', 'a'.repeat(128), 'management-events', 'MyTrail', 'my_trail.2026-11', '192.168.5', '1.2.3.4.5', Lazy.string({ produce: () => 'later' })])(
    'is taken as %j', trailName => {
      expect(() => TrailReference.ofAccount({ accountId: ROOT, region: 'eu-west-1', trailName })).not.toThrow();
    });

  test('is refused in an account, a region or an organization that is none', () => {
    expect(() => TrailReference.ofOrganization({ accountId: '42', region: 'eu-wst-1', trailName: 'acme-trail' })).toThrow(new Error(
      "accountId '42' is not an account id: give its 12 digits as a string; region 'eu-wst-1' is not a region that this aws-cdk-lib knows: "
      + 'check the spelling, or update aws-cdk-lib'));
    expect(() => TrailReference.ofOrganization({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail', organizationId: 'acme' }))
      .toThrow(new Error("organizationId 'acme' is not a valid id: give one like 'o-a1b2c3d4e5'"));
  });
});

describe('a trail refuses', () => {
  const nothing = undefined as unknown;

  test.each<[string, Partial<OrganizationTrailProps>]>([
    ["entry 2 of dataEvents of 'stack/trail' is missing: give it, and check that the variable it comes from is set and spelled right",
      { dataEvents: [TrailDataEvents.LAMBDA_FUNCTIONS, nothing as TrailDataEvents] }],
    ["dataEvents names 'AWS::S3::Object' twice: name it once",
      { dataEvents: [TrailDataEvents.S3_OBJECTS, TrailDataEvents.of('AWS::S3::Object')] }],
    ["entry 1 of insightTypes of 'stack/trail' is missing: give it, and check that the variable it comes from is set and spelled right",
      { insightTypes: [nothing as cloudtrail.InsightType] }],
    ['cloudWatchLogsRetention is 4: CloudWatch Logs keeps events for certain numbers of days, so give one of RetentionDays',
      { cloudWatchLogsRetention: 4 as RetentionDays }],
  ])('%s', (message, props) => {
    const stack = new Stack(testApp(), 'stack');
    const bucket = AuditTrailBucket.fromAuditTrailBucketAttributes(stack, 'trails', ELSEWHERE);
    expect(() => new OrganizationTrail(stack, 'trail', { trailName: 'acme-trail', bucket, ...props })).toThrow(new Error(message));
  });

  test.each(['s3', 'AWS::S3', 'AWS::S3::', 's3:GetObject', ''])('%j as a resource type', type => {
    expect(() => TrailDataEvents.of(type)).toThrow(new Error(`resourceType '${type}' is not a resource type of CloudTrail: give one like 'AWS::SNS::Topic'`));
  });

  // of CloudTrail's page on data events
  test.each(['AWS::SNS::Topic', 'AWS::S3Express::Object', 'AWS::EC2::Snapshot', 'AWS::SSMMessages::ControlChannel', 'AWS::PCAConnectorAD::Connector'])(
    'no %s', type => expect(TrailDataEvents.of(type).resourceType).toBe(type));
});
