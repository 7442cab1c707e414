import { Aws, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept } from '../support/nag';

/** What is done with data, beside what is done with resources. Each is charged per event. */
export class TrailDataEvents {
  /** Every read and write of an object in S3, except of the trails themselves. */
  public static readonly S3_OBJECTS = new TrailDataEvents('AWS::S3::Object');

  /** Every call of a Lambda function. */
  public static readonly LAMBDA_FUNCTIONS = new TrailDataEvents('AWS::Lambda::Function');

  /** Every read and write of an item in DynamoDB. */
  public static readonly DYNAMODB_ITEMS = new TrailDataEvents('AWS::DynamoDB::Table');

  /**
   * What is done with resources of another type.
   *
   * @param resourceType as CloudTrail calls it, such as `AWS::SNS::Topic`
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
   */
  public static of(resourceType: string): TrailDataEvents {
    return new TrailDataEvents(resourceType);
  }

  private constructor(
    /** What CloudTrail calls the type of the resources. */
    public readonly resourceType: string,
  ) {}
}

/** What a trail records, besides what it always does. */
export interface TrailOptions {
  /**
   * Sends the events to a log group of the trail's account as well, for alarms, and keeps them there so long.
   *
   * @default - no log group
   */
  readonly cloudWatchLogsRetention?: logs.RetentionDays;

  /**
   * What is recorded of data, beside the management of resources.
   *
   * @default - nothing
   */
  readonly dataEvents?: TrailDataEvents[];

  /**
   * What CloudTrail tells of unusual activity.
   *
   * @default - nothing
   */
  readonly insightTypes?: cloudtrail.InsightType[];
}

/** Where a trail is written, and how it is called. */
export interface OrganizationTrailProps extends TrailOptions {
  /** The name of the trail: fixed, because the bucket's policy names it. */
  readonly trailName: string;

  /** The name of the bucket, such as that of an `AuditTrailBucket`. Its policy has to admit the trail first. */
  readonly bucketName: string;

  /** The ARN of the key that encrypts the trail, or of its alias. The key is in the bucket's region. */
  readonly keyArn: string;
}

abstract class TrailBase extends Resource {
  /** The name of the trail. */
  public readonly trailName: string;

  /** The ARN of the trail. */
  public readonly trailArn: string;

  /** The log group of the events, if there is one. */
  public readonly logGroup?: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: OrganizationTrailProps, ofOrganization: boolean) {
    super(scope, id, { physicalName: props.trailName });
    const destination = props.cloudWatchLogsRetention === undefined
      ? undefined : logDestination(this, props.cloudWatchLogsRetention, props.trailName);
    this.logGroup = destination?.logGroup;

    this.trailName = props.trailName;
    this.trailArn = this.stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: props.trailName });
    const trail = new cloudtrail.CfnTrail(this, 'Resource', {
      trailName: props.trailName,
      s3BucketName: props.bucketName,
      kmsKeyId: props.keyArn,
      isLogging: true,
      isOrganizationTrail: ofOrganization,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsLogGroupArn: destination?.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: destination?.role.roleArn,
      advancedEventSelectors: props.dataEvents?.length ? selectors(props.dataEvents, props.bucketName) : undefined,
      insightSelectors: props.insightTypes?.length
        ? props.insightTypes.map(({ value }) => ({ insightType: value })) : undefined,
    });
    if (destination) {
      trail.node.addDependency(destination.role);
    }
  }
}

/**
 * Defines the trail that records every account of an organization, in every region, from the management account.
 *
 * Its files can be validated: CloudTrail signs them. CloudTrail needs trusted access to the organization, and the
 * bucket has to admit the trail by its name before the trail is created.
 */
export class OrganizationTrail extends TrailBase {
  constructor(scope: Construct, id: string, props: OrganizationTrailProps) {
    super(scope, id, props, true);
  }
}

/** Defines the trail that records one account, in every region: for accounts whose organization we do not own. */
export class AccountTrail extends TrailBase {
  constructor(scope: Construct, id: string, props: OrganizationTrailProps) {
    super(scope, id, props, false);
  }
}

function logDestination(scope: Construct, retention: logs.RetentionDays, trailName: string) {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention, removalPolicy: RemovalPolicy.RETAIN });
  const role = new iam.Role(scope, 'LogsRole', {
    assumedBy: new iam.ServicePrincipal('cloudtrail.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceArn': Stack.of(scope).formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName }),
        },
      },
    }),
    inlinePolicies: {
      write: new iam.PolicyDocument({
        statements: [new iam.PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logGroup.logGroupArn],
        })],
      }),
    },
  });
  accept(role, { rule: 'AwsSolutions-IAM5', reason: 'the ARN of a log group ends in :*, its streams' });
  return { logGroup, role };
}

function selectors(
  dataEvents: TrailDataEvents[], bucketName: string,
): cloudtrail.CfnTrail.AdvancedEventSelectorProperty[] {
  return [
    { name: 'management', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
    ...dataEvents.map(({ resourceType }) => ({
      name: resourceType,
      fieldSelectors: [
        { field: 'eventCategory', equalTo: ['Data'] },
        { field: 'resources.type', equalTo: [resourceType] },
        // recording the writing of the record would never end
        ...resourceType === TrailDataEvents.S3_OBJECTS.resourceType
          ? [{ field: 'resources.ARN', notStartsWith: [`arn:${Aws.PARTITION}:s3:::${bucketName}/`] }] : [],
      ],
    })),
  ];
}
