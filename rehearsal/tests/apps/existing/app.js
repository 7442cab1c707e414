// refers to what exists: in root, and in an account that is bootstrapped only after root's stack is deployed
const cdk = require('aws-cdk-lib');
const { Construct } = require('constructs');
const acm = require('aws-cdk-lib/aws-certificatemanager');
const ec2 = require('aws-cdk-lib/aws-ec2');
const elb = require('aws-cdk-lib/aws-elasticloadbalancingv2');
const kms = require('aws-cdk-lib/aws-kms');
const rds = require('aws-cdk-lib/aws-rds');
const route53 = require('aws-cdk-lib/aws-route53');
const ssm = require('aws-cdk-lib/aws-ssm');

const app = new cdk.App();
const acme = new Construct(app, 'acme');
const region = 'eu-west-1';
const stackOf = (stage, account, id) => new cdk.Stack(new cdk.Stage(acme, stage, { env: { account, region } }), id);

const one = stackOf('root', '111111111111', 'organization');
const vpc = ec2.Vpc.fromLookup(one, 'vpc', { tags: { Name: 'main' }, returnVpnGateways: true });
const output = (name, value) => new cdk.CfnOutput(one, `said-${name}`, { key: name, value });
output('public', vpc.publicSubnets.map(subnet => subnet.subnetId).join());
output('private', vpc.privateSubnets.map(subnet => subnet.subnetId).join());
output('isolated', vpc.isolatedSubnets.map(subnet => subnet.subnetId).join());
output('gateway', vpc.vpnGatewayId ?? 'none');
const group = ec2.SecurityGroup.fromLookupByName(one, 'group', 'web', vpc);
output('image', ec2.MachineImage.lookup({ name: 'golden-*', owners: ['self'] }).getImage(one).imageId);
output('key', kms.Key.fromLookup(one, 'key', { aliasName: 'alias/acme' }).keyId);
output('greeting', ssm.StringParameter.valueFromLookup(one, '/acme/greeting'));
output('database', rds.DatabaseInstance.fromLookup(one, 'database', { instanceIdentifier: 'orders' }).dbInstanceEndpointAddress);
output('context', one.node.tryGetContext('greeting') ?? 'none');
const parameter = new cdk.CfnParameter(one, 'who');
output('parameter', parameter.valueAsString);

const balancer = elb.ApplicationLoadBalancer.fromLookup(one, 'balancer', { loadBalancerTags: { app: 'front' } });
const listener = elb.ApplicationListener.fromLookup(one, 'listener', { loadBalancerTags: { app: 'front' }, listenerPort: 443 });
listener.addAction('answer', {
  priority: 1, conditions: [elb.ListenerCondition.pathPatterns(['/hello'])], action: elb.ListenerAction.fixedResponse(200),
});
listener.addCertificates('more', [acm.Certificate.fromCertificateArn(one, 'certificate',
  'arn:aws:acm:eu-west-1:111111111111:certificate/01234567-89ab-cdef-0123-456789abcdef')]);
new ec2.CfnSecurityGroupIngress(one, 'ingress', { groupId: group.securityGroupId, ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '192.0.2.0/24' });
new ec2.SecurityGroup(one, 'own', { vpc });
new route53.CnameRecord(one, 'record', {
  zone: route53.HostedZone.fromLookup(one, 'zone', { domainName: 'acme.example' }), recordName: 'www', domainName: balancer.loadBalancerDnsName,
});

const prod = stackOf('prod', '222222222222', 'dns');
new route53.TxtRecord(prod, 'record', {
  zone: route53.HostedZone.fromLookup(prod, 'zone', { domainName: 'prod.acme.example' }), values: ['hello'],
});
