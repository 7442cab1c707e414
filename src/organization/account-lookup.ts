import { ContextProvider, Stack } from 'aws-cdk-lib';
import { ContextProvider as Provider } from 'aws-cdk-lib/cloud-assembly-schema';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** An account that exists. */
export interface FoundAccount {
  readonly accountId: string;
  /** Returns whether the stack that creates it has done so. A creation that fails leaves the account, and no stack. */
  readonly hasStack: boolean;
  /** Returns what is wrong with the answers, which the context keeps, and anybody may change. */
  readonly problems: string[];
}

/**
 * Account with this e-mail address, if the CDK CLI has found it. Then, once, it is asked for the parameter that the
 * stack of an account writes: the rollback of a creation that failed removes the parameter, and keeps the account.
 *
 * `ContextProvider.getValue` would add the error of a failed lookup to the asking stack, and everything else of root
 * can be deployed without an answer.
 */
export function lookUpAccount(asking: Stack, email: string, parameterName: string): FoundAccount | undefined {
  const found = answer(asking, Provider.CC_API_PROVIDER, accountOf(email), isAccount);
  if (found === undefined) {
    return undefined;
  }
  const [{ AccountId: accountId }] = found;
  // without an answer it is what it nearly always is; with one, it is in the context and not asked for again
  const made = answer(asking, Provider.SSM_PARAMETER_PROVIDER, {
    parameterName, dummyValue: NO_STACK, ignoreErrorOnMissingContext: true,
  }, isText);
  const other = made !== undefined && made !== NO_STACK && made !== accountId;
  return {
    accountId,
    hasStack: made !== NO_STACK,
    problems: !other ? [] : [`account '${accountId}' of '${email}' in cdk.context.json is not '${made}', which the same file has as value `
      + `of '${parameterName}': remove both with \`npx cdk context --reset\`, so that they are looked up again`],
  };
}

/** Another region in which the account was found before: the stacks of root are there. */
export function formerRegion(asking: Stack, email: string): string | undefined {
  const { key } = ContextProvider.getKey(asking, { provider: Provider.CC_API_PROVIDER, props: accountOf(email) });
  const there = (region: string) => key.replace(`:region=${asking.region}`, `:region=${region}`);
  return RegionInfo.regions.map(({ name }) => name)
    .find(region => region !== asking.region && isAccount(asking.node.tryGetContext(there(region))));
}

function accountOf(email: string): { [name: string]: unknown } {
  return {
    typeName: 'AWS::Organizations::Account',
    propertyMatch: { Email: email },
    propertiesToReturn: ['AccountId'],
    expectedMatchCount: 'exactly-one',
  };
}

const NO_STACK = 'no-stack';

function answer<T>(
  asking: Stack, provider: Provider, asked: { [name: string]: unknown }, isAnswer: (value: unknown) => value is T,
): T | undefined {
  const { key, props } = ContextProvider.getKey(asking, { provider, props: asked });
  const value: unknown = asking.node.tryGetContext(key);
  if (isAnswer(value)) {
    return value;
  }
  // nothing, an error, or an unexpected answer: look it up (again)
  asking.reportMissingContextKey({ key, provider, props: props as never });
  return undefined;
}

function isAccount(value: unknown): value is [{ AccountId: string }] {
  return Array.isArray(value) && /^\d{12}$/.test(value[0]?.AccountId);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
