import { Duration, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ownValidationRecords } from './validation-records';
import { StageProfile } from '../../stage-profile';
import { checkProps } from '../../support/options';
import { addAlarms } from '../support/alarms';
import { nameIn, zoneFor } from '../support/zones';

/** Properties of a `Certificate`. */
export interface CertificateProps {
  /** Public hosted zone for DNS validation, which contains all names of the certificate. */
  readonly zone: route53.IHostedZone;

  /**
   * Primary domain name of the certificate, at most 64 characters, in the hosted zone. Changing it replaces the
   * certificate.
   *
   * @default - the name of the hosted zone
   */
  readonly domainName?: string;

  /**
   * Additional domain names, in the hosted zone. A `*` matches one label: `*.acme.example` does not cover
   * `a.b.acme.example`.
   *
   * @default - `*.` and the primary domain name, unless that is a wildcard itself
   */
  readonly subjectAlternativeNames?: string[];

  /**
   * Actions, in the ALARM and OK states, of an alarm on expiration, which is raised if renewal fails. They must be in
   * the certificate's region.
   *
   * @default - no alarm
   */
  readonly alarmActions?: cloudwatch.IAlarmAction[];

  /**
   * Time before expiration at which the alarm is raised, in whole days.
   *
   * @default Duration.days(30)
   */
  readonly expiryAlarmThreshold?: Duration;
}

// renewal starts earlier
// https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
const ALARMING = Duration.days(30);

// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const MAX_NAME = 64;

/**
 * Defines an AWS Certificate Manager certificate for a domain and all names one level below it, with DNS validation.
 *
 * It is issued when the hosted zone is publicly resolvable: the deployment waits until the zone is delegated. It is
 * renewed automatically while the validation records are in the zone. It is for load balancers and APIs of the same
 * region; CloudFront needs an `AcmCloudFront`.
 *
 * If the profile destroys resources, the validation records are removed with the certificate, because otherwise the
 * zone could not be deleted. All certificates of an account for the same name share one record: without it, remaining
 * ones are no longer renewed. Records of names that were removed from a certificate may remain, and must be deleted
 * before the zone is destroyed.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 *
 * @example
 * new Certificate(stack, 'wildcard', { zone });
 */
export class Certificate extends Construct {
  /** Underlying certificate. */
  public readonly acmCertificate: acm.ICertificate;

  /** ARN of the certificate. */
  public readonly certificateArn: string;

  /** Alarm on expiration. Empty without `alarmActions`. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if a name is not in the hosted zone or too long, the zone is private, or its ID is not available in the
   * stack; if an alarm action is in another region, or the alarm threshold would have no effect or is not in whole days
   */
  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    checkProps(this, 'CertificateProps', props);
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

  /** Number of days until the certificate expires. */
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
