import { DeedCaller } from './deed';
import { unlessDeploying } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, ofPrincipals } from './statements';

const TRAIL = 'arn:aws:cloudtrail:eu-west-1:333333333333:trail/acme-trail';
const HUB = 'arn:aws:securityhub:eu-west-1:333333333333:hub/default';
const DETECTOR = 'arn:aws:guardduty:eu-west-1:333333333333:detector/1';

/** Trails record what they were deployed to record. */
export function protectTrails(scope: GuardrailScope): GuardrailConfig {
  const page = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_cloudtrail.html';
  return ofPrincipals([
    deny('ProtectTrails', {
      actions: [
        'cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:PutInsightSelectors', 'cloudtrail:StopLogging', 'cloudtrail:UpdateTrail',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('stop a trail', 'cloudtrail:StopLogging', TRAIL, { source: page }),
      deed('delete a trail', 'cloudtrail:DeleteTrail', TRAIL),
      deed('record less', 'cloudtrail:PutEventSelectors', TRAIL),
      by(DeedCaller.ROOT_USER, deed('stop a trail', 'cloudtrail:StopLogging', TRAIL)),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a trail', 'cloudtrail:UpdateTrail', TRAIL)),
      deed('look up events', 'cloudtrail:LookupEvents'),
      deed('start a trail', 'cloudtrail:StartLogging', TRAIL),
    ],
  });
}

/** What finds threats and misconfigurations stays on. */
export function protectDetection(scope: GuardrailScope): GuardrailConfig {
  return ofPrincipals([
    deny('ProtectDetection', {
      actions: [
        'access-analyzer:CreateArchiveRule', 'access-analyzer:DeleteAnalyzer', 'access-analyzer:UpdateAnalyzer',
        'config:DeleteAggregationAuthorization', 'config:DeleteConfigRule', 'config:DeleteConfigurationRecorder', 'config:DeleteDeliveryChannel',
        'config:DeleteRetentionConfiguration', 'config:DisassociateResourceTypes', 'config:PutConfigurationRecorder', 'config:PutDeliveryChannel',
        'config:StopConfigurationRecorder', 'detective:DeleteGraph', 'detective:DisassociateMembership', 'guardduty:CreateFilter',
        'guardduty:CreateIPSet', 'guardduty:DeleteDetector', 'guardduty:DeletePublishingDestination', 'guardduty:DisassociateFromAdministratorAccount',
        'guardduty:DisassociateFromMasterAccount', 'guardduty:UpdateDetector', 'guardduty:UpdateFilter', 'guardduty:UpdateIPSet',
        'inspector2:CreateFilter', 'inspector2:Disable', 'macie2:DisableMacie', 'macie2:DisassociateFromAdministratorAccount',
        'macie2:DisassociateFromMasterAccount', 'macie2:UpdateMacieSession', 'securityhub:BatchDisableStandards',
        'securityhub:BatchUpdateStandardsControlAssociations', 'securityhub:DisableSecurityHub', 'securityhub:DisassociateFromAdministratorAccount',
        'securityhub:UpdateSecurityControl', 'securityhub:UpdateStandardsControl',
      ],
      conditions: unlessDeploying(scope),
    }),
  ], {
    stops: [
      deed('delete the detector of GuardDuty', 'guardduty:DeleteDetector', DETECTOR, {
        source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_guardduty.html',
      }),
      deed('hide findings of GuardDuty', 'guardduty:CreateFilter', `${DETECTOR}/filter/noise`),
      deed('disable Security Hub', 'securityhub:DisableSecurityHub', HUB),
      deed('stop the recorder of AWS Config', 'config:StopConfigurationRecorder', 'arn:aws:config:eu-west-1:333333333333:configuration-recorder/acme/1', {
        source: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_config.html',
      }),
      deed('delete an analyzer', 'access-analyzer:DeleteAnalyzer', 'arn:aws:access-analyzer:eu-west-1:333333333333:analyzer/acme'),
    ],
    letsPass: [
      by(DeedCaller.DEPLOYMENT, deed('deploy a detector', 'guardduty:UpdateDetector', DETECTOR)),
      deed('see findings', 'guardduty:GetFindings'),
      deed('enable Security Hub', 'securityhub:EnableSecurityHub', HUB),
    ],
  });
}
