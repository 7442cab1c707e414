import {
  CfnResource, DefaultTokenResolver, Duration, IFragmentConcatenator, IPostProcessor, IResolvable, IResolveContext,
  Reference, Stack, Tokenization,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { IConstruct } from 'constructs';
import { CrossAccountAccessRole } from '../cross-account-access-role';
import { StageAccount } from '../stage-account';
import { pathInCode } from '../support/principals';
import { NO_ACCOUNT } from '../support/rules';

/** Policy of an account, by its name in each. */
export interface PolicyName {
  readonly name: string;
  readonly path: string;
}

/** Definition of a role, without anything of its own account. */
export interface RoleDefinition {
  readonly description?: string;
  /** Such as `PT1H`. */
  readonly sessionDuration: string;
  /** ARNs of policies of AWS. */
  readonly awsManaged: string[];
  readonly customerManaged: PolicyName[];
  readonly boundary?: string | PolicyName;
  /** All inline policies, as one. */
  readonly inline?: object;
}

/**
 * Definitions of roles, as they are at this moment: with all that was added later, and all policies that name the
 * role. What nobody can tell without its account is in the texts between two marks.
 */
export class RoleDefinitions {
  /** Roles that accounts may assume, in the order of the app. */
  public readonly roles: CrossAccountAccessRole[] = [];

  private readonly attached = new Map<string, CfnResource[]>();
  private readonly known = new Map<CrossAccountAccessRole, RoleDefinition>();

  constructor(app: IConstruct) {
    for (const construct of app.node.findAll()) {
      if (construct instanceof CrossAccountAccessRole) {
        this.roles.push(construct);
      } else if (CfnResource.isCfnResource(construct) && ATTACHED.includes(construct.cfnResourceType)) {
        const { Roles = [], RoleName = [] } = propertiesOf(construct);
        [Roles, RoleName].flat().forEach(name => {
          const key = keyOf(construct, String(name));
          this.attached.set(key, [...this.attached.get(key) ?? [], construct]);
        });
      }
    }
  }

  public of(role: CrossAccountAccessRole): RoleDefinition {
    const definition = this.known.get(role) ?? this.read(role);
    this.known.set(role, definition);
    return definition;
  }

  private read(role: CrossAccountAccessRole): RoleDefinition {
    const resource = role.role.node.defaultChild as iam.CfnRole;
    const {
      Description, ManagedPolicyArns = [], MaxSessionDuration = 3600, PermissionsBoundary, Policies = [], RoleName,
    } = propertiesOf(resource);
    const attached = this.attached.get(keyOf(role, String(RoleName))) ?? [];
    const documents: Document[] = [
      ...Policies, ...attached.filter(policy => policy.cfnResourceType !== MANAGED).map(propertiesOf),
    ].map(({ PolicyDocument }) => PolicyDocument).filter(Boolean);
    const managed = attached.filter(policy => policy.cfnResourceType === MANAGED);
    const arns = new Set<string>([...ManagedPolicyArns, ...managed.map(policyArn)]);
    const policies = [...arns].sort().map(arn => policyIn(Stack.of(role).account, arn));
    return {
      description: Description,
      sessionDuration: typeof MaxSessionDuration !== 'number' ? unknown(MaxSessionDuration)
        : Duration.seconds(MaxSessionDuration).toIsoString(),
      awsManaged: policies.filter(policy => typeof policy === 'string'),
      customerManaged: policies.filter(policy => typeof policy !== 'string'),
      boundary: PermissionsBoundary && policyIn(Stack.of(role).account, PermissionsBoundary),
      inline: documents.length > 0 ? merged(resource, documents) : undefined,
    };
  }
}

/** Names in the code of all that a definition has of the account of its role. */
export function ofItsAccount(definition: RoleDefinition): string[] {
  return [...new Set([...JSON.stringify(definition).matchAll(MARKED)].map(([, name]) => name))];
}

interface Document {
  readonly Version?: string;
  readonly Statement?: object | object[];
}

const MANAGED = 'AWS::IAM::ManagedPolicy';
const ATTACHED = ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', MANAGED];

/** The same for a role and the policies that are attached to it by its name, which is one in an account. */
function keyOf(construct: IConstruct, roleName: string): string {
  const { account } = Stack.of(construct);
  return `${account === NO_ACCOUNT ? construct.node.scopes.find(StageAccount.isStageAccount)?.node.path : account} ${roleName}`;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as CloudFormation has them
function propertiesOf(resource: CfnResource): Record<string, any> {
  // with overrides
  const template = resource as unknown as { _toCloudFormation(): object };
  const { Resources = {} } = Tokenization.resolve(template._toCloudFormation(), { scope: resource, resolver: LITERAL });
  const [{ Properties = {} } = {}] = Object.values<{ Properties?: object }>(Resources);
  return literal(Properties, resource) as Record<string, unknown>;
}

/** Policies of AWS by their ARN, those of the account by what they are called in any. */
function policyIn(account: string, arn: string): string | PolicyName {
  const [, owner, path, name] = /^arn:[^:]+:iam::([^:]*):policy(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
  return owner === account || owner === mark('AWS::AccountId') ? { name, path } : owner === 'aws' ? arn : unknown(arn);
}

/** One document. Sids may be there twice, and mean nothing. */
function merged(resource: CfnResource, documents: Document[]): object {
  const old = documents.find(({ Version }) => Version !== '2012-10-17');
  const statements = documents.flatMap(({ Statement = [] }) => Statement)
    .map(statement => ({ ...statement, Sid: undefined }));
  if (old || JSON.stringify(statements).search(MARKED) >= 0) {
    return { Version: old ? unknown(`Version ${old.Version}`) : undefined, Statement: statements };
  }
  // the order in which the CDK merges them does not matter any more
  return Stack.of(resource).resolve(new iam.PolicyDocument({
    minimize: true, statements: statements.map(statement => iam.PolicyStatement.fromJson(statement)),
  }));
}

// no policy has these
const MARKED = /\uE000([^\uE001]*)\uE001/g;

function mark(name: string): string {
  return `\uE000${name}\uE001`;
}

/** Something that nobody can tell, unless it is marked already. */
function unknown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.search(MARKED) >= 0 ? text : mark(text);
}

/** A policy of the app, by its name. */
function policyArn(policy: CfnResource): string {
  const { ManagedPolicyName, Path = '/' } = propertiesOf(policy);
  return typeof ManagedPolicyName !== 'string' ? mark(pathInCode(policy))
    : `arn:${partitionOf(policy)}:iam::${Stack.of(policy).account}:policy${Path}${ManagedPolicyName}`;
}

function partitionOf(construct: IConstruct): string {
  return RegionInfo.get(Stack.of(construct).region).partition ?? 'aws';
}

/** Without intrinsic functions: what is the same in all accounts by its value, anything else by its name. */
function literal(value: unknown, scope: IConstruct): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [name] = Object.keys(value);
  if (name === 'Ref' || name?.startsWith('Fn::')) {
    return intrinsic(value as Record<string, unknown>, scope);
  }
  return Array.isArray(value) ? value.map(item => literal(item, scope))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item, scope)]));
}

function intrinsic(value: Record<string, unknown>, scope: IConstruct): string {
  const [[name, argument]] = Object.entries(value);
  switch (argument) {
    case 'AWS::Partition': return partitionOf(scope);
    case 'AWS::URLSuffix': return RegionInfo.get(Stack.of(scope).region).domainSuffix ?? mark('AWS::URLSuffix');
    default: return mark(name === 'Ref' ? String(argument) : name);
  }
}

/** Writes references as text: a role or policy by its name, if that is fixed, other resources with a mark. */
class Literal extends DefaultTokenResolver {
  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (token instanceof iam.PolicyDocument) {
      // a document that is resolved takes no further statements
      return context.resolve(token.toJSON());
    }
    if (!Reference.isReference(token) || !CfnResource.isCfnResource(token.target)) {
      return literal(super.resolveToken(token, context, postProcessor), context.scope);
    }
    const { target, displayName } = token;
    const fixed = target instanceof iam.CfnManagedPolicy && ['Ref', 'PolicyArn'].includes(displayName) ? policyArn(target)
      : target instanceof iam.CfnRole && displayName === 'Ref' ? target.roleName : undefined;
    return fixed === undefined ? mark(pathInCode(target)) : context.resolve(fixed);
  }
}

const TEXT: IFragmentConcatenator = { join: (left, right) => `${left ?? ''}${right ?? ''}` };
const LITERAL = new Literal(TEXT);
