import { DeedCaller } from './deed';
import { unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals } from './statements';

const USER = 'arn:aws:iam::333333333333:user/ada';

/** People are in root, or in a directory: an account of a stage has no users, and so no passwords. */
export function denyIamUsers(): GuardrailConfig {
  return ofPrincipals([
    deny('DenyIamUsers', {
      actions: ['iam:CreateLoginProfile', 'iam:CreateUser', 'iam:UpdateLoginProfile'],
      // root lets the root user of an account have a password again, by a session for that task
      conditions: { Null: { 'aws:AssumedRoot': 'true' } },
    }),
  ], {
    stops: [
      deed('create an IAM user', 'iam:CreateUser', USER, { source: 'https://github.com/aws-samples/service-control-policy-examples' }),
      deed('give a user a password', 'iam:CreateLoginProfile', USER),
      by(DeedCaller.DEPLOYMENT, deed('deploy an IAM user', 'iam:CreateUser', USER)),
    ],
    letsPass: [
      by(DeedCaller.PRIVILEGED_ROOT_SESSION, deed('create the password of the root user', 'iam:CreateLoginProfile', 'arn:aws:iam::333333333333:user/root', {
        source: 'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/IAMCreateRootUserPassword.html',
      })),
      deed('delete an IAM user', 'iam:DeleteUser', USER),
      deed('create a role', 'iam:CreateRole', 'arn:aws:iam::333333333333:role/shop'),
      deed('create an IAM user in root', 'iam:CreateUser', 'arn:aws:iam::111111111111:user/ada', { caller: DeedCaller.MANAGEMENT }),
    ],
  });
}

/** Keys that do not expire: access keys, and service-specific credentials, such as those of Bedrock. */
export function denyLongLivedKeys(): GuardrailConfig {
  return ofPrincipals([
    deny('DenyLongLivedKeys', {
      actions: ['iam:CreateAccessKey', 'iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential', 'iam:UploadSigningCertificate', 'iam:UploadSSHPublicKey'],
    }),
  ], {
    stops: [
      deed('create an access key', 'iam:CreateAccessKey', USER),
      deed('create a service-specific credential', 'iam:CreateServiceSpecificCredential', USER),
      by(DeedCaller.DEPLOYMENT, deed('deploy an access key', 'iam:CreateAccessKey', USER)),
    ],
    letsPass: [
      deed('delete an access key', 'iam:DeleteAccessKey', USER),
      deed('assume a role', 'sts:AssumeRole', 'arn:aws:iam::333333333333:role/shop'),
    ],
  });
}

/** Identity providers are deployed: none is made or changed by hand. */
export function protectIdentityProviders(scope: GuardrailScope): GuardrailConfig {
  const provider = 'arn:aws:iam::333333333333:oidc-provider/token.actions.githubusercontent.com';
  return ofPrincipals([
    deny('ProtectIdentityProviders', {
      actions: [
        'iam:AddClientIDToOpenIDConnectProvider', 'iam:CreateOpenIDConnectProvider', 'iam:CreateSAMLProvider',
        'iam:DeleteOpenIDConnectProvider', 'iam:DeleteSAMLProvider', 'iam:RemoveClientIDFromOpenIDConnectProvider',
        'iam:UpdateOpenIDConnectProviderThumbprint', 'iam:UpdateSAMLProvider', 'rolesanywhere:CreateProfile',
        'rolesanywhere:CreateTrustAnchor', 'rolesanywhere:DeleteCrl', 'rolesanywhere:DisableCrl', 'rolesanywhere:EnableTrustAnchor',
        'rolesanywhere:PutAttributeMapping', 'rolesanywhere:UpdateCrl', 'rolesanywhere:UpdateProfile', 'rolesanywhere:UpdateTrustAnchor',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('create an identity provider', 'iam:CreateOpenIDConnectProvider', provider),
      deed('trust certificates of somebody else', 'rolesanywhere:CreateTrustAnchor'),
      deed('let certificates become another role', 'rolesanywhere:UpdateProfile', 'arn:aws:rolesanywhere:eu-west-1:333333333333:profile/1'),
      deed('trust a certificate that was revoked', 'rolesanywhere:DeleteCrl', 'arn:aws:rolesanywhere:eu-west-1:333333333333:crl/1'),
      deed('change a SAML provider', 'iam:UpdateSAMLProvider', 'arn:aws:iam::333333333333:saml-provider/acme'),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy an identity provider', 'iam:CreateOpenIDConnectProvider', provider)),
      deed('list identity providers', 'iam:ListOpenIDConnectProviders'),
      deed('revoke a certificate', 'rolesanywhere:ImportCrl'),
      deed('stop to trust certificates', 'rolesanywhere:DisableTrustAnchor', 'arn:aws:rolesanywhere:eu-west-1:333333333333:trust-anchor/1'),
    ],
  });
}

/** The roles by which people of root enter a stage stay as they are deployed. */
export function protectAccessRoles(scope: GuardrailScope): GuardrailConfig {
  const { namespace } = scope.organization;
  const role = `arn:aws:iam::333333333333:role/${namespace}-prod-admin`;
  return ofPrincipals([
    deny('ProtectAccessRoles', {
      actions: [
        'iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePermissionsBoundary', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy',
        'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole',
      ],
      // those of the accounts themselves may have other names that begin like this
      resources: ['admin', 'read-only'].map(name => `arn:*:iam::*:role/${namespace}-*-${name}`),
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('let somebody else assume the role admin', 'iam:UpdateAssumeRolePolicy', role, { source: EXAMPLES.general }),
      deed('allow the read-only role more', 'iam:AttachRolePolicy', `arn:aws:iam::333333333333:role/${namespace}-prod-read-only`),
      deed('delete the role admin', 'iam:DeleteRole', role),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy the role admin', 'iam:UpdateAssumeRolePolicy', role)),
      deed('change a role of its own', 'iam:UpdateAssumeRolePolicy', 'arn:aws:iam::333333333333:role/shop'),
      deed('see the role admin', 'iam:GetRole', role),
    ],
  });
}
