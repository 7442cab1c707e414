import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Fact, IFacts, IManagement, IStageVisitor, Organization, StageAccount } from 'cdk-multi-account-org';
import { Construct, IValidation } from 'constructs';

/** A concern of our own: what each account may cost in a month, also that of a stage which is added later. */
export class Budgets extends Construct implements IStageVisitor, IFacts, IValidation {
  private readonly management: IManagement;
  private readonly stack: Stack;
  private readonly stages: string[] = [];

  constructor(scope: Construct, id: string, private readonly monthlyUsd: number) {
    super(scope, id);
    const organization = Organization.of(this);
    this.management = organization.management!;
    this.stack = this.management.addStack('budgets', 'What each account may cost');
    organization.visitStages(this);
    organization.addFacts(this);
    organization.addValidation(this);
  }

  public visit(stage: StageAccount): void {
    this.stages.push(stage.node.id);
    new CfnBudget(this.stack, stage.node.id, {
      budget: {
        budgetName: stage.conventionalName('costs'),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: this.monthlyUsd, unit: 'USD' },
        costFilters: { LinkedAccount: [this.management.accountIdOf(stage, this.stack)] },
      },
    });
  }

  public facts(): Fact[] {
    return this.stages.map(subject =>
      ({ kind: 'budget', subject, name: 'monthly-usd', value: `${this.monthlyUsd}`, source: this.node.path }));
  }

  public validate(): string[] {
    return this.monthlyUsd > 0 ? [] : [`monthlyUsd ${this.monthlyUsd} is no budget: give more than 0`];
  }
}
