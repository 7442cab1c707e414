"""The Rules of a template: what parameters together have to be, before anything is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.engine import template as templates
from emulator.engine.errors import ValidationError


def check(template: dict[str, Any], condition: Callable[[Any], bool]) -> None:
    """AWS validates the names of stored parameters, not their values: a rule about one of them says nothing."""
    stored = {
        name
        for name, declared in template.get("Parameters", {}).items()
        if declared["Type"].startswith("AWS::SSM::Parameter::")
    }
    for rule in template.get("Rules", {}).values():
        if stored & set(templates.references(rule)):
            continue
        if "RuleCondition" in rule and not condition(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not condition(assertion["Assert"]):
                raise ValidationError(f"Template error: {assertion.get('AssertDescription', 'a rule does not hold')}")
