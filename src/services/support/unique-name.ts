import { Aws, Fn } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A name for what has to have one: lower-case characters, 22 more than are readable, of this stack only. So what is
 * kept never stands in the way of the stack's next life.
 */
export function uniqueName(scope: IConstruct, label = scope.node.id, mostReadable = 18): string {
  const readable = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '')
    .slice(0, mostReadable).replace(/-$/, '');
  const stackId = Fn.select(4, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
  return `${readable || 'of'}-${scope.node.addr.slice(-8)}-${stackId}`;
}
