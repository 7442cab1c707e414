import { App, Duration } from 'aws-cdk-lib';
import { Policy } from './policy';
import { arnOf, nameOf, resolve } from './resolve';
import { deployedOf } from './templates';

interface Given {
  readonly description?: string;
  readonly seconds: number;
  readonly managed: string[];
  readonly boundary?: string;
  readonly inline: Policy[];
}

interface RoleProperties {
  readonly Description?: string;
  readonly ManagedPolicyArns?: string[];
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: string;
  readonly Policies?: Array<{ readonly PolicyDocument: Policy }>;
}

interface PolicyProperties {
  readonly PolicyDocument: Policy;
  readonly Roles?: string[];
}

interface PolicyReference {
  readonly Name: string;
  readonly Path: string;
}

interface SetProperties {
  readonly Name: string;
  readonly Description?: string;
  readonly CustomerManagedPolicyReferences?: PolicyReference[];
  readonly InlinePolicy?: Policy;
  readonly ManagedPolicies?: string[];
  readonly PermissionsBoundary?: {
    readonly ManagedPolicyArn?: string;
    readonly CustomerManagedPolicyReference?: PolicyReference;
  };
  readonly SessionDuration: string;
}

/** What roles and permission sets give, by their ARNs: the same words where it is the same in an account. */
export function givenIn(app: App): Record<'roles' | 'sets', Map<string, string>> {
  const stacks = deployedOf(app).map((stack, _, neighbours) => ({ ...stack, neighbours }));
  const all = <T>(type: string) => stacks.flatMap(deployed => Object.entries(deployed.template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties }]) => ({ deployed, id, properties: resolve(deployed, Properties) as T })));
  const policies = all<PolicyProperties>('AWS::IAM::Policy');
  const roles = all<RoleProperties>('AWS::IAM::Role').map(({ deployed, id, properties }): [string, string] => {
    const { account } = deployed;
    const attached = policies.filter(policy => policy.deployed.account === account)
      .filter(policy => policy.properties.Roles?.includes(nameOf(deployed, id))).map(policy => policy.properties);
    const {
      Description, ManagedPolicyArns = [], MaxSessionDuration = 3600, PermissionsBoundary, Policies = [],
    } = properties;
    const inAny = (arn: string) => arn.replace(`:${account}:`, '::');
    return [arnOf(deployed, id), words({
      description: Description,
      seconds: MaxSessionDuration,
      managed: ManagedPolicyArns.map(inAny),
      boundary: PermissionsBoundary && inAny(PermissionsBoundary),
      inline: [...Policies, ...attached].map(({ PolicyDocument }) => PolicyDocument),
    })];
  });
  const sets = all<SetProperties>('AWS::SSO::PermissionSet').map(({ properties }): [string, string] => {
    const {
      CustomerManagedPolicyReferences = [], Description, InlinePolicy, ManagedPolicies = [], PermissionsBoundary = {},
      SessionDuration,
    } = properties;
    const inAny = ({ Name, Path }: PolicyReference) => `arn:aws:iam:::policy${Path}${Name}`;
    const { ManagedPolicyArn, CustomerManagedPolicyReference } = PermissionsBoundary;
    return [`arn:aws:sso:::permissionSet/${properties.Name}`, words({
      description: Description,
      seconds: Duration.parse(SessionDuration).toSeconds(),
      managed: [...ManagedPolicies, ...CustomerManagedPolicyReferences.map(inAny)],
      boundary: ManagedPolicyArn ?? (CustomerManagedPolicyReference && inAny(CustomerManagedPolicyReference)),
      inline: InlinePolicy ? [InlinePolicy] : [],
    })];
  });
  return { roles: new Map(roles), sets: new Map(sets) };
}

/** With statements of one action and resource each, in whatever order, and without their names. */
function words({ inline, managed, ...others }: Given): string {
  const statements = inline.flatMap(({ Statement }) => [Statement].flat())
    .flatMap(({ Sid, Action, Resource, ...rest }) => [Action].flat().flatMap(action =>
      [Resource].flat().map(resource => JSON.stringify({ action, resource, ...rest }))));
  return JSON.stringify({ ...others, managed: [...managed].sort(), inline: [...new Set(statements)].sort() });
}
