import { isDeepStrictEqual } from 'util';
import { Resource, Stack } from './assembly';
import { Comparison, ResourceChange } from './comparison';

/**
 * A statement of a policy, or what stands for one: an ARN in a list of managed policies, a member of a group. `Fn::If`
 * has the conditions of the template under which it is there.
 */
export type Statement = Record<string, unknown> | string;

export interface PolicyDocument {
  /** Where in the properties it is: `Policies.read.PolicyDocument`. The name of a part stands for its number. */
  readonly where: string;
  /**
   * Trust says who may assume a role, resource who may do what with a resource, identity what a role may do, and
   * organization what nobody may. An attachment is a list of names: of policies, members or targets.
   */
  readonly kind: 'trust' | 'resource' | 'identity' | 'organization' | 'attachment';
  /** As the template has it; text that holds JSON is parsed, with `${…}` for what is known at the deployment. */
  readonly document: unknown;
  readonly statements: Statement[];
}

export interface PolicyChange {
  readonly what: ResourceChange['what'];
  readonly stack: Stack;
  /** The resource as it will be, or as it was if it leaves. */
  readonly resource: Resource;
  readonly where: string;
  readonly kind: PolicyDocument['kind'];
  readonly added: Statement[];
  readonly removed: Statement[];
}

/** Properties without statements that change who may do what, as AWS's reference of each type has them. */
const ATTACHMENTS: Record<string, string[]> = {
  'AWS::Cognito::IdentityPoolRoleAttachment': ['RoleMappings', 'Roles'],
  'AWS::EC2::VPCEndpointServicePermissions': ['AllowedPrincipals'],
  'AWS::EKS::AccessEntry': ['AccessPolicies', 'KubernetesGroups', 'PrincipalArn'],
  'AWS::EKS::PodIdentityAssociation': ['ClusterName', 'Namespace', 'RoleArn', 'ServiceAccount', 'TargetRoleArn'],
  'AWS::IAM::AccessKey': ['UserName'],
  'AWS::IAM::Group': ['ManagedPolicyArns'],
  'AWS::IAM::GroupPolicy': ['GroupName'],
  'AWS::IAM::ManagedPolicy': ['Groups', 'Roles', 'Users'],
  'AWS::IAM::OIDCProvider': ['ClientIdList', 'ThumbprintList', 'Url'],
  'AWS::IAM::Policy': ['Groups', 'Roles', 'Users'],
  'AWS::IAM::Role': ['ManagedPolicyArns', 'PermissionsBoundary'],
  'AWS::IAM::RolePolicy': ['RoleName'],
  'AWS::IAM::SAMLProvider': ['SamlMetadataDocument'],
  'AWS::IAM::User': ['Groups', 'ManagedPolicyArns', 'PermissionsBoundary'],
  'AWS::IAM::UserPolicy': ['UserName'],
  'AWS::IAM::UserToGroupAddition': ['GroupName', 'Users'],
  'AWS::IdentityStore::GroupMembership': ['GroupId', 'MemberId'],
  'AWS::Organizations::Policy': ['TargetIds'],
  'AWS::RAM::ResourceShare': ['AllowExternalPrincipals', 'PermissionArns', 'Principals', 'ResourceArns'],
  'AWS::RolesAnywhere::Profile': ['RoleArns'],
  'AWS::RolesAnywhere::TrustAnchor': ['Source'],
  'AWS::SSO::Assignment': ['PermissionSetArn', 'PrincipalId', 'PrincipalType', 'TargetId'],
  'AWS::SSO::PermissionSet': ['CustomerManagedPolicyReferences', 'ManagedPolicies', 'PermissionsBoundary'],
};

/** Resources that are a statement of the policy of another one. */
const STATEMENTS = ['AWS::Lambda::LayerVersionPermission', 'AWS::Lambda::Permission', 'AWS::Events::EventBusPolicy'];

/** A resource that gives access by being there, and is no policy. */
export function isGrant(type: string): boolean {
  return type in ATTACHMENTS && !/Policy$/.test(type) && !/^AWS::(IAM::(Group|Role)|SSO::PermissionSet)$/.test(type);
}

/** All of a resource that says who may do what. */
export function documentsOf(resource: Resource): PolicyDocument[] {
  const { type, properties } = resource;
  const attachments = (ATTACHMENTS[type] ?? []).filter(name => properties[name] !== undefined).map(name => ({
    where: name, kind: 'attachment' as const, document: properties[name], statements: asList(properties[name]),
  }));
  if (STATEMENTS.includes(type)) {
    const { Statement: statement } = properties;
    return statement === undefined
      ? [{ where: '', kind: 'resource', document: properties, statements: [{ Effect: 'Allow', ...properties }] }]
      : [{ where: 'Statement', kind: 'resource', document: statement, statements: asList(parsed(statement)) }];
  }
  const inside = Object.entries(properties).flatMap(([name, value]) => find(type, name, value, []));
  return [...inside, ...attachments];
}

/** What one document says, and another does not: literally, but for order, Sid, and lists of one. */
export function compareStatements(before: Statement[], after: Statement[]): Pick<PolicyChange, 'added' | 'removed'> {
  const missing = (from: Statement[], others: Statement[]) => {
    const left = others.map(meaning);
    return from.filter(statement => {
      const index = left.findIndex(other => isDeepStrictEqual(other, meaning(statement)));
      left.splice(index, index < 0 ? 0 : 1);
      return index < 0;
    });
  };
  return { added: missing(after, before), removed: missing(before, after) };
}

/**
 * Statements that come and go with a deployment. Stacks that it does not touch, or that AWS keeps although the code
 * no longer names them, lose nothing.
 */
export function policyChanges({ stacks }: Comparison): PolicyChange[] {
  const byPlace = (resource?: Resource) => new Map((resource ? documentsOf(resource) : [])
    .map(document => [document.where, document]));
  return stacks.flatMap(({ resources }) => resources).flatMap(({ what, stack, before, after }) => {
    const [old, now] = [byPlace(before), byPlace(after)];
    return [...new Map([...old, ...now])].flatMap(([where, { kind }]) => {
      const statements = compareStatements(old.get(where)?.statements ?? [], now.get(where)?.statements ?? []);
      const isSame = statements.added.length + statements.removed.length === 0;
      return isSame ? [] : [{ what, stack, resource: (after ?? before)!, where, kind, ...statements }];
    });
  });
}

function find(type: string, where: string, value: unknown, under: string[]): PolicyDocument[] {
  const read = parsed(value);
  if (typeof read !== 'object' || read === null) {
    return [];
  }
  const policies = possible(read, under).map(one => ({ ...one, value: parsed(one.value) }))
    .filter((one): one is Possible<Policy> => hasStatements(one.value));
  if (type === 'AWS::Organizations::Policy' && where === 'Content' || policies.length > 0) {
    const statements = policies.length > 0
      ? statementsIn(policies.flatMap(policy => possible(policy.value.Statement, policy.under)))
      // policies of tags, of backups and the like have no statements: a setting stands for one
      : Object.entries(read).map(([name, setting]) => ({ [name]: setting }));
    return [{ where, kind: kindOf(type, where, statements), document: read, statements }];
  }
  const { 'Fn::If': either } = read as Record<string, unknown>;
  return Array.isArray(either)
    ? either.slice(1).flatMap((inner, index) => find(type, where, inner, [...under, conditionOf(either, index)]))
    : Object.entries(read).flatMap(([key, inner]) =>
      find(type, `${where}.${Array.isArray(read) ? nameOf(inner) ?? key : key}`, inner, under));
}

function kindOf(type: string, where: string, statements: Statement[]): PolicyDocument['kind'] {
  const hasPrincipal = statements.some(statement => typeof statement !== 'string'
    && ('Principal' in statement || 'NotPrincipal' in statement));
  return type === 'AWS::Organizations::Policy' ? 'organization'
    : where === 'AssumeRolePolicyDocument' ? 'trust'
      : hasPrincipal ? 'resource' : 'identity';
}

interface Policy {
  readonly Statement: unknown;
}

function hasStatements(value: unknown): value is Policy {
  const { Statement: statement } = (value ?? {}) as Partial<Policy>;
  return asList(statement).some(one => typeof one === 'object' && one !== null && 'Effect' in one)
    || Array.isArray(statement) && statement.length === 0;
}

function nameOf(value: unknown): string | undefined {
  const { PolicyName: policy, Name: name } = (value ?? {}) as Record<string, unknown>;
  return [policy, name].find((text): text is string => typeof text === 'string');
}

function asList(value: unknown): Statement[] {
  return statementsIn(possible(value));
}

function statementsIn(all: Possible[]): Statement[] {
  return inEitherCase(all).map(({ value, under }) =>
    withConditions(typeof value === 'object' ? value as Statement : String(value), under));
}

/** The same statement, under conditions of the template as well. */
export function withConditions(statement: Statement, more: string[]): Statement {
  const { 'Fn::If': own, ...rest } = partsOf(statement);
  return more.length === 0 ? statement : { ...rest, 'Fn::If': [...more, ...own === undefined ? [] : [own]].join(' and ') };
}

/** A statement by its parts; what stands for one has a name. */
export function partsOf(statement: Statement): Record<string, unknown> {
  return typeof statement === 'string' ? { name: statement } : statement;
}

/** What a value may be, and the conditions of the template under which it is that. */
export interface Possible<T = unknown> {
  readonly value: T;
  readonly under: string[];
}

/** All that a value may be: the deployment decides which branch of a condition holds. */
export function possible(value: unknown, under: string[] = []): Possible[] {
  if (Array.isArray(value)) {
    return value.flatMap(one => possible(one, under));
  }
  const { 'Fn::If': either, 'Ref': ref } = (value ?? {}) as Record<string, unknown>;
  return value === undefined || value === null || ref === 'AWS::NoValue' ? []
    : !Array.isArray(either) ? [{ value, under }]
      : either.slice(1).flatMap((one, index) => possible(one, [...under, conditionOf(either, index)]));
}

export function branches(value: unknown): unknown[] {
  return possible(value).map(one => one.value);
}

const NOT = 'not ';

function conditionOf([condition]: unknown[], branch: number): string {
  return `${branch === 0 ? '' : NOT}${String(condition)}`;
}

/** What both branches of a condition have does not depend on it. */
function inEitherCase(all: Possible[]): Possible[] {
  for (const one of all.filter(({ under }) => under.length > 0)) {
    const above = one.under.slice(0, -1);
    const opposite = [...above, `${NOT}${one.under[above.length]}`];
    const other = all.find(({ value, under }) =>
      isDeepStrictEqual(under, opposite) && isDeepStrictEqual(value, one.value));
    if (other) {
      return inEitherCase([...all.filter(each => each !== one && each !== other), { value: one.value, under: above }]);
    }
  }
  return all;
}

/** Some types take a policy as text, which the CDK joins where it is not known before the deployment. */
function parsed(value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined || !/^\s*[[{]/.test(text)) {
    return value;
  }
  try {
    return JSON.parse(text);
  } catch {
    return value;
  }
}

export function effectOf(statement: Statement): unknown {
  return typeof statement === 'string' ? undefined : statement.Effect;
}

/** What is text, with `${…}` for what is known at the deployment. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  const { 'Fn::Join': join, 'Fn::Sub': sub } = (value ?? {}) as Record<string, unknown>;
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map(part => typeof part === 'string' ? part : reference(part)).join(String(join[0]));
  }
  return typeof sub === 'string' ? sub : Array.isArray(sub) ? String(sub[0]) : undefined;
}

function reference(value: unknown): string {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (value ?? {}) as Record<string, unknown>;
  const name = typeof ref === 'string' ? ref
    : Array.isArray(attribute) ? attribute.join('.') : JSON.stringify(value).replace(/["\\]/g, '\'');
  return `\${${name}}`;
}

/** IAM does not mind the order of a list, or whether one of one is a list. */
export function meaning(statement: Statement): unknown {
  if (typeof statement === 'string') {
    return statement;
  }
  const { Sid: _, ...rest } = statement;
  return unordered(rest);
}

function unordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(unordered);
    return items.length === 1 ? items[0] : items.sort((one, two) => order(JSON.stringify(one), JSON.stringify(two)));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  // what a function of CloudFormation takes has an order
  return Object.fromEntries(Object.entries(value).sort(([one], [two]) => order(one, two))
    .map(([key, inner]) => [key, key.startsWith('Fn::') ? inner : unordered(inner)]));
}

function order(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}
