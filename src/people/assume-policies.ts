import { Aws, NestedStack, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { ICrossAccountAccessRole } from '../cross-account-access-role';

/**
 * Policies with the roles that a group may assume, within the limits of IAM: an inline policy, then managed policies.
 * Each of these is in a nested stack, so that no template has more parameters than CloudFormation takes. Not in a
 * stack of its own: the CDK would leave that behind, and with it what the group may no longer assume.
 */
export class AssumePolicies {
  private readonly policies: Policy[] = [];
  private roles = 0;

  constructor(private readonly group: iam.Group) {}

  /**
   * Allows another role.
   *
   * @param conditions under which it may be assumed
   * @param accountId account of the role, as root knows it. Not set if the ARN of the role is all there is
   * @param inline whether it may be in the inline policy
   */
  public add(
    role: ICrossAccountAccessRole, conditions: Record<string, Record<string, string>>, accountId: string | undefined,
    inline: boolean,
  ): void {
    this.roles++;
    const { roleName } = role;
    const partition = RegionInfo.get(Stack.of(this.group).region).partition ?? 'aws';
    const arn = `arn:${partition}:iam::123456789012:role/${roleName}`;
    const addition = { condition: JSON.stringify(conditions), arn };
    const policy = this.policies.find(known => (inline || known.isManaged) && known.hasRoomFor(addition))
      ?? this.addPolicy(inline);
    // its first use decides where a parameter is: the CDK sorts these ARNs by numbers that differ between languages
    policy.stack.resolve(accountId);
    policy.take(addition, new iam.PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: [accountId === undefined ? role.roleArn : `arn:${Aws.PARTITION}:iam::${accountId}:role/${roleName}`],
      conditions,
    }));
  }

  public problems(groupId: string): string[] {
    const managed = this.policies.filter(({ isManaged }) => isManaged).length;
    return managed <= MAX_MANAGED_POLICIES ? [] : [`canAssume of group '${groupId}' has ${this.roles} roles, which take ${managed} managed policies: `
      + `IAM allows ${MAX_MANAGED_POLICIES} in one group, so divide it, and give its users both groups`];
  }

  private addPolicy(inline: boolean): Policy {
    // one statement for all roles, whatever the feature flags
    const document = new iam.PolicyDocument({ minimize: true });
    const isManaged = !inline || this.policies.some(known => !known.isManaged);
    const managed = this.policies.filter(known => known.isManaged).length;
    const groups = [this.group];
    const stack = !isManaged ? Stack.of(this.group)
      : new NestedStack(this.group, `MayAssume${managed + 2}`, { description: 'More roles that a group may assume' });
    if (isManaged) {
      new iam.ManagedPolicy(stack, 'CanAssume', { groups, document });
    } else {
      new iam.Policy(this.group, 'CanAssume', { groups, document });
    }
    const policy = new Policy(stack, document, isManaged);
    this.policies.push(policy);
    return policy;
  }
}

interface Addition {
  readonly condition: string;
  readonly arn: string;
}

class Policy {
  private length = '{"Statement":[],"Version":"2012-10-17"}'.length;
  private readonly conditions = new Set<string>();

  constructor(
    public readonly stack: Stack,
    private readonly document: iam.PolicyDocument,
    public readonly isManaged: boolean,
  ) {}

  public hasRoomFor(addition: Addition): boolean {
    return this.lengthWith(addition) <= (this.isManaged ? MAX_MANAGED_POLICY : MAX_GROUP_POLICY);
  }

  public take(addition: Addition, statement: iam.PolicyStatement): void {
    this.length = this.lengthWith(addition);
    this.conditions.add(addition.condition);
    this.document.addStatements(statement);
  }

  private lengthWith({ condition, arn }: Addition): number {
    const statement = this.conditions.has(condition) ? 0
      : `{"Action":"sts:AssumeRole","Condition":${condition},"Effect":"Allow","Resource":[]},`.length;
    return this.length + statement + `"${arn}",`.length;
  }
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_GROUP_POLICY = 5120;
const MAX_MANAGED_POLICY = 6144;
const MAX_MANAGED_POLICIES = 10;
