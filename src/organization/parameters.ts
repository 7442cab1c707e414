/**
 * Parameter in which one stack of root leaves an ID for another. An export cannot be removed while a stack imports it,
 * a parameter can.
 */
export function parameterName(namespace: string, ...parts: string[]): string {
  return `/${[namespace, ...parts].join('/')}`;
}

/** Dynamic reference to the value of the parameter at deployment. */
export function parameterValue(name: string): string {
  return `{{resolve:ssm:${name}}}`;
}
