import { Annotations, CfnResource, Token } from 'aws-cdk-lib';
import type { CfnHostedZone, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { IConstruct } from 'constructs';
import { pathInCode } from '../support/principals';

/** Public hosted zone of a domain, or of a stage in one. */
export interface DomainZone {
  readonly name: string;
  /** Name in error messages. */
  readonly whose: string;
  /** That of its domain. */
  readonly domain: string;
  /** Path of the hosted zone in the app, or the ID of one that exists. */
  readonly zone: string;
  /** Known to be delegated: by this library, or because it exists. */
  readonly isDelegated: boolean;
}

interface AppZone {
  readonly name: string;
  readonly construct: CfnResource;
}

/**
 * Hosted zones with the same name, of which only one is asked, and domains that the one above does not delegate to.
 * Zones of the app's own that nothing in it delegates to have a warning: that may be done by hand.
 */
export function zoneProblems(app: IConstruct[], zones: DomainZone[]): string[] {
  const resources = app.filter(CfnResource.isCfnResource);
  const known = new Set(zones.map(({ zone }) => zone));
  const others = resources.filter(({ cfnResourceType }) => cfnResourceType === 'AWS::Route53::HostedZone')
    .filter(construct => !known.has(pathInCode(construct))).flatMap(publicZone);
  const first = new Map([...zones].reverse().map(zone => [zone.name, zone]));
  const above = (name: string) => name.split('.')
    .map((_, at, labels) => first.get(labels.slice(at + 1).join('.'))).find(Boolean);
  let records: Set<string> | undefined;
  const isLost = (name: string) => above(name) !== undefined
    && !(records ??= new Set(resources.flatMap(delegatedName))).has(name);

  for (const { name, construct } of others.filter(zone => !first.has(zone.name) && isLost(zone.name))) {
    Annotations.of(construct).addWarningV2('cdk-multi-account-org:undelegatedZone', `hosted zone '${name}' is below ${above(name)!.whose}, and nothing in `
      + 'the app delegates to it: enter its name servers there, by a ZoneDelegationRecord or by hand, or nobody finds it');
  }
  const again = zones.filter(zone => first.get(zone.name) !== zone);
  return [
    // a domain that is there twice has all its stages twice
    ...again.filter(({ domain, whose }) => !again.some(other => other.whose === domain && other.whose !== whose))
      .map(({ name, whose }) => sameName(whose, first.get(name)!)),
    ...others.filter(({ name }) => first.has(name))
      .map(({ name, construct }) => sameName(`hosted zone '${pathInCode(construct)}'`, first.get(name)!)),
    ...zones.filter(zone => !again.includes(zone) && !zone.isDelegated && isLost(zone.name)).map(({ name, whose }) =>
      `${whose} is below ${above(name)!.whose}, which does not delegate to it: enter its name servers there by a ZoneDelegationRecord, `
      + 'or name its stages in that domain'),
  ];
}

function sameName(whose: string, other: DomainZone): string {
  return `${whose} has the same name as ${other.whose}: a name is delegated to one hosted zone only, so leave out one of the two`;
}

/** The zone, if it is one that everybody can ask. */
function publicZone(construct: CfnResource): AppZone[] {
  const { name, vpcs } = construct as CfnHostedZone;
  const isPrivate = (construct.stack.resolve(vpcs) ?? []).length > 0;
  return isPrivate || name === undefined || Token.isUnresolved(name) ? [] : [{ name: spelled(name), construct }];
}

/** Domain whose name servers the resource enters. */
function delegatedName(construct: CfnResource): string[] {
  const { cfnResourceType, stack } = construct;
  const { name, type } = construct as CfnRecordSet;
  const delegated: unknown = cfnResourceType === 'AWS::Route53::RecordSet' && type === 'NS' ? name
    : cfnResourceType === 'Custom::CrossAccountZoneDelegation' ? propertiesOf(construct).DelegatedZoneName : undefined;
  const literal = stack.resolve(delegated);
  return typeof literal === 'string' ? [spelled(literal)] : [];
}

function propertiesOf(construct: CfnResource): Record<string, unknown> {
  const { _cfnProperties = {} } = construct as unknown as { readonly _cfnProperties?: Record<string, unknown> };
  return _cfnProperties;
}

function spelled(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
