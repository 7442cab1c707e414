import { Stack, Stage, Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Synthesized } from '../orgs';

/** The zone of a stage as it mostly is: created by the stack `dns` beside the one that uses it. */
export function zoneOfStage(stack: Stack, region = stack.region): route53.IHostedZone {
  const stage = Stage.of(stack)!;
  const known = (value: string) => Token.isUnresolved(value) ? undefined : value;
  const env = { account: known(stack.account), region: known(region) };
  const dns = stage.node.tryFindChild('dns') as Stack | undefined ?? new Stack(stage, 'dns', { env });
  return dns.node.tryFindChild('zone') as route53.IHostedZone | undefined
    ?? new route53.PublicHostedZone(dns, 'zone', { zoneName: 'acme.example' });
}

/** A zone that exists. */
export function importedZone(stack: Stack, id = 'zone'): route53.IHostedZone {
  return stack.node.tryFindChild(id) as route53.IHostedZone | undefined
    ?? route53.HostedZone.fromHostedZoneAttributes(stack, id, { hostedZoneId: 'Z1', zoneName: 'acme.example' });
}

/** The calls that read a parameter of another region. */
export function reads(synthesized: Synthesized, path?: string): ReturnType<Synthesized['find']> {
  return synthesized.find('Custom::AWS', path).filter(({ resource }) => String(resource.Properties.Create).includes('"getParameter"'));
}
