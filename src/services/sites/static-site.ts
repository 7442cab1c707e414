import { Annotations, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
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
import { checkTypeExists } from '../../support/aws-data';
import { recordNameProblem } from '../../support/domain-names';
import { accept, Acceptance } from '../../support/nag';
import { watchNames } from '../../support/name-collisions';
import { checkProps, refuse } from '../../support/options';
import { grantHere, refuseEverybody } from '../../support/principals';
import { keepProviderLogs } from '../../support/provider-logs';
import { keepOrDestroy } from '../../support/removal';
import { AcmCloudFront } from '../dns/acm-cloudfront';
import { certificateRegion } from '../support/certificates';
import { keptFor } from '../support/log-buckets';
import { recordNameIn, zoneFor } from '../support/zones';

/** Response of a site to paths that do not exist. A 403, such as that of a web ACL that blocks, is not changed. */
export enum StaticSiteKind {
  /** The error page, with status 404. */
  PAGES = 'PAGES',
  /** The default root object, with status 200: the page itself handles the path. */
  SINGLE_PAGE_APP = 'SINGLE_PAGE_APP',
}

/** Properties of a `StaticSite`. */
export interface StaticSiteProps {
  /**
   * Public hosted zone for the records of the site and the validation of its certificate.
   *
   * @default - no records; without a `certificate` the site has only a CloudFront domain name
   */
  readonly zone?: route53.IHostedZone;

  /**
   * Domain name of the site, in the hosted zone. No other distribution may have it.
   *
   * @default - the name of the hosted zone
   */
  readonly domainName?: string;

  /**
   * Certificate for the domain name, in us-east-1.
   *
   * @default - an `AcmCloudFront` in the hosted zone, for the domain name only
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Response of the site to paths that do not exist.
   *
   * @default StaticSiteKind.PAGES
   */
  readonly kind?: StaticSiteKind;

  /**
   * Page for paths that do not exist, starting with `/`.
   *
   * @default '/404.html', unless it is a single-page app, which has none
   */
  readonly errorPage?: string;

  /**
   * Page for `/` only, without a leading `/`. There are no index pages for folders.
   *
   * @default 'index.html'
   */
  readonly defaultRootObject?: string;

  /**
   * Headers added to every response.
   *
   * @default - the managed policy SecurityHeaders of CloudFront: strict transport security for a year, no framing by
   * other sites, no MIME type sniffing
   */
  readonly responseHeadersPolicy?: cloudfront.IResponseHeadersPolicy;

  /**
   * Price class: the regions of the world with edge locations for the site.
   *
   * @default - depends on the profile's size: all edge locations if large, all but the most expensive ones if medium,
   * North America and Europe if small
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * ARN of an AWS WAF web ACL for the site, in us-east-1.
   *
   * @default - none
   */
  readonly webAclId?: string;

  /**
   * Principal that may assume the role for deploying the site: a role, or the identity of your CI.
   *
   * @default - no such role
   */
  readonly deployer?: iam.IPrincipal;

  /**
   * Time that replaced or deleted content can be restored, in whole days. With zero days, it cannot.
   *
   * @default - the retention of backups of the stage's profile
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * Retention of access logs, in a bucket of their own.
   *
   * @default - the retention of logs of the stage's profile; no access logs where content is destroyed with its stack,
   * because late deliveries would prevent the deletion of their bucket, or in an opt-in region, where CloudFront cannot
   * deliver them
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
   */
  readonly accessLogRetention?: RetentionDays;

  /**
   * Removal policy of content and logs.
   *
   * @default - from the stage's profile, with RETAIN instead of SNAPSHOT, which they do not support
   */
  readonly removalPolicy?: RemovalPolicy;
}

const PRICE_CLASS: Record<StageSize, keyof typeof cloudfront.PriceClass> = {
  [StageSize.SMALL]: 'PRICE_CLASS_100',
  [StageSize.MEDIUM]: 'PRICE_CLASS_200',
  [StageSize.LARGE]: 'PRICE_CLASS_ALL',
};

/**
 * Defines a static site: a private bucket, and a CloudFront distribution that alone can read it.
 *
 * It is served over TLS 1.2 or newer with HTTP/2 or HTTP/3 and security headers, and HTTP is redirected to HTTPS. With
 * a hosted zone, it has a domain name of the stage and, unless one is given, an `AcmCloudFront` certificate. Content is
 * deployed separately by principals with `grantDeploy`, with `aws s3 sync` and an invalidation.
 *
 * @example
 * new StaticSite(stack, 'site', { zone });
 */
export class StaticSite extends Construct {
  /** Bucket of the content. */
  public readonly bucket: s3.IBucket;

  /** Distribution of the site. */
  public readonly distribution: cloudfront.IDistribution;

  /** Domain name of the site: your own, or that of CloudFront. */
  public readonly domainName: string;

  /** Role for deploying the site, if there is a `deployer`. */
  public readonly deployRole?: iam.IRole;

  /** Bucket of the access logs, if they are enabled. */
  public readonly accessLogs?: s3.IBucket;

  /**
   * @throws if the partition does not have CloudFront's origin access control, names, hosted zone and certificate do
   * not fit together, a path is invalid, a prop would have no effect, or `removalPolicy` is SNAPSHOT
   */
  constructor(scope: Construct, id: string, props: StaticSiteProps = {}) {
    super(scope, id);
    checkProps(this, 'StaticSiteProps', props);
    checkTypeExists(this, 'AWS::CloudFront::OriginAccessControl');
    const { region } = Stack.of(this);
    const logged = !RegionInfo.get(region).isOptInRegion;
    const problems = [...problemsOf(props), ...logged || props.accessLogRetention === undefined ? [] : [
      `accessLogRetention cannot be kept in ${region}, where CloudFront delivers no logs: leave it out, or define the site in a `
        + 'stack of a region that is on by default',
    ]];
    refuse(problems);
    watchNames(this);
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
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessLevels: [cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        }),
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
    Annotations.of(distribution).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'there is a default root object');
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
   * Allows a principal to deploy the site: to list, write and delete the content of the bucket, and to invalidate the
   * CloudFront cache. It cannot read the objects or change the site otherwise.
   *
   * @param grantee principal of the same account
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
      // cloudfront delivers with an access control list
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
      ...keptFor(this, retention),
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
      ? [`domainName '${domainName}' has no effect without a certificate: give a zone, or a certificate for that name`] : [],
    ...!zone && certificate && domainName === undefined
      ? ['certificate has no effect without a name: give domainName, or a zone'] : [],
    ...props.kind === StaticSiteKind.SINGLE_PAGE_APP && errorPage !== undefined
      ? [`errorPage '${errorPage}' has no effect: a single-page app answers with its defaultRootObject; leave errorPage or kind out`] : [],
    ...errorPage !== undefined && !Token.isUnresolved(errorPage) && !errorPage.startsWith('/')
      ? [`errorPage '${errorPage}' does not begin with '/': give a path like '/404.html'`] : [],
    ...defaultRootObject?.startsWith('/')
      ? [`defaultRootObject '${defaultRootObject}' begins with '/': give a file like 'index.html'`] : [],
    ...defaultRootObject === ''
      ? ["defaultRootObject is empty, and '/' would list the names of all files: give a file like 'index.html', or leave it out"] : [],
    ...fileProblems({ errorPage, defaultRootObject }),
    ...domainName === undefined ? [] : recordNameProblem('domainName', domainName),
    ...webAclProblem(props.webAclId),
    ...certificateProblem(certificate),
    ...Number.isInteger(days) ? [] : [`noncurrentVersionExpiration is ${days} days: give whole days`],
  ];
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html */
function fileProblems(files: Record<string, string | undefined>): string[] {
  return Object.entries(files)
    .filter(([, name]) => name !== undefined && !Token.isUnresolved(name) && !/^[\w\-.*$/~"'&]{0,255}$/.test(name))
    .map(([property, name]) => `${property} '${name}' is not the name of a file: give up to 255 letters, digits and _-.*$/~"'`);
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
function certificateProblem(certificate?: acm.ICertificate): string[] {
  const region = certificate && certificateRegion(certificate);
  return region === undefined || region === 'us-east-1' ? []
    : [`certificate is in ${region || 'IAM'}, and CloudFront takes those of us-east-1: give the acmCertificate of an AcmCloudFront, or a zone`];
}

/** @see https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html */
function webAclProblem(arn?: string): string[] {
  const right = /^arn:[^:]+:wafv2:us-east-1:\d{12}:global\/webacl\/.+$/;
  return arn === undefined || Token.isUnresolved(arn) || right.test(arn) ? []
    : [`webAclId '${arn}' is not the ARN of a web ACL for CloudFront: give one of scope CLOUDFRONT, in us-east-1`];
}

/**
 * Responses to missing objects only, so that a request that a web ACL blocks remains a 403. S3 answers 404 to a
 * distribution that may list the bucket, and 403 to others. No visitor sees a list: for `/` there is a root object.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function errorResponses({ kind, errorPage, defaultRootObject }: StaticSiteProps): cloudfront.ErrorResponse[] {
  return [{
    httpStatus: 404,
    ...kind === StaticSiteKind.SINGLE_PAGE_APP
      ? { responseHttpStatus: 200, responsePagePath: `/${defaultRootObject ?? ROOT_OBJECT}` }
      : { responseHttpStatus: 404, responsePagePath: errorPage ?? '/404.html' },
  }];
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
