"""Wait conditions that nothing can signal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator.engine import template as templates
from emulator.engine.refusals import Asked, refuses


@refuses("AWS::CloudFormation::WaitCondition")
def signal(asked: Asked) -> Iterator[str]:
    """Whoever gets the address of the handle may signal it, and nobody else can."""
    resources: dict[str, Any] = asked.template["Resources"]
    count = int(asked.properties.get("Count", 1))
    handle = resources[asked.place.logical_id]["Properties"].get("Handle")
    name = handle.get("Ref") if isinstance(handle, dict) else None
    if asked.before is not None or name not in resources or count == 0:
        return
    others = [
        declared for declared in resources.values() if declared["Type"] != "AWS::CloudFormation::WaitCondition"
    ]
    if not any(name in templates.references(declared) for declared in [*others, asked.template.get("Outputs", {})]):
        yield f"WaitCondition timed out. Received 0 conditions when expecting {count}"
