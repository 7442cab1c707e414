import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import { Construct } from 'constructs';
import { accept } from '../../support/nag';

const ID = 'MasterRole';

/** Role with full access to a domain. */
export function masterRole(scope: Construct, removalPolicy: RemovalPolicy): iam.Role {
  const role = new iam.Role(scope, ID, {
    description: `May do everything in ${scope.node.path}`, assumedBy: new iam.AccountRootPrincipal(),
  });
  role.applyRemovalPolicy(removalPolicy);
  return role;
}

/** Allows the master role everything, and principals of the account what their own policies allow. */
export function admit(domain: opensearch.Domain, master: iam.IRole, removalPolicy: RemovalPolicy): void {
  // requests must be signed
  (domain.node.defaultChild as opensearch.CfnDomain).accessPolicies = new iam.PolicyDocument({
    statements: [new iam.PolicyStatement({
      principals: [new iam.AccountRootPrincipal()],
      actions: ['es:ESHttp*'],
      resources: ['*'], // of this domain, whose name is not known yet
    })],
  });
  domain.grantReadWrite(master);
  const own = domain.node.scope!.node.tryFindChild(ID)?.node.tryFindChild('DefaultPolicy') as iam.Policy | undefined;
  if (own) {
    own.applyRemovalPolicy(removalPolicy);
    accept(own, { rule: 'AwsSolutions-IAM5', reason: 'the master role may do everything in this domain, and nothing elsewhere' });
  }
}

/** Allows a principal to read, including searches with `POST`. */
export function grantRead(domain: opensearch.IDomain, grantee: iam.IGrantable): iam.Grant {
  const searches = ['_search', '_msearch', '_count', '_mget']
    .flatMap(path => [`${domain.domainArn}/${path}`, `${domain.domainArn}/*/${path}`]);
  return domain.grantRead(grantee).combine(iam.Grant.addToPrincipal({
    grantee, actions: ['es:ESHttpPost'], resourceArns: searches,
  }));
}
