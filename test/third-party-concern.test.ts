import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import { MultiAccountOrg, Organization } from '../src';
import { factsOf } from './isolation/facts';
import { accountRead, acme, acmeOfKnownAccounts, discovered, problems, synthesize, testApp } from './orgs';

interface BudgetsProps {
  readonly monthlyUsd: number;
}

/** A concern as a consumer writes it: with the public API, for each account that there is or will be. */
class Budgets extends Construct {
  constructor(scope: Construct, id: string, { monthlyUsd }: BudgetsProps) {
    super(scope, id);
    const organization = Organization.of(this);
    const { management } = organization;
    if (!management) {
      throw new Error('budgets are of the management account: give an organization that owns it');
    }
    const stack = management.addStack('budgets', 'What each account may cost');
    organization.visitStages({
      visit: stage => new CfnBudget(stack, stage.node.id, {
        budget: {
          budgetType: 'COST',
          timeUnit: 'MONTHLY',
          budgetLimit: { amount: monthlyUsd, unit: 'USD' },
          costFilters: { LinkedAccount: [management.accountIdOf(stage, stack)] },
        },
      }),
    });
    organization.addFacts({
      facts: () => organization.stages.map(stage => ({
        kind: 'budget', subject: stage.node.id, name: 'monthly-usd', value: `${monthlyUsd}`, source: this.node.path,
      })),
    });
    organization.addValidation({
      validate: () => monthlyUsd > 0 ? [] : [`monthlyUsd ${monthlyUsd} of '${this.node.path}' is no budget: give more than 0`],
    });
  }
}

function withBudgets(defined = acme(), monthlyUsd = 100) {
  new Budgets(defined.org, 'Budgets', { monthlyUsd });
  defined.org.addStage('later');
  return defined;
}

describe('a concern outside the library', () => {
  const { app } = withBudgets();
  const synthesized = synthesize(app);

  test('reaches each stage, also one that is added later, before its account exists', () => {
    expect(synthesized.find('AWS::Budgets::Budget', 'acme/root/budgets').map(({ resource }) => resource.Properties.Budget.CostFilters))
      .toEqual(['audit', 'prod', 'dev', 'later'].map(stage => ({ LinkedAccount: [accountRead(stage)] })));
    expect(synthesized.errors('acme/root/budgets')).toEqual([]);
  });

  test('is deployed after every account, by the command that deploys the organization', () => {
    const before = (path: string): string[] =>
      synthesized.dependencies(path).flatMap(other => [other, ...before(other)]);
    expect([...new Set(before('acme/root/budgets'))].sort())
      .toEqual([
        ...['audit', 'dev', 'later', 'prod'].map(stage => `acme/root/account-${stage}`),
        ...['structure', 'unit-security', 'unit-workloads', 'unit-workloads--production'].map(stack => `acme/root/${stack}`),
      ]);
    expect(synthesized.dependencies('acme/root/organization')).toContain('acme/root/budgets');
  });

  test('says what it knows', () => {
    expect(factsOf(app).facts.filter(({ kind }) => kind === 'budget').map(({ subject, value }) => [subject, value]))
      .toEqual(['audit', 'prod', 'dev', 'later'].map(stage => [stage, '100']));
  });

  test('has its mistakes told together with all others', () => {
    const defined = withBudgets(undefined, 0);
    defined.org.addStage('Prod Stage');
    const told = problems(defined.app);
    expect(told).toContain("monthlyUsd 0 of 'acme/Budgets' is no budget: give more than 0");
    expect(told.join()).toContain("stage 'Prod Stage' cannot be part of names");
  });

  test('knows whether the management account is ours', () => {
    expect(Organization.of(acmeOfKnownAccounts().prod).management).toBeUndefined();
  });
});

describe('an organization', () => {
  test('is found from anywhere inside', () => {
    const { org, prod } = acme();
    const inside = new Construct(new Stack(prod, 'shop'), 'anything');
    for (const scope of [org, org.root, prod, inside]) {
      expect([Organization.isWithin(scope), Organization.of(scope)]).toEqual([true, org]);
    }
  });

  test('is not found where there is none', () => {
    const stack = new Stack(testApp(), 'alone');
    expect(Organization.isWithin(stack)).toBe(false);
    expect(() => Organization.of(stack)).toThrow("'alone' is in no organization: give a MultiAccountOrg, or something in one, as its scope");
  });
});

describe('a name that is taken', () => {
  test.each<[string, (org: MultiAccountOrg) => unknown, RegExp]>([
    ['a concern beside a stage', org => new Budgets(org, 'prod', { monthlyUsd: 1 }),
      /'prod' is taken in 'acme' by a StageAccount: give the Budgets another id/],
    ['a stack of root beside that of a concern', org => new Stack(withPeople(org).root, 'people'),
      /'people' is taken in 'acme\/root' by a Stack: give the Stack another id/],
    ["a concern's stack beside one of root", org => withPeople(org, 'people'), /'people' is taken in 'acme\/root' by a Stack/],
    ["a domain's stack beside one of a stage", org => {
      const [prod] = org.stages.filter(({ node }) => node.id === 'prod');
      new Stack(prod, 'dns');
      org.addDomain('acme.example', { stages: [prod] });
    }, /'acme\/prod\/dns' has the id of the stack that addDomain adds to stage 'prod'/],
  ])('is told: %s', (_, define, message) => {
    expect(() => define(acme().org)).toThrow(message);
  });

  test('is told at synth: a stage beside a concern', () => {
    const { app, org } = acme();
    new Budgets(org, 'billing', { monthlyUsd: 1 });
    org.addStage('billing');
    expect(problems(app)).toContain("stage 'billing' has the name of a Budgets: give one of them another");
  });

  function withPeople(org: MultiAccountOrg, before?: string): MultiAccountOrg {
    if (before !== undefined) {
      new Stack(org.root, before);
    }
    org.addUser('ada');
    return org;
  }
});

describe('once the accounts exist', () => {
  test('a concern needs no id by hand', () => {
    const { app } = discovered(found => withBudgets(acme(found)));
    expect(synthesize(app).find('AWS::Budgets::Budget')).toHaveLength(4);
  });
});
