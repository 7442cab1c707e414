import { writeFileSync } from 'fs';
import { join } from 'path';
import {
  Annotations, DockerImageAssetLocation, FileAssetLocation, ISynthesisSession, Stack, StackSynthesizer, Stage, Token,
  Validations,
} from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { BootstrapTemplate, CLI_BOUNDARY } from './bootstrap-template';
import { IOrganization } from './organization';
import { TOOLKIT } from './stacks';
import { StageAccount } from '../stage-account';
import { deployAfter } from '../support/dependencies';

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
  private readonly accounts = new Map<StageAccount, boolean>();

  constructor(private readonly organization: IOrganization, private readonly props: BootstrapProps) {
    super(organization, BOOTSTRAP, { stageName: `${organization.namespace}-${BOOTSTRAP}` });
    Validations.of(this).acknowledge(
      { id: 'CloudFormation-Validate::W1001', reason: 'an output of the CDK CLI has the ARN of the key under the condition of the key' },
      { id: 'CloudFormation-Validate::W2001', reason: 'the CDK CLI itself reads the parameter BootstrapVariant' },
    );
  }

  /** @param created whether the organization creates the account */
  public add(stage: StageAccount, created: boolean): void {
    this.accounts.set(stage, created);
  }

  /** Defines the stacks that are missing, once all others are known. Returns what is wrong with their names. */
  public complete(): string[] {
    const used = regionsByStage(this.organization);
    const { root } = this.organization;
    const template = new BootstrapTemplate(this, {
      deployingAccountId: root.accountId,
      executionPolicyArns: this.props.executionPolicies.map(policy => policy.managedPolicyArn),
    });
    const [asItWas, first, further] = [template.render(), template.render('made here'), template.render('made before')];
    let most = 0;
    for (const [stage, created] of this.accounts) {
      // where the boundary is made: the region of root is that of the organization for good
      const home = template.hasBoundary && created ? [root.region!] : [];
      const regions = new Set([...home, stage.region!, ...this.props.regions, ...used.get(stage) ?? []]);
      most = Math.max(most, regions.size);
      const stacks = [...regions].map(region => {
        // two hyphens: 'prod-us-east-1' may be the name of another stage
        const id = region === stage.region ? stage.node.id : `${stage.node.id}--${region}`;
        return this.define(id, stage, region, !created ? asItWas : region === root.region ? first : further);
      });
      if (home.length > 0) {
        stacks.slice(1).forEach(stack => deployAfter(stack, stacks[0]));
      }
    }
    if (template.foreignBoundary) {
      Annotations.of(this.node.children[0]).addWarningV2('cdk-multi-account-org:permissionsBoundary',
        `permissionsBoundary '${template.foreignBoundary}' is in no new account, and AWS refuses roles without it: `
        + `define this managed policy in a stack of each stage on which its others depend, or name '${CLI_BOUNDARY}', `
        + 'which the bootstrap makes');
    }
    return template.problems(this.accounts.size, most);
  }

  private define(id: string, stage: StageAccount, region: string, template: string): Stack {
    return this.node.tryFindChild(id) as Stack ?? new BootstrapStack(this, id, stage, region, template);
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
      stackName: TOOLKIT,
      description: `Lets root deploy CDK apps to ${stage.node.id}`,
      env: { account: stage.accountId, region },
      // not protected: the CLI would refuse to delete what is left of a creation that failed
      synthesizer: new BootstrapSynthesizer(stage.bootstrapRoleName!, template),
    });
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
