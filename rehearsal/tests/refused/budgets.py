"""What Budgets refuses, and neighbours that it accepts."""

from __future__ import annotations

from typing import Any

from refused.case import Case, Template, made, template


def budget(*names: str, **more: Any) -> Template:
    body = {}
    for number, name in enumerate(names):
        limit = {"Amount": 10, "Unit": "USD"}
        given = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit, **more}
        body[f"B{number}"] = made("AWS::Budgets::Budget", Budget=given)
        if number:
            body[f"B{number}"]["DependsOn"] = f"B{number - 1}"
    return template(**body)


CASES: dict[str, Case] = {
    "budget-name": Case(budget("a:b"), budget("a-b")),
    "budget-taken": Case(budget("a", "a"), budget("a", "b")),
    "budget-unit": Case(budget("a", TimeUnit="WEEKLY"), budget("a", TimeUnit="MONTHLY")),
}
