// the organization of the README without services, made by the library as it is compiled: quick to deploy many times
const { join } = require('node:path');
const repository = join(__dirname, '../../../..');
const { App } = require('aws-cdk-lib');
const { MultiAccountOrg, StageProfile } = require(repository);

const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1',
});
const audit = acme.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
const [prod, staging, dev, testing] = ['PRODUCTION', 'STAGING', 'DEVELOPMENT', 'TESTING'].map((profile, index) =>
  acme.addStage(['prod', 'staging', 'dev', 'testing'][index], { profile: StageProfile[profile], organizationalUnit: 'workloads' }));
acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });
acme.addGroup('operators', { canAssume: [prod.admin, staging.admin] });
acme.addUser('ada', { groups: [acme.addGroup('engineers', { canAssume: [dev.admin, testing.admin] })] });
