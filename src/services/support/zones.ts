import { Stack, Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { readParameter, uniqueParameterName } from './parameters';
import { deployAfter } from '../../support/dependencies';
import { bareZoneId, recordNameProblem, zoneIdProblem } from '../../support/domain-names';
import { sameZone } from '../../support/name-collisions';
import { LogPolicy } from '../../support/provider-logs';

/** Name of a hosted zone without a trailing dot. Undefined if it is imported by its ID only. */
export function zoneName(zone: route53.IHostedZone): string | undefined {
  try {
    return zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** Given name, or that of the hosted zone, which must be public and contain it. */
export function nameIn(zone: route53.IHostedZone, property: string, given?: string): string {
  const name = nameInAny(zone, property, given);
  if (zone instanceof route53.PrivateHostedZone) {
    throw new Error(`zone '${zone.node.path}' is private, and nobody outside sees what is in it: give a public zone`);
  }
  return name;
}

/** The same for a zone that may be private. */
export function nameInAny(zone: route53.IHostedZone, property: string, name = zoneName(zone)): string {
  if (name === undefined) {
    throw new Error(`${property} is missing, and zone '${zone.node.path}' is imported by its id alone: give ${property}, `
      + 'or import the zone by fromHostedZoneAttributes');
  }
  const [problem] = [...recordNameProblem(property, name), ...zoneIdProblem(`hostedZoneId of zone '${zone.node.path}'`, zone.hostedZoneId)];
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const around = zoneName(zone);
  if (around !== undefined && !Token.isUnresolved(around) && !Token.isUnresolved(name) && !`.${name}`.toLowerCase().endsWith(`.${around.toLowerCase()}`)) {
    throw new Error(`${property} '${name}' is not in zone '${around}', where its records would be: `
      + `give a name that ends in '.${around}', or the zone of that name`);
  }
  return name;
}

/** The same for records, which need the name of the hosted zone as well. */
export function recordNameIn(zone: route53.IHostedZone, property: string, name?: string): string {
  if (zoneName(zone) === undefined) {
    throw new Error(`zone '${zone.node.path}' is imported by its id alone and does not tell its name: import it by `
      + 'fromHostedZoneAttributes');
  }
  return nameIn(zone, property, name);
}

/**
 * Hosted zone as the stack of a scope can reference it. The ID of one from another region is passed in a parameter.
 *
 * That needs one parameter and one function, in the stack that needs the ID. Cross-region references of the CDK would
 * also add a function to the zone's stack, at the very end, when it can no longer be given a log group.
 */
export function zoneFor(scope: Construct, zone: route53.IHostedZone, policy: LogPolicy): route53.IHostedZone {
  const [here, there] = [Stack.of(scope), Stack.of(zone)];
  const inReach = here.region === there.region || Token.isUnresolved(here.region);
  if (bareZoneId(zone.hostedZoneId) !== zone.hostedZoneId) {
    return importedZone(scope, zone, bareZoneId(zone.hostedZoneId));
  }
  if (inReach || !Token.isUnresolved(zone.hostedZoneId)) {
    return zone;
  }
  if (Token.isUnresolved(there.region)) {
    throw new Error(`zone '${zone.node.path}' is in a stack that does not know its region, and its id is needed in ${here.region}: `
      + 'give that stack a region, or import the zone by its id');
  }
  if (here.account !== there.account) {
    throw new Error(`zone '${zone.node.path}' is in a stack of another account, or of one that is not known: give a zone of the account of `
      + `stack '${here.node.path}', or import the zone by its id`);
  }
  deployAfter(here, there);
  const hostedZoneId = readParameter(scope, 'ZoneId', { name: publishedId(zone), region: there.region }, policy);
  const imported = importedZone(scope, zone, hostedZoneId);
  sameZone(imported, zone);
  return imported;
}

function importedZone(scope: Construct, zone: route53.IHostedZone, hostedZoneId: string): route53.IHostedZone {
  const name = zoneName(zone);
  return name === undefined ? route53.HostedZone.fromHostedZoneId(scope, 'Zone', hostedZoneId)
    : route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName: name });
}

const ID = 'for-other-regions';

/** Name of the parameter with the ID of a hosted zone. It differs for another zone. */
function publishedId(zone: route53.IHostedZone): string {
  const identity = [zoneName(zone), zone.hostedZoneId];
  const name = uniqueParameterName(zone, 'hosted-zone', identity);
  if (!zone.node.tryFindChild(ID)) {
    new ssm.StringParameter(zone as unknown as Construct, ID, { parameterName: name, stringValue: zone.hostedZoneId });
  }
  return name;
}
