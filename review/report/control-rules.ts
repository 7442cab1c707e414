import { asMade } from './conditions';
import { counted } from './document';
import { Guardrails } from './guardrails';
import { nameOf, ofType, part, referred, shown } from './values';
import { Assembly, Organization, Resource, Stack } from '../assembly';
import { documentsOf, Statement, textOf } from '../policies';

/** What shows a control, or what is missing, in a stage or in a stack that is in none. */
export interface Finding {
  readonly place: string;
  readonly text: string;
  readonly isShown: boolean;
}

/** What of an app shows a control. A place that is in no finding has nothing that the control is about. */
export type Rule = (app: Examined) => Finding[];

export interface Located {
  readonly place: string;
  readonly stack: Stack;
  readonly resource: Resource;
}

/** An organization with the stacks that are deployed for it. */
export class Examined {
  /** Names of its stages. */
  public readonly stages: string[];
  public readonly guardrails: Guardrails;
  private readonly byType = new Map<string, Located[]>();
  private readonly made = new Map<string, Located[]>();
  private readonly inForce: Map<string, Set<string>>;

  constructor(public readonly assembly: Assembly, public readonly organization: Organization, stacks: Stack[]) {
    this.stages = organization.stages.map(({ name }) => name);
    this.guardrails = new Guardrails(organization.facts);
    this.inForce = new Map(organization.stages.map(stage => [stage.name, new Set(this.guardrails.inForce(stage))]));
    stacks.forEach(stack => stack.resources.forEach(resource => {
      const same = this.byType.get(resource.type) ?? [];
      same.push({ place: stack.stage ?? `stack ${stack.path}`, stack, resource });
      this.byType.set(resource.type, same);
    }));
  }

  public ofType(...types: string[]): Located[] {
    return types.flatMap(type => {
      const made = this.made.get(type) ?? (this.byType.get(type) ?? []).flatMap(located => {
        const resource = asMade(located.stack, located.resource);
        return resource ? [{ ...located, resource }] : [];
      });
      this.made.set(type, made);
      return made;
    });
  }

  public isInForce(guardrail: string, stage: string): boolean {
    return this.inForce.get(stage)?.has(guardrail) ?? false;
  }
}

/** By its stack and its logical ID. */
export function named({ stack, resource }: Located): string {
  const name = nameOf(stack, resource);
  return `${stack.path}: ${name === resource.id ? name : `${name} (${resource.id})`}`;
}

/** Whether a resource is as the control wants it; undefined if the control is not about it. */
type Test = (properties: Record<string, unknown>, located: Located, app: Examined) => boolean | undefined;

/** Each resource of these types is as it has to be. */
export function each(types: string[], lacks: string, test: Test): Rule {
  return app => app.ofType(...types).flatMap(located => {
    const isShown = test(located.resource.properties, located, app);
    return isShown === undefined ? []
      : [{ place: located.place, text: isShown ? named(located) : `${named(located)} ${lacks}`, isShown }];
  });
}

/** Each stage has a resource of the type that is as it has to be. */
export function some(type: string, test: Test = () => true): Rule {
  return app => {
    const fitting = app.ofType(type).filter(located => test(located.resource.properties, located, app));
    return [
      ...fitting.map(located => ({ place: located.place, text: named(located), isShown: true })),
      ...missingIn(app.stages, fitting.map(({ place }) => place), `no ${type} of the app is as it has to be`),
    ];
  };
}

/** A trail covers the stage of its stack, or that of an organization all of them. */
export function trail(lacks: string, test: (properties: Record<string, unknown>) => boolean): Rule {
  return app => {
    const trails = app.ofType('AWS::CloudTrail::Trail');
    const covered = ({ place, resource: { properties } }: Located) =>
      properties.IsOrganizationTrail === true ? app.stages : [place];
    const [fitting, others] = [true, false]
      .map(wanted => trails.filter(({ resource }) => test(resource.properties) === wanted));
    const places = fitting.flatMap(covered);
    return [
      ...fitting.flatMap(located => covered(located).map(place => ({ place, text: named(located), isShown: true }))),
      ...missingIn(app.stages, places, [...others.map(located => `${named(located)} ${lacks}`), 'no other trail of the app covers it'].join(', ')),
    ];
  };
}

/**
 * A custom resource of the CDK makes a call, with these parameters, in each stage that the control is about.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsCustomResource.html
 */
export function called(
  action: string, test: (parameters: unknown) => boolean = () => true, places = ({ stages }: Examined) => stages,
): Rule {
  return app => {
    const fitting = app.ofType('Custom::AWS').filter(({ resource }) => {
      const call = parsed(textOf(resource.properties.Create));
      return part(call, 'action') === action && test(part(call, 'parameters'));
    });
    return [
      ...fitting.map(located => ({ place: located.place, text: named(located), isShown: true })),
      ...missingIn(places(app), fitting.map(({ place }) => place), `no custom resource of the app calls ${action} with what it asks for`),
    ];
  };
}

/** Stages in which the app makes users or groups of IAM. */
export function withUsers(app: Examined): string[] {
  const places = new Set(app.ofType('AWS::IAM::User', 'AWS::IAM::Group').map(({ place }) => place));
  return app.stages.filter(stage => places.has(stage));
}

/** Whether a condition by this operator and value is what the control asks for. */
type Condition = (operator: string, value: string) => boolean;

/** A guardrail in force denies an action under such a condition on this key. */
export function denied(action: string, key: string, condition: Condition): Rule {
  return app => {
    const found = app.ofType('AWS::Organizations::Policy').flatMap(({ resource }) => {
      const policy = shown(resource.properties.Name);
      return documentsOf(resource).flatMap(({ statements }) => statements)
        .filter(statement => denies(statement, action, key, condition)).flatMap(statement => app.guardrails.statements
          .filter(fact => fact.subject === policy && fact.name === part(statement, 'Sid')).map(fact => ({ policy, ...fact })));
    });
    const findings = found.flatMap(({ policy, name, value: guardrail }) =>
      app.stages.filter(stage => app.isInForce(guardrail, stage)).map(place =>
        ({ place, text: `guardrail ${guardrail}: ${name} in policy ${policy}${exempted(app, guardrail)}`, isShown: true })));
    return [...findings, ...missingIn(app.stages, findings.map(({ place }) => place), 'no guardrail in force denies it')];
  };
}

function exempted({ guardrails }: Examined, guardrail: string): string {
  const own = guardrails.exceptions.filter(({ name, value }) => name === guardrail && value.startsWith('principal '));
  const spared = new Set(own.map(({ value }) => value)).size;
  return spared === 0 ? '' : `, except for ${counted(spared, 'principal')}`;
}

function denies(statement: Statement, action: string, key: string, condition: Condition): boolean {
  const actions = [part(statement, 'Action')].flat().filter((one): one is string => typeof one === 'string');
  const conditions = Object.entries((part(statement, 'Condition') ?? {}) as Record<string, Record<string, unknown>>);
  const isUnder = ([operator, keys]: [string, Record<string, unknown>]) => Object.entries(keys).some(([name, values]) =>
    name.toLowerCase() === key.toLowerCase() && [values].flat().some(value => condition(operator, String(value))));
  return part(statement, 'Effect') === 'Deny' && actions.some(pattern => covers(pattern, action)) && conditions.some(isUnder);
}

/** Actions of IAM have wildcards, and are the same in capitals. */
function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map(known => known.replace(/[\\^$.+()[\]{}|]/g, '\\$&').replace(/\?/g, '.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

/** One of the rules is enough. What is missing is told by the rules that are about a place. */
export function oneOf(...rules: Rule[]): Rule {
  return app => {
    const all = rules.map(rule => byPlace(rule(app)));
    return [...new Set(all.flatMap(found => [...found.keys()]))].flatMap(place => {
      const own = all.map(found => found.get(place) ?? []).filter(found => found.length > 0);
      const showing = own.filter(found => found.every(({ isShown }) => isShown));
      return (showing.length > 0 ? showing : own).flat();
    });
  };
}

export function byPlace(findings: Finding[]): Map<string, Finding[]> {
  const all = new Map<string, Finding[]>();
  findings.forEach(finding => {
    const same = all.get(finding.place) ?? [];
    same.push(finding);
    all.set(finding.place, same);
  });
  return all;
}

function missingIn(places: string[], shownIn: string[], words: string): Finding[] {
  const has = new Set(shownIn);
  return places.filter(place => !has.has(place)).map(place => ({ place, text: words, isShown: false }));
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether one of the resources of a type in the same stack refers to this one, and is as it has to be. */
export function referredBy(
  type: string, property: string, test: (properties: Record<string, unknown>) => boolean = () => true,
): Test {
  const isOf = (value: unknown, other: Resource, { stack, resource }: Located, { assembly }: Examined) =>
    referred(assembly, stack, other, value)?.id === resource.id;
  return (_, located, app) => ofType(located.stack, type)
    .some(other => isOf(other.properties[property], other, located, app) && test(other.properties));
}
