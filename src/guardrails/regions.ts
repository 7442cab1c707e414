import { Stack } from 'aws-cdk-lib';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { deed, deny, EXAMPLES, ofPrincipals } from './statements';
import { IOrganization } from '../organization/organization';
import { StageAccount } from '../stage-account';

const CONTROL_TOWER = 'https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html';

/**
 * Actions that AWS answers in one region for all, or that are asked there without being of it.
 *
 * @see https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
 */
const GLOBAL = [
  'access-analyzer:ValidatePolicy', 'account:*', 'artifact:*', 'aws-marketplace:*', 'billing:*', 'billingconductor:*', 'budgets:*', 'ce:*', 'chatbot:*', 'cloudfront:*',
  'cloudtrail:LookupEvents', 'consolidatedbilling:*', 'cur:*', 'directconnect:*', 'ec2:DescribeRegions', 'ec2:DescribeTransitGateways', 'ec2:DescribeVpnGateways', 'ecr-public:*',
  'fms:*', 'freetier:*', 'globalaccelerator:*', 'health:*', 'iam:*', 'invoicing:*', 'kms:*', 'networkmanager:*', 'notifications:*',
  'notifications-contacts:*', 'organizations:*', 'payments:*', 'pricing:*', 'resource-explorer-2:*', 'route53:*', 'route53-recovery-cluster:*',
  'route53-recovery-control-config:*', 'route53-recovery-readiness:*', 'route53domains:*', 's3:CreateMultiRegionAccessPoint',
  's3:DeleteMultiRegionAccessPoint', 's3:DescribeMultiRegionAccessPointOperation', 's3:GetAccountPublicAccessBlock', 's3:GetBucketLocation',
  's3:GetMultiRegionAccessPoint', 's3:GetMultiRegionAccessPointPolicy', 's3:ListAllMyBuckets', 's3:ListMultiRegionAccessPoints',
  's3:PutAccountPublicAccessBlock', 's3:PutMultiRegionAccessPointPolicy', 'savingsplans:*', 'servicequotas:*', 'shield:*', 'signin:*', 'sso:*', 'sts:*', 'support:*',
  'supportapp:*', 'supportplans:*', 'sustainability:*', 'tag:GetResources', 'tax:*', 'trustedadvisor:*', 'waf:*', 'waf-regional:*', 'wafv2:*',
];

/** Nothing is done in other regions than these. */
export function allowedRegions(regions: string[], scope: GuardrailScope): GuardrailConfig {
  const { organization, stages, organizationalUnits, exceptStages = [] } = scope;
  if (!organizationalUnits) {
    organization.addValidation({ validate: () => deployedElsewhere(organization, stages, exceptStages, regions) });
  }
  const [home] = regions;
  const instance = (region: string) => `arn:aws:ec2:${region}:333333333333:instance/i-0a1b2c3d4e5f60718`;
  const context = { 'ec2:MetadataHttpTokens': 'required', 'ec2:InstanceType': 't3.micro' };
  const other = ['ap-southeast-2', 'sa-east-1', 'ca-central-1'].find(region => !regions.includes(region)) ?? 'us-west-1';
  const us = { 'aws:RequestedRegion': 'us-east-1' };
  return ofPrincipals([
    deny('AllowedRegions', { notActions: GLOBAL, conditions: { StringNotEquals: { 'aws:RequestedRegion': regions } } }),
  ], {
    stops: [
      deed(`run an instance in ${other}`, 'ec2:RunInstances', instance(other), {
        source: EXAMPLES.general, context: { ...context, 'aws:RequestedRegion': other },
      }),
      deed(`create a bucket in ${other}`, 's3:CreateBucket', 'arn:aws:s3:::acme-prod-data', { context: { 'aws:RequestedRegion': other } }),
      deed(`create a stack in ${other}`, 'cloudformation:CreateStack', `arn:aws:cloudformation:${other}:333333333333:stack/shop/1`, {
        context: { 'aws:RequestedRegion': other },
      }),
    ],
    letsPass: [
      deed('run an instance', 'ec2:RunInstances', instance(home), { context: { ...context, 'aws:RequestedRegion': home } }),
      deed('create a role', 'iam:CreateRole', 'arn:aws:iam::333333333333:role/shop', { source: EXAMPLES.general, context: us }),
      deed('create a distribution', 'cloudfront:CreateDistribution', undefined, { source: EXAMPLES.general, context: us }),
      deed('create a hosted zone', 'route53:CreateHostedZone', undefined, { source: EXAMPLES.general, context: us }),
      deed('open a support case', 'support:CreateCase', undefined, { source: EXAMPLES.general, context: us }),
      deed('look up what IAM recorded', 'cloudtrail:LookupEvents', undefined, { source: CONTROL_TOWER, context: us }),
      deed('have a policy checked', 'access-analyzer:ValidatePolicy', undefined, { source: CONTROL_TOWER, context: us }),
      deed('deploy a channel for alarms', 'chatbot:CreateSlackChannelConfiguration', undefined, {
        source: CONTROL_TOWER, context: { 'aws:RequestedRegion': 'us-east-2' },
      }),
      deed('see the organization', 'organizations:DescribeOrganization', undefined, { source: EXAMPLES.general, context: us }),
    ],
  });
}

/** The guardrail would stop the deployment of these stacks; those of bootstraps are defined too late to be seen. */
function deployedElsewhere(
  { node, root }: IOrganization, stages: StageAccount[] | undefined, excepted: StageAccount[], regions: string[],
): string[] {
  const stacks = stages?.flatMap(stage => stage.node.findAll()) ?? node.findAll();
  return stacks.filter(Stack.isStack)
    .filter(stack => !excepted.some(stage => stack.node.scopes.includes(stage)))
    .filter(({ account, region }) => account !== root.accountId && !regions.includes(region))
    .map(stack => `stack '${stack.node.path}' goes to '${stack.region}', which guardrail 'allowed-regions' denies: `
      + 'add it to the regions, or deploy the stack to another');
}
