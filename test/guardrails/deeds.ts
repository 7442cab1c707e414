import { SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import { Stack } from 'aws-cdk-lib';
import { Deed, DeedCaller, GuardrailConfig, IGuardrail, IOrganization } from '../../src';
import { Context, isAllowed, Principal, Target } from '../isolation/evaluate';
import { allow, Policy, Statement } from '../isolation/policy';
import { OUTSIDE, REGION } from '../isolation/templates';
import { ROOT } from '../orgs';

export const ORGANIZATION = 'o-a1b2c3d4e5';
const MEMBER = '333333333333';
/** What AWS attaches to everything. */
const EVERYTHING = allow('*');

/** The policies of a member, from the organization down to the account, by their types. */
export interface Limits {
  readonly ofPrincipals: Policy[];
  readonly ofResources: Policy[];
}

/** What a guardrail is in an organization, with literal statements. */
export interface Bound extends Omit<GuardrailConfig, 'statements'> {
  readonly name: string;
  readonly statements: Statement[];
}

export function bound(guardrail: IGuardrail, organization: IOrganization): Bound {
  const { statements, ...config } = guardrail.bind({ organization, management: organization.management! });
  const stack = Stack.of(organization.root.admin);
  const literal = JSON.stringify(stack.resolve(statements.map(statement => statement.toStatementJson())));
  return { ...config, name: guardrail.guardrailName, statements: JSON.parse(literal) };
}

export function limits(...guardrails: Bound[]): Limits {
  const of = (type: string) => guardrails.filter(({ policyType }) => policyType.name === type)
    .map(({ statements }): Policy => ({ Version: '2012-10-17', Statement: statements }));
  return { ofPrincipals: of('SERVICE_CONTROL_POLICY'), ofResources: of('RESOURCE_CONTROL_POLICY') };
}

/** Whether a deed succeeds, where nothing but the organization's policies is against it. */
export function succeeds(deed: Deed, { ofPrincipals, ofResources }: Limits): Promise<boolean> {
  const resource = deed.resource ?? '*';
  const account = deed.context?.['aws:ResourceAccount'] ?? (/^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? MEMBER);
  const caller = callerOf(deed);
  const isMember = caller.account === MEMBER;
  // of these, the policy of the resource decides
  const isAtHome = caller.account === account && !/^(kms|sts):/.test(deed.action);
  const [, , , region] = resource.split(':');
  const extra = Object.fromEntries(Object.entries(deed.context ?? {})
    .map(([key, value]) => [key, value.includes(',') ? value.split(',') : value]));
  const principal: Principal = {
    ...caller,
    identity: caller.account === undefined ? [] : [EVERYTHING],
    // neither the management account nor accounts outside are bound by them
    controls: isMember ? [level([EVERYTHING, ...ofPrincipals])] : undefined,
    context: present({ ...caller.context, ...extra }),
  };
  const target: Target = {
    name: deed.deedName,
    action: deed.action,
    resource,
    account,
    policy: isAtHome ? undefined : letsIn(deed.action, caller.arn),
    controls: account === MEMBER ? [level(ofResources)] : undefined,
    context: present({
      'aws:RequestedRegion': region || REGION,
      'aws:ResourceAccount': account,
      'aws:ResourceOrgID': [MEMBER, ROOT].includes(account) ? ORGANIZATION : 'o-zzzzzzzzzz',
      'aws:SecureTransport': 'true',
      ...extra,
    }),
  };
  return isAllowed(principal, target);
}

export function present(context: Context): Context {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== ''));
}

interface Caller {
  readonly name: string;
  readonly arn: string;
  readonly account?: string;
  readonly context: Context;
}

function callerOf({ caller = DeedCaller.ADMINISTRATOR, roleName }: Deed): Caller {
  const role = (account: string, name: string): Caller => ({
    name: caller,
    arn: `arn:aws:sts::${account}:assumed-role/${name.split('/').pop()}/session`,
    account,
    context: signed(account, `arn:aws:iam::${account}:role/${name}`),
  });
  const user = `arn:aws:iam::${MEMBER}:root`;
  const root: Caller = { name: caller, arn: user, account: MEMBER, context: signed(MEMBER, user) };
  const service = (account: string, organization: string): Caller => ({
    name: caller,
    arn: 'cloudformation.amazonaws.com',
    context: { 'aws:PrincipalIsAWSService': 'true', 'aws:SourceAccount': account, 'aws:SourceOrgID': organization },
  });
  switch (caller) {
    case DeedCaller.ADMINISTRATOR: return role(MEMBER, roleName ?? 'administrator');
    case DeedCaller.DEPLOYMENT: return role(MEMBER, roleName ?? `cdk-hnb659fds-cfn-exec-role-${MEMBER}-${REGION}`);
    case DeedCaller.BOOTSTRAP: return role(MEMBER, roleName ?? 'OrganizationAccountAccessRole');
    case DeedCaller.MANAGEMENT: return role(ROOT, roleName ?? 'administrator');
    case DeedCaller.STRANGER: return role(OUTSIDE, roleName ?? 'administrator');
    case DeedCaller.ROOT_USER: return root;
    case DeedCaller.PRIVILEGED_ROOT_SESSION: return { ...root, context: { ...root.context, 'aws:AssumedRoot': 'true' } };
    case DeedCaller.SERVICE: return service(MEMBER, ORGANIZATION);
    case DeedCaller.SERVICE_OF_STRANGER: return service(OUTSIDE, 'o-zzzzzzzzzz');
  }
}

export function signed(account: string, arn: string): Context {
  return {
    'aws:PrincipalAccount': account,
    'aws:PrincipalArn': arn,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalOrgID': account === OUTSIDE ? 'o-zzzzzzzzzz' : ORGANIZATION,
  };
}

/** RCPFullAWSAccess is known to the evaluator, FullAWSAccess is not. */
function level(policies: Policy[]): SimulationOrgPolicies {
  return { orgIdentifier: MEMBER, policies: policies.map((policy, name) => ({ name: `${name}`, policy })) };
}

/** A policy of a resource that lets the caller in, as careless ones do. */
export function letsIn(action: string, arn: string): Policy {
  const caller = arn.endsWith('.amazonaws.com') ? { Service: arn } : { AWS: arn };
  const resource = action.startsWith('sts:') ? {} : { Resource: '*' };
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: caller, Action: action, ...resource }] };
}
