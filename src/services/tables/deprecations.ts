/** Suppresses deprecation warnings for properties that older versions of the CDK pass to themselves. */
export function withoutDeprecations<T>(define: () => T): T {
  const { JSII_DEPRECATED: before } = process.env;
  process.env.JSII_DEPRECATED = 'quiet';
  try {
    return define();
  } finally {
    if (before === undefined) {
      delete process.env.JSII_DEPRECATED;
    } else {
      process.env.JSII_DEPRECATED = before;
    }
  }
}
