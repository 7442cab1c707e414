const KEYS = 'route53:ChangeResourceRecordSets';

/** Values of the condition keys of a change of DNS records, possibly with wildcards. */
export interface RecordChanges {
  /** In lower case, without a trailing dot. */
  readonly NormalizedRecordNames: string[];
  readonly RecordTypes: string[];
  readonly Actions?: string[];
}

/**
 * Conditions that every record of a request meets. `ForAllValues` alone also holds for a request that lacks the key.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function recordChanges(changes: RecordChanges): Record<string, Record<string, string | string[]>> {
  const values = Object.entries(changes).map(([key, value]) => [`${KEYS}${key}`, value as string[]]);
  return {
    'ForAllValues:StringLike': Object.fromEntries(values),
    'Null': Object.fromEntries(values.map(([key]) => [key, 'false'])),
  };
}
