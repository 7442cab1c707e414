// a domain in root, and a part of it in prod that root delegates: the CDK's own constructs, with switches for the tests
const cdk = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const route53 = require('aws-cdk-lib/aws-route53');
const { Construct } = require('constructs');

const domain = 'acme.example';
const part = `prod.${domain}`;
const root = { account: '111111111111', region: 'eu-west-1' };
const prod = { account: '222222222222', region: 'eu-west-1' };

const app = new cdk.App();
const acme = new Construct(app, 'acme');

const parent = new cdk.Stack(new cdk.Stage(acme, 'root', { env: root }), 'dns');
const zone = new route53.PublicHostedZone(parent, 'zone', { zoneName: domain });
const role = new iam.Role(parent, 'delegation', {
  roleName: 'acme-prod-dns-delegation', assumedBy: new iam.AccountPrincipal(process.env.TRUSTED ?? prod.account),
});
role.addToPolicy(new iam.PolicyStatement({ actions: ['route53:ListHostedZonesByName'], resources: ['*'] }));
const changes = {
  'route53:ChangeResourceRecordSetsNormalizedRecordNames': [process.env.DELEGABLE ?? part],
  'route53:ChangeResourceRecordSetsRecordTypes': ['NS'],
  'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
};
role.addToPolicy(new iam.PolicyStatement({
  actions: ['route53:ChangeResourceRecordSets'],
  resources: [zone.hostedZoneArn],
  conditions: {
    'ForAllValues:StringEquals': changes, 'Null': Object.fromEntries(Object.keys(changes).map(key => [key, 'false'])),
  },
}));

const stage = new cdk.Stack(new cdk.Stage(acme, 'prod', { env: prod }), 'dns');
const own = new route53.PublicHostedZone(stage, 'zone', { zoneName: part });
new route53.ARecord(stage, 'www', { zone: own, recordName: 'www', target: route53.RecordTarget.fromIpAddresses('192.0.2.7') });
new route53.CnameRecord(stage, 'docs', { zone: own, recordName: 'docs', domainName: `www.${part}` });
if (!process.env.UNDELEGATED) {
  new route53.CrossAccountZoneDelegationRecord(stage, 'delegation', {
    delegatedZone: own,
    parentHostedZoneName: domain,
    delegationRole: iam.Role.fromRoleArn(stage, 'role', `arn:aws:iam::${root.account}:role/acme-prod-dns-delegation`, { mutable: false }),
  });
}
