import { Answer, either, Unknown } from './answers';
import { all, part } from './values';
import { Resource, Stack } from '../assembly/assembly';

/** Conditions of which both cases are looked at: twice as many cases for each. */
const MOST = 8;

/** The answer for a stack as AWS makes it, if it is the same in each case that its conditions leave open. */
export function ask(
  stack: Stack, question: (at: Case) => Answer | undefined, assumed: ReadonlyMap<string, boolean> = new Map(),
): Answer | undefined {
  const open: string[] = [];
  const answer = question(new Case(stack, condition => {
    const holds = assumed.get(condition);
    open.push(...holds === undefined ? [condition] : []);
    return holds ?? false;
  }));
  const [first] = open;
  const when = (holds: boolean) => ask(stack, question, new Map([...assumed, [first, holds]]));
  return first === undefined ? answer : assumed.size === MOST ? 'unknown' : either(when(true), when(false));
}

/**
 * A stack as AWS makes it if parameters have their defaults, and what only the deployment knows is as it is assumed.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
export class Case {
  constructor(private readonly stack: Stack, private readonly assume: (condition: string) => boolean) {}

  /** Undefined if a condition leaves it out. */
  public made(resource: Resource): Resource | undefined {
    return !this.isMade(resource) ? undefined
      : { ...resource, properties: this.value(resource, resource.properties) as Resource['properties'] };
  }

  /** What is written in a resource, as it is chosen. */
  public value({ id }: Resource, written: unknown): unknown {
    return this.chosen(above(id), written);
  }

  private isMade({ id, condition }: Resource): boolean {
    const nested = this.nested(above(id));
    return (nested === undefined || this.isMade(nested))
      && (condition === undefined || this.holds(above(id), condition));
  }

  private nested(inside: string): Resource | undefined {
    return this.stack.resources.get(inside.slice(0, -1));
  }

  private holds(inside: string, name: unknown, from: unknown[] = []): boolean {
    const declared = this.stack.declarations?.get(`${inside}Conditions/${name}`);
    // conditions that name each other are an error of the template
    return declared === undefined || from.includes(name) ? this.assume(`${inside}${name}`)
      : this.isTrue(inside, declared, [...from, name]);
  }

  private isTrue(inside: string, condition: unknown, from: unknown[]): boolean {
    const { 'Fn::Equals': equal, 'Fn::Not': not, 'Fn::And': and, 'Fn::Or': or, Condition: other } = (condition ?? {}) as Record<string, unknown>;
    const isTrue = (inner: unknown) => this.isTrue(inside, inner, from);
    if (not !== undefined) {
      return !isTrue(all(not)[0]);
    }
    if (and !== undefined || or !== undefined) {
      return and !== undefined ? all(and).every(isTrue) : all(or).some(isTrue);
    }
    if (other !== undefined) {
      return this.holds(inside, other, from);
    }
    const [one, two] = all(equal).map(operand => this.chosen(inside, operand));
    const isKnown = [one, two].every(operand => operand !== undefined && typeof operand !== 'object');
    return isKnown ? String(one) === String(two) : this.assume(`${inside}${JSON.stringify(condition)}`);
  }

  private chosen(inside: string, written: unknown): unknown {
    if (Array.isArray(written)) {
      return written.map(one => this.chosen(inside, one)).filter(one => one !== undefined);
    }
    if (typeof written !== 'object' || written === null) {
      return written;
    }
    const { 'Ref': name, 'Fn::If': choice } = written as Record<string, unknown>;
    if (name !== undefined) {
      return name === 'AWS::NoValue' ? undefined : this.parameter(inside, String(name)) ?? written;
    }
    if (Array.isArray(choice)) {
      return this.chosen(inside, choice[this.holds(inside, choice[0]) ? 1 : 2]);
    }
    return Object.fromEntries(Object.entries(written).map(([key, inner]) => [key, this.chosen(inside, inner)]));
  }

  /** The default of one of Systems Manager is where its value is. */
  private parameter(inside: string, name: string): string | number | boolean | string[] | Unknown | undefined {
    const declared = this.stack.declarations?.get(`${inside}Parameters/${name}`);
    const value = part(this.nested(inside)?.properties, 'Parameters', name) ?? part(declared, 'Default');
    const type = String(part(declared, 'Type'));
    return declared === undefined ? undefined
      : typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' || type.startsWith('AWS::SSM::') ? { Unknown: name }
        : /^(List<.*|CommaDelimitedList)$/.test(type) ? String(value).split(',').map(one => one.trim()) : value;
  }
}

/** IDs of the nested stacks that a resource is in. */
function above(id: string): string {
  return id.slice(0, id.lastIndexOf('/') + 1);
}
