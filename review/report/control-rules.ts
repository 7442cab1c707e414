import { Answer, every, is, some } from './answers';
import { ask, Case } from './conditions';
import { Denial, isAbout, sparedBy } from './denials';
import { Guardrails } from './guardrails';
import { nameOf, ofType, part, referred, shown } from './values';
import { Assembly, Organization, Resource, Stack } from '../assembly/assembly';
import { documentsOf, Statement, textOf } from '../assembly/policies';

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
  private readonly regions = new Map<string, Set<string | undefined>>();

  constructor(public readonly assembly: Assembly, public readonly organization: Organization, stacks: Stack[]) {
    this.stages = organization.stages.map(({ name }) => name);
    this.guardrails = new Guardrails(organization.facts);
    this.inForce = new Map(organization.stages.map(stage => [stage.name, new Set(this.guardrails.inForce(stage))]));
    stacks.forEach(stack => {
      const place = stack.stage ?? `stack ${stack.path}`;
      this.regions.set(place, (this.regions.get(place) ?? new Set()).add(stack.region));
      stack.resources.forEach(resource => {
        const same = this.byType.get(resource.type) ?? [];
        same.push({ place, stack, resource });
        this.byType.set(resource.type, same);
      });
    });
  }

  /** In which a stage has stacks, or that of a stack in none. */
  public regionsOf(place: string): Array<string | undefined> {
    return [...this.regions.get(place) ?? []];
  }

  /** Those that there may be. */
  public ofType(...types: string[]): Located[] {
    return types.flatMap(type => {
      const made = this.made.get(type) ?? (this.byType.get(type) ?? []).filter(located =>
        ask(located.stack, at => at.made(located.resource) ? true : undefined) !== undefined);
      this.made.set(type, made);
      return made;
    });
  }

  /** How many stages a guardrail leaves out whose accounts do not exist yet. */
  public exceptedWithoutAccount(guardrail: string): number {
    return this.organization.stages.filter(({ name, account }) => account === undefined
      && this.guardrails.exceptions.some(one => one.name === guardrail && one.value === `stage ${name}`)).length;
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

/** A resource in a case of its stack. */
export interface Made extends Located {
  readonly at: Case;
}

/** Whether a resource is as the control wants it; undefined if the control is not about it. */
type Test = (properties: Record<string, unknown>, made: Made, app: Examined) => Answer | undefined;

function judged(test: Test, located: Located, app: Examined, absent?: Answer): Answer | undefined {
  return ask(located.stack, at => {
    const resource = at.made(located.resource);
    return resource ? test(resource.properties, { ...located, resource, at }, app) : absent;
  });
}

function finding(located: Located, answer: Answer, lacks: string, place = located.place): Finding {
  const missing = answer === 'unknown' ? ': not known before the deployment' : ` ${lacks}`;
  return { place, text: `${named(located)}${answer === true ? '' : missing}`, isShown: answer === true };
}

/** Each resource of these types is as it has to be. */
export function each(types: string[], lacks: string, test: Test): Rule {
  return app => app.ofType(...types).flatMap(located => {
    const answer = judged(test, located, app);
    return answer === undefined ? [] : [finding(located, answer, lacks)];
  });
}

/** One in a place, and whether it is as the control wants it. */
interface Judged extends Located {
  readonly answer: Answer;
}

/** Each region in which a stage has stacks has a resource of the type that is as it has to be. */
export function existing(type: string, test: Test = () => true): Rule {
  return app => {
    const found = app.ofType(type).map(located => ({ ...located, answer: judged(test, located, app, false)! }));
    return inRegions(app, found, `no ${type} of the app is as it has to be`);
  };
}

/** What counts for its region only. */
function inRegions(app: Examined, found: Judged[], missing: string): Finding[] {
  return placesOf(app, found).flatMap(place => {
    const [good, open] = [true, 'unknown'].map(answer => found.filter(one => one.place === place && one.answer === answer));
    const lacking = app.regionsOf(place).filter(region => !good.some(({ stack }) => stack.region === region));
    const where = ` in ${lacking.map(region => region ?? 'the region of whoever deploys').join(', ')}`;
    const isShown = good.length > 0 && lacking.length === 0;
    return [
      ...good.map(one => finding(one, true, '')),
      ...open.filter(({ stack }) => lacking.includes(stack.region)).map(one => finding(one, 'unknown', '')),
      ...isShown ? [] : [{ place, text: `${missing}${good.length > 0 ? where : ''}`, isShown }],
    ];
  });
}

function placesOf({ stages }: Examined, found: Located[]): string[] {
  return [...new Set([...stages, ...found.map(({ place }) => place)])];
}

/** A trail of the stage of its stack, or of all if it is that of the organization: each has to be so, or one. */
export function trail(which: 'each' | 'one', lacks: string, test: (properties: Record<string, unknown>) => Answer): Rule {
  return app => {
    const findings = app.ofType('AWS::CloudTrail::Trail').flatMap(located => {
      const answer = judged(test, located, app, false)!;
      const isOfAll = judged(({ IsOrganizationTrail: of }) => is(of, true), located, app);
      return placesOf(app, [located]).filter(place => place === located.place || isOfAll !== false)
        .map(place => finding(located, place === located.place || isOfAll === true ? answer : 'unknown', lacks, place));
    });
    const shownIn = new Set(findings.filter(({ isShown }) => isShown).map(({ place }) => place));
    return [
      ...findings.filter(({ place, isShown }) => which === 'each' || isShown || !shownIn.has(place)),
      ...missingIn(app.stages, findings.map(({ place }) => place), 'no trail of the app covers it'),
    ];
  };
}

/** A call of the SDK, by its service and action. */
interface Call {
  readonly service: string;
  readonly action: string;
  /** What it sets is that of a region. */
  readonly isRegional?: true;
  readonly places?: (app: Examined) => string[];
}

/**
 * Custom resources of the CDK make a call, all with these parameters, in each stage that the control is about.
 *
 * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsCustomResource.html
 */
export function called(
  { service, action, isRegional, places = ({ stages }) => stages }: Call,
  test: (parameters: unknown, stack: Stack) => Answer = () => true,
): Rule {
  const isOf = (call: unknown) => part(call, 'action') === action
    && String(part(call, 'service')).replace(/^@aws-sdk\/client-|-/g, '').toLowerCase() === service.toLowerCase();
  const judge: Test = ({ Create: create, Update: update = create }, { stack }) => {
    const calls = [create, update].map(call => parsed(textOf(call)));
    return !calls.some(isOf) ? undefined : every(...calls.map(call => isOf(call) && every(
      test(part(call, 'parameters'), stack),
      // in the account or the region of another
      part(call, 'assumedRoleArn') === undefined || 'unknown',
      !isRegional || part(call, 'region') === undefined || is(part(call, 'region'), stack.region ?? ''),
    )));
  };
  return app => {
    const found = app.ofType('Custom::AWS').flatMap(located => {
      const answer = judged(judge, located, app);
      const isSure = judged((_, { at }) => at.made(located.resource) !== undefined, located, app, false);
      return answer === undefined ? [] : [{ ...located, answer: answer && every(answer, isSure!) }];
    });
    const missing = `no custom resource of the app calls ${action} of ${service} with what it asks for`;
    return isRegional ? inRegions(app, found, missing) : [
      ...found.map(one => finding(one, one.answer, `calls ${action} with something else`)),
      ...missingIn(places(app), found.map(({ place }) => place), missing),
    ];
  };
}

/** Stages in which the app makes users or groups of IAM. */
export function withUsers(app: Examined): string[] {
  const places = new Set(app.ofType('AWS::IAM::User', 'AWS::IAM::Group').map(({ place }) => place));
  return app.stages.filter(stage => places.has(stage));
}

/** Guardrails of a type that are in force deny all of this. */
export function denied(type: string, ...denials: Denial[]): Rule {
  return app => {
    const guards = guardsOf(app, type);
    const about = denials.map(denial =>
      ({ denial, guards: guards.filter(({ cases }) => cases.flat().some(one => isAbout(one, denial))) }));
    return app.organization.stages.flatMap(({ name: place, account }) => {
      const found = about.map(({ denial, guards: own }) => own.flatMap(({ guardrail, text, cases }) => {
        if (!app.isInForce(guardrail, place)) {
          return [];
        }
        const asked = { account, unknownAccounts: app.exceptedWithoutAccount(guardrail) };
        const spared = cases.map(statements =>
          statements.map(one => sparedBy(one, denial, asked)).find(one => one !== undefined));
        const missing = spared.includes(undefined) ? ': not known before the deployment' : '';
        return spared.every(one => one === undefined) ? []
          : [{ place, text: `${text}${exempted(spared.flatMap(one => one ?? []))}${missing}`, isShown: missing === '' }];
      }));
      const isShown = found.every(guarding => guarding.some(one => one.isShown));
      const told = new Map(found.flat().map(one => [one.text, one]));
      const findings = [...told.values()].filter(one => one.isShown === isShown);
      return [...findings, ...isShown ? [] : [{ place, text: 'no guardrail in force denies it', isShown }]];
    });
  };
}

/** A statement of a guardrail, as it is in each case. */
interface Guard {
  readonly guardrail: string;
  readonly text: string;
  readonly cases: Statement[][];
}

function guardsOf(app: Examined, type: string): Guard[] {
  const policies = app.ofType('AWS::Organizations::Policy').filter(({ resource }) => resource.properties.Type === type);
  return policies.flatMap(({ stack, resource }) => {
    const policy = shown(resource.properties.Name);
    const cases: Statement[][] = [];
    const isKnown = ask(stack, at => {
      const made = at.made(resource);
      cases.push(made ? documentsOf(made).flatMap(({ statements }) => statements) : []);
      return true;
    }) === true;
    const facts = app.guardrails.statements.filter(({ subject }) => subject === policy);
    return facts.map(({ name, value: guardrail }) => ({
      guardrail,
      text: `guardrail ${guardrail}: ${name} in policy ${policy}`,
      cases: [...cases, ...isKnown ? [] : [[]]].map(statements => statements.filter(one => part(one, 'Sid') === name)),
    }));
  });
}

function exempted(spared: string[]): string {
  const all = [...new Set(spared)];
  return all.length === 0 ? '' : `, except for ${all.join(', ')}`;
}

/** A bad resource is there, whatever forbids to make another one; else one of both is enough. */
export function unlessBad(rule: Rule, resources: Rule): Rule {
  const either = oneOf(rule, resources);
  return app => {
    const own = byPlace(resources(app));
    const isBad = (place: string) => own.get(place)?.some(({ isShown }) => !isShown) ?? false;
    return [...byPlace(either(app))].flatMap(([place, findings]) => isBad(place) ? own.get(place)! : findings);
  };
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
  findings.forEach(one => {
    const same = all.get(one.place) ?? [];
    same.push(one);
    all.set(one.place, same);
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
export function referredBy(type: string, property: string, test: Test = () => true): Test {
  return (_, made, app) => {
    const { stack, resource: { id }, at } = made;
    const target = (other: Resource) => at.value(other, other.properties[property]);
    const isOf = (other: Resource) => referred(app.assembly, stack, other, target(other))?.id === id;
    return some(...ofType(stack, type).filter(isOf).map(other => {
      const resource = at.made(other);
      return resource !== undefined && (test(resource.properties, made, app) ?? false);
    }));
  };
}
