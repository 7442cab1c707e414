import { Resource, Stack } from './assembly';
import { difference } from './change';
import { OrganizationPair, PairedFact } from './organization-pair';
import { Statement } from './policies';
import { pathOf, textOf } from './statements';

/** Whether facts say who gets into a role: into this one, not into one of the same name elsewhere. */
export function isKnownRole(resource: Resource, stack: Stack, pairs: OrganizationPair[]): boolean {
  const { Path: path = '/', RoleName: name } = resource.properties;
  const isOf = (source: string) => resource.path === undefined ? source.startsWith(`${stack.path}/`)
    : `${pathOf(stack, resource)}/`.startsWith(`${source}/`);
  return resource.type === 'AWS::IAM::Role' && pairs.some(({ before, after }) =>
    [...before.facts, ...after.facts].some(({ kind, subject, source }) =>
      kind === 'trusts' && subject.endsWith(`:role${path}${name}`) && isOf(source)));
}

/** Whether facts say that the membership of a user changes. */
export function isKnownMember(name: unknown, pairs: OrganizationPair[]): boolean {
  return pairs.some(pair => changed('member', pair).some(({ subject }) => isCalled(subject, 'user', name)));
}

/** Whether facts say that a group may assume other roles, or that a stage that has one is in another account. */
export function isKnownAccess(statement: Statement, group: unknown, pairs: OrganizationPair[]): boolean {
  const { Action: action, Resource: resources } = statement as Record<string, unknown>;
  return action === 'sts:AssumeRole' && pairs.some(pair => {
    const { before, after } = pair.facts('can-assume');
    const own = ({ subject }: PairedFact) => isCalled(subject, 'group', group);
    const roles = [...before, ...after].filter(own).map(({ name }) => name.replace(/^.*(?=:role\/)/, ''));
    return [resources].flat().every(one => roles.some(role => textOf(one).endsWith(role)))
      && (changed('can-assume', pair).some(own) || hasOtherAccounts(pair));
  });
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
