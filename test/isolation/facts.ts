import { readFileSync } from 'fs';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { Context, isAllowed } from './evaluate';
import { Policy } from './policy';
import { nameOf, resolve } from './resolve';
import { Deployed, deployedOf } from './templates';
import { Fact } from '../../src';

export interface FactsFile {
  readonly version: number;
  readonly namespace: string;
  readonly facts: Fact[];
}

export function factsOf(app: App, namespace = 'acme'): FactsFile {
  return JSON.parse(readFileSync(join(app.outdir, `${namespace}.organization.json`), 'utf8'));
}

interface Claim {
  /** What is claimed to be so, or not to be so. */
  readonly what: string;
  readonly claimed: boolean;
  readonly evaluated: () => Promise<boolean>;
}

/** Who signs in how, and which condition that fulfils. */
const SIGNED_IN: Record<string, Context> = {
  'with MFA': { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' },
  'without MFA': { 'aws:MultiFactorAuthPresent': 'false' },
  'by keys': {},
};

interface Templates {
  readonly users: Map<string, string[]>;
  readonly groups: Map<string, Policy[]>;
  readonly roles: Map<string, { readonly account: string; readonly trust: Policy }>;
  readonly buckets: Map<string, { readonly account: string; readonly policy: Policy }>;
  readonly trails: Array<{ readonly account: string; readonly arn: string }>;
}

/** What the templates say, which facts have to agree with. */
export function templatesOf(app: App): Templates {
  const found: Templates = { users: new Map(), groups: new Map(), roles: new Map(), buckets: new Map(), trails: [] };
  const stacks = deployedOf(app);
  for (const deployed of stacks.map(stack => ({ ...stack, neighbours: stacks }))) {
    Object.entries(deployed.template.Resources).forEach(([id, resource]) => {
      const property = (name: string) => resolve(deployed, resource.Properties?.[name]);
      const arn = (type: string) => `arn:aws:iam::${deployed.account}:${type}/${nameOf(deployed, id)}`;
      const role = () => ({ account: deployed.account, trust: property('AssumeRolePolicyDocument') as Policy });
      const read: Record<string, () => unknown> = {
        'AWS::IAM::Role': () => resource.Properties?.RoleName && found.roles.set(arn('role'), role()),
        'AWS::IAM::Group': () => found.groups.set(arn('group'), policiesOf(deployed, id)),
        'AWS::IAM::User': () =>
          found.users.set(arn('user'), (property('Groups') as string[]).map(name => `arn:aws:iam::${deployed.account}:group/${name}`)),
        'AWS::S3::BucketPolicy': () => found.buckets.set(property('Bucket') as string,
          { account: deployed.account, policy: property('PolicyDocument') as Policy }),
        'AWS::CloudTrail::Trail': () => found.trails.push({
          account: deployed.account,
          arn: `arn:aws:cloudtrail:${deployed.region}:${deployed.account}:trail/${property('TrailName')}`,
        }),
      };
      read[resource.Type]?.();
    });
  }
  return found;
}

interface Reference {
  readonly Ref: string;
}

function policiesOf(deployed: Deployed, groupId: string): Policy[] {
  const own = Object.values(deployed.template.Resources).flatMap(({ Type, Properties = {} }) =>
    Type === 'AWS::IAM::Policy' && (Properties.Groups as Reference[] | undefined)?.some(({ Ref }) => Ref === groupId)
      ? [resolve(deployed, Properties.PolicyDocument) as Policy] : []);
  const { Resources } = deployed.template;
  const managed = Resources[groupId].Properties?.ManagedPolicyArns as Reference[] | undefined ?? [];
  return [...own, ...managed.map(({ Ref }) => resolve(deployed, Resources[Ref].Properties!.PolicyDocument) as Policy)];
}

/** All that facts say, and say by being silent, with what the evaluator says. */
export function claims(facts: Fact[], templates: Templates): Claim[] {
  return [...accessClaims(facts, templates), ...recordClaims(facts, templates), ...readerClaims(facts, templates)];
}

function accessClaims(facts: Fact[], { users, groups, roles }: Templates): Claim[] {
  const has = (kind: string, subject: string, name: string) =>
    facts.find(fact => fact.kind === kind && fact.subject === subject && fact.name === name);
  const holds = (condition: string | undefined, how: string) =>
    condition !== undefined && (!/^mfa/.test(condition) || how === 'with MFA');
  return [...users].flatMap(([user, memberOf]) => [...roles].flatMap(([role, { account, trust }]) =>
    Object.entries(SIGNED_IN).map(([how, context]) => ({
      what: `${user} assumes ${role} ${how}`,
      claimed: [...groups.keys()].some(group => has('member', user, group) && holds(has('can-assume', group, role)?.value, how))
        && holds(has('trusts', role, `account ${user.split(':')[4]}`)?.value, how),
      evaluated: () => isAllowed({
        name: user,
        arn: user,
        identity: memberOf.flatMap(group => groups.get(group)!),
        context: {
          'aws:PrincipalArn': user,
          'aws:PrincipalAccount': user.split(':')[4],
          'aws:username': user.split('/').pop()!,
          'sts:RoleSessionName': user.split('/').pop()!,
          ...context,
        },
      }, { name: role, action: 'sts:AssumeRole', resource: role, account, policy: trust, context: {} }),
    }))));
}

/** CloudTrail writes where facts say that it does, on behalf of the trail that records the stage, and not beside. */
function recordClaims(facts: Fact[], { buckets, trails }: Templates): Claim[] {
  const records = facts.filter(({ kind }) => kind === 'records');
  const claimed = new Set(records.map(({ value }) => value));
  const partsOf = (place: string) => /^s3:\/\/([^/]+)\/(.*)$/.exec(place)!.slice(1);
  const keys = new Set([...[...claimed].map(place => partsOf(place)[1]), 'AWSLogs/', 'elsewhere/']);
  const nowhere = [...claimed].filter(place => !buckets.has(partsOf(place)[0])).map((place): Claim =>
    ({ what: `CloudTrail writes to ${place}, which is in no template`, claimed: true, evaluated: () => Promise.resolve(false) }));
  // the buckets of the bootstraps too: CloudTrail writes into none of them
  return [...nowhere, ...[...buckets].filter(([name]) => !name.endsWith('-access') && trails.length > 0).flatMap(([bucket, { account, policy }]) =>
    [...keys].map((key): Claim => {
      const object = `arn:aws:s3:::${bucket}/${key.replace('o-*', 'o-a1b2c3d4e5')}CloudTrail/2026.json.gz`;
      return {
        what: `CloudTrail writes ${object}`,
        claimed: claimed.has(`s3://${bucket}/${key}`),
        evaluated: async () => (await Promise.all(trails.map(({ arn, account: owner }) => isAllowed({
          name: 'cloudtrail', arn: 'cloudtrail.amazonaws.com', identity: [], context: { 'aws:PrincipalIsAWSService': 'true' },
        }, {
          name: object,
          action: 's3:PutObject',
          resource: object,
          account,
          policy,
          context: {
            'aws:SourceArn': arn,
            'aws:SourceAccount': owner,
            's3:x-amz-acl': 'bucket-owner-full-control',
            'aws:SecureTransport': 'true',
            's3:TlsVersion': '1.3',
          },
        })))).includes(true),
      };
    }))];
}

function readerClaims(facts: Fact[], { buckets, roles }: Templates): Claim[] {
  const reads = new Set(facts.filter(({ kind }) => kind === 'reads').map(({ subject, name }) => `${subject} ${name}`));
  return [...buckets].filter(([name]) => name.includes('-audit-trail-') && !name.endsWith('-access')).flatMap(([bucket, { account, policy }]) =>
    [...roles].map(([role, { account: owner }]) => ({
      what: `${role} reads ${bucket}`,
      claimed: reads.has(`${role} s3://${bucket}/`),
      evaluated: () => isAllowed({
        name: role,
        arn: role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/somebody',
        identity: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
        context: { 'aws:PrincipalArn': role, 'aws:PrincipalAccount': owner, 'aws:PrincipalIsAWSService': 'false' },
      }, {
        name: bucket,
        action: 's3:GetObject',
        resource: `arn:aws:s3:::${bucket}/AWSLogs/x`,
        account,
        policy,
        context: { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' },
      }),
    })));
}

/** What facts say and the evaluator does not. */
export async function lies(facts: Fact[], templates: Templates): Promise<string[]> {
  const told = await Promise.all(claims(facts, templates).map(async ({ what, claimed, evaluated }) =>
    ({ what, claimed, allowed: await evaluated() })));
  return told.filter(({ claimed, allowed }) => claimed !== allowed)
    .map(({ what, claimed }) => `${what}: ${claimed ? 'claimed, and denied' : 'allowed, and not claimed'}`);
}
