import { readFileSync } from 'fs';
import { join } from 'path';
import {
  BootstraplessSynthesizer, DefaultStackSynthesizer, FileAssetPackaging, PERMISSIONS_BOUNDARY_CONTEXT_KEY, Stack,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';

type Properties = Record<string, unknown>;

/** Who deploys to the accounts of an organization, and with what. */
export interface BootstrapRights {
  readonly deployingAccountId: string;
  readonly executionPolicyArns: string[];
}

/**
 * Template of the CDK CLI, with the names that the synthesizer of the app's stacks expects. Whom it trusts is written
 * literally, because the CLI keeps the value of a parameter that a stack has already.
 */
export function bootstrapTemplate(scope: Construct, rights: BootstrapRights): string {
  const apart = new Construct(scope, 'Expected');
  // a boundary may name the account, which is not known here
  apart.node.setContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY, {});
  const stack = new Stack(apart, 'Stack');
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const names = expectedNames(stack, qualifier);
  const literals: Properties = stack.resolve({
    TrustedAccounts: [rights.deployingAccountId],
    TrustedAccountsForLookup: [rights.deployingAccountId],
    CloudFormationExecutionPolicies: rights.executionPolicyArns,
  });
  scope.node.tryRemoveChild(apart.node.id);

  const { Parameters, Conditions, Resources, ...body } = JSON.parse(readFileSync(CLI_TEMPLATE, 'utf8'));
  for (const name of ['FileAssetsBucketName', 'ContainerAssetsRepositoryName']) {
    delete Parameters[name];
    delete Conditions[`HasCustom${name}`];
  }
  Object.keys(literals).forEach(name => delete Parameters[name]);
  Object.entries(names).forEach(([id, properties]) => Object.assign(Resources[id].Properties, properties));
  Parameters.Qualifier.Default = qualifier;
  Parameters.FileAssetsBucketKmsKeyId.Default = 'AWS_MANAGED_KEY';
  if (permissionsBoundary(scope) === CLI_BOUNDARY) {
    delete Parameters.UseExamplePermissionsBoundary;
    delete Conditions.ShouldCreatePermissionsBoundary;
    delete Resources.CdkBoostrapPermissionsBoundaryPolicy.Condition;
    Resources.CloudFormationExecutionRole.Properties.PermissionsBoundary = { Ref: 'CdkBoostrapPermissionsBoundaryPolicy' };
  }
  // a creation that fails half-way leaves no bucket in the way of the next
  Resources.StagingBucket.DeletionPolicy = 'RetainExceptOnCreate';
  // deprecated, and what AWS does without it
  delete Resources.StagingBucket.Properties.AccessControl;
  return JSON.stringify({ ...body, Parameters, Conditions, Resources }, (_, value) => literals[value?.Ref] ?? value);
}

/** The permissions boundary of the roles and users of an app, unless the template above makes it. */
export function missingPermissionsBoundary(scope: IConstruct): string | undefined {
  const boundary = permissionsBoundary(scope);
  return boundary === CLI_BOUNDARY ? undefined : boundary;
}

function permissionsBoundary(scope: IConstruct): string | undefined {
  const { name, arn } = scope.node.tryGetContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY) ?? {};
  return name ?? arn;
}

function expectedNames(stack: Stack, qualifier: string): Record<string, Properties> {
  // a bootstrap that is there keeps its own qualifier
  const sub = (name: string) => ({ 'Fn::Sub': name.replace(`cdk-${qualifier}-`, 'cdk-${Qualifier}-') });
  const role = (arn: string) => {
    const [, path, name] = /:role(.*\/)(.+)$/.exec(arn)!;
    return { ...path !== '/' && { Path: path }, RoleName: sub(name) };
  };
  const { synthesizer } = stack;
  if (!(synthesizer instanceof DefaultStackSynthesizer) || synthesizer instanceof BootstraplessSynthesizer) {
    return {
      StagingBucket: { BucketName: sub(DefaultStackSynthesizer.DEFAULT_FILE_ASSETS_BUCKET_NAME) },
      ContainerAssetsRepository: { RepositoryName: sub(DefaultStackSynthesizer.DEFAULT_IMAGE_ASSETS_REPOSITORY_NAME) },
    };
  }
  const text = (token: string) => stack.resolve(token)['Fn::Sub'] ?? token;
  const asset = { sourceHash: 'expected', displayName: 'expected' };
  const packaging = FileAssetPackaging.FILE;
  const { bucketName } = synthesizer.addFileAsset({ ...asset, fileName: CLI_TEMPLATE, packaging });
  const { repositoryName } = synthesizer.addDockerImageAsset({ ...asset, directoryName: __dirname });
  return {
    StagingBucket: { BucketName: sub(text(bucketName)) },
    ContainerAssetsRepository: { RepositoryName: sub(text(repositoryName)) },
    CloudFormationExecutionRole: role(synthesizer.cloudFormationExecutionRoleArn),
    DeploymentActionRole: role(synthesizer.deployRoleArn),
    LookupRole: role(synthesizer.lookupRole!),
  };
}

const CLI_TEMPLATE = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json');
/** @see https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html */
export const CLI_BOUNDARY = 'cdk-${Qualifier}-permissions-boundary-${AWS::AccountId}-${AWS::Region}';
