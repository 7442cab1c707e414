import { DeedCaller } from './deed';
import { unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, ofPrincipals } from './statements';

const TRAIL = 'arn:aws:cloudtrail:eu-west-1:333333333333:trail/acme-trail';
const STORE = 'arn:aws:cloudtrail:eu-west-1:333333333333:eventdatastore/1';
const HUB = 'arn:aws:securityhub:eu-west-1:333333333333:hub/default';
const DETECTOR = 'arn:aws:guardduty:eu-west-1:333333333333:detector/1';

/** Trails, and data stores of CloudTrail Lake, record what they were deployed to record. */
export function protectTrails(scope: GuardrailScope): GuardrailConfig {
  const page = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_cloudtrail.html';
  return ofPrincipals([
    deny('ProtectTrails', {
      actions: [
        'cloudtrail:DeleteEventDataStore', 'cloudtrail:DeleteTrail', 'cloudtrail:PutEventConfiguration', 'cloudtrail:PutEventSelectors',
        'cloudtrail:PutInsightSelectors', 'cloudtrail:StopEventDataStoreIngestion', 'cloudtrail:StopLogging',
        'cloudtrail:UpdateEventDataStore', 'cloudtrail:UpdateTrail',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('stop a trail', 'cloudtrail:StopLogging', TRAIL, { source: page }),
      deed('delete a trail', 'cloudtrail:DeleteTrail', TRAIL),
      deed('record less', 'cloudtrail:PutEventSelectors', TRAIL),
      deed('stop a data store of events', 'cloudtrail:StopEventDataStoreIngestion', STORE),
      deed('delete a data store of events', 'cloudtrail:DeleteEventDataStore', STORE),
      by(DeedCaller.ROOT_USER, deed('stop a trail', 'cloudtrail:StopLogging', TRAIL)),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a trail', 'cloudtrail:UpdateTrail', TRAIL)),
      deed('look up events', 'cloudtrail:LookupEvents'),
      deed('start a trail', 'cloudtrail:StartLogging', TRAIL),
      deed('query a data store of events', 'cloudtrail:StartQuery', STORE),
    ],
  });
}

/**
 * Detection of threats and misconfigurations stays on, and tells all it finds: also in the account that administers
 * it for the others, which can switch it off in all of them.
 */
export function protectDetection(scope: GuardrailScope): GuardrailConfig {
  return ofPrincipals([
    deny('ProtectDetection', {
      actions: [
        'access-analyzer:ApplyArchiveRule', 'access-analyzer:CreateArchiveRule', 'access-analyzer:DeleteAnalyzer', 'access-analyzer:UpdateAnalyzer',
        'access-analyzer:UpdateArchiveRule',
        'config:DeleteAggregationAuthorization', 'config:DeleteConfigRule', 'config:DeleteConfigurationRecorder',
        'config:DeleteConformancePack', 'config:DeleteDeliveryChannel', 'config:DeleteOrganizationConfigRule',
        'config:DeleteOrganizationConformancePack', 'config:DisassociateResourceTypes', 'config:PutConfigurationRecorder',
        'config:PutDeliveryChannel', 'config:PutRetentionConfiguration',
        'config:StopConfigurationRecorder', 'detective:DeleteGraph', 'detective:DeleteMembers',
        'detective:DisassociateMembership', 'guardduty:CreateFilter',
        'guardduty:CreateIPSet', 'guardduty:CreateTrustedEntitySet', 'guardduty:DeleteDetector', 'guardduty:DeleteMembers',
        'guardduty:DeletePublishingDestination', 'guardduty:DisassociateFromAdministratorAccount',
        'guardduty:DisassociateFromMasterAccount', 'guardduty:DisassociateMembers', 'guardduty:StopMonitoringMembers',
        'guardduty:UpdateDetector', 'guardduty:UpdateFilter', 'guardduty:UpdateIPSet', 'guardduty:UpdateMemberDetectors',
        'guardduty:UpdateTrustedEntitySet', 'inspector2:CreateFilter', 'inspector2:Disable',
        'inspector2:DisassociateMember', 'inspector2:UpdateFilter', 'macie2:CreateFindingsFilter', 'macie2:DeleteMember', 'macie2:DisableMacie',
        'macie2:DisassociateFromAdministratorAccount', 'macie2:DisassociateFromMasterAccount', 'macie2:DisassociateMember',
        'macie2:UpdateFindingsFilter', 'macie2:UpdateMacieSession', 'macie2:UpdateMemberSession', 'securityhub:BatchDisableStandards',
        'securityhub:BatchUpdateStandardsControlAssociations', 'securityhub:BatchUpdateAutomationRules',
        'securityhub:CreateAutomationRule', 'securityhub:CreateAutomationRuleV2', 'securityhub:DeleteConfigurationPolicy',
        'securityhub:DeleteMembers',
        'securityhub:DisableImportFindingsForProduct', 'securityhub:DisableSecurityHub', 'securityhub:DisableSecurityHubV2', 'securityhub:DisassociateFromAdministratorAccount',
        'securityhub:DisassociateFromMasterAccount', 'securityhub:DisassociateMembers',
        'securityhub:StartConfigurationPolicyDisassociation', 'securityhub:UpdateAutomationRuleV2',
        'securityhub:UpdateConfigurationPolicy', 'securityhub:UpdateSecurityControl', 'securityhub:UpdateStandardsControl',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('delete the detector of GuardDuty', 'guardduty:DeleteDetector', DETECTOR, {
        source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_guardduty.html',
      }),
      deed('hide findings of GuardDuty', 'guardduty:CreateFilter', `${DETECTOR}/filter/noise`),
      deed('hide findings of Macie', 'macie2:CreateFindingsFilter', 'arn:aws:macie2:eu-west-1:333333333333:findings-filter/noise', {
        source: 'https://docs.aws.amazon.com/macie/latest/user/findings-suppression.html',
      }),
      deed('have GuardDuty trust addresses', 'guardduty:CreateTrustedEntitySet'),
      deed('switch GuardDuty off in other accounts, as their administrator', 'guardduty:StopMonitoringMembers'),
      deed('disable Security Hub', 'securityhub:DisableSecurityHub', HUB),
      deed('switch features of GuardDuty off in other accounts', 'guardduty:UpdateMemberDetectors'),
      deed('hide findings of Security Hub by a rule', 'securityhub:BatchUpdateAutomationRules', 'arn:aws:securityhub:eu-west-1:333333333333:automation-rule/noise'),
      deed('keep the records of AWS Config for a month', 'config:PutRetentionConfiguration'),
      deed('disable the newer Security Hub', 'securityhub:DisableSecurityHubV2'),
      deed('take accounts out of Security Hub, as their administrator', 'securityhub:DisassociateMembers', HUB),
      deed('stop the recorder of AWS Config', 'config:StopConfigurationRecorder', 'arn:aws:config:eu-west-1:333333333333:configuration-recorder/acme/1', {
        source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_config.html',
      }),
      deed('hide more findings of Access Analyzer', 'access-analyzer:UpdateArchiveRule', 'arn:aws:access-analyzer:eu-west-1:333333333333:analyzer/acme/archive-rule/noise'),
      deed('delete an analyzer', 'access-analyzer:DeleteAnalyzer', 'arn:aws:access-analyzer:eu-west-1:333333333333:analyzer/acme'),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a detector', 'guardduty:UpdateDetector', DETECTOR)),
      deed('see findings', 'guardduty:GetFindings'),
      deed('enable GuardDuty in accounts that are created', 'guardduty:UpdateOrganizationConfiguration'),
      deed('enable Security Hub', 'securityhub:EnableSecurityHub', HUB),
    ],
  });
}
