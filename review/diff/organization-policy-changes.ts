import { Change, groupBy, Statements } from './change';
import { GuardrailChange, guardrailKey } from './guardrail-changes';
import { OrganizationPair } from './organization-pair';
import { neutralBy, Owned, pathOf, statementChange, statementChanges, textOf } from './statements';
import { Stack } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import { compareStatements, documentsOf, Statement } from '../assembly/policies';

const ORGANIZATION_POLICY = 'AWS::Organizations::Policy';

interface Placed extends Owned {
  /** Policies that exchange statements are one group: those of a guardrail, wherever it is packed. */
  readonly group: string;
  readonly guardrail?: string;
  /** As it is compared. */
  readonly same: Statement;
}

/**
 * Statements of organization policies that come and go, literally. Those that follow from what is told of their
 * guardrail are given to it.
 */
export function organizationPolicyChanges(
  { stacks }: Comparison, pairs: OrganizationPair[], told: GuardrailChange[],
): { changes: Change[]; ofGuardrails: Map<string, Statements> } {
  const grouped = (all: Placed[]) => groupBy(all, ({ group }) => group);
  const before = grouped(stacks.flatMap(({ before: stack }) => stack ? placedIn(stack, pairs, 'before') : []));
  const after = grouped(stacks.flatMap(({ stack }) => placedIn(stack, pairs, 'after')));
  const ofGuardrails = new Map<string, Statements>();
  const changes = [...new Set([...after.keys(), ...before.keys()])].flatMap(group => {
    const [was, is] = [before.get(group) ?? [], after.get(group) ?? []];
    const { added, removed } = compareStatements(was.map(({ same }) => same), is.map(({ same }) => same));
    const come = is.filter(({ same }) => added.includes(same));
    const gone = was.filter(({ same }) => removed.includes(same));
    const [{ guardrail }] = [...is, ...was];
    const news = told.filter(change => change.guardrail === guardrail);
    if (guardrail === undefined || news.length === 0) {
      return statementChanges(come, gone, 'allowed');
    }
    const statementOf = ({ statement }: Placed) => statement;
    ofGuardrails.set(guardrail, { added: come.map(statementOf), removed: gone.map(statementOf) });
    // of one that comes or goes, all is told
    return was.length === 0 || is.length === 0 ? [] : unexplained(come, gone, news, accountsOf(pairs));
  });
  return { changes: [...changes, ...targetChanges({ stacks }, pairs)], ofGuardrails };
}

/** But for stages and principals that are told to be exceptions now, or to be none any more. */
function unexplained(come: Placed[], gone: Placed[], news: GuardrailChange[], accounts: Set<unknown>): Change[] {
  const principals = news.flatMap(({ principal }) => principal === undefined ? [] : [anyPartition(principal)]);
  const stages = news.some(({ principal }) => principal === undefined) ? accounts : new Set();
  const less = (placed: Placed): Placed =>
    ({ ...placed, same: withoutExceptions(placed.same, principals, stages) });
  const [after, before] = [come.map(less), gone.map(less)];
  const { added, removed } = compareStatements(before.map(({ same }) => same), after.map(({ same }) => same));
  return statementChanges(
    after.filter(({ same }) => added.includes(same)), before.filter(({ same }) => removed.includes(same)), 'allowed');
}

function accountsOf(pairs: OrganizationPair[]): Set<unknown> {
  const stages = pairs.flatMap(({ before, after }) => [...before.stages, ...after.stages]);
  return new Set(stages.map(({ account }) => account));
}

/** Facts know the partition, templates do not. */
function anyPartition(arn: string): string {
  return arn.replace(/^arn:[^:$]+:|^arn:\$\{AWS::Partition\}:/, 'arn:');
}

function withoutExceptions(statement: Statement, principals: string[], stages: Set<unknown>): Statement {
  const { Condition: conditions = {}, ...rest } = statement as { Condition?: Record<string, Record<string, unknown>> };
  const left = Object.entries(conditions).map(([operator, keys]) => {
    const kept = Object.entries(keys).map(([key, value]): [string, unknown] => {
      const isException = (one: unknown) => operator === 'ArnNotLike' && key === 'aws:PrincipalArn' && principals.includes(anyPartition(textOf(one)))
        // an account that is created has a reference
        || operator === 'StringNotEquals' && /^aws:(Principal|Resource)Account$/.test(key)
        && stages.size > 0 && (typeof one === 'object' || stages.has(one));
      return [key, [value].flat().filter(one => !isException(one))];
    });
    return [operator, Object.fromEntries(kept.filter(([, value]) => (value as unknown[]).length > 0))] as const;
  });
  return { ...rest, Condition: Object.fromEntries(left.filter(([, keys]) => Object.keys(keys).length > 0)) };
}

function placedIn(stack: Stack, pairs: OrganizationPair[], side: 'before' | 'after'): Placed[] {
  const neutral = neutralBy(pairs, side);
  const seen = new Set<string>();
  return policiesIn(stack).flatMap(resource => {
    const guardrails = guardrailsOf(pairs, side, resource.properties.Name);
    return documentsOf(resource).filter(({ kind }) => kind === 'organization').flatMap(({ statements }) => statements).flatMap(statement => {
      const guardrail = guardrails.get(String((statement as { Sid?: unknown }).Sid));
      const same = neutral(JSON.stringify(statement));
      const group = guardrail === undefined ? `${stack.path} ${resource.id}` : `${resource.properties.Type} ${guardrail}`;
      // where a guardrail applies is told by its facts: how often it is attached says nothing
      const isSeen = guardrail !== undefined && seen.has(`${group}\n${same}`);
      seen.add(`${group}\n${same}`);
      const about = `organization policy ${pathOf(stack, resource)}`;
      return isSeen ? [] : [{ about, group, guardrail, same: JSON.parse(same) as Statement, statement }];
    });
  });
}

/** Guardrails by the IDs of their statements in a policy. */
function guardrailsOf(pairs: OrganizationPair[], side: 'before' | 'after', policyName: unknown): Map<string, string> {
  return new Map(pairs.flatMap(pair => pair[side].facts
    .filter(({ kind, subject }) => kind === 'guardrail-statement' && subject === policyName)
    .map(({ name, value }): [string, string] => [name, guardrailKey(pair.namespace, value)])));
}

function policiesIn({ resources }: Stack) {
  return [...resources.values()].filter(({ type }) => type === ORGANIZATION_POLICY);
}

/** Of policies that no guardrail has made, which tells itself where it applies. */
function targetChanges({ stacks }: Pick<Comparison, 'stacks'>, pairs: OrganizationPair[]): Change[] {
  return stacks.flatMap(({ before, stack }) => policiesIn(stack).flatMap(resource => {
    const other = before?.resources.get(resource.id);
    const isAttached = [resource.properties.TargetIds ?? []].flat().length > 0;
    if (!other || isAttached && guardrailsOf(pairs, 'after', resource.properties.Name).size > 0) {
      return [];
    }
    const targets = (side: 'before' | 'after', value: unknown) =>
      [value ?? []].flat().map(one => JSON.parse(neutralBy(pairs, side)(JSON.stringify(one))) as Statement);
    const { added, removed } = compareStatements(targets('before', other.properties.TargetIds), targets('after', resource.properties.TargetIds));
    const about = `targets of organization policy ${pathOf(stack, resource)}`;
    return [
      ...added.map(target => statementChange({ about, statement: target }, 'gains', false)),
      ...removed.map(target => statementChange({ about, statement: target }, 'loses', true)),
    ];
  }));
}
