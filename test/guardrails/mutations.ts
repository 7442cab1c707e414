import { Bound } from './deeds';
import { Asked, Doer, isStopped, Request } from './table';
import { Policy, Statement } from '../isolation/policy';
import { Deployed, Resource } from '../isolation/templates';

/** A policy of the organization in a template. */
export interface Synthesized {
  readonly name: string;
  readonly stack: number;
  readonly id: string;
  readonly statements: Statement[];
  readonly targets: unknown[];
}

export interface Mutation {
  readonly name: string;
  readonly policy: Synthesized;
  /** Those that it is about. */
  readonly statements: Statement[];
  /** Without a policy, nothing. */
  readonly becomes?: { readonly statements?: Statement[]; readonly targets?: unknown[] };
  /** The action that is not denied any more. */
  readonly action?: string;
}

export function policiesIn(stacks: Deployed[]): Synthesized[] {
  return stacks.flatMap(({ template }, stack) => Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Organizations::Policy')
    .map(([id, { Properties }]) => ({
      name: Properties!.Name as string,
      stack,
      id,
      statements: (Properties!.Content as Policy).Statement,
      targets: Properties!.TargetIds as unknown[],
    })));
}

/** Each policy, target, statement, condition, exception and action dropped alone. */
export function mutationsOf(policies: Synthesized[]): Mutation[] {
  return policies.flatMap(policy => {
    const { name, statements, targets } = policy;
    return [
      { name: `${name} itself`, policy, statements },
      ...targets.length > 1 ? targets.map((target, at) => ({
        name: `${name} from target ${at + 1}`, policy, statements, becomes: { targets: targets.filter(other => other !== target) },
      })) : [],
      ...statements.flatMap((statement, at) => weakened(statement).map(({ what, by, action }) => ({
        name: `${statement.Sid}${what}`,
        policy,
        action,
        statements: [statement],
        becomes: { statements: statements.flatMap((one, index) => index !== at ? [one] : by ? [by] : []) },
      }))),
    ];
  });
}

function weakened(statement: Statement): Array<{ what: string; by?: Statement; action?: string }> {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat() })));
  const keeping = (operator: string, key: string, values: unknown[]): Statement => {
    const keys = { ...statement.Condition![operator], [key]: values };
    return { ...statement, Condition: { ...statement.Condition, [operator]: keys } as Statement['Condition'] };
  };
  const actions = [statement.Action ?? []].flat();
  return [
    { what: '' },
    ...conditions.map(({ operator, key }) => {
      const { [key]: _, ...keys } = statement.Condition![operator];
      const { [operator]: __, ...others } = statement.Condition!;
      const Condition = Object.keys(keys).length > 0 ? { ...others, [operator]: keys } : others;
      return { what: ` without ${operator} ${key}`, by: { ...statement, Condition } };
    }),
    ...conditions.filter(({ values }) => values.length > 1).flatMap(({ operator, key, values }) =>
      values.map(value => ({
        what: ` without ${operator} ${key} ${value}`,
        by: keeping(operator, key, values.filter(one => one !== value)),
      }))),
    ...actions.length < 2 ? [] : actions.map(action => ({
      what: ` without ${action}`, action, by: { ...statement, Action: actions.filter(other => other !== action) },
    })),
  ];
}

/** The templates with the mutation. Only what is mutated is copied. */
export function mutated(stacks: Deployed[], { policy, becomes }: Mutation): Deployed[] {
  return stacks.map((deployed, index) => {
    if (index !== policy.stack) {
      return deployed;
    }
    const { [policy.id]: { Type, Properties }, ...others } = deployed.template.Resources;
    const { statements = policy.statements, targets = policy.targets } = becomes ?? {};
    const Content = { ...Properties!.Content as Policy, Statement: statements };
    const resource: Resource = { Type, Properties: { ...Properties, TargetIds: targets, Content } };
    const Resources = becomes ? { ...others, [policy.id]: resource } : others;
    return { ...deployed, template: { ...deployed.template, Resources } };
  });
}

/** Whose deeds may tell, the likeliest first: those that the statements name, and that are stopped. */
export function candidates(
  { statements, action }: Mutation, guardrails: Bound[], requests: Request[], everybody: Doer[], stages: string[],
): Asked[] {
  const names = (pattern: string, one: string) => new RegExp(`^${pattern.replace(/\*/g, '.*')}$`, 'i').test(one);
  const isNamed = (patterns: string | string[], request: Request) =>
    [patterns].flat().some(one => names(one, request.action));
  const isAbout = (request: Request) => action ? request.action === action : statements.some(({ Action, NotAction }) =>
    Action ? isNamed(Action, request) : !isNamed(NotAction ?? [], request));
  const asked = requests.filter(isAbout).flatMap(request => everybody.flatMap(by =>
    stages.filter(stage => (by.stage ?? stage) === stage).map(stage => ({ by, request, stage }))));
  const rank = (one: Asked) => isStopped(guardrails, one.by, one.request, one.stage) ? 0 : 1;
  return asked.map(one => ({ one, at: rank(one) })).sort((first, second) => first.at - second.at).map(({ one }) => one);
}
