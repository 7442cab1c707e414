import { SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { readControls } from './controls';
import { allow, Policy } from './policy';
import { arnOf, exists, nameOf, resolve } from './resolve';
import { ACCOUNTS, Deployed, REGION, Resource, STAGES, stagesOf } from './templates';

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly trust: Policy;
  readonly identity: Policy[];
}

export interface Guarded {
  readonly arn: string;
  readonly account: string;
  readonly policy: Policy;
  /** Whether a bucket blocks public access. */
  readonly isPrivate?: boolean;
}

/** To whom a Kubernetes cluster allows what, besides IAM. */
export interface ClusterEntry {
  readonly principalArn: string;
  readonly policies: string[];
}

/** Everything in the templates that says who may do what. */
export interface World {
  /** By a name for people, such as `prod admin`. */
  readonly roles: Map<string, Role>;
  /** The policies of a group, by its name. */
  readonly groups: Map<string, Policy[]>;
  readonly users: Map<string, { readonly groups: string[] }>;
  /** By the name of the bucket. */
  readonly buckets: Map<string, Guarded>;
  /** By their stage and logical id. */
  readonly keys: Map<string, Guarded>;
  /** By their names. */
  readonly repositories: Map<string, Guarded>;
  /** Who is known to the Kubernetes clusters of a stage. */
  readonly clusterEntries: Map<string, ClusterEntry[]>;
  /** The service control policies of an account, level by level. The management account has none. */
  readonly controls: Map<string, SimulationOrgPolicies[]>;
  /** The resource control policies of an account that has any. */
  readonly resourceControls: Map<string, SimulationOrgPolicies[]>;
}

/**
 * The policies of AWS that the templates name. AdministratorAccess is exact. The others are as wide as what AWS grants
 * among the actions of the tables, or wider, so that what is denied here is denied there. ReadOnlyAccess follows
 * its version 190: it gets parameters, items, objects and images, and has neither `secretsmanager:GetSecretValue` nor
 * `kms:Decrypt`.
 */
const AWS_MANAGED: Record<string, Policy> = {
  'AdministratorAccess': allow('*'),
  'ReadOnlyAccess': allow([
    's3:DescribeJob', 's3:Get*', 's3:List*', 'kms:Describe*', 'kms:Get*', 'kms:List*', 'iam:Generate*', 'iam:Get*',
    'iam:List*', 'iam:Simulate*', 'cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*', 'cloudtrail:LookupEvents',
    'organizations:Describe*', 'organizations:List*', 'sts:GetAccessKeyInfo', 'sts:GetCallerIdentity', 'sts:GetSessionToken',
    'ssm:Describe*', 'ssm:Get*', 'ssm:List*',
    'secretsmanager:Describe*', 'secretsmanager:GetResourcePolicy', 'secretsmanager:List*',
    'ecr:BatchCheck*', 'ecr:BatchGet*', 'ecr:Describe*', 'ecr:Get*', 'ecr:List*',
    'dynamodb:BatchGet*', 'dynamodb:Describe*', 'dynamodb:Get*', 'dynamodb:List*', 'dynamodb:PartiQLSelect',
    'dynamodb:Query', 'dynamodb:ReadDataForReplication', 'dynamodb:Scan', 'dynamodb:SearchVectors',
    'elasticache:Describe*', 'elasticache:List*', 'rds:Describe*', 'rds:Download*', 'rds:List*',
    'eks:AccessKubernetesApi', 'eks:Describe*', 'eks:List*', 'route53:Get*', 'route53:List*', 'route53:Test*',
    'cloudfront:Describe*', 'cloudfront:Get*', 'cloudfront:List*', 'acm:Describe*', 'acm:Get*', 'acm:List*',
    'logs:Describe*', 'logs:FilterLogEvents', 'logs:Get*', 'logs:List*', 'logs:StartLiveTail', 'logs:StartQuery',
    'logs:StopLiveTail', 'logs:StopQuery', 'logs:TestMetricFilter', 'ec2:Describe*', 'ec2:Get*',
  ]),
  'AWSCloudFormationReadOnlyAccess': allow(['cloudformation:Describe*', 'cloudformation:Get*', 'cloudformation:List*']),
  'service-role/AWSLambdaBasicExecutionRole': allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']),
  'service-role/AmazonRDSEnhancedMonitoringRole': allow(['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
    'arn:aws:logs:*:*:log-group:RDS*'),
  // of what the tables are about, those of EKS pull images, are told of keys, and change security groups with its tag
  'AmazonEC2ContainerRegistryPullOnly': allow([
    'ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchImportUpstreamImage',
  ]),
  'AmazonEKSWorkerNodeMinimalPolicy': allow('eks-auth:AssumeRoleForPodIdentity'),
  'AmazonEKSClusterPolicy': allow(['ec2:*', 'elasticloadbalancing:*', 'kms:DescribeKey']),
  'AmazonEKSComputePolicy': {
    Version: '2012-10-17',
    Statement: [...allow('ec2:*').Statement, {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: '*',
      Condition: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
    }],
  },
  'AmazonEKSBlockStoragePolicy': allow('ec2:*'),
  'AmazonEKSLoadBalancingPolicy': allow(['ec2:*', 'elasticloadbalancing:*']),
  'AmazonEKSNetworkingPolicy': allow('ec2:*'),
};

export function readWorld(stacks: Deployed[]): World {
  const connected = stacks.map(deployed => ({ ...deployed, neighbours: stacks }));
  const controls = readControls(connected);
  const world: World = {
    roles: new Map(),
    groups: new Map(),
    users: new Map(),
    buckets: new Map(),
    keys: new Map(),
    repositories: new Map(),
    clusterEntries: new Map(),
    controls: controls.ofPrincipals,
    resourceControls: controls.ofResources,
  };
  for (const deployed of connected) {
    readStack(deployed, world);
  }
  for (const stage of stagesOf(stacks).filter(name => name !== 'root')) {
    world.roles.set(`${stage} organization role`, organizationRole(ACCOUNTS[stage]));
  }
  return world;
}

function readStack(deployed: Deployed, world: World): void {
  const present = Object.entries(deployed.template.Resources).filter(([, resource]) => exists(deployed, resource));
  const attached = attachedPolicies(deployed, present);
  for (const [id, resource] of present) {
    const { Type, Properties = {} } = resource;
    const property = (name: string) => resolve(deployed, Properties[name]);
    const identity = () => [
      ...(property('Policies') as Array<{ PolicyDocument: Policy }> ?? []).map(({ PolicyDocument }) => PolicyDocument),
      ...(property('ManagedPolicyArns') as string[] ?? []).map(arn => managedPolicy(deployed, present, arn)),
      ...attached.get(nameOf(deployed, id)) ?? [],
    ];
    switch (Type) {
      case 'AWS::IAM::Role': {
        const name = roleName(deployed, id);
        refuse(deployed, id, property('PermissionsBoundary'), 'a boundary');
        refuse(deployed, id, world.roles.get(name), `the name of another one, ${name}`);
        world.roles.set(name, {
          name: nameOf(deployed, id),
          arn: arnOf(deployed, id),
          account: deployed.account,
          trust: property('AssumeRolePolicyDocument') as Policy,
          identity: identity(),
        });
        break;
      }
      case 'AWS::IAM::Group':
        world.groups.set(nameOf(deployed, id), identity());
        break;
      case 'AWS::IAM::User':
        refuse(deployed, id, identity()[0], 'a policy of its own');
        world.users.set(nameOf(deployed, id), { groups: property('Groups') as string[] });
        break;
      case 'AWS::S3::BucketPolicy': {
        const name = property('Bucket') as string;
        const policy = property('PolicyDocument') as Policy;
        const [, bucket] = present.find(([other]) => nameOf(deployed, other) === name)!;
        const block = resolve(deployed, bucket.Properties?.PublicAccessBlockConfiguration) as Record<string, boolean>;
        const isPrivate = block.RestrictPublicBuckets;
        world.buckets.set(name, { arn: `arn:aws:s3:::${name}`, account: deployed.account, policy, isPrivate });
        break;
      }
      case 'AWS::KMS::Key':
        world.keys.set(`${stageOf(deployed)} ${id}`, {
          arn: arnOf(deployed, id), account: deployed.account, policy: property('KeyPolicy') as Policy,
        });
        break;
      case 'AWS::ECR::Repository':
        world.repositories.set(property('RepositoryName') as string, {
          arn: arnOf(deployed, id), account: deployed.account, policy: property('RepositoryPolicyText') as Policy,
        });
        break;
      case 'AWS::EKS::AccessEntry':
        world.clusterEntries.set(stageOf(deployed), [...world.clusterEntries.get(stageOf(deployed)) ?? [], {
          principalArn: property('PrincipalArn') as string,
          policies: (property('AccessPolicies') as Array<{ PolicyArn: string }>).map(({ PolicyArn }) => PolicyArn.split('/').pop()!),
        }]);
        break;
    }
  }
}

/** What `AWS::IAM::Policy` attaches, by the name of the role, group or user. */
function attachedPolicies(deployed: Deployed, present: Array<[string, Resource]>): Map<string, Policy[]> {
  const attached = new Map<string, Policy[]>();
  for (const [, { Type, Properties = {} }] of present) {
    if (Type === 'AWS::IAM::Policy') {
      const { Roles = [], Groups = [], Users = [], PolicyDocument } = resolve(deployed, Properties) as {
        Roles?: string[]; Groups?: string[]; Users?: string[]; PolicyDocument: Policy;
      };
      for (const name of [...Roles, ...Groups, ...Users]) {
        attached.set(name, [...attached.get(name) ?? [], PolicyDocument]);
      }
    }
  }
  return attached;
}

function managedPolicy(deployed: Deployed, present: Array<[string, Resource]>, arn: string): Policy {
  const own = present.find(([id, { Type }]) => Type === 'AWS::IAM::ManagedPolicy' && arnOf(deployed, id) === arn);
  const policy = own ? resolve(deployed, own[1].Properties!.PolicyDocument) as Policy
    : AWS_MANAGED[arn.replace('arn:aws:iam::aws:policy/', '')];
  if (!policy) {
    throw new Error(`${deployed.stack}: what ${arn} allows is not known`);
  }
  return policy;
}

function refuse({ stack }: Deployed, id: string, value: unknown, what: string): void {
  if (value !== undefined) {
    throw new Error(`${stack}: ${id} has ${what}: let the evaluation take it into account`);
  }
}

/** The roles of functions that the CDK makes itself. */
const FUNCTION_ROLE = /^(?:Custom(\w+)CustomResourceProvider|AWS679f53fac002430cb0da5b7982bd2287Service)Role/;

function stageOf({ account }: Deployed): string {
  return STAGES.find(name => ACCOUNTS[name] === account)!;
}

function roleName(deployed: Deployed, id: string): string {
  const stage = stageOf(deployed);
  const name = nameOf(deployed, id);
  const [, access] = new RegExp(`^acme-(?:${stage}-)?(.+)$`).exec(name) ?? [];
  const [, deployer] = new RegExp(`^cdk-hnb659fds-(.+)-role-${deployed.account}-${deployed.region}$`).exec(name) ?? [];
  const bootstrap = deployer && deployed.region !== REGION ? `${deployer} of ${deployed.region}` : deployer;
  const [isOfFunction, custom] = FUNCTION_ROLE.exec(id) ?? [];
  const madeUp = isOfFunction
    ? [deployed.stack.split('/').pop(), custom, 'function'].filter(Boolean).join(' ') : id.replace(/[0-9A-F]{8}$/, '');
  return `${stage} ${access ?? bootstrap ?? madeUp}`;
}

/** The role that AWS Organizations makes in each new account, which is in no template. */
function organizationRole(account: string): Role {
  return {
    name: 'OrganizationAccountAccessRole',
    arn: `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`,
    account,
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNTS.root }, Action: 'sts:AssumeRole' }],
    },
    identity: [allow('*')],
  };
}
