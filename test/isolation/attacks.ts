import { Principal, Target } from './evaluate';
import { allow } from './policy';
import { ACCESS_LOGS, assetsOf, AUDIT_BUCKET, bucketRequest, principals, signed, trailArn } from './table';
import { ACCOUNTS, OUTSIDE, REGION } from './templates';
import { World } from './world';

/** One step of somebody who wants what is not theirs. */
export interface Step {
  readonly name: string;
  readonly principal: Principal;
  readonly target: Target;
}

/** A step that nothing but a statement of the organization's policies stops. */
export interface Way extends Step {
  readonly sid: string;
}

/** What makes a role another one: everything that AWS knows of. */
export const ROLE_CHANGES = [
  'AttachRolePolicy', 'CreateRole', 'DeleteRole', 'DeleteRolePermissionsBoundary', 'DeleteRolePolicy',
  'DetachRolePolicy', 'PassRole', 'PutRolePermissionsBoundary', 'PutRolePolicy', 'UpdateAssumeRolePolicy', 'UpdateRole',
];
const STACK_CHANGES = [
  'CancelUpdateStack', 'ContinueUpdateRollback', 'CreateChangeSet', 'CreateStack', 'CreateStackRefactor', 'DeleteStack',
  'ExecuteChangeSet', 'ExecuteStackRefactor', 'RemoveAlias', 'RollbackStack', 'SetAlias', 'SetStackPolicy', 'UpdateStack',
  'UpdateTerminationProtection',
];
/** By the first two, somebody leaves a template to be deployed. */
const ASSET_CHANGES: Array<[string, boolean]> = [
  ['PutObject', false], ['ReplicateObject', false], ['DeleteObject', false], ['DeleteObjectVersion', false],
  ['PutBucketPolicy', true], ['PutLifecycleConfiguration', true], ['PutReplicationConfiguration', true],
];

export function find(world: World, name: string): Principal {
  return principals(world).find(principal => principal.name === name)!;
}

/** The root user of a member, whom the policy of a bucket cannot keep from changing that. */
function rootUser(world: World, stage: string): Principal {
  return insider(world, stage, `the root user of ${stage}`, `arn:aws:iam::${ACCOUNTS[stage]}:root`);
}

export function administrators(world: World, stage = 'audit'): Principal[] {
  return [find(world, `${stage} admin`), find(world, `${stage} organization role`), rootUser(world, stage)];
}

/** All but the role by which root bootstraps: only root assumes it. */
export function inside(world: World, stage = 'audit'): Principal[] {
  return administrators(world, stage).filter(({ name }) => !name.endsWith(' organization role'));
}

/** Whoever is allowed everything in audit but root, also under names that they could choose to look like a deployer. */
export function insiders(world: World): Principal[] {
  const like = (how: string, service: string, resource: string) =>
    insider(world, 'audit', `a ${how} of a deployer`, `arn:aws:${service}::${ACCOUNTS.audit}:${resource}`);
  return [
    ...inside(world),
    like('user with the name', 'iam', 'user/cdk-hnb659fds-deploy'),
    like('federated user with the name', 'sts', 'federated-user/cdk-hnb659fds-deploy'),
    like('role with nearly the name', 'iam', 'role/CDK-hnb659fds-deploy'),
    like('role with the path', 'iam', 'role/a:role/cdk-hnb659fds-b/cdk-hnb659fds-c'),
    like('user with the name that root bootstraps by, and', 'iam', 'user/OrganizationAccountAccessRole'),
    like('role with a path to the name that root bootstraps by, and', 'iam', 'role/a:role/OrganizationAccountAccessRole'),
  ];
}

function insider(world: World, stage: string, name: string, arn: string): Principal {
  const account = ACCOUNTS[stage];
  const [, role] = /:role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return {
    name,
    arn: role ? `arn:aws:sts::${account}:assumed-role/${role}/session` : arn,
    identity: [allow('*')],
    controls: world.controls.get(account),
    context: signed(account, arn),
  };
}

/** How whoever administers a member changes what deploys it. In audit, that is a way to what keeps the trail. */
export function waysAround(world: World, stage = 'audit', who = insiders(world)): Way[] {
  const account = ACCOUNTS[stage];
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const deployer = role(`cdk-hnb659fds-cfn-exec-role-${account}-${REGION}`);
  const stack = `arn:aws:cloudformation:${REGION}:${account}:stack/acme-${stage}-access/a1b2c3`;
  const accessPoint = `arn:aws:s3:${REGION}:${account}:accesspoint/side-door`;
  const request = (sid: string, action: string, resource: string) => ({
    sid, target: { name: `${action} ${resource}`, action, resource, account, context: {} },
  });
  const targets: Array<{ readonly sid: string; readonly target: Target }> = [
    ...[deployer, role('OrganizationAccountAccessRole'), role(`acme-${stage}-read-only`)].flatMap(each =>
      ROLE_CHANGES.map(action => request('RolesStayAsDeployed', `iam:${action}`, each))),
    ...STACK_CHANGES.map(action => request('StacksStayAsDeployed', `cloudformation:${action}`, stack)),
    ...['deploy', 'lookup', 'file-publishing', 'image-publishing'].map(name => {
      const { arn, trust } = world.roles.get(`${stage} ${name}`)!;
      const { sid, target } = request('NobodyInsideDeploys', 'sts:AssumeRole', arn);
      return { sid, target: { ...target, policy: trust } };
    }),
    {
      sid: 'NobodyInsideDeploys',
      target: {
        ...request('', 'sts:AssumeRole', role('OrganizationAccountAccessRole')).target,
        // as somebody inside could have left it before the seal
        policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }] },
      },
    },
    ...ASSET_CHANGES.map(([action, ofTheBucket]) => ({
      sid: 'BucketsStayAsDeployed',
      target: bucketRequest(`${action} in its assets`, assetsOf(world, stage), action, ofTheBucket, 'a1b2c3.json'),
    })),
    // AWS compares the ARN of the access point, not of the bucket behind it
    request('BucketsStayAsDeployed', 's3:CreateAccessPoint', accessPoint),
    request('BucketsStayAsDeployed', 's3:PutObject', `${accessPoint}/object/a1b2c3.json`),
    // of a region that is off at first
    request('RegionsStayEnabled', 'account:DisableRegion', `arn:aws:account::${account}:account`),
    request('MembersStay', 'organizations:LeaveOrganization', '*'),
    // AWS moves an account that accepts an invitation, without its leaving before
    request('MembersStay', 'organizations:AcceptHandshake',
      `arn:aws:organizations::${OUTSIDE}:handshake/o-f6g7h8i9j0/invite/h-a1b2c3d4`),
    request('MembersStay', 'account:CloseAccount', `arn:aws:account::${account}:account`),
  ];
  // AWS lets a root user do so whatever the policy of the bucket says
  const mend = stage !== 'audit' ? [] : [AUDIT_BUCKET, ACCESS_LOGS].flatMap(bucket =>
    ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy']
      .map(action => request('BucketsStayAsDeployed', action, `arn:aws:s3:::${bucket}`)));
  return who.flatMap(principal => [...targets, ...principal.arn!.endsWith(':root') ? mend : []]
    .map(({ sid, target }) => ({ sid, principal, target, name: `${principal.name} → ${target.name}` })));
}

const ORGANIZATION = `arn:aws:organizations::${ACCOUNTS.root}`;
const ID = 'o-a1b2c3d4e5';

/** What unseals audit or ends the trail, all of it in root. */
export const UNSEALING: Target[] = [
  ...['DetachPolicy', 'DeletePolicy', 'UpdatePolicy'].map(action =>
    inRoot(`organizations:${action}`, `${ORGANIZATION}:policy/${ID}/service_control_policy/p-a1b2c3d4`)),
  inRoot('organizations:DisablePolicyType', `${ORGANIZATION}:root/${ID}/r-a1b2`),
  inRoot('organizations:PutResourcePolicy', `${ORGANIZATION}:resourcepolicy/${ID}/rp-a1b2c3d4`),
  ...['MoveAccount', 'RemoveAccountFromOrganization', 'CloseAccount', 'RegisterDelegatedAdministrator'].map(action =>
    inRoot(`organizations:${action}`, `${ORGANIZATION}:account/${ID}/${ACCOUNTS.audit}`)),
  ...['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'AddTags'].map(action =>
    inRoot(`cloudtrail:${action}`, trailArn(ACCOUNTS.root, 'acme-trail'))),
];

function inRoot(action: string, resource: string): Target {
  return { name: action, action, resource, account: ACCOUNTS.root, context: {} };
}

/** What no policy of audit or of its organization prevents, and what of it is up to root. */
export function limits(world: World): Step[] {
  const admin = find(world, 'audit admin');
  const repository = `arn:aws:ecr:${REGION}:${ACCOUNTS.audit}:repository/cdk-hnb659fds-container-assets-${ACCOUNTS.audit}-${REGION}`;
  const version = `arn:aws:ssm:${REGION}:${ACCOUNTS.audit}:parameter/cdk-bootstrap/hnb659fds/version`;
  return [
    { name: 'root admin can unseal audit', principal: find(world, 'root admin'), target: UNSEALING[0] },
    // both hinder deployments, which root notices and mends by the role of the organization
    step(admin, 'have CloudFormation refuse deployments, by a hook', 'cloudformation:RegisterType', '*'),
    step(admin, 'have the CDK refuse deployments, by the version of its bootstrap', 'ssm:PutParameter', version),
    // it runs as a role of an app, which is neither a deployer nor, unless an app makes it one, a reader
    step(admin, 'leave an image for an app of root', 'ecr:PutImage', repository),
    step(admin, 'see what happened in audit lately', 'cloudtrail:LookupEvents', '*'),
  ];
}

function step(principal: Principal, name: string, action: string, resource: string, account = ACCOUNTS.audit): Step {
  return { name: `${principal.name} can ${name}`, principal, target: { name, action, resource, account, context: {} } };
}
