import { Aws, Fn } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Physical name: lower case, unique to this stack, 22 characters longer than its readable part. Names of retained
 * resources do not conflict with those of the stack's next deployment.
 */
export function uniqueName(scope: IConstruct, label = scope.node.id, mostReadable = 18): string {
  const readable = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '')
    .slice(0, mostReadable).replace(/-$/, '');
  const stackId = Fn.select(4, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
  return `${readable || 'of'}-${scope.node.addr.slice(-8)}-${stackId}`;
}
