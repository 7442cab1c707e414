import { Bound, letsIn, present, signed } from './deeds';
import { BREAK_GLASS, DEPLOYER } from './organizations';
import { Deed, DeedCaller } from '../../src';
import { Controls } from '../isolation/controls';
import { isAllowed, Principal, Target } from '../isolation/evaluate';
import { allow, Policy } from '../isolation/policy';
import { ACCOUNTS, OUTSIDE, REGION } from '../isolation/templates';
import { World } from '../isolation/world';

const {
  ADMINISTRATOR, DEPLOYMENT, BOOTSTRAP, ROOT_USER, PRIVILEGED_ROOT_SESSION, MANAGEMENT, STRANGER, SERVICE,
  SERVICE_OF_STRANGER,
} = DeedCaller;

/** Somebody who does the deeds, in their own account or, from elsewhere, in every one. */
export interface Doer extends Omit<Principal, 'controls'> {
  readonly kind: DeedCaller;
  /** None from elsewhere. */
  readonly stage?: string;
  readonly account?: string;
}

/** What a deed asks for, whoever does it. The account is that of prod. */
export interface Request {
  readonly name: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string>;
}

/** One cell of the table. */
export interface Asked {
  readonly by: Doer;
  readonly request: Request;
  readonly stage: string;
}

function doer(
  kind: DeedCaller, name: string, arn: string, identity: Policy[], more: Record<string, string> = {},
): Doer {
  const [, account, role] = /^arn:aws:iam::(\d{12}):(?:role\/(.+)|root)$/.exec(arn)!;
  return {
    kind,
    name,
    account,
    stage: Object.keys(ACCOUNTS).find(stage => stage !== 'root' && ACCOUNTS[stage] === account),
    arn: role ? `arn:aws:sts::${account}:assumed-role/${role}/session` : arn,
    identity,
    context: { ...signed(account, arn), ...more },
  };
}

function service(kind: DeedCaller, name: string, source: Record<string, string>): Doer {
  return { kind, name, arn: 'cloudformation.amazonaws.com', identity: [], context: { 'aws:PrincipalIsAWSService': 'true', ...source } };
}

/** Roles with the policies that they have in the templates, and others who may do everything. */
export function doers(world: World, stages: string[]): Doer[] {
  const everything = [allow('*')];
  const from = (account: string) => (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const inProd = from(ACCOUNTS.prod);
  const deployed = (stage: string, kind: DeedCaller, name: string) => {
    const { arn, identity } = world.roles.get(`${stage} ${name}`)!;
    return doer(kind, `${stage} ${name}`, arn, identity);
  };
  return [
    ...stages.flatMap(stage => [
      deployed(stage, ADMINISTRATOR, 'admin'),
      deployed(stage, ADMINISTRATOR, 'read-only'),
      deployed(stage, DEPLOYMENT, 'cfn-exec'),
      deployed(stage, BOOTSTRAP, 'organization role'),
      doer(ROOT_USER, `${stage} root user`, `arn:aws:iam::${ACCOUNTS[stage]}:root`, everything),
      doer(PRIVILEGED_ROOT_SESSION, `${stage} task of the root user`, `arn:aws:iam::${ACCOUNTS[stage]}:root`, everything, { 'aws:AssumedRoot': 'true' }),
    ]),
    deployed('prod', DEPLOYMENT, 'deploy'),
    deployed('prod', DEPLOYMENT, 'file-publishing'),
    doer(DEPLOYMENT, 'prod Control Tower', inProd('AWSControlTowerExecution'), everything),
    doer(DEPLOYMENT, 'prod StackSets', inProd('stacksets-exec-a1b2c3d4'), everything),
    doer(ADMINISTRATOR, 'prod break-glass', inProd('break-glass'), everything),
    doer(MANAGEMENT, 'root break-glass', from(ACCOUNTS.root)('break-glass'), everything),
    doer(MANAGEMENT, 'root administrator', from(ACCOUNTS.root)('administrator'), everything),
    doer(MANAGEMENT, 'root deployer', from(ACCOUNTS.root)('deployer'), everything),
    doer(STRANGER, 'a stranger', from(OUTSIDE)('deployer'), everything),
    service(SERVICE, 'a service', { 'aws:SourceAccount': ACCOUNTS.prod, 'aws:SourceOrgID': 'o-a1b2c3d4e5' }),
    service(SERVICE, 'a service for nobody', {}),
    service(SERVICE_OF_STRANGER, 'a confused service', { 'aws:SourceAccount': OUTSIDE, 'aws:SourceOrgID': 'o-zzzzzzzzzz' }),
  ];
}

/** Of the principal, and not of the request. */
const OF_PRINCIPALS = ['aws:PrincipalArn', 'aws:PrincipalAccount', 'aws:SourceAccount', 'aws:SourceOrgID'];

export function requestOf({ deedName, action, resource = '*', context = {} }: Deed): Request {
  const own = Object.entries(context).filter(([name]) => !OF_PRINCIPALS.includes(name));
  return { name: deedName, action, resource, context: Object.fromEntries(own) };
}

const keys = new WeakMap<Request, string>();

function key(request: Request): string {
  const { action, resource, context } = request;
  const found = keys.get(request) ?? JSON.stringify([action, resource, context]);
  keys.set(request, found);
  return found;
}

/** Everything that is said of some guardrail, once. */
export function requestsOf(guardrails: Bound[]): Request[] {
  const all = guardrails.flatMap(({ stops, letsPass }) => [...stops, ...letsPass]).map(requestOf);
  return [...new Map(all.map(request => [key(request), request])).values()];
}

/** A request in the account of a stage, to resources whose own policies are careless. */
export function targetOf(request: Request, by: Doer, stage: string, ofResources?: Controls['ofResources']): Target {
  const text = JSON.stringify(request).replaceAll(ACCOUNTS.prod, ACCOUNTS[stage]).replaceAll('acme-prod-', `acme-${stage}-`);
  const { name, action, resource, context } = JSON.parse(text) as Request;
  const account = /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? ACCOUNTS[stage];
  const [, , , region] = resource.split(':');
  const isAtHome = by.account === account && !/^(kms|sts):/.test(action);
  return {
    name,
    action,
    resource,
    account,
    policy: isAtHome ? undefined : letsIn(action, by.arn!),
    controls: ofResources?.get(account),
    context: present({
      'aws:RequestedRegion': region || REGION,
      'aws:ResourceAccount': account,
      'aws:ResourceOrgID': Object.values(ACCOUNTS).includes(account) ? 'o-a1b2c3d4e5' : 'o-zzzzzzzzzz',
      'aws:SecureTransport': 'true',
      ...context,
    }),
  };
}

/** Whether it succeeds: in an organization with these policies, or in one without. */
export function succeeds(by: Doer, request: Request, stage: string, controls?: Controls): Promise<boolean> {
  const ofPrincipal = by.stage ? controls?.ofPrincipals.get(ACCOUNTS[by.stage]) : undefined;
  const principal: Principal = { ...by, controls: ofPrincipal };
  return isAllowed(principal, targetOf(request, by, stage, controls?.ofResources));
}

const INSIDE = [ADMINISTRATOR, DEPLOYMENT, BOOTSTRAP, ROOT_USER, PRIVILEGED_ROOT_SESSION];
const BY_HAND = [ADMINISTRATOR, ROOT_USER, PRIVILEGED_ROOT_SESSION];
const WORKLOADS = ['prod', 'staging', 'dev', 'testing'];

/** Whom a guardrail stops, of all who do what it says it stops. */
interface Rule {
  readonly binds: DeedCaller[];
  /** For some requests it is different. */
  readonly unless?: Array<[(request: Request) => boolean, DeedCaller[]]>;
  /** What it stops besides the deeds that it names. */
  readonly also?: (request: Request) => boolean;
  /** Stages on whose path it is. All if it has none. */
  readonly stages?: string[];
  /** Roles that it is not about, as it names them. */
  readonly spares?: string[];
}

const INSIDE_RULE: Rule = { binds: INSIDE };
const BY_HAND_RULE: Rule = { binds: BY_HAND };

export const RULES: Record<string, Rule> = {
  'stay-in-organization': INSIDE_RULE,
  'protect-account-settings': INSIDE_RULE,
  'deny-root-user': { binds: [ROOT_USER], also: () => true },
  'deny-iam-users': { binds: [ADMINISTRATOR, DEPLOYMENT, BOOTSTRAP, ROOT_USER] },
  'deny-long-lived-keys': { binds: INSIDE, also: ({ action }) => action === 'iam:CreateAccessKey' },
  'protect-identity-providers': BY_HAND_RULE,
  'protect-access-roles': BY_HAND_RULE,
  'protect-deployment': {
    binds: BY_HAND,
    // nobody enters from inside; a bucket can be unlocked by a task of the root user
    unless: [
      [({ action }) => action.startsWith('sts:'), INSIDE],
      [({ action }) => /^(ecr|s3|ssm):/.test(action), [ADMINISTRATOR, ROOT_USER]],
    ],
  },
  'deny-public-buckets': { binds: BY_HAND, unless: [[({ context }) => 's3:x-amz-acl' in context, INSIDE]] },
  'deny-public-snapshots': INSIDE_RULE,
  'deny-public-databases': INSIDE_RULE,
  'deny-public-functions': INSIDE_RULE,
  'deny-external-sharing': INSIDE_RULE,
  'require-imdsv2': INSIDE_RULE,
  'require-encryption': INSIDE_RULE,
  'protect-trails': BY_HAND_RULE,
  'protect-detection': BY_HAND_RULE,
  'protect-data': { ...BY_HAND_RULE, stages: ['audit', 'prod', 'staging'] },
  'require-tls': { binds: [...INSIDE, MANAGEMENT, STRANGER, SERVICE, SERVICE_OF_STRANGER] },
  'confused-deputy-protection': {
    binds: [SERVICE_OF_STRANGER],
    also: ({ action }) => /^(dynamodb|ecr|kms|logs|s3|secretsmanager|sqs):|^sts:AssumeRole$/.test(action),
  },
  'only-deployers-deploy': { binds: [...INSIDE, MANAGEMENT, STRANGER], stages: WORKLOADS, spares: [DEPLOYER] },
  'allowed-instance-types': {
    binds: INSIDE,
    stages: ['dev'],
    also: ({ action, resource, context }) =>
      action === 'ec2:RunInstances' && resource.includes(':instance/') && !context['ec2:InstanceType']?.startsWith('t3.'),
  },
  'deny-purchases': { binds: INSIDE, stages: ['testing'] },
};

/** Deeds that are named with somebody who is excepted elsewhere, and are anybody's. */
const ANYBODYS = [
  'close an account from root', 'create a bucket, by DEPLOYMENT', 'deploy a cluster, by DEPLOYMENT', 'deploy a database, by DEPLOYMENT',
  'deploy a stack, by SERVICE', 'deploy an instance of a cluster, by DEPLOYMENT', 'enter a stage, by MANAGEMENT', 'write an object, by SERVICE',
];

/** What keeps the trail, in audit alone. It is tested by itself, and for tasks of the root user it is stricter. */
const SEAL: Rule = {
  binds: BY_HAND,
  stages: ['audit'],
  unless: [[({ action }) => action === 'sts:AssumeRole', INSIDE]],
  also: ({ action, resource }) =>
    /^cloudformation:(CreateChangeSet|DeleteStack|SetAlias|UpdateStack)$/.test(action)
    || action.startsWith('sts:AssumeRole') && /role\/(cdk-hnb659fds-|OrganizationAccountAccessRole)/.test(resource)
    || /^s3:(Put|Delete|Replicate)/.test(action) && resource.includes(':cdk-hnb659fds-assets-'),
};

/** Whether the guardrails stop it, by what each says. */
export function isStopped(guardrails: Bound[], by: Doer, request: Request, stage: string): string | undefined {
  const arn = by.context['aws:PrincipalArn'] as string | undefined;
  if (arn && BREAK_GLASS.includes(arn)) {
    return undefined;
  }
  const stops = (rule: Rule, isNamed: boolean) => {
    const { binds, unless = [], also, stages, spares = [] } = rule;
    const [, bound = binds] = unless.find(([of]) => of(request)) ?? [];
    const isThere = !stages || stages.includes(stage);
    return isThere && (isNamed || also?.(request)) && bound.includes(by.kind) && !spares.includes(arn!);
  };
  const found = guardrails.find(guardrail => stops(RULES[guardrail.name], namedBy(guardrail).has(key(request))));
  return found?.name ?? (stops(SEAL, false) ? 'the seal' : undefined);
}

const named = new WeakMap<Bound, Set<string>>();

/** What a guardrail stops, or lets somebody do who is excepted. */
function namedBy(guardrail: Bound): Set<string> {
  const { stops, letsPass } = guardrail;
  const isExcepted = ({ deedName, caller, roleName }: Deed) =>
    (caller ?? roleName) !== undefined && !ANYBODYS.includes(deedName);
  const found = named.get(guardrail) ?? new Set([...stops, ...letsPass.filter(isExcepted)].map(requestOf).map(key));
  named.set(guardrail, found);
  return found;
}
