import { Target } from '../evaluate';
import { Expected } from '../table';
import { World } from '../world';
import { PROD_AND_DEV } from './principals';
import {
  PARAMETER_READS, PARAMETER_WRITES, PULLS, PUSHES, SECRET_READS, SECRET_WRITES, TABLE_READS, TABLE_WRITES,
} from './targets';

const STAGES = ['prod', 'dev', 'testing'];
/** A role that trusts Lambda is for any of them. */
const FUNCTIONS = ['lambda', 'outside functions', ...PROD_AND_DEV.map(stage => `the functions of ${stage}`)];

const PULL = PULLS.map(action => `${action} of acme/api in prod`);
const BOOTSTRAP = ['deploy', 'lookup', 'file-publishing', 'image-publishing'];
/** Certificates of CloudFront are in another region, which is bootstrapped too. */
const ELSEWHERE = ' of us-east-1';
/** What no policy of IAM allows, or a policy denies to everybody. */
const FOR_NOBODY = / over http | of Kubernetes in /;

/** Everything that is allowed, with its reason. All else is denied. */
export function expectedOf(world: World, targets: Target[]): Expected {
  const expected: Expected = new Map();
  const everythingIn = (stage: string) => targets.map(({ name }) => name)
    .filter(name => name.endsWith(` in ${stage}`) && !FOR_NOBODY.test(name));

  function allowed(_because: string, who: string[], what: string[]): void {
    for (const name of who) {
      expected.set(name, new Set([...expected.get(name) ?? [], ...what]));
    }
  }

  allowed('their group says so', ['engineers with MFA'], [assume('dev', 'admin'), assume('prod', 'read-only')]);
  const regionsOf = (stage: string) => PROD_AND_DEV.includes(stage) ? ['', ELSEWHERE] : [''];
  const bootstrapOf = (stage: string) => regionsOf(stage).flatMap(region => BOOTSTRAP.map(role => assume(stage, `${role}${region}`)));
  const rootAdministrators = [
    ...['with MFA', 'without MFA', 'by keys'].map(how => `root administrator ${how}`), ...people('root admin'), 'root cfn-exec',
  ];
  allowed('root administers the domain', rootAdministrators, everythingIn('root'));
  allowed('root decides who assumes roles', ['root administrator with MFA', 'root admin, switched to with MFA'],
    ['root', ...STAGES].flatMap(stage => ['admin', 'read-only'].map(role => assume(stage, role))));
  allowed('the roles of AWS and of the CDK trust root', rootAdministrators, [
    ...['root', ...STAGES].flatMap(bootstrapOf),
    ...STAGES.map(stage => assume(stage, 'organization role')),
  ]);
  allowed('who reads in root sees the domain', [...people('root read-only'), 'root lookup'], ['ListResourceRecordSets of acme.example in root']);

  for (const stage of STAGES) {
    const executors = regionsOf(stage).map(region => `${stage} cfn-exec${region}`);
    const administrators = [...people(`${stage} admin`), ...people(`${stage} organization role`), ...executors];
    allowed('the administrators of a stage administer what is in it', administrators, everythingIn(stage));
    allowed('and deploy to it, and enter its name servers', administrators,
      [...bootstrapOf(stage), `assume root ${stage}-dns-delegation`]);
    allowed('the name servers are entered when the zone is created', [`${stage} dns CrossAccountZoneDelegation function`],
      [`assume root ${stage}-dns-delegation`]);
    allowed('a stage delegates its own name, and takes that back', [`root ${stage}-dns-delegation`],
      ['', 'no more '].map(how => `enter ${how || 'the '}name servers of ${stage} into acme.example, in root`));
    allowed('its tasks run as roles of their own', ['ecs-tasks'], [assume(stage, 'workload')]);
    allowed('functions run as roles of their own', FUNCTIONS, [assume(stage, 'dns CrossAccountZoneDelegation function')]);
    allowed('CloudFormation deploys as this role', ['cloudformation'], executors.map(name => `assume ${name}`));
  }
  allowed('CloudFormation deploys as this role', ['cloudformation'], [assume('root', 'cfn-exec')]);
  allowed('functions run as roles of their own', FUNCTIONS, [assume('root', 'people function')]);

  for (const stage of PROD_AND_DEV) {
    const here = (what: string[]) => what.map(each => `${each} in ${stage}`);
    const a = (actions: string[], what: string) => here(actions.map(action => `${action} ${what}`));
    const readOnly = [...people(`${stage} read-only`), `${stage} lookup`, `${stage} lookup${ELSEWHERE}`];

    allowed('grantRead of /app', [`${stage} workload`], [
      ...a(SECRET_READS, 'a secret of /app'), ...a(PARAMETER_READS, 'a parameter of /app'), ...a(['GetParametersByPath'], 'right at /app'),
      ...a(['Decrypt a secret', 'Decrypt a parameter'], 'by the key of /app'),
    ]);
    allowed('grantWrite of /app', [`${stage} operator`], [
      ...a([...SECRET_WRITES, 'DescribeSecret'], 'a secret of /app'), ...a(PARAMETER_WRITES, 'a parameter of /app'),
      ...a([
        'Encrypt a parameter', 'GenerateDataKey a parameter',
        ...['Decrypt', 'GenerateDataKey'].flatMap(action =>
          [`${action} a secret`, `${action} what it would be asked for before there is a secret`]),
      ], 'by the key of /app'),
    ]);
    allowed('ReadOnlyAccess reads what no key encrypts that it may not use', readOnly, [
      ...['/app', '/application'].flatMap(path => [
        ...a(['DescribeSecret'], `a secret of ${path}`), ...a(PARAMETER_READS, `a parameter of ${path}`),
        ...a(['GetParametersByPath'], `right at ${path}`), ...a(['DescribeKey'], `it, the key, by the key of ${path}`),
      ]),
      ...a(['GetObject', 'GetObjectVersion', 'ListBucket', 'ListBucketVersions', 'GetBucketPolicy'], 'of the site'),
      ...a(['GetObject', 'ListBucket'], 'of the docs'), ...a(['GetDistributionConfig'], 'of the site'),
      ...a(TABLE_READS, 'of the table'), ...a(['GetItem'], 'of another table'),
      ...here(['DescribeCluster of the cluster', 'GetRecords of the stream of another table', 'GetLogEvents of the flow logs', 'DescribeCertificate of the site']),
      ...here(['GetParameter that names the certificate', 'GetParameter that names the zone', 'BatchGetImage of another repository']),
      ...here(['DescribeCertificate of another', `ListResourceRecordSets of ${stage}.acme.example`]),
    ]);

    allowed('the deployer of the site', [`${stage} siteDeployRole`],
      a(['ListBucket', 'PutObject', 'DeleteObject', 'CreateInvalidation'], 'of the site'));
    allowed('it is who the site names', [`${stage} pipeline`], [assume(stage, 'siteDeployRole')]);
    for (const site of ['site', 'docs']) {
      allowed('its distribution reads the bucket, and sees what is missing', [`the ${site} of ${stage}`],
        here([`GetObject of the ${site}`, `ListBucket of the ${site}`]));
    }

    allowed('grantReadWriteData', [`${stage} workload`], a([...TABLE_READS, ...TABLE_WRITES], 'of the table'));
    allowed('grantConnect', [`${stage} workload`],
      here(['Connect to the Redis', 'Connect as the user of the Redis', 'connect to the database as app']));
    allowed('logs of the cluster are encrypted by its key', ['logs'], here(['Encrypt for logs by the key of the cluster']));
    allowed('grantAdmin', people(`${stage} admin`), here(['administer all of Kubernetes']));
    allowed('grantPull, pullAccounts, and policies of AWS that pull from anywhere', [
      `${stage} workload`, ...readOnly, ...people(`${stage} admin`), ...people(`${stage} organization role`), `${stage} cfn-exec`, `${stage} cfn-exec${ELSEWHERE}`,
    ], PULL);
    allowed('nodes of Kubernetes pull', [`${stage} clusterNodeRole`], [...PULL.slice(1), ...here(['BatchGetImage of another repository'])]);

    const functions = [
      'dns CrossAccountZoneDelegation', 'services VpcRestrictDefaultSG', 'services', 'services-site-Certificate-us-east-1',
      ...stage === 'dev' ? ['services S3AutoDeleteObjects'] : [],
    ].map(name => `${name} function`);
    allowed('functions run as roles of their own', FUNCTIONS, functions.map(name => assume(stage, name)));
    allowed('functions write logs', functions.map(name => `${stage} ${name}`), a(['PutLogEvents'], 'of the flow logs'));
    allowed('functions write logs', functions.map(name => `${stage} ${name}`), a(['PutLogEvents'], 'of other logs'));
    allowed('the default security group is emptied', [`${stage} services VpcRestrictDefaultSG function`],
      a(['AuthorizeSecurityGroupIngress'], 'the default group'));
    allowed('a certificate that goes takes its proof with it', [`${stage} services-site-Certificate-us-east-1 function`],
      here(['DescribeCertificate of the site', `enter the proof of a certificate of ${stage} into ${stage}.acme.example,`]));
    allowed('what is in another region is told by a parameter', [`${stage} services function`],
      here(['GetParameter that names the certificate']));
    allowed('what is in another region is told by a parameter', [`${stage} services-site-Certificate-us-east-1 function`],
      here(['GetParameter that names the zone']));
    allowed('flow logs are written', [`${stage} networkFlowLogRole`],
      here(['PutLogEvents of the flow logs']));
    // newer versions of the CDK do not let it pass itself any more
    const passesItself = JSON.stringify(world.roles.get(`${stage} networkFlowLogRole`)!.identity).includes('iam:PassRole');
    allowed('flow logs are written', passesItself ? [`${stage} networkFlowLogRole`] : [], here(['PassRole the role of flow logs']));
    allowed('flow logs are written', [`the flow logs of ${stage}`], [assume(stage, 'networkFlowLogRole')]);
    allowed('nodes and load balancers are looked after by policies of AWS, which are narrower than here', [`${stage} clusterClusterRole`], [
      ...['the default group', 'another group'].flatMap(group => a(['AuthorizeSecurityGroupIngress', 'DeleteSecurityGroup'], group)),
      ...['/app', '/application'].flatMap(path => a(['DescribeKey'], `it, the key, by the key of ${path}`)),
    ]);
    allowed('AWS runs it', ['eks'], [assume(stage, 'clusterClusterRole')]);
    allowed('AWS runs it', ['ec2'], [assume(stage, 'clusterNodeRole')]);
    allowed('its tasks run as roles of their own', ['ecs-tasks'], [assume(stage, 'operator'), assume(stage, 'pipeline')]);
    allowed('the CDK deploys by any key through S3, and there is nothing of these keys in S3', [`${stage} deploy`],
      a(['Decrypt', 'Encrypt', 'GenerateDataKey'], 'anything by S3 by the key of /app'));
  }

  allowed('Lambda pulls for the functions of an account that pulls', ['the functions of dev'],
    ['BatchGetImage of acme/api in prod', 'GetDownloadUrlForLayer of acme/api in prod']);
  allowed('grantPush', ['prod pipeline'], PUSHES.concat('BatchCheckLayerAvailability').map(action => `${action} of acme/api in prod`));
  allowed('ReadOnlyAccess', [...people('prod read-only'), 'prod lookup', `prod lookup${ELSEWHERE}`], [
    'GetRepositoryPolicy of acme/api in prod', 'DescribeImages of acme/api in prod',
    'GetObject of the access logs in prod', "GetObject of the docs' access logs in prod",
  ]);
  allowed('AWS measures the database', ['monitoring.rds'], [assume('prod', 'postgresClusterMonitoringRole')]);
  allowed('S3 logs access to the site', ['the access logging of the site of prod'], ['PutObject of the access logs in prod']);
  allowed('S3 logs access to the docs', ['the access logging of the docs of prod'], ["PutObject of the docs' access logs in prod"]);
  allowed('what is destroyed is emptied first', ['dev services S3AutoDeleteObjects function'], [
    ...['ListBucket', 'ListBucketVersions', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteObject', 'DeleteObjectVersion']
      .map(action => `${action} of the site in dev`),
    'ListBucket of the docs in dev', 'DeleteObject of the docs in dev',
  ]);
  return expected;
}

function people(role: string): string[] {
  return [role, `${role}, switched to with MFA`];
}

function assume(stage: string, role: string): string {
  return `assume ${stage} ${role}`;
}
