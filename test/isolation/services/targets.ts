import { Context, Target } from '../evaluate';
import { Policy } from '../policy';
import { bucketRequest } from '../table';
import { ACCOUNTS, REGION } from '../templates';
import { World } from '../world';
import { Ids } from './ids';
import { PROD_AND_DEV } from './principals';

/** Every request to what the services add, and to who is allowed that. Names of what is in a stage end with it. */
export function serviceTargets(world: World, ids: Ids): Target[] {
  return [
    ...[...world.roles].map(([name, { arn: resource, account, trust: policy }]) =>
      ({ name: `assume ${name}`, action: 'sts:AssumeRole', resource, account, policy, context: {} })),
    ...PROD_AND_DEV.flatMap(stage => [
      ...['/app', '/application'].flatMap(path => secretTargets(world, stage, path)),
      ...siteTargets(world, ids, stage),
      ...dataTargets(ids, stage),
      ...clusterTargets(world, ids, stage),
      ...infrastructureTargets(ids, stage),
    ]),
    ...registryTargets(world),
    ...['acme', 'prod.acme', 'dev.acme'].flatMap(zone => zoneTargets(ids, `${zone}.example`)),
  ];
}

function arn(service: string, stage: string, resource: string, region = REGION): string {
  return `arn:aws:${service}:${region}:${ACCOUNTS[stage]}:${resource}`;
}

function request(stage: string, action: string, resource: string, what: string, more: Partial<Target> = {}): Target {
  const [, verb] = action.split(':');
  return { name: `${verb} ${what} in ${stage}`, action, resource, account: ACCOUNTS[stage], context: {}, ...more };
}

export const SECRET_READS = ['GetSecretValue', 'DescribeSecret'];
export const SECRET_WRITES = ['CreateSecret', 'PutSecretValue', 'UpdateSecret'];
const SECRET_CHANGES = ['DeleteSecret', 'PutResourcePolicy', 'RestoreSecret', 'TagResource'];
export const PARAMETER_READS = ['GetParameter', 'GetParameters', 'GetParameterHistory', 'GetParametersByPath'];
export const PARAMETER_WRITES = ['PutParameter'];
const PARAMETER_CHANGES = ['DeleteParameter', 'LabelParameterVersion', 'AddTagsToResource'];
const CRYPTOGRAPHY = ['Decrypt', 'Encrypt', 'GenerateDataKey'];
const KEY_CHANGES = ['DescribeKey', 'PutKeyPolicy', 'ScheduleKeyDeletion', 'CreateGrant'];

function by(serviceName: string, context: Context, region = REGION): Context {
  return { 'kms:ViaService': `${serviceName}.${region}.amazonaws.com`, ...context };
}

/** What is read of a secret takes two answers: of the service that has it, and of the key. */
function secretTargets(world: World, stage: string, path: string): Target[] {
  const { arn: resource, policy } = [...world.keys].find(([name]) => name.startsWith(`${stage} store${path.slice(1)}Key`))![1];
  const other = path === '/app' ? '/application' : '/app';
  const secret = (of: string) => arn('secretsmanager', stage, `secret:${of}/session-key-a1b2c3`);
  const parameter = (of: string) => arn('ssm', stage, `parameter${of}/token`);
  const use = (action: string, how: string, context: Context) =>
    request(stage, `kms:${action}`, resource, `${how} by the key of ${path}`, { policy, context });
  const inSecret = (of: string): Context => ({ 'kms:EncryptionContext:SecretARN': secret(of) });
  const inParameter = (of: string): Context => ({ 'kms:EncryptionContext:PARAMETER_ARN': parameter(of) });
  return [
    ...[...SECRET_READS, ...SECRET_WRITES, ...SECRET_CHANGES].map(action =>
      request(stage, `secretsmanager:${action}`, secret(path), `a secret of ${path}`)),
    ...[...PARAMETER_READS, ...PARAMETER_WRITES, ...PARAMETER_CHANGES].map(action =>
      request(stage, `ssm:${action}`, parameter(path), `a parameter of ${path}`)),
    ...['GetParametersByPath', 'PutParameter'].map(action =>
      request(stage, `ssm:${action}`, parameter(path).replace('/token', ''), `right at ${path}`)),
    ...CRYPTOGRAPHY.flatMap(action => [
      use(action, 'a secret', by('secretsmanager', inSecret(path))),
      use(action, `a secret of ${other}`, by('secretsmanager', inSecret(other))),
      use(action, 'what it would be asked for before there is a secret', by('secretsmanager', {
        'kms:EncryptionContext:SecretARN': 'RequestToValidateKeyAccess',
      })),
      use(action, 'a parameter', by('ssm', inParameter(path))),
      use(action, `a parameter of ${other}`, by('ssm', inParameter(other))),
      ...path === '/application' ? [] : [
        use(action, 'a secret without saying which', by('secretsmanager', {})),
        use(action, 'a secret of another region', by('secretsmanager', inSecret(path), 'us-east-1')),
        use(action, 'a parameter without saying which', by('ssm', {})),
        use(action, 'anything by S3', by('s3', { ...inSecret(path), ...inParameter(path) })),
        use(action, 'anything directly', { ...inSecret(path), ...inParameter(path) }),
      ],
    ]),
    ...KEY_CHANGES.map(action => use(action, 'it, the key,', {})),
    use('CreateGrant', 'it, the key, by Secrets Manager', by('secretsmanager', {})),
  ];
}

/** The use of AWS's own key for a parameter in /app, as somebody does who names no key. */
export function withoutTheKey(action: string, stage: string): Target {
  return request(stage, `kms:${action}`, arn('kms', stage, 'key/aws-ssm'), 'a parameter of /app by the key of AWS', {
    policy: keyOfParameterStore(stage),
    context: by('ssm', { 'kms:EncryptionContext:PARAMETER_ARN': arn('ssm', stage, 'parameter/app/token') }),
  });
}

/**
 * What AWS says of its own key for parameters: it is for everybody in the account who may get them.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
function keyOfParameterStore(stage: string): Policy {
  return {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:ViaService': `ssm.${REGION}.amazonaws.com`, 'kms:CallerAccount': ACCOUNTS[stage] },
      },
    }],
  };
}

export const SITE_READS = ['GetObject', 'GetObjectVersion', 'ListBucketVersions', 'GetBucketPolicy'];
export const SITE_CHANGES = ['DeleteObjectVersion', 'PutBucketPolicy', 'PutBucketPublicAccessBlock', 'DeleteBucket', 'PutObjectAcl'];
const OF_A_BUCKET = ['ListBucket', 'ListBucketVersions', 'GetBucketPolicy', 'PutBucketPolicy', 'PutBucketPublicAccessBlock', 'DeleteBucket'];

function siteTargets(world: World, ids: Ids, stage: string): Target[] {
  const bucketOf = (id: string) => {
    const [, bucket] = [...world.buckets].find(([name]) => name.startsWith(id) && name.endsWith(ACCOUNTS[stage])) ?? [];
    return bucket;
  };
  const inBucket = (id: string, what: string, actions: string[], how = '', context?: Context) => {
    const bucket = bucketOf(id);
    return !bucket ? [] : actions.map(action => bucketRequest(
      `${action}${how} of ${what} in ${stage}`, bucket, action, OF_A_BUCKET.includes(action), 'index.html', context));
  };
  const ofDistribution = (id: string, what: string, actions: string[]) => actions.map(action => request(
    stage, `cloudfront:${action}`, arn('cloudfront', stage, `distribution/${ids.id(stage, 'CloudFront::Distribution', id)}`, ''), `of ${what}`));
  const http: Context = { 'aws:SecureTransport': 'false' };
  return [
    ...inBucket('sitebucket', 'the site', [...SITE_READS, 'ListBucket', 'PutObject', 'DeleteObject', ...SITE_CHANGES]),
    ...inBucket('sitebucket', 'the site', ['GetObject', 'PutObject', 'ListBucket'], ' over http', http),
    ...inBucket('docsbucket', 'the docs', ['GetObject', 'ListBucket', 'PutObject', 'DeleteObject']),
    ...inBucket('docsbucket', 'the docs', ['GetObject'], ' over http', http),
    ...inBucket('siteaccesslogs', 'the access logs', ['GetObject', 'PutObject', 'DeleteObject', 'PutBucketPolicy']),
    ...inBucket('siteaccesslogs', 'the access logs', ['PutObject'], ' over http', http),
    ...inBucket('docsaccesslogs', "the docs' access logs", ['GetObject', 'PutObject']),
    ...inBucket('docsaccesslogs', "the docs' access logs", ['PutObject'], ' over http', http),
    bucketRequest(`PutObject into a bucket whose name begins so in ${stage}`,
      { arn: `${bucketOf('sitebucket')!.arn}-copy`, account: ACCOUNTS[stage], policy: { Statement: [] } }, 'PutObject'),
    ...ofDistribution('site', 'the site', ['CreateInvalidation', 'UpdateDistribution', 'GetDistributionConfig']),
    ...ofDistribution('docs', 'the docs', ['CreateInvalidation']),
  ];
}

export const TABLE_READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];
export const TABLE_WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
const TABLE_CHANGES = ['DeleteTable', 'UpdateTable', 'PutResourcePolicy'];

function dataTargets(ids: Ids, stage: string): Target[] {
  const [table, cacheUser] = [ids.arn(stage, 'DynamoDB::GlobalTable'), ids.arn(stage, 'ElastiCache::User')];
  const group = `replicationgroup:${ids.id(stage, 'ElastiCache::ReplicationGroup')}`;
  const cache = (resource: string) => arn('elasticache', stage, resource);
  const user = (name: string, what: string, cluster = `cluster-${ids.id(stage, 'RDS::DBCluster')}`) =>
    request(stage, 'rds-db:connect', arn('rds-db', stage, `dbuser:${cluster}/${name}`), `to ${what} as ${name}`);
  return [
    ...[...TABLE_READS, ...TABLE_WRITES, ...TABLE_CHANGES].map(action =>
      request(stage, `dynamodb:${action}`, table, 'of the table')),
    ...['GetItem', 'PutItem'].map(action =>
      request(stage, `dynamodb:${action}`, arn('dynamodb', stage, 'table/other'), 'of another table')),
    request(stage, 'dynamodb:GetRecords', arn('dynamodb', stage, 'table/other/stream/a1b2c3'), 'of the stream of another table'),
    // to sign in takes both: the Redis and its user
    request(stage, 'elasticache:Connect', cache(group), 'to the Redis'),
    request(stage, 'elasticache:Connect', cacheUser, 'as the user of the Redis'),
    request(stage, 'elasticache:Connect', cache('replicationgroup:other'), 'to another Redis'),
    request(stage, 'elasticache:Connect', cache('user:default'), 'as the default user of any Redis'),
    request(stage, 'elasticache:ModifyUser', cacheUser, 'the user of the Redis'),
    request(stage, 'elasticache:DeleteReplicationGroup', cache(group), 'the Redis'),
    user('app', 'the database'),
    user('postgres', 'the database'),
    user('app', 'another database', 'cluster-other'),
    request(stage, 'secretsmanager:GetSecretValue', arn('secretsmanager', stage, 'secret:rds!cluster-a1b2-c3d4e5'), 'of the master user'),
  ];
}

const CLUSTER_CHANGES = ['CreateAccessEntry', 'UpdateClusterConfig', 'DeleteCluster'];

function clusterTargets(world: World, ids: Ids, stage: string): Target[] {
  const cluster = arn('eks', stage, `cluster/${ids.property(stage, 'EKS::Cluster', 'Name')}`);
  const [, key] = [...world.keys].find(([name]) => name.startsWith(`${stage} clusterKey`))!;
  const known = (policy: string) => (world.clusterEntries.get(stage) ?? [])
    .filter(({ policies }) => policies.includes(policy)).map(({ principalArn }) => principalArn);
  const inCluster = (what: string, policy: string): Target => ({
    ...request(stage, 'eks:AccessKubernetesApi', cluster, what), known: known(policy), name: `${what} of Kubernetes in ${stage}`,
  });
  const ofLogs = { 'kms:EncryptionContext:aws:logs:arn': arn('logs', stage, 'log-group:/aws/eks/cluster/cluster') };
  return [
    ...['DescribeCluster', ...CLUSTER_CHANGES].map(action => request(stage, `eks:${action}`, cluster, 'of the cluster')),
    inCluster('administer all', 'AmazonEKSClusterAdminPolicy'),
    inCluster('see what is not secret', 'AmazonEKSViewPolicy'),
    ...['Decrypt', 'PutKeyPolicy'].map(action =>
      request(stage, `kms:${action}`, key.arn, 'by the key of the cluster', { policy: key.policy })),
    ...['Encrypt', 'PutKeyPolicy'].map(action =>
      request(stage, `kms:${action}`, key.arn, 'for logs by the key of the cluster', { policy: key.policy, context: ofLogs })),
  ];
}

/** What the roles of the infrastructure are for, and one step further. */
function infrastructureTargets(ids: Ids, stage: string): Target[] {
  const flowLogRole = ids.id(stage, 'IAM::Role', 'networkFlowLogRole');
  const certificate = arn('ssm', stage, `parameter${ids.property(stage, 'SSM::Parameter', 'Name', 'Arn')}`, 'us-east-1');
  const zone = arn('ssm', stage, `parameter${ids.property(stage, 'SSM::Parameter', 'Name', `${stage}acmeexampleZone`)}`);
  const logs = (id: string) => arn('logs', stage, `log-group:${id}:log-stream:eni`);
  const role = (name: string) => `arn:aws:iam::${ACCOUNTS[stage]}:role/${name}`;
  return [
    ...['PutLogEvents', 'GetLogEvents', 'DeleteLogStream'].map(action =>
      request(stage, `logs:${action}`, logs(ids.id(stage, 'Logs::LogGroup', 'networkFlowLogs')), 'of the flow logs')),
    request(stage, 'logs:PutLogEvents', logs('other'), 'of other logs'),
    ...Object.entries({ [flowLogRole]: 'the role of flow logs', [`acme-${stage}-admin`]: 'admin' }).map(([name, what]) =>
      request(stage, 'iam:PassRole', role(name), what, {
        context: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' },
      })),
    request(stage, 'iam:PutRolePolicy', role(flowLogRole), 'the role of flow logs'),
    ...Object.entries({ [`sg-${ids.id(stage, 'EC2::VPC')}`]: 'the default group', 'sg-other': 'another group' }).flatMap(([id, what]) =>
      ['AuthorizeSecurityGroupIngress', 'DeleteSecurityGroup'].map(action =>
        request(stage, `ec2:${action}`, arn('ec2', stage, `security-group/${id}`), what))),
    ...Object.entries({
      [ids.arn(stage, 'CertificateManager::Certificate')]: 'of the site', [arn('acm', stage, 'certificate/other', 'us-east-1')]: 'of another',
    }).flatMap(([resource, what]) => ['DescribeCertificate', 'DeleteCertificate'].map(action =>
      request(stage, `acm:${action}`, resource, what))),
    ...['GetParameter', 'PutParameter'].flatMap(action => [
      request(stage, `ssm:${action}`, certificate, 'that names the certificate'),
      request(stage, `ssm:${action}`, zone, 'that names the zone'),
    ]),
  ];
}

export const PULLS = ['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'];
export const PUSHES = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'];
const IMAGE_CHANGES = ['BatchDeleteImage', 'DeleteRepository', 'SetRepositoryPolicy', 'GetRepositoryPolicy', 'DescribeImages'];

function registryTargets(world: World): Target[] {
  const { arn: resource, policy } = world.repositories.get('acme/api')!;
  return [
    ...[...PULLS, ...PUSHES, ...IMAGE_CHANGES].map(action => request('prod', `ecr:${action}`, resource, 'of acme/api', { policy })),
    ...PROD_AND_DEV.flatMap(stage => ['BatchGetImage', 'PutImage'].map(action =>
      request(stage, `ecr:${action}`, arn('ecr', stage, 'repository/other'), 'of another repository'))),
  ];
}

const CHANGE_KEYS = ['NormalizedRecordNames', 'RecordTypes', 'Actions'].map(name => `route53:ChangeResourceRecordSets${name}`);

/** Changes of records: of which names, types and how. A request with none of them lacks the key. */
const RECORDS: Record<string, [string[], string[], string[]]> = {
  ...Object.fromEntries(['prod', 'dev', 'testing'].flatMap((stage): Array<[string, [string[], string[], string[]]]> => [
    [`the name servers of ${stage}`, [[`${stage}.acme.example`], ['NS'], ['UPSERT']]],
    [`no more name servers of ${stage}`, [[`${stage}.acme.example`], ['NS'], ['DELETE']]],
    [`new name servers of ${stage}, where there are none,`, [[`${stage}.acme.example`], ['NS'], ['CREATE']]],
    [`the address of ${stage}`, [[`${stage}.acme.example`], ['A'], ['UPSERT']]],
  ])),
  'other name servers of prod and of dev': [['prod.acme.example', 'dev.acme.example'], ['NS'], ['UPSERT']],
  'the name servers and the address of prod': [['prod.acme.example'], ['NS', 'A'], ['UPSERT']],
  'the name servers of a part of prod': [['a.prod.acme.example'], ['NS'], ['UPSERT']],
  'the name servers of nobody': [['nobody.acme.example'], ['NS'], ['UPSERT']],
  'the name servers of the domain': [['acme.example'], ['NS'], ['UPSERT']],
  'the address of the domain': [['acme.example'], ['A'], ['UPSERT']],
  ...Object.fromEntries(PROD_AND_DEV.map((stage): [string, [string[], string[], string[]]] =>
    [`the proof of a certificate of ${stage}`, [[`_a1.www.${stage}.acme.example`], ['CNAME'], ['UPSERT']]])),
  'the proof of another certificate of prod': [['_a1.other.prod.acme.example'], ['CNAME'], ['UPSERT']],
  'another name for prod': [['www.prod.acme.example'], ['CNAME'], ['UPSERT']],
  'a proof and another name': [['_a1.www.prod.acme.example', 'docs.prod.acme.example'], ['CNAME'], ['UPSERT']],
  'what has no name': [[], ['NS'], ['UPSERT']],
  'what has no name, an alias,': [[], ['CNAME'], ['UPSERT']],
  ...Object.fromEntries(['prod', 'dev', 'testing'].flatMap((stage): Array<[string, [string[], string[], string[]]]> => [
    [`what has the name of ${stage} and no type`, [[`${stage}.acme.example`], [], ['UPSERT']]],
    [`what has the name of ${stage} and does nothing`, [[`${stage}.acme.example`], ['NS'], []]],
    [`the address of a proof of ${stage}`, [[`_a1.www.${stage}.acme.example`], ['A'], ['UPSERT']]],
    [`what has the name of a proof of ${stage} and no type`, [[`_a1.www.${stage}.acme.example`], [], ['UPSERT']]],
  ])),
};

function zoneTargets(ids: Ids, zone: string): Target[] {
  const stage = PROD_AND_DEV.find(name => zone.startsWith(`${name}.`)) ?? 'root';
  const resource = `arn:aws:route53:::hostedzone/${ids.id(stage, 'Route53::HostedZone')}`;
  const enter = ([what, values]: [string, [string[], string[], string[]]], into = zone, id = resource): Target => ({
    ...request(stage, 'route53:ChangeResourceRecordSets', id, ''),
    name: `enter ${what} into ${into}, in ${stage}`,
    context: Object.fromEntries(CHANGE_KEYS.map((key, index): [string, string[]] => [key, values[index]])
      .filter(([, given]) => given.length > 0)),
  });
  return [
    ...Object.entries(RECORDS).map(record => enter(record)),
    ...Object.entries(RECORDS).filter(([what]) => /^the (name servers of (prod|dev|testing)|proof of .*)$/.test(what))
      .map(record => enter(record, 'another zone', `arn:aws:route53:::hostedzone/another-of-${stage}`)),
    ...['ListResourceRecordSets', 'DeleteHostedZone'].map(action => request(stage, `route53:${action}`, resource, `of ${zone}`)),
  ];
}
