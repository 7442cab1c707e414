import { createHash } from 'crypto';
import { appendFileSync } from 'fs';
import { anonymousPrincipal, runSimulation, Simulation, SimulationOrgPolicies } from '@cloud-copilot/iam-simulate';
import './collation';
import { decisions } from './decisions';
import { Policy } from './policy';
import { tally } from '../tally';

export type Context = Record<string, string | string[]>;

export const ENCRYPTION_CONTEXT = 'kms:EncryptionContext:aws:cloudtrail:arn';

export interface Principal {
  readonly name: string;
  /** The ARN of a user or session, the name of a service, nothing for anybody on the internet. */
  readonly arn?: string;
  readonly identity: Policy[];
  /** The policies of the organization for the account of the principal. */
  readonly controls?: SimulationOrgPolicies[];
  readonly context: Context;
}

export interface Target {
  readonly name: string;
  readonly action: string;
  readonly resource: string;
  readonly account: string;
  readonly policy?: Policy;
  /** The resource control policies of the account of the resource. */
  readonly controls?: SimulationOrgPolicies[];
  /** A bucket that blocks public access. */
  readonly privateBucket?: boolean;
  /** By whom it is asked is decided by this list of ARNs alone, and by no policy of IAM. */
  readonly known?: string[];
  /** What AWS adds to the request, besides what it knows of the principal. */
  readonly context: Context;
}

const answers = new Map<string, Promise<boolean>>();
const texts = new WeakMap<object, string>();
const hashes = new WeakMap<object, string>();
const mentioned = new WeakMap<object, Map<string, boolean>>();

/** Whether the request succeeds, by all policies together. The answer depends on nothing that no policy speaks of. */
export function isAllowed(principal: Principal, target: Target): Promise<boolean> {
  if (target.known) {
    return Promise.resolve(target.known.includes(principal.context['aws:PrincipalArn'] as string));
  }
  if (principal.identity.length === 0 && !target.policy) {
    return Promise.resolve(false); // what nothing allows is denied
  }
  const controls = [...principal.controls ?? [], ...target.controls ?? []]
    .flatMap(level => level.policies.map(({ policy }) => policy as Policy));
  const policies = [...principal.identity, target.policy ?? {}, ...controls];
  const context = Object.entries({ ...target.context, ...principal.context })
    .filter(([key]) => policies.some(policy => mentions(policy, key)));
  const { action, resource, account, privateBucket } = target;
  const parts = [target.policy, principal.controls, target.controls].map(part => hash(part ?? {}));
  const question = JSON.stringify([
    principal.arn, action, resource, account, privateBucket, context, principal.identity.map(hash), ...parts,
  ]);
  const answer = answers.get(question) ?? decided(question, () => evaluate(principal, target));
  answers.set(question, answer);
  return answer;
}

/** As it was decided on another version of the CDK, where nothing that is asked differs; or else by the evaluator. */
async function decided(question: string, evaluated: () => Promise<boolean>): Promise<boolean> {
  const known = decisions.get(question);
  const allowed = known ?? await evaluated();
  if (known === undefined) {
    tally('iam-decisions', question);
    decisions.set(question, allowed);
  }
  return allowed;
}

async function evaluate(principal: Principal, target: Target): Promise<boolean> {
  const simulation: Simulation = {
    request: {
      principal: principal.arn ?? anonymousPrincipal,
      action: understood(target.action),
      resource: { resource: target.resource, accountId: target.account },
      contextVariables: contextOf(principal, target),
    },
    identityPolicies: principal.identity
      .map((policy, index) => ({ name: `${index}`, policy: JSON.parse(understood(text(policy))) })),
    serviceControlPolicies: JSON.parse(understood(text(about(target.action, principal.controls)))),
    resourceControlPolicies: JSON.parse(understood(text(about(target.action, target.controls)))),
    resourcePolicy: target.policy && JSON.parse(understood(text(target.policy))),
    additionalSettings: { s3: { blockPublicAccess: target.privateBucket } },
  };
  const result = await runSimulation(simulation, {});
  const pair = `${principal.name} → ${target.name}`;
  // for test/aws, which has a real account decide the same
  if (process.env.ISOLATION_REQUESTS) {
    appendFileSync(process.env.ISOLATION_REQUESTS, `${JSON.stringify({
      name: pair,
      principal: principal.arn,
      action: target.action,
      resource: target.resource,
      context: { ...target.context, ...principal.context },
      identity: principal.identity,
      controls: (principal.controls ?? []).map(({ policies }) => policies.map(({ policy }) => policy)),
      resourcePolicy: target.policy,
      allowed: result.resultType === 'single' && result.overallResult === 'Allowed',
    })}\n`);
  }
  if (result.resultType !== 'single') {
    throw new Error(`${pair}: ${JSON.stringify(result)}`);
  }
  if (result.result.ignoredContextKeys?.length) {
    throw new Error(`${pair}: the evaluator ignores ${result.result.ignoredContextKeys}`);
  }
  return result.overallResult === 'Allowed';
}

/** Without the statements that deny other actions, to which most of the time would go. */
function about(action: string, levels: SimulationOrgPolicies[] = []): SimulationOrgPolicies[] {
  const names = (pattern: string) => new RegExp(`^${pattern.replace(/\*/g, '.*')}$`, 'i').test(action);
  return levels.map(({ orgIdentifier, policies }) => ({
    orgIdentifier,
    policies: policies.flatMap(({ name, policy }) => {
      const { Statement, ...others } = policy as Policy;
      const kept = Statement.filter(({ Effect, Action }) => Effect === 'Allow' || !Action || [Action].flat().some(names));
      return kept.length === 0 ? [] : [{ name, policy: { ...others, Statement: kept } }];
    }),
  }));
}

/** Of a principal, the keys of a service go to that service alone. */
function contextOf(principal: Principal, target: Target): Context {
  const [service] = target.action.split(':');
  const context = Object.entries(principal.context).filter(([key]) => ['aws', service].includes(key.split(':')[0]))
    .filter(([key]) => key !== 'sts:RoleSessionName' || target.action === 'sts:AssumeRole');
  return Object.fromEntries(Object.entries({ ...target.context, ...Object.fromEntries(context) })
    .map(([key, value]) => [understood(key), value]));
}

/**
 * Actions of stacks that AWS has had since November 2026, and the evaluator not yet, as others that no policy names.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetAlias.html
 */
const NEW_ACTIONS: Record<string, string> = { SetAlias: 'SignalResource', RemoveAlias: 'DetectStackDrift' };

/** The evaluator knows no key with a name of one's own, or of a provider. Under another name it means the same. */
function understood(json: string): string {
  return json.replace(/kms:EncryptionContext:([\w:]+)/g, (_, name: string) => `aws:RequestTag/${name.replaceAll(':', '.')}`)
    .replace(/([\w.-]+\.com):(sub|aud)\b/g, 'aws:RequestTag/$1.$2')
    // what AWS adds to every request of an instance's role
    .replace(/ec2:RoleDelivery/g, 'aws:PrincipalTag/RoleDelivery')
    .replace(/cloudformation:(SetAlias|RemoveAlias)\b/g, (_, name: string) => `cloudformation:${NEW_ACTIONS[name]}`);
}

function mentions(policy: object, key: string): boolean {
  const keys = mentioned.get(policy) ?? new Map<string, boolean>();
  mentioned.set(policy, keys);
  const found = keys.get(key) ?? text(policy).toLowerCase().includes(key.toLowerCase());
  keys.set(key, found);
  return found;
}

function hash(policy: object): string {
  const cached = hashes.get(policy) ?? createHash('sha1').update(text(policy)).digest('base64');
  hashes.set(policy, cached);
  return cached;
}

function text(value: object): string {
  const cached = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, cached);
  return cached;
}
