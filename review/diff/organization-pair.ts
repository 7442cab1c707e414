import { Fact, NO_ACCOUNT, Organization, Stack, Stage } from '../assembly/assembly';

/** A fact as its app has it, and as it is compared. */
export interface PairedFact extends Fact {
  /** Subject, name and value, with the accounts of stages as both assemblies know them. */
  readonly same: { readonly subject: string; readonly name: string; readonly value: string };
}

/** An organization as two assemblies have it. */
export class OrganizationPair {
  /** Names of stages that are called otherwise now, by those that they had. */
  public readonly renamed = new Map<string, string>();

  private readonly accountsBefore = new Map<string, string>();
  private readonly accountsAfter = new Map<string, string>();

  constructor(public readonly before: Organization, public readonly after: Organization) {
    this.rename();
    before.stages.forEach(({ name, account }) => {
      const stage = this.stageAfter(this.nameAfter(name));
      if (!stage || stage.account === account) {
        return;
      }
      // another account is another one: what trusts it lets somebody else in
      if (stage.account === undefined) {
        this.accountsBefore.set(account!, NO_ACCOUNT);
      } else if (account === undefined) {
        this.accountsAfter.set(stage.account, NO_ACCOUNT);
      }
    });
  }

  /** Facts of a kind. */
  public facts(kind: string): { before: PairedFact[]; after: PairedFact[] } {
    const subject = (text: string) => this.nameAfter(text);
    return {
      before: factsOf(this.before, kind, text => this.neutralBefore(text), subject),
      after: factsOf(this.after, kind, text => this.neutralAfter(text)),
    };
  }

  public get namespace(): string {
    return this.after.namespace;
  }

  /** Whether a stack is of a stage of this organization. */
  public has({ path: of, account, stage }: Stack): boolean {
    return [this.before, this.after].some(({ path, stages }) => stages.some(one => one.name === stage
      && (of.startsWith(`${path}/`) || one.account !== undefined && one.account === account)));
  }

  public nameAfter(stage: string): string {
    return this.renamed.get(stage) ?? stage;
  }

  public stageAfter(name: string): Stage | undefined {
    return this.after.stages.find(stage => stage.name === name);
  }

  /** A text of what was before, with the accounts as they are compared. */
  public neutralBefore(text: string): string {
    return withAccounts(text, this.accountsBefore);
  }

  /** A text of what is now, with the accounts as they are compared. */
  public neutralAfter(text: string): string {
    return withAccounts(text, this.accountsAfter);
  }

  /** A stage that is gone is another one that has come if it has the same account. */
  private rename(): void {
    const isIn = (stages: Stage[], name: string) => stages.some(stage => stage.name === name);
    const come = this.after.stages.filter(({ name }) => !isIn(this.before.stages, name));
    this.before.stages.filter(({ name }) => !isIn(this.after.stages, name)).forEach(gone => {
      const now = come.find(stage => isSame(gone.account, stage.account)
        || isSame(gone.facts.get('email'), stage.facts.get('email')));
      if (now) {
        this.renamed.set(gone.name, now.name);
      }
    });
  }
}

/** Whether a stack is of a stage that was not there before: one with another name has to have the same account. */
export function isOfNewStage({ stage }: Stack, pairs: OrganizationPair[]): boolean {
  return stage !== undefined && !pairs.some(pair => pair.before.stages.some(({ name, account }) =>
    pair.nameAfter(name) === stage && (name === stage || account !== undefined)));
}

function factsOf(
  { facts }: Organization, kind: string, neutral: (text: string) => string, stage = (text: string) => text,
): PairedFact[] {
  return facts.filter(fact => fact.kind === kind).map(fact => {
    const { subject, name, value } = fact;
    return { ...fact, same: { subject: neutral(stage(subject)), name: neutral(name), value: neutral(value) } };
  });
}

function isSame(one: string | undefined, two: string | undefined): boolean {
  return one !== undefined && one === two;
}

function withAccounts(text: string, accounts: Map<string, string>): string {
  return accounts.size === 0 ? text : text.replace(/(?<!\d)\d{12}(?!\d)/g, id => accounts.get(id) ?? id);
}
