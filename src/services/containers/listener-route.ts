import { Token } from 'aws-cdk-lib';
import { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { checkWhole } from '../support/numbers';
import { zoneName } from '../support/zones';

/** Which requests a listener sends to a service. */
export interface Route {
  readonly hostNames?: string[];
  readonly pathPatterns?: string[];
  readonly priority?: number;
  readonly port?: number;
  readonly healthCheckPath?: string;
}

export function isRouted({ hostNames, pathPatterns }: Route): boolean {
  return (hostNames ?? pathPatterns) !== undefined;
}

export function checkRoute(path: string, route: Route): void {
  const { hostNames, pathPatterns, priority, port, healthCheckPath } = route;
  for (const [property, value] of Object.entries({ hostNames, pathPatterns })) {
    if (value?.length === 0) {
      throw new Error(`${property} of service '${path}' is empty: name at least one, or leave it out`);
    }
  }
  if (!isRouted(route)) {
    const [vain] = Object.entries({ priority, healthCheckPath }).filter(([, value]) => value !== undefined);
    if (vain) {
      throw new Error(`${vain[0]} of service '${path}' has no effect without requests: give hostNames or pathPatterns`);
    }
    return;
  }
  if (port === undefined) {
    throw new Error(`port of service '${path}' is missing: say on which one the container listens, or leave out hostNames `
      + 'and pathPatterns');
  }
  if (priority === undefined) {
    throw new Error(`priority of service '${path}' is missing: give a number from 1 to 50000 that no other service has`);
  }
  checkWhole('priority', priority, 1, 50_000);
}

/** The name by which a zone knows a load balancer. The zone may be a private one. */
export function aliasName(zone: IHostedZone, domainName?: string): string {
  const around = zoneName(zone);
  const name = domainName ?? around;
  if (name === undefined) {
    throw new Error(`domainName is missing, and zone '${zone.node.path}' is imported by its id alone: give domainName, `
      + 'or import the zone by fromHostedZoneAttributes');
  }
  const literal = around !== undefined && !Token.isUnresolved(name) && !Token.isUnresolved(around);
  if (literal && !`.${name}`.endsWith(`.${around}`)) {
    throw new Error(`domainName '${name}' is not in zone '${around}': give a name that ends with it`);
  }
  return name;
}
