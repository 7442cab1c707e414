import { ContextProvider, Stack } from 'aws-cdk-lib';
import { ContextProvider as Provider } from 'aws-cdk-lib/cloud-assembly-schema';

/**
 * ID of the account with this e-mail address, if the CDK CLI has found it.
 *
 * `ContextProvider.getValue` would add the error of a failed lookup to the requesting stack. That stack is the one
 * that is about to create the account, so the lookup is requested without it.
 */
export function lookUpAccountId(asking: Stack, email: string): string | undefined {
  const { key, props } = ContextProvider.getKey(asking, {
    provider: Provider.CC_API_PROVIDER,
    props: {
      typeName: 'AWS::Organizations::Account',
      propertyMatch: { Email: email },
      propertiesToReturn: ['AccountId'],
      expectedMatchCount: 'exactly-one',
    },
  });
  const found: unknown = asking.node.tryGetContext(key);
  if (Array.isArray(found) && /^\d{12}$/.test(found[0]?.AccountId)) {
    return found[0].AccountId;
  }
  // nothing, an error, or an unexpected answer: look it up (again)
  asking.reportMissingContextKey({ key, provider: Provider.CC_API_PROVIDER, props: props as never });
  return undefined;
}
