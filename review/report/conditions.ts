import { all, part } from './values';
import { Resource, Stack } from '../assembly';

/**
 * A resource as AWS makes it if parameters have their defaults; undefined if a condition leaves it out. What is not
 * known before the deployment stays as it is.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
 */
export function asMade(stack: Stack, resource: Resource): Resource | undefined {
  const above = resource.id.slice(0, resource.id.lastIndexOf('/') + 1);
  const declared = (section: string, name: unknown) => stack.declarations?.get(`${above}${section}/${name}`);
  const isTrue = (condition: unknown): boolean | undefined => {
    const { 'Fn::Equals': equal, 'Fn::Not': not, 'Fn::And': and, 'Fn::Or': or, Condition: other } = (condition ?? {}) as Record<string, unknown>;
    if (Array.isArray(equal)) {
      const [one, two] = equal.map(value);
      return one === undefined || two === undefined ? undefined : one === two;
    }
    const inside = all(not ?? and ?? or).map(isTrue);
    return not !== undefined ? (inside[0] === undefined ? undefined : !inside[0])
      : and !== undefined ? (inside.includes(false) ? false : inside.includes(undefined) ? undefined : true)
        : or !== undefined ? (inside.includes(true) ? true : inside.includes(undefined) ? undefined : false)
          : other === undefined ? undefined : isTrue(declared('Conditions', other));
  };
  const value = (words: unknown): string | undefined => {
    const text = part(words, 'Ref') === undefined ? words : part(declared('Parameters', part(words, 'Ref')), 'Default');
    return typeof text === 'object' || text === undefined ? undefined : String(text);
  };
  const chosen = (properties: unknown): unknown => {
    if (Array.isArray(properties)) {
      return properties.map(chosen).filter(one => one !== undefined);
    }
    if (typeof properties !== 'object' || properties === null) {
      return properties;
    }
    if (part(properties, 'Ref') === 'AWS::NoValue') {
      return undefined;
    }
    const [name, yes, no] = all(part(properties, 'Fn::If'));
    const isChosen = name === undefined ? undefined : isTrue(declared('Conditions', name));
    if (isChosen !== undefined) {
      return chosen(isChosen ? yes : no);
    }
    return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, chosen(inner)]));
  };
  return resource.condition !== undefined && isTrue(declared('Conditions', resource.condition)) === false ? undefined
    : { ...resource, properties: chosen(resource.properties) as Record<string, unknown> };
}
