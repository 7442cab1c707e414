import { readFileSync } from 'fs';
import { join } from 'path';
import { DefaultStackSynthesizer, PERMISSIONS_BOUNDARY_CONTEXT_KEY, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { collisions } from './rules';
import { qualifierOf, synthesizerNames, synthesizerRoles } from '../support/synthesizer-names';

type Properties = Record<string, unknown>;

/** Account that deploys to those of an organization, and the policies of its deployments. */
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
  /** True if the boundary is the one of `cdk bootstrap --example-permissions-boundary`. */
  public readonly hasBoundary: boolean;
  private readonly qualifier: string;
  private readonly names: Name[];
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
    for (const { resource, attribute, name, path } of this.names) {
      Object.assign(Resources[resource].Properties, { [attribute]: { 'Fn::Sub': name } }, path && path !== '/' && { Path: path });
    }
    Parameters.Qualifier.Default = this.qualifier;
    Parameters.FileAssetsBucketKmsKeyId.Default = 'AWS_MANAGED_KEY';
    if (this.hasBoundary && boundary) {
      const policy = 'CdkBoostrapPermissionsBoundaryPolicy';
      const text = JSON.stringify(Resources[policy]).replaceAll(`${CLI_BOUNDARY}-${ENVIRONMENT}`, CLI_BOUNDARY);
      const { Condition, ...made } = JSON.parse(text);
      delete Parameters.UseExamplePermissionsBoundary;
      delete Conditions[Condition];
      delete Resources[policy];
      const execution = Resources.CloudFormationExecutionRole.Properties;
      if (boundary === 'made here') {
        Resources[policy] = made;
        execution.PermissionsBoundary = { Ref: policy };
      } else {
        execution.PermissionsBoundary = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${CLI_BOUNDARY}` };
      }
    }
    // a creation that fails half-way leaves no bucket in the way of the next
    Resources.StagingBucket.DeletionPolicy = 'RetainExceptOnCreate';
    // deprecated, and what AWS does without it
    delete Resources.StagingBucket.Properties.AccessControl;
    const template = { ...body, Parameters, Conditions, Resources };
    return JSON.stringify(template, (_, value) => this.literals[value?.Ref] ?? value);
  }

  /**
   * Problems of names that several bootstraps would take.
   *
   * @param accounts how many accounts have one
   * @param regions in how many regions one account has them, at most
   */
  public problems(accounts: number, regions: number): string[] {
    const roles = this.names.filter(({ attribute }) => attribute === 'RoleName');
    const [bucket] = this.names;
    const lacks = ({ property, name }: Name, part: string, why: string) => name.includes(part) ? []
      : [`${property} of the synthesizer is '${name}', and ${why}: put '${part}' into its name`];
    return [
      ...collisions('role of the synthesizer', roles.map(({ property, name }) => ({ owner: property, value: name })),
        'the bootstrap makes one for each, so give each a name of its own'),
      ...regions < 2 ? [] : roles.flatMap(role => lacks(role, '${AWS::Region}', 'roles are the same in all regions of an account')),
      ...accounts < 2 ? [] : lacks(bucket, '${AWS::AccountId}', 'no two accounts can have a bucket of one name'),
      ...regions < 2 ? [] : lacks(bucket, '${AWS::Region}', 'no two regions can have a bucket of one name'),
    ];
  }
}

interface Name {
  readonly resource: string;
  readonly attribute: string;
  /** Property of the synthesizer that gives the name. */
  readonly property: string;
  readonly name: string;
  readonly path?: string;
}

/** Names that a synthesizer expects, by resource and property. */
function expectedNames(stack: Stack, qualifier: string): Name[] {
  const names = synthesizerNames(stack);
  // a bootstrap that is there keeps its own qualifier
  const general = (name: string) => name.replace(`cdk-${qualifier}-`, 'cdk-${Qualifier}-')
    .replace(`/cdk-bootstrap/${qualifier}/`, '/cdk-bootstrap/${Qualifier}/');
  const named = (resource: string, attribute: string, property: string, name: string) =>
    ({ resource, attribute, property, name: general(name) });
  const roles = [...synthesizerRoles(stack)].map(([property, role]) => {
    const end = role.lastIndexOf('/') + 1;
    return { ...named(ROLES[property], 'RoleName', property, role.slice(end)), path: role.slice(0, end) };
  });
  const {
    DEFAULT_FILE_ASSETS_BUCKET_NAME: BUCKET, DEFAULT_IMAGE_ASSETS_REPOSITORY_NAME: REPOSITORY,
    DEFAULT_BOOTSTRAP_STACK_VERSION_SSM_PARAMETER: VERSION,
  } = DefaultStackSynthesizer;
  const version = names.bootstrapStackVersionSsmParameter ?? VERSION;
  return [
    named('StagingBucket', 'BucketName', 'fileAssetsBucketName', names.bucketName ?? BUCKET),
    named('ContainerAssetsRepository', 'RepositoryName', 'imageAssetsRepositoryName', names.repositoryName ?? REPOSITORY),
    named('CdkBootstrapVersion', 'Name', 'bootstrapStackVersionSsmParameter', version),
    ...roles,
  ];
}

/** Resources of the template for the roles of a synthesizer. */
const ROLES: Record<string, string> = {
  cloudFormationExecutionRole: 'CloudFormationExecutionRole',
  deployRoleArn: 'DeploymentActionRole',
  lookupRoleArn: 'LookupRole',
  fileAssetPublishingRoleArn: 'FilePublishingRole',
  imageAssetPublishingRoleArn: 'ImagePublishingRole',
};

const CLI_TEMPLATE = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json');
/** Name of the policy that `cdk bootstrap --example-permissions-boundary` makes. */
export const CLI_BOUNDARY = 'cdk-${Qualifier}-permissions-boundary';
const ENVIRONMENT = '${AWS::AccountId}-${AWS::Region}';
