import { Stack, Stage, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Certificate, CertificateProps } from './certificate';
import { StageProfile } from '../../stage-profile';
import { deployAfter } from '../../support/dependencies';
import { checkProps } from '../../support/options';
import { readParameter, uniqueParameterName } from '../support/parameters';
import { zoneName } from '../support/zones';

/** Properties of an `AcmCloudFront`. Its `alarmActions` must be in us-east-1. */
export interface AcmCloudFrontProps extends CertificateProps {}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
const REGION = 'us-east-1';

/**
 * Defines a certificate for CloudFront, which requires it in us-east-1: like `Certificate`, but in a stack of any
 * region.
 *
 * In a stack of another region it creates a second stack in us-east-1, in the same stage and account, which is named
 * after the path of this construct and deployed first. The account must be bootstrapped in us-east-1, as the accounts
 * of a `MultiAccountOrg` are. If the construct is removed from the code, so is that stack: destroy it before, or by
 * hand.
 *
 * Changing the domain names replaces the certificate. The previous one is still in use during the update and cannot be
 * deleted: it remains in the account, without charge, until you delete it.
 *
 * The hosted zone must be defined in another stack than this construct, or be imported by its ID, because its ID is
 * needed before the stack that uses the certificate is deployed.
 *
 * @example
 * new AcmCloudFront(stack, 'certificate', { zone });
 */
export class AcmCloudFront extends Construct {
  /** Certificate, for a distribution in this stack. */
  public readonly acmCertificate: acm.ICertificate;

  /** ARN of the certificate, in us-east-1. */
  public readonly certificateArn: string;

  /** Alarm on expiration, in us-east-1. Empty without `alarmActions`. */
  public readonly alarms: cloudwatch.IAlarm[];

  /**
   * @throws if a name is not in the hosted zone or too long, the zone is private, or its ID is not available in
   * us-east-1; if an alarm action is not in us-east-1, or the alarm threshold would have no effect or is not in whole
   * days
   */
  constructor(scope: Construct, id: string, props: AcmCloudFrontProps) {
    super(scope, id);
    checkProps(this, 'AcmCloudFrontProps', props);
    if (Stack.of(this).region === REGION) {
      const { acmCertificate, alarms } = new Certificate(this, 'Certificate', props);
      this.acmCertificate = acmCertificate;
      this.alarms = alarms;
    } else {
      const { arn, alarms } = this.createElsewhere(props);
      this.acmCertificate = acm.Certificate.fromCertificateArn(this, 'Certificate', arn);
      this.alarms = alarms;
    }
    this.certificateArn = this.acmCertificate.certificateArn;
  }

  /** Defines the certificate in a stack of its own. */
  private createElsewhere(props: AcmCloudFrontProps): Elsewhere {
    const { zone } = props;
    const stack = Stack.of(this);
    if (Stack.of(zone) === stack && Token.isUnresolved(zone.hostedZoneId)) {
      throw new Error(`zone '${zone.node.path}' is in the same stack as '${this.node.path}', whose certificate in ${REGION} comes `
        + 'before that stack, and after the zone: define the zone in a stack of its own');
    }
    const profile = StageProfile.of(this);
    const elsewhere = new Stack(Stage.of(this), this.stackId(), {
      description: `Certificate of ${this.node.path} for CloudFront`,
      env: { account: Token.isUnresolved(stack.account) ? undefined : stack.account, region: REGION },
    });
    profile.applyTo(elsewhere);

    const { certificateArn, alarms } = new Certificate(elsewhere, 'Certificate', props);
    const name = uniqueParameterName(elsewhere, 'certificate',
      [props.domainName, props.subjectAlternativeNames, zoneName(zone), zone.hostedZoneId]);
    new ssm.StringParameter(elsewhere, 'Arn', { parameterName: name, stringValue: certificateArn });
    deployAfter(stack, elsewhere);
    return { arn: readParameter(this, 'Arn', { name, region: REGION }, profile), alarms };
  }

  private stackId(): string {
    const inStage = this.node.scopes.slice(Stage.of(this)!.node.scopes.length);
    return [...inStage.map(({ node }) => node.id.replace(/[^A-Za-z0-9]+/g, '-')), REGION].join('-');
  }
}

interface Elsewhere {
  readonly arn: string;
  readonly alarms: cloudwatch.IAlarm[];
}
