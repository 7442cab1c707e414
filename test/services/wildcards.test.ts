import { App, Fn, Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CATALOGUE } from './catalogue';
import { stackIn } from './contract';
import { given } from './given';
import { testVpc } from './networks';
import { ContainerCluster, StageAccount, StageProfile } from '../../src';
import { look } from '../nag';

type Grants = Record<string, (grantee: iam.IGrantable, more: string) => iam.Grant>;

/** The methods of a service that grant something, its own and those that it inherits. */
function grantsOf(service: object): string[] {
  const proto = Object.getPrototypeOf(service) as object;
  const own = Object.getOwnPropertyNames(proto).filter(name => /^grant[A-Z]/.test(name));
  return proto === Object.prototype ? [] : [...own, ...grantsOf(proto)];
}

/** Who has got everything that services of other stacks grant, and what cdk-nag says of the stack of the grantee. */
function everythingTo(define: (stack: Stack) => iam.IGrantable) {
  const mine = stackIn(StageProfile.PRODUCTION);
  const needs = given(mine.node.scope as StageAccount);
  const grantee = define(mine);
  const granted = Object.entries(CATALOGUE).flatMap(([name, make]) => {
    const service = make(new Stack(mine.node.scope, `of-${name}`), 'it', needs);
    return grantsOf(service).map(method => {
      (service as unknown as Grants)[method](grantee, 'app').assertSuccess();
      return `${name}.${method}`;
    });
  });
  const findings = () => look(mine.node.root as App).findings.filter(finding => finding.startsWith(`${mine.node.path} `))
    .map(finding => /AwsSolutions-\w+(\[[^\]]*\])?/.exec(finding)?.[0] ?? finding);
  return { grantee, granted, findings };
}

const role = (stack: Stack) => new iam.Role(stack, 'role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });

describe('what services grant', () => {
  test.each<[string, (stack: Stack) => iam.IGrantable]>([
    ['a role', role],
    ['a user', stack => new iam.User(stack, 'user')],
    ['a role that exists', stack => iam.Role.fromRoleName(stack, 'role', 'shop')],
    ['a role that only the deployment knows', stack => iam.Role.fromRoleArn(stack, 'role', Fn.importValue('role'))],
    ['what runs in containers', stack => new ContainerCluster(stack, 'containers', { vpc: testVpc(stack, 'containers') })
      .addService('shop', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:stable') })],
  ])('is no finding of cdk-nag on %s', (_, define) => {
    const { granted, findings } = everythingTo(define);
    expect(granted).toEqual([
      'AuroraPostgres.grantConnect', 'AuroraMysql.grantConnect', 'RelationalDatabase.grantConnect', 'Redis.grantConnect',
      'SearchDomain.grantRead', 'SearchDomain.grantReadWrite', 'StaticSite.grantDeploy',
      'ContainerRegistry.grantPull', 'ContainerRegistry.grantPush', 'ContainerCluster.grantExecuteCommand',
      'KubernetesCluster.grantAdmin', 'KubernetesCluster.grantView', 'SecretStore.grantRead', 'SecretStore.grantWrite',
      'MailDomain.grantSend',
    ]);
    expect(findings()).toEqual([]);
  });

  test('hides no wildcard of the grantee\'s own', () => {
    const { grantee, findings } = everythingTo(role);
    const allow = (action: string, resource: string) =>
      iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [resource] });
    allow('s3:GetObject', 'arn:aws:s3:::orders/*');
    allow('dynamodb:Scan', '*');
    allow('ssm:Get*', 'arn:aws:ssm:eu-west-1:222222222222:parameter/shop');
    expect(findings().sort()).toEqual([
      'AwsSolutions-IAM5[Action::ssm:Get*]', 'AwsSolutions-IAM5[Resource::*]', 'AwsSolutions-IAM5[Resource::arn:aws:s3:::orders/*]',
    ]);
  });
});

test('a service whose image is in Amazon ECR may log in there, and nothing else passes for it', () => {
  const stack = stackIn(StageProfile.PRODUCTION);
  const vpc = testVpc(stack, 'it');
  const image = ecs.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'images', 'shop'));
  const service = new ContainerCluster(stack, 'it', { vpc }).addService('shop', { image });
  const findings = () => look(stack.node.root as App).findings.filter(finding => finding.includes('IAM'));
  service.taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['dynamodb:Scan'], resources: ['*'] }));
  expect(findings()).toEqual([expect.stringContaining('AwsSolutions-IAM5[Resource::*]')]);
});
