/**
 * Where one stack of root leaves an id for another. An export could never go while anything imports it, a parameter
 * can.
 */
export function parameterName(namespace: string, ...parts: string[]): string {
  return `/${[namespace, ...parts].join('/')}`;
}

/** What a stack writes for the value that stands there when it is deployed. */
export function parameterValue(name: string): string {
  return `{{resolve:ssm:${name}}}`;
}
