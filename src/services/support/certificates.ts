import { Stack, Token } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';

/**
 * Region of a certificate, as far as it is known: from its ARN, or from the stack that defines it. Empty for one
 * in IAM, which load balancers take in any region.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 */
export function certificateRegion(certificate: ICertificate): string | undefined {
  const { certificateArn } = certificate;
  const region = !Token.isUnresolved(certificateArn) ? certificateArn.split(':')[3]
    : certificate.node.defaultChild instanceof CfnCertificate ? Stack.of(certificate).region : undefined;
  return Token.isUnresolved(region) ? undefined : region;
}
