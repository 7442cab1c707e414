import { isDeepStrictEqual } from 'util';
import { Change } from './change';
import { isKnownAccess, isKnownRole } from './known-by-facts';
import { isOfNewStage, OrganizationPair } from './organization-pair';
import { isForOthers, isOwn, trustOf } from './own-principals';
import { GROUP, Placed, Principal, principalsIn, ROLE } from './principals';
import { neutralBy, Owned, statementChange, statementChanges } from './statements';
import { Resource, Stack } from '../assembly/assembly';
import { Comparison } from '../assembly/comparison';
import { overlap } from '../assembly/patterns';
import { meaning, partsOf, Statement } from '../assembly/policies';

/**
 * What roles, users, groups and permission sets may do now that they could not, and the reverse. Where it is written
 * says nothing: inline or attached, in one statement or in several.
 */
export function permissionChanges({ stacks, left }: Comparison, pairs: OrganizationPair[]): Change[] {
  const kept = left.map((stack): Placed => ({ stack, now: stack }));
  const old = stacks.flatMap(({ before: stack, stack: now }) => stack ? [{ stack, now }] : []);
  const before = principalsIn([...old, ...kept]);
  const after = principalsIn([...stacks.map(({ stack }) => ({ stack, now: stack })), ...kept]);
  const isNew = (stack: Stack) => stacks.some(change => change.stack === stack && change.before === undefined);
  return [...new Set([...after.keys(), ...before.keys()])].flatMap(key => {
    const [was, is] = [before.get(key), after.get(key)];
    // a principal that leaves may do nothing any more
    return was?.resource && !is ? [] : changesOf(was, is, pairs, isNew);
  });
}

function changesOf(
  was: Principal | undefined, is: Principal | undefined, pairs: OrganizationPair[], isNew: (stack: Stack) => boolean,
): Change[] {
  const principal = (is ?? was)!;
  const { type, stack, resource } = principal;
  const isInNew = !was && isNew(stack);
  const isSilent = isOfServices(principal, isInNew, pairs);
  const isStageNew = isInNew && isOfNewStage(stack, pairs);
  const hasPower = [was, is].some(one => one?.given.some(({ statement }) => isPowerful(statement)));
  const isTold = ({ statement }: Owned, name: string) =>
    (!isSilent || (isPowerful(statement) || name !== 'given' && hasPower) && !isStageNew)
    && !(type === GROUP && isKnownAccess(statement, resource?.properties.GroupName, pairs));
  const between = (name: 'given' | 'boundary' | 'limits') => {
    const [old, now] = [was?.[name] ?? [], is?.[name] ?? []];
    if (isDeepStrictEqual(old, now)) {
      return { gained: [], lost: [] };
    }
    const [before, after] = [atomsOf(old, pairs, 'before'), atomsOf(now, pairs, 'after')];
    const missing = (from: Atoms, others: Atoms) => {
      const known = new Set([...others.values()].flat());
      return [...from].filter(([, parts]) => !parts.every(part => known.has(part)))
        .map(([one]) => one).filter(one => isTold(one, name));
    };
    return { gained: missing(after, before), lost: missing(before, after) };
  };
  const sessions = was?.resource && is?.resource && !isSilent
    ? sessionChanges(was.resource, is.resource, is.about) : [];
  const [given, boundary, limits] = [between('given'), between('boundary'), between('limits')];
  return [
    ...statementChanges(given.gained, given.lost, 'denied'),
    ...sessions,
    // a boundary that the app has is compared by what it says
    ...[was, is].every(one => one && one.limits.length > 0) ? statementChanges(limits.gained, limits.lost, 'denied') : [
      ...was ? boundary.gained.map(one => statementChange(one, 'gains', false)) : [],
      ...boundary.lost.map(one => statementChange(one, 'loses', true)),
    ],
  ];
}

function sessionChanges(before: Resource, after: Resource, about: string): Change[] {
  const [was, is] = [before, after].map(secondsOf);
  if (isDeepStrictEqual(was, is)) {
    return [];
  }
  const areKnown = typeof was === 'number' && typeof is === 'number';
  const inWords = (value: unknown) =>
    typeof value === 'number' ? `${value} seconds` : `a value that is not known here (${JSON.stringify(value)})`;
  const sentence = `sessions of ${about} last up to ${inWords(is)} instead of ${areKnown ? was : inWords(was)}`;
  return [{ section: 'policies', sentence, widens: !(areKnown && is <= was) }];
}

/** An hour by default: "AWS::IAM::Role" and "AWS::SSO::PermissionSet". What is no number or duration is itself. */
function secondsOf({ properties: { MaxSessionDuration: seconds, SessionDuration: duration = 'PT1H' } }: Resource): unknown {
  const given = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(typeof duration === 'string' ? duration : '');
  const [hours, minutes, rest] = (given ?? []).slice(1).map(part => Number(part ?? 0));
  const known = seconds ?? (given ? hours * 3600 + minutes * 60 + rest : duration);
  return typeof known === 'object' || Number.isNaN(Number(known)) ? known : Number(known);
}

type Atoms = Map<Owned, string[]>;

/** Statements as they are compared: one for each action and resource. */
function atomsOf(all: Owned[], pairs: OrganizationPair[], side: 'before' | 'after'): Atoms {
  const neutral = neutralBy(pairs, side);
  const each = (name: string, values: unknown) =>
    values === undefined ? [{}] : [values].flat().map(value => ({ [name]: value }));
  return new Map(all.map(one => {
    const statement = JSON.parse(neutral(JSON.stringify(one.statement))) as Statement;
    const { Action: actions, Resource: resources, ...rest } = partsOf(statement);
    const parts = each('Action', actions).flatMap(action =>
      each('Resource', resources).map(resource => ({ ...rest, ...action, ...resource })));
    return [one, parts.map(part => JSON.stringify(meaning(part)))];
  }));
}

/** Whether only AWS's services may use a principal, or it is new and whoever gets into it is told as such. */
function isOfServices({ type, resource, stack }: Principal, isNew: boolean, pairs: OrganizationPair[]): boolean {
  if (isNew && type === GROUP) {
    return true;
  }
  if (type !== ROLE || !resource) {
    return false;
  }
  return isNew ? trustOf(resource).every(statement => isOwn(statement, resource, stack, pairs))
    : !isForOthers(resource) && !isKnownRole(resource, stack, pairs);
}

/** Actions that turn whoever may do them into somebody else, or give them more permissions. */
const POWERFUL = [
  'sts:Assume*', 'iam:PassRole',
  ...['iam', 'organizations', 'sso', 'identitystore'].flatMap(service =>
    ['Add', 'Attach', 'Create', 'Delete', 'Detach', 'Put', 'Remove', 'Set', 'Update', 'Upload'].map(verb => `${service}:${verb}*`)),
];
const POWERFUL_POLICIES = /:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)\b/;

function isPowerful(statement: Statement): boolean {
  const { Action: actions, NotAction: others, Effect: effect } = statement as Record<string, unknown>;
  return effect === undefined ? POWERFUL_POLICIES.test(JSON.stringify(statement))
    : others !== undefined
      || [actions].flat().some(action => POWERFUL.some(pattern => overlap(String(action), pattern)));
}
