import { Token } from 'aws-cdk-lib';

/**
 * ID of a hosted zone, without the prefix with which the AWS CLI prints it.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
 */
export function bareZoneId(id: string): string {
  return Token.isUnresolved(id) ? id : id.replace(/^\/?hostedzone\//, '');
}

export function zoneIdProblem(property: string, id: string): string[] {
  return Token.isUnresolved(id) || /^[A-Z0-9]{1,32}$/.test(bareZoneId(id)) ? []
    : [`${property} '${id}' is not the ID of a hosted zone: give one like 'Z0123456789ABCDEFGHIJ'`];
}

/**
 * Problems of the name of a record, whose first label may be a wildcard. Route 53 ignores case.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function recordNameProblem(property: string, name: string): string[] {
  return Token.isUnresolved(name) || domainNameProblem('', name.toLowerCase().replace(/^\*\./, '')).length === 0 ? []
    : [`${property} '${name}' is not the name of a record: give one like 'shop.acme.example', without a dot at the end`];
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html */
export function domainNameProblem(property: string, name: string | undefined): string[] {
  if (!name) {
    return [`${property} is missing: give a domain like 'acme.example'`];
  }
  if (Token.isUnresolved(name)) {
    return [`${property} is a token: the names of zones and roles are made of it, so give it as a literal`];
  }
  const labels = name.split('.');
  const right = labels.length >= 2 && labels.every(label => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  return right && name.length <= 253 ? [] : [`${property} '${name}' is not a domain: give one like 'acme.example', in lower case and without a dot at the end`];
}
