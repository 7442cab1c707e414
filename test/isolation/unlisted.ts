import { administrators, find, Step } from './attacks';
import { Principal } from './evaluate';
import { ACCESS_LOGS, AUDIT_BUCKET, bucketRequest } from './table';
import { REGION } from './templates';
import { World } from './world';

/** What AWS knows beside the table, and no policy names. None of it may succeed. */
export interface Unlisted {
  readonly name: string;
  readonly steps: Step[];
}

const CHANGES = [
  'PutBucketRequestPayment', // the trail does not pay, and would not be delivered any more
  'PutBucketAbac', 'TagResource', 'UntagResource', 'PutBucketTagging', 'PutIntelligentTieringConfiguration',
  'PutMetricsConfiguration', 'PutAnalyticsConfiguration', 'PutAccelerateConfiguration', 'PutBucketCORS',
  'PutBucketNotification', 'PutBucketWebsite', 'DeleteBucketWebsite', 'CreateBucketMetadataTableConfiguration',
  'DeleteBucketMetadataTableConfiguration', 'UpdateBucketMetadataAnnotationTableConfiguration',
  'UpdateBucketMetadataInventoryTableConfiguration', 'UpdateBucketMetadataJournalTableConfiguration',
  'PauseReplication',
];
const LISTINGS = ['ListBucketMultipartUploads'];
const WRITES = [
  'UpdateObjectEncryption', // would encrypt with a key that can be deleted then
  'AbortMultipartUpload', 'PutObjectVersionAcl', 'PutObjectTagging', 'PutObjectVersionTagging', 'DeleteObjectTagging',
  'DeleteObjectVersionTagging', 'PutObjectAnnotation', 'PutObjectVersionAnnotation', 'DeleteObjectAnnotation',
  'DeleteObjectVersionAnnotation', 'ReplicateTags', 'ReplicateDelete', 'ReplicateObjectAnnotation', 'RestoreObject',
  'ObjectOwnerOverrideToBucketOwner',
];
const READS = [
  'GetObjectTagging', 'GetObjectVersionTagging', 'GetObjectAcl', 'GetObjectVersionAcl', 'GetObjectAttributes',
  'GetObjectVersionAttributes', 'GetObjectAnnotation', 'GetObjectVersionAnnotation', 'GetObjectRetention',
  'GetObjectLegalHold', 'GetObjectTorrent', 'GetObjectVersionTorrent', 'GetObjectVersionForReplication',
  'GetObjectVersionAnnotationForReplication', 'ListMultipartUploadParts', 'ListObjectAnnotations',
  'ListObjectVersionAnnotations',
];
const OF_THE_KEY = [
  'CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'DeleteAlias', 'DeleteImportedKeyMaterial', 'DeriveSharedSecret',
  'EnableKey', 'EnableKeyRotation', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext', 'GenerateMac', 'GetParametersForImport', 'GetPublicKey', 'ImportKeyMaterial',
  'ListGrants', 'ListKeyPolicies', 'ListKeyRotations', 'ReEncryptTo', 'ReplicateKey', 'RetireGrant', 'RevokeGrant',
  'RotateKeyOnDemand', 'Sign', 'UntagResource', 'UpdateAlias', 'UpdatePrimaryRegion', 'Verify', 'VerifyMac',
];

export function unlisted(world: World): Unlisted[] {
  const everybody = administrators(world);
  const deployer = find(world, 'audit cfn-exec');
  const [key] = world.keys.values();
  return [
    ...[AUDIT_BUCKET, ACCESS_LOGS].flatMap(bucket => {
      const of = (who: Principal[], actions: string[], ofTheBucket: boolean) => steps(who, actions.map(action =>
        bucketRequest(action, world.buckets.get(bucket)!, action, ofTheBucket)));
      return [
        { name: `change the bucket ${bucket}`, steps: of(everybody, CHANGES, true) },
        { name: `list what is in ${bucket}`, steps: of([...everybody, deployer], LISTINGS, true) },
        { name: `write or delete in ${bucket}`, steps: of([...everybody, deployer], WRITES, false) },
        { name: `read in ${bucket}`, steps: of([...everybody, deployer], READS, false) },
      ];
    }),
    {
      name: 'use, disable or rename the key',
      steps: steps(everybody, OF_THE_KEY.map(action => ({
        name: action,
        action: `kms:${action}`,
        resource: key.arn,
        account: key.account,
        policy: key.policy,
        context: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` },
      }))),
    },
  ];
}

function steps(who: Principal[], targets: Array<Step['target']>): Step[] {
  return who.flatMap(principal =>
    targets.map(target => ({ name: `${principal.name} → ${target.name}`, principal, target })));
}
