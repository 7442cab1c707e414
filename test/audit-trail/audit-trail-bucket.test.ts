import {
  App, CliCredentialsStackSynthesizer, DefaultStackSynthesizer, Duration, IReusableStackSynthesizer, Lazy,
  LegacyStackSynthesizer, Stack, Token,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  AuditTrailBucket, AuditTrailBucketAttributes, AuditTrailBucketProps, IAuditTrailBucket, TrailReference,
} from '../../src';
import { acmeOfKnownAccounts, AUDIT, PROD, problems, ROOT, strings, synthesize, testApp } from '../orgs';

const TRAIL = TrailReference.ofOrganization({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail' });

function bucketIn(props: Partial<AuditTrailBucketProps> = {}, app: App = testApp()): AuditTrailBucket {
  const stack = new Stack(app, 'stack', { env: { account: AUDIT, region: 'eu-west-1' } });
  return new AuditTrailBucket(stack, 'trails', {
    bucketName: 'acme-audit-trail', keyAlias: 'alias/acme-audit-trail', trails: [TRAIL], ...props,
  });
}

function templateOf(props: Partial<AuditTrailBucketProps> = {}): Template {
  return Template.fromStack(Stack.of(bucketIn(props)));
}

interface Statement { readonly Sid: string; readonly Effect: string; readonly [key: string]: any }

function policyOf(template: Template, type: string, which = ''): Statement[] {
  const [, policy] = Object.entries(template.findResources(type)).find(([id]) => id.includes(which))!;
  return (policy.Properties.PolicyDocument ?? policy.Properties.KeyPolicy).Statement;
}

function bucketsOf(template: Template): Array<{ [key: string]: any }> {
  return Object.values(template.findResources('AWS::S3::Bucket'));
}

describe('the bucket of the trails', () => {
  const template = templateOf();

  test('keeps everything when it is removed from the code', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::KMS::Key', 'AWS::KMS::Alias']) {
      for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of Object.entries(template.findResources(type))) {
        expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain']);
      }
    }
  });

  test('is versioned, private, owned by the account, as is that of its access logs', () => {
    expect(bucketsOf(template)).toHaveLength(2);
    for (const { Properties } of bucketsOf(template)) {
      expect(Properties).toMatchObject({
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
        },
      });
    }
  });

  test('has the names that were given', () => {
    expect(bucketsOf(template).map(({ Properties }) => Properties.BucketName).sort())
      .toEqual(['acme-audit-trail', 'acme-audit-trail-access']);
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-audit-trail' });
  });

  test('is encrypted by a key that rotates', () => {
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true, PendingWindowInDays: 30 });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'acme-audit-trail',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [key, 'Arn'] } },
        }],
      },
    });
  });

  test('logs its access to the other one, whose policy admits it first', () => {
    const [[logs]] = Object.entries(template.findResources('AWS::S3::Bucket', { Properties: { BucketName: 'acme-audit-trail-access' } }));
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket', { Properties: { BucketName: 'acme-audit-trail' } }));
    expect(bucket.Properties.LoggingConfiguration).toEqual({ DestinationBucketName: { Ref: logs } });
    expect(bucket.DependsOn).toEqual([expect.stringContaining('AccessLogsPolicy')]);
    expect(policyOf(template, 'AWS::S3::BucketPolicy', 'AccessLogsPolicy')[0]).toMatchObject({
      Action: 's3:PutObject',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': AUDIT }, ArnEquals: { 'aws:SourceArn': expect.anything() } },
    });
  });

  test('keeps objects seven years, and as long what a deletion leaves', () => {
    for (const { Properties } of bucketsOf(template)) {
      expect(Properties.LifecycleConfiguration.Rules).toEqual([{
        Id: 'expire',
        Status: 'Enabled',
        ExpirationInDays: 2557,
        NoncurrentVersionExpiration: { NoncurrentDays: 2557 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      }]);
    }
  });

  test('locks records for a year, which those who govern may not shorten, and no access logs', () => {
    const locks = (of: Template) => Object.fromEntries(bucketsOf(of).map(({ Properties }) =>
      [Properties.BucketName, [
        Properties.ObjectLockEnabled, Properties.ObjectLockConfiguration?.Rule.DefaultRetention,
      ]]));
    expect(locks(template)).toEqual({
      'acme-audit-trail': [true, { Mode: 'GOVERNANCE', Days: 365 }], 'acme-audit-trail-access': [undefined, undefined],
    });
    // what is kept for less is locked as long as it is kept
    expect(locks(templateOf({ expiration: Duration.days(90) }))['acme-audit-trail']).toEqual([true, { Mode: 'GOVERNANCE', Days: 90 }]);
  });

  test('locks nothing if told so', () => {
    expect(strings(templateOf({ objectLockEnabled: false }).toJSON()).filter(text => text.startsWith('ObjectLock'))).toEqual([]);
  });

  test('has no output', () => {
    expect(template.findOutputs('*')).toEqual({});
  });
});

describe('the times of a bucket', () => {
  test('are those given', () => {
    const [{ Properties }] = bucketsOf(templateOf({
      expiration: Duration.days(400), infrequentAccessAfter: Duration.days(30), glacierAfter: Duration.days(90),
    }));
    expect(Properties.LifecycleConfiguration.Rules[0]).toMatchObject({
      ExpirationInDays: 400,
      NoncurrentVersionExpiration: { NoncurrentDays: 400 },
      Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }, { StorageClass: 'GLACIER', TransitionInDays: 90 }],
    });
  });

  test.each([
    ['GOVERNANCE', s3.ObjectLockRetention.governance(Duration.days(30))],
    ['COMPLIANCE', s3.ObjectLockRetention.compliance(Duration.days(30))],
  ])('may lock in mode %s', (Mode, objectLockDefaultRetention) => {
    const [bucket] = Object.values(templateOf({ objectLockDefaultRetention })
      .findResources('AWS::S3::Bucket', { Properties: { BucketName: 'acme-audit-trail' } }));
    expect(bucket.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days: 30 } } },
    });
  });

  test.each<[string, Partial<AuditTrailBucketProps>, string]>([
    ['part of a day', { expiration: Duration.hours(12) }, 'expiration is 0.5 days: give whole days, 1 or more'],
    ['no day', { expiration: Duration.days(0) }, 'expiration is 0 days: give whole days, 1 or more'],
    ['part of a day in Glacier', { glacierAfter: Duration.hours(36) }, 'glacierAfter is 1.5 days: give whole days, 1 or more'],
    ['infrequent access too early', { infrequentAccessAfter: Duration.days(29) },
      'infrequentAccessAfter is 29 days: give 30 or more, because S3 moves objects no sooner'],
    ['infrequent access after the end', { infrequentAccessAfter: Duration.days(60), expiration: Duration.days(60) },
      'infrequentAccessAfter of 60 days is not before expiration of 60 days, so objects would never get there: give fewer'],
    ['Glacier after the end', { glacierAfter: Duration.days(3000) },
      'glacierAfter of 3000 days is not before expiration of 2557 days, so objects would never get there: give fewer'],
    ['infrequent access after Glacier', { infrequentAccessAfter: Duration.days(90), glacierAfter: Duration.days(60) },
      'infrequentAccessAfter of 90 days is not before glacierAfter of 60 days, so objects would never get there: give fewer'],
    ['a lock longer than the end',
      {
        objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(366)),
        expiration: Duration.days(365),
      },
      'objectLockDefaultRetention of 366 days is longer than expiration of 365 days: lengthen that'],
    ['a lock that is none', { objectLockEnabled: false, objectLockDefaultRetention: s3.ObjectLockRetention.governance(Duration.days(30)) },
      'objectLockDefaultRetention has no effect, because objectLockEnabled is false: leave out one of them'],
  ])('fail with %s', (_, props, message) => {
    expect(() => bucketIn(props)).toThrow(message);
  });
});

describe('the names of a bucket', () => {
  test.each(['Acme', 'ab', 'a'.repeat(57), '-acme', 'acme-', 'acme_trail', 'ac..me', 'acme.-trail', 'acme-.trail'])('fail with %j', bucketName => {
    expect(() => bucketIn({ bucketName })).toThrow(`bucketName '${bucketName}' is not a valid bucket name: give 3 to 56 lower-case letters, `
      + 'digits, hyphens and single dots, which begin and end with a letter or digit');
  });

  test.each(['192.168.5.4', 'xn--acme', 'sthree-acme', 'amzn-s3-demo-bucket', 'acme-s3alias', 'acme--ol-s3', 'acme.mrap', 'acme--x-s3', 'acme--table-s3'])(
    'fail with %j, as S3 names things of its own', bucketName => {
      expect(() => bucketIn({ bucketName })).toThrow(
        `bucketName '${bucketName}' is an address, or begins or ends as S3 names things of its own: give another`);
    });

  test.each(['bucketName', 'keyAlias'])('fail with a %s that is a token', property => {
    expect(() => bucketIn({ [property]: Lazy.string({ produce: () => 'acme' }) })).toThrow(
      new Error(`${property} is a token: other accounts refer to it by name, so give it as a literal`));
  });

  // those of S3's page of rules
  test.each(['docexamplewebsite.com', 'www.docexamplewebsite.com', 'my.example.s3.bucket', 'log-delivery-march-2020', 'docexamplebucket1'])(
    'may be %s', bucketName => expect(() => bucketIn({ bucketName })).not.toThrow());

  test.each(['acme-audit-trail', 'alias/', 'alias/aws/s3', 'alias/a b', `alias/${'a'.repeat(251)}`])('fail with the alias %j', keyAlias => {
    expect(() => bucketIn({ keyAlias })).toThrow(
      `keyAlias '${keyAlias}' is not a valid alias: give 'alias/' and letters, digits, slashes, underscores and hyphens`);
  });
});

describe('the trails that write', () => {
  test('are the ones named, each below its own folders', () => {
    const account = TrailReference.ofAccount({ accountId: PROD, region: 'us-east-1', trailName: 'prod-trail' });
    const bucket = bucketIn();
    bucket.addTrail(account);
    const allowed = policyOf(Template.fromStack(Stack.of(bucket)), 'AWS::S3::BucketPolicy', 'trailsPolicy')
      .filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Sid }) => Sid)).toEqual(['TrailsCheckTheBucket', 'TrailWrites1', 'TrailWrites2']);
    expect(allowed.map(({ Principal }) => Principal)).toEqual(Array(3).fill({ Service: 'cloudtrail.amazonaws.com' }));
    const [, organization, one] = allowed.map(statement => strings(statement).join(' '));
    expect(organization).toContain(`:cloudtrail:eu-west-1:${ROOT}:trail/acme-trail`);
    expect(organization).toContain(`/AWSLogs/${ROOT}/*`);
    expect(organization).toContain('/AWSLogs/o-*/*');
    expect(one).toContain(`:cloudtrail:us-east-1:${PROD}:trail/prod-trail`);
    expect(one).toContain(`/AWSLogs/${PROD}/*`);
    expect(one).not.toContain(ROOT);
  });

  test('write below the id of the organization where it is known', () => {
    expect(TrailReference.ofOrganization({ accountId: ROOT, region: 'eu-west-1', trailName: 'acme-trail', organizationId: 'o-a1b2c3d4e5' }).folders)
      .toEqual([ROOT, 'o-a1b2c3d4e5']);
  });

  test('fail when there are none by the end', () => {
    const app = testApp();
    bucketIn({ trails: [] }, app);
    expect(problems(app)).toEqual(['trails is empty: name at least one that may write, or nothing can']);
  });

  test('may all be added later', () => {
    const app = testApp();
    bucketIn({ trails: [] }, app).addTrail(TRAIL);
    expect(problems(app)).toEqual([]);
  });
});

describe('the trails of many accounts', () => {
  const members = (count: number) => {
    const app = testApp();
    bucketIn({
      bucketName: `acme-audit-trail-${AUDIT}`,
      trails: Array(count).fill(0).map((_, index) =>
        TrailReference.ofAccount({ accountId: `${300000000000 + index}`, region: 'eu-west-1', trailName: 'acme-trail' })),
    }, app);
    return problems(app);
  };

  test('are as many as the policy of a bucket has room for', () => {
    expect(members(46)).toEqual([]);
  });

  test.each([[47, 1], [101, 1], [200, 2]])('fail with %i', (count, policies) => {
    const found = members(count);
    expect(found).toHaveLength(policies);
    expect(found[0]).toMatch(new RegExp(`^trails holds ${count} and readers 0, so that the bucket policy has \\d+ characters: `
      + 'AWS takes 20480, so name fewer, or use one trail of the organization, which needs the management account$'));
  });
});

function covers({ Action, NotAction }: Statement, action: string): boolean {
  const among = (patterns: string | string[]) => [patterns].flat()
    .some(pattern => new RegExp(`^${pattern.replace(/\*/g, '.*')}$`).test(action));
  return Action === undefined ? !among(NotAction) : among(Action);
}

/** Whom the denials of an action leave out, over TLS: a list for each denial, of roles and users. */
function exceptions(action: string, on: 'bucket' | 'objects', props: Partial<AuditTrailBucketProps>, which: string): unknown[] {
  return policyOf(templateOf(props), 'AWS::S3::BucketPolicy', which)
    .filter(({ Effect, Sid }) => Effect === 'Deny' && !Sid.startsWith('OverTls'))
    .filter(({ Resource }) => [Resource].flat().some(resource => JSON.stringify(resource).includes('/*') === (on === 'objects')))
    .filter(statement => covers(statement, action))
    .map(({ Principal, Condition = {} }) => {
      const { ArnNotLike = {}, Bool = {}, ...more } = Condition;
      expect([Principal, more]).toEqual([{ AWS: '*' }, {}]);
      expect([{}, { 'aws:PrincipalIsAWSService': 'false' }]).toContainEqual(Bool);
      return [ArnNotLike['aws:PrincipalArn'] ?? []].flat();
    });
}

describe.each(['trailsPolicy', 'AccessLogsPolicy'])('the protection of a bucket by its %s', which => {
  const keeper = `arn:aws:iam::${AUDIT}:role/keeper`;
  const auditor = `arn:aws:iam::${AUDIT}:role/auditor`;
  const props = { administrators: [new iam.ArnPrincipal(keeper)], readers: [new iam.ArnPrincipal(auditor)] };

  test.each(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:PutObjectRetention', 's3:PutObject',
    's3:PutObjectLegalHold', 's3:ReplicateDelete'])('is against %s, with no exception but services', action => {
    expect(exceptions(action, 'objects', props, which)).toContainEqual([]);
  });

  test.each(['s3:DeleteBucket', 's3:DeleteBucketPolicy', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration', 's3:PutReplicationConfiguration', 's3:PutBucketLogging', 's3:PutBucketPublicAccessBlock',
    's3:PutBucketOwnershipControls'])('is against %s by all but the administrators', action => {
    const [except, more] = exceptions(action, 'bucket', props, which);
    expect(more).toBeUndefined();
    expect(except).toEqual([expect.objectContaining({ 'Fn::Join': expect.anything() }), keeper]);
  });

  test.each(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectTorrent'])('is against %s by all but the readers', action => {
    expect(exceptions(action, 'objects', props, which)).toEqual([[auditor]]);
  });

  test.each(['s3:ListBucket', 's3:ListBucketVersions'])('is against %s by all but the readers', action => {
    expect(exceptions(action, 'bucket', props, which)).toEqual([[auditor]]);
  });

  test.each([['if nothing is said', {}], ['beside those named', props]])('excepts the role by which CloudFormation deploys, %s', (_, given) => {
    const [administrators] = exceptions('s3:PutBucketPolicy', 'bucket', given, which);
    expect(strings({ administrators }).join('')).toContain(`:iam::${AUDIT}:role/cdk-hnb659fds-cfn-exec-role-${AUDIT}-eu-west-1`);
  });

  test('refuses what does not come over TLS 1.2 or newer', () => {
    const denied = policyOf(templateOf(props), 'AWS::S3::BucketPolicy', which).filter(({ Sid }) => Sid.startsWith('OverTls'));
    expect(denied.map(({ Effect, Action, Principal, Condition }) => [Effect, Action, Principal, Condition])).toEqual([
      ['Deny', 's3:*', { AWS: '*' }, { Bool: { 'aws:SecureTransport': 'false' } }],
      ['Deny', 's3:*', { AWS: '*' }, { NumericLessThan: { 's3:TlsVersion': '1.2' } }],
    ]);
  });
});

describe('the readers of a bucket', () => {
  const arn = `arn:aws:iam::${AUDIT}:role/auditor`;

  test('are nobody if nothing is said', () => {
    const sids = policyOf(templateOf(), 'AWS::S3::BucketPolicy', 'trailsPolicy').map(({ Sid }) => Sid);
    expect(sids).not.toContain('ReadersRead');
    expect(policyOf(templateOf(), 'AWS::KMS::Key').map(({ Sid }) => Sid)).not.toContain('ReadersDecrypt');
  });

  test('are those given and those added, in bucket and key', () => {
    const bucket = bucketIn({ readers: [new iam.ArnPrincipal(arn)] });
    bucket.grantRead(new iam.ArnPrincipal(`arn:aws:iam::${ROOT}:user/ada`));
    const template = Template.fromStack(Stack.of(bucket));
    const both = [arn, `arn:aws:iam::${ROOT}:user/ada`];
    expect(policyOf(template, 'AWS::S3::BucketPolicy', 'trailsPolicy').find(({ Sid }) => Sid === 'ReadersRead')!.Condition)
      .toEqual({ ArnEquals: { 'aws:PrincipalArn': both } });
    expect(policyOf(template, 'AWS::KMS::Key').find(({ Sid }) => Sid === 'ReadersDecrypt')!.Condition)
      .toMatchObject({ ArnEquals: { 'aws:PrincipalArn': both } });
  });

  test('may be roles of this app', () => {
    const bucket = bucketIn();
    const role = new iam.Role(Stack.of(bucket), 'Auditor', { assumedBy: new iam.AccountPrincipal(ROOT) });
    bucket.grantRead(role);
    expect(strings(policyOf(Template.fromStack(Stack.of(bucket)), 'AWS::S3::BucketPolicy', 'trailsPolicy')
      .find(({ Sid }) => Sid === 'ReadersRead')!.Condition)).toContain(Stack.of(role).getLogicalId(role.node.defaultChild as iam.CfnRole));
  });

  test('may be roles of this app in another account, which are told so too', () => {
    const { app, org, audit, dev } = acmeOfKnownAccounts();
    const trail = org.addAuditTrail({ storedIn: audit });
    const role = new iam.Role(new Stack(dev, 'analysis'), 'Role', {
      roleName: 'acme-dev-analyst', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    trail.grantRead(role);
    const synthesized = synthesize(app);
    const own = synthesized.one('AWS::IAM::Policy', 'acme/dev/analysis').Properties.PolicyDocument.Statement;
    expect(own.map(({ Action }: { Action: string | string[] }) => Action)).toEqual([
      'kms:Decrypt', ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions'],
    ]);
    expect(JSON.stringify(own)).toContain(`:s3:::${trail.bucketName}/*`);
    const policies = synthesized.find('AWS::S3::BucketPolicy', 'acme/audit-trail/bucket')
      .map(({ resource }) => JSON.stringify(resource));
    expect(policies.filter(policy => policy.includes('role/acme-dev-analyst'))).toHaveLength(2);
  });

  test('have a log group for alarms, if one is asked for', () => {
    const { org, audit } = acmeOfKnownAccounts();
    const trail = org.addAuditTrail({ storedIn: audit, cloudWatchLogsRetention: RetentionDays.ONE_YEAR });
    expect(trail.logGroup?.node.path).toBe('acme/audit-trail/trail/trail/Logs');
  });

  test.each<[string, iam.IGrantable]>([
    ['a whole account', new iam.AccountPrincipal(AUDIT)],
    ['the root user', new iam.ArnPrincipal(`arn:aws:iam::${AUDIT}:root`)],
    ['everybody', new iam.AnyPrincipal()],
    ['a service', new iam.ServicePrincipal('athena.amazonaws.com')],
    ['roles by a wildcard', new iam.ArnPrincipal(`arn:aws:iam::${AUDIT}:role/*`)],
    ['an organization', new iam.OrganizationPrincipal('o-a1b2c3d4e5')],
    ['several at once', new iam.CompositePrincipal(new iam.ArnPrincipal(arn), new iam.ArnPrincipal(`${arn}-2`))],
    ['roles on a condition, which would be lost', new iam.ArnPrincipal(arn).withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })],
    ['an account in a token', new iam.ArnPrincipal(`arn:aws:iam::${Token.asString({ Ref: 'AWS::AccountId' })}:root`)],
  ])('fail when they are %s', (_, reader) => {
    const wayOut = 'give roles or users one by one, as `stage.readOnly` or `new ArnPrincipal';
    expect(() => bucketIn({ readers: [reader] })).toThrow(new RegExp(`^readers holds .*: ${wayOut}`));
    expect(() => bucketIn().grantRead(reader)).toThrow(new RegExp(`^grantRead holds .*: ${wayOut}`));
  });

  test.each(['lambda', 'ecs-tasks', 'ec2'])('fail when %s runs in the same account what reads', name => {
    const bucket = bucketIn();
    const role = (assumedBy: iam.IPrincipal, id: string) => new iam.Role(bucket.stack, id, { assumedBy });
    expect(() => bucket.grantRead(role(new iam.ServicePrincipal(`${name}.amazonaws.com`), 'Service')))
      .toThrow(`grantRead holds 'stack/Service', which '${name}.amazonaws.com' assumes: whoever changes what runs there in account `
        + `'${AUDIT}' would read the trails, so give a role that people or another account assume`);
    bucket.grantRead(role(new iam.AccountPrincipal(ROOT), 'People'));
  });

  test('fail likewise as administrators', () => {
    expect(() => bucketIn({ administrators: [new iam.AccountPrincipal(AUDIT)] }))
      .toThrow(/^administrators holds .*: give roles or users/);
  });
});

describe('a bucket that another app defines', () => {
  const importIn = (attributes: Partial<AuditTrailBucketAttributes> = {}) =>
    AuditTrailBucket.fromAuditTrailBucketAttributes(new Stack(testApp(), 'stack'), 'trails', {
      accountId: AUDIT, region: 'eu-west-1', bucketName: 'acme-audit-trail', keyAlias: 'alias/acme-audit-trail', ...attributes,
    });

  test('has the names that it has there, and no resources', () => {
    const bucket = importIn();
    const there = bucketIn();
    expect([bucket.bucketName, bucket.keyAliasArn]).toEqual([there.bucketName, there.keyAliasArn]);
    expect(bucket.env).toEqual({ account: AUDIT, region: 'eu-west-1' });
    expect(Template.fromStack(bucket.stack).toJSON().Resources ?? {}).toEqual({});
  });

  test('lets a role read as far as its own policy goes', () => {
    const own = (bucket: IAuditTrailBucket) => {
      const stack = new Stack(testApp(), 'reader', { env: { account: PROD, region: 'eu-central-1' } });
      bucket.grantRead(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountPrincipal(ROOT) }));
      const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      return Properties.PolicyDocument.Statement;
    };
    expect(own(importIn())).toEqual(own(bucketIn()));
    expect(own(importIn())).toHaveLength(2);
  });

  test('lets nobody read who has no policy, or is not one', () => {
    const refused = (grantee: iam.IGrantable) => expect(() => importIn().grantRead(grantee));
    refused(new iam.ArnPrincipal(`arn:aws:iam::${PROD}:role/siem`))
      .toThrow(`grantRead of 'stack/trails' is given 'arn:aws:iam::${PROD}:role/siem', which has no policy of its own`);
    refused(new iam.AccountPrincipal(PROD)).toThrow(/^grantRead holds .*: give roles or users one by one/);
  });

  test.each<[Partial<AuditTrailBucketAttributes>, RegExp]>([
    [{ accountId: '12' }, /^accountId '12' is not an account id/],
    [{ accountId: Token.asString({ Ref: 'Account' }) }, /^accountId is a token/],
    [{ region: 'eu-wst-1' }, /^region 'eu-wst-1' is not a region/],
    [{ bucketName: 'Acme' }, /^bucketName 'Acme' is not/],
    [{ keyAlias: 'acme' }, /^keyAlias 'acme' is not/],
  ])('has names that are right: %#', (attributes, message) => {
    expect(() => importIn(attributes)).toThrow(message);
  });

  test('may be in an account that does not exist yet', () => {
    expect(importIn({ accountId: '000000000000' }).keyAliasArn).toContain(':000000000000:alias/acme-audit-trail');
  });
});

describe('the key of a bucket', () => {
  test('is not given to the account, which could pass it on', () => {
    for (const { Sid, Effect, Action, Principal, Condition } of policyOf(templateOf(), 'AWS::KMS::Key')) {
      const uses = [Action].flat().filter(action => /^kms:(\*|Decrypt|PutKeyPolicy|ScheduleKeyDeletion)/.test(action));
      expect([Sid, Effect]).toEqual([Sid, 'Allow']);
      const open = Condition === undefined && Principal.Service === undefined;
      expect([Sid, open ? uses : []]).toEqual([Sid, []]);
    }
  });
});

describe('the role that deploys the bucket', () => {
  const deployedBy = (defaultStackSynthesizer: IReusableStackSynthesizer) => {
    const app = testApp({}, { defaultStackSynthesizer });
    return { app, template: () => Template.fromStack(Stack.of(bucketIn({}, app))) };
  };

  test('is that of the synthesizer, in the policies of the key and of both buckets', () => {
    const { template } = deployedBy(new DefaultStackSynthesizer({
      qualifier: 'acme',
      cloudFormationExecutionRole: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deployers/${Qualifier}-exec-${AWS::Region}',
    }));
    const found = template();
    for (const policy of [policyOf(found, 'AWS::KMS::Key'), policyOf(found, 'AWS::S3::BucketPolicy', 'AccessLogs'), policyOf(found, 'AWS::S3::BucketPolicy')]) {
      const text = strings(policy).join('');
      expect(text).toContain(`:iam::${AUDIT}:role/deployers/acme-exec-eu-west-1`);
      expect(text).not.toContain('cfn-exec-role');
      expect(text).not.toContain('${');
    }
  });

  test('is known where the account of the stack is not', () => {
    const stack = new Stack(testApp(), 'anywhere');
    new AuditTrailBucket(stack, 'trails', { bucketName: 'acme-audit-trail', keyAlias: 'alias/acme-audit-trail', trails: [TRAIL] });
    const text = JSON.stringify(policyOf(Template.fromStack(stack), 'AWS::KMS::Key'));
    expect(text).toContain('role/cdk-hnb659fds-cfn-exec-role-",{"Ref":"AWS::AccountId"},"-",{"Ref":"AWS::Region"}');
    expect(text).not.toContain('${');
  });

  test.each([new LegacyStackSynthesizer(), new CliCredentialsStackSynthesizer()])('has to have a name', synthesizer => {
    const { app } = deployedBy(synthesizer);
    bucketIn({ trails: [] }, app);
    expect(problems(app)).toEqual([
      'trails is empty: name at least one that may write, or nothing can',
      `cloudFormationExecutionRole of the ${synthesizer.constructor.name} of stack 'stack' names no role, so that nobody could change the `
      + 'bucket and its key: give the app a DefaultStackSynthesizer as its defaultStackSynthesizer',
    ]);
  });
});
