import { at, isTrue, nameOf, Rule, Step } from './step';
import { textOf } from '../../assembly/policies';

interface Stateful {
  readonly holds: string;
  /** AWS deletes none that has something in it. */
  readonly onlyEmpty?: boolean;
}

/**
 * What has data that are in no template. The types are those of data/AdditionalSpecs/StatefulResources.json in
 * cfn-lint 1.58.0 (MIT-0), but for those that have rules of their own, or no data beside those of their cluster;
 * from `AWS::AmazonMQ::Broker` on, what is of the same kind and not there.
 */
const STATEFUL: Record<string, Stateful> = {
  'AWS::Backup::BackupVault': { holds: 'its recovery points', onlyEmpty: true },
  'AWS::Cognito::UserPool': { holds: 'its users' },
  'AWS::DocDB::DBCluster': { holds: 'its databases' },
  'AWS::DynamoDB::GlobalTable': { holds: 'its items' },
  'AWS::DynamoDB::Table': { holds: 'its items' },
  'AWS::EC2::Volume': { holds: 'its blocks' },
  'AWS::EFS::FileSystem': { holds: 'its files' },
  'AWS::EMR::Cluster': { holds: 'its files' },
  'AWS::ElastiCache::CacheCluster': { holds: 'what it caches' },
  'AWS::ElastiCache::ReplicationGroup': { holds: 'what it caches' },
  'AWS::Elasticsearch::Domain': { holds: 'its indexes' },
  'AWS::FSx::FileSystem': { holds: 'its files' },
  'AWS::Kinesis::Stream': { holds: 'its records' },
  'AWS::Logs::LogGroup': { holds: 'its log events' },
  'AWS::Neptune::DBCluster': { holds: 'its graph' },
  'AWS::OpenSearchService::Domain': { holds: 'its indexes' },
  'AWS::QLDB::Ledger': { holds: 'its journal' },
  'AWS::RDS::DBCluster': { holds: 'its databases' },
  'AWS::RDS::DBInstance': { holds: 'its databases' },
  'AWS::Redshift::Cluster': { holds: 'its databases' },
  'AWS::S3::Bucket': { holds: 'its objects', onlyEmpty: true },
  'AWS::SDB::Domain': { holds: 'its items' },
  'AWS::SQS::Queue': { holds: 'the messages in it' },
  'AWS::SecretsManager::Secret': { holds: 'its value' },
  'AWS::AmazonMQ::Broker': { holds: 'the messages in it' },
  'AWS::Cassandra::Table': { holds: 'its rows' },
  'AWS::CloudTrail::EventDataStore': { holds: 'its events' },
  'AWS::CodeCommit::Repository': { holds: 'its commits' },
  'AWS::ECR::Repository': { holds: 'its images', onlyEmpty: true },
  'AWS::GuardDuty::Detector': { holds: 'its findings' },
  'AWS::MSK::Cluster': { holds: 'its topics' },
  'AWS::MemoryDB::Cluster': { holds: 'what it stores' },
  'AWS::OpenSearchServerless::Collection': { holds: 'its indexes' },
  'AWS::RedshiftServerless::Namespace': { holds: 'its databases' },
  'AWS::S3Express::DirectoryBucket': { holds: 'its objects', onlyEmpty: true },
  'AWS::S3Tables::Table': { holds: 'its rows' },
  'AWS::Timestream::Table': { holds: 'its records' },
};

/** What a deletion meets in `before`, by the property that says so: AWS refuses it. */
const PROTECTION = ['DeletionProtection', 'DeletionProtectionEnabled', 'TerminationProtectionEnabled'];

export const dataLeave: Rule = step => {
  const { type, before, change: { what, replacedBy }, fate } = step;
  const stateful = statefulOf(step);
  if (!stateful || fate === 'retained' && what === 'removed') {
    return undefined;
  }
  const why = what === 'replaced' && replacedBy !== undefined ? `, as '${replacedBy}' changes` : '';
  const start = what === 'replaced' ? `an empty one takes its place${why}` : '';
  if (fate === 'retained') {
    return `${start}: AWS keeps the one before with ${stateful.holds}, and no stack knows it any more`;
  }
  const and = start && `${start}, and `;
  if (isProtected(before!)) {
    return `${and}AWS refuses to delete it as it is protected: it stays with ${stateful.holds}, and no stack knows it any more`;
  }
  if (fate === 'snapshot') {
    return `${and}a snapshot is all that stays of ${stateful.holds}: a later deployment restores none of it by itself`;
  }
  const free = type === 'AWS::S3::Bucket' ? ' Any account may take its name then.' : '';
  return stateful.onlyEmpty && !isEmptied(step)
    ? `${and}AWS deletes it if it is empty, and keeps it otherwise with ${stateful.holds}, known by no stack.${free}`.replace(/\.$/, '')
    : `${and}it is deleted with ${stateful.holds}, which no deployment brings back.${free}`.replace(/\.$/, '');
};

/** What moves to another logical ID is another one for AWS, whatever construct it is of. */
export function whyMoved(step: Step, now: string, isNamed: boolean): string {
  const { fate, before } = step;
  const holds = statefulOf(step)?.holds;
  const start = `it moves from the logical ID '${before!.id}' to '${now}', which makes another one`;
  return isNamed
    ? `${start}: the deployment fails as long as the one before has its name, and the new one does not have ${holds ?? 'what it was'}`
    : fate === 'retained'
      ? `${start}: AWS keeps the one before${holds ? ` with ${holds}` : ''}, and no stack knows it any more`
      : `${start}, and deletes the one before${holds ? ` with ${holds}` : ''}`;
}

/** Of these, AWS has nothing that goes on. */
const NOWHERE = /^(Custom::|AWS::CloudFormation::(CustomResource|WaitCondition))/;

/** Whatever is retained stays, and stays out of reach of every later deployment. */
export const retainedLeaves: Rule = step => {
  const { before, change: { what }, fate, type } = step;
  if (what !== 'removed' || fate !== 'retained' || NOWHERE.test(type)) {
    return undefined;
  }
  const name = nameOf(before!);
  const text = textOf(name);
  const stateful = statefulOf(step);
  return `AWS goes on having it${stateful ? ` with ${stateful.holds}` : ''}, and no stack knows it any more: putting it back into the code `
    + (name === undefined ? 'makes another one' : `fails, as its name${text === undefined ? '' : ` '${text}'`} stays taken`);
};

export function statefulOf({ type, before }: Step): Stateful | undefined {
  // an instance of a cluster has nothing that the cluster does not have
  return type === 'AWS::RDS::DBInstance' && at(before, 'DBClusterIdentifier') !== undefined ? undefined : STATEFUL[type];
}

function isProtected(before: NonNullable<Step['before']>): boolean {
  const replicas = at(before, 'Replicas');
  const isOn = (value: unknown) => isTrue(value) || value === 'ACTIVE';
  return PROTECTION.some(name => isOn(at(before, name)))
    || Array.isArray(replicas) && replicas.some(replica => isTrue(replica?.DeletionProtectionEnabled));
}

/** The CDK has a custom resource that deletes what is in a bucket or repository, before it is deleted. */
function isEmptied({ before, stack, comparison }: Step): boolean {
  const old = comparison.stacks.find(change => change.stack === stack)?.before ?? stack;
  const empties = [...old.resources.values()].filter(({ type }) => /^Custom::(S3AutoDelete|ECRAutoDelete)/.test(type));
  return isTrue(at(before, 'EmptyOnDelete')) || empties.some(({ properties }) => JSON.stringify(properties).includes(`"${before!.id}"`));
}
