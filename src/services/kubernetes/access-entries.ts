import { createHash } from 'crypto';
import { Lazy, Stack, Stage } from 'aws-cdk-lib';
import { CfnAccessEntry, CfnCluster } from 'aws-cdk-lib/aws-eks';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { identityOf, roleOrUser } from '../../support/principals';

/** Access entries of a Kubernetes cluster: one for each principal, because EKS allows only one. */
export class AccessEntries {
  private readonly policies = new Map<string, Set<string>>();

  constructor(private readonly scope: Construct, private readonly cluster: CfnCluster) {}

  /** Adds a policy to the entry of a role or user. */
  public add(method: string, grantee: IGrantable, policy: string): void {
    const principalArn = roleOrUser(method, grantee);
    const identity = identityOf(Stack.of(this.scope), principalArn);
    const known = this.policies.get(identity);
    if (known) {
      known.add(policy);
    } else {
      const policies = new Set([policy]);
      this.policies.set(identity, policies);
      this.define(principalArn, grantee, policies);
    }
  }

  /** Defines an entry with policies, to which more may be added. */
  private define(principalArn: string, grantee: IGrantable, policies: Set<string>): void {
    const stack = Stack.of(this.scope);
    // resolved, because tokens are numbered differently each time
    const identity = createHash('sha256').update(JSON.stringify(stack.resolve(principalArn))).digest('hex').slice(0, 8);
    const entry = new CfnAccessEntry(this.scope, `Access${identity}`, {
      clusterName: this.cluster.ref,
      principalArn,
      accessPolicies: Lazy.any({
        produce: () => [...policies].sort().map(name => ({
          policyArn: `arn:${stack.partition}:eks::aws:cluster-access-policy/${name}`, accessScope: { type: 'cluster' },
        })),
      }),
    });
    // a role that is referenced by its name must also exist, in whatever stack of the stage it is
    if (Construct.isConstruct(grantee) && Stage.of(grantee) === Stage.of(this.scope)) {
      entry.node.addDependency(grantee);
    }
  }
}
