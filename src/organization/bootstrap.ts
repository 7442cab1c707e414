import { writeFileSync } from 'fs';
import { join } from 'path';
import {
  Annotations, DockerImageAssetLocation, FileAssetLocation, ISynthesisSession, Stack, StackSynthesizer, Stage, Token,
  Validations,
} from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { bootstrapTemplate, CLI_BOUNDARY, missingPermissionsBoundary } from './bootstrap-template';
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
    const template = bootstrapTemplate(this, {
      deployingAccountId: this.organization.root.accountId,
      executionPolicyArns: this.props.executionPolicies.map(policy => policy.managedPolicyArn),
    });
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

class BootstrapStack extends Stack {
  constructor(scope: Bootstrap, id: string, stage: StageAccount, region: string, template: string) {
    super(scope, id, {
      // where the CDK CLI expects it
      stackName: 'CDKToolkit',
      description: `Lets root deploy CDK apps to ${stage.node.id}`,
      env: { account: stage.accountId, region },
      // not protected: the CLI would refuse to delete what is left of a creation that failed
      synthesizer: new BootstrapSynthesizer(stage.bootstrapRoleName!, template),
    });
    Validations.of(this).acknowledge(
      { id: 'CloudFormation-Validate::W1001', reason: 'an output of the CDK CLI has the ARN of the key under the condition of the key' },
      { id: 'CloudFormation-Validate::W2001', reason: 'the CDK CLI itself reads the parameter BootstrapVariant' },
    );
    const boundary = missingPermissionsBoundary(this);
    if (boundary !== undefined && scope.node.children.length === 1) {
      Annotations.of(this).addWarningV2('cdk-multi-account-org:permissionsBoundary', `permissionsBoundary '${boundary}' is not made by `
        + 'the bootstrap, and AWS refuses the roles of an account without it: define this managed policy in a stack of each stage on which its '
        + `others depend, or name '${CLI_BOUNDARY}', which the bootstrap makes`);
    }
  }
}

/** Deploys a template by a role of the account, which needs no bootstrap. */
class BootstrapSynthesizer extends StackSynthesizer {
  constructor(private readonly roleName: string, private readonly template: string) {
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
    writeFileSync(join(session.assembly.outdir, templateFile), this.template);
    const arn = `arn:\${AWS::Partition}:iam::${account}:role/${this.roleName}`;
    this.emitArtifact(session, { assumeRoleArn: arn, lookupRole: { arn } });
  }
}
