import { Duration, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ownValidationRecords } from './validation-records';
import { StageProfile } from '../../stage-profile';
import { addAlarms } from '../support/alarms';
import { nameIn, zoneFor } from '../support/zones';

/** What a certificate is for. */
export interface CertificateProps {
  /** The public zone in which the names are proved. The certificate's names are in it. */
  readonly zone: route53.IHostedZone;

  /**
   * The first name of the certificate, at most 64 characters, in the zone. Another name is another certificate.
   *
   * @default - the name of the zone
   */
  readonly domainName?: string;

  /**
   * The other names, in the zone. A `*` stands for one label: `*.acme.example` is not for `a.b.acme.example`.
   *
   * @default - `*.` and the first name, unless that begins so itself
   */
  readonly subjectAlternativeNames?: string[];

  /**
   * Actions of the alarm when the certificate is about to expire, which means that its renewal fails, and when that is
   * over. They have to be of the certificate's region.
   *
   * @default - no alarm
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Time before expiry at which the alarm goes off, in whole days.
   *
   * @default Duration.days(30)
   */
  readonly expiryAlarmThreshold?: Duration;
}

// renewal begins earlier
// https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
const ALARMING = Duration.days(30);

// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const MAX_NAME = 64;

/**
 * Defines a certificate of AWS Certificate Manager for a domain and everything right below it, proved by records in
 * its zone.
 *
 * It is created once the zone answers to the public: a deployment waits until the zone is delegated to. As long as the
 * records are in the zone, it is renewed by itself. It serves load balancers and APIs of the region; CloudFront needs
 * an `AcmCloudFront`.
 *
 * Where the profile destroys, its records are taken out of the zone when it goes, or the zone could not be deleted. All
 * certificates of a name in an account are proved by one record: one that stays behind is not renewed any more. Records
 * of names that a certificate no longer has may stay, and are to be taken out before the zone is destroyed.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 *
 * @example
 * new Certificate(stack, 'wildcard', { zone });
 */
export class Certificate extends Construct {
  /** The certificate. */
  public readonly acmCertificate: acm.ICertificate;

  /** The ARN of the certificate. */
  public readonly certificateArn: string;

  /** Alarm on expiry. Empty without `alarmActions`. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if a name is not in the zone or too long, the zone is private, or its id cannot reach the stack; if an
   * action of the alarm is in another region, or its threshold would be ignored or is not in whole days
   */
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const domainName = nameIn(props.zone, 'domainName', props.domainName);
    if (!Token.isUnresolved(domainName) && domainName.length > MAX_NAME) {
      throw new Error(`domainName '${domainName}' has ${domainName.length} characters, and the first name of a certificate at most `
        + `${MAX_NAME}: give a shorter one, and this one in subjectAlternativeNames`);
    }
    const wildcard = domainName.startsWith('*.') ? [] : [`*.${domainName}`];
    const others = props.subjectAlternativeNames?.map(name => nameIn(props.zone, 'subjectAlternativeNames', name)) ?? wildcard;
    const days = alarmingDays(props);

    const profile = StageProfile.of(this);
    const zone = zoneFor(this, props.zone, profile);
    this.acmCertificate = new acm.Certificate(this, 'Resource', {
      domainName,
      subjectAlternativeNames: others,
      validation: acm.CertificateValidation.fromDns(zone),
    });
    this.certificateArn = this.acmCertificate.certificateArn;
    ownValidationRecords(this, this.certificateArn, [domainName, ...others], zone, profile);
    this.alarms = props.alarmActions ? addAlarms(this, props.alarmActions, {
      Expiry: {
        description: `The certificate of ${domainName} runs out and is not renewed`,
        metric: this.metricDaysToExpiry(),
        threshold: days,
        alarmsBelow: true,
      },
    }) : [];
  }

  /** Days until the certificate expires. */
  public metricDaysToExpiry(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.acmCertificate.metricDaysToExpiry(props);
  }
}

function alarmingDays({ alarmActions, expiryAlarmThreshold }: CertificateProps): number {
  const days = (expiryAlarmThreshold ?? ALARMING).toDays({ integral: false });
  if (expiryAlarmThreshold && !alarmActions) {
    throw new Error(`expiryAlarmThreshold of ${days} days has no effect without an alarm: give alarmActions, or leave it out`);
  }
  if (!Token.isUnresolved(days) && (!Number.isInteger(days) || days < 1)) {
    throw new Error(`expiryAlarmThreshold is ${days} days: give whole days, 1 or more`);
  }
  return days;
}
