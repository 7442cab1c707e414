import { App } from 'aws-cdk-lib';
import { ACCOUNTS } from './templates';
import { MultiAccountOrg, OrganizationSource, StageProfile } from '../../src';

export const ADOPTED = ['audit', 'prod'];

/** The organization of the example, without break-glass, guardrails, the domain and the services of its stages. */
export function organization(app: App): MultiAccountOrg {
  return define(app, OrganizationSource.create(), []);
}

/** The same in an organization that exists, where some of the accounts are adopted. */
export function existingOrganization(app: App): void {
  define(app, OrganizationSource.existing({ organizationId: 'o-a1b2c3d4e5', organizationRootId: 'r-a1b2' }), ADOPTED);
}

function define(app: App, source: OrganizationSource, adopted: string[]): MultiAccountOrg {
  const acme = new MultiAccountOrg(app, 'acme', {
    managementAccountId: ACCOUNTS.root,
    email: 'aws@acme.example',
    homeRegion: 'eu-west-1',
    organization: source,
  });
  const add = (name: string, profile: StageProfile, organizationalUnit: string) => acme.addStage(name, {
    profile,
    ...adopted.includes(name) ? { accountId: ACCOUNTS[name], bootstrapRoleName: 'OrganizationAccountAccessRole' } : { organizationalUnit },
  });
  const audit = add('audit', StageProfile.AUDIT, 'security');
  const prod = add('prod', StageProfile.PRODUCTION, 'workloads');
  const staging = add('staging', StageProfile.STAGING, 'workloads');
  const dev = add('dev', StageProfile.DEVELOPMENT, 'workloads');
  const testing = add('testing', StageProfile.TESTING, 'workloads');

  acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });

  const engineers = acme.addGroup('engineers', { canAssume: [dev.admin, testing.admin, staging.readOnly] });
  acme.addGroup('operators', { canAssume: [prod.admin, staging.admin] });
  acme.addGroup('auditors', { canAssume: [audit.readOnly] });
  acme.addUser('ada', { groups: [engineers] });
  return acme;
}
