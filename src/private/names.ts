/** How root finds the bucket, the key and the trail: by names, because nothing else may be known across accounts. */
export function trailName(namespace: string): string {
  return `${namespace}-trail`;
}

/** Bucket names are taken world-wide, hence the account. */
export function trailBucketName(namespace: string, accountId: string): string {
  return `${namespace}-audit-trail-${accountId}`;
}

export function trailKeyAlias(namespace: string): string {
  return `alias/${namespace}-audit-trail`;
}

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
