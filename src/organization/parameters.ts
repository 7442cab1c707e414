import { createHash } from 'crypto';
import { Annotations, CfnParameter, IResolvable, IResolveContext, Stack, Token } from 'aws-cdk-lib';

/**
 * Parameter in which one stack of root leaves an ID for another. An export cannot be removed while a stack imports it,
 * a parameter can.
 */
export function parameterName(namespace: string, ...parts: string[]): string {
  return `/${[namespace, ...parts].join('/')}`;
}

/**
 * Has a stack read parameters by dynamic references, so that `cdk import` can bring it back: the CLI imports resources
 * without the parameters of the template. It may read 60.
 */
export function importable(stack: Stack): Stack {
  IMPORTABLE.add(stack);
  return stack;
}

/**
 * Number of the template about the stage with this index, so that none has too many parameters: each may have
 * 200, and has others. What is no stage is in the first.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export function partOf(index: number): number {
  return Math.floor(Math.max(index, 0) / 150) + 1;
}

const IMPORTABLE = new WeakSet<Stack>();

/**
 * Value of the parameter at deployment, in whatever stack of root it is used.
 *
 * @param accountId that of root, where consumers may use the value: any other stack has an error annotation
 */
export function parameterValue(name: string, accountId?: string): string {
  return Token.asString(new ParameterValue(name, accountId));
}

/**
 * Parameter of the template that uses it. Not a dynamic reference: CloudFormation takes 60 in a template, and takes
 * one that reads the same for unchanged, whatever it leads to.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
class ParameterValue implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(private readonly name: string, private readonly accountId?: string) {}

  // the CDK resolves everything once to find references, before it writes templates
  public resolve({ scope }: IResolveContext): string {
    const stack = Stack.of(scope);
    this.tellIfElsewhere(stack);
    if (IMPORTABLE.has(stack)) {
      return `{{resolve:ssm:${this.name}}}`;
    }
    const id = `${this.name}-${createHash('sha256').update(this.name).digest('hex').slice(0, 8)}`;
    const known = stack.node.tryFindChild(id) as CfnParameter | undefined;
    return (known ?? new CfnParameter(stack, id, {
      type: 'AWS::SSM::Parameter::Value<String>',
      default: this.name,
      // by this, the CDK CLI does not update the stack each time: another value has another name
      description: '[cdk:skip]',
    })).valueAsString;
  }

  public toString(): string {
    return Token.asString(this);
  }

  private tellIfElsewhere(stack: Stack): void {
    const told = `it reads '${this.name}', which only stacks of root can: give what that holds, once it is there`;
    const isElsewhere = this.accountId !== undefined && stack.account !== this.accountId;
    // everything is resolved several times
    if (isElsewhere && !stack.node.metadata.some(({ data }) => data === told)) {
      Annotations.of(stack).addError(told);
    }
  }
}
