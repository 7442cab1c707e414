import { App, ContextProvider, Stack } from 'aws-cdk-lib';

export const ROOT = '100000000000';
export const REGION = 'eu-west-1';
export const EMAIL = 'aws@acme.example';

export const stageNames = (count: number) => Array.from({ length: count }, (_, index) => `stage-${index}`);
export const emailOf = (name: string) => EMAIL.replace('@', `+${name}@`);
export const accountIdOf = (name: string) => `${200000000000 + Number(name.split('-')[1])}`;

/** What `cdk.context.json` holds once the accounts exist. */
export function knownAccounts(count: number): Record<string, unknown> {
  const stack = new Stack(new App(), 'asking', { env: { account: ROOT, region: REGION } });
  return Object.fromEntries(stageNames(count).map(name => [
    ContextProvider.getKey(stack, {
      provider: 'cc-api-provider',
      props: {
        typeName: 'AWS::Organizations::Account',
        propertyMatch: { Email: emailOf(name) },
        propertiesToReturn: ['AccountId'],
        expectedMatchCount: 'exactly-one',
      },
    }).key,
    [{ AccountId: accountIdOf(name), Identifier: accountIdOf(name) }],
  ]));
}
