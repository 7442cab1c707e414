export * from './multi-account-org';
export * from './organization/organization';
export * from './organization/organization-source';
export { OrganizationPolicyType } from './organization/organization-policies';
export type { OrganizationPolicyOptions } from './organization/organization-policies';
export * from './organization/organization-policy-document';
export { ChildPolicyOperator } from './organization/policy-syntax';
export type { Ec2PolicyOptions, ImageCriterion } from './organization/ec2-policy';
export {
  AllowedImagesState, MetadataSetting, MetadataTokens, PublicSharing, VpcBlockPublicAccessMode, VpcEncryptionExclusion,
  VpcEncryptionMode,
} from './organization/ec2-policy';
export type { TagRule } from './organization/tag-policy';
export type {
  BackupPolicyCondition, BackupPolicyCopy, BackupPolicyLifecycle, BackupPolicyPlan, BackupPolicyRule,
  BackupPolicySelection,
} from './organization/backup-policy';
export { BackupConditionOperator, BackupResourceKind, BackupScanMode } from './organization/backup-policy';
export * from './organization/stage-options';
export * from './stage-access';
export * from './stage-account';
export * from './stage-addresses';
export * from './stage-roles';
export * from './stage-profile';
export * from './cross-account-access-role';
export * from './mfa-requirement';
export * from './audit-trail/audit-trail';
export * from './audit-trail/audit-trail-bucket';
export * from './audit-trail/trail-reference';
export * from './audit-trail/organization-trail';
export * from './domains/domain';
export * from './guardrails/central-root-access';
export * from './guardrails/deed';
export * from './guardrails/guardrail';
export * from './guardrails/guardrail-interface';
export * from './guardrails/guardrails';
export type { AccountAccessOptions } from './people/account-access';
export * from './people/break-glass';
export type { IdentityCenterOptions } from './people/identity-center';
export { IdentityCenter } from './people/identity-center';
export * from './people/people';
export * from './people/people-directory';
export * from './people/people-source';
export type { PermissionSetsOptions } from './people/permission-sets';
export * from './people/permission-set-principal';
export { AccountRemoval } from './organization/member-account';
export { AuditAccountSeal } from './audit-trail/audit-account-seal';
export * from './services';
