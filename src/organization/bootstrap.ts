import { readFileSync } from 'fs';
import { join } from 'path';
import { CfnStackSet, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { StageAccount } from '../stage-account';

export interface BootstrapProps {
  readonly root: StageAccount;
  /** Regions of an account that is new to the organization. */
  readonly regions: () => string[];
  readonly executionPolicies: IManagedPolicy[];
  /** Organizational unit or root whose accounts are bootstrapped. */
  readonly targetId: string;
  /** Limits the targets to these accounts, in an organization that also has accounts of others. */
  readonly onlyAccounts?: () => string[];
}

/** Bootstraps new accounts with the template of the CDK CLI, so that root may deploy to them. */
export class Bootstrap extends CfnStackSet {
  constructor(scope: Stack, id: string, props: BootstrapProps) {
    super(scope, id, {
      stackSetName: `${props.root.namespace}-bootstrap`,
      description: 'Lets root deploy CDK apps',
      permissionModel: 'SERVICE_MANAGED',
      capabilities: ['CAPABILITY_NAMED_IAM'],
      templateBody: readFileSync(join(__dirname, '..', '..', 'bootstrap', 'bootstrap-template.yaml'), 'utf8'),
      parameters: [
        ['TrustedAccounts', props.root.accountId],
        ['TrustedAccountsForLookup', props.root.accountId],
        ['CloudFormationExecutionPolicies', props.executionPolicies.map(policy => policy.managedPolicyArn).join(',')],
        ['FileAssetsBucketKmsKeyId', 'AWS_MANAGED_KEY'],
        ['Qualifier', scope.synthesizer.bootstrapQualifier ?? 'hnb659fds'],
      ].map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue })),
      autoDeployment: props.onlyAccounts ? { enabled: false } : { enabled: true, retainStacksOnAccountRemoval: true },
      managedExecution: { Active: true },
      operationPreferences: {
        regionConcurrencyType: 'PARALLEL',
        maxConcurrentPercentage: 100,
        failureTolerancePercentage: 0,
      },
      stackInstancesGroup: Lazy.any({
        produce: () => [{
          deploymentTargets: {
            organizationalUnitIds: [props.targetId],
            ...props.onlyAccounts && { accounts: props.onlyAccounts(), accountFilterType: 'INTERSECTION' },
          },
          regions: props.regions(),
        }],
      }),
    });
    // without it, no account could be deployed to any more
    this.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}
