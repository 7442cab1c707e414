import { App, Stack } from 'aws-cdk-lib';
import { AuroraPostgres, MultiAccountOrg, Network, StageAddresses } from 'cdk-multi-account-org';

const app = new App();
const acme = new MultiAccountOrg(app, 'acme', {
  managementAccountId: '111111111111',
  email: 'aws@acme.example',
  homeRegion: 'eu-west-1',
});
const prod = acme.addStage('prod', { addresses: StageAddresses.index(1) });

const backing = new Stack(prod, 'backing-services');
const network = new Network(backing, 'network', { addresses: prod.addresses });
new AuroraPostgres(backing, 'postgres', { vpc: network.vpc });
