import { Stack } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Network, StageAccount, StageAddresses, StageDns } from '../../src';

/** What a service needs that it does not make itself. */
export interface Given {
  readonly vpc: () => IVpc;
  readonly zone: () => IHostedZone;
  /** Some of the addresses that nobody else has. */
  readonly addresses: () => StageAddresses;
}

/** What a stage has been given, made as soon as a service asks for it: a network and a domain. */
export function given(stage: StageAccount, index = 1, domain?: () => IHostedZone): Given {
  let network: Network | undefined;
  let dns: StageDns | undefined;
  let parts = 0;
  return {
    vpc: () => (network ??= new Network(new Stack(stage, 'network'), 'network', { addresses: StageAddresses.cidr(`10.${index}.0.0/17`) })).vpc,
    zone: domain ?? (() => (dns ??= new StageDns(new Stack(stage, 'dns'), 'dns', { domainName: `${stage.node.id}.acme.example` })).zone),
    addresses: () => StageAddresses.cidr(`10.${index}.${128 + 8 * parts++}.0/21`),
  };
}
