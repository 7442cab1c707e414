import { Duration } from 'aws-cdk-lib';

// the limit of RDS, ElastiCache and DynamoDB
const MOST_DAYS = 35;

/** Retention of backups in days: as given, or from the profile, within the limits of the service. */
export function backupDays(given: Duration | undefined, ofProfile: Duration, least = 0, why = ''): number {
  const days = given?.toDays({ integral: false }) ?? Math.min(MOST_DAYS, Math.max(least, ofProfile.toDays()));
  if (!Number.isInteger(days) || days < least || days > MOST_DAYS) {
    throw new Error(`backupRetention is ${days} days: give whole days from ${least} to ${MOST_DAYS}${why}`);
  }
  return days;
}
