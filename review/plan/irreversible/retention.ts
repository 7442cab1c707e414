import { at, isTrue, numberAt, Rule, Step } from './step';
import { Resource } from '../../assembly/assembly';

interface Period {
  readonly property: string;
  readonly unit: string;
  /** If the property is not set; for ever unless a number. */
  readonly usual?: number;
  readonly what: string;
  readonly becomes: string;
}

const BACKUPS = {
  property: 'BackupRetentionPeriod', unit: 'days', usual: 1, what: 'automated backups', becomes: 'deleted, and no time before can be restored',
};

/** What is kept for a time, and deleted at once if that is made shorter. */
const PERIODS: Record<string, Period> = {
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  'AWS::Logs::LogGroup': {
    property: 'RetentionInDays', unit: 'days', what: 'log events', becomes: 'deleted, as a rule within 72 hours',
  },
  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html
  'AWS::RDS::DBCluster': BACKUPS,
  'AWS::RDS::DBInstance': BACKUPS,
  'AWS::DocDB::DBCluster': BACKUPS,
  'AWS::Neptune::DBCluster': BACKUPS,
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
  'AWS::SQS::Queue': {
    property: 'MessageRetentionPeriod', unit: 'seconds', usual: 345_600, what: 'messages', becomes: 'deleted',
  },
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html
  'AWS::Kinesis::Stream': {
    property: 'RetentionPeriodHours', unit: 'hours', usual: 24, what: 'records', becomes: 'not to be read any more',
  },
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html
  'AWS::CloudTrail::EventDataStore': {
    property: 'RetentionPeriod', unit: 'days', usual: 366, what: 'events', becomes: 'deleted',
  },
};

export const periodIsShorter: Rule = ({ type, before, after, change: { what } }) => {
  const period = PERIODS[type];
  if (what !== 'changed' || period === undefined) {
    return undefined;
  }
  const { property, unit, usual = Infinity, what: kept, becomes } = period;
  const [old, now] = [before, after]
    .map(resource => at(resource, property) === undefined ? usual : numberAt(resource, property) ?? NaN);
  return now < old
    ? `${kept} are kept for ${now} ${unit} instead of ${old === Infinity ? 'for ever' : old}: older ones are ${becomes}`
    : undefined;
};

interface LifecycleRule {
  readonly Status?: string;
  readonly Prefix?: string;
  readonly TagFilters?: unknown;
  readonly ObjectSizeGreaterThan?: unknown;
  readonly ObjectSizeLessThan?: unknown;
  readonly ExpirationInDays?: number;
  readonly ExpirationDate?: string;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number };
  readonly NoncurrentVersionExpirationInDays?: number;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html */
export const objectsExpire: Rule = ({ type, before, after, change: { what } }) => {
  if (type !== 'AWS::S3::Bucket' || what !== 'changed') {
    return undefined;
  }
  const old = new Map(rulesOf(before).map(rule => [keyOf(rule), rule]));
  const sooner = rulesOf(after).flatMap(rule => {
    const [days, was] = [gone(after!, rule), gone(before!, old.get(keyOf(rule)))];
    return days < was ? [`after ${days} days${was === Infinity ? '' : ` instead of ${was}`}`] : [];
  });
  return sooner.length === 0 ? undefined
    : `objects in it are deleted for good ${[...new Set(sooner)].join(' and ')}, those that are as old as that already among them`;
};

function rulesOf(bucket?: Resource): LifecycleRule[] {
  const rules = at(bucket, 'LifecycleConfiguration.Rules');
  return (Array.isArray(rules) ? rules as LifecycleRule[] : []).filter(({ Status: status }) => status === 'Enabled');
}

/** What it is about, whatever it is called and however long it takes. */
function keyOf(rule: LifecycleRule): string {
  return JSON.stringify([rule.Prefix, rule.TagFilters, rule.ObjectSizeGreaterThan, rule.ObjectSizeLessThan]);
}

/** Where there are versions, a current one that expires is hidden, and the version stays until it expires as well. */
function gone(bucket: Resource, rule?: LifecycleRule): number {
  const isVersioned = at(bucket, 'VersioningConfiguration.Status') === 'Enabled';
  const { NoncurrentVersionExpiration: old, NoncurrentVersionExpirationInDays: days } = rule ?? {};
  const noncurrent = old?.NoncurrentDays ?? days ?? Infinity;
  const current = rule?.ExpirationDate !== undefined ? 0 : rule?.ExpirationInDays ?? Infinity;
  return isVersioned ? Number(noncurrent) : Number(current);
}

interface ImageRule {
  readonly selection: { readonly tagStatus: string; readonly countType: string; readonly countNumber: number };
  readonly action: { readonly type: string };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lp_creation.html */
export const imagesExpire: Rule = ({ type, before, after, change: { what } }) => {
  if (type !== 'AWS::ECR::Repository' || what !== 'changed') {
    return undefined;
  }
  const keyOfImages = ({ selection: { countNumber: _, ...rest } }: ImageRule) => JSON.stringify(rest);
  const old = new Map(imageRulesOf(before).map(rule => [keyOfImages(rule), rule.selection.countNumber]));
  const more = imageRulesOf(after)
    .filter(rule => rule.selection.countNumber < (old.get(keyOfImages(rule)) ?? Infinity));
  const told = more.map(({ selection: { tagStatus, countType, countNumber } }) => {
    const which = countType === 'imageCountMoreThan' ? `but the last ${countNumber}`
      : countType === 'sinceImagePushed' ? `those that are ${countNumber} days old` : `those of ${countType} ${countNumber}`;
    return `of ${tagStatus === 'any' ? 'all' : `${tagStatus} ones`} ${which}`;
  });
  return told.length === 0 ? undefined : `images in it are deleted within 24 hours: ${told.join(', ')}`;
};

function imageRulesOf(repository?: Resource): ImageRule[] {
  const text = at(repository, 'LifecyclePolicy.LifecyclePolicyText');
  try {
    const { rules = [] } = typeof text === 'string' ? JSON.parse(text) as { rules?: ImageRule[] } : {};
    return rules.filter(({ action, selection }) => action?.type === 'expire' && selection !== undefined);
  } catch {
    // AWS refuses it
    return [];
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html */
export const pointsInTimeAreLost: Rule = ({ type, before, after, change: { what } }) => {
  const isOn = (table?: Resource) => [table?.properties, ...at(table, 'Replicas') as [] ?? []]
    .some(one => isTrue((one as Record<string, any>)?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled));
  return /^AWS::DynamoDB::(Global)?Table$/.test(type) && what === 'changed' && isOn(before) && !isOn(after)
    ? 'point-in-time recovery is turned off: no time before can be restored, not even when it is turned on again'
    : undefined;
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html */
export const itemsExpire: Rule = ({ type, before, after, change: { what } }) => {
  const attribute = (table: Step['after']) => isTrue(at(table, 'TimeToLiveSpecification.Enabled'))
    ? at(table, 'TimeToLiveSpecification.AttributeName') : undefined;
  const now = attribute(after);
  return /^AWS::DynamoDB::(Global)?Table$/.test(type) && what === 'changed' && now !== undefined && now !== attribute(before)
    ? `items whose '${String(now)}' is in the past are deleted`
    : undefined;
};

/** How many of its numbers a version has that AWS does not go back behind. */
const VERSIONS: Record<string, { property: string; numbers: number }> = {
  // minor ones as well: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.MySQL.html
  // and https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
  'AWS::RDS::DBCluster': { property: 'EngineVersion', numbers: Infinity },
  'AWS::RDS::DBInstance': { property: 'EngineVersion', numbers: Infinity },
  'AWS::DocDB::DBCluster': { property: 'EngineVersion', numbers: 1 },
  'AWS::Neptune::DBCluster': { property: 'EngineVersion', numbers: 2 },
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html
  'AWS::ElastiCache::ReplicationGroup': { property: 'EngineVersion', numbers: 1 },
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/version-migration.html
  'AWS::OpenSearchService::Domain': { property: 'EngineVersion', numbers: 1 },
  // https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
  'AWS::EKS::Cluster': { property: 'Version', numbers: 2 },
};

export const engineIsUpgraded: Rule = ({ type, before, after, change: { what } }) => {
  const versions = VERSIONS[type];
  if (what !== 'changed' || versions === undefined) {
    return undefined;
  }
  const [old, now] = [before, after].map(resource => at(resource, versions.property));
  if (typeof old !== 'string' || typeof now !== 'string') {
    return undefined;
  }
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).slice(0, versions.numbers).map(Number);
  const [one, two] = [numbers(old), numbers(now)];
  const index = one.findIndex((number, place) => number !== two[place]);
  return index >= 0 && one[index] < (two[index] ?? 0)
    ? `it is upgraded from ${old} to ${now}, and AWS does not go back: only a backup of before, restored beside it, has ${old}`
    : undefined;
};
