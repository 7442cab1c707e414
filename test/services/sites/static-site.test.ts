import { App, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { StageProfile } from '../../../src';
import { StaticSite, StaticSiteKind, StaticSiteProps } from '../../../src/services/sites/static-site';
import { Resource, synthesize, testApp } from '../../orgs';
import { behavesLikeAService, leftBehind, stackIn, templateIn } from '../contract';
import { importedZone, zoneOfStage } from '../zones';

const ci = () => new iam.WebIdentityPrincipal('arn:aws:iam::222222222222:oidc-provider/ci.acme.example', {
  StringEquals: { 'ci.acme.example:sub': 'docs' },
});
const given = (stack: Stack, id = 'given') =>
  acm.Certificate.fromCertificateArn(stack, id, 'arn:aws:acm:us-east-1:222222222222:certificate/1');

// no two stages have one name
const nameIn = (stack: Stack, id: string) => `${id}.${StageProfile.of(stack).name}.acme.example`;

describe('without a name', () => behavesLikeAService((stack, id) => new StaticSite(stack, id, { deployer: ci() })));

describe('with a name', () => behavesLikeAService((stack, id) => new StaticSite(stack, id, {
  zone: importedZone(stack), domainName: nameIn(stack, id), kind: StaticSiteKind.SINGLE_PAGE_APP,
})));

describe('with a certificate and a web acl that exist', () => behavesLikeAService((stack, id) => new StaticSite(stack, id, {
  domainName: nameIn(stack, id),
  certificate: given(stack, `${id}-certificate`),
  webAclId: 'arn:aws:wafv2:us-east-1:222222222222:global/webacl/acme/1',
})));

describe('with what the profile would decide otherwise', () => behavesLikeAService((stack, id) => new StaticSite(stack, id, {
  accessLogRetention: RetentionDays.ONE_MONTH, noncurrentVersionExpiration: Duration.days(3),
})));

type Props = (stack: Stack) => StaticSiteProps;

function of(props: Props = () => ({}), profile = StageProfile.PRODUCTION): Template {
  return templateIn(profile, stack => new StaticSite(stack, 'it', props(stack)));
}

function distribution(template: Template): any {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudFront::Distribution')) as Resource[];
  return Properties.DistributionConfig;
}

function rule({ Properties }: Resource): any {
  return Properties.LifecycleConfiguration.Rules[0];
}

/** The buckets of the content and, where there is one, of the logs. */
function buckets(template: Template): Array<Resource & { id: string }> {
  return Object.entries(template.findResources('AWS::S3::Bucket')).map(([id, resource]) => ({ id, ...resource as Resource }));
}

describe('a site', () => {
  test('is read by its distribution alone, encrypted, over TLS', () => {
    const template = of();
    const [content] = buckets(template);
    expect(content.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    });
    const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy', { Properties: { Bucket: { Ref: content.id } } }));
    const [deny, allow, ...more] = (policy as Resource).Properties.PolicyDocument.Statement;
    expect(deny).toMatchObject({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    // to list is to be told 404 of what is missing
    expect(allow).toMatchObject({
      Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Principal: { Service: 'cloudfront.amazonaws.com' },
    });
    expect(JSON.stringify(allow.Condition.StringEquals['AWS:SourceArn'])).toContain(':distribution/');
    expect(more).toEqual([]);
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
  });

  test('is served by the newer protocols, with headers, and plain HTTP is redirected', () => {
    expect(distribution(of())).toMatchObject({
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      DefaultRootObject: 'index.html',
      DefaultCacheBehavior: {
        ViewerProtocolPolicy: 'redirect-to-https',
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
        ResponseHeadersPolicyId: '67f7725c-6f97-4210-82d7-5512b31e9d03',
        Compress: true,
      },
    });
    expect(distribution(of()).ViewerCertificate).toBeUndefined();
  });

  // what a web acl blocks is a 403, too, and what is missing a 404 to a distribution that may list
  test('answers with its error page to what it does not have, and to nothing else', () => {
    const answers = (errorPage?: string) => distribution(of(() => ({ errorPage }))).CustomErrorResponses;
    expect(answers()).toEqual([{ ErrorCode: 404, ResponseCode: 404, ResponsePagePath: '/404.html' }]);
    expect(answers('/oh.html')).toEqual([{ ErrorCode: 404, ResponseCode: 404, ResponsePagePath: '/oh.html' }]);
    expect(answers(Fn.importValue('page'))[0].ResponsePagePath).toEqual({ 'Fn::ImportValue': 'page' });
  });

  test('answers as a single-page app with its root object, to what it does not have and to nothing else', () => {
    const props = { kind: StaticSiteKind.SINGLE_PAGE_APP, defaultRootObject: 'app.html' };
    expect(distribution(of(() => props))).toMatchObject({
      DefaultRootObject: 'app.html',
      CustomErrorResponses: [{ ErrorCode: 404, ResponseCode: 200, ResponsePagePath: '/app.html' }],
    });
  });

  test('has other headers and a web acl if given', () => {
    const webAclId = 'arn:aws:wafv2:us-east-1:222222222222:global/webacl/acme/1';
    const responseHeadersPolicy = cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS;
    expect(distribution(of(() => ({ webAclId, responseHeadersPolicy })))).toMatchObject({
      WebACLId: webAclId,
      DefaultCacheBehavior: { ResponseHeadersPolicyId: responseHeadersPolicy.responseHeadersPolicyId },
    });
  });
});

describe('the name of a site', () => {
  test('is that of the zone, with a certificate of us-east-1 and records for both kinds of addresses', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const site = new StaticSite(stack, 'it', { zone: zoneOfStage(stack) });
    expect(site.domainName).toBe('acme.example');
    const synthesized = synthesize(stack.node.root as App);
    const there = 'in-production/services-it-Certificate-us-east-1';
    expect(synthesized.one('AWS::CertificateManager::Certificate', there).Properties).toMatchObject({
      DomainName: 'acme.example', SubjectAlternativeNames: [],
    });
    expect(synthesized.dependencies('in-production/services')).toEqual(['in-production/dns', there]);
    const [arn] = synthesized.find('Custom::AWS', 'in-production/services');
    const [{ id, resource }] = synthesized.find('AWS::CloudFront::Distribution');
    expect(resource.Properties.DistributionConfig).toMatchObject({
      Aliases: ['acme.example'],
      ViewerCertificate: {
        AcmCertificateArn: { 'Fn::GetAtt': [arn.id, 'Parameter.Value'] }, MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only',
      },
    });
    const records = synthesized.find('AWS::Route53::RecordSet', 'in-production/services');
    expect(records.map(record => record.resource.Properties.Type).sort()).toEqual(['A', 'AAAA']);
    for (const record of records) {
      expect(record.resource.Properties).toMatchObject({
        Name: 'acme.example.', AliasTarget: { DNSName: { 'Fn::GetAtt': [id, 'DomainName'] } },
      });
    }
  });

  test('may be another one in the zone', () => {
    const template = of(stack => ({ zone: importedZone(stack), domainName: 'docs.acme.example' }));
    expect(distribution(template).Aliases).toEqual(['docs.acme.example']);
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'docs.acme.example.', HostedZoneId: 'Z1', Type: 'A' });
  });

  test('may have a certificate that exists, and records elsewhere', () => {
    const template = of(stack => ({ domainName: 'docs.other.example', certificate: given(stack) }));
    expect(distribution(template)).toMatchObject({
      Aliases: ['docs.other.example'], ViewerCertificate: { AcmCertificateArn: expect.stringContaining('certificate/1') },
    });
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.resourceCountIs('Custom::AWS', 0);
    of(stack => ({ zone: importedZone(stack), certificate: given(stack) })).resourceCountIs('AWS::Route53::RecordSet', 2);
  });

  test('may be in a zone of another region', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    new StaticSite(stack, 'it', { zone: zoneOfStage(stack, 'eu-central-1') });
    const synthesized = synthesize(stack.node.root as App);
    expect(synthesized.find('AWS::SSM::Parameter', 'in-production/dns')).toHaveLength(1);
    expect(synthesized.find('AWS::Route53::RecordSet', 'in-production/services')[0].resource.Properties.HostedZoneId)
      .toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^itZoneId/), 'Parameter.Value'] });
  });

  test('is one of CloudFront otherwise', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const site = new StaticSite(stack, 'it');
    expect(stack.resolve(site.domainName)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^itDistribution/), 'DomainName'] });
  });
});

describe('the profile says', () => {
  test.each([
    [StageProfile.PRODUCTION, 'PriceClass_All', 35, 365],
    [StageProfile.STAGING, 'PriceClass_200', 7, 90],
    [StageProfile.DEVELOPMENT, 'PriceClass_100', 1, undefined],
    [StageProfile.TESTING, 'PriceClass_100', undefined, undefined],
    [StageProfile.AUDIT, 'PriceClass_100', 35, 3653],
    [StageProfile.ROOT, 'PriceClass_100', 35, 365],
  ])('$name: how near, how restorable, how long logged', (profile, priceClass, versions, logDays) => {
    const template = of(undefined, profile);
    const [content, logs] = buckets(template);
    expect(distribution(template).PriceClass).toBe(priceClass);
    expect(content.Properties.VersioningConfiguration?.Status).toBe(versions && 'Enabled');
    expect(rule(content).NoncurrentVersionExpiration?.NoncurrentDays).toBe(versions);
    expect(logs && rule(logs).ExpirationInDays).toBe(logDays);
    expect(distribution(template).Logging?.Prefix).toBe(logDays && 'distribution/');
    expect(content.Properties.LoggingConfiguration?.LogFilePrefix).toBe(logDays && 'bucket/');
  });

  test('and props say otherwise', () => {
    const kept = of(() => ({
      removalPolicy: RemovalPolicy.RETAIN,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL,
      noncurrentVersionExpiration: Duration.days(5),
    }), StageProfile.TESTING);
    expect(buckets(kept).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Retain', 'Retain']);
    expect(rule(buckets(kept)[0]).NoncurrentVersionExpiration.NoncurrentDays).toBe(5);
    expect(distribution(kept).PriceClass).toBe('PriceClass_All');
    const gone = of(() => ({ removalPolicy: RemovalPolicy.DESTROY, noncurrentVersionExpiration: Duration.days(0) }));
    expect(buckets(gone)).toHaveLength(1);
    expect(buckets(gone)[0].Properties.VersioningConfiguration).toBeUndefined();
    expect(leftBehind(gone.toJSON().Resources).filter(line => line.includes('S3'))).toEqual([]);
  });

  test('kept is what a profile wants a snapshot of, as there is none of a bucket', () => {
    const profile = StageProfile.PRODUCTION.customized('snapshots', { removalPolicy: RemovalPolicy.SNAPSHOT });
    const app = testApp();
    profile.applyTo(app);
    const stack = new Stack(app, 'services', { env: { account: '222222222222', region: 'eu-west-1' } });
    new StaticSite(stack, 'it', { zone: importedZone(stack) });
    const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
    const policies = Object.values(Resources).map(({ DeletionPolicy }) => DeletionPolicy);
    expect(policies).toContain('Retain');
    expect(policies).not.toContain('Snapshot');
  });

  test('logs that are asked for are kept in any profile, for ever if so', () => {
    const [, logs] = buckets(of(() => ({ accessLogRetention: RetentionDays.INFINITE }), StageProfile.TESTING));
    expect(logs.Properties.LifecycleConfiguration).toBeUndefined();
  });
});

describe('access logs', () => {
  test('come from the bucket of the content and from the distribution, and from nobody else', () => {
    const template = of();
    const [content, logs] = buckets(template);
    expect(content.Properties.LoggingConfiguration.DestinationBucketName).toEqual({ Ref: logs.id });
    expect(distribution(template).Logging.Bucket).toEqual({ 'Fn::GetAtt': [logs.id, 'RegionalDomainName'] });
    expect(logs.Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerPreferred' }]);
    expect(logs.Properties.PublicAccessBlockConfiguration.BlockPublicAcls).toBe(true);
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: logs.id },
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Principal: { Service: 'logging.s3.amazonaws.com' },
            Action: 's3:PutObject',
            Condition: Match.objectLike({ ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [content.id, 'Arn'] } } }),
          }),
        ],
      }),
    });
  });
});

describe('in a region where CloudFront delivers no logs', () => {
  const milan = () => new Stack(testApp(), 'services', { env: { account: '222222222222', region: 'eu-south-1' } });

  test('there are none, so that the distribution can be made', () => {
    const stack = milan();
    expect(new StaticSite(stack, 'it').accessLogs).toBeUndefined();
    const template = Template.fromStack(stack);
    expect(distribution(template).Logging).toBeUndefined();
    expect(buckets(template).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Retain']);
  });

  test('they cannot be asked for', () => {
    expect(() => new StaticSite(milan(), 'it', { accessLogRetention: RetentionDays.ONE_MONTH }))
      .toThrow('accessLogRetention cannot be kept in eu-south-1, where CloudFront delivers no logs: leave it out, or define the site in a '
        + 'stack of a region that is on by default');
  });
});

describe('a deployment', () => {
  test('may list, write, delete and invalidate, and nothing else', () => {
    const template = templateIn(StageProfile.PRODUCTION, stack => {
      const role = new iam.Role(stack, 'ci', { assumedBy: new iam.AccountRootPrincipal() });
      new StaticSite(stack, 'it').grantDeploy(role).assertSuccess();
    });
    const [content] = buckets(template);
    const [site] = Object.keys(template.findResources('AWS::CloudFront::Distribution'));
    const arn = { 'Fn::GetAtt': [content.id, 'Arn'] };
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')) as Resource[];
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
      { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObject'], Resource: { 'Fn::Join': ['', [arn, '/*']] } },
      {
        Effect: 'Allow',
        Action: 'cloudfront:CreateInvalidation',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, expect.stringMatching(/:cloudfront::\d+:distribution\//), { Ref: site }]] },
      },
    ]);
  });

  test('has a role that the deployer may assume', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    const site = new StaticSite(stack, 'it', { deployer: ci() });
    expect(site.deployRole).toBeDefined();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [Match.objectLike({
          Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { 'ci.acme.example:sub': 'docs' } },
        })],
      }),
    });
    template.resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('has no role without one', () => {
    const stack = stackIn(StageProfile.PRODUCTION);
    expect(new StaticSite(stack, 'it').deployRole).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });
});

test.each<[string, Props]>([
  ["domainName 'other.example' is not in zone 'acme.example'", stack => ({ zone: importedZone(stack), domainName: 'other.example' })],
  ["domainName 'a.acme.example' has no effect without a certificate: give a zone, or a certificate for that name",
    () => ({ domainName: 'a.acme.example' })],
  ['certificate has no effect without a name: give domainName, or a zone', stack => ({ certificate: given(stack) })],
  ["zone 'in-production/services/by-id' is imported by its id alone and does not tell its name: import it by fromHostedZoneAttributes",
    stack => ({ zone: route53.HostedZone.fromHostedZoneId(stack, 'by-id', 'Z2'), domainName: 'a.acme.example' })],
  ["errorPage '/404.html' has no effect: a single-page app", () => ({ kind: StaticSiteKind.SINGLE_PAGE_APP, errorPage: '/404.html' })],
  ["errorPage '404.html' does not begin with '/'", () => ({ errorPage: '404.html' })],
  ["defaultRootObject is empty, and '/' would list the names of all files", () => ({ defaultRootObject: '' })],
  ["defaultRootObject '/index.html' begins with '/'", () => ({ defaultRootObject: '/index.html' })],
  ['removalPolicy is SNAPSHOT, and CloudFormation takes none of this: give RETAIN or DESTROY',
    () => ({ removalPolicy: RemovalPolicy.SNAPSHOT })],
  ['noncurrentVersionExpiration is 1.5 days: give whole days', () => ({ noncurrentVersionExpiration: Duration.hours(36) })],
])('refuses: %s', (message, props) => {
  const stack = stackIn(StageProfile.PRODUCTION);
  expect(() => new StaticSite(stack, 'it', props(stack))).toThrow(message);
});

test('tells its mistakes together', () => {
  const stack = stackIn(StageProfile.PRODUCTION);
  expect(() => new StaticSite(stack, 'it', { errorPage: 'a', defaultRootObject: '/b' })).toThrow(/errorPage 'a'.*; defaultRootObject '\/b'/);
});
