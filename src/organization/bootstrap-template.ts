import { readFileSync } from 'fs';
import { join } from 'path';
import { DefaultStackSynthesizer, PERMISSIONS_BOUNDARY_CONTEXT_KEY, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { qualifierOf, synthesizerNames } from '../support/synthesizer-names';

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
export class BootstrapTemplate {
  /** The permissions boundary of the app's roles and users, if it is one of its own. */
  public readonly foreignBoundary?: string;
  /** Whether the boundary is the one of `cdk bootstrap --example-permissions-boundary`. */
  public readonly hasBoundary: boolean;
  private readonly qualifier: string;
  private readonly names: Record<string, Properties>;
  private readonly literals: Properties;

  constructor(scope: Construct, rights: BootstrapRights) {
    const { name, arn } = scope.node.tryGetContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY) ?? {};
    const apart = new Construct(scope, 'Expected');
    // a boundary may name the account, which is not known here
    apart.node.setContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY, {});
    const stack = new Stack(apart, 'Stack');
    this.qualifier = qualifierOf(stack);
    this.names = expectedNames(stack, this.qualifier);
    this.literals = stack.resolve({
      TrustedAccounts: [rights.deployingAccountId],
      TrustedAccountsForLookup: [rights.deployingAccountId],
      CloudFormationExecutionPolicies: rights.executionPolicyArns,
    });
    scope.node.tryRemoveChild(apart.node.id);
    this.hasBoundary = name?.replace(`cdk-${this.qualifier}-`, 'cdk-${Qualifier}-') === CLI_BOUNDARY;
    this.foreignBoundary = this.hasBoundary ? undefined : name ?? arn;
  }

  /**
   * @param boundary where the boundary comes from, if the app has that of the CLI. Without it, a bootstrap that is
   * there keeps its own
   */
  public render(boundary?: 'made here' | 'made before'): string {
    const { Parameters, Conditions, Resources, ...body } = JSON.parse(readFileSync(CLI_TEMPLATE, 'utf8'));
    for (const name of ['FileAssetsBucketName', 'ContainerAssetsRepositoryName']) {
      delete Parameters[name];
      delete Conditions[`HasCustom${name}`];
    }
    Object.keys(this.literals).forEach(name => delete Parameters[name]);
    Object.entries(this.names).forEach(([id, properties]) => Object.assign(Resources[id].Properties, properties));
    Parameters.Qualifier.Default = this.qualifier;
    Parameters.FileAssetsBucketKmsKeyId.Default = 'AWS_MANAGED_KEY';
    if (this.hasBoundary && boundary) {
      const policy = 'CdkBoostrapPermissionsBoundaryPolicy';
      const text = JSON.stringify(Resources[policy]).replaceAll(`${CLI_BOUNDARY}-${ENVIRONMENT}`, CLI_BOUNDARY);
      const { Condition, ...made } = JSON.parse(text);
      delete Parameters.UseExamplePermissionsBoundary;
      delete Conditions[Condition];
      delete Resources[policy];
      Resources.CloudFormationExecutionRole.Properties.PermissionsBoundary = boundary === 'made here'
        ? { Ref: policy } : { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${CLI_BOUNDARY}` };
      Object.assign(Resources, boundary === 'made here' && { [policy]: made });
    }
    // a creation that fails half-way leaves no bucket in the way of the next
    Resources.StagingBucket.DeletionPolicy = 'RetainExceptOnCreate';
    // deprecated, and what AWS does without it
    delete Resources.StagingBucket.Properties.AccessControl;
    const template = { ...body, Parameters, Conditions, Resources };
    return JSON.stringify(template, (_, value) => this.literals[value?.Ref] ?? value);
  }
}

function expectedNames(stack: Stack, qualifier: string): Record<string, Properties> {
  // a bootstrap that is there keeps its own qualifier
  const sub = (name: string) => ({ 'Fn::Sub': name.replace(`cdk-${qualifier}-`, 'cdk-${Qualifier}-') });
  const role = (arn = '') => {
    const [, path, name] = /:role(.*\/)(.+)$/.exec(arn) ?? [];
    return name && { ...path !== '/' && { Path: path }, RoleName: sub(name) };
  };
  const names = synthesizerNames(stack);
  return {
    StagingBucket: { BucketName: sub(names.bucketName ?? DefaultStackSynthesizer.DEFAULT_FILE_ASSETS_BUCKET_NAME) },
    ContainerAssetsRepository: {
      RepositoryName: sub(names.repositoryName ?? DefaultStackSynthesizer.DEFAULT_IMAGE_ASSETS_REPOSITORY_NAME),
    },
    CloudFormationExecutionRole: { ...role(names.cloudFormationExecutionRole) },
    DeploymentActionRole: { ...role(names.deployRoleArn) },
    LookupRole: { ...role(names.lookupRole) },
    FilePublishingRole: { ...role(names.fileAssetPublishingRoleArn) },
    ImagePublishingRole: { ...role(names.imageAssetPublishingRoleArn) },
  };
}

const CLI_TEMPLATE = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json');
/** Name of the policy that `cdk bootstrap --example-permissions-boundary` makes. */
export const CLI_BOUNDARY = 'cdk-${Qualifier}-permissions-boundary';
const ENVIRONMENT = '${AWS::AccountId}-${AWS::Region}';
