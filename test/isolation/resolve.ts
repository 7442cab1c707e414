import { ACCOUNTS, Deployed, Resource } from './templates';

type Json = Record<string, unknown>;

/** The value of `Ref`, where it is not the ARN. */
const NAMES: Record<string, string> = {
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SSM::Parameter': 'Name',
};

/** What is referred to by a name that one cannot choose. */
const MADE_UP = /^AWS::(CloudFront::Distribution|ElastiCache::ReplicationGroup|Route53::HostedZone)$/;

/** What CloudFormation makes of a value of this template. It throws on everything that it does not know. */
export function resolve(deployed: Deployed, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(item => resolve(deployed, item)).filter(item => item !== undefined);
  }
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    const found = value.replace(/\{\{resolve:ssm:([^}]+)\}\}/g, (_, name) => leftIn(deployed, name));
    if (found.includes('{{resolve:')) {
      throw new Error(`${deployed.stack}: dynamic reference ${value} is not known`);
    }
    return found;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const [[name, argument] = [], ...more] = Object.entries(value);
  if (more.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    return intrinsic(deployed, name, argument);
  }
  return Object.fromEntries(Object.entries(value)
    .map(([key, item]) => [key, resolve(deployed, item)])
    .filter(([, item]) => item !== undefined));
}

/** Whether the resource exists, by its `Condition`. */
export function exists(deployed: Deployed, resource: Resource): boolean {
  return resource.Condition === undefined || holds(deployed, { Condition: resource.Condition });
}

/** The name of a resource, the logical id where CloudFormation would make one up. */
export function nameOf(deployed: Deployed, logicalId: string): string {
  const { Type, Properties } = resourceOf(deployed, logicalId);
  const name = resolve(deployed, Properties?.[NAMES[Type]]);
  // names of buckets are unique over all accounts, and in no ARN is one
  const madeUp = Type === 'AWS::S3::Bucket' ? `${logicalId.toLowerCase()}-${deployed.account}` : logicalId;
  return name === undefined ? madeUp : name as string;
}

export function arnOf(deployed: Deployed, logicalId: string): string {
  const { account, region } = deployed;
  const { Type, Properties } = resourceOf(deployed, logicalId);
  switch (Type) {
    case 'AWS::IAM::Role': return `arn:aws:iam::${account}:role/${nameOf(deployed, logicalId)}`;
    case 'AWS::IAM::User': return `arn:aws:iam::${account}:user/${nameOf(deployed, logicalId)}`;
    case 'AWS::IAM::ManagedPolicy':
      return `arn:aws:iam::${account}:policy/${resolve(deployed, Properties?.ManagedPolicyName) ?? logicalId}`;
    case 'AWS::S3::Bucket': return `arn:aws:s3:::${nameOf(deployed, logicalId)}`;
    case 'AWS::KMS::Key': return `arn:aws:kms:${region}:${account}:key/${logicalId}`;
    case 'AWS::ECR::Repository':
      return `arn:aws:ecr:${region}:${account}:repository/${resolve(deployed, Properties?.RepositoryName)}`;
    case 'AWS::CertificateManager::Certificate': return `arn:aws:acm:${region}:${account}:certificate/${logicalId}`;
    case 'AWS::DynamoDB::GlobalTable': return `arn:aws:dynamodb:${region}:${account}:table/${logicalId}`;
    case 'AWS::ElastiCache::User':
      return `arn:aws:elasticache:${region}:${account}:user:${resolve(deployed, Properties?.UserId)}`;
    case 'AWS::Logs::LogGroup': return `arn:aws:logs:${region}:${account}:log-group:${logicalId}:*`;
    default: throw new Error(`${deployed.stack}: no ARN is known of a ${Type}`);
  }
}

function resourceOf({ stack, template }: Deployed, logicalId: string): Resource {
  const resource = template.Resources[logicalId];
  if (!resource) {
    throw new Error(`${stack}: there is no resource ${logicalId}`);
  }
  return resource;
}

function intrinsic(deployed: Deployed, name: string, argument: unknown): unknown {
  const resolved = (value: unknown) => resolve(deployed, value);
  switch (name) {
    case 'Ref': return ref(deployed, argument as string);
    case 'Fn::Join': {
      const [separator, parts] = resolved(argument) as [string, string | string[]];
      return [parts].flat().join(separator);
    }
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = argument as [string, string];
      return attributeOf(deployed, logicalId, attribute);
    }
    case 'Fn::Sub': {
      if (typeof argument !== 'string') {
        break;
      }
      // a variable of a policy is escaped
      return argument.replace(/\$\{(!?)([^}]+)\}/g, (_, escaped: string, variable: string) => {
        const [logicalId, attribute] = variable.split('.');
        return escaped ? `\${${variable}}`
          : String(attribute ? attributeOf(deployed, logicalId, attribute) : ref(deployed, variable));
      });
    }
    case 'Fn::Select': {
      const [index, parts] = resolved(argument) as [number, string[]];
      return parts[index];
    }
    case 'Fn::Split': {
      const [separator, text] = resolved(argument) as [string, string];
      return text.split(separator);
    }
    case 'Fn::If': {
      const [condition, yes, no] = argument as [string, unknown, unknown];
      return resolved(holds(deployed, { Condition: condition }) ? yes : no);
    }
  }
  throw new Error(`${deployed.stack}: ${name} of ${JSON.stringify(argument)} is not known`);
}

function attributeOf(deployed: Deployed, logicalId: string, attribute: string): string {
  const { Type, Properties } = resourceOf(deployed, logicalId);
  switch (`${Type} ${attribute}`) {
    case 'AWS::Organizations::Account AccountId': return ACCOUNTS[Properties!.AccountName as string];
    case 'AWS::Organizations::Organization Id': return 'o-a1b2c3d4e5';
    case 'AWS::Organizations::Organization RootId': return 'r-a1b2';
    case 'AWS::RDS::DBCluster DBClusterResourceId': return `cluster-${logicalId}`;
    case 'AWS::EC2::VPC DefaultSecurityGroup': return `sg-${logicalId}`;
    // a function reads what is in a parameter of another region
    case 'Custom::AWS Parameter.Value':
      return leftIn(deployed, JSON.parse(resolve(deployed, Properties!.Create) as string).parameters.Name);
    // people of Identity Center are known by their names
    case 'AWS::IdentityStore::Group GroupId': return resolve(deployed, Properties!.DisplayName) as string;
    case 'Custom::AWS GroupId':
      return JSON.parse(resolve(deployed, Properties!.Create) as string).parameters
        .AlternateIdentifier.UniqueAttribute.AttributeValue;
    case 'Custom::AWS IdentityStoreId': return 'd-1234567890';
    case 'AWS::SSO::PermissionSet PermissionSetArn':
      return `arn:aws:sso:::permissionSet/${resolve(deployed, Properties!.Name)}`;
    case 'AWS::AccountAccess::Application ApplicationArn':
      return `arn:aws:account-access:${deployed.region}:${deployed.account}:application/a-1`;
    // each has a stack of its own
    case 'AWS::Organizations::OrganizationalUnit Id': return `${deployed.stack} ${logicalId}`;
  }
  if (attribute !== 'Arn') {
    throw new Error(`${deployed.stack}: attribute ${attribute} of ${logicalId} is not known`);
  }
  return arnOf(deployed, logicalId);
}

/** What another stack of the account has left in a parameter. */
function leftIn({ stack, account, neighbours = [] }: Deployed, name: string): string {
  for (const other of neighbours.filter(neighbour => neighbour.account === account)) {
    for (const { Type, Properties } of Object.values(other.template.Resources)) {
      if (Type === 'AWS::SSM::Parameter' && Properties?.Name === name) {
        // SSM takes no other value
        const [, only] = /^\^(\d{12})\$$/.exec(Properties.AllowedPattern as string) ?? [];
        return only ?? resolve(other, Properties.Value) as string;
      }
    }
  }
  throw new Error(`${stack}: nothing is left in parameter ${name}`);
}

function ref(deployed: Deployed, name: string): unknown {
  const pseudo: Json = {
    'AWS::AccountId': deployed.account,
    'AWS::Region': deployed.region,
    'AWS::Partition': 'aws',
    'AWS::StackId': `arn:aws:cloudformation:${deployed.region}:${deployed.account}:stack/name/1-2-3-4-a1b2c3`,
  };
  if (name in pseudo || name === 'AWS::NoValue') {
    return pseudo[name];
  }
  const parameter = deployed.template.Parameters?.[name];
  if (parameter) {
    const value = resolve(deployed, deployed.parameters[name] ?? parameter.Default);
    if (parameter.Type === 'AWS::SSM::Parameter::Value<String>') {
      return leftIn(deployed, value as string);
    }
    return parameter.Type === 'CommaDelimitedList' ? (value as string).split(',') : value;
  }
  const { Type } = resourceOf(deployed, name);
  return Type in NAMES || MADE_UP.test(Type) ? nameOf(deployed, name) : arnOf(deployed, name);
}

function holds(deployed: Deployed, condition: unknown): boolean {
  const [[name, argument]] = Object.entries(condition as Json);
  switch (name) {
    case 'Condition': return holds(deployed, deployed.template.Conditions![argument as string]);
    case 'Fn::Not': return !holds(deployed, (argument as unknown[])[0]);
    case 'Fn::And': return (argument as unknown[]).every(part => holds(deployed, part));
    case 'Fn::Equals': {
      const [left, right] = resolve(deployed, argument) as unknown[];
      return left === right;
    }
    default: throw new Error(`${deployed.stack}: condition ${name} is not known`);
  }
}
