// an organization as the tests of `check` want it: STAGES as JSON, by name, with the options of each
const { join } = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { MultiAccountOrg, Network, OrganizationSource, StageProfile } = require(join(__dirname, '../../../..'));

const { ORGANIZATION, SOURCE, STAGES = '{"audit":{},"prod":{}}', TRAIL, DOMAIN, UNITS, NETWORK, NEEDS } = process.env;
const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111',
  email: 'aws@acme.example',
  homeRegion: 'eu-west-1',
  regionsAreEnabled: true,
  ...SOURCE && { organization: OrganizationSource[SOURCE](), email: undefined, regionsAreEnabled: undefined },
  ...ORGANIZATION && { organization: OrganizationSource.existing(JSON.parse(ORGANIZATION)) },
  ...UNITS && { existingOrganizationalUnits: JSON.parse(UNITS) },
});
const stages = Object.entries(JSON.parse(STAGES)).map(([name, options]) =>
  acme.addStage(name, { profile: name === 'audit' ? StageProfile.AUDIT : StageProfile.DEVELOPMENT, ...options }));
if (TRAIL) acme.addAuditTrail({ storedIn: stages[0] });
if (DOMAIN) acme.addDomain(DOMAIN, { stages });
if (NETWORK) new Network(new Stack(acme.node.findChild(NETWORK), 'network'), 'network', { natGateways: 1 });
if (NEEDS) acme.addFacts({ facts: () => JSON.parse(NEEDS).map(fact => ({ kind: 'needs', source: 'acme/Needs', ...fact })) });
