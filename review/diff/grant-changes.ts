import { Change } from './change';
import { isKnownMember } from './known-by-facts';
import { isOfNewStage, OrganizationPair } from './organization-pair';
import { USER } from './principals';
import { neutralBy, pathOf, statementChange, textOf } from './statements';
import { Resource } from '../assembly/assembly';
import { Comparison, ResourceChange } from '../assembly/comparison';
import { compareStatements, documentsOf, isGrant, partsOf, Statement } from '../assembly/policies';

/** Resources that give access by being there: users, keys, members, providers of identities, shares, assignments. */
export function grantChanges({ stacks }: Comparison, pairs: OrganizationPair[]): Change[] {
  return stacks.flatMap(({ resources }) => resources).flatMap(change => {
    const { before, after, stack } = change;
    const resource = (after ?? before)!;
    return !isGrant(resource.type) ? []
      : before && after ? propertyChanges(change, pairs)
        : isKnown(change, attachmentsOf(resource).flatMap(({ statements }) => statements), pairs)
          || IN_STAGE.test(resource.type) && isOfNewStage(stack, pairs) ? [] : [presence(change)];
  });
}

/** Whether facts say that a user comes into these groups, or leaves them. */
function isKnown({ before, after, stack }: ResourceChange, groups: Statement[], pairs: OrganizationPair[]): boolean {
  const { id, type, properties } = (after ?? before)!;
  const nameOf = (group: Statement) => {
    const { Ref: ref } = partsOf(group);
    const resource = stack.resources.get(`${id.replace(/[^/]+$/, '')}${String(ref)}`);
    return textOf(resource?.properties.GroupName ?? group);
  };
  return type === USER && groups.length > 0
    && groups.every(group => isKnownMember(properties.UserName, nameOf(group), pairs));
}

/** These let nobody into more than a cluster or an application of their own stage. */
const IN_STAGE = /^AWS::(Cognito|EKS)::/;

function presence({ before, after, stack }: ResourceChange): Change {
  const resource = (after ?? before)!;
  const given = Object.fromEntries(attachmentsOf(resource).map(({ where, document }) => [where, document]));
  const about = `${resource.type} ${pathOf(stack, resource)}`;
  const what = Object.keys(given).length > 0 ? `: ${JSON.stringify(given)}` : '';
  const sentence = `${about} is ${after ? 'new' : 'gone'}${what}`;
  const statements = { added: after ? [given] : [], removed: after ? [] : [given] };
  return { section: 'policies', about, sentence, widens: after !== undefined, statements };
}

/** Has a default, so that its value says more than whether it is there. */
const BY_DEFAULT = 'AllowExternalPrincipals';

function propertyChanges(change: ResourceChange, pairs: OrganizationPair[]): Change[] {
  const { before, after, stack } = change;
  const [old, now] = [before!, after!].map(resource => new Map(attachmentsOf(resource).map(one => [one.where, one])));
  return [...new Set([...now.keys(), ...old.keys()])].filter(where => where !== BY_DEFAULT).flatMap(where => {
    const about = `${where} of ${pathOf(stack, after!)}`;
    const { added, removed } = compareStatements(
      same(old.get(where)?.statements, pairs, 'before'), same(now.get(where)?.statements, pairs, 'after'));
    const isTold = (statement: Statement) => !isKnown(change, [statement], pairs);
    return [
      ...added.filter(isTold).map(statement => statementChange({ about, statement }, 'gains', true)),
      ...removed.filter(isTold).map(statement => statementChange({ about, statement }, 'loses', false)),
    ];
  });
}

function attachmentsOf(resource: Resource) {
  return documentsOf(resource).filter(({ kind, where }) =>
    kind === 'attachment' && (resource.type !== USER || where === 'Groups'));
}

function same(statements: Statement[] = [], pairs: OrganizationPair[], side: 'before' | 'after'): Statement[] {
  return JSON.parse(neutralBy(pairs, side)(JSON.stringify(statements))) as Statement[];
}
