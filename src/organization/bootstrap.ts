import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import {
  BOOTSTRAP_QUALIFIER_CONTEXT, DockerImageAssetLocation, FileAssetLocation, ISynthesisSession, Stack, StackSynthesizer, Stage, Token,
} from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { StageAccount } from '../stage-account';

export interface BootstrapProps {
  readonly root: StageAccount;
  /** Regions in which every account is bootstrapped, besides those of its own stacks. */
  readonly regions: string[];
  readonly executionPolicies: IManagedPolicy[];
}

/** An account that is bootstrapped, and the role in it that lets root do so. */
export interface BootstrappedAccount {
  readonly stage: StageAccount;
  readonly roleName: string;
}

/**
 * Stage `bootstrap`: for each account and region a stack that lets root deploy CDK apps there. It is no part of the
 * stage, so that destroying the stage leaves the account deployable, and a stack of its own, so that it stays when the
 * stage leaves the code.
 */
export class Bootstrap extends Stage {
  private readonly accounts: BootstrappedAccount[] = [];

  constructor(scope: Construct, private readonly props: BootstrapProps) {
    super(scope, 'bootstrap');
  }

  public add(account: BootstrappedAccount): void {
    this.accounts.push(account);
  }

  /** Defines the stacks, once those of the organization are known. */
  public complete(organization: Construct): void {
    const stacks = organization.node.findAll().filter(Stack.isStack).filter(stack => Stage.of(stack) !== this);
    for (const account of this.accounts) {
      const { stage } = account;
      const used = stacks.filter(stack => stack.account === stage.account && stack.node.scopes.includes(stage)).map(({ region }) => region);
      const regions = new Set([stage.region!, ...this.props.regions, ...used].filter(region => !Token.isUnresolved(region)));
      for (const region of regions) {
        const id = region === stage.region ? stage.node.id : `${stage.node.id}-${region}`;
        if (!this.node.tryFindChild(id)) {
          new BootstrapStack(this, id, { ...this.props, ...account, region });
        }
      }
    }
  }
}

interface BootstrapStackProps extends BootstrapProps, BootstrappedAccount {
  readonly region: string;
}

class BootstrapStack extends Stack {
  constructor(scope: Construct, id: string, { root, stage, roleName, region, executionPolicies }: BootstrapStackProps) {
    super(scope, id, {
      // where the CDK CLI looks for it, too
      stackName: 'CDKToolkit',
      description: `Lets root deploy CDK apps to ${stage.node.id}`,
      env: { account: stage.account, region },
      terminationProtection: true,
      synthesizer: new BootstrapSynthesizer(roleName, {
        TrustedAccounts: [root.accountId],
        TrustedAccountsForLookup: [root.accountId],
        CloudFormationExecutionPolicies: executionPolicies.map(policy => policy.managedPolicyArn),
      }),
    });
  }
}

/** Deploys the template of the CDK CLI by a role of the account, which needs no bootstrap. */
class BootstrapSynthesizer extends StackSynthesizer {
  /**
   * @param literals values in place of parameters: the CLI keeps the value of a parameter that a stack has already, and
   * with it whom an earlier bootstrap trusted
   */
  constructor(private readonly roleName: string, private readonly literals: Record<string, string[]>) {
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
    const arn = `arn:\${AWS::Partition}:iam::${account}:role/${this.roleName}`;
    writeFileSync(join(session.assembly.outdir, templateFile), this.template());
    this.emitArtifact(session, { assumeRoleArn: arn, lookupRole: { arn } });
  }

  private template(): string {
    const literals: Record<string, unknown> = this.boundStack.resolve(this.literals);
    const { Parameters, Resources, ...body } = JSON.parse(readFileSync(TEMPLATE, 'utf8'));
    Object.keys(literals).forEach(name => delete Parameters[name]);
    Parameters.FileAssetsBucketKmsKeyId.Default = 'AWS_MANAGED_KEY';
    Parameters.Qualifier.Default = this.boundStack.node.tryGetContext(BOOTSTRAP_QUALIFIER_CONTEXT) ?? Parameters.Qualifier.Default;
    // a creation that fails half-way leaves no bucket in the way of the next
    Resources.StagingBucket.DeletionPolicy = 'RetainExceptOnCreate';
    return JSON.stringify({ ...body, Parameters, Resources }, (_, value) => literals[value?.Ref] ?? value, 1);
  }
}

const TEMPLATE = join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.json');
