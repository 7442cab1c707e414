import { Aws, Fn } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * A name for what has to have one: at most 40 lower-case characters, of this stack only. So what is kept never stands
 * in the way of the stack's next life.
 */
export function uniqueName(scope: IConstruct, label = scope.node.id): string {
  const readable = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '')
    .slice(0, 18).replace(/-$/, '');
  const stackId = Fn.select(4, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
  return `${readable || 'of'}-${scope.node.addr.slice(-8)}-${stackId}`;
}
