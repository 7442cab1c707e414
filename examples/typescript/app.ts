import { App } from 'aws-cdk-lib';
import {
  BreakGlass, Guardrail, Guardrails, MultiAccountOrg, People, PeopleSource, StageAddresses, StageProfile,
} from 'cdk-multi-account-org';
import { Budgets } from './budgets';
import {
  addAutomation, addBackingServices, addCertificate, addJobs, addKubernetes, addNetwork, addReports, addSecrets,
  addState,
} from './services';

const app = new App();
const acme = new MultiAccountOrg(app, 'acme', {
  managementAccountId: '111111111111',
  email: 'aws@acme.example',
  homeRegion: 'eu-west-1',
  rootAddresses: StageAddresses.index(100),
});
new Budgets(acme, 'Budgets', 1000);
const audit = acme.addStage('audit', { profile: StageProfile.AUDIT, organizationalUnit: 'security' });
const prod = acme.addStage('prod', {
  profile: StageProfile.PRODUCTION, organizationalUnit: 'workloads', addresses: StageAddresses.index(103),
});
const staging = acme.addStage('staging', {
  profile: StageProfile.STAGING, organizationalUnit: 'workloads', addresses: StageAddresses.index(102),
});
const dev = acme.addStage('dev', {
  profile: StageProfile.DEVELOPMENT, organizationalUnit: 'workloads', addresses: StageAddresses.index(101),
});
const testing = acme.addStage('testing', {
  profile: StageProfile.TESTING, organizationalUnit: 'workloads', addresses: StageAddresses.index(104),
});

acme.addAuditTrail({ storedIn: audit, readers: [audit.readOnly] });

new Guardrails(acme, 'guardrails', { guardrails: [Guardrail.allowedRegions(['eu-west-1', 'us-east-1'])] });

// people of IAM Identity Center have another source, and the same groups
new People(acme, 'people', { source: PeopleSource.iamUsers() });
new BreakGlass(acme, 'break-glass');
const engineers = acme.addGroup('engineers', { canAssume: [dev.admin, testing.admin, staging.readOnly] });
acme.addGroup('operators', { canAssume: [prod.admin, staging.admin] });
acme.addGroup('auditors', { canAssume: [audit.readOnly] });
acme.addUser('ada', { groups: [engineers] });

// which stage has what is as in the architecture that this one stands for
const domain = acme.addDomain('acme.example', { stages: [audit, prod, staging, dev, testing] });
for (const stage of [audit, prod, staging, dev, testing]) {
  addCertificate(stage, domain);
  addSecrets(stage);
}
const networks = new Map([acme.root, prod, staging, dev, testing].map(stage => [stage, addNetwork(stage)]));
for (const stage of [prod, staging, dev, testing]) {
  addBackingServices(stage, networks.get(stage)!);
  addKubernetes(stage, networks.get(stage)!);
  addJobs(stage);
}
for (const stage of [acme.root, testing]) {
  addAutomation(stage, networks.get(stage)!);
}
addState(testing);
addReports(prod);
