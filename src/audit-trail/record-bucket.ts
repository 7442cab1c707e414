import { Duration, Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';

export interface RecordProps {
  readonly bucketName: string;
  readonly keyAlias: string;
  readonly expiration?: Duration;
  readonly infrequentAccessAfter?: Duration;
  readonly glacierAfter?: Duration;
  readonly objectLockEnabled?: boolean;
  readonly objectLockDefaultRetention?: s3.ObjectLockRetention;
}

const SEVEN_YEARS = Duration.days(2557);
const LOCK_DAYS = 365;

/** Properties that a bucket of records and that of its access logs have in common. */
export function record(props: RecordProps): s3.CfnBucketProps {
  const expiration = props.expiration ?? SEVEN_YEARS;
  const transitions = [
    { storageClass: 'STANDARD_IA', transitionInDays: props.infrequentAccessAfter?.toDays() },
    { storageClass: 'GLACIER', transitionInDays: props.glacierAfter?.toDays() },
  ].flatMap(({ storageClass, transitionInDays }) =>
    transitionInDays === undefined ? [] : [{ storageClass, transitionInDays }]);
  return {
    versioningConfiguration: { status: 'Enabled' },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true,
    },
    lifecycleConfiguration: {
      rules: [{
        id: 'expire',
        status: 'Enabled',
        transitions: transitions.length > 0 ? transitions : undefined,
        expirationInDays: expiration.toDays(),
        noncurrentVersionExpiration: { noncurrentDays: expiration.toDays() },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      }],
    },
  };
}

export function encryption(
  byDefault: s3.CfnBucket.ServerSideEncryptionByDefaultProperty,
): s3.CfnBucket.BucketEncryptionProperty {
  return { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: byDefault }] };
}

/** Lock of what CloudTrail delivers. AWS Config and S3's access logs are not delivered to locked buckets. */
export function lockOf(props: RecordProps): s3.ObjectLockRetention | undefined {
  if (props.objectLockEnabled === false) {
    return undefined;
  }
  const days = Math.min(LOCK_DAYS, (props.expiration ?? SEVEN_YEARS).toDays());
  return props.objectLockDefaultRetention ?? s3.ObjectLockRetention.governance(Duration.days(days));
}

export function objectLock(retention?: s3.ObjectLockRetention): Partial<s3.CfnBucketProps> {
  return retention === undefined ? {} : {
    objectLockEnabled: true,
    objectLockConfiguration: {
      objectLockEnabled: 'Enabled',
      rule: { defaultRetention: { mode: retention.mode, days: retention.duration.toDays() } },
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NOT_A_BUCKET = /^(\d+\.){3}\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** Throws if names or durations are invalid. */
export function checkRecord(props: RecordProps): void {
  for (const property of ['bucketName', 'keyAlias'] as const) {
    if (Token.isUnresolved(props[property])) {
      throw new Error(`${property} is a token: other accounts refer to it by name, so give it as a literal`);
    }
  }
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(props.bucketName);
  if (!isName || props.bucketName.length < 3 || props.bucketName.length > 56) {
    throw new Error(`bucketName '${props.bucketName}' is not a valid bucket name: `
      + 'give 3 to 56 lower-case letters, digits, hyphens and single dots, which begin and end with a letter or digit');
  }
  if (NOT_A_BUCKET.test(props.bucketName)) {
    throw new Error(`bucketName '${props.bucketName}' is an address, or begins or ends as S3 names things of its own: give another`);
  }
  if (!/^alias\/[\w/-]{1,250}$/.test(props.keyAlias) || props.keyAlias.startsWith('alias/aws/')) {
    throw new Error(`keyAlias '${props.keyAlias}' is not a valid alias: `
      + "give 'alias/' and letters, digits, slashes, underscores and hyphens");
  }
  if (props.objectLockEnabled === false && props.objectLockDefaultRetention !== undefined) {
    throw new Error('objectLockDefaultRetention has no effect, because objectLockEnabled is false: leave out one of them');
  }
  const days = (duration?: Duration) => duration?.toDays({ integral: false });
  const [infrequent, glacier, expiration] = [
    days(props.infrequentAccessAfter), days(props.glacierAfter), days(props.expiration ?? SEVEN_YEARS)!,
  ];
  const lock = days(props.objectLockDefaultRetention?.duration);
  for (const [property, value] of Object.entries({
    infrequentAccessAfter: infrequent, glacierAfter: glacier, expiration, objectLockDefaultRetention: lock,
  })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1)) {
      throw new Error(`${property} is ${value} days: give whole days, 1 or more`);
    }
  }
  const order: Array<[string, number | undefined, string, number | undefined]> = [
    ['infrequentAccessAfter', infrequent, 'expiration', expiration],
    ['glacierAfter', glacier, 'expiration', expiration],
    ['infrequentAccessAfter', infrequent, 'glacierAfter', glacier],
  ];
  for (const [first, earlier, second, later] of order) {
    if (earlier !== undefined && later !== undefined && earlier >= later) {
      throw new Error(`${first} of ${earlier} days is not before ${second} of ${later} days, so objects would never get there: give fewer`);
    }
  }
  if (infrequent !== undefined && glacier !== undefined && glacier < infrequent + 30) {
    throw new Error(`glacierAfter of ${glacier} days is less than 30 days after infrequentAccessAfter of ${infrequent}: `
      + 'S3 keeps objects there for 30 days, so give a later time, or one of the two');
  }
  if (infrequent !== undefined && infrequent < 30) {
    throw new Error(`infrequentAccessAfter is ${infrequent} days: give 30 or more, because S3 moves objects no sooner`);
  }
  if (lock !== undefined && lock > expiration) {
    throw new Error(`objectLockDefaultRetention of ${lock} days is longer than expiration of ${expiration} days: `
      + 'lengthen that');
  }
}
