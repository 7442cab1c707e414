import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { StageProfile } from '../../stage-profile';
import { grantHere } from '../../support/principals';
import { recordNameIn, zoneFor } from '../support/zones';

/** What others are asked to do with mail that only pretends to be from a domain. */
export enum DmarcPolicy {
  /** Deliver it. With a report address, to find out who sends before others are asked for more. */
  NONE = 'NONE',
  /** Treat it as suspicious, as a spam folder does. */
  QUARANTINE = 'QUARANTINE',
  /** Refuse it. */
  REJECT = 'REJECT',
}

/** What a domain sends. */
export interface MailDomainProps {
  /** The public zone of the domain, which the records are in. */
  readonly zone: route53.IHostedZone;

  /**
   * The domain behind the `@` of the senders, in the zone. An account has it once in each region.
   *
   * @default - the name of the zone
   */
  readonly domainName?: string;

  /**
   * The subdomain that bounces go to, one label below the domain. Nothing else may use it, so that a mail server of
   * that name is another one.
   *
   * @default 'bounce'
   */
  readonly mailFromSubdomain?: string;

  /**
   * What others are asked to do with mail that claims to be from the domain and is not proved to be. Whoever else sends
   * for the domain has to be in its records first.
   *
   * @default DmarcPolicy.QUARANTINE
   */
  readonly dmarcPolicy?: DmarcPolicy;

  /**
   * Who gets the daily reports on such mail: an e-mail address. One of another domain has to agree to that by a record.
   *
   * @default - nobody
   * @see https://datatracker.ietf.org/doc/html/rfc7489#section-7.1
   */
  readonly dmarcReportAddress?: string;

  /**
   * Is told of each bounce, complaint and refusal. A topic of the stack's region; if it is encrypted, its key has to
   * admit `ses.amazonaws.com`.
   *
   * @default - nobody; they are counted
   */
  readonly feedbackTopic?: sns.ITopic;
}

const DEFAULT_MAIL_FROM = 'bounce';

/**
 * Defines a domain that sends mail by Amazon SES, and everything by which others know that it is not forged: DKIM, a
 * MAIL FROM domain of its own with SPF, and DMARC, as records in the domain's zone.
 *
 * Mail goes over TLS or not at all. Addresses that bounce or complain get no more mail. Reputation is measured. It
 * sends, and receives nothing. The account has to be out of the sandbox of SES in the region, which AWS grants on
 * request; in the sandbox it sends to verified addresses only.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
 *
 * @example
 * new MailDomain(stack, 'mail', { zone });
 */
export class MailDomain extends Construct {
  /** The identity of the domain. */
  public readonly identity: ses.IEmailIdentity;

  /** The configuration set that all mail of the domain is sent by, unless the sender names another. */
  public readonly configurationSet: ses.IConfigurationSet;

  /** The domain behind the `@`. */
  public readonly domainName: string;

  /**
   * @throws if the domain is not in the zone, the zone is private, or its id cannot reach the stack; if a label or an
   * address is not one, or the topic is in another region
   */
  constructor(scope: Construct, id: string, props: MailDomainProps) {
    super(scope, id);
    this.domainName = recordNameIn(props.zone, 'domainName', props.domainName);
    const mailFrom = props.mailFromSubdomain ?? DEFAULT_MAIL_FROM;
    check(mailFrom, props.dmarcReportAddress);
    checkTopic(Stack.of(this).region, props.feedbackTopic);
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
      // what `Identity.publicHostedZone` makes, for a domain below the zone as well
      identity: { value: this.domainName, hostedZone: zone },
      dkimIdentity: ses.DkimIdentity.easyDkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: `${mailFrom}.${this.domainName}`,
      configurationSet,
    });
    new route53.TxtRecord(this, 'Dmarc', {
      zone,
      recordName: `_dmarc.${this.domainName}`,
      values: [dmarc(props)],
    });
  }

  /**
   * Lets a principal send mail from addresses of the domain, `anything@domain`, and from no other.
   *
   * @param grantee who
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

function check(mailFrom: string, address?: string): void {
  if (!Token.isUnresolved(mailFrom) && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(mailFrom)) {
    throw new Error(`mailFromSubdomain '${mailFrom}' is not one label: give one like '${DEFAULT_MAIL_FROM}', in lower case`);
  }
  // a comma or an exclamation mark would end the address in the record
  if (address !== undefined && !Token.isUnresolved(address) && !/^[^\s@,;!]+@[^\s@,;!]+\.[^\s@,;!]+$/.test(address)) {
    throw new Error(`dmarcReportAddress '${address}' is not an e-mail address: give one like 'dmarc@acme.example'`);
  }
}

/** SES tells topics of its own region only. */
function checkTopic(region: string, topic?: sns.ITopic): void {
  if (topic && ![topic.env.region, region].some(Token.isUnresolved) && topic.env.region !== region) {
    throw new Error(`feedbackTopic is in ${topic.env.region}, and what should tell it is in ${region}: give a topic of ${region}, or none`);
  }
}
