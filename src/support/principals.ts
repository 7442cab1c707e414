import { Reference, Tokenization } from 'aws-cdk-lib';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

const ROLE_OR_USER = /^arn:[^:]+:iam::[^:*?]+:(role|user)\/[^*?]+$/;

/** The ARN of the one role or user that a grantee is, without conditions. It throws if it is anything else. */
export function roleOrUser(property: string, grantee: IGrantable): string {
  const { principalJson, conditions } = grantee.grantPrincipal.policyFragment;
  const [arn, more] = (principalJson as { AWS?: string[] }).AWS ?? [];
  const isOne = arn !== undefined && more === undefined && (ROLE_OR_USER.test(arn) || isReference(arn));
  if (!isOne || Object.keys(conditions).length > 0) {
    throw new Error(`${property} holds ${JSON.stringify(principalJson)}: `
      + 'give roles or users one by one, as `stage.readOnly` or `new ArnPrincipal(arn)`');
  }
  return arn;
}

/** What a role or user is called outside of templates: its ARN, or its path if AWS makes up the name. */
export function knownAs(grantee: IGrantable): string {
  const arn = roleOrUser('grantee', grantee);
  return isReference(arn) && Construct.isConstruct(grantee) ? grantee.node.path : arn;
}

/** The ARN of a resource of this app, and nothing put together of tokens, which could end in `:root`. */
function isReference(arn: string): boolean {
  const { length, firstToken } = Tokenization.reverseString(arn);
  return length === 1 && Reference.isReference(firstToken);
}
