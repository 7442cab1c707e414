import { DeedCaller } from './deed';
import { GuardrailConfig } from './guardrail-interface';
import { deed, deny, EXAMPLES, ofPrincipals } from './statements';

const PROD = 'arn:aws:organizations::111111111111:account/o-a1b2c3d4e5/333333333333';

// of another account, for the account that administers all
const MANAGED = 'arn:aws:account::111111111111:account/o-a1b2c3d4e5/444444444444';

/** Accounts neither leave nor close themselves; the audit trail has that, too, whether or not there are guardrails. */
export function stayInOrganization(): GuardrailConfig {
  return ofPrincipals([
    deny('StayInOrganization', { actions: ['account:CloseAccount', 'organizations:AcceptHandshake', 'organizations:LeaveOrganization'] }),
  ], {
    stops: [
      deed('leave the organization', 'organizations:LeaveOrganization', undefined, { source: EXAMPLES.general }),
      deed('move to another organization', 'organizations:AcceptHandshake', 'arn:aws:organizations::999999999999:handshake/o-b1c2d3e4f5/invite/h-a1b2c3d4'),
      deed('close the account', 'account:CloseAccount', 'arn:aws:account::333333333333:account'),
      deed('close the account as its root user', 'account:CloseAccount', 'arn:aws:account::333333333333:account', { caller: DeedCaller.ROOT_USER }),
    ],
    letsPass: [
      deed('see the organization', 'organizations:DescribeOrganization'),
      deed('close an account from root', 'organizations:CloseAccount', PROD, { caller: DeedCaller.MANAGEMENT }),
    ],
  });
}

/** Contacts, mail address, name and regions of an account: who changes the contacts can recover its root user. */
export function protectAccountSettings(): GuardrailConfig {
  const account = 'arn:aws:account::333333333333:account';
  return ofPrincipals([
    deny('ProtectAccountSettings', {
      actions: [
        'account:AcceptPrimaryEmailUpdate', 'account:DeleteAlternateContact', 'account:DisableRegion', 'account:PutAccountName',
        'account:PutAlternateContact', 'account:PutContactInformation', 'account:StartPrimaryEmailUpdate',
      ],
    }),
  ], {
    stops: [
      deed('change the security contact', 'account:PutAlternateContact', account),
      deed('change the phone number', 'account:PutContactInformation', account),
      deed('give another account its own mail address, as who administers accounts', 'account:StartPrimaryEmailUpdate', MANAGED),
      deed('disable a region', 'account:DisableRegion', account),
    ],
    letsPass: [
      deed('see the contacts', 'account:GetContactInformation', account),
      deed('enable a region', 'account:EnableRegion', account),
    ],
  });
}

/** Purchases that bind for a year or more, or go on until somebody cancels them. */
export function denyPurchases(): GuardrailConfig {
  return ofPrincipals([
    deny('DenyPurchases', {
      actions: [
        'aws-marketplace:AcceptAgreementRequest', 'aws-marketplace:CreateAgreementRequest', 'aws-marketplace:Subscribe',
        'bedrock:CreateFoundationModelAgreement', 'bedrock:CreateProvisionedModelThroughput', 'cloudfront:CreateSavingsPlan',
        'cloudfront:UpdateSavingsPlan', 'devicefarm:PurchaseOffering', 'devicefarm:RenewOffering', 'dynamodb:PurchaseReservedCapacityOfferings',
        'ec2:AcceptReservedInstancesExchangeQuote', 'ec2:PurchaseCapacityBlock', 'ec2:PurchaseCapacityBlockExtension', 'ec2:PurchaseHostReservation',
        'ec2:PurchaseReservedInstancesOffering', 'ec2:PurchaseScheduledInstances', 'elasticache:PurchaseReservedCacheNodesOffering',
        'es:PurchaseReservedElasticsearchInstanceOffering', 'es:PurchaseReservedInstanceOffering', 'glacier:PurchaseProvisionedCapacity',
        'mediaconnect:PurchaseOffering', 'medialive:PurchaseOffering',
        'memorydb:PurchaseReservedNodesOffering', 'outposts:CreateOrder', 'rds:PurchaseReservedDBInstancesOffering',
        'redshift:AcceptReservedNodeExchange', 'redshift:PurchaseReservedNodeOffering', 'redshift-serverless:CreateReservation',
        'route53domains:AcceptDomainTransferFromAnotherAwsAccount', 'route53domains:RegisterDomain', 'route53domains:RenewDomain',
        'route53domains:TransferDomain', 'sagemaker:CreateTrainingPlan', 'sagemaker:ExtendTrainingPlan', 'savingsplans:CreateSavingsPlan',
        'shield:CreateSubscription', 'supportplans:CreateSupportPlanSchedule', 'supportplans:StartSupportPlanUpdate',
      ],
    }),
  ], {
    stops: [
      deed('reserve instances', 'ec2:PurchaseReservedInstancesOffering', '*'),
      deed('buy a savings plan', 'savingsplans:CreateSavingsPlan'),
      deed('subscribe in AWS Marketplace', 'aws-marketplace:Subscribe'),
      deed('subscribe to AWS Shield Advanced', 'shield:CreateSubscription'),
      deed('buy a savings bundle of CloudFront', 'cloudfront:CreateSavingsPlan'),
      deed('buy a support plan', 'supportplans:CreateSupportPlanSchedule'),
      deed('register a domain', 'route53domains:RegisterDomain'),
    ],
    letsPass: [
      deed('run an instance on demand', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:333333333333:instance/i-0a1b2c3d4e5f60718', {
        context: { 'ec2:MetadataHttpTokens': 'required', 'ec2:InstanceType': 't3.micro' },
      }),
      deed('see what is reserved', 'ec2:DescribeReservedInstances'),
      deed('open a support case', 'support:CreateCase'),
    ],
  });
}
