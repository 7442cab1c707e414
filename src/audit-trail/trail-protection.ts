import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { IManagement } from '../organization/organization';
import { StageAccount } from '../stage-account';

/**
 * Denies everybody in an account what destroys records, deployments included. It exists only after bucket and key, or
 * a creation that fails could not be rolled back.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export class TrailProtection extends CfnPolicy {
  constructor(scope: Construct, id: string, management: IManagement, stage: StageAccount, keyAlias: string) {
    super(scope, id, {
      type: 'SERVICE_CONTROL_POLICY',
      name: stage.conventionalName('trail-protection'),
      description: `Nobody in ${stage.node.id} destroys the trail, and no deployment`,
      targetIds: [management.accountIdOf(stage, scope)],
      content: { Version: '2012-10-17', Statement: statements(stage, keyAlias).map(statement => statement.toStatementJson()) },
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

function statements(stage: StageAccount, keyAlias: string): iam.PolicyStatement[] {
  const deny = (sid: string, actions: string[], resources: string[], conditions?: Record<string, object>) =>
    new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, actions, resources, conditions });
  return [
    deny('RecordsStay', ['s3:BypassGovernanceRetention', 's3:DeleteBucket', 's3:DeleteBucketPolicy'],
      [`arn:*:s3:::${stage.namespace}-audit-trail-*`]),
    deny('KeyStays', ['kms:DisableKey', 'kms:ScheduleKeyDeletion'], ['*'],
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias } }),
    // the key is known by it
    deny('AliasStays', ['kms:DeleteAlias', 'kms:UpdateAlias'], [`arn:*:kms:*:*:${keyAlias}`]),
  ];
}
