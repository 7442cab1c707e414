import { Principal, Target } from './evaluate';
import { allow } from './policy';
import { ACCESS_LOGS, AUDIT_BUCKET, bucketRequest, principals, trailArn } from './table';
import { ACCOUNTS, REGION } from './templates';
import { World } from './world';

/** One step of somebody who wants what is not theirs. */
export interface Step {
  readonly name: string;
  readonly principal: Principal;
  readonly target: Target;
}

/** What no policy of a bucket, key or role prevents, by the statement of the seal that does. */
export function waysAround(world: World): Array<Step & { readonly sid: string }> {
  const administrators = ['audit admin', 'audit organization role'].map(name => find(world, name));
  // the root user may mend the policy of a bucket, whatever that says
  const rootUser: Principal = {
    name: 'the root user of audit',
    arn: `arn:aws:iam::${ACCOUNTS.audit}:root`,
    identity: [allow('*')],
    controls: administrators[0].controls,
    context: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNTS.audit}:root`, 'aws:PrincipalIsAWSService': 'false' },
  };
  const deployer = `arn:aws:iam::${ACCOUNTS.audit}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNTS.audit}-${REGION}`;
  const reader = `arn:aws:iam::${ACCOUNTS.audit}:role/acme-audit-read-only`;
  const trails = `arn:aws:s3:::${AUDIT_BUCKET}`;
  const stack = `arn:aws:cloudformation:${REGION}:${ACCOUNTS.audit}:stack/acme-audit-trail-bucket/a1b2c3`;
  const inAudit = (sid: string, name: string, action: string, resource: string) => [...administrators, rootUser]
    .map(principal => ({ ...step(principal, name, action, resource, ACCOUNTS.audit), sid }));
  return [
    ...inAudit('RolesStayAsDeployed', 'become the reader', 'iam:UpdateAssumeRolePolicy', reader),
    ...inAudit('RolesStayAsDeployed', 'become the deployer', 'iam:UpdateAssumeRolePolicy', deployer),
    ...inAudit('RolesStayAsDeployed', 'make a role of the name of the reader', 'iam:CreateRole', reader),
    ...inAudit('RolesStayAsDeployed', 'have the deployer deploy', 'iam:PassRole', deployer),
    ...inAudit('StacksStayAsDeployed', 'update a stack by the role it remembers', 'cloudformation:UpdateStack', stack),
    ...inAudit('BucketsStayAsDeployed', 'drop the policy of the trails', 's3:DeleteBucketPolicy', trails)
      .filter(({ principal }) => principal === rootUser),
  ];
}

/** What is up to root, and what a seal of the account that keeps the trail does not concern. */
export function limits(world: World): Step[] {
  const [prod, root] = ['prod admin', 'root admin'].map(name => find(world, name));
  return [
    step(prod, 'leave the organization and its trail', 'organizations:LeaveOrganization', '*', ACCOUNTS.prod),
    step(root, 'stop the trail', 'cloudtrail:StopLogging', trailArn(ACCOUNTS.root, 'acme-trail'), ACCOUNTS.root),
  ];
}

/** What a seal should forbid and does not. */
export function waysThroughTheSeal(world: World): Step[] {
  const admin = find(world, 'audit admin');
  const assets = world.buckets.get(`cdk-hnb659fds-assets-${ACCOUNTS.audit}-${REGION}`)!;
  return [
    step(admin, 'leave the organization, and with it the seal', 'organizations:LeaveOrganization', '*', ACCOUNTS.audit),
    {
      // the CDK CLI uploads no template that is there already, and deploys what is there
      name: 'audit admin can put a template in the place of the one that root deploys',
      principal: admin,
      target: bucketRequest('PutObject', assets, 'PutObject', false, 'a1b2c3.json'),
    },
  ];
}

function step(principal: Principal, name: string, action: string, resource: string, account: string): Step {
  return { name: `${principal.name} can ${name}`, principal, target: { name, action, resource, account, context: {} } };
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
