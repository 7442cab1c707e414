"""Names and periods of budgets."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.engine.refusals import Asked, refuses

# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html
_UNITS = ("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM")


@refuses("AWS::Budgets::Budget")
def budget(asked: Asked) -> Iterator[str]:
    given = asked.properties.get("Budget", {})
    name, unit = str(given.get("BudgetName", "b")), given.get("TimeUnit")
    if ":" in name or "\\" in name or "/action/" in name.lower():
        yield (
            f"1 validation error detected: Value '{name}' at 'budget.budgetName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: ^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$"
        )
    if unit not in _UNITS:
        yield (
            f"1 validation error detected: Value '{unit}' at 'budget.timeUnit' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(_UNITS)}]"
        )
