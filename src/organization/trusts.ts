import { Token } from 'aws-cdk-lib';
import { CrossAccountAccessRole, ICrossAccountAccessRole } from '../cross-account-access-role';
import { MfaRequirement } from '../mfa-requirement';
import { IOrganization } from './organization';
import type { StageAccount } from '../stage-account';
import { admitsRolesOnly, Conditions, plain } from '../support/principals';

/** Resolves the partition in a text, as of the construct at a path. */
export type Literal = (source: string, text: string) => string;

/** Somebody whom a role trusts, in the words of facts. */
export interface Trust {
  /** `account 111111111111`, `principal arn:…`, `service …` or `federated arn:…`. */
  readonly who: string;
  readonly conditions: string[];
  /** True if people of a directory arrive so: facts name their groups instead. */
  readonly isGate: boolean;
}

interface Statement {
  readonly Effect: string;
  // not set where there is a NotAction
  readonly Action?: string | string[];
  readonly Principal?: string | Record<string, string | string[]>;
  readonly Condition?: Conditions;
}

/** Whom the trust policy of a role lets in, as it is at last, whoever has added to it. */
export function trustsOf(role: CrossAccountAccessRole, literal: Literal): Trust[] {
  const statements: Statement[] = role.role.assumeRolePolicy!.toJSON().Statement;
  const text = (value: string) => plain(literal(role.node.path, value));
  return statements.filter(({ Effect, Action = '*' }) => Effect === 'Allow' && [Action].flat().some(isAssuming))
    .flatMap(({ Principal = '*', Condition = {} }) => {
      const entries = Object.entries(typeof Principal === 'string' ? { AWS: Principal } : Principal);
      return entries.flatMap(([type, names]) => [names].flat().map(name => {
        const who = whoIs(type, text(name));
        const session = role._sessionNamedAfterUser && canBeUser(who) && !admitsRolesOnly(Condition) ? [SESSION] : [];
        return { who, conditions: [...described(Condition, text), ...session], isGate: role._gates.has(who) };
      }));
    });
}

/**
 * Conditions under which somebody who arrives as a principal gets in: a list for each trust that lets them. Users of an
 * account may be trusted as such, or by name, which is a condition then.
 */
export function waysIn(trusts: Trust[], principal: string): string[][] {
  const [, account] = /^account (\d{12})$/.exec(principal) ?? [];
  const user = new RegExp(`^principal (arn:[^:]+:iam::${account}:user/.+)$`);
  return trusts.flatMap(({ who, conditions }) => {
    const [, name] = user.exec(who) ?? [];
    return who === principal || account && who === EVERYBODY ? [conditions]
      : name === undefined ? [] : [[...conditions, `ArnEquals aws:PrincipalArn ${JSON.stringify(name)}`]];
  });
}

/** Conditions that all have to hold, each once. */
export function together(...conditions: string[]): string[] {
  const isWithin = conditions.some(condition => condition.startsWith('mfa within '));
  return [...new Set(conditions)].filter(condition => !isWithin || condition !== 'mfa');
}

/** Stage that has a role. One that is imported may be of another account than the stack that it is imported into. */
export function stageOf({ stages }: IOrganization, role: ICrossAccountAccessRole): StageAccount | undefined {
  const { scopes } = role.node;
  return stages.find(stage => scopes.includes(stage) && isIn(stage, role));
}

/** A role as facts of access name it: by its stage, or by its ARN if it is in none. */
export function placeOf(organization: IOrganization, role: ICrossAccountAccessRole): string {
  const { root } = organization;
  const stage = role.node.scopes.includes(root) && isIn(root, role) ? root : stageOf(organization, role);
  return stage ? `stage ${stage.node.id} ${role.roleName}` : role.roleArn;
}

/** `mfa`, `mfa within 3600 seconds`, or nothing. */
export function describeMfa({ required, age }: MfaRequirement): string {
  return !required ? '' : age ? withinSeconds(age.toSeconds()) : 'mfa';
}

const EVERYBODY = 'principal *';
const SESSION = 'session named after user';

/** Also by a wildcard, in any case. */
function isAssuming(action: string): boolean {
  return action === '*' || /^sts:(assumerole|.*[*?])/i.test(action);
}

function isIn(stage: StageAccount, role: ICrossAccountAccessRole): boolean {
  return role.roleArn.includes(`:${stage.accountId}:role/`);
}

function whoIs(type: string, name: string): string {
  const [, account] = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name) ?? [];
  return type !== 'AWS' ? `${type.toLowerCase()} ${name}` : account ? `account ${account}` : `principal ${name}`;
}

function canBeUser(who: string): boolean {
  return /^(account|principal) /.test(who) && !/^principal (AROA|arn:[^:]+:(iam::\d{12}:role\/|sts:))/.test(who);
}

function withinSeconds(seconds: unknown): string {
  return `mfa within ${seconds} seconds`;
}

interface Asked {
  readonly operator: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** MFA, then each other condition, as `StringEquals sts:ExternalId "shop"`. Dots are for what only AWS knows. */
function described(conditions: Conditions, text: (value: string) => string): string[] {
  const known = (value: unknown): unknown => Array.isArray(value) ? value.map(known)
    : typeof value === 'string' ? text(value) : value;
  const each = Object.entries(conditions).flatMap(([operator, keys]): Asked[] =>
    Token.isUnresolved(keys) ? [{ operator }]
      : Object.entries(keys).map(([key, value]) => ({ operator, key, value: known(value) })));
  const mfa = each.flatMap(({ operator, key, value }) => {
    const asked = `${operator} ${key} ${[value].flat().join()}`;
    const [, seconds] = /^NumericLessThan aws:MultiFactorAuthAge (\d+)$/.exec(asked) ?? [];
    return seconds ? [withinSeconds(seconds)] : asked === 'Bool aws:MultiFactorAuthPresent true' ? ['mfa'] : [''];
  });
  const others = each.filter((_, index) => mfa[index] === '')
    .map(({ operator, key, value }) => key === undefined ? `${operator} …` : `${operator} ${key} ${JSON.stringify(value)}`);
  return [...together(...mfa.filter(Boolean)), ...others];
}
