import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

const WATCHED = Symbol.for('cdk-multi-account-org.refuseCrossAccountReferences');

/**
 * Rejects references between accounts, once for a whole app.
 *
 * Since 2.254, the CDK silently resolves them with a role in the producing account that the consuming account may
 * assume; older versions reject them. That role is what is searched for. It may appear after its stage is synthesized,
 * hence the validation at the very end and at the root.
 */
export function refuseCrossAccountReferences(root: IConstruct): void {
  if (WATCHED in root) {
    return;
  }
  Object.defineProperty(root, WATCHED, { value: true });
  root.node.addValidation({
    validate: () => root.node.findAll()
      .filter(child => child.node.tryFindChild('Publish')?.node.tryFindChild('GetStackOutputRole'))
      .map(producer => `a stack of another account refers to a value of '${producer.node.path}' in account `
        + `'${Stack.of(producer).account}', which would let it read there: give the resource a name and use the name, as in `
        + '`Bucket.fromBucketName`'),
  });
}
