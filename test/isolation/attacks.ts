import { Principal, Target } from './evaluate';
import { ACCESS_LOGS, AUDIT_BUCKET, bucketRequest, principals, trailArn } from './table';
import { ACCOUNTS, REGION } from './templates';
import { World } from './world';

/** One step of somebody who wants what is not theirs. */
export interface Step {
  readonly name: string;
  readonly principal: Principal;
  readonly target: Target;
}

/** What no policy of a bucket, a key or a role prevents: these roles are to be guarded themselves. */
export function limits(world: World): Step[] {
  const deployer = `arn:aws:iam::${ACCOUNTS.audit}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNTS.audit}-${REGION}`;
  const reader = `arn:aws:iam::${ACCOUNTS.audit}:role/acme-audit-read-only`;
  const administrators = ['audit admin', 'audit organization role'];
  const inAudit = (name: string, action: string, resource: string): Step[] => administrators.map(who => ({
    name: `${who} can ${name}`,
    principal: find(world, who),
    target: { name, action, resource, account: ACCOUNTS.audit, context: {} },
  }));
  return [
    ...inAudit('become the reader', 'iam:UpdateAssumeRolePolicy', reader),
    ...inAudit('become the administrator of the bucket', 'iam:UpdateAssumeRolePolicy', deployer),
    ...inAudit('let CloudFormation change the bucket', 'iam:PassRole', deployer),
    {
      name: 'prod admin can leave the organization and its trail',
      principal: find(world, 'prod admin'),
      target: {
        name: 'leave', action: 'organizations:LeaveOrganization', resource: '*', account: ACCOUNTS.prod, context: {},
      },
    },
    {
      name: 'root admin can stop the trail',
      principal: find(world, 'root admin'),
      target: {
        name: 'stop the trail',
        action: 'cloudtrail:StopLogging',
        resource: trailArn(ACCOUNTS.root, 'acme-trail'),
        account: ACCOUNTS.root,
        context: {},
      },
    },
  ];
}

/** Ways to write, change or read a little that the lists of actions in the bucket's policy leave open. */
export function openWays(world: World): Step[] {
  const ofTheBucket = [
    'PutBucketRequestPayment', // the trail does not pay, and is not delivered any more
    'PutBucketAbac', 'TagResource', 'PutBucketTagging', 'PutIntelligentTieringConfiguration', 'PutMetricsConfiguration',
    'CreateBucketMetadataTableConfiguration', 'ListBucketMultipartUploads',
  ];
  const ofObjects = [
    'UpdateObjectEncryption', // encrypts with a key that can be deleted then
    'AbortMultipartUpload', 'PutObjectVersionAcl', 'PutObjectVersionTagging', 'PutObjectAnnotation',
    'DeleteObjectAnnotation', 'ReplicateTags', 'GetObjectTagging', 'GetObjectAnnotation', 'ListMultipartUploadParts',
  ];
  return [AUDIT_BUCKET, ACCESS_LOGS].flatMap(name => [...ofTheBucket, ...ofObjects].map(action => ({
    name: `audit admin cannot ${action} in ${name}`,
    principal: find(world, 'audit admin'),
    target: bucketRequest(name, world.buckets.get(name)!, action, ofTheBucket.includes(action)),
  })));
}

function find(world: World, name: string): Principal {
  return principals(world).find(principal => principal.name === name)!;
}
