import { Token } from 'aws-cdk-lib';
import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Pods of a service account in a cluster. */
export interface Pods {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly kubernetesNamespace: string;
  readonly serviceAccount: string;
}

/** Role for pods, and for nothing else. */
export function addPodIdentity(scope: Construct, pods: Pods): iam.Role {
  const { clusterName, clusterArn, kubernetesNamespace, serviceAccount } = pods;
  checkName('kubernetesNamespace', kubernetesNamespace, /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  checkName('serviceAccount', serviceAccount, /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
  const id = `PodIdentity-${kubernetesNamespace}.${serviceAccount}`;
  if (scope.node.tryFindChild(id)) {
    throw new Error(`serviceAccount '${serviceAccount}' in '${kubernetesNamespace}' has a role already: `
      + 'keep what the first call has returned, and grant more to it');
  }
  const identity = new Construct(scope, id);
  const principal = new iam.ServicePrincipal('pods.eks.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:RequestTag/eks-cluster-arn': clusterArn,
        'aws:RequestTag/kubernetes-namespace': kubernetesNamespace,
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
    },
  });
  const role = new iam.Role(identity, 'Role', { assumedBy: new iam.SessionTagsPrincipal(principal) });
  new CfnPodIdentityAssociation(identity, 'Resource', {
    clusterName, namespace: kubernetesNamespace, serviceAccount, roleArn: role.roleArn,
  });
  return role;
}

function checkName(property: string, name: string, form: RegExp): void {
  if (!Token.isUnresolved(name) && !form.test(name)) {
    throw new Error(`${property} '${name}' is not a name in Kubernetes: give lower-case letters, digits and '-'`);
  }
}
