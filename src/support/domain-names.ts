import { Token } from 'aws-cdk-lib';

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

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html */
export function hostedZoneIdProblem(property: string, id: string): string[] {
  return Token.isUnresolved(id) || /^[A-Z0-9]{1,32}$/.test(id) ? []
    : [`${property} '${id}' is not the id of a hosted zone: give one like 'Z0123456789ABCDEFGHIJ', without '/hostedzone/'`];
}
