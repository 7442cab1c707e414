import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { StageProfile } from '../../stage-profile';
import { checkTypeExists } from '../../support/aws-data';
import { onCollision, watchNames } from '../../support/name-collisions';
import { checkProps } from '../../support/options';
import { grantHere } from '../../support/principals';
import { recordNameIn, zoneFor } from '../support/zones';

/** DMARC policy: requested handling of mail that claims to be from a domain and fails authentication. */
export enum DmarcPolicy {
  /** Deliver it. With a report address, it shows who sends for the domain before a stricter policy is used. */
  NONE = 'NONE',
  /** Treat it as suspicious, such as by moving it to a spam folder. */
  QUARANTINE = 'QUARANTINE',
  /** Reject it. */
  REJECT = 'REJECT',
}

/** Properties of a `MailDomain`. */
export interface MailDomainProps {
  /** Public hosted zone of the domain, in which the records are created. */
  readonly zone: route53.IHostedZone;

  /**
   * Domain of the senders, after the `@`, in the hosted zone. It can be defined once in each region of an account: with
   * another `mailFromSubdomain` in each, and without `createDmarcRecord` in all but one.
   *
   * @default - the name of the hosted zone
   */
  readonly domainName?: string;

  /**
   * Subdomain for bounces, one label below the domain. Nothing else may use it: a mail server needs another name, and
   * so does the same domain in another region.
   *
   * @default 'bounce'
   */
  readonly mailFromSubdomain?: string;

  /**
   * Creates the DMARC record of the domain. There is one for all regions and for all other services that send for it.
   *
   * @default true
   */
  readonly createDmarcRecord?: boolean;

  /**
   * DMARC policy for mail that claims to be from the domain and fails authentication. Other services that send for the
   * domain must be in its records first.
   *
   * @default DmarcPolicy.QUARANTINE
   */
  readonly dmarcPolicy?: DmarcPolicy;

  /**
   * E-mail address for daily DMARC reports. An address in another domain needs a record there that accepts them.
   *
   * @default - no reports
   * @see https://datatracker.ietf.org/doc/html/rfc7489#section-7.1
   */
  readonly dmarcReportAddress?: string;

  /**
   * Topic for notifications of bounces, complaints and rejects, in the region of the stack. If it is encrypted, its key
   * policy must allow `ses.amazonaws.com`.
   *
   * @default - no notifications: they are only counted
   */
  readonly feedbackTopic?: sns.ITopic;
}

const DEFAULT_MAIL_FROM = 'bounce';

/**
 * Defines a domain that sends mail with Amazon SES, authenticated by records in its hosted zone: DKIM, a custom MAIL
 * FROM domain with SPF, and DMARC.
 *
 * Mail is sent over TLS only. Addresses that bounce or complain are added to the suppression list. Reputation metrics
 * are enabled. The domain does not receive mail. In the SES sandbox it can send to verified addresses only; AWS moves
 * an account out of it, for each region, on request.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
 *
 * @example
 * new MailDomain(stack, 'mail', { zone });
 */
export class MailDomain extends Construct {
  /** Identity of the domain. */
  public readonly identity: ses.IEmailIdentity;

  /** Default configuration set for mail from the domain. A sender can name another one. */
  public readonly configurationSet: ses.IConfigurationSet;

  /** Domain of the senders, after the `@`. */
  public readonly domainName: string;

  /**
   * @throws if the region does not have SES; if the domain is not in the hosted zone, the zone is private, or its ID is
   * not available in the stack; if a label or an address is invalid, a prop would have no effect, or the topic is in
   * another region
   */
  constructor(scope: Construct, id: string, props: MailDomainProps) {
    super(scope, id);
    checkProps(this, 'MailDomainProps', props);
    checkTypeExists(this, 'AWS::SES::EmailIdentity');
    this.domainName = recordNameIn(props.zone, 'domainName', props.domainName);
    const mailFrom = props.mailFromSubdomain ?? DEFAULT_MAIL_FROM;
    check(mailFrom, props);
    checkTopic(Stack.of(this).region, props.feedbackTopic);
    watchNames(this);
    onCollision(this, 'define it once in a region; of several regions, give each another mailFromSubdomain, and all but one createDmarcRecord false');
    const zone = zoneFor(this, props.zone, StageProfile.of(this));

    const configurationSet = new ses.ConfigurationSet(this, 'ConfigurationSet', {
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    this.configurationSet = configurationSet;
    if (props.feedbackTopic) {
      configurationSet.addEventDestination('Feedback', {
        destination: ses.EventDestination.snsTopic(props.feedbackTopic),
        events: [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT, ses.EmailSendingEvent.REJECT],
      });
    }
    this.identity = new ses.EmailIdentity(this, 'Identity', {
      // as `Identity.publicHostedZone`, but also for a domain below the zone
      identity: { value: this.domainName, hostedZone: zone },
      dkimIdentity: ses.DkimIdentity.easyDkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: `${mailFrom}.${this.domainName}`,
      configurationSet,
    });
    if (props.createDmarcRecord ?? true) {
      new route53.TxtRecord(this, 'Dmarc', {
        zone,
        recordName: `_dmarc.${this.domainName}`,
        values: [dmarc(props)],
      });
    }
  }

  /**
   * Allows a principal to send mail from addresses of the domain, `anything@domain`, and from no others.
   *
   * @param grantee principal of the same account
   */
  public grantSend(grantee: iam.IGrantable): iam.Grant {
    const { stack } = this.identity;
    return grantHere(this, 'grantSend', grantee, () => iam.Grant.addToPrincipal({
      grantee,
      actions: ['ses:SendEmail', 'ses:SendRawEmail'],
      resourceArns: [
        this.identity.emailIdentityArn,
        stack.formatArn({ service: 'ses', resource: 'configuration-set', resourceName: this.configurationSet.configurationSetName }),
      ],
      conditions: { StringLike: { 'ses:FromAddress': `*@${this.domainName}` } },
    }));
  }
}

function dmarc({ dmarcPolicy, dmarcReportAddress }: MailDomainProps): string {
  const policy = (dmarcPolicy ?? DmarcPolicy.QUARANTINE).toLowerCase();
  return ['v=DMARC1', `p=${policy}`, ...dmarcReportAddress === undefined ? [] : [`rua=mailto:${dmarcReportAddress}`]].join('; ');
}

function check(mailFrom: string, { createDmarcRecord, dmarcPolicy, dmarcReportAddress }: MailDomainProps): void {
  const address = dmarcReportAddress;
  const [vain] = Object.entries({ dmarcPolicy, dmarcReportAddress }).filter(([, value]) => value !== undefined);
  if (vain && createDmarcRecord === false) {
    throw new Error(`${vain[0]} '${vain[1]}' has no effect, because createDmarcRecord is false: leave one of them out`);
  }
  if (!Token.isUnresolved(mailFrom) && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(mailFrom)) {
    throw new Error(`mailFromSubdomain '${mailFrom}' is not one label: give one like '${DEFAULT_MAIL_FROM}', in lower case`);
  }
  // a comma or an exclamation mark would end the address in the record
  if (address !== undefined && !Token.isUnresolved(address) && !/^[^\s@,;!]+@[^\s@,;!]+\.[^\s@,;!]+$/.test(address)) {
    throw new Error(`dmarcReportAddress '${address}' is not an e-mail address: give one like 'dmarc@acme.example'`);
  }
}

/** SES publishes only to topics in its own region. */
function checkTopic(region: string, topic?: sns.ITopic): void {
  if (topic && ![topic.env.region, region].some(Token.isUnresolved) && topic.env.region !== region) {
    throw new Error(`feedbackTopic is in ${topic.env.region}, and what should tell it is in ${region}: give a topic of ${region}, or none`);
  }
}
