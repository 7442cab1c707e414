import { Stack, Stage, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { NO_ACCOUNT } from '../../support/rules';

/** Earlier constructs in the tree of the same type, account and region, which could conflict with a construct. */
export function earlierSiblings<T extends IConstruct>(
  construct: T, kind: abstract new (...args: never[]) => T,
): T[] {
  const all = construct.node.root.node.findAll().filter((node): node is T => node instanceof kind);
  return all.slice(0, all.indexOf(construct)).filter(other => endUpTogether(construct, other));
}

function endUpTogether(one: IConstruct, other: IConstruct): boolean {
  const [here, there] = [Stack.of(one), Stack.of(other)];
  if (here.account !== there.account || here.region !== there.region) {
    return false;
  }
  // accounts that do not exist yet, or that only the CLI knows, may differ in the end
  const known = here.account !== NO_ACCOUNT && ![here.account, here.region].some(Token.isUnresolved);
  return known || Stage.of(one) === Stage.of(other);
}
