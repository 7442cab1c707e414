// an organization as the tests of `check` want it: STAGES as JSON, by name, with the options of each
const { join } = require('node:path');
const { App, CfnParameter, NestedStack, Stack } = require('aws-cdk-lib');
const { CfnVPC } = require('aws-cdk-lib/aws-ec2');
const { AccountRootPrincipal, Role } = require('aws-cdk-lib/aws-iam');
const { Guardrails, IdentityCenter, MultiAccountOrg, Network, OrganizationSource, People, PeopleSource, StageProfile } = require(join(__dirname, '../../../..'));

const { ORGANIZATION, SOURCE, STAGES = '{"audit":{},"prod":{}}', TRAIL, DOMAIN, UNITS, NETWORK, NESTED, OUTSIDE, NEEDS, GUARDRAILS, PEOPLE } = process.env;
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
if (NESTED) {
  const outer = new Stack(acme.node.findChild(NESTED), 'outer');
  const prefix = new CfnParameter(outer, 'Prefix', { default: 'acme' }).valueAsString;
  const inner = new NestedStack(new NestedStack(outer, 'middle'), 'inner');
  new Role(inner, 'role', { roleName: `${prefix}-inside`, assumedBy: new AccountRootPrincipal() });
  new CfnVPC(inner, 'vpc', { cidrBlock: '10.0.0.0/16' });
}
if (OUTSIDE) {
  const { accountId: account, region } = acme.node.findChild(OUTSIDE);
  new Role(new Stack(acme, 'outside', { env: { account, region } }), 'role', {
    roleName: 'acme-outside',
    assumedBy: new AccountRootPrincipal(),
  });
}
if (GUARDRAILS) new Guardrails(acme, 'guardrails');
if (PEOPLE) {
  const { arn, region = 'eu-west-1', groups, users = [], ...options } = JSON.parse(PEOPLE);
  new People(acme, 'people', { source: PeopleSource.accountAccess({ instance: IdentityCenter.fromArn(arn, region), ...options }) });
  const [first] = groups.map(name => acme.addGroup(name, { canAssume: [acme.root.readOnly] }));
  users.forEach(name => acme.addUser(name, { groups: [first] }));
}
if (NEEDS) acme.addFacts({ facts: () => JSON.parse(NEEDS).map(fact => ({ kind: 'needs', source: 'acme/Needs', ...fact })) });
