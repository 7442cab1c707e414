import { CHANGES, DESCRIPTIONS, Expected, KEY_ADMINISTRATION, KEY_DESCRIPTION, READS } from './table';
import { MEMBERS, STAGES } from './templates';

/** Everything that is allowed, with its reason. All else is denied. */
export const EXPECTED: Expected = new Map();

const BOOTSTRAP = ['deploy', 'lookup', 'file-publishing', 'image-publishing'];
const ACCESS = ['admin', 'read-only'];

allowed('their group says so',
  ['engineers with MFA', 'engineers only with MFA', 'ada with MFA'],
  ['assume dev admin', 'assume testing admin', 'assume staging read-only']);
allowed('their group says so',
  ['operators with MFA'],
  ['assume prod admin', 'assume staging admin']);
allowed('their group says so',
  ['auditors with MFA'],
  ['assume audit read-only']);

allowed('root decides who assumes roles, and here it lets somebody assume all of them',
  ['root stranger', 'root administrator', 'administrator of everybody'].map(name => `${name} with MFA`)
    .concat('root admin, switched to with MFA'),
  each(STAGES, ACCESS).map(role => `assume ${role}`));
allowed('only administrators of what is hardened have to have signed in today',
  ['root stranger with MFA of yesterday'],
  [...each(STAGES, ['read-only']), ...each(['dev', 'testing'], ['admin'])].map(role => `assume ${role}`));
allowed('the roles of AWS and of the CDK trust root without MFA, so they are open to all whom root allows',
  [
    'root stranger with MFA', 'root stranger without MFA', 'root stranger by keys',
    'root stranger with MFA, as somebody else', 'root stranger with MFA of yesterday',
    'root administrator with MFA', 'root administrator without MFA', 'root administrator by keys',
    'administrator of everybody with MFA', // and not without, which is what the group is for
    'root admin', 'root admin, switched to with MFA', 'root cfn-exec',
  ],
  [...each(STAGES, BOOTSTRAP), ...each(MEMBERS, ['organization role'])].map(role => `assume ${role}`));
for (const stage of MEMBERS) {
  allowed('the administrators of an account deploy to it',
    [...people(`${stage} admin`), ...people(`${stage} organization role`), `${stage} cfn-exec`],
    each([stage], BOOTSTRAP).map(role => `assume ${role}`));
}
allowed('CloudFormation deploys as this role',
  ['cloudformation'],
  each(STAGES, ['cfn-exec']).map(role => `assume ${role}`));
allowed('the custom resources run as this role',
  ['lambda'],
  ['assume root people function', 'assume root settings function']);

allowed('the trail is written, into its folders, encrypted',
  ['the trail', 'the trail with a record of another region'],
  [
    'PutObject in trails', 'PutObject of root in trails', 'GetBucketAcl in trails',
    'GenerateDataKey of the key', 'DescribeKey of the key',
  ]);
allowed('S3 delivers the access logs of the trails',
  ['the access logging'],
  ['PutObject in access logs', 'PutObject of root in access logs', 'PutObject elsewhere in access logs']);
allowed('the reader that the example names',
  people('audit read-only'),
  [...inBoth(READS), 'Decrypt by S3 of the key']);
allowed('the deployment of audit administers bucket and key',
  ['audit cfn-exec'],
  [...inBoth(CHANGES), ...KEY_ADMINISTRATION.map(action => `${action} of the key`)]);
allowed('the account may see its own policies',
  [...['audit admin', 'audit organization role', 'audit read-only'].flatMap(people), 'audit cfn-exec', 'audit lookup'],
  [...inBoth(DESCRIPTIONS), ...KEY_DESCRIPTION.map(action => `${action} of the key`)]);

for (const stage of ['audit', 'prod']) {
  const administrators = [`${stage} admin`, `${stage} organization role`].flatMap(people);
  allowed('an account reads what is deployed to it',
    [...administrators, ...people(`${stage} read-only`)]
      .concat(each([stage], ['cfn-exec', 'file-publishing', 'lookup', 'deploy'])),
    [`GetObject in ${stage}'s assets`]);
  allowed('an account publishes what is deployed to it, and so does root by its role',
    [...administrators, ...each([stage], ['cfn-exec', 'file-publishing'])],
    [`PutObject in ${stage}'s assets`]);
}

/** What no deployment does to the trail once it exists. */
const DESTRUCTIVE = /^(DeleteBucket|DeleteBucketPolicy|ScheduleKeyDeletion|DisableKey) /;

/** Who publishes what is deployed to audit. Of its roles, all are root's: nobody inside assumes or changes one. */
const PUBLISHERS = ['audit cfn-exec', 'audit file-publishing', ...people('audit organization role')];

/** What of it the policies of the organization take away: only root deploys to audit, and destroys nothing. */
export const SEALED: Expected = new Map([...EXPECTED].map(([name, what]) => [name, new Set([...what].filter(target =>
  !/^audit /.test(name) || !DESTRUCTIVE.test(target) && !BOOTSTRAP.some(role => target === `assume audit ${role}`)
  && (target !== "PutObject in audit's assets" || PUBLISHERS.includes(name))))]));

function allowed(_because: string, who: string[], what: string[]): void {
  for (const name of who) {
    EXPECTED.set(name, new Set([...EXPECTED.get(name) ?? [], ...what]));
  }
}

function each(stages: string[], roles: string[]): string[] {
  return stages.flatMap(stage => roles.map(role => `${stage} ${role}`));
}

function people(role: string): string[] {
  return [role, `${role}, switched to with MFA`];
}

function inBoth(actions: string[]): string[] {
  return ['trails', 'access logs'].flatMap(bucket => actions.map(action => `${action} in ${bucket}`));
}
