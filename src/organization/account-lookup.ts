import { ContextProvider, Stack } from 'aws-cdk-lib';
import { ContextProvider as Provider } from 'aws-cdk-lib/cloud-assembly-schema';
import { PROVIDER_ERROR_KEY } from 'aws-cdk-lib/cx-api';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { accountIdProblem } from '../support/rules';

/** Account as the context has it. */
export interface FoundAccount {
  /** Not set if the account has not been found, or if it is not known what was found. */
  readonly accountId?: string;
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
export function lookUpAccount(asking: Stack, email: string, parameterName: string): FoundAccount {
  const found = answer(asking, Provider.CC_API_PROVIDER, accountOf(email));
  if (found === undefined) {
    return { hasStack: false, problems: [] };
  }
  const accountId = accountIn(found);
  if (accountId === undefined) {
    const problem = `cdk.context.json has ${JSON.stringify(found)} for the account of '${email}': remove it with \`npx cdk context --reset\`, `
      + 'so that it is looked up again';
    return { hasStack: false, problems: [problem] };
  }
  // without an answer it is what it nearly always is; with one, it is in the context and not asked for again
  const made = answer(asking, Provider.SSM_PARAMETER_PROVIDER, {
    parameterName, dummyValue: NO_STACK, ignoreErrorOnMissingContext: true,
  });
  const other = made !== undefined && made !== NO_STACK && made !== accountId;
  return {
    accountId,
    hasStack: made !== NO_STACK,
    problems: !other ? [] : [`account '${accountId}' of '${email}' in cdk.context.json is not ${JSON.stringify(made).replace(/"/g, '\'')}, which `
      + `the same file has as value of '${parameterName}': remove both with \`npx cdk context --reset\`, so that they are looked up again`],
  };
}

/** Another region in which the account was found before: the stacks of root are there. */
export function formerRegion(asking: Stack, email: string): string | undefined {
  const { key } = ContextProvider.getKey(asking, { provider: Provider.CC_API_PROVIDER, props: accountOf(email) });
  const there = (region: string) => key.replace(`:region=${asking.region}`, `:region=${region}`);
  return RegionInfo.regions.map(({ name }) => name)
    .find(region => region !== asking.region && accountIn(asking.node.tryGetContext(there(region))) !== undefined);
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

function answer(asking: Stack, provider: Provider, asked: { [name: string]: unknown }): unknown {
  const { key, props } = ContextProvider.getKey(asking, { provider, props: asked });
  const value: unknown = asking.node.tryGetContext(key) ?? undefined;
  const failed = (value as { readonly [PROVIDER_ERROR_KEY]?: string } | undefined)?.[PROVIDER_ERROR_KEY] !== undefined;
  if (value === undefined || failed) {
    asking.reportMissingContextKey({ key, provider, props: props as never });
  }
  return failed ? undefined : value;
}

/** The one account that was found, checked as one that is written. */
function accountIn(value: unknown): string | undefined {
  const [id, ...others] = Array.isArray(value) ? value.map(found => found?.AccountId as unknown) : [];
  return typeof id === 'string' && others.length === 0 && accountIdProblem('', id).length === 0 ? id : undefined;
}
