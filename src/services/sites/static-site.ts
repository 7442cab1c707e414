import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { StageProfile, StageSize } from '../../stage-profile';
import { accessLogStatement } from '../../support/access-logs';
import { accept, Acceptance } from '../../support/nag';
import { grantHere, refuseEverybody } from '../../support/principals';
import { keepProviderLogs } from '../../support/provider-logs';
import { keepOrDestroy } from '../../support/removal';
import { AcmCloudFront } from '../dns/acm-cloudfront';
import { recordNameIn, zoneFor } from '../support/zones';

/** How a site answers to a path that it does not have. */
export enum StaticSiteKind {
  /** With the error page, and status 404. */
  PAGES = 'PAGES',
  /** With the default root object and status 200: the page knows the path. */
  SINGLE_PAGE_APP = 'SINGLE_PAGE_APP',
}

/** What may be said of a site. */
export interface StaticSiteProps {
  /**
   * The public zone of the site's name. Its records, and those that prove its certificate, are in it.
   *
   * @default - no records; without a `certificate` the site has a name of CloudFront only
   */
  readonly zone?: route53.IHostedZone;

  /**
   * The name of the site, in the zone. No other distribution may have it.
   *
   * @default - the name of the zone
   */
  readonly domainName?: string;

  /**
   * The certificate for that name, which is in us-east-1.
   *
   * @default - an `AcmCloudFront` in the zone, for that name alone
   */
  readonly certificate?: acm.ICertificate;

  /**
   * How the site answers to a path that it does not have.
   *
   * @default StaticSiteKind.PAGES
   */
  readonly kind?: StaticSiteKind;

  /**
   * The page for a path that the site does not have, from `/` on.
   *
   * @default '/404.html', unless it is a single-page app, which has none
   */
  readonly errorPage?: string;

  /**
   * The page for `/` alone, without a `/` before it. A folder has no page.
   *
   * @default 'index.html'
   */
  readonly defaultRootObject?: string;

  /**
   * The headers that go with every answer.
   *
   * @default - the managed policy of CloudFront for security: strict transport for a year, no framing by other sites,
   * no guessing of types
   */
  readonly responseHeadersPolicy?: cloudfront.IResponseHeadersPolicy;

  /**
   * In which parts of the world the site is near.
   *
   * @default - by the size of the profile: everywhere if large, without the most expensive parts if medium, in North
   * America and Europe if small
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * The ARN of the web ACL of AWS WAF in front of the site, which is in us-east-1.
   *
   * @default - none
   */
  readonly webAclId?: string;

  /**
   * Who may assume the role that deploys the site: a role, or what your CI proves itself by.
   *
   * @default - there is no such role
   */
  readonly deployer?: iam.IPrincipal;

  /**
   * How long what a deployment replaces or deletes can be restored, in whole days. Zero days: it cannot.
   *
   * @default - as long as the profile keeps backups
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * How long the logs of who asked for what are kept, in a bucket of their own.
   *
   * @default - as long as the profile keeps logs; no such logs where content is destroyed with its stack, as they come
   * late, and would keep their bucket from being deleted; none in a region that AWS leaves off in new accounts, as
   * CloudFront delivers none there
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
   */
  readonly accessLogRetention?: RetentionDays;

  /**
   * What becomes of content and logs when the site is removed from the code.
   *
   * @default - what the profile of the stage says; kept, where that wants a snapshot, which does not exist for them
   */
  readonly removalPolicy?: RemovalPolicy;
}

const PRICE_CLASS: Record<StageSize, keyof typeof cloudfront.PriceClass> = {
  [StageSize.SMALL]: 'PRICE_CLASS_100',
  [StageSize.MEDIUM]: 'PRICE_CLASS_200',
  [StageSize.LARGE]: 'PRICE_CLASS_ALL',
};

/**
 * Defines a site of files: a private bucket, and the distribution of CloudFront that alone may read it.
 *
 * Visitors get it by TLS 1.2 or newer, HTTP/2 or 3, with headers for their security; plain HTTP is redirected. With a
 * zone it has a name of the stage, and a certificate in us-east-1 as `AcmCloudFront` makes it. Content comes later, by
 * whoever has `grantDeploy`: `aws s3 sync` and an invalidation.
 *
 * @example
 * new StaticSite(stack, 'site', { zone });
 */
export class StaticSite extends Construct {
  /** The bucket of the content. */
  public readonly bucket: s3.IBucket;

  /** The distribution that serves it. */
  public readonly distribution: cloudfront.IDistribution;

  /** The name under which the site is served: yours, or one of CloudFront. */
  public readonly domainName: string;

  /** The role that deploys the site, if there is a `deployer`. */
  public readonly deployRole?: iam.IRole;

  /** The bucket of the access logs, if they are kept. */
  public readonly accessLogs?: s3.IBucket;

  /**
   * @throws if names, zone and certificate do not fit together, a path is not one, a prop would have no effect, or
   * content is to be kept as a snapshot
   */
  constructor(scope: Construct, id: string, props: StaticSiteProps = {}) {
    super(scope, id);
    const { region } = Stack.of(this);
    const logged = !RegionInfo.get(region).isOptInRegion;
    const problems = [...problemsOf(props), ...logged || props.accessLogRetention === undefined ? [] : [
      `accessLogRetention cannot be kept in ${region}, where CloudFront delivers no logs: leave it out, or define the site in a `
        + 'stack of a region that is on by default',
    ]];
    if (problems.length > 0) {
      throw new Error(problems.join('; '));
    }
    const profile = StageProfile.of(this);
    const removalPolicy = keepOrDestroy(props.removalPolicy, profile.removalPolicy);
    const destroys = removalPolicy === RemovalPolicy.DESTROY;
    const { zone } = props;
    const domainName = zone ? recordNameIn(zone, 'domainName', props.domainName) : props.domainName;
    const certificate = props.certificate ?? (zone && new AcmCloudFront(this, 'Certificate', {
      zone, domainName, subjectAlternativeNames: [],
    }).acmCertificate);

    const versions = props.noncurrentVersionExpiration ?? profile.backupRetention;
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...privately(),
      removalPolicy,
      autoDeleteObjects: destroys,
      versioned: versions.toDays() > 0,
      lifecycleRules: [{
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        ...versions.toDays() > 0 && { noncurrentVersionExpiration: versions },
      }],
    });
    this.bucket = bucket;
    const logRetention = props.accessLogRetention ?? (destroys || !logged ? undefined : profile.logRetention);
    this.accessLogs = logRetention && this.logAccess(bucket, logRetention, removalPolicy);
    const unlogged = logged ? 'content that is destroyed with its stack needs no record of who read it'
      : 'CloudFront delivers no logs in this region';
    if (!this.accessLogs) {
      accept(bucket, { rule: 'AwsSolutions-S1', reason: unlogged });
    }
    if (destroys) {
      keepProviderLogs(this, profile);
    }

    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: domainName,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: props.responseHeadersPolicy ?? cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      },
      ...certificate && {
        certificate,
        domainNames: [domainName!],
        minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: props.priceClass ?? cloudfront.PriceClass[PRICE_CLASS[profile.size]],
      defaultRootObject: props.defaultRootObject ?? ROOT_OBJECT,
      errorResponses: errorResponses(props),
      webAclId: props.webAclId,
      ...this.accessLogs && { logBucket: this.accessLogs, logFilePrefix: 'distribution/' },
    });
    this.distribution = distribution;
    this.domainName = domainName ?? distribution.distributionDomainName;
    accept(distribution, ...acceptances(props, certificate, this.accessLogs ? undefined : unlogged));

    if (zone) {
      const record = {
        zone: zoneFor(this, zone, profile),
        recordName: domainName,
        target: route53.RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
      };
      new route53.ARecord(this, 'Ipv4', record);
      new route53.AaaaRecord(this, 'Ipv6', record);
    }
    if (props.deployer) {
      refuseEverybody('deployer', props.deployer);
      this.deployRole = new iam.Role(this, 'DeployRole', {
        assumedBy: props.deployer,
        description: `Deploys the content of ${this.node.path}`,
      });
      this.grantDeploy(this.deployRole);
    }
  }

  /**
   * Lets a principal deploy the site: list, write and delete what is in the bucket, and invalidate what CloudFront
   * remembers of it. It may not read the objects, nor change the site otherwise.
   *
   * @param grantee who
   */
  public grantDeploy(grantee: iam.IGrantable): iam.Grant {
    const allow = (actions: string[], resource: string) =>
      iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
    return grantHere(this, 'grantDeploy', grantee, () => allow(['s3:ListBucket'], this.bucket.bucketArn)
      .combine(allow(['s3:PutObject', 's3:DeleteObject'], this.bucket.arnForObjects('*')))
      .combine(this.distribution.grantCreateInvalidation(grantee)));
  }

  private logAccess(bucket: s3.Bucket, retention: RetentionDays, removalPolicy: RemovalPolicy): s3.IBucket {
    const logs = new s3.Bucket(this, 'AccessLogs', {
      ...privately(),
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      // cloudfront delivers by an access control list
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: retention === RetentionDays.INFINITE ? [] : [{ expiration: Duration.days(retention) }],
    });
    logs.addToResourcePolicy(accessLogStatement(logs.bucketArn, bucket.bucketArn, Stack.of(this).account));
    (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = {
      destinationBucketName: logs.bucketName, logFilePrefix: 'bucket/',
    };
    return logs;
  }
}

const ROOT_OBJECT = 'index.html';

function privately(): s3.BucketProps {
  return {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
  };
}

function problemsOf(props: StaticSiteProps): string[] {
  const { zone, domainName, certificate, errorPage, defaultRootObject, noncurrentVersionExpiration } = props;
  const days = noncurrentVersionExpiration?.toDays({ integral: false }) ?? 0;
  return [
    ...!zone && !certificate && domainName !== undefined
      ? [`domainName '${domainName}' would be ignored without a certificate: give a zone, or a certificate for that name`] : [],
    ...!zone && certificate && domainName === undefined
      ? ['certificate would be ignored without a name: give domainName, or a zone'] : [],
    ...props.kind === StaticSiteKind.SINGLE_PAGE_APP && errorPage !== undefined
      ? [`errorPage '${errorPage}' would be ignored: a single-page app answers with its defaultRootObject; leave errorPage or kind out`] : [],
    ...errorPage !== undefined && !Token.isUnresolved(errorPage) && !errorPage.startsWith('/')
      ? [`errorPage '${errorPage}' does not begin with '/': give a path like '/404.html'`] : [],
    ...defaultRootObject?.startsWith('/')
      ? [`defaultRootObject '${defaultRootObject}' begins with '/': give a file like 'index.html'`] : [],
    ...Number.isInteger(days) ? [] : [`noncurrentVersionExpiration is ${days} days: give whole days`],
  ];
}

function errorResponses({ kind, errorPage, defaultRootObject }: StaticSiteProps): cloudfront.ErrorResponse[] {
  const answer = kind === StaticSiteKind.SINGLE_PAGE_APP
    ? { responseHttpStatus: 200, responsePagePath: `/${defaultRootObject ?? ROOT_OBJECT}` }
    : { responseHttpStatus: 404, responsePagePath: errorPage ?? '/404.html' };
  // a distribution that may not list a bucket gets 403 for what is not there
  return [403, 404].map(httpStatus => ({ httpStatus, ...answer }));
}

function acceptances(props: StaticSiteProps, certificate?: acm.ICertificate, unlogged?: string): Acceptance[] {
  return [
    { rule: 'AwsSolutions-CFR1', reason: 'a site is for visitors from everywhere' },
    ...props.webAclId === undefined
      ? [{ rule: 'AwsSolutions-CFR2', reason: 'files without an application behind them need no web ACL; webAclId gives one' }] : [],
    ...unlogged === undefined ? [] : [{ rule: 'AwsSolutions-CFR3', reason: unlogged }],
    ...certificate ? [] : [{ rule: 'AwsSolutions-CFR4', reason: 'a name of CloudFront comes with its certificate and its choice of TLS' }],
  ];
}
