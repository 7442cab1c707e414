import { find, ROLE_CHANGES, Step, Way } from './attacks';
import { Principal, Target } from './evaluate';
import { allow } from './policy';
import { ACCESS_LOGS, assetsOf, AUDIT_BUCKET, bucketRequest, CHANGES, KEY_ALIAS, signed } from './table';
import { ACCOUNTS, REGION } from './templates';
import { Guarded, World } from './world';

const ACCOUNT = ACCOUNTS.audit;
const STACK = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack`;
const ASSET = 'a1b2c3.json';
export const DELETIONS = ['DeleteBucket', 'DeleteBucketPolicy'];

/** What a deployment of audit by root needs, by the roles that the CDK deploys and bootstraps with. */
export function deployments(world: World): Step[] {
  const [deploy, publish, execute] = ['deploy', 'file-publishing', 'cfn-exec'].map(name => find(world, `audit ${name}`));
  const bootstrapping = accessRole(world);
  const assets = assetsOf(world, 'audit');
  return [
    ...steps(deploy, [
      ...[
        'CreateChangeSet', 'DeleteChangeSet', 'ExecuteChangeSet', 'CreateStack', 'UpdateStack', 'RollbackStack',
        'ContinueUpdateRollback', 'DeleteStack', 'UpdateTerminationProtection', 'CreateStackRefactor',
        'ExecuteStackRefactor', 'DescribeStacks',
      ].map(action => request(`cloudformation:${action}`, `${STACK}/acme-audit-trail-bucket/a1b2c3`)),
      request('iam:PassRole', role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`)),
      request('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/cdk-bootstrap/hnb659fds/version`),
      inBucket(assets, 'GetObject', false),
    ]),
    ...steps(publish, [
      inBucket(assets, 'GetBucketLocation', true),
      inBucket(assets, 'GetEncryptionConfiguration', true),
      inBucket(assets, 'ListBucket', true),
      ...['GetObject', 'PutObject', 'AbortMultipartUpload'].map(action => inBucket(assets, action, false)),
    ]),
    ...steps(execute, [
      ...[AUDIT_BUCKET, ACCESS_LOGS].flatMap(name => [
        request('s3:CreateBucket', `arn:aws:s3:::${name}`),
        ...CHANGES.filter(action => !DELETIONS.includes(action)).map(action =>
          inBucket(world.buckets.get(name)!, action, true)),
        inBucket(world.buckets.get(name)!, 'PutBucketTagging', true),
      ]),
      ...ROLE_CHANGES.map(action => request(`iam:${action}`, role('acme-audit-read-only'))),
    ]),
    ...steps(bootstrapping, [
      ...['CreateStack', 'UpdateStack', 'DeleteStack', 'CreateChangeSet', 'ExecuteChangeSet'].map(action =>
        request(`cloudformation:${action}`, `${STACK}/CDKToolkit/a1b2c3`)),
      ...ROLE_CHANGES.map(action => request(`iam:${action}`, role(`cdk-hnb659fds-deploy-role-${ACCOUNT}-${REGION}`))),
      request('s3:CreateBucket', assets.arn),
      ...['PutBucketPolicy', 'PutEncryptionConfiguration', 'PutLifecycleConfiguration', 'PutBucketVersioning']
        .map(action => inBucket(assets, action, true)),
    ]),
  ];
}

/** Destroying the records by a deployment, as the rollback of a first creation does. */
export function destructions(world: World): Way[] {
  const execute = find(world, 'audit cfn-exec');
  const [key] = [...world.keys.values()];
  const ofTheKey = (action: string) => ({
    ...request(`kms:${action}`, key.arn), policy: key.policy, context: { 'kms:ResourceAliases': [KEY_ALIAS] },
  });
  // AWS asks for alias and key
  const ofTheAlias = (action: string) => request(`kms:${action}`, `arn:aws:kms:${REGION}:${ACCOUNT}:${KEY_ALIAS}`);
  const ways: Array<[string, Target[]]> = [
    // whatever the policies of the buckets say: who deploys may change them
    ['RecordsStay', [AUDIT_BUCKET, ACCESS_LOGS].flatMap(name => [
      ...DELETIONS.map(action => request(`s3:${action}`, `arn:aws:s3:::${name}`)),
      request('s3:BypassGovernanceRetention', `arn:aws:s3:::${name}/AWSLogs/log`),
    ])],
    ['KeyStays', ['ScheduleKeyDeletion', 'DisableKey'].map(ofTheKey)],
    ['AliasStays', ['DeleteAlias', 'UpdateAlias'].map(ofTheAlias)],
  ];
  return ways.flatMap(([sid, targets]) => steps(execute, targets).map(each => ({ ...each, sid })));
}

/** The role that AWS Organizations makes in a member for root, which is in no template. */
function accessRole(world: World): Principal {
  const name = 'OrganizationAccountAccessRole';
  return {
    name,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session`,
    identity: [allow('*')],
    controls: world.controls.get(ACCOUNT),
    context: signed(ACCOUNT, role(name)),
  };
}

function steps(principal: Principal, targets: Target[]): Step[] {
  return targets.map(target => ({ name: `${principal.name} → ${target.name}`, principal, target }));
}

function role(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

function request(action: string, resource: string): Target {
  return { name: `${action} ${resource.split(':').pop()}`, action, resource, account: ACCOUNT, context: {} };
}

function inBucket(bucket: Guarded, action: string, ofTheBucket: boolean): Target {
  return bucketRequest(`s3:${action} ${bucket.arn.split(':').pop()}`, bucket, action, ofTheBucket, ASSET);
}
