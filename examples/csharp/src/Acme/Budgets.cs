using System.Collections.Generic;
using System.Linq;
using Amazon.CDK;
using Amazon.CDK.AWS.Budgets;
using CdkMultiAccountOrg;
using Constructs;

namespace Acme;

/// <summary>A concern of our own: what each account may cost in a month, also that of a stage which is added later.</summary>
public class Budgets : Construct, IStageVisitor, IFacts, IValidation
{
    private readonly int monthlyUsd;
    private readonly IManagement management;
    private readonly Stack stack;
    private readonly List<string> stages = new List<string>();

    public Budgets(Construct scope, string id, int monthlyUsd) : base(scope, id)
    {
        this.monthlyUsd = monthlyUsd;
        var organization = Organization.Of(this);
        management = organization.Management!;
        stack = management.AddStack("budgets", "What each account may cost");
        organization.VisitStages(this);
        organization.AddFacts(this);
        organization.AddValidation(this);
    }

    public void Visit(StageAccount stage)
    {
        stages.Add(stage.Node.Id);
        new CfnBudget(stack, stage.Node.Id, new CfnBudgetProps
        {
            Budget = new CfnBudget.BudgetDataProperty
            {
                BudgetName = stage.ConventionalName("costs"),
                BudgetType = "COST",
                TimeUnit = "MONTHLY",
                BudgetLimit = new CfnBudget.SpendProperty { Amount = monthlyUsd, Unit = "USD" },
                CostFilters = new Dictionary<string, object>
                {
                    ["LinkedAccount"] = new[] { management.AccountIdOf(stage, stack) },
                },
            },
        });
    }

    public IFact[] Facts() => stages.Select(stage => new Fact
    {
        Kind = "budget",
        Subject = stage,
        Name = "monthly-usd",
        Value = $"{monthlyUsd}",
        Source = Node.Path,
    }).ToArray<IFact>();

    public string[] Validate() =>
        monthlyUsd > 0 ? new string[0] : new[] { $"monthlyUsd {monthlyUsd} is no budget: give more than 0" };
}
