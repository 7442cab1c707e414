import { App } from 'aws-cdk-lib';
import { MultiAccountOrg, OrganizationSource, StageOptions, StageProfile } from 'cdk-multi-account-org';

// the accounts of an organization that exists: each moves to its unit, or stays where it is if it names none
const ACCOUNTS: Record<string, StageOptions> = {
  audit: { accountId: '222222222222', organizationalUnit: 'security', profile: StageProfile.AUDIT },
  shop: { accountId: '333333333333', organizationalUnit: 'workloads/production' },
  billing: { accountId: '444444444444', organizationalUnit: 'workloads/production' },
  reports: { accountId: '555555555555', organizationalUnit: 'workloads/production', profile: StageProfile.STAGING },
  sandbox: { accountId: '666666666666', profile: StageProfile.DEVELOPMENT },
};

const app = new App();
const acme = new MultiAccountOrg(app, 'acme', {
  managementAccountId: '111111111111',
  homeRegion: 'eu-west-1',
  organization: OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' }),
  // units that exist; others are created
  existingOrganizationalUnits: { workloads: 'ou-a1b2-c3d4e5f6' },
});
const [audit] = Object.entries(ACCOUNTS).map(([name, options]) =>
  acme.addStage(name, { bootstrapRoleName: 'OrganizationAccountAccessRole', ...options }));
acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
