import { SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { readControls } from './controls';
import { allow, Policy } from './policy';
import { arnOf, exists, nameOf, resolve } from './resolve';
import { ACCOUNTS, Deployed, MEMBERS, Resource, STAGES } from './templates';

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

/** Everything in the templates that says who may do what. */
export interface World {
  /** By a name for people, such as `prod admin`. */
  readonly roles: Map<string, Role>;
  /** The policies of a group, by its name. */
  readonly groups: Map<string, Policy[]>;
  readonly users: Map<string, { readonly groups: string[] }>;
  /** By the name of the bucket. */
  readonly buckets: Map<string, Guarded>;
  /** By their logical id. */
  readonly keys: Map<string, Guarded>;
  /** The service control policies of an account, level by level. The management account has none. */
  readonly controls: Map<string, SimulationOrgPolicies[]>;
}

/**
 * The policies of AWS that the templates name. AdministratorAccess is exact. The others are wider than what AWS grants
 * among the actions of the table, so that what is denied here is denied there: all of S3, KMS and IAM that reads.
 */
const AWS_MANAGED: Record<string, Policy> = {
  'AdministratorAccess': allow('*'),
  'ReadOnlyAccess': allow([
    's3:Get*', 's3:List*', 'kms:Describe*', 'kms:Get*', 'kms:List*', 'iam:Get*', 'iam:List*', 'cloudtrail:Get*',
    'cloudtrail:List*', 'organizations:Describe*', 'organizations:List*', 'sts:GetCallerIdentity',
  ]),
  'AWSCloudFormationReadOnlyAccess': allow(['cloudformation:Describe*', 'cloudformation:Get*', 'cloudformation:List*']),
  'service-role/AWSLambdaBasicExecutionRole': allow(['logs:*']),
};

export function readWorld(stacks: Deployed[]): World {
  const connected = stacks.map(deployed => ({ ...deployed, neighbours: stacks }));
  const world: World = {
    roles: new Map(),
    groups: new Map(),
    users: new Map(),
    buckets: new Map(),
    keys: new Map(),
    controls: readControls(connected),
  };
  for (const deployed of connected) {
    readStack(deployed, world);
  }
  for (const stage of MEMBERS) {
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
      case 'AWS::IAM::Role':
        refuse(deployed, id, property('PermissionsBoundary'), 'a boundary');
        world.roles.set(roleName(deployed, id), {
          name: nameOf(deployed, id),
          arn: arnOf(deployed, id),
          account: deployed.account,
          trust: property('AssumeRolePolicyDocument') as Policy,
          identity: identity(),
        });
        break;
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
        world.keys.set(id, {
          arn: arnOf(deployed, id), account: deployed.account, policy: property('KeyPolicy') as Policy,
        });
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

function roleName(deployed: Deployed, id: string): string {
  const stage = STAGES.find(name => ACCOUNTS[name] === deployed.account)!;
  const name = nameOf(deployed, id);
  const [, access] = new RegExp(`^acme-${stage}-(.+)$`).exec(name) ?? [];
  const [, bootstrap] = new RegExp(`^cdk-hnb659fds-(.+)-role-${deployed.account}-${deployed.region}$`).exec(name) ?? [];
  return `${stage} ${access ?? bootstrap ?? `${deployed.stack.split('/').pop()} function`}`;
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
