/** Defines something of the CDK that warns, in versions that we support, of what the CDK gives to itself there. */
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
