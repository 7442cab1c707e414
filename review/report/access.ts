import { Block, counted, heading, json, Piece, Section, table, Text, text } from './document';
import { days, mayBe, ofType, shown, stacksOf } from './values';
import { Assembly, Fact, NO_ACCOUNT, Organization, Resource, Stack, Stage } from '../assembly/assembly';

/** Somebody in a role: a cell of the matrix is a list of these. */
export interface Access {
  readonly who: string;
  /** Not set for a role by its ARN alone. */
  readonly stage?: string;
  readonly role: string;
  readonly way: string;
  readonly conditions: string[];
}

/** Who gets into which role, as the facts say. */
export function accessOf({ facts }: Organization): Access[] {
  return facts.filter(({ kind }) => kind === 'access').map(({ subject, name, value }) => {
    const [, stage, role = name] = /^stage (\S+) (.+)$/.exec(name) ?? [];
    const [way, ...conditions] = split(value);
    return { who: subject, stage, role, way, conditions };
  });
}

/** A value in quotes may have a semicolon. */
function split(value: string): string[] {
  return value.match(/(?:"(?:\\.|[^"\\])*"|[^;"]|;(?! ))+/g)?.map(one => one.trim()).filter(one => one !== '') ?? [];
}

const KINDS: Array<[label: string, isOne: (who: string) => boolean]> = [
  ['Groups', who => who.startsWith('group ')],
  ['People', who => /^principal .*:user\//.test(who)],
  ['In an emergency', who => who === 'break-glass'],
  ['Machines and partners', () => true],
];

/** Groups, people, machines and break-glass by stage, each role with its way and conditions. */
export function accessMatrix(assembly: Assembly, organization: Organization): Section {
  const access = accessOf(organization);
  const subjects = KINDS.map(([label], index) => ({
    label,
    who: [...new Set(access.map(({ who }) => who))].filter(who => KINDS.findIndex(([, isOne]) => isOne(who)) === index),
  })).filter(({ who }) => who.length > 0);
  const columns = subjects.flatMap(({ who }) => who);
  const labels = distinct(columns, who => subjectLabel(who, organization));
  const panels = new Map<string, { id: string; block: Block }>();
  const panelOf = ({ stage, role }: Access) => {
    const key = `${stage} ${role}`;
    const found = panels.get(key) ?? panel(assembly, organization, stage, role, `role-${organization.namespace}-${panels.size}`);
    panels.set(key, found);
    return found.id;
  };
  const stages = [...new Set([...organization.stages.map(({ name }) => name), ...access.map(({ stage }) => stage)])]
    .filter((stage): stage is string => stage !== undefined);
  const rolesIn = (stage: string) => [...new Set(access.filter(one => one.stage === stage).map(({ role }) => role))];
  const roles = new Map(stages.map(stage =>
    [stage, distinct(rolesIn(stage), role => short(organization, stage, role))]));
  const labelOf = ({ stage, role }: Access) => roles.get(stage ?? '')?.get(role) ?? role;
  const cells = new Map<string, Access[]>();
  access.forEach(one => {
    const key = JSON.stringify([one.stage, one.who]);
    cells.set(key, [...cells.get(key) ?? [], one]);
  });
  const row = (stage: string | undefined, label: string): Text[] => [
    label, ...columns.map(who => cell(cells.get(JSON.stringify([stage, who])) ?? [], labelOf, panelOf)),
  ];
  const rows = [
    ...stages.map(stage => row(stage, stage)),
    ...access.some(({ stage }) => stage === undefined) ? [row(undefined, 'roles of no stage')] : [],
  ];
  const without = access.length === 0;
  return {
    id: 'access',
    title: 'Access',
    blocks: without
      ? [text('The app lets no group, person or machine into a role. Principals of root get in as far as their own policies allow.')]
      : [
        text(`${counted(columns.length, 'subject')} by stage. A role opens the facts behind it, and its trust in the template.`),
        {
          ...table('Who gets into which role', ['Stage', ...columns.map((who): Text => labels.get(who)!)], rows),
          groups: subjects.map(({ label, who }) => [label, who.length]),
        },
        ...members(organization),
        ...[...panels.values()].map(({ block }) => block),
      ],
  };
}

function cell(all: Access[], labelOf: (access: Access) => string, panelOf: (access: Access) => string): Text {
  const roles = [...new Set(all.map(({ role }) => role))];
  return roles.flatMap((role, index): Piece[] => {
    const ways = all.filter(one => one.role === role);
    return [
      ...index > 0 ? [{ line: true as const }] : [],
      { opens: panelOf(ways[0]), label: labelOf(ways[0]) },
      ...ways.flatMap(({ way, conditions }): Piece[] =>
        [{ line: true }, { muted: [way, ...conditions.map(inWords)].join(', ') }]),
    ];
  });
}

/** What is short enough, or the name itself where two would look alike. */
function distinct(names: string[], label: (name: string) => string): Map<string, string> {
  const labels = names.map(label);
  const isAlone = (one: string) => labels.indexOf(one) === labels.lastIndexOf(one);
  return new Map(names.map((name, index) => [name, isAlone(labels[index]) ? labels[index] : name]));
}

function subjectLabel(who: string, { namespace, stages }: Organization): string {
  const name = who.replace(/^(group|principal|service|federated|canonicaluser) /, '');
  const [, account, resource] = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):(.+)$/.exec(name) ?? [];
  return account !== undefined ? `${resource} of ${stages.find(stage => stage.account === account)?.name ?? account}`
    : name.startsWith(`${namespace}-`) ? name.slice(namespace.length + 1) : name;
}

/** The convention says the stage once more. */
function short({ namespace }: Organization, stage: string, role: string): string {
  const prefix = `${namespace}-${stage}-`;
  return role.startsWith(prefix) ? role.slice(prefix.length) : role;
}

function inWords(condition: string): string {
  const [, seconds] = /^mfa within (\d+) seconds$/.exec(condition) ?? [];
  const hours = Number(seconds) / 3600;
  return seconds === undefined ? condition : hours >= 24 && hours % 24 === 0 ? `mfa within ${days(hours / 24)}`
    : Number.isInteger(hours) ? `mfa within ${hours} h` : condition;
}

/** Users of IAM; those of another directory are not in the code. */
function members({ facts }: Organization): Block[] {
  const all = facts.filter(({ kind }) => kind === 'member');
  const name = (arn: string) => arn.replace(/^.*:(user|group)\//, '');
  const users = [...new Set(all.map(({ subject }) => subject))];
  return users.length === 0 ? [] : [table('Users that the app makes', ['User', 'In the groups'],
    users.map((user): Text[] => [name(user), all.filter(({ subject }) => subject === user).map(fact => name(fact.name)).join(', ')]))];
}

function panel(
  assembly: Assembly, organization: Organization, stageName: string | undefined, role: string, id: string,
): { id: string; block: Block } {
  const stage = organization.stages.find(({ name }) => name === stageName);
  const facts = organization.facts.filter(fact => isAbout(fact, stage, stageName, role));
  const found = roleIn(assembly, organization, stageName, role);
  const trust: Block[] = found
    ? [
      heading('Trust in the template'),
      text({ code: found.resource.id }, ' of the stack ', { code: found.stack.path }),
      { kind: 'code', text: json(found.resource.properties.AssumeRolePolicyDocument) },
    ] : [text('No template of the app has this role.')];
  const title = stageName === undefined ? role : `${role} in ${stageName}`;
  const block: Block = {
    kind: 'panel',
    id,
    title,
    blocks: [
      table('Facts', ['Kind', 'Subject', 'Name', 'Value', 'Said by'], facts.map((fact): Text[] =>
        [fact.kind, fact.subject, fact.name, fact.value, [{ code: fact.source }]])),
      ...trust,
    ],
  };
  return { id, block };
}

function isAbout(
  { kind, subject, name }: Fact, stage: Stage | undefined, stageName: string | undefined, role: string,
): boolean {
  const isRole = (arn: string) => stageName === undefined ? arn === role
    : arn.includes(`:${stage?.account ?? NO_ACCOUNT}:role/`) && arn.endsWith(`/${role}`);
  return kind === 'access' ? name === (stageName === undefined ? role : `stage ${stageName} ${role}`)
    : kind === 'can-assume' ? isRole(name) : kind === 'trusts' && isRole(subject);
}

function roleIn(
  assembly: Assembly, organization: Organization, stage: string | undefined, role: string,
): { stack: Stack; resource: Resource } | undefined {
  const name = role.slice(role.lastIndexOf('/') + 1);
  for (const stack of stacksOf(assembly, organization).filter(one => stage === undefined || one.stage === stage)) {
    const resource = ofType(stack, 'AWS::IAM::Role').find(({ properties }) => shown(properties.RoleName) === name)
      ?? ofType(stack, 'AWS::IAM::Role').find(({ properties }) => mayBe(name, properties.RoleName));
    if (resource) {
      return { stack, resource };
    }
  }
  return undefined;
}
