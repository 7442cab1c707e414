// an organization as the tests of `check` want it: STAGES as JSON, by name, with the options of each
const { join } = require('node:path');
const { App } = require('aws-cdk-lib');
const { MultiAccountOrg, OrganizationSource, StageProfile } = require(join(__dirname, '../../../..'));

const { ORGANIZATION, SOURCE, STAGES = '{"audit":{},"prod":{}}', TRAIL, DOMAIN, UNITS } = process.env;
const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111',
  email: 'aws@acme.example',
  homeRegion: 'eu-west-1',
  ...SOURCE && { organization: OrganizationSource[SOURCE](), email: undefined },
  ...ORGANIZATION && { organization: OrganizationSource.existing(JSON.parse(ORGANIZATION)) },
  ...UNITS && { existingOrganizationalUnits: JSON.parse(UNITS) },
});
const stages = Object.entries(JSON.parse(STAGES)).map(([name, options]) =>
  acme.addStage(name, { profile: name === 'audit' ? StageProfile.AUDIT : StageProfile.DEVELOPMENT, ...options }));
if (TRAIL) acme.addAuditTrail({ storedIn: stages[0] });
if (DOMAIN) acme.addDomain(DOMAIN, { stages });
