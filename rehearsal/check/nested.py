"""The templates of a stack: its own, and those of the stacks in it, by the assets that the app publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from check.app import literal, read_template, template
from check.assets import assets
from check.conditions import holds
from check.rows import Answer, Verdict, unknown
from rehearsal.app import PLACEHOLDER, StackArtifact

_NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Part:
    stack: StackArtifact
    # logical IDs of the stacks that it is in, the outermost first; none of the stack's own template
    path: tuple[str, ...]
    # nothing where the app does not have it
    template: dict[str, Any] | None
    # those whose values are known
    parameters: dict[str, str]

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Those that the conditions of the template do not exclude."""
        content = self.template or {}
        for logical_id, resource in content.get("Resources", {}).items():
            condition = {"Condition": resource["Condition"]} if "Condition" in resource else True
            if holds(condition, content.get("Conditions", {}), self.parameters) is not False:
                yield logical_id, resource


@cache
def parts(stack: StackArtifact) -> list[Part]:
    whole = template(stack)
    return list(_parts(Part(stack, (), whole, _defaults(whole))))


def unseen(stacks: list[StackArtifact]) -> int:
    """How many stacks there are whose templates the app does not have."""
    return sum(part.template is None for stack in stacks for part in parts(stack))


def as_far_as_seen(answer: Answer, stacks: list[StackArtifact]) -> Answer:
    """What is well in the templates that are known need not be so in the others."""
    if not (count := unseen(stacks)):
        return answer
    told = f"{answer.found}; could not look into {count} nested stack{'s' if count > 1 else ''}"
    if answer.verdict is Verdict.GOOD:
        return unknown(told, "look into their templates yourself: the app does not have them as assets")
    return replace(answer, found=told)


def _parts(part: Part) -> Iterator[Part]:
    yield part
    for logical_id, resource in part.resources():
        if resource["Type"] == _NESTED:
            properties = resource.get("Properties", {})
            inner = _template(part.stack, properties.get("TemplateURL"))
            given = properties.get("Parameters", {})
            account, region = part.stack.account or PLACEHOLDER, part.stack.region or ""
            values = {name: literal(value, account, region, part.parameters) for name, value in given.items()}
            known = {name: value for name, value in values.items() if value is not None}
            defaults = {name: value for name, value in _defaults(inner or {}).items() if name not in given}
            yield from _parts(Part(part.stack, (*part.path, logical_id), inner, {**defaults, **known}))


def _template(stack: StackArtifact, url: Any) -> dict[str, Any] | None:
    """The one that is published there."""
    text = json.dumps(url)
    file = next((asset.file for asset in assets(stack) if asset.file and asset.key in text), None)
    return _read(file) if file else None


@cache
def _read(file: Path) -> dict[str, Any] | None:
    try:
        return read_template(file)
    except ValueError:
        # of YAML, which CloudFormation reads too
        return None


def _defaults(content: dict[str, Any]) -> dict[str, str]:
    """The CDK deploys with these; the default of a parameter of SSM is only where its value is."""
    return {
        name: str(parameter["Default"])
        for name, parameter in content.get("Parameters", {}).items()
        if "Default" in parameter and not parameter["Type"].startswith("AWS::SSM::")
    }
