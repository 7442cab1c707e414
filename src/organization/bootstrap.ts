import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import {
  BOOTSTRAP_QUALIFIER_CONTEXT, DockerImageAssetLocation, FileAssetLocation, ISynthesisSession, Stack,
  StackSynthesizer, Stage, Token,
} from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { IOrganization } from './organization';
import { StageAccount } from '../stage-account';

export interface BootstrapProps {
  /** Regions in which every account is bootstrapped, besides those of its stacks. */
  readonly regions: string[];
  readonly executionPolicies: IManagedPolicy[];
}

/**
 * Stage `bootstrap`, with a stack for each account and region that lets root deploy CDK apps there.
 *
 * It is no part of the account's stage, so that destroying the stage leaves the account deployable. A region or an
 * account that leaves the code leaves its stack behind.
 */
export class Bootstrap extends Stage {
  constructor(private readonly organization: IOrganization, private readonly props: BootstrapProps) {
    super(organization, BOOTSTRAP, { stageName: `${organization.namespace}-${BOOTSTRAP}` });
  }

  /** Defines the stacks that are missing, once all others are known. */
  public complete(): void {
    const { stages } = this.organization;
    const regions = regionsByStage(this.organization);
    // the same for all
    let rendered: string | undefined;
    const template = (stack: Stack) => rendered ??= bootstrapTemplate(stack, this.organization, this.props);
    for (const stage of stages.filter(({ bootstrapRoleName }) => bootstrapRoleName !== undefined)) {
      for (const region of new Set([stage.region!, ...this.props.regions, ...regions.get(stage) ?? []])) {
        // two hyphens: 'prod-us-east-1' may be the name of another stage
        const id = region === stage.region ? stage.node.id : `${stage.node.id}--${region}`;
        if (!this.node.tryFindChild(id)) {
          new BootstrapStack(this, id, stage, region, template);
        }
      }
    }
  }
}

export const BOOTSTRAP = 'bootstrap';

/** Regions of the stacks in the account of each stage, wherever they are in the tree. */
function regionsByStage(organization: IOrganization): Map<StageAccount, Set<string>> {
  const found = new Map(organization.stages.map(stage => [stage, new Set<string>()]));
  const byAccount = new Map(organization.stages.map(stage => [stage.accountId, stage]));
  for (const stack of organization.node.findAll().filter(Stack.isStack)) {
    const stage = stack.node.scopes.find(StageAccount.isStageAccount) ?? byAccount.get(stack.account);
    if (stage && !Token.isUnresolved(stack.region)) {
      found.get(stage)?.add(stack.region);
    }
  }
  return found;
}

type Template = (stack: Stack) => string;

class BootstrapStack extends Stack {
  constructor(scope: Bootstrap, id: string, stage: StageAccount, region: string, template: Template) {
    super(scope, id, {
      // where the CDK CLI expects it
      stackName: 'CDKToolkit',
      description: `Lets root deploy CDK apps to ${stage.node.id}`,
      env: { account: stage.accountId, region },
      // not protected: the CLI would refuse to delete what is left of a creation that failed
      synthesizer: new BootstrapSynthesizer(stage.bootstrapRoleName!, template),
    });
  }
}

/** Deploys a template by a role of the account, which needs no bootstrap. */
class BootstrapSynthesizer extends StackSynthesizer {
  constructor(private readonly roleName: string, private readonly template: Template) {
    super();
  }

  public addFileAsset(): FileAssetLocation {
    throw new Error('a bootstrap has no assets');
  }

  public addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error('a bootstrap has no assets');
  }

  public synthesize(session: ISynthesisSession): void {
    const { account, templateFile } = this.boundStack;
    writeFileSync(join(session.assembly.outdir, templateFile), this.template(this.boundStack));
    const arn = `arn:\${AWS::Partition}:iam::${account}:role/${this.roleName}`;
    this.emitArtifact(session, { assumeRoleArn: arn, lookupRole: { arn } });
  }
}

/**
 * Template of the CDK CLI, whose trust is written literally: the CLI keeps the value of a parameter that a stack has
 * already, and with it whom an earlier bootstrap trusted.
 */
function bootstrapTemplate(stack: Stack, { root }: IOrganization, { executionPolicies }: BootstrapProps): string {
  const literals: Record<string, unknown> = stack.resolve({
    TrustedAccounts: [root.accountId],
    TrustedAccountsForLookup: [root.accountId],
    CloudFormationExecutionPolicies: executionPolicies.map(policy => policy.managedPolicyArn),
  });
  const { Parameters, Resources, ...body } = JSON.parse(readFileSync(CLI_TEMPLATE, 'utf8'));
  Object.keys(literals).forEach(name => delete Parameters[name]);
  Parameters.FileAssetsBucketKmsKeyId.Default = 'AWS_MANAGED_KEY';
  Parameters.Qualifier.Default = root.node.tryGetContext(BOOTSTRAP_QUALIFIER_CONTEXT) ?? Parameters.Qualifier.Default;
  // a creation that fails half-way leaves no bucket in the way of the next
  Resources.StagingBucket.DeletionPolicy = 'RetainExceptOnCreate';
  return JSON.stringify({ ...body, Parameters, Resources }, (_, value) => literals[value?.Ref] ?? value);
}

const CLI_TEMPLATE = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json');
