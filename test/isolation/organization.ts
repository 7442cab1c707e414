import { App } from 'aws-cdk-lib';
import { MultiAccountOrg, StageProfile } from '../../src';

/** The organization of the example, without the domain and the services of its stages. */
export function organization(app: App): void {
  const acme = new MultiAccountOrg(app, 'acme', {
    managementAccountId: '111111111111',
    email: 'aws@acme.example',
    homeRegion: 'eu-west-1',
  });
  const audit = acme.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
  const prod = acme.addStage('prod', { profile: StageProfile.PRODUCTION, organizationalUnit: 'workloads' });
  const staging = acme.addStage('staging', { profile: StageProfile.STAGING, organizationalUnit: 'workloads' });
  const dev = acme.addStage('dev', { profile: StageProfile.DEVELOPMENT, organizationalUnit: 'workloads' });
  const testing = acme.addStage('testing', { profile: StageProfile.TESTING, organizationalUnit: 'workloads' });

  acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });

  const engineers = acme.addGroup('engineers', { canAssume: [dev.admin, testing.admin, staging.readOnly] });
  acme.addGroup('operators', { canAssume: [prod.admin, staging.admin] });
  acme.addGroup('auditors', { canAssume: [audit.readOnly] });
  acme.addUser('ada', { groups: [engineers] });
}
