import { textOf } from './statements';
import { Resource } from '../assembly/assembly';
import { Unknown } from '../assembly/known-values';
import { branches } from '../assembly/policies';
import { isTrue } from '../plan/irreversible/step';

/** States of a resource, as the end of a sentence: it `is … now` or `is no longer …`. */
type States = (resource: Resource) => string[];

type Test = (value: unknown) => boolean;

/** Lets others in by a property, and not by a policy. A type that says nothing has AWS's default. */
const OPEN: Record<string, States[]> = {
  'AWS::Cognito::IdentityPool': [may('AllowUnauthenticatedIdentities', isTrue, 'open to guests')],
  // "AWS::DMS::ReplicationInstance": public by default
  'AWS::DMS::ReplicationInstance': [unless('PubliclyAccessible', isFalse, 'publicly accessible')],
  'AWS::EC2::SecurityGroup': [({ properties }) => branches(properties.SecurityGroupIngress).flatMap(ingress)],
  'AWS::EC2::SecurityGroupIngress': [({ properties }) => ingress(properties)],
  'AWS::EKS::Cluster': [endpoint],
  // "CreateLoadBalancer": internet-facing by default
  'AWS::ElasticLoadBalancing::LoadBalancer': [unless('Scheme', equals('internal'), 'internet-facing')],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [resource => resource.properties.Type === 'gateway' ? []
    : unless('Scheme', equals('internal'), 'internet-facing')(resource)],
  'AWS::IAM::AccessKey': [unless('Status', equals('Inactive'), 'active')],
  'AWS::IAM::User': [unless('LoginProfile', equals(undefined), 'able to sign in with a password')],
  'AWS::Lambda::Url': [may('AuthType', equals('NONE'), 'callable without authentication')],
  'AWS::MSK::Cluster': [may('BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type', equals('SERVICE_PROVIDED_EIPS'), 'publicly accessible')],
  // "CreateResourceShare": true by default
  'AWS::RAM::ResourceShare': [unless('AllowExternalPrincipals', isFalse, 'open to accounts outside its organization')],
  'AWS::RolesAnywhere::Profile': [unless('Enabled', isFalse, 'enabled')],
  'AWS::RolesAnywhere::TrustAnchor': [unless('Enabled', isFalse, 'enabled')],
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

const LOGGING = 'logging';
const DETECTING = 'looking for threats';

/** Keeps data, records or keys, by a property. */
const PROTECTED: Record<string, States[]> = {
  'AWS::CloudTrail::Trail': [
    must('IsLogging', isTrue, LOGGING),
    must('IsMultiRegionTrail', isTrue, 'recording all Regions'),
    must('IsOrganizationTrail', isTrue, 'recording all accounts'),
    must('IncludeGlobalServiceEvents', isTrue, 'recording global services'),
    must('EnableLogFileValidation', isTrue, 'validating its log files'),
    recorded('EventSelectors'), recorded('AdvancedEventSelectors'),
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [({ properties }) => branches(properties.LoadBalancerAttributes)
    .some(one => (one as Attribute).Key === 'deletion_protection.enabled' && isTrue((one as Attribute).Value)) ? [UNDELETABLE] : []],
  'AWS::GuardDuty::Detector': [must('Enable', isTrue, DETECTING)],
  'AWS::KMS::Key': [must('EnableKeyRotation', isTrue, 'rotated'), unless('Enabled', isFalse, 'enabled')],
  // "CreateProfile": both limit what its sessions may do
  'AWS::RolesAnywhere::Profile': ['SessionPolicy', 'ManagedPolicyArns'].map(name =>
    must(name, value => value !== undefined, `limited by ${name}`)),
  'AWS::S3::AccessPoint': BLOCKS,
  'AWS::S3::Bucket': [...BLOCKS, must('VersioningConfiguration.Status', equals('Enabled'), 'versioned')],
};

interface Attribute {
  readonly Key?: unknown;
  readonly Value?: unknown;
}

const UNDELETABLE = 'protected from deletion';

export function protections(resource: Resource): string[] {
  return statesOf(resource, [
    ...['DeletionProtection', 'DeletionProtectionEnabled', 'TerminationProtectionEnabled'].map(name =>
      must(name, value => isTrue(value) || value === 'ACTIVE', UNDELETABLE)),
    ...PROTECTED[resource.type] ?? [],
  ]);
}

/** What watches an account, and does so no more if it leaves. */
export function watches(resource: Resource): string[] {
  return protections(resource).filter(state => state === LOGGING || state === DETECTING);
}

function statesOf(resource: Resource, rules: States[]): string[] {
  return [...new Set(rules.flatMap(rule => rule(resource)))];
}

/** Under one condition of the template at least, or perhaps. */
function may(path: string, is: Test, state: string): States {
  return ({ properties }) => {
    const values = valuesAt(properties, path);
    return values.some(is) ? [state] : perhaps(values, state);
  };
}

/** Under every condition of the template. */
function must(path: string, is: Test, state: string): States {
  return ({ properties }) => {
    const values = valuesAt(properties, path);
    return values.length > 0 && values.every(is) ? [state] : [];
  };
}

/** By default as well. */
function unless(path: string, isNot: Test, state: string): States {
  return ({ properties }) => {
    const values = valuesAt(properties, path);
    return values.every(isNot) ? []
      : values.every(one => isNot(one) || one instanceof Unknown) ? perhaps(values, state) : [state];
  };
}

function perhaps(values: unknown[], state: string): string[] {
  return values.flatMap(one => one instanceof Unknown ? [`perhaps ${state}, by ${JSON.stringify(one.value)},`] : []);
}

/** All that a property may be, and undefined where it is not there under a condition. */
function valuesAt(properties: unknown, path: string): unknown[] {
  return path.split('.').reduce<unknown[]>((all, name) => all.flatMap(one => one instanceof Unknown ? [one]
    : valuesOf((one as Record<string, unknown> | undefined)?.[name])), [properties]);
}

function valuesOf(value: unknown): unknown[] {
  const { 'Fn::If': either, 'Ref': ref } = (value ?? {}) as Record<string, unknown>;
  return Array.isArray(value) ? value.flatMap(valuesOf)
    : Array.isArray(either) ? either.slice(1).flatMap(valuesOf) : [ref === 'AWS::NoValue' ? undefined : value];
}

function equals(...all: unknown[]): Test {
  return value => all.includes(value);
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

const ANYWHERE = equals('0.0.0.0/0', '::/0');

function ingress(rule: unknown): string[] {
  const { IpProtocol: protocol, FromPort: from, ToPort: to } = rule as Record<string, unknown>;
  const ports = from === undefined ? '' : from === to ? ` ${from}` : ` ${from}-${to}`;
  const what = String(protocol) === '-1' ? 'for all traffic' : `for ${String(protocol)}${ports}`;
  return ['CidrIp', 'CidrIpv6'].flatMap(name => valuesAt(rule, name)).flatMap(cidr =>
    ANYWHERE(cidr) ? [`open to ${String(cidr)} ${what}`] : perhaps([cidr], `open to all addresses ${what}`));
}

/** Defaults: "VpcConfigRequest". */
function endpoint({ properties }: Resource): string[] {
  const [isOn, cidrs] = ['EndpointPublicAccess', 'PublicAccessCidrs']
    .map(name => valuesAt(properties, `ResourcesVpcConfig.${name}`));
  return isOn.every(isFalse) ? []
    : (cidrs.length > 0 ? cidrs : [undefined]).flatMap(cidr => cidr instanceof Unknown ? perhaps([cidr], 'open to all addresses at its public endpoint')
      : [`open to ${cidr === undefined ? '0.0.0.0/0' : textOf(cidr)} at its public endpoint`]);
}

function recorded(path: string): States {
  return ({ properties }) => branches(properties[path]).map(selector => `recording ${JSON.stringify(selector)}`);
}
