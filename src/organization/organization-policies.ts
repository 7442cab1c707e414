import { CfnResource, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { OrganizationPolicyDocument } from './organization-policy-document';
import { OrganizationPolicyType } from './organization-policy-type';
import { partOf } from './parameters';
import { AUTHORIZING, checkStatements } from './policy-statements';
import { policyTypeProblem } from './rules';
import { StageAccount } from '../stage-account';
import { createAfter } from '../support/dependencies';
import { checkOptions, refuse } from '../support/options';
import { exempted } from '../support/principals';

export { OrganizationPolicyType };

/** Options of an organization policy. */
export interface OrganizationPolicyOptions {
  /**
   * Type of the policy.
   *
   * @default - the type of the document
   */
  readonly policyType?: OrganizationPolicyType;

  /**
   * Statements, for policy types that have them.
   *
   * @default - `content` or `document` is used
   */
  readonly statements?: iam.PolicyStatement[];

  /**
   * Content as JSON, for policy types without statements.
   *
   * @default - `statements` or `document` are used
   */
  readonly content?: string;

  /**
   * Content of a policy type without statements, with its type.
   *
   * @default - `statements` or `content` are used
   */
  readonly document?: OrganizationPolicyDocument;

  /**
   * Name of the policy, unique in the organization, of 1 to 124 characters.
   *
   * @default - the namespace and the ID, such as `acme-regions`
   */
  readonly policyName?: string;

  /**
   * Description of the policy.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Stages whose accounts the policy is attached to.
   *
   * @default - the whole organization; in an existing one, all stages except root
   */
  readonly stages?: StageAccount[];

  /**
   * Paths of the organizational units that the policy is attached to. Missing units are created.
   *
   * @default - as for `stages`
   */
  readonly organizationalUnits?: string[];

  /**
   * Roles and users that are exempt from its deny statements, if it is a service control policy or a resource control
   * policy. `IManagement.spare` exempts them from all of these.
   *
   * @default - nobody
   */
  readonly spare?: iam.IGrantable[];

  /**
   * Removal policy of the organization policy. One that is kept is in a stack of its own, `<org>/root/policy-<id>`, and
   * one more for every 150 stages: once it leaves the code it stays in force, and is found again when it is put back.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A policy that was added, in parts of so many accounts as one template can name. */
interface AddedPolicy {
  readonly policy: OrganizationPolicyOptions;
  readonly policyName: string;
  readonly stackOf: (part: number) => Stack;
  readonly targetIds: Map<number, string[]>;
  /** Stages and units that were named for it, or the whole organization. */
  readonly subjects: Set<string>;
  stages: number;
}

/** Subject of a policy for which no stage and no unit is named. */
const ALL = 'organization';

/** Type of a policy that has been checked. */
export function policyTypeOf({ policyType, document }: OrganizationPolicyOptions): OrganizationPolicyType {
  return policyType ?? document!.policyType;
}

/** True if a policy stays in force when it leaves the code. Its parts have stacks of their own then. */
export function isKept({ removalPolicy = RemovalPolicy.DESTROY }: OrganizationPolicyOptions): boolean {
  return removalPolicy !== RemovalPolicy.DESTROY;
}

/** The policies of an organization: one after another in their stack, because AWS rejects concurrent changes. */
export class OrganizationPolicies {
  private readonly last = new Map<Stack, CfnResource>();
  private readonly spared = new Set<string>();
  private readonly sparedByResources = new Set<string>();
  private readonly guards = new Set<string>();
  private readonly added = new Map<string, AddedPolicy>();
  private readonly attached = new Map<string, Attached>();

  public check(id: string, policy: OrganizationPolicyOptions): void {
    checkOptions('OrganizationPolicyOptions', policy, ` of policy '${id}'`);
    const { policyType, description, document, statements, content, stages, organizationalUnits } = policy;
    const given = Object.entries({ statements, content, document })
      .filter(([, value]) => value !== undefined).map(([option]) => option);
    if (given.length !== 1) {
      throw new Error(`policy '${id}' has ${given.join(' and ') || 'neither statements nor content nor document'}: give one of them`);
    }
    if (document === undefined && policyType === undefined) {
      throw new Error(`policy '${id}' has no policyType: name one, such as OrganizationPolicyType.SERVICE_CONTROL`);
    }
    if (document && policyType && document.policyType.name !== policyType.name) {
      throw new Error(`policy '${id}' is of type ${policyType.name}, and its document of ${document.policyType.name}: leave policyType out`);
    }
    const { name, _isInCloudFormation } = policyTypeOf(policy);
    refuse(policyTypeProblem('policyType', name));
    if (!_isInCloudFormation) {
      throw new Error(`policy '${id}' is of type ${name}, which CloudFormation could not create in October 2026: have the API do it, or, `
        + `once it can, give OrganizationPolicyType.of('${name}')`);
    }
    if (content !== undefined) {
      parsed(id, name, content);
    }
    if (statements) {
      checkStatements(`policy '${id}'`, policyTypeOf(policy), statements);
    }
    if (description !== undefined && description.length > MAX_DESCRIPTION) {
      throw new Error(`description of policy '${id}' has ${description.length} characters: AWS takes ${MAX_DESCRIPTION}, so shorten it`);
    }
    policy.spare?.forEach(principal => exempted(`spare of policy '${id}'`, principal));
    if ((stages || organizationalUnits) && !stages?.length && !organizationalUnits?.length) {
      throw new Error(`policy '${id}' has ${stages ? 'stages' : 'organizationalUnits'} that name none, so that it would be attached to nothing: `
        + 'name one, or leave it out for the whole organization');
    }
  }

  public add(
    id: string, policy: OrganizationPolicyOptions, policyName: string, stackOf: (part: number) => Stack,
  ): void {
    if (this.added.has(id)) {
      throw new Error(`policy '${id}' is there already: give one of them another ID, or the construct whose ID it begins with`);
    }
    // a further part has a number in its name
    if (!Token.isUnresolved(policyName) && !/^.{1,124}$/.test(policyName)) {
      throw new Error(`policyName '${policyName}' of policy '${id}' has ${policyName.length} characters: give 1 to 124, or a shorter ID`);
    }
    const subjects = new Set(policy.stages || policy.organizationalUnits ? [] : [ALL]);
    this.added.set(id, { policy, policyName, stackOf, targetIds: new Map(), subjects, stages: 0 });
  }

  /**
   * Attaches a policy that was added.
   *
   * @param target such as `stage 'prod'`
   * @param index of the stage in the organization, if it is one
   */
  public attach(id: string, target: string, targetId: string, index?: number): void {
    const added = this.find(id);
    const { policy, policyName, targetIds, subjects } = added;
    if (!subjects.has(ALL)) {
      subjects.add(target.replaceAll("'", ''));
    }
    const policyType = policyTypeOf(policy);
    if ([...targetIds.values()].flat().includes(targetId)) {
      return;
    }
    const part = index === undefined ? 1 : partOf(isKept(policy) ? added.stages++ : index);
    const known = targetIds.get(part);
    if (known) {
      known.push(targetId);
    } else {
      targetIds.set(part, [targetId]);
      this.define(id, added, part);
    }
    const key = `${policyType.name} ${target}`;
    const { names } = this.attached.get(key) ?? { names: [] };
    this.attached.set(key, { policyType, target, names: [...names, policyName] });
  }

  /** Type of a policy that was added. */
  public typeOf(id: string): OrganizationPolicyType {
    return policyTypeOf(this.find(id).policy);
  }

  /** Attachments of the policies, each by the name of its policy, or by its ID where the name is a token. */
  public targets(): Array<{ readonly subject: string; readonly name: string; readonly type: string }> {
    return [...this.added].flatMap(([id, { policy, policyName, subjects }]) => [...subjects].map(subject =>
      ({ subject, name: Token.isUnresolved(policyName) ? id : policyName, type: policyTypeOf(policy).name })));
  }

  /** Targets with more policies of a type than AWS attaches. */
  public problems(): string[] {
    return [...this.attached.values()].flatMap(({ policyType: { name, maxAttached }, target, names }) => {
      // FullAWSAccess is on everything
      const most = AUTHORIZING.includes(name) ? maxAttached - 1 : maxAttached;
      return names.length <= most ? [] : [`${target} has ${names.length} policies of type ${name}, ${names.join(', ')}, and AWS attaches ${most}: `
        + 'merge some, or attach them to another part of the path: an organizational unit, or the whole organization'];
    });
  }

  /** Makes a change to the organization wait for the one before. */
  public append(first: CfnResource, last = first): void {
    const before = this.last.get(first.stack);
    if (before) {
      createAfter(first, before);
    }
    this.last.set(first.stack, last);
  }

  public get sparedArns(): string[] {
    return [...this.spared];
  }

  public spare(principalArn: string): void {
    this.spared.add(principalArn);
  }

  /** @see IManagement._spareGuarded */
  public spareGuarded(roles: string, userArn: string, guards: string[]): void {
    this.spared.add(roles);
    this.sparedByResources.add(userArn);
    guards.forEach(id => this.guards.add(id));
  }

  private find(id: string): AddedPolicy {
    const added = this.added.get(id);
    if (!added) {
      throw new Error(`policy '${id}' is none that was added: add it with addPolicy first`);
    }
    return added;
  }

  private define(id: string, { policy, policyName, stackOf, targetIds }: AddedPolicy, part: number): void {
    const { description, removalPolicy } = policy;
    const policyType = policyTypeOf(policy);
    const stack = stackOf(part);
    const suffix = part === 1 ? '' : `-${part}`;
    const resource = new CfnPolicy(stack, id + suffix, {
      name: policyName + suffix,
      description,
      type: policyType.name,
      targetIds: Lazy.list({ produce: () => targetIds.get(part) }),
      content: Lazy.any({ produce: () => this.document(stack, id, policy) }),
    });
    resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.DESTROY);
    resource.node.addValidation({
      validate: () => {
        const { length } = JSON.stringify(stack.resolve(resource.content));
        return length <= policyType.maxLength ? []
          : [`policy '${id}' has ${length} characters: AWS takes ${policyType.maxLength}, so divide it, spare fewer principals, or, of Guardrails, before they are defined`];
      },
    });
    this.append(resource);
  }

  private document(stack: Stack, id: string, policy: OrganizationPolicyOptions): object {
    const { statements, content } = policy;
    if (policy.document) {
      return policy.document._content;
    }
    const policyType = policyTypeOf(policy);
    // lists that are known only now are completed
    const document = statements
      ? { Version: '2012-10-17', Statement: stack.resolve(statements.map(statement => statement.toStatementJson())) as Statement[] }
      : parsed(id, policyType.name, content!);
    const spared = this.guards.has(id) ? [] : [...new Set([
      ...(policy.spare ?? []).map(principal => exempted('spare', principal)), ...this.spared,
      ...policyType.name === OrganizationPolicyType.RESOURCE_CONTROL.name ? this.sparedByResources : [],
    ])];
    if (!AUTHORIZING.includes(policyType.name) || spared.length === 0) {
      return document;
    }
    return {
      ...document,
      Statement: [document.Statement].flat().map(statement => statement.Effect === 'Deny' ? sparing(statement, spared) : statement),
    };
  }
}

function sparing(statement: Statement, arns: string[]): Statement {
  const { ArnNotLike: unlike = {}, ...others } = statement.Condition ?? {};
  const { 'aws:PrincipalArn': exempt = [], ...more } = unlike;
  return {
    ...statement,
    Condition: { ...others, ArnNotLike: { ...more, 'aws:PrincipalArn': [...[exempt].flat(), ...arns] } },
  };
}

interface Attached {
  readonly policyType: OrganizationPolicyType;
  readonly target: string;
  readonly names: string[];
}

interface Statement {
  readonly Effect?: string;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

function parsed(id: string, type: string, content: string): { readonly Statement: Statement[] } {
  const document = read(content);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new Error(`content of policy '${id}' is not valid JSON: give one object`);
  }
  if (AUTHORIZING.includes(type) && typeof (document as { Statement?: unknown }).Statement !== 'object') {
    throw new Error(`content of policy '${id}' has no Statement, which a ${type} has to have: add it`);
  }
  return document as { Statement: Statement[] };
}

function read(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html */
const MAX_DESCRIPTION = 512;
