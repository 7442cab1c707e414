import { Fact, Stage } from '../assembly/assembly';

/** What a guardrail applies to that applies to all accounts. */
export const ORGANIZATION = 'organization';

export function unitOf(stage: Stage): string | undefined {
  return stage.facts.get('organizational-unit');
}

/** Which guardrails there are, by the facts, and which are in force where. */
export class Guardrails {
  /** Guardrails, and policies of the organization in which none is: they guard as one does. */
  public readonly facts: Fact[];
  public readonly exceptions: Fact[];
  /** By the policies that have them. */
  public readonly statements: Fact[];

  constructor(facts: Fact[]) {
    this.exceptions = facts.filter(({ kind }) => kind === 'guardrail-exception');
    this.statements = facts.filter(({ kind }) => kind === 'guardrail-statement');
    const ofGuardrails = new Set(this.statements.map(({ subject }) => subject));
    this.facts = facts.filter(({ kind, name }) =>
      kind === 'guardrail' || kind === 'organization-policy' && !ofGuardrails.has(name));
  }

  public get names(): string[] {
    return [...new Set(this.facts.map(({ name }) => name))];
  }

  /** Attached to exactly this. */
  public on(subject: string): string[] {
    return [...new Set(this.facts.filter(fact => fact.subject === subject).map(({ name }) => name))];
  }

  /** What a stage alone has, or has not. */
  public ofStage(stage: Stage): string[] {
    const without = new Set(this.exceptions.filter(({ value }) => value === `stage ${stage.name}`).map(({ name }) => name));
    return [...this.on(`stage ${stage.name}`).map(name => `+ ${name}`), ...[...without].map(name => `without ${name}`)];
  }

  /** Service control policies and the like do not reach the root account. */
  public inForce(stage: Stage): string[] {
    const unit = unitOf(stage);
    const subjects = [ORGANIZATION, ...unit?.split('/').map((_, index, parts) => `unit ${parts.slice(0, index + 1).join('/')}`) ?? [], `stage ${stage.name}`];
    const isRoot = stage.facts.has('organization');
    const isSpared = ({ subject, name, value }: Fact) => isRoot && /^(SERVICE|RESOURCE)_CONTROL_POLICY$/.test(value)
      || this.exceptions.some(one => one.subject === subject && one.name === name && one.value === `stage ${stage.name}`);
    const own = this.facts.filter(fact => subjects.includes(fact.subject) && !isSpared(fact));
    return [...new Set(own.map(({ name }) => name))];
  }
}
