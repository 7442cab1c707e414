import { Assembly, Fact, NO_ACCOUNT, Resource, Stack } from './assembly';
import { Change, difference } from './change';
import { Comparison } from './comparison';
import { OrganizationPair } from './organization-pair';
import { ORGANIZATION_POLICY } from './organization-policy-changes';
import { effectOf, PolicyChange, policyChanges, Statement } from './policies';
import { neutralBy, pathOf, statementChange, statementChanges, textOf } from './statements';

interface Context {
  readonly before: Assembly;
  readonly pairs: OrganizationPair[];
  /** Names of roles whose trust and users facts tell. */
  readonly roles: Set<string>;
}

/** Statements of policies of resources and roles that come and go, literally. */
export function resourcePolicyChanges(comparison: Comparison, before: Assembly, pairs: OrganizationPair[]): Change[] {
  const facts = pairs.flatMap(pair => [...pair.before.facts, ...pair.after.facts]);
  const context = { before, pairs, roles: new Set(facts.flatMap(roleIn)) };
  return policyChanges(comparison).filter(({ resource: { type } }) => type !== ORGANIZATION_POLICY)
    .map(change => withSameAccounts(change, pairs)).flatMap(change => changesOf(change, context));
}

function roleIn({ kind, subject }: Fact): string[] {
  return kind === 'trusts' ? [subject.replace(/^.*\//, '')] : [];
}

function withSameAccounts(change: PolicyChange, pairs: OrganizationPair[]): PolicyChange {
  const [before, after] = [neutralBy(pairs, 'before'), neutralBy(pairs, 'after')];
  const { gone, come } = difference(
    change.removed.map(statement => ({ statement, key: before(JSON.stringify(statement)) })),
    change.added.map(statement => ({ statement, key: after(JSON.stringify(statement)) })),
    ({ key }) => key,
  );
  return { ...change, added: come.map(({ statement }) => statement), removed: gone.map(({ statement }) => statement) };
}

const NAMES: Partial<Record<PolicyChange['kind'], string>> = { trust: 'trust policy', resource: 'policy', identity: 'permissions' };

function changesOf(change: PolicyChange, { before, pairs, roles }: Context): Change[] {
  const { what, kind, resource, stack, where } = change;
  const isKnown = resource.type === 'AWS::IAM::Role' && roles.has(String(resource.properties.RoleName));
  // what a role may do matters to a reviewer where people or machines get into it by name
  if ((kind === 'identity' || kind === 'attachment') && !isKnown) {
    return [];
  }
  const isAlone = (what === 'added' || what === 'removed') && !isOfKept(resource, stack, before.stack(stack.path));
  if (isAlone && (what === 'removed' || isKnown)) {
    return [];
  }
  const about = `${NAMES[kind] ?? where} of ${pathOf(stack, resource)}`;
  const isTold = (statement: Statement) => !isAlone || effectOf(statement) === 'Allow' && !isOwn(statement, resource, stack, pairs);
  const owned = (statement: Statement) => ({ about, statement });
  const [gained, lost] = [change.added.filter(isTold).map(owned), change.removed.map(owned)];
  return where === 'PermissionsBoundary' ? [
    ...gained.map(one => statementChange(one, 'gains', false)),
    ...lost.map(one => statementChange(one, 'loses', true)),
  ] : statementChanges(gained, lost, 'denied');
}

/** A policy that is a resource of its own, of one that is there before and after. */
function isOfKept({ type, properties }: Resource, now: Stack, before?: Stack): boolean {
  const isKept = (id: string) => now.resources.has(id) && before?.resources.has(id) === true;
  return /(Policy|Permission)$/.test(type) && referencesIn(properties).some(isKept);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  const named = ref ?? (Array.isArray(attribute) ? attribute[0] : undefined);
  return [...typeof named === 'string' ? [named] : [], ...Object.values(value).flatMap(referencesIn)];
}

/** A new resource lets nobody in whom its account did not know by trusting AWS's services, that account or root's. */
function isOwn(statement: Statement, { type }: Resource, stack: Stack, pairs: OrganizationPair[]): boolean {
  const { account, resources } = stack;
  const { Action: action, Principal: principal, Condition: conditions } =
    statement as { Action?: unknown; Principal?: unknown; Condition?: Conditions };
  // keys have such a statement by default, also where their account is not known yet
  const own = ['${AWS::AccountId}', type === 'AWS::KMS::Key' && action === 'kms:*' ? account ?? NO_ACCOUNT : account,
    ...pairs.map(({ after }) => after.stages[0]?.account)];
  const isOwnAccount = (name: unknown) =>
    own.includes(textOf(name).replace(/^arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):iam::(.+):root$/, '$1'));
  const isOfStack = (name: unknown) => {
    const [, id] = /^\$\{([A-Za-z0-9]+)(?:\.Arn)?\}$/.exec(textOf(name)) ?? [];
    return id !== undefined && resources.has(id);
  };
  if (ACCOUNTS.some(key => [conditions?.StringEquals?.[key] ?? 'any'].flat().every(isOwnAccount))) {
    return true;
  }
  if (typeof principal === 'string') {
    return /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal);
  }
  return typeof principal === 'object' && principal !== null && Object.entries(principal).every(([kind, names]) =>
    kind === 'Service' || kind === 'AWS' && [names].flat().every(name => isOwnAccount(name) || isOfStack(name)));
}

type Conditions = Record<string, Record<string, unknown>>;

/** Keys of conditions that have the account of whoever asks. */
const ACCOUNTS = ['aws:PrincipalAccount', 'aws:SourceAccount', 'kms:CallerAccount'];
