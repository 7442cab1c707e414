import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { OrganizationPolicyType } from './organization-policy-type';

/** Types with statements about principals. */
export const AUTHORIZING = [OrganizationPolicyType.SERVICE_CONTROL.name, OrganizationPolicyType.RESOURCE_CONTROL.name];

/**
 * Actions on data that a resource control policy can limit, which those of STS are not.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export const OF_RCPS = ['dynamodb:*', 'ecr:*', 'kms:*', 'logs:*', 's3:*', 'secretsmanager:*', 'sqs:*'];

/**
 * Throws at statements that AWS would refuse in a policy of this type.
 *
 * @param whose such as `policy 'regions'`
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
export function checkStatements(
  whose: string, { name }: OrganizationPolicyType, statements: iam.PolicyStatement[],
): void {
  if (!AUTHORIZING.includes(name)) {
    throw new Error(`${whose} has statements, which a ${name} does not take: give a document of that type`);
  }
  if (statements.length === 0) {
    throw new Error(`${whose} has no statement: give one`);
  }
  const sids = statements.flatMap(({ sid }) => sid ?? []).filter(sid => !Token.isUnresolved(sid));
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined) {
    throw new Error(`${whose} has two statements with the sid '${twice}': give each another one`);
  }
  statements.forEach((statement, index) => {
    const problem = problemOf(name, statement);
    if (problem !== undefined) {
      throw new Error(`statement ${statement.sid ? `'${statement.sid}'` : index + 1} of ${whose} ${problem}`);
    }
  });
}

function problemOf(type: string, statement: iam.PolicyStatement): string | undefined {
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement.toStatementJson();
  if ((Action ?? NotAction) === undefined) {
    return 'has no actions: name some, or notActions';
  }
  if ((Resource ?? NotResource) === undefined) {
    return "has no resources: name some, or give ['*']";
  }
  if (type === OrganizationPolicyType.SERVICE_CONTROL.name) {
    return (Principal ?? NotPrincipal) === undefined ? undefined
      : `names principals, which a ${type} does not take: name them in a condition on aws:PrincipalArn`;
  }
  if (statement.effect === iam.Effect.ALLOW) {
    return `allows, and a ${type} only denies: give it Effect.DENY`;
  }
  if (Principal !== '*') {
    return `has other principals than a StarPrincipal, which is all that a ${type} takes: name them in a condition on aws:PrincipalArn`;
  }
  return NotAction !== undefined || [Action].flat().includes('*')
    ? `denies actions of all services, which a ${type} does not take: name those of a service, such as s3:GetObject` : undefined;
}
