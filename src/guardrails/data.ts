import { DeedCaller } from './deed';
import { unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals, ofResources } from './statements';

const VOLUME = 'arn:aws:ec2:eu-west-1:333333333333:volume/vol-0a1b2c3d4e5f60718';
const CLUSTER = 'arn:aws:rds:eu-west-1:333333333333:cluster:shop';
const KEY = 'arn:aws:kms:eu-west-1:333333333333:key/11111111-2222-3333-4444-555555555555';

/** Volumes, file systems and database clusters are encrypted. */
export function requireEncryption(): GuardrailConfig {
  return ofPrincipals([
    deny('RequireEncryptedVolumes', {
      actions: ['ec2:CreateVolume', 'ec2:RunInstances'], resources: ['arn:*:ec2:*:*:volume/*'], conditions: { Bool: { 'ec2:Encrypted': 'false' } },
    }),
    deny('KeepEncryptionByDefault', { actions: ['ec2:DisableEbsEncryptionByDefault'] }),
    deny('RequireEncryptedClusters', { actions: ['rds:CreateDBCluster', 'rds:RestoreDBClusterFromS3'], conditions: { Bool: { 'rds:StorageEncrypted': 'false' } } }),
    deny('RequireEncryptedFileSystems', {
      actions: ['elasticfilesystem:CreateFileSystem'], conditions: { Bool: { 'elasticfilesystem:Encrypted': 'false' } },
    }),
  ], {
    stops: [
      deed('create a volume in clear', 'ec2:CreateVolume', VOLUME, { context: { 'ec2:Encrypted': 'false' } }),
      deed('run an instance with a volume in clear', 'ec2:RunInstances', VOLUME, { context: { 'ec2:Encrypted': 'false' } }),
      deed('switch encryption by default off', 'ec2:DisableEbsEncryptionByDefault'),
      by(DeedCaller.DEPLOYMENT, deed('deploy a cluster in clear', 'rds:CreateDBCluster', CLUSTER, { context: { 'rds:StorageEncrypted': 'false' } })),
      deed('create a file system in clear', 'elasticfilesystem:CreateFileSystem', undefined, { context: { 'elasticfilesystem:Encrypted': 'false' } }),
    ],
    letsPass: [
      deed('create a volume', 'ec2:CreateVolume', VOLUME, { context: { 'ec2:Encrypted': 'true' } }),
      by(DeedCaller.DEPLOYMENT, deed('deploy a cluster', 'rds:CreateDBCluster', CLUSTER, { context: { 'rds:StorageEncrypted': 'true' } })),
      deed('create a file system', 'elasticfilesystem:CreateFileSystem', undefined, { context: { 'elasticfilesystem:Encrypted': 'true' } }),
    ],
  });
}

/** Requests to resources are encrypted in transit. */
export function requireTls(): GuardrailConfig {
  const object = 'arn:aws:s3:::acme-prod-data/a';
  return ofResources([
    deny('RequireTls', {
      actions: ['kms:*', 's3:*', 'secretsmanager:*', 'sqs:*', 'sts:*'], conditions: { BoolIfExists: { 'aws:SecureTransport': 'false' } },
    }),
  ], {
    stops: [
      deed('read an object in clear', 's3:GetObject', object, { source: EXAMPLES.rcp, context: { 'aws:SecureTransport': 'false' } }),
      deed('send a message in clear', 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:333333333333:orders', { source: EXAMPLES.rcp, context: { 'aws:SecureTransport': 'false' } }),
      by(DeedCaller.STRANGER, deed('read an object in clear', 's3:GetObject', object, { context: { 'aws:SecureTransport': 'false' } })),
    ],
    letsPass: [
      deed('read an object', 's3:GetObject', object, { context: { 'aws:SecureTransport': 'true' } }),
      by(DeedCaller.SERVICE, deed('write an object', 's3:PutObject', object)),
    ],
  });
}

/** Keys of KMS, vaults of backups and logs are not deleted, but by deployments. For stages whose data is to stay. */
export function protectData(scope: GuardrailScope): GuardrailConfig {
  const group = 'arn:aws:logs:eu-west-1:333333333333:log-group:shop';
  return ofPrincipals([
    deny('ProtectData', {
      actions: [
        'backup:DeleteBackupPlan', 'backup:DeleteBackupSelection', 'backup:DeleteBackupVault', 'backup:DeleteBackupVaultAccessPolicy',
        'backup:DeleteBackupVaultLockConfiguration', 'backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint',
        'backup:PutBackupVaultAccessPolicy', 'backup:UpdateBackupPlan', 'backup:UpdateRecoveryPointLifecycle',
        'dynamodb:UpdateContinuousBackups', 'ec2:DeleteFlowLogs', 'kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:DisableKeyRotation',
        'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'logs:DeleteLogGroup', 'logs:DeleteLogStream',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('delete a key', 'kms:ScheduleKeyDeletion', KEY),
      deed('disable a key', 'kms:DisableKey', KEY),
      deed('delete a backup', 'backup:DeleteRecoveryPoint', 'arn:aws:backup:eu-west-1:333333333333:recovery-point:1'),
      deed('delete logs', 'logs:DeleteLogGroup', group),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('remove a stack with its key', 'kms:ScheduleKeyDeletion', KEY)),
      deed('use a key', 'kms:Decrypt', KEY),
      deed('make a backup', 'backup:StartBackupJob', 'arn:aws:backup:eu-west-1:333333333333:backup-vault:shop'),
      deed('create a log group', 'logs:CreateLogGroup', group),
      deed('set for how long logs are kept', 'logs:PutRetentionPolicy', group),
    ],
  });
}

/** Snapshots and backups are not deleted, but by deployments. */
export function protectBackups(scope: GuardrailScope): GuardrailConfig {
  const snapshot = 'arn:aws:ec2:eu-west-1::snapshot/snap-0a1b2c3d4e5f60718';
  return ofPrincipals([
    deny('ProtectBackups', {
      actions: [
        'dynamodb:DeleteBackup', 'ec2:DeleteSnapshot', 'elasticache:DeleteSnapshot', 'fsx:DeleteBackup', 'memorydb:DeleteSnapshot',
        'rds:DeleteDBClusterAutomatedBackup', 'rds:DeleteDBClusterSnapshot', 'rds:DeleteDBInstanceAutomatedBackup', 'rds:DeleteDBSnapshot',
        'redshift-serverless:DeleteSnapshot', 'redshift:DeleteClusterSnapshot',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('delete a snapshot', 'ec2:DeleteSnapshot', snapshot),
      deed('delete a backup of a table', 'dynamodb:DeleteBackup', 'arn:aws:dynamodb:eu-west-1:333333333333:table/orders/backup/1'),
      deed('delete a backup of a file system', 'fsx:DeleteBackup', 'arn:aws:fsx:eu-west-1:333333333333:backup/backup-1'),
      deed('delete a snapshot of a warehouse', 'redshift:DeleteClusterSnapshot', 'arn:aws:redshift:eu-west-1:333333333333:snapshot:shop/1'),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('remove a stack with its snapshot', 'ec2:DeleteSnapshot', snapshot)),
      deed('make a snapshot', 'ec2:CreateSnapshot', snapshot),
    ],
  });
}
