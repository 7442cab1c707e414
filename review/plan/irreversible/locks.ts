import { at, isTrue, numberAt, Rule } from './step';
import { Resource } from '../../assembly/assembly';

const RULE = 'ObjectLockConfiguration.Rule.DefaultRetention';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export const objectsAreLocked: Rule = ({ type, before, after }) => {
  if (type !== 'AWS::S3::Bucket' || !after) {
    return undefined;
  }
  const [old, days] = [complianceDays(before), complianceDays(after)];
  if (days > old) {
    return `what is written to it from now on is kept for ${days} days in compliance mode`
      + `${old > 0 ? ` instead of ${old}` : ''}: nobody deletes it earlier, not even the root user, but by closing the account`;
  }
  return isTrue(at(after, 'ObjectLockEnabled')) && !isTrue(at(before, 'ObjectLockEnabled'))
    ? 'Object Lock is turned on, which cannot be turned off again, and its versioning cannot be suspended'
    : undefined;
};

function complianceDays(bucket?: Resource): number {
  const isCompliance = at(bucket, `${RULE}.Mode`) === 'COMPLIANCE';
  return isCompliance ? numberAt(bucket, `${RULE}.Days`) ?? 365 * (numberAt(bucket, `${RULE}.Years`) ?? 0) : 0;
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
export const vaultIsLocked: Rule = ({ type, before, after }) => {
  const days = numberAt(after, 'LockConfiguration.ChangeableForDays');
  return type === 'AWS::Backup::BackupVault' && days !== undefined && at(before, 'LockConfiguration.ChangeableForDays') === undefined
    ? `the vault is locked in compliance mode: ${days} days from then on, nobody changes or removes the lock, or deletes a recovery `
    + 'point before its time, not even AWS'
    : undefined;
};

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html */
export const airGappedVaultIsCreated: Rule = ({ type, after, change: { what } }) =>
  type === 'AWS::Backup::LogicallyAirGappedBackupVault' && what === 'added'
    ? 'a logically air-gapped vault is locked in compliance mode at once: nobody deletes a recovery point in it before '
    + `${numberAt(after, 'MinRetentionDays') ?? 'its'} days are over, not even AWS`
    : undefined;
