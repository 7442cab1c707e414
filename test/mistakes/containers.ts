import { App, Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import * as fc from 'fast-check';
import { Mistake, mistake } from './mistake';
import { ContainerCluster, ContainerClusterProps, ContainerRegistry, ContainerRegistryProps, ContainerServiceOptions, LoadBalancerScheme, StageProfile } from '../../src';
import { outside } from '../random';
import { PROFILES, stackIn } from '../services/contract';
import { existingVpc } from '../services/existing-vpc';
import { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC, testVpc } from '../services/networks';

function certificate(stack: Stack, region = 'eu-west-1'): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(stack, 'certificate', `arn:aws:acm:${region}:222222222222:certificate/1`);
}

type ClusterProps = Partial<ContainerClusterProps>;

function cluster(app: App, props: ClusterProps | ((stack: Stack) => ClusterProps) = {}): ContainerCluster {
  const stack = stackIn(StageProfile.PRODUCTION, app);
  const given = typeof props === 'function' ? props(stack) : props;
  return new ContainerCluster(stack, 'shop', { vpc: given.vpc ?? testVpc(stack, 'it', [PUBLIC, PRIVATE_WITH_EGRESS]), ...given });
}

const balanced = (props: ClusterProps) => (stack: Stack) => ({ certificate: certificate(stack), ...props });

const IMAGE = ecs.ContainerImage.fromRegistry('nginx');

/** A service that nobody sends requests to. */
function service(app: App, options: Partial<ContainerServiceOptions>): void {
  cluster(app).addService('web', { image: IMAGE, ...options });
}

function routed(app: App, options: Partial<ContainerServiceOptions>): void {
  cluster(app, balanced({})).addService('web', { image: IMAGE, port: 80, priority: 1, hostNames: ['shop.acme.example'], ...options });
}

function registry(app: App, props: Partial<ContainerRegistryProps>): ContainerRegistry {
  return new ContainerRegistry(stackIn(StageProfile.PRODUCTION, app), 'images', { repositoryNames: ['web'], ...props });
}

const NO_WHOLE = [0.5, NaN, Infinity];
const PERCENTAGES = fc.oneof(outside(0, 100), fc.constantFrom(NaN));
const of = (capacityProvider: string, given: Omit<ecs.CapacityProviderStrategy, 'capacityProvider'> = { weight: 1 }) =>
  ({ capacityProvider, ...given });
const words = (values: string[]) => fc.constantFrom(...values);

const OF_A_LOAD_BALANCER = {
  loadBalancerScheme: LoadBalancerScheme.INTERNAL, allowedPeers: [], deletionProtection: true, serverErrorAlarmThreshold: 1, domainName: 'a.acme.example',
};

export const CONTAINER_MISTAKES: Mistake[] = [
  // load balancers
  ...Object.entries(OF_A_LOAD_BALANCER).map(([property, value]) =>
    mistake(`${property}: without a certificate`, [value], (app, given) => cluster(app, { [property]: given }),
      () => [`${property} has no effect without a load balancer`, 'give a certificate'])),
  mistake('certificate of a cluster: of another region', ['us-east-1', 'eu-central-1', 'ap-southeast-2'],
    (app, region) => cluster(app, stack => ({ certificate: certificate(stack, region) })),
    region => [`certificate is in ${region}`, 'give a certificate of eu-west-1']),
  mistake('domainName of a cluster: without a zone', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/),
    (app, domainName) => cluster(app, balanced({ domainName })), domainName => [`domainName '${domainName}'`, 'leave out domainName']),
  mistake('domainName of a cluster: outside of its zone', fc.stringMatching(/^[a-z]{1,9}\.(com|example)$/).filter(name => !/^(acme)\./.test(name)),
    (app, domainName) => cluster(app, stack => ({
      certificate: certificate(stack), domainName, zone: HostedZone.fromHostedZoneAttributes(stack, 'zone', { hostedZoneId: 'Z1', zoneName: 'acme.example' }),
    })), domainName => [`domainName '${domainName}' is not in zone 'acme.example'`, "give a name that ends in '.acme.example'"]),
  mistake('zone of a cluster: by its ID alone, without domainName', ['Z1', 'Z0123456789ABCDEFGHIJ'],
    (app, id) => cluster(app, stack => ({ certificate: certificate(stack), zone: HostedZone.fromHostedZoneId(stack, 'zone', id) })),
    () => ['domainName is missing', 'fromHostedZoneAttributes']),
  mistake('loadBalancerScheme: public without public subnets', [PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED],
    (app, type) => cluster(app, stack => ({
      certificate: certificate(stack),
      loadBalancerScheme: LoadBalancerScheme.INTERNET_FACING,
      vpc: type === PRIVATE_ISOLATED
        ? testVpc(stack, 'closed', [type]) : ec2.Vpc.fromVpcAttributes(stack, 'closed', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] }),
    })),
    () => ['loadBalancerScheme is INTERNET_FACING', '/closed', 'give INTERNAL']),
  mistake('loadBalancerSubnets: none of that type', [PRIVATE_ISOLATED],
    (app, subnetType) => cluster(app, balanced({ loadBalancerSubnets: { subnetType } })), () => ['loadBalancerSubnets of vpc', 'give other subnets']),
  mistake('loadBalancerSubnets: in one zone', [1],
    (app, maxAzs) => cluster(app, stack => ({ certificate: certificate(stack), vpc: testVpc(stack, 'narrow', [PUBLIC, PRIVATE_WITH_EGRESS], maxAzs) })),
    () => ['loadBalancerSubnets of vpc', '1 availability zones', 'give a vpc with more']),
  mistake('allowedPeers: none for an internal load balancer in a VPC that does not say its addresses', [LoadBalancerScheme.INTERNAL, undefined],
    (app, loadBalancerScheme) => cluster(app, stack => ({ certificate: certificate(stack), vpc: existingVpc(stack, 'there'), loadBalancerScheme })),
    () => ['allowedPeers is missing', '/there', 'vpcCidrBlock']),
  ...(['serverErrorAlarmThreshold', 'loadBalancerErrorAlarmThreshold'] as const).map(property =>
    mistake(`${property}: not a whole number`, fc.oneof(fc.integer({ max: -1 }), fc.constantFrom(...NO_WHOLE)),
      (app, value) => cluster(app, balanced({ [property]: value })), () => [`${property} is `, 'give a whole number, 0 or more'])),
  mistake('connections of a cluster: without a load balancer', [undefined], app => cluster(app).connections, () => ['connections of ', 'give a certificate']),

  // capacity providers
  mistake('defaultCapacityProviderStrategy: empty', [[]], (app, defaultCapacityProviderStrategy: ecs.CapacityProviderStrategy[]) =>
    cluster(app, { defaultCapacityProviderStrategy }), () => ['defaultCapacityProviderStrategy is empty', 'FARGATE_SPOT']),
  mistake('defaultCapacityProviderStrategy: of another provider', fc.stringMatching(/^[A-Za-z_]{1,12}$/).filter(name => !/^FARGATE(_SPOT)?$/.test(name)),
    (app, name) => cluster(app, { defaultCapacityProviderStrategy: [of(name)] }), name => [`defaultCapacityProviderStrategy names '${name}'`, 'FARGATE_SPOT']),
  mistake('capacityProviderStrategies: one provider twice', ['FARGATE', 'FARGATE_SPOT'],
    (app, name) => service(app, { capacityProviderStrategies: [of(name), of(name)] }), name => [`capacityProviderStrategies names '${name}' twice`]),
  mistake('capacityProviderStrategies: two bases', fc.integer({ min: 1, max: 100 }),
    (app, base) => service(app, { capacityProviderStrategies: [of('FARGATE', { base, weight: 1 }), of('FARGATE_SPOT', { base, weight: 1 })] }),
    () => ['capacityProviderStrategies has more than one base']),
  mistake('capacityProviderStrategies: a weight out of range', outside(0, 1000),
    (app, weight) => service(app, { capacityProviderStrategies: [of('FARGATE', { weight })] }), weight => [`weight in capacityProviderStrategies is ${weight}`, 'from 0 to 1000']),
  mistake('capacityProviderStrategies: a base out of range', outside(0, 100_000),
    (app, base) => service(app, { capacityProviderStrategies: [of('FARGATE', { base, weight: 1 })] }), base => [`base in capacityProviderStrategies is ${base}`, 'from 0 to 100000']),
  mistake('capacityProviderStrategies: no weight', [[0], [0, 0]],
    (app, weights) => service(app, { capacityProviderStrategies: weights.map((weight, index) => of(['FARGATE', 'FARGATE_SPOT'][index], { weight })) }),
    () => ['capacityProviderStrategies has no weight above 0', 'give a weight']),

  // services
  mistake('port: out of range', fc.oneof(outside(1, 65535), fc.constantFrom(...NO_WHOLE)), (app, port) => service(app, { port }), () => ["port of service '", 'from 1 to 65535']),
  mistake('port: missing behind a load balancer', [['shop.acme.example']], (app, hostNames) => routed(app, { hostNames, port: undefined }),
    () => ["port of service '", 'is missing']),
  mistake('priority: missing', [['shop.acme.example']], (app, hostNames) => routed(app, { hostNames, priority: undefined }), () => ["priority of service '", 'is missing']),
  mistake('priority: out of range', fc.oneof(outside(1, 50_000), fc.constantFrom(...NO_WHOLE)), (app, priority) => routed(app, { priority }),
    () => ['priority is ', 'from 1 to 50000']),
  mistake('priority: of two services', fc.integer({ min: 1, max: 50_000 }), (app, priority) => {
    const both = cluster(app, balanced({}));
    ['one', 'two'].forEach(id => both.addService(id, { image: IMAGE, port: 80, pathPatterns: [`/${id}`], priority }));
  }, priority => [`priority ${priority} of service '`, "/two'", "/one'"]),
  ...(['priority', 'healthCheckPath', 'unhealthyTaskAlarmThreshold'] as const).map(property =>
    mistake(`${property}: without requests`, [undefined], app => service(app, { [property]: property === 'healthCheckPath' ? '/up' : 1 }),
      () => [`${property} of service '`, 'has no effect', 'give hostNames or pathPatterns'])),
  ...(['hostNames', 'pathPatterns'] as const).map(property =>
    mistake(`${property}: empty`, [undefined], app => routed(app, { hostNames: undefined, pathPatterns: undefined, [property]: [] }),
      () => [`${property} of service '`, 'is empty', 'name at least one'])),
  mistake('hostNames: in a cluster without a load balancer', fc.stringMatching(/^[a-z]{1,9}\.acme\.example$/),
    (app, name) => service(app, { hostNames: [name], port: 80, priority: 1 }), () => ['have no effect', 'give the cluster a certificate']),
  mistake('hostNames: not a host name', fc.oneof(words(['shop', 'https://shop.acme.example', 'shop.acme.example/', 'shop acme.example', 'shop.acme.example:8080', '']),
    fc.stringMatching(/^[a-z]{129}\.a$/)), (app, name) => routed(app, { hostNames: [name] }), name => [`hostNames '${name}'`, "like 'shop.acme.example'"]),
  mistake('pathPatterns: not a path', fc.oneof(words(['api/*', '', '/a b', '/a?b=ü', '/a#b', 'https://acme.example/']), fc.stringMatching(/^\/[a-z]{128}$/)),
    (app, path) => routed(app, { hostNames: undefined, pathPatterns: [path] }), path => [`pathPatterns '${path}'`, "like '/api/*'"]),
  mistake('hostNames and pathPatterns: more values than a rule takes', fc.tuple(fc.nat(6), fc.nat(6)).filter(([hosts, paths]) => hosts + paths > 5),
    (app, [hosts, paths]) => {
      const some = (count: number, value: string) => count === 0 ? undefined
        : Array.from({ length: count }, (_, index) => value.replace('0', String(index)));
      routed(app, { hostNames: some(hosts, 'h0.acme.example'), pathPatterns: some(paths, '/p0') });
    }, ([hosts, paths]) => [`are ${hosts + paths} values`, 'takes 5']),
  mistake('healthCheckPath: not a path', fc.oneof(words(['up', '', 'health/', '/a b', '/é', 'http://localhost/']), fc.stringMatching(/^\/[a-z]{1024}$/)),
    (app, healthCheckPath) => routed(app, { healthCheckPath }), path => [`healthCheckPath '${path}'`, "begins with '/'"]),
  mistake('unhealthyTaskAlarmThreshold: not a whole number', fc.oneof(fc.integer({ max: -1 }), fc.constantFrom(...NO_WHOLE)),
    (app, unhealthyTaskAlarmThreshold) => routed(app, { unhealthyTaskAlarmThreshold }), () => ['unhealthyTaskAlarmThreshold is ', '0 or more']),
  ...(['cpuAlarmThreshold', 'memoryAlarmThreshold'] as const).map(property =>
    mistake(`${property} of a service: not a percentage`, PERCENTAGES, (app, value) => service(app, { [property]: value }), () => [`${property} is `, '0 to 100'])),
  ...(['minCapacity', 'maxCapacity'] as const).map(property =>
    mistake(`${property}: not a whole number`, fc.oneof(fc.integer({ max: 0 }), fc.constantFrom(...NO_WHOLE)),
      (app, value) => service(app, { [property]: value }), () => [`${property} is `, '1 or more'])),
  mistake('minCapacity: more than maxCapacity', fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })),
    (app, [maxCapacity, more]) => service(app, { minCapacity: maxCapacity + more, maxCapacity }), ([max, more]) => [`minCapacity ${max + more}`, `maxCapacity ${max}`]),
  mistake('readonlyRootFilesystem: with ECS Exec', [true], (app, enableExecuteCommand) => service(app, { readonlyRootFilesystem: true, enableExecuteCommand }),
    () => ['readonlyRootFilesystem of ', 'enableExecuteCommand', 'give only one']),
  mistake('environment: not the name of a variable', words(['', 'A=B', 'LOG LEVEL', ' A']), (app, name) => service(app, { environment: { [name]: '1' } }),
    name => [`has '${name}'`, "give one like 'LOG_LEVEL'"]),
  mistake('environment and secrets: one variable in both', fc.stringMatching(/^[A-Z]{1,9}$/), (app, name) => {
    const it = cluster(app);
    const secret = ecs.Secret.fromSsmParameter(StringParameter.fromSecureStringParameterAttributes(it, 'token', { parameterName: '/token' }));
    it.addService('web', { image: IMAGE, environment: { [name]: '1' }, secrets: { [name]: secret } });
  }, name => [`both have '${name}'`, 'give it in one of them']),
  mistake('command: empty', [[]], (app, command: string[]) => service(app, { command }), () => ["command of service '", 'is empty']),
  mistake('healthCheck: without a command', [[]], (app, command: string[]) => service(app, { healthCheck: { command } }), () => ['command of the healthCheck', 'is empty']),
  ...([['interval', 5, 300], ['timeout', 2, 120], ['startPeriod', 0, 300]] as const).map(([property, least, most]) =>
    mistake(`healthCheck: ${property} out of range`, fc.oneof(fc.integer({ min: most + 1, max: 9999 }), ...least > 0 ? [fc.integer({ min: 0, max: least - 1 })] : []),
      (app, value) => service(app, { healthCheck: { command: ['CMD', 'true'], [property]: Duration.seconds(value) } }),
      value => [`${property} of the healthCheck`, `is ${value}`, `from ${least} to ${most}`])),
  mistake('healthCheck: retries out of range', outside(1, 10), (app, retries) => service(app, { healthCheck: { command: ['CMD', 'true'], retries } }),
    retries => ['retries of the healthCheck', `is ${retries}`, 'from 1 to 10']),
  mistake('healthCheck: longer than its interval', fc.integer({ min: 6, max: 100 }), (app, seconds) => service(app, {
    healthCheck: { command: ['CMD', 'true'], interval: Duration.seconds(5), timeout: Duration.seconds(seconds) },
  }), () => ['timeout of the healthCheck', 'give a shorter one']),
  mistake('assignPublicIp: without public subnets', [true], (app, assignPublicIp) => {
    cluster(app, stack => ({ vpc: existingVpc(stack, 'closed') })).addService('web', { image: IMAGE, assignPublicIp });
  }, () => ['vpcSubnets of vpc', '/closed', 'give other subnets']),
  mistake('vpcSubnets of a service: none of that type', [PRIVATE_ISOLATED], (app, subnetType) => service(app, { vpcSubnets: { subnetType } }),
    () => ['vpcSubnets of vpc', 'give other subnets']),
  mistake('vpc of a service: public subnets only', [[PUBLIC]], (app, types) => {
    cluster(app, stack => ({ vpc: testVpc(stack, 'open', types) })).addService('web', { image: IMAGE });
  }, () => ['/open', 'neither private nor isolated subnets', 'say which subnets']),

  // registries
  mistake('repositoryNames: empty', [[]], (app, repositoryNames: string[]) => registry(app, { repositoryNames }), () => ['repositoryNames is empty', 'name one repository']),
  mistake('repositoryNames: not the name of a repository', fc.oneof(words(['Web', 'a', 'acme//api', '/api', 'api/', 'a..b', 'web:latest', '-api', '1api', 'a b', '']), fc.stringMatching(/^[a-z]{257}$/)),
    (app, name) => registry(app, { repositoryNames: [name] }), name => [`repositoryNames '${name}'`, "give one like 'acme/api'"]),
  mistake('repositoryNames: one twice', fc.stringMatching(/^[a-z]{2,9}$/), (app, name) => registry(app, { repositoryNames: [name, 'other', name] }),
    name => [`repositoryNames names '${name}' twice`]),
  mistake('pullAccounts: not an account', fc.oneof(words(['prod', '', '123']), fc.stringMatching(/^\d{13}$/)), (app, id) => registry(app, { pullAccounts: [id] }),
    id => [`pullAccounts '${id}'`, '12 digits']),
  mistake('maxImageCount: not a whole number', fc.oneof(fc.integer({ max: 0 }), fc.constantFrom(...NO_WHOLE)), (app, maxImageCount) => registry(app, { maxImageCount }),
    () => ['maxImageCount is ', '1 or more']),
  mistake('repository: that the registry does not have', fc.stringMatching(/^[a-z]{4,9}$/), (app, name) => registry(app, {}).repository(name),
    name => [`no repository '${name}'`, "it has 'web'"]),
  mistake('repositoryNames: of two registries in an account', fc.stringMatching(/^[a-z]{2,9}(\/[a-z]{2,9})?$/), (app, name) => {
    const stack = stackIn(PROFILES.staging, app);
    ['one', 'two'].forEach(id => new ContainerRegistry(stack, id, { repositoryNames: [name] }));
  }, name => [`repositoryName '${name}'`, "/one'", "/two'", 'choose another name in repositoryNames']),
];
