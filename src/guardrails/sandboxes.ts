import { DeedCaller } from './deed';
import { bootstrappers } from './deployers';
import { GuardrailConfig, GuardrailScope } from './guardrail-interface';
import { by, deed, deny, ofPrincipals } from './statements';

const INSTANCE = 'arn:aws:ec2:eu-west-1:333333333333:instance/i-0a1b2c3d4e5f60718';

/** Services that everybody needs to sign in, and root to deploy. */
const ALWAYS = ['cloudformation', 'iam', 'organizations', 's3', 'servicequotas', 'signin', 'ssm', 'sso', 'sts', 'support', 'tag'];

/** Only these services, such as `dynamodb`, and what signing in and deploying needs. */
export function allowedServices(services: string[], scope: GuardrailScope): GuardrailConfig {
  const allowed = [...new Set([...ALWAYS, ...services])].sort();
  const other = [
    ['sagemaker', 'CreateNotebookInstance', 'notebook-instance/shop'], ['redshift', 'CreateCluster', 'cluster:shop'], ['es', 'CreateDomain', 'domain/shop'],
  ].find(([name]) => !allowed.includes(name));
  const use = ([service, action, id]: string[]) => [
    deed(`use ${service}`, `${service}:${action}`, `arn:aws:${service}:eu-west-1:333333333333:${id}`),
    by(DeedCaller.DEPLOYMENT, deed(`deploy ${service}`, `${service}:${action}`, `arn:aws:${service}:eu-west-1:333333333333:${id}`)),
  ];
  return ofPrincipals([
    // a bootstrap makes a repository, and with it whatever the CDK's next version needs
    deny('AllowedServices', {
      notActions: allowed.map(name => `${name}:*`), conditions: { ArnNotLike: { 'aws:PrincipalArn': bootstrappers(scope) } },
    }),
  ], {
    stops: other ? use(other) : [],
    letsPass: [
      deed('list roles', 'iam:ListRoles'),
      by(DeedCaller.BOOTSTRAP, deed('bootstrap', 'ecr:CreateRepository', 'arn:aws:ecr:eu-west-1:333333333333:repository/cdk-hnb659fds-container-assets')),
      deed('sign in', 'sso:ListInstances'),
      by(DeedCaller.DEPLOYMENT, deed('deploy a bucket', 's3:CreateBucket', 'arn:aws:s3:::acme-dev-data')),
    ],
  });
}

/** Resources are created with these tags: of those types that AWS lets a policy ask for tags of. */
export function requiredTags(keys: string[]): GuardrailConfig {
  const created = [
    'dynamodb:CreateTable', 'ec2:CreateVolume', 'ecs:CreateService', 'elasticfilesystem:CreateFileSystem', 'lambda:CreateFunction',
    'rds:CreateDBCluster', 'rds:CreateDBInstance', 'sns:CreateTopic', 'sqs:CreateQueue',
  ];
  const every = { context: Object.fromEntries(keys.map(key => [`aws:RequestTag/${key}`, 'shop'])) };
  const queue = 'arn:aws:sqs:eu-west-1:333333333333:orders';
  const table = 'arn:aws:dynamodb:eu-west-1:333333333333:table/orders';
  return ofPrincipals(keys.flatMap((key, index) => {
    const conditions = { Null: { [`aws:RequestTag/${key}`]: 'true' } };
    return [
      deny(`RequiredTag${index + 1}`, { actions: created, conditions }),
      deny(`RequiredTag${index + 1}OfInstances`, { actions: ['ec2:RunInstances'], resources: ['arn:*:ec2:*:*:instance/*'], conditions }),
    ];
  }), {
    stops: [
      deed('create a queue without tags', 'sqs:CreateQueue', queue),
      deed('run an instance without tags', 'ec2:RunInstances', INSTANCE),
      by(DeedCaller.DEPLOYMENT, deed('deploy a table without tags', 'dynamodb:CreateTable', table)),
    ],
    letsPass: [
      deed('run an instance', 'ec2:RunInstances', INSTANCE, every),
      deed('create a queue', 'sqs:CreateQueue', queue, every),
      by(DeedCaller.DEPLOYMENT, deed('deploy a table', 'dynamodb:CreateTable', table, every)),
      deed('send a message', 'sqs:SendMessage', queue),
    ],
  });
}

/** Nobody does anything, but who bootstraps: for accounts that are to be closed, or were broken into. */
export function quarantine(scope: GuardrailScope): GuardrailConfig {
  const bucket = 'arn:aws:s3:::acme-prod-data';
  return ofPrincipals([
    deny('Quarantine', {
      actions: ['*'], conditions: { ArnNotLike: { 'aws:PrincipalArn': bootstrappers(scope) }, Null: { 'aws:AssumedRoot': 'true' } },
    }),
  ], {
    stops: [
      deed('list buckets', 's3:ListAllMyBuckets'),
      deed('read an object', 's3:GetObject', `${bucket}/a`),
      by(DeedCaller.ROOT_USER, deed('list buckets', 's3:ListAllMyBuckets')),
      by(DeedCaller.DEPLOYMENT, deed('deploy a bucket', 's3:CreateBucket', bucket)),
    ],
    letsPass: [
      by(DeedCaller.BOOTSTRAP, deed('look for what happened', 'cloudtrail:LookupEvents')),
      by(DeedCaller.PRIVILEGED_ROOT_SESSION, deed('delete the key of the root user', 'iam:DeleteAccessKey', 'arn:aws:iam::333333333333:user/root')),
      by(DeedCaller.BOOTSTRAP, deed('delete what is there', 's3:DeleteBucket', bucket)),
    ],
  });
}
