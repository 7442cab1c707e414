import { OrganizationPair } from './organization-pair';
import { textOf } from './statements';
import { NO_ACCOUNT, Resource, Stack } from '../assembly/assembly';
import { documentsOf, effectOf, Statement } from '../assembly/policies';

type Conditions = Record<string, Record<string, unknown>>;

/** Keys of conditions that have the account of whoever asks. */
const ACCOUNTS = ['aws:PrincipalAccount', 'aws:SourceAccount', 'kms:CallerAccount'];

/**
 * These bring somebody else: whoever has a certificate, and pods. See "Trust model in AWS Identity and Access
 * Management Roles Anywhere", and "Learn how EKS Pod Identity grants pods access to AWS services".
 */
const BROKERS = ['rolesanywhere.amazonaws.com', 'pods.eks.amazonaws.com'];

/** Whether a statement lets nobody in that its account did not know: AWS's services, that account or root's. */
export function isOwn(statement: Statement, { type }: Resource, stack: Stack, pairs: OrganizationPair[]): boolean {
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
  if (isOfService(statement)) {
    return true;
  }
  const isBrokered = typeof principal === 'object' && principal !== null && 'Service' in principal && !isService(principal.Service);
  if (!isBrokered && ACCOUNTS.some(key => [conditions?.StringEquals?.[key] ?? 'any'].flat().every(isOwnAccount))) {
    return true;
  }
  return typeof principal === 'object' && principal !== null && Object.entries(principal).every(([kind, names]) =>
    kind === 'Service' ? isService(names) : kind === 'AWS' && [names].flat().every(name => isOwnAccount(name) || isOfStack(name)));
}

/** Whether people, machines or pods get into a role, and not AWS's services only. */
export function isForOthers(role: Resource): boolean {
  return trustOf(role).some(statement => !isOfService(statement));
}

/** What a role's trust policy allows. */
export function trustOf(role: Resource): Statement[] {
  return documentsOf(role).filter(({ kind }) => kind === 'trust').flatMap(({ statements }) => statements)
    .filter(statement => effectOf(statement) !== 'Deny');
}

function isOfService(statement: Statement): boolean {
  const { Principal: principal } = statement as { Principal?: unknown };
  return typeof principal === 'string' ? isService(principal) : typeof principal === 'object' && principal !== null
    && Object.entries(principal).every(([kind, names]) => kind === 'Service' && isService(names));
}

function isService(names: unknown): boolean {
  return [names].flat().map(textOf)
    .every(name => /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name) && !BROKERS.includes(name));
}
