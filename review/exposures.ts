import { Resource } from './assembly';
import { at, isTrue } from './irreversible/step';
import { branches } from './policies';
import { textOf } from './statements';

/** States of a resource, as the end of a sentence: it `is … now` or `is no longer …`. */
type States = (resource: Resource) => string[];

type Test = (value: unknown) => boolean;

/** Lets others in by a property, and not by a policy. A type that says nothing has AWS's default. */
const OPEN: Record<string, States[]> = {
  'AWS::Cognito::IdentityPool': [may('AllowUnauthenticatedIdentities', isTrue, 'open to guests')],
  // "AWS::DMS::ReplicationInstance": public by default
  'AWS::DMS::ReplicationInstance': [unless('PubliclyAccessible', isFalse, 'publicly accessible')],
  'AWS::EC2::SecurityGroup': [resource => branches(at(resource, 'SecurityGroupIngress')).flatMap(ingress)],
  'AWS::EC2::SecurityGroupIngress': [({ properties }) => ingress(properties)],
  'AWS::EKS::Cluster': [endpoint],
  // "CreateLoadBalancer": internet-facing by default
  'AWS::ElasticLoadBalancing::LoadBalancer': [unless('Scheme', equals('internal'), 'internet-facing')],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [resource => at(resource, 'Type') === 'gateway' ? []
    : unless('Scheme', equals('internal'), 'internet-facing')(resource)],
  'AWS::Lambda::Url': [may('AuthType', equals('NONE'), 'callable without authentication')],
  'AWS::MSK::Cluster': [may('BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type', equals('SERVICE_PROVIDED_EIPS'), 'publicly accessible')],
  // "Access control list (ACL) overview": canned ACLs
  'AWS::S3::Bucket': [
    may('AccessControl', equals('PublicRead', 'PublicReadWrite'), 'readable by everybody'),
    may('AccessControl', equals('PublicReadWrite'), 'writable by everybody'),
    may('AccessControl', equals('AuthenticatedRead'), 'readable by every AWS account'),
  ],
};

export function openings(resource: Resource): string[] {
  return statesOf(resource, [may('PubliclyAccessible', isTrue, 'publicly accessible'), ...OPEN[resource.type] ?? []]);
}

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
  .map(name => must(`PublicAccessBlockConfiguration.${name}`, isTrue, `under ${name}`));

/** Keeps data, records or keys, by a property. */
const PROTECTED: Record<string, States[]> = {
  'AWS::CloudTrail::Trail': [
    must('IsLogging', isTrue, 'logging'),
    must('IsMultiRegionTrail', isTrue, 'recording all Regions'),
    must('IsOrganizationTrail', isTrue, 'recording all accounts'),
    must('IncludeGlobalServiceEvents', isTrue, 'recording global services'),
    must('EnableLogFileValidation', isTrue, 'validating its log files'),
    recorded('EventSelectors'), recorded('AdvancedEventSelectors'),
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [resource => branches(at(resource, 'LoadBalancerAttributes'))
    .some(one => (one as Attribute).Key === 'deletion_protection.enabled' && isTrue((one as Attribute).Value)) ? [UNDELETABLE] : []],
  'AWS::GuardDuty::Detector': [must('Enable', isTrue, 'looking for threats')],
  'AWS::KMS::Key': [must('EnableKeyRotation', isTrue, 'rotated'), unless('Enabled', isFalse, 'enabled')],
  'AWS::S3::AccessPoint': BLOCKS,
  'AWS::S3::Bucket': [...BLOCKS, must('VersioningConfiguration.Status', equals('Enabled'), 'versioned')],
};

interface Attribute {
  readonly Key?: unknown;
  readonly Value?: unknown;
}

const UNDELETABLE = 'protected from deletion';

export function protections(resource: Resource): string[] {
  const { deletionPolicy, type } = resource;
  return [
    ...statesOf(resource, [
      ...['DeletionProtection', 'DeletionProtectionEnabled', 'TerminationProtectionEnabled'].map(name =>
        must(name, value => isTrue(value) || value === 'ACTIVE', UNDELETABLE)),
      ...PROTECTED[type] ?? [],
    ]),
    ...String(deletionPolicy).startsWith('Retain') ? ['retained if it leaves the code'] : [],
  ];
}

function statesOf(resource: Resource, rules: States[]): string[] {
  return [...new Set(rules.flatMap(rule => rule(resource)))];
}

/** Under one condition of the template at least. */
function may(path: string, is: Test, state: string): States {
  return resource => branches(at(resource, path)).some(is) ? [state] : [];
}

/** Under every condition of the template. */
function must(path: string, is: Test, state: string): States {
  return resource => {
    const values = branches(at(resource, path));
    return values.length > 0 && values.every(is) ? [state] : [];
  };
}

/** By default as well. */
function unless(path: string, is: Test, state: string): States {
  return resource => must(path, is, state)(resource).length > 0 ? [] : [state];
}

function equals(...all: unknown[]): Test {
  return value => all.includes(value);
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

function ingress(rule: unknown): string[] {
  const { CidrIp, CidrIpv6, IpProtocol: protocol, FromPort: from, ToPort: to } = rule as Record<string, unknown>;
  const ports = from === undefined ? '' : from === to ? ` ${from}` : ` ${from}-${to}`;
  const what = String(protocol) === '-1' ? 'for all traffic' : `for ${String(protocol)}${ports}`;
  return [CidrIp, CidrIpv6].filter(equals('0.0.0.0/0', '::/0')).map(cidr => `open to ${String(cidr)} ${what}`);
}

/** Defaults: "VpcConfigRequest". */
function endpoint(resource: Resource): string[] {
  const [isOn, cidrs] = ['EndpointPublicAccess', 'PublicAccessCidrs']
    .map(name => branches(at(resource, `ResourcesVpcConfig.${name}`)));
  return isOn.length > 0 && isOn.every(isFalse) ? []
    : (cidrs.length > 0 ? cidrs : ['0.0.0.0/0']).map(cidr => `open to ${textOf(cidr)} at its public endpoint`);
}

function recorded(path: string): States {
  return resource => branches(at(resource, path)).map(selector => `recording ${JSON.stringify(selector)}`);
}
