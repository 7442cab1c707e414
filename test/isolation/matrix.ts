import { readFileSync } from 'fs';
import { basename, join } from 'path';
import { App } from 'aws-cdk-lib';
import { Context, isAllowed } from './evaluate';
import { factsOf } from './facts';
import { givenIn } from './given';
import { allow, Policy } from './policy';
import { resolve } from './resolve';
import { ACCOUNTS, Deployed, deployedOf, OUTSIDE, STAGES, Template } from './templates';
import { readWorld, World } from './world';
import { tally } from '../tally';

/** Keys of a request, and `session`: whether the user names it as is asked for. What is undefined is not sent. */
type Request = Record<string, string | undefined>;

interface Target {
  readonly arn: string;
  readonly account: string;
  readonly trust: Policy;
}

/** Somebody who asks for a role. */
export interface Who {
  readonly name: string;
  /** Which rows of the matrix are about them, by their subjects. */
  readonly is: (subject: string) => boolean;
  readonly isUser?: boolean;
  /** Why the matrix does not speak of them, by whom the role trusts, if it does not. */
  readonly isSilent?: (trusted: string[]) => boolean;
  readonly assume: (role: Target, request: Request) => Promise<boolean>;
}

/** How people of the groups of a source get in, as AWS decides it by the templates. */
export type Arrival = (world: World, app: App) => (groupName: string) => Who;

interface Row {
  readonly subject: string;
  readonly role: string;
  readonly conditions: string[];
}

const ROOT = ACCOUNTS.root;
const NO_MFA = { 'aws:MultiFactorAuthPresent': 'false', 'aws:MultiFactorAuthAge': undefined };
/** Fulfils no condition: a row names all that there are. */
const UNFAVOURABLE: Request = { ...NO_MFA, 'aws:CurrentTime': '2150-01-01T00:00:00Z', 'session': 'of any name', 'aws:SourceIp': '198.51.100.7' };

/** What the matrix of an app says and the evaluator does not, of all who may come and all roles. */
export async function liesOf(
  app: App, strangers: Who[], groups: string[], arrival: Arrival, imported: string[],
): Promise<string[]> {
  // what somebody may do in a role is not asked of the world
  const world = readWorld(deployedOf(app).map(withoutBoundaries));
  const arrive = arrival(world, app);
  const { facts } = factsOf(app);
  const rows = facts.filter(({ kind }) => kind === 'access').map(({ subject, name, value }): Row =>
    ({ subject, role: arnOf(name), conditions: value.split('; ').slice(1) }));
  const trusted = (arn: string) => facts.filter(({ kind, subject }) => kind === 'trusts' && subject === arn).map(({ name }) => name);
  const whos = [...groups.map(arrive), ...strangers];
  const ofTemplates: Target[] = [...world.roles.values()]
    .filter(({ name }) => !/^(cdk-|OrganizationAccount)/.test(name));
  // whom these trust is not known, so all that can come between is what a group may do
  const ofOthers = imported.map(arn => ({ arn, account: arn.split(':')[4], trust: OF_ROOT }));
  const roles = [...ofTemplates, ...ofOthers];
  const unknown = rows.filter(row => !whos.some(who => who.is(row.subject))
    || !roles.some(({ arn }) => arn === row.role))
    .map(row => `nobody is ${row.subject}, or nothing ${row.role}`);
  const questions = whos.flatMap(who => (strangers.includes(who) ? ofTemplates : roles)
    .filter(({ arn }) => !who.isSilent?.(trusted(arn))).flatMap(role => {
      const ofBoth = rows.filter(row => who.is(row.subject) && row.role === role.arn);
      const others = rows.filter(row => who.is(row.subject) || row.role === role.arn);
      const cases = [...ofBoth.flatMap(row => casesOf(row, who)), ...favourable(others, who)];
      return cases.map(request => ({ who, role, request, claimed: ofBoth.some(row => isMet(row, who, request)) }));
    }));
  const answers = await Promise.all(questions.map(async ({ who, role, request, claimed }) => {
    tally('matrix', [who.name, role.arn, request, claimed]);
    const allowed = await who.assume(role, request);
    return allowed === claimed ? [] : [`${who.name} → ${role.arn}, ${claimed ? 'claimed, and denied' : 'allowed, and not claimed'}: ${JSON.stringify(request)}`];
  }));
  return [...unknown, ...answers.flat()];
}

function arnOf(place: string): string {
  const [, stage, name] = /^stage (\S+) (\S+)$/.exec(place) ?? [];
  return name ? `arn:aws:iam::${ACCOUNTS[stage]}:role/${name}` : place;
}

/** With all conditions met, and with each one that is not, in each way in which it may not be. */
function casesOf({ conditions }: Row, who: Who): Request[] {
  const met = conditions.map(condition => term(condition, who).met);
  const all: Request = Object.assign({}, UNFAVOURABLE, ...met);
  return [all, ...conditions.flatMap(condition => term(condition, who).unmet.map(unmet => ({ ...all, ...unmet })))];
}

/** With all conditions of these rows met: of one request as far as it can, and whatever else may help. */
function favourable(rows: Row[], who: Who): Request[] {
  const helpful: Request = {
    'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0', 'aws:CurrentTime': '2030-01-01T00:00:00Z', 'session': 'own',
  };
  const requests = [helpful];
  for (const { subject, conditions } of rows) {
    const [, name] = /^principal (arn:.*:user\/.*)$/.exec(subject) ?? [];
    const met: Request = Object.assign(
      {}, name && { 'aws:PrincipalArn': name }, ...conditions.map(condition => term(condition, who).met), helpful);
    const index = requests.findIndex(request =>
      Object.entries(met).every(([key, value]) => (request[key] ?? value) === value));
    requests.splice(index < 0 ? requests.length : index, 1, { ...requests[index], ...met });
  }
  return requests;
}

function isMet({ conditions }: Row, who: Who, request: Request): boolean {
  return conditions.every(condition => {
    const { met, holds } = term(condition, who);
    return holds?.(request) ?? Object.entries(met).every(([key, value]) => request[key] === value);
  });
}

interface Term {
  readonly met: Request;
  readonly unmet: Request[];
  /** Whether another request fulfils it, where that is not the one that does. */
  readonly holds?: (request: Request) => boolean;
}

/** A condition in the words of facts, as requests that fulfil it, and that do not. */
function term(condition: string, who: Who): Term {
  const [, seconds] = /^mfa within (\d+) seconds$/.exec(condition) ?? [];
  const [, day] = /^until (.*)$/.exec(condition) ?? [];
  const withMfa = (age: number) => ({ 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': String(age) });
  const unmet = [NO_MFA, { ...NO_MFA, 'aws:MultiFactorAuthPresent': undefined }];
  if (condition === 'mfa') {
    return { met: withMfa(999_999), unmet, holds: request => request['aws:MultiFactorAuthPresent'] === 'true' };
  }
  if (seconds) {
    const holds = (request: Request) => Number(request['aws:MultiFactorAuthAge'] ?? Infinity) < Number(seconds);
    return { met: withMfa(Number(seconds) - 1), unmet: [...unmet, withMfa(Number(seconds))], holds };
  }
  if (day) {
    const next = new Date(Date.parse(day) + 24 * 3_600_000).toISOString().replace('.000', '');
    const holds = (request: Request) => request['aws:CurrentTime']! < next;
    return { met: { 'aws:CurrentTime': `${day}T23:59:59Z` }, unmet: [{ 'aws:CurrentTime': next }], holds };
  }
  if (condition === 'session named after user') {
    return who.isUser ? { met: { session: 'own' }, unmet: [{ session: 'of any name' }] } : { met: {}, unmet: [] };
  }
  const [, operator, key, json] = /^([A-Za-z:]+) (\S+) (.*)$/.exec(condition)!;
  const value = [JSON.parse(json)].flat()[0] as string;
  const another = /^arn:/.test(value) ? `arn:aws:account-access:eu-west-1:${OUTSIDE}:other/a-1` : /^\d{12}$/.test(value) ? OUTSIDE : 'another';
  if (operator === 'IpAddress') {
    return { met: { [key]: value.replace(/0\/24$/, '9') }, unmet: [{ [key]: '198.51.100.7' }, { [key]: undefined }] };
  }
  const absent = { [key]: undefined };
  // without this one, they are somebody else of the group
  return { met: { [key]: value.replace('*', 'a-1') }, unmet: key === 'aws:PrincipalArn' ? [absent] : [absent, { [key]: another }] };
}

/** Users and roles of an account whose own policies are no obstacle, unless said. */
export function ofAccount(arn: string, identity = [allow('*')], isAnybody = false): Pick<Who, 'isUser' | 'assume'> {
  const isUser = arn.includes(':user/');
  return {
    isUser,
    assume: ({ arn: resource, account, trust }, { session, ...request }) => {
      const asked = request['aws:PrincipalArn'];
      const somebody = isAnybody && asked?.split(':')[4] === arn.split(':')[4] ? asked : arn;
      const name = basename(somebody);
      const keys = {
        'aws:PrincipalArn': somebody,
        'aws:PrincipalAccount': arn.split(':')[4],
        'sts:RoleSessionName': session === 'own' ? name : 'another',
        ...isUser && { 'aws:username': name },
      };
      return isAllowed({
        name: somebody,
        identity,
        context: sent({ ...request, ...keys }),
        arn: isUser ? somebody : `${somebody.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`,
      }, { name: resource, action: 'sts:AssumeRole', resource, account, policy: trust, context: {} });
    },
  };
}

/** A service or a provider of identities. */
export function other(arn: string, action = 'sts:AssumeRole'): Pick<Who, 'assume'> {
  const provider = arn.split('oidc-provider/')[1];
  return {
    assume: ({ arn: resource, account, trust }, { session, ...request }) => {
      const context = sent({ ...request, 'aws:PrincipalOrgID': undefined, ...provider ? { 'sts:ExternalId': undefined } : { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': arn } });
      return isAllowed({ name: arn, arn, identity: [], context: {} },
        { name: resource, action, resource, account, policy: trust, context });
    },
  };
}

function sent(request: Request): Context {
  return Object.fromEntries(Object.entries(request)
    .filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** What is known of a role in no template: it lets in who comes from root. */
const OF_ROOT: Policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ROOT}:root`, Service: 'account-access.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A user of IAM who is in the group, and in the one of everybody. */
export const asIamUser: Arrival = ({ groups }) => groupName => ({
  name: `group ${groupName}`,
  is: subject => subject === `group ${groupName}`,
  ...ofAccount(`arn:aws:iam::${ROOT}:user/bob`, [...groups.get('acme-everybody')!, ...groups.get(groupName)!], true),
});

interface Entitlement {
  readonly Entitlement: {
    readonly PrincipalRole: {
      readonly Principal: { readonly IdentityCenter: { readonly GroupId: string } };
      readonly RoleArn: string;
    };
  };
}

interface Assignment {
  readonly PermissionSetArn: string;
  readonly PrincipalId: string;
  readonly PrincipalType: string;
  readonly TargetId: string;
  readonly TargetType: string;
}

/** Somebody whom Identity Center has in the group: by an entitlement, as the application. */
export const byAccountAccess: Arrival = (_, app) => {
  const entitlements = inNested<Entitlement>(app, 'AWS::AccountAccess::Entitlement')
    .map(({ Entitlement: { PrincipalRole } }) => PrincipalRole);
  const application = other('account-access.amazonaws.com');
  return groupName => {
    const entitled = entitlements.filter(({ Principal }) => Principal.IdentityCenter.GroupId === groupName)
      .map(({ RoleArn }) => RoleArn);
    return {
      name: `group ${groupName}`,
      is: subject => subject === `group ${groupName}`,
      assume: async (role, request) => entitled.includes(role.arn) && application.assume(role, request),
    };
  };
};

/**
 * Somebody whom Identity Center has in the group: not in the role, but in the account of it, by a permission set of
 * that name which gives the same. It asks for nothing.
 */
export const byPermissionSet: Arrival = (_, app) => {
  const given = givenIn(app);
  const assignments = inNested<Assignment>(app, 'AWS::SSO::Assignment')
    .filter(({ PrincipalType, TargetType }) => PrincipalType === 'GROUP' && TargetType === 'AWS_ACCOUNT');
  return groupName => {
    const assigned = assignments.filter(({ PrincipalId }) => PrincipalId === groupName)
      .map(({ PermissionSetArn: set, TargetId }) => {
        const gives = given.sets.get(set);
        const like = [...given.roles].filter(([arn, role]) =>
          arn.split(':')[4] === TargetId && isOfName(arn, set) && role === gives);
        if (like.length !== 1) {
          throw new Error(`${groupName} has ${set} in ${TargetId}, like which ${like.length} roles are there: ${gives}`);
        }
        return like[0][0];
      });
    return {
      name: `group ${groupName}`,
      is: subject => subject === `group ${groupName}`,
      assume: async ({ arn }) => assigned.includes(arn),
    };
  };
};

/** Whether a permission set is called what the role of a stage is, without the stage, and with a hash or not. */
function isOfName(roleArn: string, setArn: string): boolean {
  const stage = STAGES.find(name => ACCOUNTS[name] === roleArn.split(':')[4]);
  const [, name] = new RegExp(`/acme-(?:${stage}-)?(.+)$`).exec(roleArn) ?? [];
  return new RegExp(`/acme-${name}(-[0-9a-f]{8})?$`).test(setArn);
}

/** Resources of a type in nested stacks, with the parameters that their parents give them. */
function inNested<T>(app: App, type: string): T[] {
  return nestedOf(app).flatMap(deployed => Object.values(deployed.template.Resources)
    .filter(({ Type }) => Type === type).map(({ Properties }) => resolve(deployed, Properties) as T));
}

function nestedOf(app: App): Deployed[] {
  const stacks = deployedOf(app);
  return app.synth().stacksRecursively.flatMap((artifact, index) => {
    const deployed = { ...stacks[index], neighbours: stacks };
    return Object.values(deployed.template.Resources)
      .filter(({ Type }) => Type === 'AWS::CloudFormation::Stack').map(({ Properties = {} }) => {
        const { directory } = artifact.assembly;
        const { files } = JSON.parse(readFileSync(join(directory, `${artifact.id}.assets.json`), 'utf8'));
        const [, hash] = /([0-9a-f]{64})\.json/.exec(JSON.stringify(Properties.TemplateURL))!;
        const template: Template = JSON.parse(readFileSync(join(directory, files[hash].source.path), 'utf8'));
        const parameters = resolve(deployed, Properties.Parameters ?? {}) as Record<string, unknown>;
        return { ...deployed, template, parameters };
      });
  });
}

function withoutBoundaries(deployed: Deployed): Deployed {
  const Resources = Object.fromEntries(Object.entries(deployed.template.Resources)
    .map(([id, resource]) => [id, resource.Type !== 'AWS::IAM::Role' ? resource
      : { ...resource, Properties: { ...resource.Properties, PermissionsBoundary: undefined } }]));
  return { ...deployed, template: { ...deployed.template, Resources } };
}
