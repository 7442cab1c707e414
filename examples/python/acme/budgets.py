import jsii
from aws_cdk.aws_budgets import CfnBudget
from cdk_multi_account_org import Fact, IFacts, IStageVisitor, Organization, StageAccount
from constructs import Construct, IValidation


@jsii.implements(IStageVisitor, IFacts, IValidation)
class Budgets(Construct):
    """A concern of our own: what each account may cost in a month, also that of a stage which is added later."""

    def __init__(self, scope: Construct, id: str, monthly_usd: int) -> None:
        super().__init__(scope, id)
        self._monthly_usd = monthly_usd
        self._stages: list[str] = []
        organization = Organization.of(self)
        management = organization.management
        assert management
        self._management = management
        self._stack = management.add_stack("budgets", "What each account may cost")
        organization.visit_stages(self)
        organization.add_facts(self)
        organization.add_validation(self)

    def visit(self, stage: StageAccount) -> None:
        self._stages.append(stage.node.id)
        CfnBudget(
            self._stack,
            stage.node.id,
            budget=CfnBudget.BudgetDataProperty(
                budget_name=stage.conventional_name("costs"),
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=CfnBudget.SpendProperty(amount=self._monthly_usd, unit="USD"),
                cost_filters={"LinkedAccount": [self._management.account_id_of(stage, self._stack)]},
            ),
        )

    def facts(self) -> list[Fact]:
        return [
            Fact(kind="budget", subject=stage, name="monthly-usd", value=str(self._monthly_usd), source=self.node.path)
            for stage in self._stages
        ]

    def validate(self) -> list[str]:
        return [] if self._monthly_usd > 0 else [f"monthly_usd {self._monthly_usd} is no budget: give more than 0"]
