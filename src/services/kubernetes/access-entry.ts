import { createHash } from 'crypto';
import { Lazy, Stack, Stage } from 'aws-cdk-lib';
import { CfnAccessEntry, CfnCluster } from 'aws-cdk-lib/aws-eks';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Who may do what in a Kubernetes cluster. */
export interface Access {
  readonly principalArn: string;
  readonly grantee: IGrantable;
  /** Of which more may come. */
  readonly policies: Set<string>;
}

export function addAccessEntry(scope: Construct, cluster: CfnCluster, access: Access): void {
  const { principalArn, grantee, policies } = access;
  const stack = Stack.of(scope);
  // of what the tokens stand for: they themselves are numbered differently each time
  const identity = createHash('sha256').update(JSON.stringify(stack.resolve(principalArn))).digest('hex').slice(0, 8);
  const entry = new CfnAccessEntry(scope, `Access${identity}`, {
    clusterName: cluster.ref,
    principalArn,
    accessPolicies: Lazy.any({
      produce: () => [...policies].sort().map(name => ({
        policyArn: `arn:${stack.partition}:eks::aws:cluster-access-policy/${name}`, accessScope: { type: 'cluster' },
      })),
    }),
  });
  // a role that is known by its name only has to be there as well, in whatever stack of the stage it is
  if (Construct.isConstruct(grantee) && Stage.of(grantee) === Stage.of(scope)) {
    entry.node.addDependency(grantee);
  }
}
