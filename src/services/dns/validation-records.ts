import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { LogPolicy } from '../../support/provider-logs';
import { recordChanges } from '../../support/record-changes';
import { keepNamedOrDestroy } from '../../support/removal';
import { sdkCall } from '../../support/sdk-calls';

/**
 * Removes the validation records of a certificate from the hosted zone before the certificate, if the policy destroys.
 * CloudFormation creates them but does not delete them, and a zone with records cannot be deleted.
 *
 * If the policy retains, this is defined too, and does nothing: otherwise a stage that changes to retaining would
 * remove them.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/837
 */
export function ownValidationRecords(
  scope: Construct, certificateArn: string, names: string[], zone: route53.IHostedZone, policy: LogPolicy,
): void {
  // a name and its wildcard share one record. the order of several records is not documented
  const proved = [...new Set(names.map(name => name.replace(/^\*\./, '')))];
  const indexes = proved.length === 1 ? [0] : names.map((_, index) => index);
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
      // upserted with all that the deletion needs, which has to repeat the TTL
      call: change('UPSERT'),
      // another certificate of that name may have removed it already, or the zone may be gone
      removalPolicy: keepNamedOrDestroy(undefined, policy.removalPolicy),
      onDelete: { ...change('DELETE'), ignoreErrorCodesMatching: 'InvalidChangeBatch|NoSuchHostedZone' },
      allowed: [new iam.PolicyStatement({
        actions: ['route53:ChangeResourceRecordSets'],
        resources: [zone.hostedZoneArn],
        conditions: recordChanges({ NormalizedRecordNames: recordNames(proved), RecordTypes: ['CNAME'] }),
      })],
      logs: policy,
    });
  }
}

/**
 * Patterns of the record names, of which only the underscore and the domain are known before AWS has issued the
 * certificate. Each includes the names below its domain.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
function recordNames(proved: string[]): string[] {
  const domains = [...new Set(proved.map(domain => Token.isUnresolved(domain) ? domain : domain.toLowerCase()))];
  return domains.filter(domain => !domains.some(above => domain.endsWith(`.${above}`))).map(domain => `_*.${domain}`);
}
