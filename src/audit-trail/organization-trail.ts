import { Aws, RemovalPolicy, Resource, Stack, Stage } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { IAuditTrailBucket } from './audit-trail-bucket';
import { trailNameProblem } from './trail-name';
import { deployAfter } from '../support/dependencies';
import { accept } from '../support/nag';
import { checkProps, refuse } from '../support/options';

/** Data events of a resource type, recorded in addition to management events. Each event is charged. */
export class TrailDataEvents {
  /** Reads and writes of objects in S3, except those of the trails themselves. */
  public static readonly S3_OBJECTS = new TrailDataEvents('AWS::S3::Object');

  /** Invocations of Lambda functions. */
  public static readonly LAMBDA_FUNCTIONS = new TrailDataEvents('AWS::Lambda::Function');

  /** Reads and writes of items in DynamoDB. */
  public static readonly DYNAMODB_ITEMS = new TrailDataEvents('AWS::DynamoDB::Table');

  /**
   * Data events of another resource type.
   *
   * @param resourceType resource type in CloudTrail, such as `AWS::SNS::Topic`
   * @throws if it is not one
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
   */
  public static of(resourceType: string): TrailDataEvents {
    if (!/^AWS::\w+::\w+$/.test(resourceType)) {
      throw new Error(`resourceType '${resourceType}' is not a resource type of CloudTrail: give one like 'AWS::SNS::Topic'`);
    }
    return new TrailDataEvents(resourceType);
  }

  private constructor(
    /** Resource type in CloudTrail. */
    public readonly resourceType: string,
  ) {}
}

/** Options of a trail. */
export interface TrailOptions {
  /**
   * Retention of a CloudWatch Logs group that also receives the events, for alarms.
   *
   * @default - no log group
   */
  readonly cloudWatchLogsRetention?: logs.RetentionDays;

  /**
   * Data events to record, in addition to management events.
   *
   * @default - none
   */
  readonly dataEvents?: TrailDataEvents[];

  /**
   * CloudTrail Insights to enable.
   *
   * @default - none
   */
  readonly insightTypes?: cloudtrail.InsightType[];
}

/** Properties of an `OrganizationTrail` or `AccountTrail`. */
export interface OrganizationTrailProps extends TrailOptions {
  /**
   * Name of the trail, fixed because the bucket policy refers to it: 3 to 128 letters, digits, periods, underscores and
   * hyphens, with a letter or digit at both ends and none of the others side by side.
   */
  readonly trailName: string;

  /**
   * Bucket that keeps the trail, an `AuditTrailBucket` of this app or of another. It has to name the trail in `trails`,
   * and to be deployed first: within one `Stage` it is, otherwise see to it.
   */
  readonly bucket: IAuditTrailBucket;
}

abstract class TrailBase extends Resource {
  /** Name of the trail. */
  public readonly trailName: string;

  /** ARN of the trail. */
  public readonly trailArn: string;

  /** Log group of the events, if there is one. */
  public readonly logGroup?: logs.ILogGroup;

  constructor(scope: Construct, id: string, props: OrganizationTrailProps, ofOrganization: boolean) {
    super(scope, id, { physicalName: props.trailName });
    checkProps(this, 'OrganizationTrailProps', props);
    check(props);
    const destination = props.cloudWatchLogsRetention === undefined
      ? undefined : logDestination(this, props.cloudWatchLogsRetention, props.trailName);
    this.logGroup = destination?.logGroup;

    this.trailName = props.trailName;
    this.trailArn = this.stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: props.trailName });
    const trail = new cloudtrail.CfnTrail(this, 'Resource', {
      trailName: props.trailName,
      s3BucketName: props.bucket.bucketName,
      kmsKeyId: props.bucket.keyAliasArn,
      isLogging: true,
      isOrganizationTrail: ofOrganization,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsLogGroupArn: destination?.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: destination?.role.roleArn,
      advancedEventSelectors: props.dataEvents?.length
        ? selectors(props.dataEvents, props.bucket.bucketName) : undefined,
      insightSelectors: props.insightTypes?.length
        ? props.insightTypes.map(({ value }) => ({ insightType: value })) : undefined,
    });
    trail.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    if (destination) {
      trail.node.addDependency(destination.role);
    }
    if (props.bucket.stack === this.stack) {
      trail.node.addDependency(props.bucket);
    } else if (Stage.of(props.bucket) === Stage.of(this)) {
      deployAfter(this.stack, props.bucket.stack);
    }
  }
}

/**
 * Defines an organization trail in the management account, which records all accounts in all regions.
 *
 * Log file validation is enabled. The trail is retained, and goes on recording, when it is removed from the code.
 * CloudTrail needs trusted access to the organization, and the bucket policy must
 * allow the trail by its name before the trail is created.
 */
export class OrganizationTrail extends TrailBase {
  /**
   * @throws if the name or the retention is invalid, or something is listed twice
   */
  constructor(scope: Construct, id: string, props: OrganizationTrailProps) {
    super(scope, id, props, true);
  }
}

/**
 * Defines a trail that records one account in all regions, for accounts whose organization you do not own. It is
 * retained, and goes on recording, when it is removed from the code.
 */
export class AccountTrail extends TrailBase {
  /**
   * @throws if the name or the retention is invalid, or something is listed twice
   */
  constructor(scope: Construct, id: string, props: OrganizationTrailProps) {
    super(scope, id, props, false);
  }
}

function check(props: OrganizationTrailProps): void {
  const { cloudWatchLogsRetention: retention, dataEvents = [] } = props;
  const types = dataEvents.map(({ resourceType }) => resourceType);
  const twice = types.find((type, index) => types.indexOf(type) < index);
  const problems = [
    ...trailNameProblem('trailName', props.trailName),
    ...retention === undefined || retention in logs.RetentionDays ? []
      : [`cloudWatchLogsRetention is ${retention}: CloudWatch Logs keeps events for certain numbers of days, so give one of RetentionDays`],
    ...twice === undefined ? [] : [`dataEvents names '${twice}' twice: name it once`],
  ];
  refuse(problems);
}

function logDestination(scope: Construct, retention: logs.RetentionDays, trailName: string) {
  const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention, removalPolicy });
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
  role.applyRemovalPolicy(removalPolicy); // the trail that is retained writes with it
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
        // recording the delivery of records would cause an endless loop
        ...resourceType === TrailDataEvents.S3_OBJECTS.resourceType
          ? [{ field: 'resources.ARN', notStartsWith: [`arn:${Aws.PARTITION}:s3:::${bucketName}/`] }] : [],
      ],
    })),
  ];
}
