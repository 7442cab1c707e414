import { CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { IGrantable } from 'aws-cdk-lib/aws-iam';

const ROLE_OR_USER = /^arn:[^:]+:iam::[^:*?]+:(role|user)\/[^*?]+$/;

/** The ARN of the one role or user that a grantee is, without conditions. Nothing if it is anything else. */
export function roleOrUserArn(stack: Stack, grantee: IGrantable): string | undefined {
  const { principalJson, conditions } = grantee.grantPrincipal.policyFragment;
  const [arn, more] = (principalJson as { AWS?: string[] }).AWS ?? [];
  const isOne = arn !== undefined && more === undefined && Object.keys(conditions).length === 0;
  return isOne && (ROLE_OR_USER.test(arn) || mayBeRoleOrUser(stack, arn)) ? arn : undefined;
}

/** A token of which nothing is known that speaks against it. */
function mayBeRoleOrUser(stack: Stack, arn: string): boolean {
  const { length, firstToken } = Tokenization.reverseString(arn);
  const resource = Reference.isReference(firstToken) ? firstToken.target : undefined;
  const isOther = CfnResource.isCfnResource(resource) && !/^AWS::IAM::(Role|User)$/.test(resource.cfnResourceType);
  const isAccount = JSON.stringify(stack.resolve(arn)).includes(':root"');
  return Token.isUnresolved(arn) && length === 1 && !isOther && !isAccount;
}
