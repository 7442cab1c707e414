"""Budgets of the management account, or of one account."""

from __future__ import annotations

from emulator.engine.api import ApiResource, Properties
from emulator.engine.resources import EVERYTHING, register


@register
class Budget(ApiResource):
    type = "AWS::Budgets::Budget"
    beside = EVERYTHING
    service = "budgets"
    make, remove = "create_budget", "delete_budget"

    def create(self, properties: Properties) -> None:
        name = properties["Budget"].get("BudgetName") or self.default_name()
        budget = {**properties["Budget"], "BudgetName": name}
        self.call(self.make, {**properties, "Budget": budget}, AccountId=self.place.account_id)
        self.physical_id = name

    def update(self, properties: Properties, before: Properties) -> None:
        """In place, as `UpdateBudget` does, which moto has not; another name is another budget."""
        self.delete(before)
        self.create(properties)

    def delete(self, properties: Properties) -> None:
        self.call(self.remove, AccountId=self.place.account_id, BudgetName=self.physical_id)
