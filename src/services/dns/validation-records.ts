import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { LogPolicy } from '../../support/provider-logs';
import { keepNamedOrDestroy } from '../../support/removal';
import { sdkCall } from '../../support/sdk-calls';

/**
 * Takes the records that prove the names of a certificate out of the zone before the certificate goes, where the policy
 * destroys. CloudFormation enters them and leaves them there, and a zone with records in it cannot be deleted.
 *
 * Where it keeps, this is there too, and does nothing: if it were not, a stage that keeps from now on would take them
 * out.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/837
 */
export function ownValidationRecords(
  scope: Construct, certificateArn: string, names: string[], zone: route53.IHostedZone, policy: LogPolicy,
): void {
  // a name and its wildcard are proved by one record; in which order several are told is said nowhere
  const indexes = new Set(names.map(name => name.replace(/^\*\./, ''))).size === 1 ? [0] : names.map((_, index) => index);
  const path = (index: number, field: string) => `Certificate.DomainValidationOptions.${index}.ResourceRecord.${field}`;
  const found = sdkCall(scope, 'ValidationRecords', {
    call: {
      service: 'ACM',
      action: 'describeCertificate',
      parameters: { CertificateArn: certificateArn },
      physicalResourceId: PhysicalResourceId.of(certificateArn),
      outputPaths: indexes.flatMap(index => [path(index, 'Name'), path(index, 'Value')]),
    },
    allowed: [new iam.PolicyStatement({ actions: ['acm:DescribeCertificate'], resources: [certificateArn] })],
    logs: policy,
  });
  for (const index of indexes) {
    const change = (action: string) => ({
      service: 'Route53',
      action: 'changeResourceRecordSets',
      parameters: {
        HostedZoneId: zone.hostedZoneId,
        ChangeBatch: {
          Changes: [{
            Action: action,
            ResourceRecordSet: {
              Name: found.getResponseField(path(index, 'Name')),
              Type: 'CNAME',
              TTL: 300,
              ResourceRecords: [{ Value: found.getResponseField(path(index, 'Value')) }],
            },
          }],
        },
      },
      physicalResourceId: PhysicalResourceId.of(String(index)),
    });
    sdkCall(scope, `ValidationRecord${index}`, {
      // entered once more with what is needed to take it out: a deletion has to know the time to live
      call: change('UPSERT'),
      // another certificate of that name may have taken it out already, or somebody the zone
      removalPolicy: keepNamedOrDestroy(undefined, policy.removalPolicy),
      onDelete: { ...change('DELETE'), ignoreErrorCodesMatching: 'InvalidChangeBatch|NoSuchHostedZone' },
      allowed: [new iam.PolicyStatement({
        actions: ['route53:ChangeResourceRecordSets'],
        resources: [zone.hostedZoneArn],
        conditions: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'] } },
      })],
      logs: policy,
    });
  }
}
