import { difference } from './change';
import { OrganizationPair, PairedFact } from './organization-pair';
import { pathOf, textOf } from './statements';
import { NO_ACCOUNT, Resource, Stack } from '../assembly/assembly';
import { effectOf, Statement } from '../assembly/policies';

/** Whether facts say who gets into a role: into this one, not into one of the same name elsewhere. */
export function isKnownRole(resource: Resource, stack: Stack, pairs: OrganizationPair[]): boolean {
  const { Path: path = '/', RoleName: name } = resource.properties;
  const isOf = (source: string) => resource.path === undefined ? source.startsWith(`${stack.path}/`)
    : `${pathOf(stack, resource)}/`.startsWith(`${source}/`);
  return resource.type === 'AWS::IAM::Role' && pairs.some(({ before, after }) =>
    [...before.facts, ...after.facts].some(({ kind, subject, source }) =>
      kind === 'trusts' && subject.endsWith(`:role${path}${name}`) && isOf(source)));
}

/** Whether facts say that a user comes into a group, or leaves it. */
export function isKnownMember(user: unknown, group: string, pairs: OrganizationPair[]): boolean {
  return pairs.some(pair => changed('member', pair).some(({ subject, name }) =>
    isCalled(subject, 'user', user) && isCalled(name, 'group', group)));
}

/** Whether facts say that a group may assume other roles, or that a stage that has one is in another account. */
export function isKnownAccess(statement: Statement, group: unknown, pairs: OrganizationPair[]): boolean {
  const { Action: action, Resource: resources } = statement as Record<string, unknown>;
  return action === 'sts:AssumeRole' && effectOf(statement) === 'Allow' && pairs.some(pair => {
    const { before, after } = pair.facts('can-assume');
    const own = ({ subject }: PairedFact) => isCalled(subject, 'group', group);
    const roles = [...before, ...after].filter(own);
    return [resources].flat().every(one => roles.some(({ name }) => isSameRole(name, textOf(one))))
      && (changed('can-assume', pair).some(own) || hasOtherAccounts(pair));
  });
}

/** An account that only the deployment knows may be any. */
function isSameRole(one: string, two: string): boolean {
  const [[account, role], [other, name]] = [one, two].map(arn =>
    [/:iam::(\d{12}):/.exec(arn)?.[1] ?? NO_ACCOUNT, arn.replace(/^.*(?=:role\/)/, '')]);
  return role === name && (account === other || account === NO_ACCOUNT || other === NO_ACCOUNT);
}

function changed(kind: string, pair: OrganizationPair): PairedFact[] {
  const { before, after } = pair.facts(kind);
  const { gone, come } = difference(before, after, ({ same }) => JSON.stringify(same));
  return [...gone, ...come];
}

function isCalled(arn: string, type: string, name: unknown): boolean {
  return arn.includes(`:${type}/`) && arn.endsWith(`/${name}`);
}

function hasOtherAccounts(pair: OrganizationPair): boolean {
  return pair.before.stages.some(({ name, facts }) => {
    const now = pair.stageAfter(pair.nameAfter(name));
    return now !== undefined && now.facts.get('email') !== facts.get('email');
  });
}
