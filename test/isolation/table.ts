import { Context, ENCRYPTION_CONTEXT, isAllowed, Principal, Target } from './evaluate';
import { allow, Policy } from './policy';
import { ACCOUNTS, OUTSIDE, REGION } from './templates';
import { Guarded, Role, World } from './world';

export const AUDIT_BUCKET = `acme-audit-trail-${ACCOUNTS.audit}`;
export const KEY_ALIAS = 'alias/acme-audit-trail';
export const ACCESS_LOGS = `${AUDIT_BUCKET}-access`;

const TRAIL = trailArn(ACCOUNTS.root, 'acme-trail');
const MFA: Record<string, Context> = {
  'with MFA': { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '43199' },
  'without MFA': { 'aws:MultiFactorAuthPresent': 'false' },
  'by keys': {}, // long-term keys send no such value
};

export function trailArn(account: string, name: string, region = REGION): string {
  return `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
}

export function assetsOf(world: World, stage: string): Guarded {
  return world.buckets.get(`cdk-hnb659fds-assets-${ACCOUNTS[stage]}-${REGION}`)!;
}

/** Everybody who may ask. */
export function principals(world: World): Principal[] {
  const group = (name: string) => world.groups.get(`acme-${name}`)!;
  return [
    ...['engineers', 'operators', 'auditors'].flatMap(name => user(name, [...group(name), ...group('everybody')])),
    // who was put into the group by hand
    ...user('engineers only', group('engineers')),
    ...user('ada', world.users.get('ada')!.groups.flatMap(name => world.groups.get(name)!)),
    ...user('newcomer', group('everybody')),
    ...user('root stranger', [allow('sts:AssumeRole')]),
    ...pretenders('root stranger', [allow('sts:AssumeRole')]),
    ...user('root stranger with no policy', []).slice(0, 1),
    ...user('root administrator', [allow('*')]),
    ...user('administrator of everybody', [...group('everybody'), allow('*')]),
    ...[...world.roles].flatMap(([name, role]) => sessions(name, role, world.controls.get(role.account))),
    ...outsiders('acme-audit-read-only', 'acme-prod-admin', `cdk-hnb659fds-cfn-exec-role-${ACCOUNTS.audit}-${REGION}`),
    ...services(),
    { name: 'anybody on the internet', identity: [], context: {} },
  ];
}

/** A user of root, by every way to sign a request. */
export function user(name: string, identity: Policy[], userName = name.replaceAll(' ', '-')): Principal[] {
  const arn = `arn:aws:iam::${ACCOUNTS.root}:user/${userName}`;
  return Object.entries(MFA).map(([how, mfa]) => ({
    name: `${name} ${how}`, arn, identity, context: { ...signed(ACCOUNTS.root, arn), 'aws:username': userName, 'sts:RoleSessionName': userName, ...mfa },
  }));
}

/** A user who names a session after somebody else, and one who has signed in yesterday. */
function pretenders(name: string, identity: Policy[]): Principal[] {
  const [withMfa] = user(name, identity);
  return [
    { ...withMfa, name: `${name} with MFA, as somebody else`, context: { ...withMfa.context, 'sts:RoleSessionName': 'ada' } },
    { ...withMfa, name: `${name} with MFA of yesterday`, context: { ...withMfa.context, 'aws:MultiFactorAuthAge': '43200' } },
  ];
}

/** A role assumed by an API has no MFA to show, one that a person switches to in the console may have: try both. */
export function sessions(
  name: string, { arn, account, name: roleName, identity }: Role, controls?: Principal['controls'],
): Principal[] {
  const session = `arn:aws:sts::${account}:assumed-role/${roleName}/session`;
  const ofPeople = /admin|read-only|organization role|mallory/.test(name);
  return ['without MFA', ...ofPeople ? ['with MFA'] : []].map(how => ({
    name: how === 'with MFA' ? `${name}, switched to with MFA` : name,
    arn: session,
    identity,
    controls,
    context: { ...signed(account, arn), ...MFA[how] },
  }));
}

/** In an account of somebody else, with everything allowed there, also by names that are known here. */
export function outsiders(...names: string[]): Principal[] {
  return ['mallory', ...names].flatMap(name => sessions(`outside ${name}`, {
    name,
    account: OUTSIDE,
    arn: `arn:aws:iam::${OUTSIDE}:role/${name}`,
    trust: { Statement: [] },
    identity: [allow('*')],
  }));
}

export function signed(account: string, arn: string): Context {
  return {
    'aws:PrincipalAccount': account,
    'aws:PrincipalArn': arn,
    'aws:PrincipalIsAWSService': 'false',
    'kms:CallerAccount': account,
  };
}

export function service(name: string, host: string, context: Context): Principal {
  return {
    name, arn: `${host}.amazonaws.com`, identity: [], context: { 'aws:PrincipalIsAWSService': 'true', ...context },
  };
}

function services(): Principal[] {
  const trail = (name: string, account: string, arn: string, encryptedBy = arn) => service(name, 'cloudtrail', {
    'aws:SourceAccount': account, 'aws:SourceArn': arn, [ENCRYPTION_CONTEXT]: encryptedBy,
  });
  const logging = (name: string, account: string, bucket: string) => service(name, 'logging.s3', {
    'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:s3:::${bucket}`,
  });
  const elsewhere = trailArn(ACCOUNTS.root, 'acme-trail', 'us-east-1');
  return [
    trail('the trail', ACCOUNTS.root, TRAIL),
    trail('the trail with a record of another region', ACCOUNTS.root, TRAIL, elsewhere),
    trail("prod's own trail", ACCOUNTS.prod, trailArn(ACCOUNTS.prod, 'prod-trail')),
    trail("prod's trail of the same name", ACCOUNTS.prod, trailArn(ACCOUNTS.prod, 'acme-trail')),
    trail("audit's trail of the same name", ACCOUNTS.audit, trailArn(ACCOUNTS.audit, 'acme-trail')),
    trail('an outside trail of the same name', OUTSIDE, trailArn(OUTSIDE, 'acme-trail')),
    trail('another trail of root', ACCOUNTS.root, trailArn(ACCOUNTS.root, 'other')),
    trail("root's trail of the same name elsewhere", ACCOUNTS.root, elsewhere),
    service('a cloudtrail without a source', 'cloudtrail', {}),
    logging('the access logging', ACCOUNTS.audit, AUDIT_BUCKET),
    logging('the access logging of another bucket of audit', ACCOUNTS.audit, 'other'),
    logging('an outside access logging', OUTSIDE, 'outside'),
    logging('the access logging of a bucket that took the name outside', OUTSIDE, AUDIT_BUCKET),
    ...['config', 'cloudformation', 's3', 'delivery.logs', 'lambda'].map(name => service(name, name, {
      'aws:SourceAccount': ACCOUNTS.audit, 'aws:SourceArn': TRAIL,
    })),
  ];
}

/** Everything that may be asked for. */
export function targets(world: World): Target[] {
  return [
    ...[...world.roles].map(([name, { arn, account, trust }]) => ({
      name: `assume ${name}`, action: 'sts:AssumeRole', resource: arn, account, policy: trust, context: { 'aws:SecureTransport': 'true' },
    })),
    ...bucketTargets('trails', world.buckets.get(AUDIT_BUCKET)!),
    ...bucketTargets('access logs', world.buckets.get(ACCESS_LOGS)!),
    ...['audit', 'prod'].flatMap(stage => assetTargets(stage, assetsOf(world, stage))),
    ...keyTargets([...world.keys.values()]),
  ].map(target => ({ ...target, controls: world.resourceControls.get(target.account) }));
}

/** Folders of the trail, and one that is another's. */
const FOLDER = `AWSLogs/o-a1b2c3d4e5/${ACCOUNTS.prod}/log`;
const MANAGEMENT_FOLDER = `AWSLogs/${ACCOUNTS.root}/log`;
const OTHER_FOLDER = `AWSLogs/${ACCOUNTS.prod}/log`;

export const READS = ['GetObject', 'GetObjectVersion', 'ListBucket', 'ListBucketVersions'];
const WRITES = ['PutObject', 'PutObjectAcl', 'ReplicateObject'];
export const DESCRIPTIONS = ['GetBucketAcl', 'GetBucketPolicy'];
const DELETES = [
  'DeleteObject', 'DeleteObjectVersion', 'BypassGovernanceRetention', 'PutObjectRetention', 'PutObjectLegalHold',
];
export const CHANGES = [
  'PutBucketPolicy', 'DeleteBucketPolicy', 'DeleteBucket', 'PutLifecycleConfiguration', 'PutBucketVersioning',
  'PutBucketPublicAccessBlock', 'PutBucketLogging', 'PutReplicationConfiguration', 'PutEncryptionConfiguration',
  'PutBucketAcl', 'PutBucketObjectLockConfiguration', 'PutBucketOwnershipControls', 'PutInventoryConfiguration',
];
const OF_THE_BUCKET = [...CHANGES, ...DESCRIPTIONS, 'ListBucket', 'ListBucketVersions'];
const TLS: Context = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

/** A request to a bucket or, by a key, to an object. */
export function bucketRequest(
  name: string, bucket: Guarded, action: string,
  ofTheBucket = OF_THE_BUCKET.includes(action), key = FOLDER, context = TLS,
): Target {
  return {
    name,
    action: `s3:${action}`,
    resource: ofTheBucket ? bucket.arn : `${bucket.arn}/${key}`,
    account: bucket.account,
    policy: bucket.policy,
    privateBucket: bucket.isPrivate,
    context: {
      ...context,
      'aws:ResourceAccount': bucket.account,
      's3:ResourceAccount': bucket.account,
      ...action === 'PutObject' && { 's3:x-amz-acl': 'bucket-owner-full-control' },
    },
  };
}

function bucketTargets(name: string, bucket: Guarded): Target[] {
  const request = (action: string, key = FOLDER, how = '', context = TLS) =>
    bucketRequest(`${action}${how} in ${name}`, bucket, action, undefined, key, context);
  const http: Context = { 'aws:SecureTransport': 'false' };
  const oldTls: Context = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.1' };
  return [
    ...[...READS, ...WRITES, ...DELETES, ...CHANGES, ...DESCRIPTIONS].map(action => request(action)),
    request('PutObject', MANAGEMENT_FOLDER, ' of root'),
    request('PutObject', OTHER_FOLDER, ' elsewhere'),
    ...['GetObject', 'PutObject', 'PutBucketPolicy'].flatMap(action => [
      request(action, FOLDER, ' over http', http),
      request(action, FOLDER, ' over TLS 1.1', oldTls),
    ]),
  ];
}

/** What is deployed to a stage passes through here. */
function assetTargets(stage: string, bucket: Guarded): Target[] {
  return ['GetObject', 'PutObject']
    .map(action => bucketRequest(`${action} in ${stage}'s assets`, bucket, action, false, 'asset.zip'));
}

export const KEY_ADMINISTRATION = [
  'ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy', 'TagResource', 'UpdateKeyDescription',
];
const CRYPTOGRAPHY = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom'];
export const KEY_DESCRIPTION = ['DescribeKey', 'GetKeyPolicy'];

function keyTargets([{ arn, account, policy }, ...more]: Guarded[]): Target[] {
  if (!policy || more.length > 0) {
    throw new Error('there is one key, that of the trails');
  }
  const request = (action: string, how = '', via: Context = {}): Target => ({
    name: `${action}${how} of the key`,
    action: `kms:${action}`,
    resource: arn,
    account,
    policy,
    // somebody else chooses it, CloudTrail does not
    context: { ...via, 'kms:ResourceAliases': [KEY_ALIAS], ...CRYPTOGRAPHY.includes(action) && { [ENCRYPTION_CONTEXT]: TRAIL } },
  });
  return [
    ...[...KEY_ADMINISTRATION, ...KEY_DESCRIPTION, ...CRYPTOGRAPHY, 'CreateGrant', 'DisableKeyRotation']
      .map(action => request(action)),
    request('Decrypt', ' by S3', { 'kms:ViaService': `s3.${REGION}.amazonaws.com` }),
    request('CreateGrant', ' by S3', { 'kms:ViaService': `s3.${REGION}.amazonaws.com` }),
  ];
}

export type Expected = Map<string, Set<string>>;

/** What of the full cross product is not as expected. */
export async function deviations(
  world: World, expected: Expected, only: (principal: Principal) => boolean = () => true,
): Promise<{ pairs: number; unexpected: string[] }> {
  const [everybody, what] = [principals(world), targets(world)];
  refuseUnknown(expected, everybody, what);
  return deviationsOf(expected, everybody.filter(only), what);
}

/** What of this cross product is not as expected. */
export async function deviationsOf(
  expected: Expected,
  who: Principal[],
  what: Target[],
  isAsked: (principal: Principal, target: Target) => boolean = () => true,
): Promise<{ pairs: number; unexpected: string[] }> {
  const unexpected: string[] = [];
  let pairs = 0;
  for (const principal of who) {
    const asked = what.filter(target => isAsked(principal, target));
    const answers = await Promise.all(asked.map(target => isAllowed(principal, target)));
    answers.forEach((allowed, index) => {
      if (allowed !== (expected.get(principal.name)?.has(asked[index].name) ?? false)) {
        unexpected.push(`${principal.name} → ${asked[index].name}: ${allowed ? 'allowed' : 'denied'}`);
      }
    });
    pairs += asked.length;
  }
  return { pairs, unexpected };
}

/** A table that names what there is not would prove less than it says. */
export function refuseUnknown(expected: Expected, who: Principal[], what: Target[]): void {
  const names = new Set([...who, ...what].map(({ name }) => name));
  const unknown = [...expected].flatMap(([name, allowed]) => [name, ...allowed]).filter(name => !names.has(name));
  if (unknown.length > 0 || names.size !== who.length + what.length) {
    throw new Error(`the table names what there is not, or one thing twice: ${unknown}`);
  }
}
