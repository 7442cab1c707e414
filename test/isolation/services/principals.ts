import { Principal } from '../evaluate';
import { allow } from '../policy';
import { outsiders, service, sessions, user } from '../table';
import { ACCOUNTS, OUTSIDE, REGION } from '../templates';
import { World } from '../world';
import { Ids } from './ids';

export const PROD_AND_DEV = ['prod', 'dev'];

/** Everybody who may ask something of the services. */
export function servicePrincipals(world: World, ids: Ids): Principal[] {
  const group = (name: string) => world.groups.get(`acme-${name}`)!;
  return [
    ...user('engineers', [...group('engineers'), ...group('everybody')]),
    ...user('root administrator', [allow('*')]),
    ...[...world.roles].flatMap(([name, role]) => sessions(name, role, world.controls.get(role.account))),
    ...outsiders('acme-prod-admin', 'acme-prod-workload'),
    ...PROD_AND_DEV.flatMap(stage => ofTheStage(ids, stage)),
    distribution('an outside distribution of the same id', OUTSIDE, ids.id('prod', 'CloudFront::Distribution', 'site')),
    service('a cloudfront without a source', 'cloudfront', {}),
    logging('an outside access logging', OUTSIDE, 'outside'),
    flowLogs('outside flow logs', OUTSIDE),
    functions('outside functions', OUTSIDE),
    ...['ecs-tasks', 'lambda', 'eks', 'ec2', 'monitoring.rds', 'cloudformation'].map(name => service(name, name, {})),
    service('logs', `logs.${REGION}`, {}),
    { name: 'anybody on the internet', identity: [], context: {} },
  ];
}

function ofTheStage(ids: Ids, stage: string): Principal[] {
  const account = ACCOUNTS[stage];
  return [
    ...['site', 'docs'].flatMap(site => {
      const bucket = ids.arn(stage, 'S3::Bucket', `${site}Bucket`).split(':').pop()!;
      const served = distribution(`the ${site} of ${stage}`, account, ids.id(stage, 'CloudFront::Distribution', site));
      const logged = logging(`the access logging of the ${site} of ${stage}`, account, bucket);
      return [
        served,
        logged,
        // a bucket that is deleted leaves its name to others
        logging(`the access logging of a bucket outside that took the name of the ${site} of ${stage}`, OUTSIDE, bucket),
        ...[served, logged].map(anotherService),
      ];
    }),
    flowLogs(`the flow logs of ${stage}`, account),
    flowLogs(`what is no flow log of ${stage}`, account, 'vpc/vpc-a1b2c3'),
    anotherService(flowLogs(`the flow logs of ${stage}`, account)),
    functions(`the functions of ${stage}`, account),
    anotherService(functions(`the functions of ${stage}`, account)),
  ];
}

/** With the same source, which only the named service should be believed. */
function anotherService({ name, context }: Principal): Principal {
  return service(`another service for ${name}`, 'config', context);
}

function distribution(name: string, account: string, id: string): Principal {
  return service(name, 'cloudfront', {
    'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:cloudfront::${account}:distribution/${id}`,
  });
}

function logging(name: string, account: string, bucket: string): Principal {
  return service(name, 'logging.s3', { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:s3:::${bucket}` });
}

function flowLogs(name: string, account: string, source = 'vpc-flow-log/fl-a1b2c3'): Principal {
  return service(name, 'vpc-flow-logs', {
    'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:ec2:${REGION}:${account}:${source}`,
  });
}

function functions(name: string, account: string): Principal {
  return service(name, 'lambda', { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:lambda:${REGION}:${account}:function:web` });
}
