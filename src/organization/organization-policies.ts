import { CfnResource, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { partOf } from './parameters';
import { StageAccount } from '../stage-account';
import { createAfter } from '../support/dependencies';
import { checkOptions } from '../support/options';
import { roleOrUser } from '../support/principals';

/** Type of an AWS Organizations policy, with its size limit. */
export class OrganizationPolicyType {
  /** Service control policy (SCP): maximum permissions of the principals in an account. */
  public static readonly SERVICE_CONTROL = new OrganizationPolicyType('SERVICE_CONTROL_POLICY', 10240, 10);

  /** Resource control policy (RCP): maximum permissions on the resources in an account. */
  public static readonly RESOURCE_CONTROL = new OrganizationPolicyType('RESOURCE_CONTROL_POLICY', 5120, 5);

  /**
   * Another policy type.
   *
   * @param name name in AWS Organizations, such as `TAG_POLICY`
   * @param maxLength size limit in characters
   * @param maxAttached number of policies that AWS attaches to one root, unit or account
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
   */
  public static of(name: string, maxLength: number = 10000, maxAttached: number = 10): OrganizationPolicyType {
    return new OrganizationPolicyType(name, maxLength, maxAttached);
  }

  private constructor(
    /** Name of the type in AWS Organizations. */
    public readonly name: string,
    /** Size limit in characters. */
    public readonly maxLength: number,
    /** Number of policies that AWS attaches to one root, unit or account, its own included. */
    public readonly maxAttached: number,
  ) {}
}

/** Options of an organization policy. */
export interface OrganizationPolicyOptions {
  /** Type of the policy. */
  readonly policyType: OrganizationPolicyType;

  /**
   * Statements, for policy types that have them.
   *
   * @default - `content` is used
   */
  readonly statements?: iam.PolicyStatement[];

  /**
   * Content as JSON, for policy types without statements.
   *
   * @default - `statements` are used
   */
  readonly content?: string;

  /**
   * Name of the policy, unique in the organization.
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
  readonly spare?: iam.IPrincipal[];

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
  stages: number;
}

/** Whether a policy stays in force when it leaves the code. Its parts have stacks of their own then. */
export function isKept({ removalPolicy = RemovalPolicy.DESTROY }: OrganizationPolicyOptions): boolean {
  return removalPolicy !== RemovalPolicy.DESTROY;
}

/** The policies of an organization: one after another in their stack, because AWS rejects concurrent changes. */
export class OrganizationPolicies {
  private readonly last = new Map<Stack, CfnResource>();
  private readonly spared = new Set<string>();
  private readonly added = new Map<string, AddedPolicy>();
  private readonly attached = new Map<string, Attached>();

  public check(id: string, policy: OrganizationPolicyOptions): void {
    checkOptions('OrganizationPolicyOptions', policy, ` of policy '${id}'`);
    const { statements, content, stages, organizationalUnits } = policy;
    if ((statements === undefined) === (content === undefined)) {
      throw new Error(`policy '${id}' has ${statements ? 'both statements and content' : 'neither statements nor content'}: give one of them`);
    }
    if (content !== undefined) {
      parsed(id, content);
    }
    policy.spare?.forEach(principal => roleOrUser(`spare of policy '${id}'`, principal));
    if ((stages || organizationalUnits) && !stages?.length && !organizationalUnits?.length) {
      throw new Error(`policy '${id}' has ${stages ? 'stages' : 'organizationalUnits'} that name none, so that it would be attached to nothing: `
        + 'name one, or leave it out for the whole organization');
    }
  }

  public add(id: string, policy: OrganizationPolicyOptions, policyName: string, stackOf: (part: number) => Stack): void {
    this.added.set(id, { policy, policyName, stackOf, targetIds: new Map(), stages: 0 });
  }

  /**
   * Attaches a policy that was added.
   *
   * @param target such as `stage 'prod'`
   * @param index of the stage in the organization, if it is one
   */
  public attach(id: string, target: string, targetId: string, index?: number): void {
    const added = this.added.get(id);
    if (!added) {
      throw new Error(`policy '${id}' is none that was added: add it with addPolicy first`);
    }
    const { policy: { policyType }, policyName, targetIds } = added;
    if ([...targetIds.values()].flat().includes(targetId)) {
      return;
    }
    const part = index === undefined ? 1 : partOf(isKept(added.policy) ? added.stages++ : index);
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

  public spare(principalArn: string): void {
    this.spared.add(principalArn);
  }

  private define(id: string, { policy, policyName, stackOf, targetIds }: AddedPolicy, part: number): void {
    const { policyType, description, removalPolicy } = policy;
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
          : [`policy '${id}' has ${length} characters: AWS takes ${policyType.maxLength}, so divide it, or spare fewer principals`];
      },
    });
    this.append(resource);
  }

  private document(stack: Stack, id: string, policy: OrganizationPolicyOptions): object {
    const { policyType, statements, content } = policy;
    // lists that are known only now are completed
    const document = statements
      ? { Version: '2012-10-17', Statement: stack.resolve(statements.map(statement => statement.toStatementJson())) as Statement[] }
      : parsed(id, content!);
    const spared = [...new Set([...(policy.spare ?? []).map(principal => roleOrUser('spare', principal)), ...this.spared])];
    if (!AUTHORIZING.includes(policyType.name) || spared.length === 0) {
      return document;
    }
    return {
      ...document,
      Statement: [document.Statement].flat().map(statement => statement.Effect === 'Deny' ? sparing(statement, spared) : statement),
    };
  }
}

/** Types with statements about principals. */
const AUTHORIZING = [OrganizationPolicyType.SERVICE_CONTROL.name, OrganizationPolicyType.RESOURCE_CONTROL.name];

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

function parsed(id: string, content: string): { readonly Statement: Statement[] } {
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(`content of policy '${id}' is not valid JSON: give one object`);
  }
}
