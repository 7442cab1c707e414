import { ContextProvider, Stack } from 'aws-cdk-lib';
import { ContextProvider as Provider } from 'aws-cdk-lib/cloud-assembly-schema';

/** An account that exists. */
export interface FoundAccount {
  readonly accountId: string;
  /** Returns whether the stack that creates it has done so. A creation that fails leaves the account, and no stack. */
  readonly hasStack: boolean;
}

/**
 * Account with this e-mail address, if the CDK CLI has found it. Then, once, it is asked for the parameter that the
 * stack of an account writes: the rollback of a creation that failed removes the parameter, and keeps the account.
 *
 * `ContextProvider.getValue` would add the error of a failed lookup to the asking stack, and everything else of root
 * can be deployed without an answer.
 */
export function lookUpAccount(asking: Stack, email: string, parameterName: string): FoundAccount | undefined {
  const found = answer(asking, Provider.CC_API_PROVIDER, {
    typeName: 'AWS::Organizations::Account',
    propertyMatch: { Email: email },
    propertiesToReturn: ['AccountId'],
    expectedMatchCount: 'exactly-one',
  }, isAccount);
  // without an answer it is what it nearly always is; with one, it is in the context and not asked for again
  return found && {
    accountId: found[0].AccountId,
    hasStack: answer(asking, Provider.SSM_PARAMETER_PROVIDER, {
      parameterName, dummyValue: NO_STACK, ignoreErrorOnMissingContext: true,
    }, isText) !== NO_STACK,
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
