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

/** A name for exports of root's stacks. */
export function exportName(namespace: string, ...parts: string[]): string {
  return [namespace, ...parts.map(part => part.replace(/[^A-Za-z0-9]+/g, '-'))].join(':');
}
