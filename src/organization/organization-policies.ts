import { CfnResource, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { StageAccount } from '../stage-account';
import { createAfter } from '../support/dependencies';

/** A kind of policy of AWS Organizations, and how long AWS takes one to be. */
export class OrganizationPolicyType {
  /** What the principals of an account may do at most. */
  public static readonly SERVICE_CONTROL = new OrganizationPolicyType('SERVICE_CONTROL_POLICY', 10240);

  /** What anybody may do with the resources of an account at most. */
  public static readonly RESOURCE_CONTROL = new OrganizationPolicyType('RESOURCE_CONTROL_POLICY', 5120);

  /**
   * Another kind of policy.
   *
   * @param name as AWS Organizations calls it, such as `TAG_POLICY`
   * @param maxLength how many characters AWS takes
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
   */
  public static of(name: string, maxLength: number = 10000): OrganizationPolicyType {
    return new OrganizationPolicyType(name, maxLength);
  }

  private constructor(
    /** What AWS Organizations calls it. */
    public readonly name: string,
    /** How many characters AWS takes. */
    public readonly maxLength: number,
  ) {}
}

/** What a policy of an organization says, and of whom. */
export interface OrganizationPolicyOptions {
  /** What kind of policy it is. */
  readonly policyType: OrganizationPolicyType;

  /**
   * What it allows or denies, where its kind has statements.
   *
   * @default - `content` says it
   */
  readonly statements?: iam.PolicyStatement[];

  /**
   * What it says, as JSON, where its kind has no statements.
   *
   * @default - `statements` say it
   */
  readonly content?: string;

  /**
   * The name of the policy, unique in the organization.
   *
   * @default - the namespace and the id, as `acme-regions`
   */
  readonly policyName?: string;

  /**
   * What the policy is for.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The stages whose accounts it is attached to.
   *
   * @default - the whole organization; in one that existed before, all stages but root
   */
  readonly stages?: StageAccount[];

  /**
   * The organizational units that it is attached to, by their path. What does not exist is created.
   *
   * @default - as `stages`
   */
  readonly organizationalUnits?: string[];

  /**
   * What becomes of the policy when it is removed from the code.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What policies are attached to, as the stack of the policies writes it. */
export interface PolicyTargets {
  readonly namespace: string;
  accountIdOf(stage: StageAccount): string;
  organizationalUnitIdOf(path: string): string;
  /** All that is ours, also what comes later. */
  everything(): string[];
}

/** The policies of an organization, in one stack: one after another, because AWS Organizations refuses more. */
export class OrganizationPolicies {
  private last?: CfnResource;
  private readonly spared = new Set<string>();

  constructor(private readonly targets: PolicyTargets) {}

  public add(stack: Stack, id: string, policy: OrganizationPolicyOptions): void {
    const { policyType, statements, content, stages, organizationalUnits } = policy;
    if ((statements === undefined) === (content === undefined)) {
      throw new Error(`policy '${id}' has ${statements ? 'both statements and content' : 'neither statements nor content'}: give one of them`);
    }
    if (content !== undefined) {
      parsed(id, content);
    }
    if ((stages || organizationalUnits) && !stages?.length && !organizationalUnits?.length) {
      throw new Error(`policy '${id}' has ${stages ? 'stages' : 'organizationalUnits'} that name none, so that it would be attached to nothing: `
        + 'name one, or leave it out for the whole organization');
    }
    const resource = new CfnPolicy(stack, id, {
      name: policy.policyName ?? `${this.targets.namespace}-${id}`,
      description: policy.description,
      type: policyType.name,
      targetIds: stages || organizationalUnits ? [
        ...stages?.map(stage => this.targets.accountIdOf(stage)) ?? [],
        ...organizationalUnits?.map(path => this.targets.organizationalUnitIdOf(path)) ?? [],
      ] : Lazy.list({ produce: () => this.targets.everything() }),
      content: Lazy.any({ produce: () => this.document(id, policy) }),
    });
    resource.applyRemovalPolicy(policy.removalPolicy ?? RemovalPolicy.DESTROY);
    resource.node.addValidation({
      validate: () => {
        const { length } = JSON.stringify(stack.resolve(resource.content));
        return length <= policyType.maxLength ? []
          : [`policy '${id}' has ${length} characters: AWS takes ${policyType.maxLength}, so divide it`];
      },
    });
    this.append(resource);
  }

  /** Has something that changes the organization wait for what does so already. */
  public append(resource: CfnResource): void {
    if (this.last) {
      createAfter(resource, this.last);
    }
    this.last = resource;
  }

  public spare(principalArn: string): void {
    this.spared.add(principalArn);
  }

  private document(id: string, policy: OrganizationPolicyOptions): object {
    const { policyType, statements, content } = policy;
    const document = statements
      ? { Version: '2012-10-17', Statement: statements.map(statement => statement.toStatementJson()) } : parsed(id, content!);
    if (policyType.name !== OrganizationPolicyType.SERVICE_CONTROL.name || this.spared.size === 0) {
      return document;
    }
    return { ...document, Statement: [document.Statement].flat().map(statement => statement.Effect === 'Deny' ? this.sparing(statement) : statement) };
  }

  private sparing(statement: Statement): Statement {
    const { ArnNotLike: unlike = {}, ...others } = statement.Condition ?? {};
    const { 'aws:PrincipalArn': exempt = [], ...more } = unlike;
    return {
      ...statement,
      Condition: { ...others, ArnNotLike: { ...more, 'aws:PrincipalArn': [...[exempt].flat(), ...this.spared] } },
    };
  }
}

interface Statement {
  readonly Effect?: string;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

function parsed(id: string, content: string): { readonly Statement: Statement[] } {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`content of policy '${id}' is no JSON, because of ${(error as Error).message}: give one object`);
  }
}
