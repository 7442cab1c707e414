import { Policy, Statement } from './policy';
import { Deployed, OUTSIDE, STAGES } from './templates';

/** A change of the templates that makes an organization less sealed, and what the table then says. */
export interface Mutation {
  readonly name: string;
  readonly change: (stacks: Deployed[]) => void;
  readonly shows: string;
}

const BUCKETS = { 'trails': /^trailsPolicy/, 'access logs': /^trailsAccessLogsPolicy/ };
type BucketName = keyof typeof BUCKETS;
const POLICY_PROPERTIES = ['AssumeRolePolicyDocument', 'PolicyDocument', 'KeyPolicy', 'Content', 'RepositoryPolicyText'];
const KEY = /^trailsKey(?!Alias)/;
const OWN_CREDENTIALS = /^owncredentials/;
const WITHOUT_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
const ANY_OF_AUDIT = 'arn:aws:iam::222222222222:role/*';
const READER = 'audit read-only';

/** What each statement that denies is there for. */
const DENIES: Array<[string, string]> = [
  ['OverTlsOnly', `${READER} → GetObject over http in`],
  ['OverTls12OrNewer', `${READER} → GetObject over TLS 1.1 in`],
  ['OnlyServicesWrite', 'audit admin → PutObject in'],
  ['OnlyServicesWrite', 'audit admin → DeleteObjectVersion in'],
  ['OnlyReadersRead', 'audit admin → GetObject in'],
  ['OnlyReadersList', 'audit admin → ListBucket in'],
  ['OnlyAdministratorsChange', 'audit admin → DeleteBucketPolicy in'],
];

export const MUTATIONS: Mutation[] = [
  ...STAGES.flatMap(stage => ['admin', 'read-only'].flatMap((role): Mutation[] => [
    {
      name: `${stage} ${role} trusts root without MFA`,
      change: stacks => withoutConditions(trust(stacks, stage, role)),
      shows: `root stranger by keys → assume ${stage} ${role}: allowed`,
    },
    {
      name: `${stage} ${role} trusts another account`,
      change: stacks => { trust(stacks, stage, role).Principal = { AWS: `arn:aws:iam::${OUTSIDE}:root` }; },
      shows: `outside mallory, switched to with MFA → assume ${stage} ${role}: allowed`,
    },
    {
      name: `${stage} ${role} trusts everybody`,
      change: stacks => { trust(stacks, stage, role).Principal = { AWS: '*' }; },
      shows: `outside mallory, switched to with MFA → assume ${stage} ${role}: allowed`,
    },
  ])),
  {
    name: 'users choose the names of their sessions in prod',
    change: stacks => void statementsOf(stacks, /^admin/, /^acme\/prod\/access$/).pop(),
    shows: 'root stranger with MFA, as somebody else → assume prod admin: allowed',
  },
  {
    name: 'MFA of any age is enough in prod',
    change: stacks => { delete trust(stacks, 'prod', 'admin').Condition!.NumericLessThan; },
    shows: 'root stranger with MFA of yesterday → assume prod admin: allowed',
  },
  {
    name: 'a group may assume one more role',
    change: stacks => { grant(stacks, 'engineers').Resource = ['arn:aws:iam::333333333333:role/acme-prod-admin']; },
    shows: 'engineers with MFA → assume prod admin: allowed',
  },
  {
    name: 'everybody may do without MFA what else they are allowed',
    change: stacks => drop(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa'),
    shows: 'administrator of everybody by keys → assume prod organization role: allowed',
  },
  {
    name: 'everybody may do by keys what else they are allowed',
    change: stacks => { statement(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa').Condition = WITHOUT_MFA; },
    shows: 'administrator of everybody by keys → assume prod organization role: allowed',
  },
  ...(Object.keys(BUCKETS) as BucketName[]).flatMap(bucket => DENIES.map(([sid, shows]): Mutation => ({
    name: `the bucket of the ${bucket} goes without ${sid}: ${shows} it`,
    change: stacks => drop(stacks, BUCKETS[bucket], sid),
    shows: `${shows} ${bucket}: allowed`,
  }))),
  ...(Object.keys(BUCKETS) as BucketName[]).flatMap((bucket): Mutation[] => [
    {
      name: `any role of audit reads the ${bucket}`,
      change: stacks => except(statement(stacks, BUCKETS[bucket], 'OnlyReadersRead'), ANY_OF_AUDIT),
      shows: `audit admin → GetObject in ${bucket}: allowed`,
    },
    {
      name: `any role of audit lists the ${bucket}`,
      change: stacks => except(statement(stacks, BUCKETS[bucket], 'OnlyReadersList'), ANY_OF_AUDIT),
      shows: `audit organization role → ListBucketVersions in ${bucket}: allowed`,
    },
    {
      name: `any role of audit changes the bucket of the ${bucket}`,
      change: stacks => except(statement(stacks, BUCKETS[bucket], 'OnlyAdministratorsChange'), ANY_OF_AUDIT),
      shows: `audit admin → PutBucketPolicy in ${bucket}: allowed`,
    },
    {
      name: `prod's administrators read the ${bucket}`,
      change: stacks => {
        const prod = 'arn:aws:iam::333333333333:role/acme-prod-admin';
        except(statement(stacks, BUCKETS[bucket], 'OnlyReadersRead'), prod);
        Object.assign(statement(stacks, BUCKETS[bucket], 'ReadersRead'), {
          Principal: { AWS: '333333333333' }, Condition: { ArnEquals: { 'aws:PrincipalArn': prod } },
        });
      },
      shows: `prod admin → GetObject in ${bucket}: allowed`,
    },
    {
      name: `only services of AWS may not write or delete ${bucket}`,
      change: stacks => {
        const writes = statement(stacks, BUCKETS[bucket], 'OnlyServicesWrite');
        writes.Condition = { Bool: { 'aws:PrincipalIsAWSService': 'true' } };
      },
      shows: `audit organization role → DeleteObject in ${bucket}: allowed`,
    },
    {
      name: `deleting ${bucket} is not writing`,
      change: stacks => { statement(stacks, BUCKETS[bucket], 'OnlyServicesWrite').NotAction = ['s3:Get*', 's3:List*', 's3:Delete*']; },
      shows: `audit admin → DeleteObjectVersion in ${bucket}: allowed`,
    },
    {
      name: `who deploys writes and deletes ${bucket}`,
      change: stacks => {
        const writes = statement(stacks, BUCKETS[bucket], 'OnlyServicesWrite');
        writes.Condition = statement(stacks, BUCKETS[bucket], 'OnlyAdministratorsChange').Condition;
      },
      shows: `audit cfn-exec → DeleteObjectVersion in ${bucket}: allowed`,
    },
    {
      name: `services of AWS write ${bucket} no more`,
      change: stacks => withoutConditions(statement(stacks, BUCKETS[bucket], 'OnlyServicesWrite')),
      shows: `the ${bucket === 'trails' ? 'trail' : 'access logging'} → PutObject in ${bucket}: denied`,
    },
  ]),
  {
    name: 'any trail checks the bucket',
    change: stacks => withoutKey(statement(stacks, BUCKETS.trails, 'TrailsCheckTheBucket'), 'aws:SourceArn'),
    shows: "prod's own trail → GetBucketAcl in trails: allowed",
  },
  {
    name: 'any trail writes',
    change: stacks => withoutKey(statement(stacks, BUCKETS.trails, 'TrailWrites1'), 'aws:SourceArn'),
    shows: 'an outside trail of the same name → PutObject in trails: allowed',
  },
  {
    name: 'the trail writes anywhere',
    change: stacks => { statement(stacks, BUCKETS.trails, 'TrailWrites1').Resource = '*'; },
    shows: 'the trail → PutObject elsewhere in trails: allowed',
  },
  {
    name: 'every service writes for the trail',
    change: stacks => { statement(stacks, BUCKETS.trails, 'TrailWrites1').Principal = { AWS: '*' }; },
    shows: 'config → PutObject in trails: allowed',
  },
  {
    name: 'every bucket of audit logs its access',
    change: stacks => withoutKey(statement(stacks, BUCKETS['access logs'], 'S3LogsAccess'), 'aws:SourceArn'),
    shows: 'the access logging of another bucket of audit → PutObject in access logs: allowed',
  },
  {
    name: 'a bucket of any account logs its access',
    change: stacks => withoutKey(statement(stacks, BUCKETS['access logs'], 'S3LogsAccess'), 'aws:SourceAccount'),
    shows: 'the access logging of a bucket that took the name outside → PutObject in access logs: allowed',
  },
  {
    name: 'the key encrypts for a trail that says it is ours',
    change: stacks => withoutKey(statement(stacks, KEY, 'TrailsEncrypt'), 'aws:SourceArn'),
    shows: "root's trail of the same name elsewhere → GenerateDataKey of the key: allowed",
  },
  {
    name: 'the key encrypts for any trail',
    change: stacks => withoutConditions(statement(stacks, KEY, 'TrailsEncrypt')),
    shows: 'an outside trail of the same name → GenerateDataKey of the key: allowed',
  },
  {
    name: 'the key is described to any trail',
    change: stacks => withoutKey(statement(stacks, KEY, 'TrailsDescribe'), 'aws:SourceArn'),
    shows: "prod's own trail → DescribeKey of the key: allowed",
  },
  {
    name: 'the key is left to the policies of the account',
    change: stacks => { statement(stacks, KEY, 'TheAccountSeesTheKey').Action = 'kms:*'; },
    shows: 'audit admin → Decrypt of the key: allowed',
  },
  {
    name: 'everybody in audit administers the key',
    change: stacks => withoutKey(statement(stacks, KEY, 'AdministratorsAdminister'), 'aws:PrincipalArn'),
    shows: 'audit admin → PutKeyPolicy of the key: allowed',
  },
  {
    name: 'readers decrypt without S3',
    change: stacks => withoutKey(statement(stacks, KEY, 'ReadersDecrypt'), 'kms:ViaService'),
    shows: `${READER} → Decrypt of the key: allowed`,
  },
  {
    name: 'everybody decrypts by S3',
    change: stacks => withoutKey(statement(stacks, KEY, 'ReadersDecrypt'), 'aws:PrincipalArn'),
    shows: 'outside mallory → Decrypt by S3 of the key: allowed',
  },
];

/** What changes nothing when it is dropped alone. */
export const REDUNDANT: Array<Omit<Mutation, 'shows'>> = [
  {
    name: 'the encryption context, as the source is checked',
    change: stacks => withoutKey(statement(stacks, KEY, 'TrailsEncrypt'), 'kms:EncryptionContext:aws:cloudtrail:arn'),
  },
  {
    name: 'the account of the administrators, as their ARNs contain it',
    change: stacks => withoutKey(statement(stacks, KEY, 'AdministratorsAdminister'), 'aws:PrincipalAccount'),
  },
  {
    name: 'the ACL, which a bucket without ACLs ignores',
    change: stacks => withoutKey(statement(stacks, BUCKETS.trails, 'TrailWrites1'), 's3:x-amz-acl'),
  },
];

export const PEOPLE_MUTATIONS: Mutation[] = [
  {
    name: 'without MFA nothing else is denied',
    change: stacks => drop(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa'),
    shows: 'administrator by keys → stop the trail: allowed',
  },
  {
    name: 'keys without a word of MFA are taken for MFA',
    change: stacks => { statement(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa').Condition = WITHOUT_MFA; },
    shows: 'administrator by keys → list buckets: allowed',
  },
  {
    name: 'own keys need no MFA',
    change: stacks => {
      withoutConditions(statement(stacks, OWN_CREDENTIALS, 'OwnKeysAndChangeOfDevice'));
      drop(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa');
    },
    shows: 'ada by keys → create own key: allowed',
  },
  {
    name: 'a device need not be deactivated with MFA',
    change: stacks => {
      withoutConditions(statement(stacks, OWN_CREDENTIALS, 'OwnKeysAndChangeOfDevice'));
      const denied = statement(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa');
      denied.NotAction = [denied.NotAction!, 'iam:DeactivateMFADevice'].flat();
    },
    shows: 'ada without MFA → deactivate own device: allowed',
  },
  {
    name: "another's password and device are denied with MFA alone",
    change: stacks => drop(stacks, OWN_CREDENTIALS, 'NobodyElsesWithoutMfa'),
    shows: "administrator without MFA → enable another's device: allowed",
  },
  {
    name: "by keys without a word of MFA another's password can be changed",
    change: stacks => { statement(stacks, OWN_CREDENTIALS, 'NobodyElsesWithoutMfa').Condition = WITHOUT_MFA; },
    shows: "administrator by keys → change another's password: allowed",
  },
  {
    name: 'keys get a device',
    change: stacks => drop(stacks, OWN_CREDENTIALS, 'NoDeviceByKeys'),
    shows: 'ada by keys → enable own device: allowed',
  },
  {
    name: 'keys create a device, and only enabling it is denied',
    change: stacks => { statement(stacks, OWN_CREDENTIALS, 'NoDeviceByKeys').Action = 'iam:EnableMFADevice'; },
    shows: 'ada by keys → create own device: allowed',
  },
  {
    name: 'nobody gets a first device',
    change: stacks => { statement(stacks, OWN_CREDENTIALS, 'NoDeviceByKeys').Condition = WITHOUT_MFA; },
    shows: 'ada without MFA → enable own device: denied',
  },
  ...Object.entries({
    OwnPassword: "with MFA → change another's password",
    OwnDevice: 'with MFA → create a device under another name',
    OwnKeysAndChangeOfDevice: "with MFA → create another's key",
  }).map(([sid, shows]): Mutation => ({
    name: `${sid} is not one's own`,
    change: stacks => { statement(stacks, OWN_CREDENTIALS, sid).Resource = '*'; },
    shows: `ada ${shows}: allowed`,
  })),
];

/** The layers that each refuse an engineer without MFA: any one suffices. */
export const MFA_LAYERS: Record<string, (stacks: Deployed[]) => void> = {
  'the trust of the role': stacks => withoutConditions(trust(stacks, 'dev', 'admin')),
  'the grant of the group': stacks => withoutConditions(grant(stacks, 'engineers')),
  'what is denied to everybody': stacks => drop(stacks, OWN_CREDENTIALS, 'NothingElseWithoutMfa'),
};

export function statementsOf(stacks: Deployed[], resource: RegExp, stack = /^acme\//): Statement[] {
  const found = stacks.filter(deployed => stack.test(deployed.stack))
    .flatMap(({ template: { Resources } }) => Object.entries(Resources).filter(([id]) => resource.test(id)))
    .flatMap(([, { Properties = {} }]) => POLICY_PROPERTIES.flatMap(name => Properties[name] ?? [])) as Policy[];
  if (found.length !== 1) {
    throw new Error(`${found.length} policies of ${resource} in ${stack}`);
  }
  return found[0].Statement;
}

export function statement(stacks: Deployed[], resource: RegExp, sid: string): Statement {
  const found = statementsOf(stacks, resource).find(({ Sid }) => Sid === sid);
  if (!found) {
    throw new Error(`there is no statement ${sid} in ${resource}`);
  }
  return found;
}

export function drop(stacks: Deployed[], resource: RegExp, sid: string): void {
  const statements = statementsOf(stacks, resource);
  statements.splice(statements.indexOf(statement(stacks, resource, sid)), 1);
}

function trust(stacks: Deployed[], stage: string, role: string): Statement {
  return statementsOf(stacks, role === 'admin' ? /^admin/ : /^readonly/, new RegExp(`^acme/${stage}/access$`))[0];
}

function grant(stacks: Deployed[], group: string): Statement {
  return statementsOf(stacks, new RegExp(`^group${group}CanAssume`))[0];
}

function withoutConditions(changed: Statement): void {
  if (!changed.Condition) {
    throw new Error(`there is no condition in ${JSON.stringify(changed)}`);
  }
  delete changed.Condition;
}

function withoutKey(changed: Statement, key: string): void {
  const operators = Object.values(changed.Condition ?? {}).filter(operator => key in operator);
  if (operators.length !== 1) {
    throw new Error(`there is no ${key} in ${JSON.stringify(changed)}`);
  }
  delete operators[0][key];
  changed.Condition = Object.fromEntries(
    Object.entries(changed.Condition!).filter(([, keys]) => Object.keys(keys).length > 0));
}

function except(changed: Statement, arn: string): void {
  changed.Condition!.ArnNotLike['aws:PrincipalArn'] = arn;
}
