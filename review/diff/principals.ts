import { isDeepStrictEqual } from 'util';
import { Owned, pathOf, textOf } from './statements';
import { Resource, Stack } from '../assembly/assembly';
import { documentsOf, partsOf, possible, Statement, withConditions } from '../assembly/policies';

/** A stack, and what it is called on both sides. */
export interface Placed {
  readonly stack: Stack;
  readonly now: Stack;
}

/** A role, user, group or permission set, and what it may do, wherever the app has written it. */
export interface Principal {
  readonly type: string;
  /** In a sentence. */
  readonly about: string;
  readonly stack: Stack;
  /** Not set if the app only names it. */
  readonly resource?: Resource;
  readonly given: Owned[];
  readonly boundary: Owned[];
  /** Statements of its boundary, if the app has them. */
  readonly limits: Owned[];
}

export const ROLE = 'AWS::IAM::Role';
export const USER = 'AWS::IAM::User';
export const GROUP = 'AWS::IAM::Group';
const POLICY = 'AWS::IAM::ManagedPolicy';

/** The property that has the name. */
const PRINCIPALS: Record<string, string> = {
  [ROLE]: 'RoleName', [USER]: 'UserName', [GROUP]: 'GroupName', 'AWS::SSO::PermissionSet': 'Name',
};

const BOUNDARY = 'PermissionsBoundary';
const LISTS = { Groups: GROUP, Roles: ROLE, Users: USER };

/** Whom a policy is attached to, by the property that says so. */
const ATTACHED: Record<string, Record<string, string>> = {
  'AWS::IAM::GroupPolicy': { GroupName: GROUP },
  [POLICY]: LISTS,
  'AWS::IAM::Policy': LISTS,
  'AWS::IAM::RolePolicy': { RoleName: ROLE },
  'AWS::IAM::UserPolicy': { UserName: USER },
};

/** Types whose statements and attachments are those of a principal. */
export function isOfPrincipal(type: string): boolean {
  return type in PRINCIPALS || type in ATTACHED;
}

/** By keys that are the same on both sides. */
export function principalsIn(stacks: Placed[]): Map<string, Principal> {
  const known = new Known(stacks);
  const all = new Map<string, Principal>();
  known.resources(PRINCIPALS).forEach(([placed, resource]) =>
    all.set(known.keyOf(resource), principal(placed, resource, known)));
  known.resources(ATTACHED).forEach(([placed, policy]) => {
    const statements = statementsOf(policy);
    Object.entries(ATTACHED[policy.type]).forEach(([property, type]) =>
      possible(policy.properties[property]).forEach(({ value, under }) => {
        const [key, named] = known.principal(placed, policy, type, value);
        const to = all.get(key) ?? named;
        const given = statements.map(one => withConditions(one, under));
        all.set(key, { ...to, given: [...to.given, ...owned('permissions', to.about, given)] });
      }));
  });
  return all;
}

function owned(name: string, about: string, statements: Statement[]): Owned[] {
  return statements.map(statement => ({ about: `${name} of ${about}`, statement }));
}

function principal(placed: Placed, resource: Resource, known: Known): Principal {
  const about = pathOf(placed.stack, resource);
  const attachments = documentsOf(resource).filter(({ kind, where }) => kind === 'attachment' && where !== 'Groups');
  const managed = attachments.filter(({ where }) => where !== BOUNDARY)
    .flatMap(({ where, statements }) => statements.flatMap(one => {
      const policy = known.find(placed, resource, one);
      return policy ? owned('permissions', about, statementsBy(one, policy)) : owned(where, about, [one]);
    }));
  const boundary = attachments.filter(({ where }) => where === BOUNDARY).flatMap(({ statements }) => statements);
  return {
    type: resource.type,
    about,
    stack: placed.stack,
    resource,
    given: [...owned('permissions', about, statementsOf(resource)), ...managed],
    boundary: owned(BOUNDARY, about, boundary),
    limits: owned('permissions boundary', about, boundary.flatMap(one => statementsBy(one, known.find(placed, resource, one)))),
  };
}

/** What a policy says, under the conditions under which it is attached. */
function statementsBy(attachment: Statement, policy?: Resource): Statement[] {
  const { 'Fn::If': under } = partsOf(attachment);
  return statementsOf(policy).map(one => withConditions(one, under === undefined ? [] : [String(under)]));
}

function statementsOf(resource?: Resource): Statement[] {
  return resource ? documentsOf(resource).filter(({ kind }) => kind === 'identity').flatMap(({ statements }) => statements) : [];
}

/** A name says the same wherever in an account it is, but one with a reference in its stack only. */
function namedKey({ account = '', stage, path }: Stack, type: string, name: unknown): string {
  return JSON.stringify(isLiteral(name) ? [account, stage ?? path, type, textOf(name)] : [path, type, name]);
}

function isLiteral(name: unknown): boolean {
  return name !== undefined && !/\$\{|…/.test(textOf(name));
}

function nameIn(value: unknown): string {
  const text = textOf(value);
  return text === '…' ? JSON.stringify(value) : text;
}

/** What references of templates are about. */
class Known {
  private readonly exports: Map<string, [Placed, string]>;
  private readonly keys = new Map<Resource, string>();

  constructor(private readonly stacks: Placed[]) {
    this.exports = new Map(stacks.flatMap(placed => Object.values(placed.stack.outputs as Record<string, Output>)
      .flatMap(({ Export: exported, Value: value }): Array<[string, [Placed, string]]> => {
        const id = referenced(value);
        return id === undefined || !exported ? [] : [[textOf(exported.Name), [placed, id]]];
      })));
    const taken = new Set<string>();
    this.resources(PRINCIPALS).forEach(([{ now }, resource]) => {
      const { type, id, properties } = resource;
      const name = properties[PRINCIPALS[type]];
      const named = namedKey(now, type, name);
      const key = isLiteral(name) && !taken.has(named) ? named : `${now.path} ${id}`;
      this.keys.set(resource, key);
      taken.add(key);
    });
  }

  public keyOf(resource: Resource): string {
    return this.keys.get(resource)!;
  }

  public resources(types: Record<string, unknown>): Array<[Placed, Resource]> {
    return this.stacks.flatMap(placed => [...placed.stack.resources.values()].filter(({ type }) => type in types)
      .map((resource): [Placed, Resource] => [placed, resource]));
  }

  public find(placed: Placed, from: Resource, value: unknown): Resource | undefined {
    const { 'Fn::ImportValue': name } = (value ?? {}) as Record<string, unknown>;
    const id = referenced(value);
    const [at, full] = (name === undefined ? undefined : this.exports.get(textOf(name)))
      ?? [placed, id === undefined ? '' : `${aboveOf(from)}${id}`];
    return at.stack.resources.get(full);
  }

  public principal(placed: Placed, policy: Resource, type: string, target: unknown): [string, Principal] {
    const found = this.named(placed, policy, type, target);
    const kind = type.replace(/^.*::/, '').toLowerCase();
    const about = `${kind} ${nameIn(target)} in ${placed.stack.stage ?? placed.stack.path}`;
    const key = found ? this.keyOf(found) : namedKey(placed.now, type, target);
    return [key, { type, about, stack: placed.stack, given: [], boundary: [], limits: [] }];
  }

  /** The CDK takes the name of a role out of its ARN. */
  private named(placed: Placed, policy: Resource, type: string, target: unknown): Resource | undefined {
    if (typeof target !== 'object' || target === null) {
      return undefined;
    }
    const above = aboveOf(policy);
    const found = this.find(placed, policy, target);
    return found?.type === type ? found
      : [...placed.stack.resources.values()].find(one =>
        one.type === type && aboveOf(one) === above && isDeepStrictEqual(one.properties[PRINCIPALS[type]], target))
      ?? Object.values(target).map(inner => this.named(placed, policy, type, inner)).find(inner => inner !== undefined);
  }
}

/** IDs of the nested stacks that a resource is in. */
function aboveOf({ id }: Resource): string {
  return id.slice(0, id.lastIndexOf('/') + 1);
}

interface Output {
  readonly Value?: unknown;
  readonly Export?: { readonly Name: unknown };
}

function referenced(value: unknown): string | undefined {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (value ?? {}) as Record<string, unknown>;
  return typeof ref === 'string' ? ref : Array.isArray(attribute) ? String(attribute[0]) : undefined;
}
