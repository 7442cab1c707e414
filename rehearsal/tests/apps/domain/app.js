// an organization with a domain, made by the library as it is compiled
const { join } = require('node:path');
const repository = join(__dirname, '../../../..');
const { App, Stack } = require('aws-cdk-lib');
const { ARecord, RecordTarget } = require('aws-cdk-lib/aws-route53');
const { MultiAccountOrg, StageProfile } = require(repository);

const acme = new MultiAccountOrg(new App(), 'acme', {
  managementAccountId: '111111111111', email: 'aws@acme.example', homeRegion: 'eu-west-1',
});
const prod = acme.addStage('prod', { profile: StageProfile.PRODUCTION });
const testing = acme.addStage('testing', { profile: StageProfile.TESTING });
const domain = acme.addDomain('acme.example', { stages: [prod, testing] });
for (const [stage, address] of [[prod, '192.0.2.7'], [testing, '192.0.2.8']]) {
  new ARecord(new Stack(stage, 'site'), 'www', {
    zone: domain.zoneOf(stage), recordName: 'www', target: RecordTarget.fromIpAddresses(address),
  });
}
