import * as iam from 'aws-cdk-lib/aws-iam';
import { DeedCaller } from './deed';
import { assets, deployed, entrances, exemptRoles, unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, EXAMPLES, ofPrincipals, ofResources } from './statements';

const EXEC = 'arn:aws:iam::333333333333:role/cdk-hnb659fds-cfn-exec-role-333333333333-eu-west-1';
const DEPLOY = 'arn:aws:iam::333333333333:role/cdk-hnb659fds-deploy-role-333333333333-eu-west-1';
const ASSETS = 'arn:aws:s3:::cdk-hnb659fds-assets-333333333333-eu-west-1';
const IMAGES = 'arn:aws:ecr:eu-west-1:333333333333:repository/cdk-hnb659fds-container-assets-333333333333-eu-west-1';
const STACK = 'arn:aws:cloudformation:eu-west-1:333333333333:stack/acme-prod-shop/1';
const TOOLKIT = 'arn:aws:cloudformation:eu-west-1:333333333333:stack/CDKToolkit/1';

/**
 * The bootstrap, by which root deploys a stage, stays as it is: its stack, roles, buckets and parameters. Nobody in the
 * account becomes one of these roles, has CloudFormation use one, or changes or deletes a stack, which keeps the role
 * that it was deployed with.
 *
 * @param pipelines who deploys from inside of the account
 */
export function protectDeployment(scope: GuardrailScope, pipelines: string[] = []): GuardrailConfig {
  return ofPrincipals([
    deny('ProtectDeploymentRoles', {
      actions: [
        'iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePermissionsBoundary', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy',
        'iam:PassRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole',
      ],
      resources: exemptRoles(scope, pipelines),
      conditions: unlessDeploying(scope),
    }),
    // root is not bound, and assumes them still
    deny('ProtectDeploymentEntrances', {
      actions: ['sts:AssumeRole'],
      resources: entrances(scope),
      conditions: pipelines.length > 0 ? { ArnNotLike: { 'aws:PrincipalArn': pipelines } } : undefined,
    }),
    deny('ProtectDeploymentStacks', {
      actions: [
        'cloudformation:CancelUpdateStack', 'cloudformation:ContinueUpdateRollback', 'cloudformation:CreateChangeSet',
        'cloudformation:CreateStackRefactor', 'cloudformation:DeleteChangeSet', 'cloudformation:DeleteStack',
        'cloudformation:ExecuteChangeSet', 'cloudformation:ExecuteStackRefactor', 'cloudformation:RemoveAlias',
        'cloudformation:RollbackStack', 'cloudformation:SetAlias', 'cloudformation:SetStackPolicy', 'cloudformation:UpdateStack',
        'cloudformation:UpdateTerminationProtection',
      ],
      resources: deployed(scope),
      conditions: unlessDeploying(scope),
    }),
    deny('ProtectDeploymentAssets', {
      actions: [
        // by a rule of its own bucket, S3 replicates with a role of the account
        'ecr:BatchDeleteImage', 'ecr:CreateRepository', 'ecr:DeleteRepository', 'ecr:PutImage', 'ecr:PutImageTagMutability',
        'ecr:PutLifecyclePolicy', 'ecr:SetRepositoryPolicy', 's3:DeleteBucket', 's3:DeleteBucketPolicy', 's3:DeleteObject',
        's3:DeleteObjectVersion', 's3:PutBucketAcl', 's3:PutBucketOwnershipControls', 's3:PutBucketPolicy', 's3:PutBucketVersioning',
        's3:PutEncryptionConfiguration', 's3:PutLifecycleConfiguration', 's3:PutObject', 's3:PutObjectAcl',
        's3:PutReplicationConfiguration', 's3:ReplicateDelete', 's3:ReplicateObject',
        'ssm:DeleteParameter', 'ssm:DeleteParameters',
        'ssm:PutParameter',
      ],
      resources: assets(scope),
      // a task of the root user that root has opened a session for
      conditions: { ...unlessDeploying(scope), Null: { 'aws:AssumedRoot': 'true' } },
    }),
  ], {
    stops: [
      deed('become who deploys', 'iam:UpdateAssumeRolePolicy', EXEC),
      deed('make a role that looks like one that deploys', 'iam:CreateRole', 'arn:aws:iam::333333333333:role/cdk-hnb659fds-mine', { source: EXAMPLES.general }),
      deed('take the stack of the bootstrap away', 'cloudformation:DeleteStack', TOOLKIT),
      deed('have CloudFormation use the role that deploys', 'iam:PassRole', EXEC),
      deed('assume the role that deploys', 'sts:AssumeRole', DEPLOY),
      deed('change a stack that was deployed', 'cloudformation:UpdateStack', STACK),
      deed('change a stack that was deployed by a change set', 'cloudformation:CreateChangeSet', STACK),
      deed('give a stack that was deployed another name', 'cloudformation:SetAlias', STACK),
      deed('delete a stack that was deployed, by the role that deployed it', 'cloudformation:DeleteStack', STACK, {
        source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html',
      }),
      deed('delete an asset', 's3:DeleteObject', `${ASSETS}/template`),
      deed('put a template among the assets', 's3:PutObject', `${ASSETS}/template`),
      deed('replicate a template of its own to the assets', 's3:ReplicateObject', `${ASSETS}/template`, {
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html',
      }),
      deed('let somebody else write the assets', 's3:PutBucketAcl', ASSETS, {
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html',
      }),
      deed('skip what a deployment could not change', 'cloudformation:ContinueUpdateRollback', STACK),
      deed('put an image among the assets before its deployment does', 'ecr:PutImage', IMAGES),
      deed('let somebody else push images to the assets', 'ecr:SetRepositoryPolicy', IMAGES),
      deed('have images of the assets expire', 'ecr:PutLifecyclePolicy', IMAGES),
      ...pipelines.filter(pipeline => /^arn:.*:role\/[^*]+$/.test(pipeline)).map(pipeline => deed('become the pipeline that deploys', 'iam:UpdateAssumeRolePolicy', pipeline)),
      deed('pretend another version of the bootstrap', 'ssm:PutParameter', 'arn:aws:ssm:eu-west-1:333333333333:parameter/cdk-bootstrap/hnb659fds/version'),
    ],
    letsPass: [
      by(DeedCaller.BOOTSTRAP, deed('bootstrap', 'iam:CreateRole', EXEC)),
      by(DeedCaller.BOOTSTRAP, deed('update the bootstrap', 'cloudformation:CreateChangeSet', TOOLKIT)),
      by(DeedCaller.BOOTSTRAP, deed('delete a bootstrap that failed', 'cloudformation:DeleteStack', TOOLKIT)),
      deed('publish an asset', 's3:PutObject', `${ASSETS}/template`, {
        roleName: 'cdk-hnb659fds-file-publishing-role-333333333333-eu-west-1',
      }),
      deed('publish an image', 'ecr:PutImage', IMAGES, { roleName: 'cdk-hnb659fds-image-publishing-role-333333333333-eu-west-1' }),
      deed('run an image', 'ecr:BatchGetImage', IMAGES),
      deed('push an image to a repository of its own', 'ecr:PutImage', 'arn:aws:ecr:eu-west-1:333333333333:repository/shop'),
      deed('change a stack of its own', 'cloudformation:UpdateStack', 'arn:aws:cloudformation:eu-west-1:333333333333:stack/shop/1'),
      deed('have CloudFormation deploy', 'iam:PassRole', EXEC, { roleName: 'cdk-hnb659fds-deploy-role-333333333333-eu-west-1' }),
      by(DeedCaller.MANAGEMENT, deed('deploy', 'sts:AssumeRole', DEPLOY)),
      by(DeedCaller.PRIVILEGED_ROOT_SESSION, deed('delete a policy that nobody can change', 's3:DeleteBucketPolicy', ASSETS)),
      deed('delete a stack of its own', 'cloudformation:DeleteStack', 'arn:aws:cloudformation:eu-west-1:333333333333:stack/shop/1'),
      deed('delete a stack that was deployed', 'cloudformation:DeleteStack', STACK, { roleName: 'cdk-hnb659fds-deploy-role-333333333333-eu-west-1' }),
      deed('see the roles', 'iam:GetRole', EXEC),
      ...pipelines.length > 0 ? [deed('deploy, by a pipeline', 'sts:AssumeRole', DEPLOY, { context: { 'aws:PrincipalArn': pipelines[0] } })] : [],
    ],
  });
}

/**
 * Only those who are named assume what deploys in the accounts: everybody else in root who may assume any role, and
 * administrators of the accounts, would deploy by it, too. CloudFormation assumes its own role as a service.
 */
export function onlyDeployersDeploy(named: string[], scope: GuardrailScope): GuardrailConfig {
  const [deployer] = named;
  return ofResources([
    new iam.PolicyStatement({
      sid: 'OnlyDeployersDeploy',
      effect: iam.Effect.DENY,
      actions: ['sts:AssumeRole'],
      resources: entrances(scope),
      conditions: { ArnNotLike: { 'aws:PrincipalArn': named }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
    }),
  ], {
    stops: [
      by(DeedCaller.MANAGEMENT, deed('deploy', 'sts:AssumeRole', DEPLOY)),
      by(DeedCaller.MANAGEMENT, deed('enter an account as its administrator', 'sts:AssumeRole', 'arn:aws:iam::333333333333:role/OrganizationAccountAccessRole')),
      deed('deploy from inside the account', 'sts:AssumeRole', DEPLOY),
    ],
    letsPass: [
      { ...deed('deploy, by a deployer', 'sts:AssumeRole', DEPLOY, { caller: DeedCaller.MANAGEMENT }), context: { 'aws:PrincipalArn': deployer } },
      by(DeedCaller.SERVICE, deed('deploy a stack', 'sts:AssumeRole', EXEC)),
      by(DeedCaller.SERVICE, deed('deploy, where the role lets a service in', 'sts:AssumeRole', DEPLOY)),
      by(DeedCaller.MANAGEMENT, deed('enter a stage', 'sts:AssumeRole', 'arn:aws:iam::333333333333:role/acme-prod-admin')),
    ],
  });
}
