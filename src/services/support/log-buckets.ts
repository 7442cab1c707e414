import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BucketProps } from 'aws-cdk-lib/aws-s3';
import { IConstruct } from 'constructs';
import { StageProfile } from '../../stage-profile';

/** Retention of logs in a bucket. For a hardened profile, what is overwritten or deleted is kept as a version. */
export function keptFor(scope: IConstruct, retention: RetentionDays): BucketProps {
  const { hardened: versioned } = StageProfile.of(scope);
  const days = retention === RetentionDays.INFINITE ? undefined : Duration.days(retention);
  return {
    versioned,
    lifecycleRules: days && [{ expiration: days, ...versioned && { noncurrentVersionExpiration: Duration.days(30) } }],
  };
}
