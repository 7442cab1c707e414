import { Duration } from 'aws-cdk-lib';

// of RDS, ElastiCache and DynamoDB alike
const MOST_DAYS = 35;

/** For how many days backups are kept: as given, or otherwise as the profile says, within what the service can do. */
export function backupDays(given: Duration | undefined, ofProfile: Duration, least = 0, why = ''): number {
  const days = given?.toDays({ integral: false }) ?? Math.min(MOST_DAYS, Math.max(least, ofProfile.toDays()));
  if (!Number.isInteger(days) || days < least || days > MOST_DAYS) {
    throw new Error(`backupRetention is ${days} days: give whole days from ${least} to ${MOST_DAYS}${why}`);
  }
  return days;
}
